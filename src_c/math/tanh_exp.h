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
    V v = v_select(decay.scaled, v_set(0), v_fma(head, tail, head));
    return exp_neg_series(decay, a, v_mul_tiny(b, v));
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
    near.lo = v_select(beyond, v_set(0), near.lo);
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

INLINE V tanh_exp_of(V x)
{
    V z = v_min(v_set(TANH_EXP_END), x);
    Derivative v = exp_deriv(to_pair(z));
    M far = v_lt(x, v_set(TANH_EXP_FAR));
    V zero = v_set(0);
    V head = v_select(far, zero, v.hi), rest = v_select(far, zero, v.lo);
    Fraction f = tanh_fraction(fast_two_sum(head, rest));
    Pair near = pair_quotient(f.numerator, f.denominator);
    V finite = v_max(v_set(-T_MAX), x);
    V y = deriv_times(finite, deriv_with_tail(far, v, near));
    return v_select(v_lt(v_set(TANH_EXP_END), x), x, y);
}

/* e^z as a pair, more accurate than its tail */
INLINE Pair exp_pair(V z)
{
    Reduced n = exp_reduce(1, z, v_set(EXP_ORIGIN(0.0)));
    V head = exp_head(n);
    Pair product = two_product(head, n.first), sum = fast_two_sum(head, product.hi);
    V low = v_add(sum.lo, v_fma(head, exp_rest(n), product.lo));
    return fast_two_sum(sum.hi, low);
}

INLINE Derivative tanh_exp_deriv(V x)
{
    V one = v_set(1), zero = v_set(0), end = v_set(TANH_EXP_END);
    V z = v_min(end, x), middle = v_max(v_set(TANH_EXP_FAR), z);
    Pair v = exp_pair(middle);
    Fraction f = tanh_fraction(v);
    Pair tanh = pair_quotient(f.numerator, f.denominator);
    /* 1 - tanh^2 = r (2 - r), r = 1 - tanh = 2/(e^2v + 1) */
    Pair r = pair_quotient(to_pair(v_set(2)), f.denominator);
    Pair rest = two_sum(v_set(2), v_sub(zero, r.hi));
    rest = pair_product(r, (Pair){rest.hi, v_sub(rest.lo, r.lo)});
    Derivative s = logistic_deriv((Pair){v_add(v.hi, v.hi), v_add(v.lo, v.lo)});
    M right = v_lt(one, x);
    V four = v_set(4), unscaled = v_select(s.scaled, zero, s.hi);
    rest.hi = v_select(right, v_mul(four, unscaled), rest.hi);
    rest.lo = v_select(right, v_mul(four, v_select(s.scaled, zero, s.lo)), rest.lo);
    Pair second = pair_product(times_pair(middle, v), rest);
    Pair near = two_sum(tanh.hi, second.hi);
    near.lo = v_add(near.lo, v_add(tanh.lo, second.lo));

    Pair d = DISTANCE_TO_ROOT(to_pair(middle), TANH_EXP_ROOT);
    V poly = v_mul(d.hi, polynomial(d.hi, TANH_EXP_TAYLOR + 1, TANH_EXP_DEGREE - 1));
    Pair slope = fast_two_sum(v_set(TANH_EXP_TAYLOR[0]), poly);
    slope.lo = v_add(slope.lo, v_set(TANH_EXP_TAYLOR_LOW));
    Pair about = pair_product(d, slope);
    M close = v_lt(v_abs(d.hi), v_set(0x1p-6));
    near.hi = v_select(close, about.hi, near.hi);
    near.lo = v_select(close, about.lo, near.lo);
    M beyond = v_lt(end, x);
    near.hi = v_select(beyond, one, near.hi);
    near.lo = v_select(beyond, zero, near.lo);

    M far = v_lt(x, v_set(TANH_EXP_FAR));
    Pair factor = two_sum(v_max(v_set(-EXP_NEG_END), z), one);
    Derivative tail = pair_times_deriv(factor, exp_deriv(to_pair(z)));
    return deriv_with_tail(far, tail, near);
}
#endif

#endif
