/* AVX-512 on a processor without it: in place of <immintrin.h>, for simd/avx512.h (GCC).
 *
 * What that uses, on pairs of AVX2 registers. Memory is treated as the instructions do it:
 * masked ones touch no other byte, streams must go to whole lines. The estimate of the
 * reciprocal and of the inverse root is as bad as it may be. */
#ifndef AVX512_BY_AVX2_H
#define AVX512_BY_AVX2_H

/* All of <immintrin.h> that is wanted, so that names of AVX-512 are free. */
#define _IMMINTRIN_H_INCLUDED
#include <math.h>
#include <smmintrin.h>
#include <wmmintrin.h>
#include <avxintrin.h>
#include <avx2intrin.h>
#include <f16cintrin.h>
#include <fmaintrin.h>
#include <stdint.h>
#include <string.h>

#define __AVX512F__ 1
#define __AVX512BW__ 1
#define __AVX512DQ__ 1
#define __AVX512VL__ 1

typedef struct {
    __m256 half[2];
} __m512;
typedef struct {
    __m256d half[2];
} __m512d;
typedef struct {
    __m256i half[2];
} __m512i;
typedef uint16_t __mmask16;
typedef uint8_t __mmask8;

#define EMULATED static inline __attribute__((always_inline))
/* A statement for both halves h, which is a constant: GCC keeps no array in registers that
 * is indexed by a variable. */
#define EACH_HALF(statement) \
    do { \
        { \
            enum { h = 0 }; \
            statement; \
        } \
        { \
            enum { h = 1 }; \
            statement; \
        } \
    } while (0)
/* A function that returns the halves of its result. */
#define BOTH(N, of_half) \
    { \
        N r; \
        EACH_HALF(r.half[h] = of_half); \
        return r; \
    }
#define ALL_REAL(of, name) of(name, __m512, ps) of(name, __m512d, pd)

/* ---- arithmetic ---- */

#define UNARY(name, N, of) \
    EMULATED N _mm512_##name##_##of(N a) BOTH(N, _mm256_##name##_##of(a.half[h]))
