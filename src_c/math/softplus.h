/* Softplus: log(1 + e^z) = max(z, 0) + L(|z|), L(t) = log(1 + e^-t).
 *
 * In float32 with tables of 16 entries its value has L by piecewise polynomials: 0.27
 * ns per element near 0 and 0.57 for large arguments, 0.66 by the pair (Zen 4). The
 * table's values have so few bits that their sums with the centres are exact. From NEAR
 * on t is reduced by n log(2) into the last pieces, which are those of e^-t, and
 *     L = w - w^2/2 + w^3/3,   w = 2^-n times their value. */
#ifndef FA_SOFTPLUS_H
#define FA_SOFTPLUS_H

#include "derivative.h"
#include "exp_neg.h"
#include "inverse.h"
#include "log1p.h"
#include "logistic.h"
#include "table_poly.h"
#include "tables/softplus.h"

/* log(1 + e^z), which rounds to z from END on */
#define SOFTPLUS_END C(40.0, 60.0)
INLINE Derivative softplus_pair(Pair z)
{
    M positive = v_lt(v_set(0), z.hi);
    ExpNeg decay = exp_neg(pair_abs(z));
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V unscaled = v_unless(decay.negligible, head);
    Pair log = log1p_exp(head, tail, v_fma(unscaled, tail, unscaled));
    V linear = v_min(v_set(SOFTPLUS_END), v_max(v_set(0), z.hi));
    Pair sum = two_sum_positive(log.hi, linear); /* linear carries a NaN */
    V low = v_add(v_add(sum.lo, log.lo), v_where(positive, z.lo));
    sum = fast_two_sum(sum.hi, low);
    return (Derivative){DERIV_SCALED, sum.hi, sum.lo, decay.scaled};
}

#if PRECISION == 32 && V_TABLE == 16
/* The piece of L(t), or of t + L(t) where positive */
INLINE TablePolyPiece softplus_piece(V t, M positive)
{
    TablePolyPiece c = table_poly_at(&SOFTPLUS_TAIL, t);
    c.poly = v_select(positive, v_add(c.poly, v_set(1)), c.poly);
    c.value = v_select(positive, v_add(c.value, c.centre), c.value);
    return c;
}

/* sign log(1 + e^(sign x)) by one piece */
INLINE V softplus_near(int sign, TablePolyPiece c)
{
    return sign > 0 ? table_poly_value(c) : v_fnms(c.s, c.poly, c.value);
}

/* 2^n L(t) from e, the piece of e^-(t + low)
 * after reduction, and w = 2^-n times its value */
INLINE V softplus_far(TablePolyPiece e, V low, V w)
{
    V series = v_fms(w, v_fma(w, v_set(1 / 3.f), v_set(-0.5f)), low);
    return v_add(e.value, v_fma(e.s, e.poly, v_mul(table_poly_value(e), series)));
}

/* sign log(1 + e^(sign x)); sign is 1 or -1 and costs nothing. -n is computed in the
 * low bits of a float, which shifted into the exponent field give 2^-n, here scaled. */
#define SOFTPLUS_REMAINDER 10 /* t / log(2) - n, rounded: leads to the last pieces */
#define SOFTPLUS_ZERO 118 /* L is far below the subnormal range from here on */
#define SOFTPLUS_ORIGIN (SOFTPLUS_TAIL.offset + 64)
#define SOFTPLUS_UNSCALE 0x1p-64f
INLINE V softplus_of(int sign, V x)
{
    V t = v_abs(x), zero = v_set(0);
    M positive = sign > 0 ? v_lt(zero, x) : v_lt(x, zero);
    M far = v_le(v_set(SOFTPLUS_NEAR), t);
    if (!v_any(far)) return softplus_near(sign, softplus_piece(t, positive));

    V bounded = v_min(v_set(SOFTPLUS_ZERO), t), origin = v_set(SOFTPLUS_ORIGIN);
    V counted = v_fnma(bounded, v_set(EXP_STEPS / V_TABLE),
                       v_set(SOFTPLUS_ORIGIN + SOFTPLUS_REMAINDER));
    counted = v_select(far, counted, origin);
    V minus_n = v_sub(counted, origin);
    I exponent = v_shift_left(v_bits(counted), T_MANTISSA - 1);
    V power = v_from_bits(v_int_add(exponent, v_bits(v_set(1))));
    V reduced = v_fma(minus_n, v_set(EXP_STEP_HIGH * V_TABLE), bounded);
    V low = v_mul(minus_n, v_set(EXP_STEP_LOW * V_TABLE));

    TablePolyPiece c =
        softplus_piece(reduced, v_and(positive, v_lt(t, v_set(SOFTPLUS_NEAR))));
    V unscale = v_set(SOFTPLUS_UNSCALE);
    M negligible = v_lt(v_set(EXP_NEG_NEGLIGIBLE), t);
    V w = v_mul(v_unless(negligible, v_mul(table_poly_value(c), power)), unscale);
    V rest = v_mul(power, softplus_far(c, low, w));
    rest = v_mul_tiny(v_unless(v_and(positive, negligible), rest), unscale);
    V beyond = v_add(v_where(positive, t), rest);
    if (sign < 0) beyond = v_mul(v_set(-1), beyond);
    return v_select(far, beyond, softplus_near(sign, c));
}
#else
INLINE V softplus_of(int sign, V x)
{
    V z = sign > 0 ? x : v_sub(v_set(0), x);
    V y = deriv_value(softplus_pair(to_pair(z)));
    y = v_select(v_lt(v_set(SOFTPLUS_END), z), z, y);
    return sign > 0 ? y : v_mul(v_set(-1), y);
}
#endif

/* t w/(1 + w) + log(1 + w) for t = |z|, w = e^-t: -beta^2 d softplus/d beta */
INLINE Derivative softplus_deriv_beta(Pair t)
{
    ExpNeg decay = exp_neg(t);
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V unscaled = v_unless(decay.negligible, head);
    Pair product = two_product(v_min(v_set(EXP_NEG_END), t.hi), head);
    product.lo = v_fma(product.hi, tail, v_fma(head, t.lo, product.lo));
    Pair part = pair_quotient(product, one_plus(unscaled, tail));
    Pair log = log1p_exp(head, tail, v_fma(unscaled, tail, unscaled));
    Pair sum = two_sum_positive(log.hi, part.hi);
    return (Derivative){DERIV_SCALED, sum.hi, v_add(sum.lo, v_add(part.lo, log.lo)),
                        decay.scaled};
}

#endif
