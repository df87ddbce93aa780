/* The softplus family: log(1 + e^z) and mish, x tanh(log(1 + e^x)). */
#ifndef FA_KERNELS_SOFTPLUS_H
#define FA_KERNELS_SOFTPLUS_H

#include "../math/mish.h"
#include "../math/second_derivative.h"
#include "../math/softplus.h"

/* log(1 + e^z) / beta for z = beta x. beta = 1 gives the same bits whether it is a
 * compile-time constant or not. */
INLINE V softplus_beta(V x, V beta, Pair z)
{
    if (v_is_constant_one(beta)) return softplus_of(1, x);
    Derivative s = softplus_pair(z);
    V y = pair_divided_by((Pair){s.hi, s.lo}, beta);
    if (v_any(s.scaled)) y = unscale_factor(s.scaled, unscale_product(s.scaled, y));
    y = v_select(v_lt(v_set(SOFTPLUS_END), z.hi), x, y);
    M one = is_one(beta);
    return v_any(one) ? v_select(one, softplus_of(1, x), y) : y;
}

/* log(1 + e^(beta x)) / beta at every x, unlike PyTorch's;  s(beta x);
 * -(t w/(1 + w) + log(1 + w)) / beta^2 with t = |beta x|, w = e^-t */
INLINE Dual softplus(V x, V beta)
{
    Pair z = saturating_product(x, beta, EXP_NEG_END);
    Derivative d = softplus_deriv_beta(pair_abs(z));
    /* Where beta is so small that a scaled quotient could overflow, unscale it. */
    M moderate = v_lt(v_set(0x1p-10), v_abs(beta));
    V one = v_set(1);
    V before = v_select(d.scaled, v_select(moderate, one, v_set(UNSCALE_FACTOR)), one);
    V after = v_select(d.scaled, v_select(moderate, one, v_set(UNSCALE_PRODUCT)), one);
    Pair dp = {v_mul(d.hi, before), v_mul(d.lo, before)};
    dp = pair_divided_by_square(dp, beta);
    dp = pair_finite_low((Pair){v_mul(dp.hi, after), v_mul(dp.lo, after)});
    return (Dual){
        .y = softplus_beta(x, beta, z),
        .dx = logistic_pair(pair_abs(z), v_lt(z.hi, v_set(0))),
        .dp = {DERIV_SCALED, v_sub(v_set(0), dp.hi), v_sub(v_set(0), dp.lo),
               v_and(d.scaled, moderate)},
    };
}

/* s(beta x) = 1 - e^(-beta y) as a function of y = f(x). A tiny beta y is the
 * derivative itself and is held scaled. */
INLINE Derivative softplus_from_output(V y, V beta)
{
    V minus = v_sub(v_set(0), y);
    Pair e = pair_finite_low(expm1_pair(saturating_product(minus, beta, EXP_NEG_END)));
    Derivative s = {DERIV_SCALED, v_sub(v_set(0), e.hi), v_sub(v_set(0), e.lo)};
    if (v_is_constant_one(beta)) return s;
    V one = v_set(1); /* constant or not, it is never scaled */
    M has_beta = v_or(v_lt(beta, one), v_lt(one, beta));
    s.scaled = v_and(has_beta, v_lt(v_abs(e.hi), v_set(C(0x1p-100, 0x1p-840))));
    if (!v_any(s.scaled)) return s;
    T most = C(0x1p40, 0x1p400);
    V root_scale = v_set(C(0x1p85, 0x1p555)), tiny = v_select(s.scaled, y, v_set(0));
    Pair product = two_product(v_mul(root_scale, clamped(tiny, most)),
                               v_mul(root_scale, clamped(beta, most)));
    s.hi = v_select(s.scaled, product.hi, s.hi);
    s.lo = v_select(s.scaled, product.lo, s.lo);
    return s;
}

/* -log(1 + e^-x);  s(-x)
 * 0.883 ulp at 23.65634 (pieces), 0.802 (pair); the derivative 0.769 at 87.467812 */
INLINE Dual log_sigmoid(V x)
{
    return (Dual){
        .y = softplus_of(-1, x),
        .dx = logistic_pair(to_pair(v_abs(x)), v_lt(v_set(0), x)),
    };
}

/* x tanh(softplus(x)), see math/mish.h
 * 0.763 ulp at -91.94465; the derivative 0.846 at -1.4221655, near its root */
INLINE Dual mish(V x) { return (Dual){.y = mish_of(x), .dx = mish_deriv(x)}; }

/* ---- second derivatives ---- */

/* beta s'(beta x) */
INLINE Derivative softplus_grad_grad(V x, V beta)
{
    Pair z = saturating_product(x, beta, EXP_NEG_END);
    return pair_times_d2(to_pair(beta), logistic_deriv(pair_abs(z)));
}

INLINE Derivative log_sigmoid_grad_grad(V x)
{
    return deriv_times_exact(v_set(-1), logistic_deriv(to_pair(v_abs(x))));
}

INLINE Derivative mish_grad_grad(V x) { return mish_d2(x); }

#endif
