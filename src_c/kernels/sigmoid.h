/* The sigmoid family: sigmoid, tanh, and x gated by its own sigmoid. */
#ifndef FA_KERNELS_SIGMOID_H
#define FA_KERNELS_SIGMOID_H

#include "../math/gate.h"
#include "../math/second_derivative.h"
#include "../math/tanh.h"
#include "../math/wide.h"

/* sigmoid(x) = 1/(1 + e^-x),  sigmoid' = s (1 - s) = e^-|x| / (1 + e^-|x|)^2
 *
 * A subnormal result is rounded twice.
 *
 * Largest errors in float32:
 *     0.7777 ulp  sigmoid(-0x1.5ef276p+6) got 0x1.571fbp-127 want 0x1.571facp-127
 *     0.7741 ulp  sigmoid_grad(0x1.5e2ca6p+6) got 0x1.a03ep-127 want 0x1.a03e04p-127
 * Largest errors in float64:
 *     0.6674 ulp  sigmoid(-0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022
 *     0.6674 ulp  sigmoid_grad(0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022 */
INLINE Dual sigmoid(V x)
{
    Reduced minus_x = exp_reduce(-1, logistic_clamp(x), LOGISTIC_ORIGIN);
    return (Dual){
        .y = logistic_inverse(logistic_divisor_scaled(minus_x)),
        .dx = WIDE_OR_NOT(deriv_wide(w_logistic_slope(widened_size(x, WIDE_END))),
                          logistic_deriv(to_pair(v_abs(x)))),
    };
}

/* sigmoid' = y (1 - y) as a function of y = f(x) <= 1 */
INLINE Derivative sigmoid_from_output(V y)
{
    Pair deriv =
        pair_finite_low(times_pair(y, fast_two_sum(v_set(1), v_sub(v_set(0), y))));
    return deriv_pair(deriv.hi, deriv.lo);
}

INLINE Derivative tanh_deriv(V x)
{
#if HAS_WIDE
    W t = widened_size(x, WIDE_END / 2), slope = w_logistic_slope(w_add(t, t));
    return deriv_wide(w_mul(w_set(4), slope));
#else
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    return deriv_times_exact(v_set(4), logistic_deriv(to_pair(v_add(t, t))));
#endif
}

/* tanh'(x) = 1 - tanh^2 = 4 sigmoid'(2x), which does not cancel
 *
 * Largest errors in float32:
 *     0.9543 ulp  tanh(0x1.88dd28p+1) got 0x1.fdcb7ap-1 want 0x1.fdcb78p-1
 *     0.7716 ulp  tanh_grad(0x1.63607p+5) got 0x1.c57ef8p-127 want 0x1.c57efcp-127
 * Largest errors in float64:
 *     0.5069 ulp  tanh(0x1.7afb2c5f3c39dp-6)
 *                 got 0x1.7ae9dfa5bdd21p-6 want 0x1.7ae9dfa5bdd2p-6
 *     0.5470 ulp  tanh_grad(-0x1.e260584f92861p-3)
 *                 got 0x1.e49d3fafd3488p-1 want 0x1.e49d3fafd3487p-1 */
INLINE Dual tanh_(V x) { return (Dual){.y = tanh_of(x), .dx = tanh_deriv(x)}; }

/* tanh' = 1 - y^2 as a function of y = f(x), the difference as a pair */
INLINE Derivative tanh_from_output(V y)
{
    Pair square = two_product(y, y);
    Pair deriv = fast_two_sum(v_set(1), v_sub(v_set(0), square.hi));
    deriv = pair_finite_low((Pair){deriv.hi, v_sub(deriv.lo, square.lo)});
    return deriv_pair(deriv.hi, deriv.lo);
}

/* silu(x) = x s(x),  silu' = s (1 + x (1 - s))
 *
 * Largest errors in float32:
 *     0.7820 ulp  silu(-0x1.6f8b06p+6) got -0x1.f187p-127 want -0x1.f186fcp-127
 *     0.7997 ulp  silu_grad(-0x1.0dd4fp+0) got 0x1.ce5fe4p-5 want 0x1.ce5fe6p-5
 * Largest errors in float64:
 *     0.5456 ulp  silu(-0x1.0d714ff23d6cbp+6)
 *                 got -0x1.db6245bf87e87p-92 want -0x1.db6245bf87e88p-92
 *     0.5883 ulp  silu_grad(-0x1.4p+6)
 *                 got -0x1.d9d06c3501d1cp-110 want -0x1.d9d06c3501d1dp-110 */
INLINE Dual silu(V x)
{
    V z = logistic_clamp(x);
    V y = gate_clamped(z, exp_reduce(-1, z, LOGISTIC_ORIGIN));
    y = v_select(v_lt(v_set(LOGISTIC_END), x), x, y);
    return (Dual){
        .y = y,
        .dx = WIDE_OR_NOT(
            deriv_wide(w_silu_slope(v_lt(v_set(0), x), widened_size(x, WIDE_END))),
            silu_deriv(to_pair(v_abs(x)), true, v_lt(x, v_set(0)))),
    };
}

