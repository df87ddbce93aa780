/* Conversions between a target's precision and the other dtypes, and between byte orders,
 * contiguous.
 *
 * Plain loops, which the compiler vectorises for the ISA of the target; only IEEE half
 * precision needs vector operations. */
#ifndef FA_CONVERT_H
#define FA_CONVERT_H

#define WIDEN(name, type) \
    static void widen_##name(void *to, const void *from, ptrdiff_t count) \
    { \
        T *restrict y = to; \
        const type *restrict x = from; \
        for (ptrdiff_t i = 0; i < count; i++) y[i] = (T)x[i]; \
    }
WIDEN(bool, uint8_t)
WIDEN(int8, int8_t)
WIDEN(uint8, uint8_t)
WIDEN(int16, int16_t)
WIDEN(uint16, uint16_t)
#if PRECISION == 64
WIDEN(int32, int32_t)
WIDEN(uint32, uint32_t)
WIDEN(int64, int64_t)
WIDEN(uint64, uint64_t)
WIDEN(float32, float)

/* Exponent and mantissa move to their places, and the exponent is rebiased.
 * Subnormal halves get one power of two too many, which is then taken off again. */
static void widen_half(void *to, const void *from, ptrdiff_t count)
{
    T *restrict y = to;
    const uint16_t *restrict x = from;
    const uint64_t bias = (uint64_t)1008 << 52, one = (uint64_t)1 << 52;
    for (ptrdiff_t i = 0; i < count; i++) {
        uint64_t moved = (uint64_t)(x[i] & 0x7fff) << 42;
        uint64_t normal = moved + (moved < 31 * one ? bias : 2 * bias);
        uint64_t raised = moved + bias + one;
        T lowered;
        memcpy(&lowered, &raised, sizeof raised);
        lowered -= 0x1p-14;
        memcpy(&raised, &lowered, sizeof raised);
        /* Rounding down makes -0 of a difference that is 0. */
        uint64_t bits = moved < one ? raised & (UINT64_MAX >> 1) : normal;
        bits |= (uint64_t)(x[i] >> 15) << 63;
        memcpy(&y[i], &bits, sizeof bits);
    }
}

static void widen_bfloat(void *to, const void *from, ptrdiff_t count)
{
    T *restrict y = to;
    const uint16_t *restrict x = from;
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t bits = (uint32_t)x[i] << 16;
        float single;
        memcpy(&single, &bits, sizeof bits);
        y[i] = single;
    }
}
#endif

#if PRECISION == 32
static void widen_half(void *to, const void *from, ptrdiff_t count)
{
    T *y = to;
    const uint16_t *x = from;
    for (; count >= V_LANES; count -= V_LANES, x += V_LANES, y += V_LANES)
        n_store(y, n_load_half(x));
    uint16_t halves[V_LANES] = {0};
    T floats[V_LANES];
    memcpy(halves, x, sizeof *x * (size_t)count);
    n_store(floats, n_load_half(halves));
    memcpy(y, floats, sizeof *y * (size_t)count);
}

static void narrow_half(void *to, const void *from, ptrdiff_t count)
{
    uint16_t *y = to;
    const T *x = from;
    for (; count >= V_LANES; count -= V_LANES, x += V_LANES, y += V_LANES)
        n_store_half(y, n_load(x));
    T floats[V_LANES] = {0};
    uint16_t halves[V_LANES];
    memcpy(floats, x, sizeof *x * (size_t)count);
    n_store_half(halves, n_load(floats));
    memcpy(y, halves, sizeof *y * (size_t)count);
}

/* bfloat16 is the upper half of a float32, rounded to nearest even. */
static void widen_bfloat(void *to, const void *from, ptrdiff_t count)
{
    uint32_t *restrict y = to;
    const uint16_t *restrict x = from;
    for (ptrdiff_t i = 0; i < count; i++) y[i] = (uint32_t)x[i] << 16;
}

static void narrow_bfloat(void *to, const void *from, ptrdiff_t count)
{
    uint16_t *restrict y = to;
    const uint32_t *restrict x = from;
    uint32_t overflowed = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t rounded = (x[i] + 0x7fff + (x[i] >> 16 & 1)) >> 16;
        uint32_t quiet_nan = x[i] >> 16 | 0x40;
        uint32_t magnitude = x[i] & 0x7fffffff;
        y[i] = (uint16_t)(magnitude > 0x7f800000 ? quiet_nan : rounded);
        overflowed |= (uint32_t)(magnitude >= 0x7f7f8000) & (magnitude < 0x7f800000);
    }
    /* Rounding by integers raises no flag; this product does. */
    volatile float flag = T_MAX;
    if (overflowed) flag = flag * 2;
}
#endif

#if PRECISION == 32
/* The rounding test. The middle between two halves has a 1 and then zeros below the bits
 * that are kept. Below the normal halves as many bits are kept as of the least normal one,
 * if that is added. */
INLINE unsigned between_halves(N y)
{
    N size = n_abs(y), least = n_set(0x1p-14f);
    N raised = n_add(size, n_select(n_lt(size, least), least, n_set(0)));
    NI moved = n_int_add(n_bits(raised), n_bits(n_set(0x1001p-149f)));
    return n_lanes_without(moved, 0x1ffc);
}
INLINE unsigned between_bfloats(N y)
{
    NI moved = n_int_add(n_bits(y), n_bits(n_set(0x8001p-149f)));
    return n_lanes_without(moved, 0xfffc);
}
#define ROUNDING_TEST(name, between) \
    static ptrdiff_t test_##name(uint16_t *which, const void *results, \
                                 ptrdiff_t count) \
    { \
        const T *y = results; \
        ptrdiff_t found = 0; \
        for (ptrdiff_t i = 0; i < count; i += V_LANES) { \
            bool part = count - i < V_LANES; \
            unsigned lanes = \
                between(part ? n_load_part(y + i, (int)(count - i), n_set(0)) \
                             : n_load(y + i)); \
            for (; lanes; lanes &= lanes - 1) \
                which[found++] = (uint16_t)(i + __builtin_ctz(lanes)); \
        } \
        return found; \
    }
ROUNDING_TEST(half, between_halves)
ROUNDING_TEST(bfloat, between_bfloats)
#endif

#define SWAP(bits) \
    for (ptrdiff_t i = 0; i < count; i++) \
        ((uint##bits##_t *)items)[i] = \
            __builtin_bswap##bits(((uint##bits##_t *)items)[i]);
static void swap_bytes(void *items, size_t bytes, ptrdiff_t count)
{
    switch (bytes) {
    case 2: SWAP(16) break;
    case 4: SWAP(32) break;
    case 8: SWAP(64) break;
    }
}

#endif
