/* AArch64 Advanced SIMD: the operations on one q register.
 *
 * scalar.h defines each operation; vector.h extends them to vectors of registers.
 * A lookup is one TBL of the table's bytes. */
#include "precision.h"

#if defined(__aarch64__) && defined(__ARM_NEON)
#define V_AVAILABLE 1
#include <arm_neon.h>

#define V_UNROLL 2
#define V_TABLE 8
#define V_ROWS 1
#define V_RECIPROCAL_BITS T_MANTISSA
#define V_INVERSE_ROOT_BITS 8

#if PRECISION == 32
#define V_LANES 4
typedef float32x4_t N;
typedef uint32x4_t NI;
#define OP(name) name##_f32
#define INT_OP(name) name##_u32
#define TO_BITS(a) vreinterpretq_u32_f32(a)
#define FROM_BITS(a) vreinterpretq_f32_u32(a)
#define SHIFT(a) vdupq_n_s32(a)
INLINE N n_swap(N a, int distance)
{
    return distance == 2 ? vextq_f32(a, a, 2) : vrev64q_f32(a);
}
INLINE N n_lookup(const T *table, NI i)
{
    uint8x16x2_t bytes = vld1q_u8_x2((const uint8_t *)table);
    NI at = vmlaq_n_u32(vdupq_n_u32(0x03020100), vandq_u32(i, vdupq_n_u32(7)),
                        0x04040404);
    return vreinterpretq_f32_u8(vqtbl2q_u8(bytes, vreinterpretq_u8_u32(at)));
}
INLINE void n_rows(const T (*table)[4], NI i, uint32_t last, N *column)
{
    NI at = vminq_u32(i, vdupq_n_u32(last));
    N a = vld1q_f32(table[vgetq_lane_u32(at, 0)]), b = vld1q_f32(table[vgetq_lane_u32(at, 1)]);
    N c = vld1q_f32(table[vgetq_lane_u32(at, 2)]), d = vld1q_f32(table[vgetq_lane_u32(at, 3)]);
    float32x4x2_t even = vzipq_f32(a, c), odd = vzipq_f32(b, d);
    float32x4x2_t first = vzipq_f32(even.val[0], odd.val[0]);
    float32x4x2_t second = vzipq_f32(even.val[1], odd.val[1]);
    column[0] = first.val[0], column[1] = first.val[1];
    column[2] = second.val[0], column[3] = second.val[1];
}
#else
#define V_LANES 2
typedef float64x2_t N;
typedef uint64x2_t NI;
#define OP(name) name##_f64
#define INT_OP(name) name##_u64
#define TO_BITS(a) vreinterpretq_u64_f64(a)
#define FROM_BITS(a) vreinterpretq_f64_u64(a)
#define SHIFT(a) vdupq_n_s64(a)
INLINE N n_swap(N a, int distance)
{
    (void)distance;
    return vextq_f64(a, a, 1);
}
INLINE N n_lookup(const T *table, NI i)
{
    uint8x16x4_t bytes = vld1q_u8_x4((const uint8_t *)table);
    /* The byte of each index, 8 (i mod 8), spread over the lane's eight bytes. */
    uint8x16_t first = vreinterpretq_u8_u64(
        vshlq_n_u64(vandq_u64(i, vdupq_n_u64(7)), 3));
    uint8x16_t spread = vqtbl1q_u8(
        first, vcombine_u8(vdup_n_u8(0), vdup_n_u8(8)));
    uint8x16_t at = vaddq_u8(
        spread, vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x0706050403020100))));
    return vreinterpretq_f64_u8(vqtbl4q_u8(bytes, at));
}
INLINE void n_rows(const T (*table)[4], NI i, uint32_t last, N *column)
{
    uint32x4_t at = vminq_u32(vreinterpretq_u32_u64(i), vdupq_n_u32(last));
    const T *even = table[vgetq_lane_u32(at, 0)], *odd = table[vgetq_lane_u32(at, 2)];
    for (int k = 0; k < 4; k += 2) {
        N first = vld1q_f64(even + k), second = vld1q_f64(odd + k);
        column[k] = vzip1q_f64(first, second);
        column[k + 1] = vzip2q_f64(first, second);
    }
}
#endif
typedef NI NM;

