/* Gates x s(z) and their derivatives; s is the
 * logistic sigmoid, z an odd function of x. */
#ifndef FA_GATE_H
#define FA_GATE_H

#include "logistic.h"
#include "piecewise.h"
#include "tables/silu.h"

/* x s(z) for finite x and a clamped z, reduced from LOGISTIC_ORIGIN */
INLINE V gate_clamped(V x, Reduced minus_z)
{
    V scaled_y = quotient(x, logistic_divisor_scaled(minus_z));
    return v_mul_tiny(scaled_y, v_set(LOGISTIC_UNSCALE));
}

/* The derivative at negative x is -w (m - 1 - w) / (1 + w)^2 with t = |x|, w = e^-z(t)
 * and m = t z'(t). It has a root t0, where 1 + w0 = m(t0), w0 = e^-z(t0). With e = z(t)
 * - z(t0), l = m(t) - m(t0) and w = w0 e^-e,
 *     m - 1 - w = l + w0 (1 - e^-e):
 * a sum of two terms of equal sign, each of
 * them accurate relative to itself down to 0. */
INLINE Derivative gate_deriv(Pair e, Pair l, T w0_short, T w0_rest, M negative)
{
    ExpNeg decay = exp_neg_in_range(exp_neg_clamp(negative, e));
    V head = exp_head(decay.n), rest = exp_rest(decay.n);
    V first = decay.n.first, tail = v_add(first, rest);
    V unscaled = v_select(decay.scaled, v_set(0), head); /* or 0, as good in a sum */

    V w = v_mul(v_set(w0_short), head), w_head = v_mul(v_set(w0_short), unscaled);
    V w_tail = combined_error(tail, v_set(w0_rest));
    InversePower inverse = inverse_square(one_plus(w_head, w_tail));

    Pair rise = two_product(v_set(w0_short), v_sub(v_set(1), unscaled));
    Pair sum = fast_two_sum(l.hi, rise.hi);
    V low = v_add(v_add(sum.lo, l.lo), v_fma(rise.hi, v_set(w0_rest), rise.lo));
    low = v_fnma(w_head, first, low);
    low = v_fnma(w_head, v_fma(tail, v_set(w0_rest), rest), low);
    sum = fast_two_sum(sum.hi, low);

    V minus_w = v_sub(v_set(0), w);
    Pair factor = two_product(minus_w, v_mul(inverse.y, inverse.y));
    Pair product = pair_product(factor, sum);
    product.lo = v_fma(product.hi, combined_error(inverse.error, w_tail), product.lo);
    Derivative left = {DERIV_SCALED, product.hi, product.lo, decay.scaled};
    return deriv_reflected(left, negative);
}

#if PRECISION == 32
/* `near` by piecewise polynomials; where far, w (1 - m + w (2 m - 1)) with m = t z'(t)
 * = z, which has been clamped by exp_neg_clamp. */
INLINE Derivative gate_deriv_piecewise(Pair near, M far, Pair z, M negative)
{
    Derivative left = {DERIV_SCALED, near.hi, near.lo};
    if (v_any(far)) {
        Pair first = {v_sub(v_set(1), z.hi), v_sub(v_set(0), z.lo)};
        V second = v_fma(v_set(2), z.hi, v_set(-1));
        left = deriv_with_tail(far, exp_neg_series(exp_neg_in_range(z), first, second),
                               near);
    }
    return deriv_reflected(left, negative);
}

/* (z s(z))' for t = |z|; `exact`, a compile-time constant, says that t.lo is 0. */
INLINE Derivative silu_deriv(Pair t, bool exact, M negative)
{
    Pair near = eval_piecewise_shifted(&SILU_DERIV, t, exact);
    M far = v_lt(v_set(SILU_DERIV.last), t.hi);
    return gate_deriv_piecewise(near, far, exp_neg_clamp(negative, t), negative);
}
#else
INLINE Derivative silu_deriv(Pair t, bool exact, M negative)
{
    (void)exact;
    Pair d = two_sum(v_min(v_set(EXP_NEG_END), t.hi), v_set(-SILU_ROOT_HIGH));
    d = fast_two_sum(d.hi, v_add(d.lo, v_sub(t.lo, v_set(SILU_ROOT_LOW))));
    return gate_deriv(d, d, SILU_W0_SHORT, SILU_W0_REST, negative);
}
#endif

