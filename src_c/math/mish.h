/* mish(x) = x tanh(log(1 + e^x)) = x A/(A + 2) with A = w (w + 2), w = e^x.
 *
 * Its derivative is w B/D^2, D = A + 2, B = (w + 2) D + 4 x (w + 1), with a root
 * x0 = -1.1926... With d = x - x0, w0 = e^x0 and r = w - w0 = w0 (e^d - 1),
 *     B = r (w (w + w0 + 4) + c) + 4 d (w + 1),   c = w0^2 + 4 w0 + 6 + 4 x0 > 0:
 * two terms of equal sign, each of them accurate relative to itself down to 0. */
#ifndef FA_MISH_H
#define FA_MISH_H

#include "derivative.h"
#include "exp.h"
#include "exp_neg.h"
#include "inverse.h"
#include "logistic.h"
#include "piecewise.h"
#include "tables/mish.h"

#if PRECISION == 32
/* x R(x) with R by piecewise polynomials; to their left R = w (1 - w/2 + ...). */
INLINE V mish_of(V x)
{
    V bounded = v_max(v_set(MISH_RATIO.first), v_min(v_set(MISH_RATIO.last), x));
    V y = rounded_product(bounded, eval_piecewise_signed(&MISH_RATIO, bounded));
    M far = v_lt(x, v_set(MISH_RATIO.first));
    if (v_any(far)) {
        V z = v_max(v_set(-EXP_NEG_END), x);
        Derivative tail = exp_neg_series(exp_neg(to_pair(v_abs(z))), to_pair(z),
                                         v_mul(z, v_set(-0.5f)));
        y = v_select(far, deriv_value(tail), y);
    }
    return v_copysign(v_select(v_lt(v_set(MISH_RATIO.last), x), x, y), x);
}

INLINE Derivative mish_deriv(V x)
{
    Pair near = eval_piecewise_signed(&MISH_DERIV, x);
    M beyond = v_lt(v_set(MISH_DERIV.last), x); /* exactly 1, so that g f' is g */
    near.hi = v_select(beyond, v_set(1), near.hi);
    near.lo = v_unless(beyond, near.lo);
    M far = v_lt(x, v_set(MISH_DERIV.first));
    Derivative deriv = {DERIV_SCALED, near.hi, near.lo};
    if (v_any(far)) {
        V z = v_max(v_set(-EXP_NEG_END), x);
        Pair first = to_pair(v_add(z, v_set(1)));
        V second = v_sub(v_set(-0.5f), z);
        deriv = deriv_with_tail(
            far, exp_neg_series(exp_neg(to_pair(v_abs(z))), first, second), near);
    }
    return deriv;
}
#else
/* From here on mish(x) rounds to x and its derivative to 1. */
#define MISH_END C(12.0, 22.0)

/* A = w (w + 2) as a pair for w = head (1 + tail), with the scale of scaled_head */
INLINE Pair mish_ratio(V scaled_head, V head, V tail)
{
    Pair sum = two_sum_positive(v_set(2), head);
    sum = fast_two_sum(sum.hi, v_fma(head, tail, sum.lo));
    Pair product = times_pair(scaled_head, sum);
    V low = v_fma(product.hi, tail, v_fma(product.lo, tail, product.lo));
    return fast_two_sum(product.hi, low);
}

INLINE V mish_of(V x)
{
    V z = v_max(v_set(LOGISTIC_START), v_min(v_set(MISH_END), x));
    Reduced n = exp_reduce(1, z, v_set(EXP_ORIGIN(LOGISTIC_SCALE_EXPONENT)));
    V unscale = v_set(LOGISTIC_UNSCALE);
    V scaled_head = exp_head(n), tail = exp_tail(n);
    Pair a = mish_ratio(scaled_head, v_mul(scaled_head, unscale), tail);
    Pair divisor = two_sum_positive(v_set(2), v_mul(a.hi, unscale));
    divisor.lo = v_fma(a.lo, unscale, divisor.lo);
    Pair top = times_pair(z, a);
    V y = inverse_estimate(v_add(divisor.hi, divisor.lo));
    V q = v_mul(top.hi, y);
    V remainder = v_fnma(q, divisor.lo, v_fnma(q, divisor.hi, top.hi));
    y = v_mul_tiny(v_fma(y, v_add(remainder, top.lo), q), unscale);
    return v_copysign(v_select(v_lt(v_set(MISH_END), x), x, y), x);
}

INLINE Derivative mish_deriv(V x)
{
    V one = v_set(1);
    V z = v_max(v_set(-EXP_NEG_END), v_min(v_set(MISH_END), x));
    M scaled = v_lt(z, v_set(-EXP_NEG_UNSCALED_END));
    V origin =
        v_select(scaled, v_set(EXP_ORIGIN(SCALE_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    Pair d = two_sum(z, v_set(-MISH_ROOT_HIGH));
    d = fast_two_sum(d.hi, v_sub(d.lo, v_set(MISH_ROOT_LOW)));

    /* w = w0 e^d, w0 = SHORT (1 + REST), SHORT with half of the significand */
    Reduced n = exp_reduce(1, d.hi, origin);
    n.low = v_add(n.low, d.lo);
    V head = exp_head(n), more = exp_rest(n), tail = v_add(n.first, more);
    V unscaled = v_unless(scaled, head);
    V short_ = v_set(MISH_W0_SHORT), rest = v_set(MISH_W0_REST);
    V w_head = v_mul(short_, unscaled), w_tail = combined_error(tail, rest);
    Pair w = fast_two_sum(w_head, v_mul(w_head, w_tail));

    Pair head_less_1 = two_sum(unscaled, v_set(-1));
    Pair r = two_product(short_, head_less_1.hi);
    r.lo = v_fma(short_, head_less_1.lo, v_fma(r.hi, rest, r.lo));
    r.lo = v_fma(w_head, n.first, r.lo);
    r = fast_two_sum(r.hi, v_fma(w_head, v_fma(tail, rest, more), r.lo));

    Pair sum = two_sum(w.hi, v_set(MISH_SUM_HIGH));
    sum.lo = v_add(sum.lo, v_add(w.lo, v_set(MISH_SUM_LOW)));
    Pair factor = pair_product(w, sum);
    Pair shifted = two_sum(factor.hi, v_set(MISH_CONSTANT_HIGH));
    shifted.lo = v_add(shifted.lo, v_add(factor.lo, v_set(MISH_CONSTANT_LOW)));
    Pair next = two_sum_positive(one, w.hi);
    next.lo = v_add(next.lo, w.lo);
    V four = v_set(4);
    Pair left = pair_product(r, shifted), right = pair_product(d, next);
    Pair b = two_sum(left.hi, v_mul(four, right.hi));
    b = fast_two_sum(b.hi, v_add(b.lo, v_fma(four, right.lo, left.lo)));

    Pair two = two_sum_positive(v_set(2), w.hi);
    two.lo = v_add(two.lo, w.lo);
    Pair product = pair_product(w, two);
    Pair divisor = two_sum_positive(v_set(2), product.hi);
    divisor.lo = v_add(divisor.lo, product.lo);

    InversePower inverse = inverse_square(divisor);
    Pair deriv = two_product(v_mul(short_, head), v_mul(inverse.y, inverse.y));
    deriv = pair_product(deriv, b);
    deriv.lo = v_fma(deriv.hi, combined_error(inverse.error, w_tail), deriv.lo);
    return (Derivative){DERIV_SCALED, deriv.hi, deriv.lo, scaled};
}
#endif

#endif
