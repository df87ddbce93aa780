/* The softplus family: log(1 + e^z), and x times its tanh. */
#ifndef FA_KERNELS_SOFTPLUS_H
#define FA_KERNELS_SOFTPLUS_H

#include "../math/curve.h"
#include "../math/mish.h"
#include "../math/softplus.h"

/* log(1 + e^z) / beta for z = beta x; beta = 1, known or not, has the same bits. */
INLINE V softplus_by(V x, V beta, Pair z)
{
    if (v_is_known_one(beta)) return softplus_of(1, x);
    Slope s = softplus_pair(z);
    V y = pair_over((Pair){s.hi, s.lo}, beta);
    if (v_any(s.deep)) y = lift_before(s.deep, lift_after(s.deep, y));
    y = v_select(v_lt(v_set(SOFTPLUS_END), z.hi), x, y);
    M one = is_one(beta);
    return v_any(one) ? v_select(one, softplus_of(1, x), y) : y;
}

/* log(1 + e^(beta x)) / beta, without a threshold;  s(beta x);
 * -(t w/(1 + w) + log(1 + w)) / beta^2 with t = |beta x|, w = e^-t */
INLINE Dual softplus(V x, V beta)
{
    Pair z = saturating_product(x, beta, DECAY_END);
    Slope cost = softplus_cost(pair_abs(z));
    /* Where beta is so small that a deep quotient could overflow, the lift is undone. */
    M moderate = v_lt(v_set(0x1p-10), v_abs(beta));
    V one = v_set(1);
    V before = v_select(cost.deep, v_select(moderate, one, v_set(LIFT_BEFORE)), one);
    V after = v_select(cost.deep, v_select(moderate, one, v_set(LIFT_AFTER)), one);
    Pair dp = {v_mul(cost.hi, before), v_mul(cost.lo, before)};
    dp = pair_over_square(dp, beta);
    dp = pair_bounded((Pair){v_mul(dp.hi, after), v_mul(dp.lo, after)});
    return (Dual){
        .y = softplus_by(x, beta, z),
        .dx = logistic_pair(pair_abs(z), v_lt(z.hi, v_set(0))),
        .dp = {SLOPE_LIFTED, v_sub(v_set(0), dp.hi), v_sub(v_set(0), dp.lo),
               v_and(cost.deep, moderate)},
    };
}

/* s(beta x) = 1 - e^(-beta y) by y = f(x); a tiny beta y is the slope itself, and taken
 * lifted. */
INLINE Slope softplus_from_output(V y, V beta)
{
    V minus = v_sub(v_set(0), y);
    Pair e = pair_bounded(expm1_of(saturating_product(minus, beta, DECAY_END)));
    Slope s = {SLOPE_LIFTED, v_sub(v_set(0), e.hi), v_sub(v_set(0), e.lo)};
    if (v_is_known_one(beta)) return s;
    V one = v_set(1); /* known or not, it needs no lift */
    M scaled = v_or(v_lt(beta, one), v_lt(one, beta));
    s.deep = v_and(scaled, v_lt(v_abs(e.hi), v_set(C(0x1p-100, 0x1p-840))));
    if (!v_any(s.deep)) return s;
    T most = C(0x1p40, 0x1p400);
    V half = v_set(C(0x1p85, 0x1p555)), tiny = v_select(s.deep, y, v_set(0));
    Pair lifted =
        two_product(v_mul(half, clamped(tiny, most)), v_mul(half, clamped(beta, most)));
    s.hi = v_select(s.deep, lifted.hi, s.hi);
    s.lo = v_select(s.deep, lifted.lo, s.lo);
    return s;
}

/* -log(1 + e^-x);  s(-x)
 * 0.883 ulp at 23.65634 (pieces), 0.802 (pair); the derivative 0.769 at 87.467812 */
INLINE Dual log_sigmoid(V x)
{
    return (Dual){
        .y = softplus_of(-1, x),
        .dx = logistic_pair(single(v_abs(x)), v_lt(v_set(0), x)),
    };
}

/* x tanh(softplus(x)), see math/mish.h
 * 0.763 ulp at -91.94465; the derivative 0.846 at -1.4221655, beside its root */
INLINE Dual mish(V x) { return (Dual){.y = mish_of(x), .dx = mish_slope(x)}; }

/* ---- second derivatives ---- */

/* beta s'(beta x) */
INLINE Slope softplus_grad_grad(V x, V beta)
{
    Pair z = saturating_product(x, beta, DECAY_END);
    return curve_scaled(single(beta), logistic_slope(pair_abs(z)));
}

INLINE Slope log_sigmoid_grad_grad(V x)
{
    return slope_by(v_set(-1), logistic_slope(single(v_abs(x))));
}

INLINE Slope mish_grad_grad(V x) { return mish_curve(x); }

#endif
