/* The sigmoid family: sigmoid, tanh, and x gated by its own sigmoid. */
#ifndef FA_KERNELS_SIGMOID_H
#define FA_KERNELS_SIGMOID_H

#include "../math/gate.h"
#include "../math/second_derivative.h"
#include "../math/slopes.h"
#include "../math/tanh.h"

/* sigmoid(x) = 1/(1 + e^-x),  sigmoid' = s (1 - s) = e^-|x| / (1 + e^-|x|)^2
 *
 * A subnormal result is rounded twice.
 *
 * Largest errors in float32:
 *     0.7777 ulp  sigmoid(-0x1.5ef276p+6) got 0x1.571fbp-127 want 0x1.571facp-127
 *     0.7300 ulp  sigmoid_grad(0x1.601d56p+6)
 *                 got 0x1.00447p-127 want 0x1.00446cp-127
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
        .dx = sigmoid_dx(x),
    };
}

/* sigmoid' = y (1 - y) as a function of y = f(x) <= 1 */
INLINE Derivative sigmoid_from_output(V y)
{
    Pair deriv =
        pair_finite_low(times_pair(y, fast_two_sum(v_set(1), v_sub(v_set(0), y))));
    return deriv_pair(deriv.hi, deriv.lo);
}

/* tanh'(x) = 1 - tanh^2 = 4 sigmoid'(2x), which does not cancel
 *
 * Largest errors in float32:
 *     0.9543 ulp  tanh(0x1.88dd28p+1) got 0x1.fdcb7ap-1 want 0x1.fdcb78p-1
 *     0.7187 ulp  tanh_grad(0x1.64ee46p+5) got 0x1.337ff8p-127 want 0x1.337ffcp-127
 * Largest errors in float64:
 *     0.5170 ulp  tanh(-0x1.79a06b85f7a79p-6)
 *                 got -0x1.798f4e1bb550bp-6 want -0x1.798f4e1bb550cp-6
 *     0.5861 ulp  tanh_grad(0x1.af16d0217b3d3p-6)
 *                 got 0x1.ffa54cfd37db4p-1 want 0x1.ffa54cfd37db5p-1 */
INLINE Dual tanh_(V x) { return (Dual){.y = tanh_of(x), .dx = tanh_dx(x)}; }

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
 *     0.7505 ulp  silu_grad(-0x1.48e04ep-3) got 0x1.ae2208p-2 want 0x1.ae220ap-2
 * Largest errors in float64:
 *     0.5515 ulp  silu(0x1.bf67165bd875dp-3)
 *                 got 0x1.f0142446c02eep-4 want 0x1.f0142446c02efp-4
 *     0.6022 ulp  silu_grad(-0x1.54c7f0ba5ae1ap-7)
 *                 got 0x1.faace6876478p-2 want 0x1.faace6876477fp-2 */
INLINE Dual silu(V x)
{
    V z = logistic_clamp(x);
    V y = gate_clamped(z, exp_reduce(-1, z, LOGISTIC_ORIGIN), -91);
    y = v_select(v_lt(v_set(LOGISTIC_END), x), x, y);
    return (Dual){
        .y = y,
        .dx = silu_dx(x),
    };
}

/* swish(x) = x s(p x),  d/dx = (z s(z))' at z = p x,  d/dp = x^2 s'(p x)
 *
 * p = 1 gives the bits of silu.
 *
 * Largest errors in float32:
 *     0.7820 ulp  swish(-0x1.6f8b06p+6) got -0x1.f187p-127 want -0x1.f186fcp-127
 *     0.7505 ulp  swish_grad(-0x1.48e04ep-3) got 0x1.ae2208p-2 want 0x1.ae220ap-2
 *     0.7496 ulp  swish_grad_beta(0x1.a43c86p-63)
 *                 got 0x1.58eb5p-127 want 0x1.58eb54p-127
 * Largest errors in float64:
 *     0.5515 ulp  swish(0x1.bf67165bd875dp-3)
 *                 got 0x1.f0142446c02eep-4 want 0x1.f0142446c02efp-4
 *     0.6022 ulp  swish_grad(-0x1.54c7f0ba5ae1ap-7)
 *                 got 0x1.faace6876478p-2 want 0x1.faace6876477fp-2
 *     0.6409 ulp  swish_grad_beta(0x1.68ed3ad0d5d3fp+9)
 *                 got 0x0.beece4a52be8p-1022 want 0x0.beece4a52be81p-1022 */
INLINE Dual swish(V x, V beta)
{
    Pair z = saturating_product(x, beta, EXP_NEG_END);
    Dual f = swish_slopes(x, beta, z);
    f.y = v_is_constant_one(beta) ? silu(x).y : gate_any(x, z);
    return f;
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
 *     0.6199 ulp  tanh_grad_grad(0x1.63a3c69cafc82p+8)
 *                 got -0x0.729c457e84fe6p-1022 want -0x0.729c457e84fe7p-1022 */
INLINE Derivative tanh_grad_grad(V x) { return tanh_d2(x); }

/* Largest errors in float32:
 *     0.7265 ulp  silu_grad_grad(0x1.71a09ep+6)
 *                 got -0x1.22b688p-127 want -0x1.22b68cp-127
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
 *     0.7265 ulp  swish_grad_grad(0x1.71a09ep+6)
 *                 got -0x1.22b688p-127 want -0x1.22b68cp-127
 * Largest errors in float64:
 *     0.6857 ulp  swish_grad_grad(-0x1.098431658d0abp-6)
 *                 got 0x1.ffeeca1ae60a8p-2 want 0x1.ffeeca1ae60a9p-2 */
INLINE Derivative swish_grad_grad(V x, V beta)
{
    Pair t = pair_abs(saturating_product(x, beta, EXP_NEG_END));
    return pair_times_d2(to_pair(beta), silu_d2(DISTANCE_TO_ROOT(t, SILU_D2_ROOT)));
}

#endif