INLINE N n_set(T a) { return OP(vdupq_n)(a); }
INLINE T n_first(N a) { return a[0]; }
INLINE N n_load(const T *p) { return OP(vld1q)(p); }
INLINE void n_store(T *p, N a) { OP(vst1q)(p, a); }
/* There is no non-temporal store of one q register; the compiler may pair these. */
INLINE void n_stream(T *p, N a) { OP(vst1q)(p, a); }
INLINE void n_fence(void) {}
INLINE N n_load_part(const T *p, int count, N rest)
{
    T lanes[V_LANES];
    n_store(lanes, rest);
    memcpy(lanes, p, sizeof(T) * (size_t)count);
    return n_load(lanes);
}
INLINE void n_store_part(T *p, int count, N a)
{
    T lanes[V_LANES];
    n_store(lanes, a);
    memcpy(p, lanes, sizeof(T) * (size_t)count);
}

INLINE N n_add(N a, N b) { return OP(vaddq)(a, b); }
INLINE N n_sub(N a, N b) { return OP(vsubq)(a, b); }
INLINE N n_mul(N a, N b) { return OP(vmulq)(a, b); }
INLINE N n_mul_tiny(N a, N b) { return OP(vmulq)(a, b); }
INLINE N n_div(N a, N b) { return OP(vdivq)(a, b); }
INLINE N n_sqrt(N a) { return OP(vsqrtq)(a); }
INLINE N n_fma(N a, N b, N c) { return OP(vfmaq)(c, a, b); }
INLINE N n_fms(N a, N b, N c) { return OP(vfmaq)(OP(vnegq)(c), a, b); }
INLINE N n_fnma(N a, N b, N c) { return OP(vfmsq)(c, a, b); }
INLINE N n_fnms(N a, N b, N c) { return OP(vnegq)(OP(vfmaq)(c, a, b)); }
INLINE N n_min(N a, N b) { return OP(vminq)(a, b); }
INLINE N n_max(N a, N b) { return OP(vmaxq)(a, b); }
INLINE N n_reciprocal(N a) { return OP(vdivq)(n_set(1), a); }
INLINE N n_inverse_root(N a) { return OP(vrsqrteq)(a); }

INLINE N n_abs(N a) { return OP(vabsq)(a); }
INLINE N n_copysign(N a, N sign)
{
    return OP(vbslq)(INT_OP(vdupq_n)(T_SIGN), sign, a);
}
INLINE N n_upper_half(N a)
{
    return FROM_BITS(INT_OP(vandq)(TO_BITS(a), INT_OP(vdupq_n)(T_UPPER_HALF)));
}
INLINE N n_upper_quarter(N a)
{
    return FROM_BITS(INT_OP(vandq)(TO_BITS(a), INT_OP(vdupq_n)(T_UPPER_QUARTER)));
}

INLINE NM n_lt(N a, N b) { return OP(vcltq)(a, b); }
INLINE NM n_le(N a, N b) { return OP(vcleq)(a, b); }
INLINE NM n_is_nan(N a)
{
    NM ordered = OP(vceqq)(a, a);
    return INT_OP(vbicq)(INT_OP(vdupq_n)(~(TBITS)0), ordered);
}
INLINE NM n_and(NM a, NM b) { return INT_OP(vandq)(a, b); }
INLINE NM n_or(NM a, NM b) { return INT_OP(vorrq)(a, b); }
INLINE bool n_any(NM m) { return vmaxvq_u8((uint8x16_t)m) != 0; }
INLINE bool n_all(NM m) { return vminvq_u8((uint8x16_t)m) != 0; }
INLINE N n_select(NM m, N yes, N no) { return OP(vbslq)(m, yes, no); }
INLINE N n_where(NM m, N a) { return FROM_BITS(INT_OP(vandq)(TO_BITS(a), m)); }
INLINE N n_unless(NM m, N a) { return FROM_BITS(INT_OP(vbicq)(TO_BITS(a), m)); }

