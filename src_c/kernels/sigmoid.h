/* The sigmoid family: sigmoid, tanh, and x gated by its own sigmoid. */
#ifndef FA_KERNELS_SIGMOID_H
#define FA_KERNELS_SIGMOID_H

#include "../math/gate.h"
#include "../math/second_derivative.h"
#include "../math/tanh.h"

/* sigmoid(x) = 1/(1 + e^-x),  sigmoid' = s (1 - s) = e^-|x| / (1 + e^-|x|)^2 0.779 ulp
 * at -87.361511 (subnormal, two roundings); the derivative 0.774 at 87.5436 */
INLINE Dual sigmoid(V x)
{
    Reduced minus_x = exp_reduce(-1, logistic_clamp(x), LOGISTIC_ORIGIN);
    V y = inverse(logistic_divisor_scaled(minus_x));
    return (Dual){
        .y = v_mul_tiny(y, v_set(LOGISTIC_UNSCALE)),
        .dx = logistic_deriv(to_pair(v_abs(x))),
    };
}

/* sigmoid' = y (1 - y) as a function of y = f(x) <= 1 */
INLINE Derivative sigmoid_from_output(V y)
{
    Pair deriv =
        pair_finite_low(times_pair(y, fast_two_sum(v_set(1), v_sub(v_set(0), y))));
    return deriv_pair(deriv.hi, deriv.lo);
}

/* tanh'(x) = 1 - tanh^2 = 4 sigmoid'(2x), which does not cancel.
 * 0.866 ulp at 2.450711 (16 pieces), 0.955 at 3.0692492 (8); 0.772 at 44.422089 */
INLINE Dual tanh_(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    Derivative deriv = logistic_deriv(to_pair(v_add(t, t)));
    deriv.hi = v_mul(deriv.hi, v_set(4));
    deriv.lo = v_mul(deriv.lo, v_set(4));
    return (Dual){.y = tanh_of(x), .dx = deriv};
}

/* tanh' = 1 - y^2 as a function of y = f(x), the difference as a pair */
INLINE Derivative tanh_from_output(V y)
{
    Pair square = two_product(y, y);
    Pair deriv = fast_two_sum(v_set(1), v_sub(v_set(0), square.hi));
    deriv = pair_finite_low((Pair){deriv.hi, v_sub(deriv.lo, square.lo)});
    return deriv_pair(deriv.hi, deriv.lo);
}

/* silu(x) = x s(x),  silu' = s (1 + x (1 - s))
 * 0.782 ulp at -91.885765; the derivative 0.800 at -1.0540304 */
INLINE Dual silu(V x)
{
    V z = logistic_clamp(x);
    V y = gate_clamped(z, exp_reduce(-1, z, LOGISTIC_ORIGIN));
    y = v_select(v_lt(v_set(LOGISTIC_END), x), x, y);
    return (Dual){
        .y = y,
        .dx = silu_deriv(to_pair(v_abs(x)), true, v_lt(x, v_set(0))),
    };
}

/* swish(x) = x s(p x),  d/dx = (z s(z))' at z = p x,  d/dp = x^2 s'(p x)
 * With p = 1 it is silu; d/dp 0.771 ulp at 96.576637 */
INLINE Dual swish(V x, V beta)
{
    Pair z = saturating_product(x, beta, EXP_NEG_END);
    return (Dual){
        .y = v_is_constant_one(beta) ? silu(x).y : gate_any(x, z),
        .dx = v_is_constant_one(beta)
            ? silu(x).dx
            : silu_deriv(pair_abs(z), false, v_lt(z.hi, v_set(0))),
        .dp = gate_deriv_beta(x, z),
    };
}

/* ---- second derivatives ---- */

INLINE Derivative sigmoid_grad_grad(V x)
{
    return deriv_times_exact(v_set(0.125),
                             minus_sign_times(x, logistic_d2(to_pair(v_abs(x)))));
}

INLINE Derivative tanh_grad_grad(V x) { return tanh_d2(x); }

INLINE Derivative silu_grad_grad(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    return silu_d2(DISTANCE_TO_ROOT(to_pair(t), SILU_D2_ROOT));
}

/* beta (z s(z))'' at z = beta x */
INLINE Derivative swish_grad_grad(V x, V beta)
{
    Pair t = pair_abs(saturating_product(x, beta, EXP_NEG_END));
    return pair_times_d2(to_pair(beta), silu_d2(DISTANCE_TO_ROOT(t, SILU_D2_ROOT)));
}

#endif
