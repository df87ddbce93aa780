/* Plain C: the reference definition of every operation, and the target that runs
 * anywhere.
 *
 * An ISA header defines the operations on one native register N, its masks NM and
 * integers NI; here a register is one element. FMA is fma(), which is slow without
 * hardware. */
#include "precision.h"
#define V_AVAILABLE 1

#define V_UNROLL 1
#define V_LANES 1
#define V_TABLE 8               /* entries of one lookup: the smaller tables */
#define V_RECIPROCAL_BITS T_MANTISSA /* correct bits of n_reciprocal */
#define V_INVERSE_ROOT_BITS T_MANTISSA
typedef T N;
typedef bool NM;
typedef TBITS NI;

INLINE NI n_bits(N a) { NI i; memcpy(&i, &a, sizeof i); return i; }
INLINE N n_from_bits(NI i) { N a; memcpy(&a, &i, sizeof a); return a; }

/* Memory, at any alignment; stream requires that of a register. */
INLINE N n_set(T a) { return a; }
INLINE T n_first(N a) { return a; }
INLINE N n_load(const T *p) { return *p; }
INLINE void n_store(T *p, N a) { *p = a; }
INLINE void n_stream(T *p, N a) { *p = a; }
INLINE void n_fence(void) {}

/* The first count elements, 0 to V_LANES of them, and no other memory; lanes beyond
 * them load from rest. */
INLINE N n_load_part(const T *p, int count, N rest) { return count ? *p : rest; }
INLINE void n_store_part(T *p, int count, N a)
{
    if (count) *p = a;
}

/* Exchanges lanes k and k ^ distance, for a distance of 1, 2, 4 ... V_LANES/2. */
INLINE N n_swap(N a, int distance) { return (void)distance, a; }

/* Arithmetic. fma = a b + c, fms = a b - c;
 * fnma and fnms have -a b; each rounded once. */
INLINE N n_add(N a, N b) { return a + b; }
INLINE N n_sub(N a, N b) { return a - b; }
INLINE N n_mul(N a, N b) { return a * b; }
INLINE N n_div(N a, N b) { return a / b; }
INLINE N n_sqrt(N a) { return sizeof(T) == 4 ? (N)sqrtf((float)a) : (N)sqrt(a); }
/* a b where the product may be subnormal: on Zen 4 a multiplication then takes 18
 * cycles more, an FMA none. */
INLINE N n_mul_tiny(N a, N b) { return a * b; }
INLINE N n_fma(N a, N b, N c)
{
    return sizeof(T) == 4 ? (N)fmaf((float)a, (float)b, (float)c) : (N)fma(a, b, c);
}
INLINE N n_fms(N a, N b, N c) { return n_fma(a, b, -c); }
INLINE N n_fnma(N a, N b, N c) { return n_fma(-a, b, c); }
INLINE N n_fnms(N a, N b, N c) { return n_fma(-a, b, -c); }
INLINE N n_reciprocal(N a) { return 1 / a; }
INLINE N n_inverse_root(N a) { return 1 / n_sqrt(a); }

/* A NaN in the second operand propagates; for one in the first,
 * the result is the second operand or NaN. Of two zeros, max
 * returns the positive or the second one, min either. */
INLINE N n_min(N a, N b) { return a < b ? a : b; }
INLINE N n_max(N a, N b) { return a > b ? a : b; }

/* Bits. upper_half clears the lower half of the significand, upper_quarter all but its
 * first quarter. */
INLINE N n_abs(N a) { return n_from_bits(n_bits(a) & ~T_SIGN); }
INLINE N n_copysign(N a, N sign)
{
    return n_from_bits((n_bits(a) & ~T_SIGN) | (n_bits(sign) & T_SIGN));
}
INLINE N n_upper_half(N a) { return n_from_bits(n_bits(a) & T_UPPER_HALF); }
INLINE N n_upper_quarter(N a)
{
    return n_from_bits(n_bits(a) & T_UPPER_QUARTER);
}

/* Comparisons with NaN are false. */
INLINE NM n_lt(N a, N b) { return a < b; }
INLINE NM n_le(N a, N b) { return a <= b; }
INLINE NM n_is_nan(N a) { return a != a; }
INLINE NM n_and(NM a, NM b) { return a && b; }
INLINE NM n_or(NM a, NM b) { return a || b; }
INLINE bool n_any(NM m) { return m != 0; }
INLINE bool n_all(NM m) { return m; }
INLINE N n_select(NM m, N yes, N no) { return m ? yes : no; }
INLINE N n_where(NM m, N a) { return m ? a : 0; }
INLINE N n_unless(NM m, N a) { return m ? 0 : a; }