#define BINARY(name, N, of) \
    EMULATED N _mm512_##name##_##of(N a, N b) \
        BOTH(N, _mm256_##name##_##of(a.half[h], b.half[h]))
#define TERNARY(name, N, of) \
    EMULATED N _mm512_##name##_##of(N a, N b, N c) \
        BOTH(N, _mm256_##name##_##of(a.half[h], b.half[h], c.half[h]))
ALL_REAL(UNARY, sqrt)
ALL_REAL(BINARY, add)
ALL_REAL(BINARY, sub)
ALL_REAL(BINARY, mul)
ALL_REAL(BINARY, div)
ALL_REAL(BINARY, min)
ALL_REAL(BINARY, max)
ALL_REAL(TERNARY, fmadd)
ALL_REAL(TERNARY, fmsub)
ALL_REAL(TERNARY, fnmadd)
ALL_REAL(TERNARY, fnmsub)
BINARY(add, __m512i, epi32)
BINARY(add, __m512i, epi64)
BINARY(sub, __m512i, epi32)
BINARY(sub, __m512i, epi64)
BINARY(and, __m512i, si256)
#define _mm512_and_si512 _mm512_and_si256

EMULATED __m512 _mm512_set1_ps(float a) BOTH(__m512, _mm256_set1_ps(a)) EMULATED __m512d
    _mm512_set1_pd(double a) BOTH(__m512d, _mm256_set1_pd(a)) EMULATED __m512i
    _mm512_set1_epi32(int32_t a) BOTH(__m512i, _mm256_set1_epi32(a)) EMULATED __m512i
    _mm512_set1_epi64(int64_t a) BOTH(__m512i, _mm256_set1_epi64x(a)) EMULATED
    float _mm512_cvtss_f32(__m512 a)
{
    return a.half[0][0];
}
EMULATED double _mm512_cvtsd_f64(__m512d a) { return a.half[0][0]; }

EMULATED __m512 _mm512_abs_ps(__m512 a)
    BOTH(__m512, _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a.half[h])) EMULATED __m512d
    _mm512_abs_pd(__m512d a)
        BOTH(__m512d, _mm256_andnot_pd(_mm256_set1_pd(-0.0), a.half[h]))

    /* ---- bits ---- */

    EMULATED __m512i _mm512_castps_si512(__m512 a)
        BOTH(__m512i, _mm256_castps_si256(a.half[h])) EMULATED __m512i
    _mm512_castpd_si512(__m512d a)
        BOTH(__m512i, _mm256_castpd_si256(a.half[h])) EMULATED __m512
    _mm512_castsi512_ps(__m512i a)
        BOTH(__m512, _mm256_castsi256_ps(a.half[h])) EMULATED __m512d
    _mm512_castsi512_pd(__m512i a) BOTH(__m512d, _mm256_castsi256_pd(a.half[h]))

#define SHIFT(name, of) \
    EMULATED __m512i _mm512_##name##_##of(__m512i a, int bits) \
        BOTH(__m512i, _mm256_##name##_##of(a.half[h], bits))
        SHIFT(slli, epi32) SHIFT(srli, epi32) SHIFT(slli, epi64) SHIFT(srli, epi64)

    /* The table of three operands that simd/avx512.h uses: b where a has ones, elsewhere c. */
    EMULATED __m512i choose_bits(__m512i a, __m512i b, __m512i c)
        BOTH(__m512i,
             _mm256_or_si256(_mm256_and_si256(a.half[h], b.half[h]),
                             _mm256_andnot_si256(a.half[h], c.half[h])))
#define TABLE_0xca(a, b, c) choose_bits(a, b, c)
#define _mm512_ternarylogic_epi32(a, b, c, table) TABLE_##table(a, b, c)
#define _mm512_ternarylogic_epi64(a, b, c, table) TABLE_##table(a, b, c)

    /* ---- masks ---- */

    /* The mask of one half as the signs of its lanes */
    EMULATED __m256i signs_epi32(unsigned mask)
{
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    __m256i all = _mm256_set1_epi32((int)mask);
    return _mm256_cmpeq_epi32(_mm256_and_si256(all, bit), bit);
}
EMULATED __m256i signs_epi64(unsigned mask)
{
    const __m256i bit = _mm256_setr_epi64x(1, 2, 4, 8);
    __m256i all = _mm256_set1_epi64x(mask);
    return _mm256_cmpeq_epi64(_mm256_and_si256(all, bit), bit);
}
EMULATED __m256 signs_ps(unsigned mask)
{
    return _mm256_castsi256_ps(signs_epi32(mask));
}
EMULATED __m256d signs_pd(unsigned mask)
{
    return _mm256_castsi256_pd(signs_epi64(mask));
}

#define MASKS(of, T, integer, N, M, lanes) \
    EMULATED M _mm512_cmp_##of##_mask(N a, N b, const int how) \
    { \
        unsigned mask = 0; \
        EACH_HALF( \
            mask |= \
            (unsigned)_mm256_movemask_##of(_mm256_cmp_##of(a.half[h], b.half[h], how)) \
                << h * (lanes)); \
        return (M)mask; \
    } \
    EMULATED N _mm512_mask_blend_##of(M mask, N no, N yes) BOTH( \
        N, \
        _mm256_blendv_##of(no.half[h], yes.half[h], signs_##of(mask >> h * (lanes)))) \
        EMULATED N _mm512_maskz_mov_##of(M mask, N a) \
            BOTH(N, _mm256_and_##of(a.half[h], signs_##of(mask >> h * (lanes)))) \
                EMULATED N _mm512_mask_loadu_##of(N rest, M mask, const T *p) \
                    BOTH(N, \
                         _mm256_blendv_##of(rest.half[h], \
                                            _mm256_maskload_##of( \
                                                p + h * (lanes), \
                                                signs_##integer(mask >> h * (lanes))), \
                                            signs_##of(mask >> h * (lanes)))) \
                        EMULATED void _mm512_mask_storeu_##of(T *p, M mask, N a) \
    { \
        EACH_HALF(_mm256_maskstore_##of( \
            p + h * (lanes), signs_##integer(mask >> h * (lanes)), a.half[h])); \
    }
MASKS(ps, float, epi32, __m512, __mmask16, 8)
MASKS(pd, double, epi64, __m512d, __mmask8, 4)

EMULATED __mmask16 _mm512_testn_epi32_mask(__m512i a, __m512i b)
{
    unsigned mask = 0;
    EACH_HALF(__m256i common = _mm256_and_si256(a.half[h], b.half[h]);
              __m256i none = _mm256_cmpeq_epi32(common, _mm256_setzero_si256());
              mask |= (unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(none)) << h * 8);
    return (__mmask16)mask;
}

/* ---- memory ---- */

#define MEMORY(of, T, N, lanes) \
    EMULATED N _mm512_loadu_##of(const T *p) \
        BOTH(N, _mm256_loadu_##of(p + h * (lanes))) \
            EMULATED N _mm512_load_##of(const T *p) \
    { \
        if ((uintptr_t)p % 64) __builtin_trap(); \
        return _mm512_loadu_##of(p); \
    } \
    EMULATED void _mm512_storeu_##of(T *p, N a) \
    { \
        EACH_HALF(_mm256_storeu_##of(p + h * (lanes), a.half[h])); \
    } \
    EMULATED void _mm512_stream_##of(T *p, N a) \
    { \
        if ((uintptr_t)p % 64) __builtin_trap(); \
        EACH_HALF(_mm256_stream_##of(p + h * (lanes), a.half[h])); \
    }
MEMORY(ps, float, __m512, 8)
MEMORY(pd, double, __m512d, 4)

/* ---- the estimates of the reciprocal and of the inverse root ---- */

/* Within 2^-14 of 1/a or 1/sqrt(a), which is all that is promised: rounded to 14 bits. They raise
 * no flag, and round in one way only. */
#define ESTIMATE(name, of, T, BITS, N, lanes, dropped, divisor) \
    static __attribute__((noinline, unused)) N _mm512_##name##_##of(N a) \
    { \
        T value[2 * (lanes)]; \
        BITS bits; \
        unsigned control = _mm_getcsr(); \
        _mm_setcsr((control & ~_MM_ROUND_MASK) | _MM_MASK_MASK); \
        memcpy(value, &a, sizeof a); \
        __asm__ volatile("" : "+m"(value)); \
        for (int k = 0; k < 2 * (lanes); k++) { \
            value[k] = (T)(1 / divisor(value[k])); \
            memcpy(&bits, &value[k], sizeof bits); \
            bits += (BITS)1 << ((dropped) - 1); \
            bits &= ~(BITS)0 << (dropped); \
            if (value[k] - value[k] == 0) memcpy(&value[k], &bits, sizeof bits); \
        } \
        __asm__ volatile("" : "+m"(value)); \
        _mm_setcsr(control); \
        memcpy(&a, value, sizeof a); \
        return a; \
    }
ESTIMATE(rcp14, ps, float, uint32_t, __m512, 8, 10, )
ESTIMATE(rcp14, pd, double, uint64_t, __m512d, 4, 39, )
ESTIMATE(rsqrt14, ps, float, uint32_t, __m512, 8, 10, sqrt)
ESTIMATE(rsqrt14, pd, double, uint64_t, __m512d, 4, 39, sqrt)

/* ---- half precision ---- */

EMULATED __m512 _mm512_cvtph_ps(__m256i a)
{
    return (__m512){{_mm256_cvtph_ps(_mm256_castsi256_si128(a)),
                     _mm256_cvtph_ps(_mm256_extracti128_si256(a, 1))}};
}
EMULATED __m256i _mm512_cvtps_ph(__m512 a, const int rounding)
{
    return _mm256_set_m128i(_mm256_cvtps_ph(a.half[1], rounding),
                            _mm256_cvtps_ph(a.half[0], rounding));
}

/* ---- float64 lanes of float32 ones ---- */

EMULATED __m512d _mm512_cvtps_pd(__m256 a)
{
    return (__m512d){{_mm256_cvtps_pd(_mm256_castps256_ps128(a)),
                      _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1))}};
}
EMULATED __m256 _mm512_cvtpd_ps(__m512d a)
{
    return _mm256_set_m128(_mm256_cvtpd_ps(a.half[1]), _mm256_cvtpd_ps(a.half[0]));
}
EMULATED __m256 _mm512_castps512_ps256(__m512 a) { return a.half[0]; }
EMULATED __m512 _mm512_castps256_ps512(__m256 a) { return (__m512){{a, a}}; }
EMULATED __m256 _mm512_extractf32x8_ps(__m512 a, const int which)
{
    return a.half[which];
}
EMULATED __m512 _mm512_insertf32x8(__m512 a, __m256 half, const int which)
{
    a.half[which] = half;
    return a;
}

/* ---- permutations ---- */

EMULATED __m512 _mm512_permute_ps(__m512 a, const int control)
    BOTH(__m512, _mm256_permute_ps(a.half[h], control)) EMULATED __m512d
    _mm512_permute_pd(__m512d a, const int control)
{
    return (__m512d){{_mm256_permute_pd(a.half[0], control & 15),
                      _mm256_permute_pd(a.half[1], control >> 4)}};
}

/* Quarters of a register: two of a, then two of b. */
EMULATED __m128 quarter(__m512 a, int which)
{
    __m256 half = a.half[which >> 1 & 1];
    return which & 1 ? _mm256_extractf128_ps(half, 1) : _mm256_castps256_ps128(half);
}
EMULATED __m512 _mm512_shuffle_f32x4(__m512 a, __m512 b, const int control)
{
    return (__m512){
        {_mm256_set_m128(quarter(a, control >> 2), quarter(a, control)),
         _mm256_set_m128(quarter(b, control >> 6), quarter(b, control >> 4))}};
}
EMULATED __m512d _mm512_shuffle_f64x2(__m512d a, __m512d b, const int control)
{
    __m512 x = _mm512_castsi512_ps(_mm512_castpd_si512(a));
    __m512 y = _mm512_castsi512_ps(_mm512_castpd_si512(b));
    return _mm512_castsi512_pd(
        _mm512_castps_si512(_mm512_shuffle_f32x4(x, y, control)));
}

/* The bit of an index that chooses the half is moved to the sign. */
EMULATED __m512 _mm512_permutexvar_ps(__m512i i, __m512 a)
    BOTH(__m512,
         _mm256_blendv_ps(_mm256_permutevar8x32_ps(a.half[0], i.half[h]),
                          _mm256_permutevar8x32_ps(a.half[1], i.half[h]),
                          _mm256_castsi256_ps(_mm256_slli_epi32(i.half[h], 28))))
    /* Of lanes of 64 bits both words are taken. */
    EMULATED __m256d permuted_words(__m256d a, __m256i i)
{
    __m256i first = _mm256_slli_epi64(i, 1);
    __m256i second =
        _mm256_slli_epi64(_mm256_add_epi64(first, _mm256_set1_epi64x(1)), 32);
    __m256i words = _mm256_blend_epi32(first, second, 0xaa);
    return _mm256_castsi256_pd(
        _mm256_permutevar8x32_epi32(_mm256_castpd_si256(a), words));
}
EMULATED __m512d _mm512_permutexvar_pd(__m512i i, __m512d a)
    BOTH(__m512d,
         _mm256_blendv_pd(permuted_words(a.half[0], i.half[h]),
                          permuted_words(a.half[1], i.half[h]),
                          _mm256_castsi256_pd(_mm256_slli_epi64(i.half[h], 61))))

#undef EACH_HALF
#undef BOTH
#undef ALL_REAL
#undef UNARY
#undef BINARY
#undef TERNARY
#undef SHIFT
#undef MASKS
#undef MEMORY
#undef ESTIMATE
#endif