/* x s(z) for z = p x of any size. At x = +-inf it is the limit: 0 if z < 0, else x. */
INLINE V gate_any(V x, Pair z)
{
    M scaled = v_lt(z.hi, v_set(-EXP_NEG_UNSCALED_END));
    V scaling = v_set(EXP_ORIGIN(-SCALE_EXPONENT)); /* of e^-z, a divisor */
    V origin = v_select(scaled, scaling, v_set(EXP_ORIGIN(0.0)));
    V bounded = v_max(v_set(-EXP_NEG_END), v_min(v_set(LOGISTIC_END), z.hi));
    Reduced n = exp_reduce(-1, bounded, origin);
    n.low = v_sub(n.low, z.lo);
    Pair divisor = logistic_divisor(n, v_select(scaled, v_set(0), v_set(1)));
    M infinite = v_lt(v_set(T_MAX), v_abs(x));
    if (!v_any(v_or(scaled, infinite))) return quotient(x, divisor);

    V finite = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x));
    V y = unscale_product(scaled, quotient(unscale_factor(scaled, finite), divisor));
    V zero = v_copysign(v_set(0), x);
    V limit = v_select(v_lt(z.hi, v_set(0)), zero, x);
    return v_select(v_and(infinite, v_le(z.hi, z.hi)), limit, y);
}

/* The derivative of x s(p x) with respect to p, x^2 s'(z).
 *
 * Each factor x carries the square root of a scale: 1 if s' is scaled and x^2 moderate;
 * the inverse of its scale if s' is scaled and x^2 could overflow the product; the
 * scale itself if s' is not scaled and the result is tiny; and 0 from END on, where
 * e^-z dominates. If s' is scaled and the result is not tiny, the scale is removed at
 * the end, where nothing can underflow any more. */
INLINE Derivative gate_deriv_beta(V x, Pair z)
{
    Pair t = pair_abs(z);
    Derivative s = logistic_deriv(t);
    V one = v_set(1), size = v_abs(x), below_one = v_min(one, size);
    M moderate = v_lt(size, v_set(C(0x1p30, 0x1p340)));
    V root_scale = v_select(moderate, one, v_set(C(0x1p-85, 0x1p-555)));
    V result = v_mul(v_mul(below_one, below_one), s.hi);
    V least = v_select(v_lt(size, one), v_set(C(0x1p-100, 0x1p-840)), v_set(0));
    M tiny = v_lt(result, v_select(s.scaled, v_set(0), least));
    root_scale =
        v_select(s.scaled, root_scale, v_select(tiny, v_set(C(0x1p85, 0x1p555)), one));
    root_scale = v_select(v_le(v_set(EXP_NEG_END), t.hi), v_set(0), root_scale);
    V factor = v_mul(v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x)), root_scale);
    Pair product = times_pair(factor, times_pair(factor, (Pair){s.hi, s.lo}));
    product = pair_finite_low(product);
    M kept = v_and(s.scaled, moderate);
    M low = v_le(product.hi, v_set(C(0x1p70, 0x1p270)));
    root_scale = v_select(kept, v_set(C(0x1p-85, 0x1p-555)), one);
    root_scale = v_select(low, one, root_scale);
    product.hi = v_mul(v_mul(product.hi, root_scale), root_scale);
    product.lo = v_mul(v_mul(product.lo, root_scale), root_scale);
    M scaled = v_or(v_and(kept, low), tiny);
    return (Derivative){DERIV_LARGE, product.hi, product.lo, scaled};
}

#endif
