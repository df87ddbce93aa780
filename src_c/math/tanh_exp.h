/* x tanh(v), v = e^x, and its derivative tanh(v) + x v (1 - tanh(v)^2), which has a root.
 *
 * float32: by piecewise polynomials, and to their left by the series v - v^3/3.
 * float64: by tanh of a pair, and the derivative by its Taylor series about the root. */
#ifndef FA_TANH_EXP_H
#define FA_TANH_EXP_H

#include "exp_neg.h"
#include "piecewise.h"
#include "second_derivative.h"
#include "tables/tanh_exp.h"
#include "tanh_shrink.h"

#if PRECISION == 32
/* v (a + b v^2) for v = e^z */
INLINE Derivative tanh_exp_series(V z, Pair a, V b)
{
    ExpNeg decay = exp_neg(to_pair(v_abs(z)));
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V v = v_unless(decay.negligible, v_fma(head, tail, head));
    return exp_neg_series(decay, a, v_mul(b, v));
}

INLINE V tanh_exp_of(V x)
{
    V first = v_set(TANH_EXP_RATIO.first), last = v_set(TANH_EXP_RATIO.last);
    V bounded = v_max(first, v_min(last, x));
    V y = rounded_product(bounded, eval_piecewise_signed(&TANH_EXP_RATIO, bounded));
    M far = v_lt(x, first);
    if (v_any(far)) {
        V z = v_min(first, v_max(v_set(-EXP_NEG_END), x));
        Derivative tail = tanh_exp_series(z, to_pair(z), v_mul(z, v_set(-1 / 3.f)));
        y = v_select(far, deriv_value(tail), y);
    }
    return v_copysign(v_select(v_lt(last, x), x, y), x);
}

INLINE Derivative tanh_exp_deriv(V x)
{
    V first = v_set(TANH_EXP_DERIV.first), last = v_set(TANH_EXP_DERIV.last);
    Pair near = eval_piecewise_signed(&TANH_EXP_DERIV, x);
    M beyond = v_lt(last, x);
    near.hi = v_select(beyond, v_set(1), near.hi);
    near.lo = v_unless(beyond, near.lo);
    M far = v_lt(x, first);
    Derivative deriv = {DERIV_SCALED, near.hi, near.lo};
    if (v_any(far)) {
        V z = v_min(first, v_max(v_set(-EXP_NEG_END), x));
        V third = v_sub(v_set(-1 / 3.f), z);
        Derivative tail = tanh_exp_series(z, fast_two_sum(z, v_set(1)), third);
        deriv = deriv_with_tail(far, tail, near);
    }
    return deriv;
}
#else
#define TANH_EXP_FAR (-20.0) /* tanh(v) rounds to v to the left of it */
#define TANH_EXP_END 4.0 /* and the derivative to 1 to the right of it */

/* e^z as a pair, more accurate than its tail */
INLINE Pair exp_pair(V z)
{
    Reduced n = exp_reduce(1, z, v_set(EXP_ORIGIN(0.0)));
    V head = exp_head(n);
    Pair product = two_product(head, n.first), sum = fast_two_sum(head, product.hi);
    V low = v_add(sum.lo, v_fma(head, exp_rest(n), product.lo));
    return fast_two_sum(sum.hi, low);
}

/* x E/(E + 2) with E = e^2v - 1; far to the left x v */
INLINE V tanh_exp_of(V x)
{
    V z = v_min(v_set(TANH_EXP_END), x), middle = v_max(v_set(TANH_EXP_FAR), z);
    Fraction f = tanh_fraction_normalised(exp_pair(middle));
    V y = quotient_of_pair(times_pair(middle, f.numerator), f.denominator);
    M far = v_lt(x, v_set(TANH_EXP_FAR));
    if (v_any(far)) {
        V tail = deriv_times(v_max(v_set(-T_MAX), z), exp_deriv(to_pair(z)));
        y = v_select(far, tail, y);
    }
    return v_select(v_lt(v_set(TANH_EXP_END), x), x, y);
}

/* The derivative, by its Taylor series about the root */
INLINE Pair tanh_exp_about_root(V x)
{
    Pair d = DISTANCE_TO_ROOT(to_pair(x), TANH_EXP_ROOT);
    V poly = v_mul(d.hi, polynomial(d.hi, TANH_EXP_TAYLOR + 1, TANH_EXP_DEGREE - 1));
    Pair slope = fast_two_sum(v_set(TANH_EXP_TAYLOR[0]), poly);
    slope.lo = v_add(slope.lo, v_set(TANH_EXP_TAYLOR_LOW));
    return pair_product(d, slope);
}

/* (E D + 4x v (E + 1))/D^2 with E = e^2v - 1 and D = E + 2; far to the left (x + 1) v */
INLINE Derivative tanh_exp_deriv(V x)
{
    V one = v_set(1), end = v_set(TANH_EXP_END);
    V z = v_min(end, x), middle = v_max(v_set(TANH_EXP_FAR), z);
    Pair v = exp_pair(middle);
    Fraction f = tanh_fraction_normalised(v);
    Pair e = f.numerator, d = f.denominator, power = two_sum_positive(one, e.hi);
    power.lo = v_add(power.lo, e.lo);
    Pair bend = pair_product(times_pair(v_mul(v_set(4), middle), v), power);
    Pair near = pair_quotient(pair_sum(pair_product(e, d), bend), pair_product(d, d));

    V distance = v_sub(middle, v_set(TANH_EXP_ROOT_HIGH));
    M close = v_lt(v_abs(distance), v_set(0x1p-6));
    if (v_any(close)) {
        Pair about = tanh_exp_about_root(middle);
        near.hi = v_select(close, about.hi, near.hi);
        near.lo = v_select(close, about.lo, near.lo);
    }
    M beyond = v_lt(end, x);
    near.hi = v_select(beyond, one, near.hi);
    near.lo = v_unless(beyond, near.lo);

    M far = v_lt(x, v_set(TANH_EXP_FAR));
    if (!v_any(far)) return (Derivative){DERIV_SCALED, near.hi, near.lo};
    Pair factor = two_sum(v_max(v_set(-EXP_NEG_END), z), one);
    Derivative tail = pair_times_deriv(factor, exp_deriv(to_pair(z)));
    return deriv_with_tail(far, tail, near);
}
#endif

#endif
