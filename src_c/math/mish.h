/* mish(x) = x tanh(log(1 + e^x)) = x A/(A + 2) with A = w (w + 2), w = e^x.
 *
 * Its derivative is w B/D^2, D = A + 2, B = (w + 2) D + 4 x (w + 1), which vanishes at
 * x0 = -1.1926... With d = x - x0, w0 = e^x0 and r = w - w0 = w0 (e^d - 1),
 *     B = r (w (w + w0 + 4) + c) + 4 d (w + 1),   c = w0^2 + 4 w0 + 6 + 4 x0 > 0:
 * two terms of one sign, each of which keeps its relative accuracy through 0. */
#ifndef FA_MISH_H
#define FA_MISH_H

#include "exp.h"
#include "inverse.h"
#include "decay.h"
#include "logistic.h"
#include "pieces.h"
#include "slope.h"
#include "tables/mish.h"

#if PRECISION == 32
/* From pieces; far to the left, where R = w (1 - w/2 + ...), by that series. */
INLINE V mish_of(V x)
{
    V bounded = v_max(v_set(MISH_RATIO.first), v_min(v_set(MISH_RATIO.last), x));
    V y = lifted_product(bounded, on_pieces_signed(&MISH_RATIO, bounded));
    M far = v_lt(x, v_set(MISH_RATIO.first));
    if (v_any(far)) {
        V z = v_max(v_set(-DECAY_END), x);
        Slope tail =
            decay_series(decay_of(single(v_abs(z))), single(z), v_mul(z, v_set(-0.5f)));
        y = v_select(far, slope_value(tail), y);
    }
    return v_copysign(v_select(v_lt(v_set(MISH_RATIO.last), x), x, y), x);
}

INLINE Slope mish_slope(V x)
{
    Pair near = on_pieces_signed(&MISH_SLOPE, x);
    M beyond = v_lt(v_set(MISH_SLOPE.last), x); /* where g times it is to be g */
    near.hi = v_select(beyond, v_set(1), near.hi);
    near.lo = v_select(beyond, v_set(0), near.lo);
    M far = v_lt(x, v_set(MISH_SLOPE.first));
    Slope slope = {SLOPE_LIFTED, near.hi, near.lo};
    if (v_any(far)) {
        V z = v_max(v_set(-DECAY_END), x);
        Pair first = single(v_add(z, v_set(1)));
        V second = v_sub(v_set(-0.5f), z);
        slope = slope_beyond(
            far, decay_series(decay_of(single(v_abs(z))), first, second), near);
    }
    return slope;
}
#else
/* From here on mish(x) is x and its derivative 1 in the format. */
#define MISH_END C(12.0, 22.0)

/* w (w + 2) as a pair for w = head (1 + tail), as many times as large as lifted is
 * than head. */
INLINE Pair mish_ratio(V lifted, V head, V tail)
{
    Pair sum = positive_sum(v_set(2), head);
    sum = fast_two_sum(sum.hi, v_fma(head, tail, sum.lo));
    Pair product = pair_scaled(lifted, sum);
    V low = v_fma(product.hi, tail, v_fma(product.lo, tail, product.lo));
    return fast_two_sum(product.hi, low);
}

INLINE V mish_of(V x)
{
    V z = v_max(v_set(LOGISTIC_START), v_min(v_set(MISH_END), x));
    Reduced n = exp_reduce(1, z, v_set(EXP_ORIGIN(LOGISTIC_LIFT_EXPONENT)));
    V unlift = v_set(LOGISTIC_UNLIFT);
    V lifted = exp_head(n), tail = exp_tail(n);
    Pair a = mish_ratio(lifted, v_mul(lifted, unlift), tail);
    Pair divisor = positive_sum(v_set(2), v_mul(a.hi, unlift));
    divisor.lo = v_fma(a.lo, unlift, divisor.lo);
    Pair top = pair_scaled(z, a);
    V y = inverse_estimate(v_add(divisor.hi, divisor.lo));
    V q = v_mul(top.hi, y);
    V remainder = v_fnma(q, divisor.lo, v_fnma(q, divisor.hi, top.hi));
    y = v_mul_tiny(v_fma(y, v_add(remainder, top.lo), q), unlift);
    return v_copysign(v_select(v_lt(v_set(MISH_END), x), x, y), x);
}

INLINE Slope mish_slope(V x)
{
    V one = v_set(1), zero = v_set(0);
    V z = v_max(v_set(-DECAY_END), v_min(v_set(MISH_END), x));
    M deep = v_lt(z, v_set(-DECAY_DEEP));
    V origin = v_select(deep, v_set(EXP_ORIGIN(LIFT_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    Pair d = two_sum(z, v_set(-MISH_ROOT_HIGH));
    d = fast_two_sum(d.hi, v_sub(d.lo, v_set(MISH_ROOT_LOW)));

    /* w = w0 e^d, w0 = SHORT (1 + REST) with half of the significand in SHORT. */
    Reduced n = exp_reduce(1, d.hi, origin);
    n.low = v_add(n.low, d.lo);
    V head = exp_head(n), more = exp_rest(n), tail = v_add(n.first, more);
    V shallow = v_select(deep, zero, head);
    V short_ = v_set(MISH_DECAY_SHORT), rest = v_set(MISH_DECAY_REST);
    V w_head = v_mul(short_, shallow), w_tail = joint_error(tail, rest);
    Pair w = fast_two_sum(w_head, v_mul(w_head, w_tail));

    Pair less = two_sum(shallow, v_set(-1));
    Pair r = two_product(short_, less.hi);
    r.lo = v_fma(short_, less.lo, v_fma(r.hi, rest, r.lo));
    r.lo = v_fma(w_head, n.first, r.lo);
    r = fast_two_sum(r.hi, v_fma(w_head, v_fma(tail, rest, more), r.lo));

    Pair sum = two_sum(w.hi, v_set(MISH_SUM_HIGH));
    sum.lo = v_add(sum.lo, v_add(w.lo, v_set(MISH_SUM_LOW)));
    Pair factor = pair_product(w, sum);
    Pair shifted = two_sum(factor.hi, v_set(MISH_CONSTANT_HIGH));
    shifted.lo = v_add(shifted.lo, v_add(factor.lo, v_set(MISH_CONSTANT_LOW)));
    Pair next = positive_sum(one, w.hi);
    next.lo = v_add(next.lo, w.lo);
    V four = v_set(4);
    Pair left = pair_product(r, shifted), right = pair_product(d, next);
    Pair b = two_sum(left.hi, v_mul(four, right.hi));
    b = fast_two_sum(b.hi, v_add(b.lo, v_fma(four, right.lo, left.lo)));

    Pair two = positive_sum(v_set(2), w.hi);
    two.lo = v_add(two.lo, w.lo);
    Pair product = pair_product(w, two);
    Pair divisor = positive_sum(v_set(2), product.hi);
    divisor.lo = v_add(divisor.lo, product.lo);

    InversePower inverse = inverse_square(divisor);
    Pair slope = two_product(v_mul(short_, head), v_mul(inverse.y, inverse.y));
    slope = pair_product(slope, b);
    slope.lo = v_fma(slope.hi, joint_error(inverse.error, w_tail), slope.lo);
    return (Slope){SLOPE_LIFTED, slope.hi, slope.lo, deep};
}
#endif

#endif
