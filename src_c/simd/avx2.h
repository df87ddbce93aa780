/* AVX2 with FMA and F16C: the operations on one ymm register.
 *
 * scalar.h defines each operation; vector.h extends them to vectors of registers.
 * V_TABLE is what one vpermps looks up; in float64 a lookup takes two of them. */
#include "precision.h"

#if defined(__AVX2__) && defined(__FMA__) && defined(__F16C__)
#define V_AVAILABLE 1
#include <immintrin.h>

#define V_UNROLL 2
#define V_TABLE 8
#define V_ROWS 1
typedef __m256i NI;

#if PRECISION == 32
#define V_LANES 8
#define V_RECIPROCAL_BITS 11
#define V_DIVIDES 1
typedef __m256 N;
#define OP(name) _mm256_##name##_ps
#define BLENDV "vblendvps"
#define INT_OP(name) _mm256_##name##_epi32
#define TO_BITS(a) _mm256_castps_si256(a)
#define FROM_BITS(a) _mm256_castsi256_ps(a)
#define SET_BITS(a) _mm256_set1_epi32((int32_t)(a))
INLINE N n_reciprocal(N a) { return _mm256_rcp_ps(a); }
#define V_INVERSE_ROOT_BITS 11
INLINE N n_inverse_root(N a) { return _mm256_rsqrt_ps(a); }
INLINE N n_swap(N a, int distance)
{
    return distance == 4 ? _mm256_permute2f128_ps(a, a, 1)
        : distance == 2  ? _mm256_permute_ps(a, 0x4e)
                         : _mm256_permute_ps(a, 0xb1);
}
/* All ones in the first count lanes. */
INLINE NI n_first_lanes(int count)
{
    NI lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lane);
}
INLINE N n_lookup(const T *table, NI i)
{
    return _mm256_permutevar8x32_ps(_mm256_load_ps(table), i);
}
/* Plain loads: a gather takes more micro-operations on most CPUs, and on Intel's their microcode
 * may guard it, which takes much longer. */
INLINE N two_rows(const T (*table)[4], uint32_t low, uint32_t high)
{
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_load_ps(table[low])),
                                _mm_load_ps(table[high]), 1);
}
INLINE void n_rows(const T (*table)[4], NI i, uint32_t last, N *column)
{
    uint32_t at[8] ALIGNED;
    _mm256_store_si256((__m256i *)at, _mm256_min_epu32(i, SET_BITS(last)));
    N row[4];
    for (int k = 0; k < 4; k++) row[k] = two_rows(table, at[k], at[k + 4]);
    for (int k = 0; k < 4; k += 2) {
        N even = k ? _mm256_unpackhi_ps(row[0], row[1]) : _mm256_unpacklo_ps(row[0], row[1]);
        N odd = k ? _mm256_unpackhi_ps(row[2], row[3]) : _mm256_unpacklo_ps(row[2], row[3]);
        column[k] = _mm256_shuffle_ps(even, odd, 0x44);
        column[k + 1] = _mm256_shuffle_ps(even, odd, 0xee);
    }
}
#else
#define V_LANES 4
#define V_RECIPROCAL_BITS 53
typedef __m256d N;
#define OP(name) _mm256_##name##_pd
#define BLENDV "vblendvpd"
#define INT_OP(name) _mm256_##name##_epi64
#define TO_BITS(a) _mm256_castpd_si256(a)
#define FROM_BITS(a) _mm256_castsi256_pd(a)
#define SET_BITS(a) _mm256_set1_epi64x((int64_t)(a))
INLINE N n_reciprocal(N a) { return _mm256_div_pd(_mm256_set1_pd(1.0), a); }
/* Half of the exponent, and with it a line for the root of the fraction; NaN of what is
 * negative. A root and a division take 13 cycles (Zen 4). */
