/* Conversions between a target's precision and the other dtypes, contiguous.
 *
 * Plain loops, which the compiler vectorises for the ISA of the target; only IEEE half
 * precision needs verbs. */
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
    for (ptrdiff_t i = 0; i < count; i++) {
        uint32_t rounded = (x[i] + 0x7fff + (x[i] >> 16 & 1)) >> 16;
        uint32_t quiet_nan = x[i] >> 16 | 0x40;
        y[i] = (uint16_t)((x[i] & 0x7fffffff) > 0x7f800000 ? quiet_nan : rounded);
    }
}
#endif

#endif
