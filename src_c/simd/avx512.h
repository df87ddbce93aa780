/* AVX-512 (F, BW, DQ, VL): the operations on one zmm register.
 *
 * scalar.h defines each operation; vector.h extends them to vectors of registers. */
#include "precision.h"

#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) \
    && defined(__AVX512VL__)
#define V_AVAILABLE 1
#include <immintrin.h>

#define V_UNROLL 3
#define V_RECIPROCAL_BITS 14
#define V_INVERSE_ROOT_BITS 14
typedef __m512i NI;

#if PRECISION == 32
#define V_LANES 16
#define V_TABLE 16
typedef __m512 N;
typedef __mmask16 NM;
#define OP(name) _mm512_##name##_ps
#define FIRST(a) _mm512_cvtss_f32(a)
#define INT_OP(name) _mm512_##name##_epi32
#define COMPARE(a, b, how) _mm512_cmp_ps_mask(a, b, how)
#define TO_BITS(a) _mm512_castps_si512(a)
#define FROM_BITS(a) _mm512_castsi512_ps(a)
#define SET_BITS(a) _mm512_set1_epi32((int32_t)(a))
#else
#define V_LANES 8
#define V_TABLE 8
typedef __m512d N;
typedef __mmask8 NM;
#define OP(name) _mm512_##name##_pd
#define FIRST(a) _mm512_cvtsd_f64(a)
#define INT_OP(name) _mm512_##name##_epi64
#define COMPARE(a, b, how) _mm512_cmp_pd_mask(a, b, how)
#define TO_BITS(a) _mm512_castpd_si512(a)
#define FROM_BITS(a) _mm512_castsi512_pd(a)
#define SET_BITS(a) _mm512_set1_epi64((int64_t)(a))
#endif

INLINE N n_set(T a) { return OP(set1)(a); }
INLINE T n_first(N a) { return FIRST(a); }
INLINE N n_load(const T *p) { return OP(loadu)(p); }
INLINE void n_store(T *p, N a) { OP(storeu)(p, a); }
INLINE void n_stream(T *p, N a) { OP(stream)(p, a); }
INLINE void n_fence(void) { _mm_sfence(); }
INLINE NM n_first_lanes(int count) { return (NM)((1u << count) - 1); }
INLINE N n_load_part(const T *p, int count, N rest)
{
    return OP(mask_loadu)(rest, n_first_lanes(count), p);
}
INLINE void n_store_part(T *p, int count, N a)
{
    OP(mask_storeu)(p, n_first_lanes(count), a);
}

INLINE N n_add(N a, N b) { return OP(add)(a, b); }
INLINE N n_sub(N a, N b) { return OP(sub)(a, b); }
INLINE N n_mul(N a, N b) { return OP(mul)(a, b); }
INLINE N n_mul_tiny(N a, N b) { return OP(fmadd)(a, b, n_set(-(T)0)); }
INLINE N n_div(N a, N b) { return OP(div)(a, b); }
INLINE N n_sqrt(N a) { return OP(sqrt)(a); }
INLINE N n_fma(N a, N b, N c) { return OP(fmadd)(a, b, c); }
INLINE N n_fms(N a, N b, N c) { return OP(fmsub)(a, b, c); }
INLINE N n_fnma(N a, N b, N c) { return OP(fnmadd)(a, b, c); }
INLINE N n_fnms(N a, N b, N c) { return OP(fnmsub)(a, b, c); }
INLINE N n_min(N a, N b) { return OP(min)(a, b); }
INLINE N n_max(N a, N b) { return OP(max)(a, b); }
INLINE N n_reciprocal(N a) { return OP(rcp14)(a); }
INLINE N n_inverse_root(N a) { return OP(rsqrt14)(a); }

INLINE N n_abs(N a) { return OP(abs)(a); }
INLINE N n_copysign(N a, N sign)
{
    /* 0xca: where the mask bit is set take a, elsewhere sign. */
    return FROM_BITS(
        INT_OP(ternarylogic)(SET_BITS(~T_SIGN), TO_BITS(a), TO_BITS(sign), 0xca));
}
INLINE N n_upper_half(N a)
{
    return FROM_BITS(_mm512_and_si512(TO_BITS(a), SET_BITS(T_UPPER_HALF)));
}
INLINE N n_upper_quarter(N a)
{
    return FROM_BITS(_mm512_and_si512(TO_BITS(a), SET_BITS(T_UPPER_QUARTER)));
}

INLINE NM n_lt(N a, N b) { return COMPARE(a, b, _CMP_LT_OQ); }
INLINE NM n_le(N a, N b) { return COMPARE(a, b, _CMP_LE_OQ); }
INLINE NM n_is_nan(N a) { return COMPARE(a, a, _CMP_UNORD_Q); }
INLINE NM n_and(NM a, NM b) { return a & b; }
INLINE NM n_or(NM a, NM b) { return a | b; }
INLINE bool n_any(NM m) { return m != 0; }
INLINE bool n_all(NM m) { return m == (NM)~(NM)0; }
INLINE N n_select(NM m, N yes, N no) { return OP(mask_blend)(m, no, yes); }
INLINE N n_where(NM m, N a) { return OP(maskz_mov)(m, a); }
INLINE N n_unless(NM m, N a) { return OP(mask_blend)(m, a, n_set(0)); }