#define V_INVERSE_ROOT_BITS 4
INLINE N n_inverse_root(N a)
{
    NI half = _mm256_srli_epi64(TO_BITS(a), 1);
    NI y = _mm256_sub_epi64(SET_BITS(0x5fe6eb50c7b537a9), half);
    return _mm256_blendv_pd(FROM_BITS(y), _mm256_set1_pd(NAN), a);
}
INLINE N n_swap(N a, int distance)
{
    return distance == 2 ? _mm256_permute2f128_pd(a, a, 1) : _mm256_permute_pd(a, 5);
}
INLINE NI n_first_lanes(int count)
{
    NI lane = _mm256_setr_epi64x(0, 1, 2, 3);
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), lane);
}
/* The low or the high words of 8 entries, which the compiler gathers outside of loops */
INLINE __m256 table_words(const T *table, int high)
{
    __m256 first = _mm256_castpd_ps(_mm256_load_pd(table));
    __m256 second = _mm256_castpd_ps(_mm256_load_pd(table + 4));
    __m256 words = high ? _mm256_shuffle_ps(first, second, 0xdd)
                        : _mm256_shuffle_ps(first, second, 0x88);
    return _mm256_castpd_ps(_mm256_permute4x64_pd(_mm256_castps_pd(words), 0xd8));
}
INLINE N n_lookup(const T *table, NI i)
{
    __m256 low = _mm256_permutevar8x32_ps(table_words(table, 0), i);
    __m256 high =
        _mm256_permutevar8x32_ps(table_words(table, 1), _mm256_slli_epi64(i, 32));
    return _mm256_castps_pd(_mm256_blend_ps(low, high, 0xaa));
}
INLINE __m256d two_halves(const T *low, const T *high)
{
    __m256d half = _mm256_castpd128_pd256(_mm_load_pd(low));
    return _mm256_insertf128_pd(half, _mm_load_pd(high), 1);
}
INLINE void n_rows(const T (*table)[4], NI i, uint32_t last, N *column)
{
    NI bounded = _mm256_min_epu32(i, _mm256_set1_epi32((int)last));
    NI bytes = _mm256_srli_epi64(_mm256_slli_epi64(bounded, 32), 27); /* times 32 */
    uint64_t at[4] ALIGNED;
    _mm256_store_si256((__m256i *)at, bytes);
    const T *row[4];
    for (int k = 0; k < 4; k++) row[k] = (const T *)((const char *)table + at[k]);
    for (int k = 0; k < 4; k += 2) {
        N even = two_halves(row[0] + k, row[2] + k), odd = two_halves(row[1] + k, row[3] + k);
        column[k] = _mm256_unpacklo_pd(even, odd);
        column[k + 1] = _mm256_unpackhi_pd(even, odd);
    }
}
#endif
typedef N NM;

