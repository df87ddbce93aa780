/* log(cosh(x)), its derivative tanh(x), and the derivative of x tanh(x): each accurate
 * relative to itself down to 0. */
#ifndef FA_LOG_COSH_H
#define FA_LOG_COSH_H

#include "derivative.h"
#include "log1p.h"
#include "logistic.h"
#include "piecewise.h"
#include "tables/log_cosh.h"
#include "tanh_shrink.h"

/* A tiny derivative is scaled: 2^SCALE_EXPONENT factor t, below 2^-100 (2^-840). */
INLINE Derivative deriv_scaled_below(V t, V factor, Pair above)
{
    V end = v_set(C(0x1p-102, 0x1p-842));
    M tiny = v_lt(t, end);
    Derivative s = {DERIV_SCALED, above.hi, above.lo, tiny};
    if (!v_any(tiny)) return s;
    V small = v_mul(v_mul(v_min(end, t), v_set(ROOT_SCALE)), v_set(ROOT_SCALE));
    s.hi = v_select(tiny, v_mul(small, factor), above.hi);
    s.lo = v_unless(tiny, above.lo);
    return s;
}

/* the sign of x times a derivative at |x| */
INLINE Derivative deriv_odd(V x, Derivative s)
{
    V sign = v_copysign(v_set(1), x);
    return (Derivative){s.kind, v_mul(sign, s.hi), v_mul(sign, s.lo), s.scaled};
}

INLINE Derivative tanh_as_deriv(V x)
{
    V t = v_abs(x);
    return deriv_odd(x, deriv_scaled_below(t, v_set(1), tanh_pair(t)));
}

#if PRECISION == 32
/* x^2 Q(x), Q by piecewise polynomials; |x| - log(2) for large |x| */
INLINE V log_cosh_of(V x)
{
    V t = v_abs(x), end = v_set(LOG_COSH_RATIO.last), bounded = v_min(end, t);
    Pair ratio = eval_piecewise_inside(&LOG_COSH_RATIO, bounded);
    V near = rounded_product(bounded, times_pair(bounded, ratio));
    V far = v_sub(v_sub(t, v_set(LOG_2_HIGH)), v_set(LOG_2_LOW));
    return v_select(v_lt(end, t), far, near);
}

/* (x tanh(x))', |x| times piecewise polynomials, and 1 for large |x| */
INLINE Derivative lisht_deriv(V x)
{
    V t = v_abs(x), last = v_set(LISHT_DERIV_RATIO.last), bounded = v_min(last, t);
    Pair near = times_pair(bounded, eval_piecewise_inside(&LISHT_DERIV_RATIO, bounded));
    near.hi = v_select(v_lt(last, t), v_set(1), near.hi);
    near.lo = v_unless(v_lt(last, t), near.lo);
    return deriv_odd(x, deriv_scaled_below(t, v_set(2), near));
}
#else
/* x^2 Q(x^2) below 1/2, t - log(2) + log(1 + e^-2t) above */
INLINE V log_cosh_of(V x)
{
    V t = v_abs(x), half = v_set(0.5), bounded = v_min(v_set(40), t);
    ExpNeg decay = exp_neg_unscaled(to_pair(v_add(bounded, bounded)));
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    Pair log = log1p_exp(head, tail, v_fma(head, tail, head));
    Pair sum = two_sum(t, v_set(-LOG_2_HIGH)), wide = fast_two_sum(sum.hi, log.hi);
    V low = v_add(v_sub(sum.lo, v_set(LOG_2_LOW)), v_add(wide.lo, log.lo));
    V far = v_select(v_lt(v_set(0x1p100), t), t, v_add(wide.hi, low));

    V small = v_min(half, t), square = v_mul(small, small);
    V poly = v_mul(square, polynomial(square, LOG_COSH + 1, LOG_COSH_DEGREE - 1));
    Pair q = fast_two_sum(v_set(LOG_COSH[0]), poly);
    q.lo = v_add(q.lo, v_set(LOG_COSH_LOW));
    V near = rounded_product(small, times_pair(small, q));
    return v_select(v_lt(t, half), near, far);
}

/* tanh(t) + t (1 - tanh(t)^2) = (E D + 4t (E + 1))/D^2 with E = e^2t - 1, D = E + 2 */
INLINE Derivative lisht_deriv(V x)
{
    V t = v_min(v_set(22), v_abs(x));
    Fraction f = tanh_fraction_normalised(to_pair(t));
    Pair e = f.numerator, d = f.denominator, power = two_sum_positive(v_set(1), e.hi);
    power.lo = v_add(power.lo, e.lo);
    Pair second = times_pair(v_mul(v_set(4), t), power);
    Pair sum = pair_sum_positive(pair_product(e, d), second);
    Pair slope = pair_quotient(sum, pair_product(d, d));
    return deriv_odd(x, deriv_scaled_below(v_abs(x), v_set(2), slope));
}
#endif

#endif