INLINE NI n_bits(N a) { return TO_BITS(a); }
INLINE N n_from_bits(NI a) { return FROM_BITS(a); }
INLINE NI n_int_add(NI a, NI b) { return INT_OP(add)(a, b); }
INLINE NI n_int_sub(NI a, NI b) { return INT_OP(sub)(a, b); }
INLINE NI n_shift_left(NI a, int bits) { return INT_OP(slli)(a, bits); }
INLINE NI n_shift_right(NI a, int bits) { return INT_OP(srli)(a, bits); }
#if PRECISION == 32
INLINE N n_swap(N a, int distance)
{
    return distance == 8 ? _mm512_shuffle_f32x4(a, a, 0x4e)
        : distance == 4  ? _mm512_shuffle_f32x4(a, a, 0xb1)
        : distance == 2  ? _mm512_permute_ps(a, 0x4e)
                         : _mm512_permute_ps(a, 0xb1);
}
#else
INLINE N n_swap(N a, int distance)
{
    return distance == 4 ? _mm512_shuffle_f64x2(a, a, 0x4e)
        : distance == 2  ? _mm512_shuffle_f64x2(a, a, 0xb1)
                         : _mm512_permute_pd(a, 0x55);
}
#endif
INLINE N n_lookup(const T *table, NI i) { return OP(permutexvar)(i, OP(load)(table)); }

#if PRECISION == 64
INLINE __m512d two_rows(const T *low, const T *high)
{
    return _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_load_pd(low)),
                              _mm256_load_pd(high), 1);
}
INLINE void n_rows(const T (*table)[4], NI i, uint32_t last, N *column)
{
    NI bounded = _mm512_min_epu32(i, _mm512_set1_epi32((int)last));
    NI bytes = _mm512_srli_epi64(_mm512_slli_epi64(bounded, 32), 27); /* times 32 */
    uint64_t at[8] ALIGNED;
    _mm512_store_si512(at, bytes);
    const T *row[8];
    for (int k = 0; k < 8; k++) row[k] = (const T *)((const char *)table + at[k]);
    N first = two_rows(row[0], row[2]), second = two_rows(row[1], row[3]);
    N third = two_rows(row[4], row[6]), fourth = two_rows(row[5], row[7]);
    N even = _mm512_unpacklo_pd(first, second), odd = _mm512_unpackhi_pd(first, second);
    N even_rest = _mm512_unpacklo_pd(third, fourth);
    N odd_rest = _mm512_unpackhi_pd(third, fourth);
    column[0] = _mm512_shuffle_f64x2(even, even_rest, 0x88);
    column[1] = _mm512_shuffle_f64x2(odd, odd_rest, 0x88);
    column[2] = _mm512_shuffle_f64x2(even, even_rest, 0xdd);
    column[3] = _mm512_shuffle_f64x2(odd, odd_rest, 0xdd);
}
#endif

#if PRECISION == 32
INLINE unsigned n_lanes_without(NI a, TBITS bits)
{
    return _mm512_testn_epi32_mask(a, SET_BITS(bits));
}
INLINE N n_load_half(const uint16_t *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
}
INLINE void n_store_half(uint16_t *p, N a)
{
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph(a, _MM_FROUND_CUR_DIRECTION));
}

/* The lanes of N in float64, by halves */
typedef __m512d D;
#define D_PER_N 2
INLINE D d_set(double a) { return _mm512_set1_pd(a); }
INLINE D d_widen(N a, int half)
{
    return _mm512_cvtps_pd(half ? _mm512_extractf32x8_ps(a, 1)
                                : _mm512_castps512_ps256(a));
}
INLINE N d_narrow(const D *a)
{
    N first = _mm512_castps256_ps512(_mm512_cvtpd_ps(a[0]));
    return _mm512_insertf32x8(first, _mm512_cvtpd_ps(a[1]), 1);
}
INLINE D d_add(D a, D b) { return _mm512_add_pd(a, b); }
INLINE D d_sub(D a, D b) { return _mm512_sub_pd(a, b); }
INLINE D d_mul(D a, D b) { return _mm512_mul_pd(a, b); }
INLINE D d_quotient(D a, D b) { return _mm512_div_pd(a, b); }
INLINE D d_inverse(D a) { return _mm512_div_pd(d_set(1), a); }
#define D_RECIPROCAL_BITS 14
INLINE D d_reciprocal(D a) { return _mm512_rcp14_pd(a); }
INLINE D d_fma(D a, D b, D c) { return _mm512_fmadd_pd(a, b, c); }
INLINE D d_fnma(D a, D b, D c) { return _mm512_fnmadd_pd(a, b, c); }
INLINE D d_min(D a, D b) { return _mm512_min_pd(a, b); }
INLINE D d_max(D a, D b) { return _mm512_max_pd(a, b); }
INLINE D d_select(NM m, int half, D yes, D no)
{
    return _mm512_mask_blend_pd((__mmask8)(half ? m >> 8 : m), no, yes);
}
INLINE D d_times_power(D a, D counted)
{
    NI n = _mm512_slli_epi64(_mm512_castpd_si512(counted), 52);
    return _mm512_castsi512_pd(_mm512_add_epi64(n, _mm512_castpd_si512(a)));
}
#endif

#endif