INLINE N n_set(T a) { return OP(set1)(a); }
INLINE T n_first(N a) { return a[0]; }
INLINE N n_load(const T *p) { return OP(loadu)(p); }
INLINE void n_store(T *p, N a) { OP(storeu)(p, a); }
INLINE void n_stream(T *p, N a) { OP(stream)(p, a); }
INLINE void n_fence(void) { _mm_sfence(); }
INLINE N n_load_part(const T *p, int count, N rest)
{
    NI first = n_first_lanes(count);
    return OP(blendv)(rest, OP(maskload)(p, first), FROM_BITS(first));
}
INLINE void n_store_part(T *p, int count, N a)
{
    OP(maskstore)(p, n_first_lanes(count), a);
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

INLINE N n_abs(N a) { return OP(andnot)(FROM_BITS(SET_BITS(T_SIGN)), a); }
INLINE N n_copysign(N a, N sign)
{
    return OP(or)(n_abs(a), OP(and)(FROM_BITS(SET_BITS(T_SIGN)), sign));
}
INLINE N n_upper_half(N a) { return OP(and)(a, FROM_BITS(SET_BITS(T_UPPER_HALF))); }
INLINE N n_upper_quarter(N a)
{
    return OP(and)(a, FROM_BITS(SET_BITS(T_UPPER_QUARTER)));
}

INLINE NM n_lt(N a, N b) { return OP(cmp)(a, b, _CMP_LT_OQ); }
INLINE NM n_le(N a, N b) { return OP(cmp)(a, b, _CMP_LE_OQ); }
INLINE NM n_is_nan(N a) { return OP(cmp)(a, a, _CMP_UNORD_Q); }
INLINE NM n_and(NM a, NM b) { return OP(and)(a, b); }
INLINE NM n_or(NM a, NM b) { return OP(or)(a, b); }
INLINE bool n_any(NM m) { return OP(movemask)(m) != 0; }
INLINE bool n_all(NM m) { return OP(movemask)(m) == (1 << V_LANES) - 1; }
/* GCC makes a comparison with 0 and a blend of the intrinsic, although the mask is one. */
INLINE N n_select(NM m, N yes, N no)
{
    __asm__(BLENDV " %3, %2, %1, %0" : "=x"(no) : "x"(no), "xm"(yes), "x"(m));
    return no;
}
INLINE N n_where(NM m, N a) { return OP(and)(m, a); }
INLINE N n_unless(NM m, N a) { return OP(andnot)(m, a); }

INLINE NI n_bits(N a) { return TO_BITS(a); }
INLINE N n_from_bits(NI a) { return FROM_BITS(a); }
INLINE NI n_int_add(NI a, NI b) { return INT_OP(add)(a, b); }
INLINE NI n_int_sub(NI a, NI b) { return INT_OP(sub)(a, b); }
INLINE NI n_shift_left(NI a, int bits) { return INT_OP(slli)(a, bits); }
INLINE NI n_shift_right(NI a, int bits) { return INT_OP(srli)(a, bits); }

#if PRECISION == 32
INLINE unsigned n_lanes_without(NI a, TBITS bits)
{
    __m256i common = _mm256_and_si256(a, SET_BITS(bits));
    __m256i none = _mm256_cmpeq_epi32(common, _mm256_setzero_si256());
    return (unsigned)_mm256_movemask_ps(FROM_BITS(none));
}
INLINE N n_load_half(const uint16_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
}
INLINE void n_store_half(uint16_t *p, N a)
{
    _mm_storeu_si128((__m128i *)p, _mm256_cvtps_ph(a, _MM_FROUND_CUR_DIRECTION));
}

/* The lanes of N in float64, by halves */
typedef __m256d D;
#define D_PER_N 2
INLINE D d_set(double a) { return _mm256_set1_pd(a); }
INLINE D d_widen(N a, int half)
{
    return _mm256_cvtps_pd(half ? _mm256_extractf128_ps(a, 1) : _mm256_castps256_ps128(a));
}
INLINE N d_narrow(const D *a)
{
    return _mm256_set_m128(_mm256_cvtpd_ps(a[1]), _mm256_cvtpd_ps(a[0]));
}
INLINE D d_add(D a, D b) { return _mm256_add_pd(a, b); }
INLINE D d_sub(D a, D b) { return _mm256_sub_pd(a, b); }
INLINE D d_mul(D a, D b) { return _mm256_mul_pd(a, b); }
INLINE D d_quotient(D a, D b) { return _mm256_div_pd(a, b); }
INLINE D d_inverse(D a) { return _mm256_div_pd(d_set(1), a); }
#define D_RECIPROCAL_BITS 53
INLINE D d_reciprocal(D a) { return _mm256_div_pd(_mm256_set1_pd(1), a); }
INLINE D d_fma(D a, D b, D c) { return _mm256_fmadd_pd(a, b, c); }
INLINE D d_fnma(D a, D b, D c) { return _mm256_fnmadd_pd(a, b, c); }
INLINE D d_min(D a, D b) { return _mm256_min_pd(a, b); }
INLINE D d_max(D a, D b) { return _mm256_max_pd(a, b); }
INLINE D d_select(N m, int half, D yes, D no)
{
    __m256i bits = _mm256_castps_si256(m);
    __m128i lanes =
        half ? _mm256_extracti128_si256(bits, 1) : _mm256_castsi256_si128(bits);
    return _mm256_blendv_pd(no, yes, _mm256_castsi256_pd(_mm256_cvtepi32_epi64(lanes)));
}
INLINE D d_times_power(D a, D counted)
{
    __m256i n = _mm256_slli_epi64(_mm256_castpd_si256(counted), 52);
    return _mm256_castsi256_pd(_mm256_add_epi64(n, _mm256_castpd_si256(a)));
}
#endif

#endif
