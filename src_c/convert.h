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
INLINE void copy_bytes(void *to, const void *from, ptrdiff_t bytes)
{
    for (ptrdiff_t i = 0; i < bytes; i++) ((char *)to)[i] = ((const char *)from)[i];
}

static void widen_half(void *to, const void *from, ptrdiff_t count)
{
    const uint16_t *x = from;
    ptrdiff_t i = 0;
    for (; i + V_LANES <= count; i += V_LANES) n_store((T *)to + i, n_load_half(x + i));
    if (i == count) return;
    uint16_t tail[V_LANES] = {0};
    copy_bytes(tail, x + i, 2 * (count - i));
    n_store_tail((T *)to + i, n_load_half(tail), count - i);
}

static void narrow_half(void *to, const void *from, ptrdiff_t count)
{
    uint16_t *y = to;
    const T *x = from;
    ptrdiff_t i = 0;
    for (; i + V_LANES <= count; i += V_LANES) n_store_half(y + i, n_load(x + i));
    if (i == count) return;
    uint16_t tail[V_LANES];
    n_store_half(tail, n_load_tail(x + i, count - i));
    copy_bytes(y + i, tail, 2 * (count - i));
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
