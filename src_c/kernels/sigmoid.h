/* The sigmoid family: sigmoid, tanh, and x gated by its own sigmoid.
 *
 * The mathematics is in math/; what is here says which identity each function uses and
 * the largest error in float32, over all 2^32 inputs on AVX-512 and AVX2. */
#ifndef FA_KERNELS_SIGMOID_H
#define FA_KERNELS_SIGMOID_H

#include "../math/curve.h"
#include "../math/gate.h"
#include "../math/tanh.h"

/* sigmoid(x) = 1/(1 + e^-x),  sigmoid' = s (1 - s) = e^-|x| / (1 + e^-|x|)^2
 * 0.779 ulp at -87.361511 (subnormal, two roundings); the derivative 0.774 at 87.5436 */
INLINE Dual sigmoid(V x)
{
    Reduced minus_x = exp_reduce(-1, logistic_clamp(x), LOGISTIC_ORIGIN);
    V y = inverse(logistic_divisor_lifted(minus_x));
    return (Dual){
        .y = v_mul_tiny(y, v_set(LOGISTIC_UNLIFT)),
        .dx = logistic_slope(single(v_abs(x))),
    };
}

/* sigmoid' = y (1 - y) by y = f(x); the sum wants y <= 1, as it is */
INLINE Slope sigmoid_from_output(V y)
{
    Pair slope =
        pair_bounded(pair_scaled(y, fast_two_sum(v_set(1), v_sub(v_set(0), y))));
    return slope_pair(slope.hi, slope.lo);
}

/* tanh'(x) = 1 - tanh^2 = 4 sigmoid'(2x), which does not cancel.
 * 0.866 ulp at 2.450711 (16 pieces), 0.955 at 3.0692492 (8); 0.772 at 44.422089 */
INLINE Dual tanh_(V x)
{
    V t = v_min(v_set(DECAY_END), v_abs(x));
    Slope slope = logistic_slope(single(v_add(t, t)));
    slope.hi = v_mul(slope.hi, v_set(4));
    slope.lo = v_mul(slope.lo, v_set(4));
    return (Dual){.y = tanh_of(x), .dx = slope};
}

/* tanh' = 1 - y^2 by y = f(x), the difference with its rounding error */
INLINE Slope tanh_from_output(V y)
{
    Pair square = two_product(y, y);
    Pair slope = fast_two_sum(v_set(1), v_sub(v_set(0), square.hi));
    slope = pair_bounded((Pair){slope.hi, v_sub(slope.lo, square.lo)});
    return slope_pair(slope.hi, slope.lo);
}

/* silu(x) = x s(x),  silu' = s (1 + x (1 - s))
 * 0.782 ulp at -91.885765; the derivative 0.800 at -1.0540304 */
INLINE Dual silu(V x)
{
    V z = logistic_clamp(x);
    V y = gate(z, exp_reduce(-1, z, LOGISTIC_ORIGIN));
    y = v_select(v_lt(v_set(LOGISTIC_END), x), x, y);
    return (Dual){
        .y = y,
        .dx = silu_slope(single(v_abs(x)), true, v_lt(x, v_set(0))),
    };
}

/* swish(x) = x s(p x),  d/dx = (z s(z))' at z = p x,  d/dp = x^2 s'(p x)
 * With p = 1 it is silu; d/dp 0.771 ulp at 96.576637 */
INLINE Dual swish(V x, V beta)
{
    Pair z = saturating_product(x, beta, DECAY_END);
    return (Dual){
        .y = v_is_known_one(beta) ? silu(x).y : gated(x, z),
        .dx = v_is_known_one(beta)
            ? silu(x).dx
            : silu_slope(pair_abs(z), false, v_lt(z.hi, v_set(0))),
        .dp = gated_by(x, z),
    };
}

/* ---- second derivatives ---- */

INLINE Slope sigmoid_grad_grad(V x)
{
    return slope_by(v_set(0.125), against(x, logistic_curve(single(v_abs(x)))));
}

INLINE Slope tanh_grad_grad(V x) { return tanh_curve(x); }

INLINE Slope silu_grad_grad(V x)
{
    V t = v_min(v_set(DECAY_END), v_abs(x));
    return silu_curve(DISTANCE(single(t), SILU_CURVE_ROOT));
}

/* beta (z s(z))'' at z = beta x */
INLINE Slope swish_grad_grad(V x, V beta)
{
    Pair t = pair_abs(saturating_product(x, beta, DECAY_END));
    return curve_scaled(single(beta), silu_curve(DISTANCE(t, SILU_CURVE_ROOT)));
}

#endif
