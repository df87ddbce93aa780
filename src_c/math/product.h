/* Products of a number, a pair and a derivative, rounded once.
 *
 * Such a product may overflow or underflow halfway although the result does not, as in
 * 1e30 1e30 1e-40. For factors of any size it is formed from their significands, and
 * their exponents are added up as numbers. */
#ifndef FA_PRODUCT_H
#define FA_PRODUCT_H

#include "derivative.h"

#define EXPONENT_BIAS C(127.0, 1023.0)
/* Adding a whole number to this leaves it in the low bits. */
#define ULP_IS_ONE C(0x1p23, 0x1p52)

/* 2^e for a whole e within the normal range */
INLINE V power_of_two(V e)
{
    V counted = v_add(e, v_set(ULP_IS_ONE + EXPONENT_BIAS));
    return v_from_bits(v_shift_left(v_bits(counted), T_MANTISSA - 1));
}

/* frexp, as factors: a up power = a 2^-exponent lies in [2, 4), or a is 0. */
typedef struct {
    V up, power, exponent;
} Scale;
INLINE Scale scale_of(V a)
{
    M tiny = v_lt(v_abs(a), v_set(C(0x1p-60, 0x1p-500)));
    V up = v_select(tiny, v_set(C(0x1p100, 0x1p600)), v_set(1));
    I biased = v_shift_right(v_bits(v_abs(v_mul(a, up))), T_MANTISSA - 1);
    V counted = v_from_bits(v_int_add(biased, v_bits(v_set(ULP_IS_ONE))));
    V minus_e = v_sub(v_set(EXPONENT_BIAS + 1),
                      v_max(v_set(1), v_sub(counted, v_set(ULP_IS_ONE))));
    return (Scale){
        .up = up,
        .power = power_of_two(minus_e),
        .exponent = v_sub(v_where(tiny, v_set(C(-100.0, -600.0))), minus_e),
    };
}
INLINE V apply_scale(V a, Scale s) { return v_mul(v_mul(a, s.up), s.power); }

/* ldexp: y 2^e, rounded once, for a whole e of any size and y near 1 */
INLINE V times_power_of_two(V y, V e)
{
    V most = v_set(C(250.0, 2000.0)), middle = v_set(1.5 * ULP_IS_ONE);
    e = v_max(v_sub(v_set(0), most), v_min(most, e));
    V half = v_sub(v_fma(e, v_set(0.5), middle), middle);
    return v_mul(v_mul(y, power_of_two(half)), power_of_two(v_sub(e, half)));
}

INLINE V clamp_finite(V a) { return v_max(v_set(-T_MAX), v_min(v_set(T_MAX), a)); }
INLINE M is_infinite(V a) { return v_lt(v_set(T_MAX), v_abs(a)); }

/* g b s for unscaled factors up to MODERATE and a product that is not tiny. Low words
 * that are the constant 0 cost nothing. */
#define MODERATE C(0x1p40, 0x1p300)
INLINE M is_tiny(V a)
{
    V size = v_abs(a);
    return v_and(v_lt(v_set(0), size), v_lt(size, v_set(C(0x1p-100, 0x1p-960))));
}
INLINE V product_moderate(V g, Pair b, Pair s)
{
    if (v_is_constant_one(b.hi)) return v_fma(g, s.hi, v_mul(g, s.lo));
    Pair gb = two_product(g, b.hi);
    if (!v_is_constant_zero(b.lo)) gb.lo = v_fma(g, b.lo, gb.lo);
    return v_fma(gb.hi, s.hi, v_fma(gb.hi, s.lo, v_mul(gb.lo, s.hi)));
}

/* g b s for any factors, with the sign of a zero */
INLINE V product_any_size(V g, Pair b, Derivative s)
{
    V g_bounded = clamp_finite(g), b_bounded = clamp_finite(b.hi);
    V s_bounded = clamp_finite(s.hi);
    Scale g_scale = scale_of(g_bounded), b_scale = scale_of(b_bounded);
    Scale s_scale = scale_of(s_bounded);
    V g_ = apply_scale(g_bounded, g_scale);
    Pair b_ = {apply_scale(b_bounded, b_scale), apply_scale(b.lo, b_scale)};
    Pair s_ = {apply_scale(s_bounded, s_scale), apply_scale(s.lo, s_scale)};
    V exponent = v_add(g_scale.exponent, v_add(b_scale.exponent, s_scale.exponent));
    exponent = v_sub(exponent, v_where(s.scaled, v_set(SCALE_EXPONENT)));
    M infinite = v_or(is_infinite(g), v_or(is_infinite(b.hi), is_infinite(s.hi)));
    exponent = v_unless(infinite, exponent);
    V y = times_power_of_two(product_moderate(g_, b_, s_), exponent);

    V limit = v_mul(v_select(is_infinite(g), g, g_),
                    v_select(is_infinite(b.hi), b.hi, b_.hi));
    limit = v_mul(limit, v_select(is_infinite(s.hi), s.hi, s_.hi));
    return v_select(infinite, limit, v_copysign(y, limit));
}

/* `special_case` is a compile-time constant. */
INLINE V gate_product(bool special_case, V g, Pair b, Derivative s)
{
    return special_case ? product_any_size(g, b, s)
                        : product_moderate(g, b, (Pair){s.hi, s.lo});
}

#endif
