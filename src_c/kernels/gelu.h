/* The gelu family: x gated by the normal distribution function or an approximation of
 * it. */
#ifndef FA_KERNELS_GELU_H
#define FA_KERNELS_GELU_H

#include "../math/gate.h"
#include "../math/gelu_tanh.h"
#include "../math/normal_tail.h"
#include "../math/second_derivative.h"

/* gelu(x) = x Phi(x) = max(x, 0) - |x| Phi(-|x|),  gelu' = Phi(x) + x phi(x)
 * 0.804 ulp at 0.12032632; the derivative 0.762 at -13.344082 */
INLINE Dual gelu(V x)
{
    /* The sum has the right sign of zero. The constant is negated, not the tail:
     * compilers turn -(a b + c) into -(a b) - c, which can be the other zero. */
    V positive = v_max(v_set(-(T)0), x);
    return (Dual){
        .y = v_fma(normal_tail_scaled(x), v_set(-NORMAL_TAIL_UNSCALE), positive),
        .dx = gelu_deriv(v_abs(x), v_lt(x, v_set(0))),
    };
}

/* x s(z), z = x (a + b x^2), where 1 + tanh(u) is written as 2 s(2u)
 * 0.776 ulp at -10.10411; the derivative 0.852 at -0.6298155 */
INLINE Dual gelu_tanh(V x)
{
    V bounded = v_max(v_set(C(-11.0, -21.8)), v_min(v_set(C(7.5, 12.0)), x));
    Pair z = gelu_tanh_steps(bounded);
    V y = gate_clamped(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN));
    return (Dual){
        .y = v_select(v_lt(bounded, x), x, y),
        .dx = gelu_tanh_deriv(v_abs(x), v_lt(x, v_set(0))),
    };
}

/* x s(1.702 x): 0.791 ulp at -53.680489; the derivative 0.770 at -53.992653 */
INLINE Dual quick_gelu(V x)
{
    V bounded = v_max(v_set(C(-64.6, -446.0)), v_min(v_set(C(23.4, 352.0)), x));
    Pair z = quick_gelu_steps(bounded);
    V y = gate_clamped(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN));
    return (Dual){
        .y = v_select(v_lt(bounded, x), x, y),
        .dx = quick_gelu_deriv(v_abs(x), v_lt(x, v_set(0))),
    };
}

/* ---- second derivatives ---- */

/* beta (z s(z))'' at z = beta x for beta = 1.702. The distance to the root is taken in
 * x: no product z is accurate enough. */
INLINE Derivative quick_gelu_grad_grad(V x)
{
    Pair beta = PAIR_CONSTANT(QUICK_GELU);
    Pair t = to_pair(v_min(v_set(C(120.0, 870.0)), v_abs(x)));
    Pair d = pair_product(beta, DISTANCE_TO_ROOT(t, QUICK_GELU_D2_ROOT));
    return pair_times_d2(beta, silu_d2(d));
}

INLINE Derivative gelu_grad_grad(V x) { return gelu_d2(v_abs(x)); }
INLINE Derivative gelu_tanh_grad_grad(V x) { return gelu_tanh_d2(v_abs(x)); }

#endif