INLINE NI n_bits(N a) { return TO_BITS(a); }
INLINE N n_from_bits(NI a) { return FROM_BITS(a); }
INLINE NI n_int_add(NI a, NI b) { return INT_OP(vaddq)(a, b); }
INLINE NI n_int_sub(NI a, NI b) { return INT_OP(vsubq)(a, b); }
INLINE NI n_shift_left(NI a, int bits) { return INT_OP(vshlq)(a, SHIFT(bits)); }
INLINE NI n_shift_right(NI a, int bits) { return INT_OP(vshlq)(a, SHIFT(-bits)); }

#if PRECISION == 32
INLINE unsigned n_lanes_without(NI a, TBITS bits)
{
    static const uint32_t lane[] = {1, 2, 4, 8};
    uint32x4_t none = vceqzq_u32(vandq_u32(a, vdupq_n_u32(bits)));
    return vaddvq_u32(vandq_u32(none, vld1q_u32(lane)));
}
INLINE N n_load_half(const uint16_t *p)
{
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)));
}
INLINE void n_store_half(uint16_t *p, N a)
{
    vst1_u16(p, vreinterpret_u16_f16(vcvt_f16_f32(a)));
}

typedef float64x2_t D;
#define D_PER_N 2
INLINE D d_set(double a) { return vdupq_n_f64(a); }
INLINE D d_widen(N a, int half)
{
    return half ? vcvt_high_f64_f32(a) : vcvt_f64_f32(vget_low_f32(a));
}
INLINE N d_narrow(const D *a)
{
    return vcvt_high_f32_f64(vcvt_f32_f64(a[0]), a[1]);
}
INLINE D d_add(D a, D b) { return vaddq_f64(a, b); }
INLINE D d_sub(D a, D b) { return vsubq_f64(a, b); }
INLINE D d_mul(D a, D b) { return vmulq_f64(a, b); }
/* FDIV takes one pair of lanes in 5 to 10 cycles. The estimate has 8 bits, and two steps of
 * Newton's method make 32 of them. */
INLINE D d_short_inverse(D a)
{
    D y = vrecpeq_f64(a);
    y = vmulq_f64(y, vrecpsq_f64(a, y));
    return vmulq_f64(y, vrecpsq_f64(a, y));
}
INLINE D d_quotient(D a, D b) { return vmulq_f64(a, d_short_inverse(b)); }
INLINE D d_inverse(D a)
{
    D y = d_short_inverse(a);
    return vmulq_f64(y, vrecpsq_f64(a, y));
}
#define D_RECIPROCAL_BITS 8
INLINE D d_reciprocal(D a) { return vrecpeq_f64(a); }
INLINE D d_fma(D a, D b, D c) { return vfmaq_f64(c, a, b); }
INLINE D d_fnma(D a, D b, D c) { return vfmsq_f64(c, a, b); }
INLINE D d_min(D a, D b) { return vminq_f64(a, b); }
INLINE D d_max(D a, D b) { return vmaxq_f64(a, b); }
INLINE D d_select(NI m, int half, D yes, D no)
{
    int32x4_t lanes = vreinterpretq_s32_u32(m);
    int64x2_t wide = half ? vmovl_high_s32(lanes) : vmovl_s32(vget_low_s32(lanes));
    return vbslq_f64(vreinterpretq_u64_s64(wide), yes, no);
}
INLINE D d_times_power(D a, D counted)
{
    uint64x2_t n = vshlq_n_u64(vreinterpretq_u64_f64(counted), 52);
    return vreinterpretq_f64_u64(vaddq_u64(n, vreinterpretq_u64_f64(a)));
}
#endif

#endif