#if HAS_WIDE
INLINE Derivative swish_deriv(V x, V beta, Pair z)
{
    W t = w_size(w_mul(w_widen(x), w_widen(beta)), WIDE_END);
    return deriv_wide(w_silu_slope(v_lt(v_set(0), z.hi), t));
}
INLINE Derivative swish_deriv_beta(V x, V beta, Pair z)
{
    (void)z;
    W factor = w_clamped(w_widen(x), T_MAX);
    W slope = w_logistic_slope(w_size(w_mul(factor, w_widen(beta)), WIDE_END));
    return deriv_wide(w_mul(w_mul(factor, factor), slope));
}
#else
INLINE Derivative swish_deriv(V x, V beta, Pair z)
{
    return silu_deriv(pair_abs(z), false, v_lt(z.hi, v_set(0)));
}
INLINE Derivative swish_deriv_beta(V x, V beta, Pair z)
{
    return gate_deriv_beta(x, z);
}
#endif

/* swish(x) = x s(p x),  d/dx = (z s(z))' at z = p x,  d/dp = x^2 s'(p x)
 *
 * p = 1 gives the bits of silu.
 *
 * Largest errors in float32:
 *     0.7820 ulp  swish(-0x1.6f8b06p+6) got -0x1.f187p-127 want -0x1.f186fcp-127
 *     0.7997 ulp  swish_grad(-0x1.0dd4fp+0) got 0x1.ce5fe4p-5 want 0x1.ce5fe6p-5
 *     0.7496 ulp  swish_grad_beta(0x1.a43c86p-63)
 *                 got 0x1.58eb5p-127 want 0x1.58eb54p-127
 * Largest errors in float64:
 *     0.5456 ulp  swish(-0x1.0d714ff23d6cbp+6)
 *                 got -0x1.db6245bf87e87p-92 want -0x1.db6245bf87e88p-92
 *     0.5883 ulp  swish_grad(-0x1.4p+6)
 *                 got -0x1.d9d06c3501d1cp-110 want -0x1.d9d06c3501d1dp-110
 *     0.5708 ulp  swish_grad_beta(-0x1.658b8b64d30b9p+2)
 *                 got 0x1.db83feaf392b2p-4 want 0x1.db83feaf392b1p-4 */
INLINE Dual swish(V x, V beta)
{
    Pair z = saturating_product(x, beta, EXP_NEG_END);
    return (Dual){
        .y = v_is_constant_one(beta) ? silu(x).y : gate_any(x, z),
        .dx = v_is_constant_one(beta) ? silu(x).dx : swish_deriv(x, beta, z),
        .dp = swish_deriv_beta(x, beta, z),
    };
}

/* ---- second derivatives ---- */

/* Largest errors in float32:
 *     0.7300 ulp  sigmoid_grad_grad(0x1.601d56p+6)
 *                 got -0x1.00447p-127 want -0x1.00446cp-127
 * Largest errors in float64:
 *     0.6674 ulp  sigmoid_grad_grad(0x1.623333333333p+9)
 *                 got -0x0.ff15b469ee584p-1022 want -0x0.ff15b469ee583p-1022 */
INLINE Derivative sigmoid_grad_grad(V x)
{
    return deriv_times_exact(v_set(0.125),
                             minus_sign_times(x, logistic_d2(to_pair(v_abs(x)))));
}

/* Largest errors in float32:
 *     0.7416 ulp  tanh_grad_grad(0x1.674eb8p+5)
 *                 got -0x1.537cdp-127 want -0x1.537cccp-127
 * Largest errors in float64:
 *     0.5991 ulp  tanh_grad_grad(0x1.9000000000002p+3)
 *                 got -0x1.e8a37a4587992p-34 want -0x1.e8a37a4587991p-34 */
INLINE Derivative tanh_grad_grad(V x) { return tanh_d2(x); }

/* Largest errors in float32:
 *     0.7472 ulp  silu_grad_grad(-0x1.71378cp+6)
 *                 got -0x1.41c2dp-127 want -0x1.41c2ccp-127
 * Largest errors in float64:
 *     0.6857 ulp  silu_grad_grad(-0x1.098431658d0abp-6)
 *                 got 0x1.ffeeca1ae60a8p-2 want 0x1.ffeeca1ae60a9p-2 */
INLINE Derivative silu_grad_grad(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    return silu_d2(DISTANCE_TO_ROOT(to_pair(t), SILU_D2_ROOT));
}

/* beta (z s(z))'' at z = beta x
 *
 * Largest errors in float32:
 *     0.7472 ulp  swish_grad_grad(-0x1.71378cp+6)
 *                 got -0x1.41c2dp-127 want -0x1.41c2ccp-127
 * Largest errors in float64:
 *     0.6857 ulp  swish_grad_grad(-0x1.098431658d0abp-6)
 *                 got 0x1.ffeeca1ae60a8p-2 want 0x1.ffeeca1ae60a9p-2 */
INLINE Derivative swish_grad_grad(V x, V beta)
{
    Pair t = pair_abs(saturating_product(x, beta, EXP_NEG_END));
    return pair_times_d2(to_pair(beta), silu_d2(DISTANCE_TO_ROOT(t, SILU_D2_ROOT)));
}

#endif