/* Integers wrap; shifts are logical; a lookup takes the index modulo V_TABLE. */
INLINE NI n_int_add(NI a, NI b) { return a + b; }
INLINE NI n_int_sub(NI a, NI b) { return a - b; }
INLINE NI n_shift_left(NI a, int bits) { return a << bits; }
INLINE NI n_shift_right(NI a, int bits) { return a >> bits; }
INLINE N n_lookup(const T *table, NI i) { return table[i % V_TABLE]; }

/* The columns of a table in memory, a row of four for each lane. The low 32 bits of i count
 * rows, and beyond `last` it is the last one. */
INLINE void n_rows(const T (*table)[4], NI i, uint32_t last, N *column)
{
    uint32_t row = (uint32_t)i < last ? (uint32_t)i : last;
    for (int k = 0; k < 4; k++) column[k] = table[row][k];
}

#if PRECISION == 32
/* A bit mask of the lanes in which all of `bits` are 0, lane 0 in the lowest bit */
INLINE unsigned n_lanes_without(NI a, TBITS bits) { return (a & bits) == 0; }

/* IEEE half precision, rounded to nearest even; NaNs become quiet. */
INLINE N n_load_half(const uint16_t *p)
{
    uint32_t sign = (uint32_t)(*p & 0x8000) << 16;
    uint32_t magnitude = (uint32_t)(*p & 0x7fff);
    if (magnitude > 0x7c00) return n_from_bits(sign | 0x7fc00000 | magnitude << 13);
    if (magnitude == 0x7c00) return n_from_bits(sign | 0x7f800000);
    /* The biases differ by 112: a product corrects that, for subnormal halves, too. */
    return n_copysign(n_from_bits(magnitude << 13) * 0x1p112f, n_from_bits(sign));
}
INLINE void n_store_half(uint16_t *p, N a)
{
    uint16_t sign = (uint16_t)(n_bits(a) >> 16 & 0x8000);
    float magnitude = n_abs(a);
    uint32_t bits = n_bits(magnitude);
    if (bits > 0x7f800000) {
        *p = (uint16_t)(sign | 0x7e00 | (bits >> 13 & 0x3ff));
    } else if (magnitude >= 65520.0f) {
        *p = (uint16_t)(sign | 0x7c00);
        /* A finite magnitude overflows: this product raises the flag. */
        volatile float flag = magnitude * 0x1p113f;
        (void)flag;
    } else if (magnitude < 0x1p-14f) {
        /* Adding 1/2 leaves the multiple of 2^-24 in the low bits, rounded. */
        *p = (uint16_t)(sign | (n_bits(magnitude + 0.5f) - n_bits(0.5f)));
    } else {
        bits += 0xfff + (bits >> 13 & 1);
        *p = (uint16_t)(sign | ((bits - (112u << 23)) >> 13));
    }
}

/* The lanes of N in float64, in D_PER_N registers D. quotient has 30 bits or more, inverse all
 * but the last; reciprocal, of a number away from the ends of the range, has so many;
 * times_power is a 2^n for an n in the low bits. */
typedef double D;
#define D_PER_N 1
INLINE D d_set(double a) { return a; }
INLINE D d_widen(N a, int part) { return (void)part, a; }
INLINE N d_narrow(const D *a) { return (N)*a; }
INLINE D d_add(D a, D b) { return a + b; }
INLINE D d_sub(D a, D b) { return a - b; }
INLINE D d_mul(D a, D b) { return a * b; }
INLINE D d_quotient(D a, D b) { return a / b; }
INLINE D d_inverse(D a) { return 1 / a; }
#define D_RECIPROCAL_BITS 53
INLINE D d_reciprocal(D a) { return 1 / a; }
INLINE D d_fma(D a, D b, D c) { return a * b + c; } /* rounded twice: fma() is slow */
INLINE D d_fnma(D a, D b, D c) { return c - a * b; }
INLINE D d_min(D a, D b) { return a < b ? a : b; }
INLINE D d_max(D a, D b) { return a > b ? a : b; }
INLINE D d_select(NM m, int part, D yes, D no) { return (void)part, m ? yes : no; }
INLINE D d_times_power(D a, D counted)
{
    uint64_t bits, n;
    memcpy(&bits, &a, sizeof bits);
    memcpy(&n, &counted, sizeof n);
    bits += n << 52;
    memcpy(&a, &bits, sizeof a);
    return a;
}
#endif
