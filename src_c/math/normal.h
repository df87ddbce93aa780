/* The normal distribution function and erf, and multiples of e^-z, which their derivatives
 * are. R(t) = Phi(-t) e^(t^2/2) as in normal_tail.h. */
#ifndef FA_NORMAL_H
#define FA_NORMAL_H

#include "exp_neg.h"
#include "normal_tail.h"
#include "second_derivative.h"
#include "tables/erf.h"

/* ---- multiples of e^-z ---- */

INLINE Derivative exp_minus(Pair z)
{
    return exp_deriv((Pair){v_sub(v_set(0), z.hi), v_sub(v_set(0), z.lo)});
}

/* c u e^-z. A tiny u carries the square root of the scale, and so does c; e^-z is 1 then. */
INLINE Derivative times_argument(Pair c, Pair u, Derivative e)
{
    Derivative s = pair_times_d2(pair_product(c, u), e);
    M tiny = v_lt(v_abs(u.hi), v_set(SCALED_BELOW));
    if (!v_any(tiny)) return s;
    V root_scale = v_set(ROOT_SCALE), zero = v_set(0);
    V small = v_mul(v_select(tiny, u.hi, zero), root_scale);
    V low = v_mul(v_select(tiny, u.lo, zero), root_scale);
    Pair factor = {v_mul(c.hi, root_scale), v_mul(c.lo, root_scale)};
    Pair product = pair_product(factor, (Pair){small, low});
    s.hi = v_select(tiny, product.hi, s.hi);
    s.lo = v_select(tiny, product.lo, s.lo);
    s.scaled = v_or(s.scaled, tiny);
    return s;
}

/* ---- the distribution function ---- */

#if PRECISION == 32
/* R(t) */
INLINE Pair normal_ratio(Pair t)
{
    return eval_piece(&NORMAL_RATIO, find_piece(&NORMAL_RATIO, t.hi), t);
}
#else
/* R(t), where R' = t R - phi(0) */
INLINE Pair normal_ratio(Pair t)
{
    Pair r = normal_tail_ratio(t.hi);
    if (v_is_constant_zero(t.lo)) return r;
    r.lo = v_fma(t.lo, v_fms(t.hi, r.hi, v_set(NORMAL_DENSITY_0_HIGH)), r.lo);
    return r;
}
#endif

/* 2^k Phi(-t) as a pair; k is NORMAL_TAIL_ORIGIN's. */
INLINE Pair normal_left(Pair t)
{
    t.hi = v_min(v_set(NORMAL_TAIL_END), t.hi);
    return times_exp_minus(normal_ratio(t), half_square(t), NORMAL_TAIL_ORIGIN);
}

/* Phi(u) = 1 - Phi(-u) */
INLINE V normal_of(Pair u)
{
    Pair left = normal_left(pair_abs(u));
    V unscale = v_set(NORMAL_TAIL_UNSCALE), one = v_set(1);
    Pair right = fast_two_sum(one, v_mul(left.hi, v_set(-NORMAL_TAIL_UNSCALE)));
    V low = v_fnma(left.lo, unscale, right.lo);
    V below = v_mul_tiny(v_add(left.hi, left.lo), unscale);
    return v_select(v_lt(u.hi, v_set(0)), below, v_add(right.hi, low));
}

/* ---- erf ---- */

#if PRECISION == 32
INLINE V erf_of(V x)
{
    V last = v_set(ERF_OVER_X.last), t = v_min(last, v_abs(x));
    V y = rounded_product(t, eval_piecewise_inside(&ERF_OVER_X, t));
    return v_copysign(y, x);
}
#else
/* x P(x^2) below 1/2, 1 - 2 Phi(-sqrt(2) t) above */
INLINE V erf_of(V x)
{
    V half = v_set(0.5), t = v_abs(x), bounded = v_min(v_set(6.5), t);
    Pair ratio = normal_ratio(times_pair(bounded, PAIR_CONSTANT(ROOT_2)));
    Pair twice = {v_mul(v_set(-2), ratio.hi), v_mul(v_set(-2), ratio.lo)};
    Pair square = two_product(bounded, bounded);
    Pair minus = times_exp_minus(twice, square, v_set(EXP_ORIGIN(0.0)));
    Pair sum = fast_two_sum(v_set(1), minus.hi);
    V far = v_add(sum.hi, v_add(sum.lo, minus.lo));

    V small = v_min(half, t), s = v_mul(small, small);
    V poly = v_mul(s, polynomial(s, ERF + 1, ERF_DEGREE - 1));
    Pair q = fast_two_sum(v_set(ERF[0]), poly);
    q.lo = v_add(q.lo, v_set(ERF_LOW));
    return v_copysign(v_select(v_lt(t, half), rounded_product(small, q), far), x);
}
#endif

#endif
