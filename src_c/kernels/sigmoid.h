/* The sigmoid family: sigmoid, tanh, and x gated by its own sigmoid.
 *
 * The mathematics is in math/; what is here says which identity each function uses. */
#ifndef FA_KERNELS_SIGMOID_H
#define FA_KERNELS_SIGMOID_H

#include "../math/logistic.h"
#include "../math/tanh.h"

/* sigmoid(x) = 1/(1 + e^-x),  sigmoid' = s (1 - s) = e^-|x| / (1 + e^-|x|)^2 */
INLINE Dual sigmoid(V x)
{
    V y = inverse(logistic_divisor_lifted(single(logistic_clamp(x))));
    return (Dual){
        .y = v_mul(y, v_set(LOGISTIC_UNLIFT)),
        .dx = logistic_slope(single(v_abs(x))),
    };
}

/* tanh'(x) = 1 - tanh^2 = 4 sigmoid'(2x), which does not cancel. */
INLINE Dual tanh_(V x)
{
    V t = v_min(v_set(DECAY_END), v_abs(x));
    Slope slope = logistic_slope(single(v_add(t, t)));
    slope.hi = v_mul(slope.hi, v_set(4));
    slope.lo = v_mul(slope.lo, v_set(4));
    return (Dual){.y = tanh_of(x), .dx = slope};
}

/* silu(x) = x s(x),  silu' = s (1 + x (1 - s)) */
INLINE Dual silu(V x)
{
    V z = logistic_clamp(x);
    V y = v_select(v_lt(v_set(LOGISTIC_END), x), x, gate(z, single(z)));
    return (Dual){
        .y = y,
        .dx = silu_slope(single(v_abs(x)), v_lt(x, v_set(0))),
    };
}

/* swish(x) = x s(p x),  d/dx = (z s(z))' at z = p x,  d/dp = x^2 s'(p x) */
INLINE Dual swish(V x, V beta)
{
    Pair z = saturating_product(x, beta, DECAY_END);
    return (Dual){
        .y = gated(x, z),
        .dx = silu_slope(pair_abs(z), v_lt(z.hi, v_set(0))),
        .dp = gated_by(x, z),
    };
}

#endif
