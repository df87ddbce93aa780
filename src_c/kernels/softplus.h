/* The softplus family: log(1 + e^z) and mish, x tanh(log(1 + e^x)). */
#ifndef FA_KERNELS_SOFTPLUS_H
#define FA_KERNELS_SOFTPLUS_H

#include "../math/mish.h"
#include "../math/second_derivative.h"
#include "../math/slopes.h"
#include "../math/softplus.h"

/* log(1 + e^z) / beta for z = beta x. beta = 1 gives the same bits whether it is a
 * compile-time constant or not. */
INLINE V softplus_beta(V x, V beta, Pair z)
{
    if (v_is_constant_one(beta)) return softplus_of(1, x);
    /* Where beta is so small that a scaled quotient would overflow, it is scaled, too. */
    Derivative s = softplus_pair(z);
    V up = v_select(s.scaled, v_set(0x1p64), v_set(1));
    V y = pair_divided_by((Pair){s.hi, s.lo}, v_mul(beta, up));
    if (v_any(s.scaled))
        y = v_select(s.scaled, lowered(y, v_set(UNSCALE_BORDER * 0x1p-64)), y);
    y = v_select(v_lt(v_set(SOFTPLUS_END), z.hi), x, y);
    M one = is_one(beta);
    return v_any(one) ? v_select(one, softplus_of(1, x), y) : y;
}

/* log(1 + e^(beta x)) / beta at every x, unlike PyTorch's;  s(beta x);
 * -(t w/(1 + w) + log(1 + w)) / beta^2 with t = |beta x|, w = e^-t
 *
 * Largest errors in float32:
 *     0.8463 ulp  softplus(-0x1.21c8bcp+4) got 0x1.d4150cp-27 want 0x1.d4150ap-27
 *     0.7105 ulp  softplus_grad(-0x1.5f342cp+6)
 *                 got 0x1.41cbf8p-127 want 0x1.41cbfcp-127
 *     0.6922 ulp  softplus_grad_beta(-0x1.7237bcp+6)
 *                 got -0x1.038f28p-127 want -0x1.038f24p-127
 * Largest errors in float64:
 *     0.6674 ulp  softplus(-0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022
 *     0.6674 ulp  softplus_grad(-0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022
 *     0.6327 ulp  softplus_grad_beta(0x1.c8549c7f07dc8p-3)
 *                 got -0x1.5fbbc79f2ee6ap-1 want -0x1.5fbbc79f2ee69p-1 */
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
        .dx = softplus_dx(x, beta, z),
        .dp = {{DERIV_SCALED, v_sub(v_set(0), dp.hi), v_sub(v_set(0), dp.lo),
                v_and(d.scaled, moderate)}},
    };
}

/* s(beta x) = 1 - e^(-beta y) as a function of y = f(x). A tiny beta y is the
 * derivative itself and is held scaled.
 *
 * Largest errors in float32:
 *     0.7441 ulp  softplus_backward_from_output(0x1.6236a2p-1, 0x1.099ef4p-126)
 *                 got 0x1.6f868p-127 want 0x1.6f867cp-127
 * Largest errors in float64:
 *     0.7364 ulp  softplus_backward_from_output(-0x1.13bcede2f639ep-3,
 *                 0x1.cf1ea61f9606bp-1020)
 *                 got -0x0.f969daa7f1d2cp-1022 want -0x0.f969daa7f1d2bp-1022 */
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
    T most = C(0x1p26, 0x1p400);
    V root_scale = v_set(ROOT_SCALE), tiny = v_where(s.scaled, y);
    Pair product = two_product(v_mul(root_scale, clamped(tiny, most)),
                               v_mul(root_scale, clamped(beta, most)));
    s.hi = v_select(s.scaled, product.hi, s.hi);
    s.lo = v_select(s.scaled, product.lo, s.lo);
    return s;
}

/* -log(1 + e^-x);  s(-x)
 *
 * Largest errors in float32:
 *     0.8113 ulp  log_sigmoid(0x1.23420ap+3)
 *                 got -0x1.d37c98p-14 want -0x1.d37c96p-14
 *     0.7300 ulp  log_sigmoid_grad(0x1.601d56p+6)
 *                 got 0x1.00447p-127 want 0x1.00446cp-127
 * Largest errors in float64:
 *     0.6674 ulp  log_sigmoid(0x1.623333333333p+9)
 *                 got -0x0.ff15b469ee584p-1022 want -0x0.ff15b469ee583p-1022
 *     0.6674 ulp  log_sigmoid_grad(0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022 */
INLINE Dual log_sigmoid(V x)
{
    return (Dual){
        .y = softplus_of(-1, x),
        .dx = log_sigmoid_dx(x),
    };
}

/* x tanh(softplus(x)), see math/mish.h
 *
 * Largest errors in float32:
 *     0.7023 ulp  mish(-0x1.70f78p+6) got -0x1.5de098p-127 want -0x1.5de094p-127
 *     0.7494 ulp  mish_grad(-0x1.6a09dp+0) got -0x1.9695ecp-5 want -0x1.9695eep-5
 * Largest errors in float64:
 *     0.6000 ulp  mish(-0x1.602e864f645f5p-1022)
 *                 got -0x0.d34f1d62d5d2cp-1022 want -0x0.d34f1d62d5d2dp-1022
 *     0.7138 ulp  mish_grad(-0x1.31432c0d12d84p+0)
 *                 got 0x1.dd827678b94b9p-57 want 0x1.dd827678b94bap-57 */
INLINE Dual mish(V x) { return (Dual){.y = mish_y(x), .dx = mish_dx(x)}; }

/* ---- second derivatives ---- */

/* beta s'(beta x)
 *
 * Largest errors in float32:
 *     0.7300 ulp  softplus_grad_grad(0x1.601d56p+6)
 *                 got 0x1.00447p-127 want 0x1.00446cp-127
 * Largest errors in float64:
 *     0.6674 ulp  softplus_grad_grad(0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022 */
INLINE Derivative softplus_grad_grad(V x, V beta)
{
    Pair z = saturating_product(x, beta, EXP_NEG_END);
    return pair_times_d2(to_pair(beta), logistic_deriv(pair_abs(z)));
}

/* Largest errors in float32:
 *     0.7300 ulp  log_sigmoid_grad_grad(0x1.601d56p+6)
 *                 got -0x1.00447p-127 want -0x1.00446cp-127
 * Largest errors in float64:
 *     0.6674 ulp  log_sigmoid_grad_grad(0x1.623333333333p+9)
 *                 got -0x0.ff15b469ee584p-1022 want -0x0.ff15b469ee583p-1022 */
INLINE Derivative log_sigmoid_grad_grad(V x)
{
    return deriv_times_exact(v_set(-1), logistic_deriv(to_pair(v_abs(x))));
}

/* Largest errors in float32:
 *     0.7472 ulp  mish_grad_grad(-0x1.71378cp+6)
 *                 got -0x1.41c2dp-127 want -0x1.41c2ccp-127
 * Largest errors in float64:
 *     0.7569 ulp  mish_grad_grad(0x1.fa9d047ecb7b8p-2)
 *                 got 0x1.e22d5a8d5e43ep-2 want 0x1.e22d5a8d5e43dp-2 */
INLINE Derivative mish_grad_grad(V x) { return mish_d2(x); }

#endif
