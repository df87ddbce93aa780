/* The gelu family: x gated by the normal distribution, or by something near it. */
#ifndef FA_KERNELS_GELU_H
#define FA_KERNELS_GELU_H

#include "../math/curve.h"
#include "../math/gate.h"
#include "../math/gauss.h"
#include "../math/gelu_tanh.h"

/* gelu(x) = x Phi(x) = max(x, 0) - |x| Phi(-|x|),  gelu' = Phi(x) + x phi(x)
 * 0.804 ulp at 0.12032632; the derivative 0.762 at -13.344082 */
INLINE Dual gelu(V x)
{
    /* With the sign of a zero. The constant is negative, not the tail: compilers make
     * -(a b) - c of -(a b + c), which can be the other zero. */
    V positive = v_max(v_set(-(T)0), x);
    return (Dual){
        .y = v_fma(gauss_tail(x), v_set(-GAUSS_UNLIFT), positive),
        .dx = gauss_slope(v_abs(x), v_lt(x, v_set(0))),
    };
}

/* x s(z), z = x (a + b x^2) with 1 + tanh(u) written as 2 s(2u)
 * 0.776 ulp at -10.10411; the derivative 0.852 at -0.6298155 */
INLINE Dual gelu_tanh(V x)
{
    V bounded = v_max(v_set(C(-11.0, -21.8)), v_min(v_set(C(7.5, 12.0)), x));
    Pair z = gelu_tanh_steps(bounded);
    V y = gate(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN));
    return (Dual){
        .y = v_select(v_lt(bounded, x), x, y),
        .dx = gelu_tanh_slope(v_abs(x), v_lt(x, v_set(0))),
    };
}

/* x s(1.702 x): 0.791 ulp at -53.680489; the derivative 0.770 at -53.992653 */
INLINE Dual quick_gelu(V x)
{
    V bounded = v_max(v_set(C(-64.6, -446.0)), v_min(v_set(C(23.4, 352.0)), x));
    Pair z = quick_gelu_steps(bounded);
    V y = gate(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN));
    return (Dual){
        .y = v_select(v_lt(bounded, x), x, y),
        .dx = quick_gelu_slope(v_abs(x), v_lt(x, v_set(0))),
    };
}

/* ---- second derivatives ---- */

/* The same for beta = 1.702, where the distance is taken in x: no product is exact enough. */
INLINE Slope quick_gelu_grad_grad(V x)
{
    Pair scale = PAIR_OF(QUICK_GELU),
         t = single(v_min(v_set(C(120.0, 870.0)), v_abs(x)));
    Pair d = pair_product(scale, DISTANCE(t, QUICK_GELU_CURVE_ROOT));
    return curve_scaled(scale, silu_curve(d));
}

INLINE Slope gelu_grad_grad(V x) { return gauss_curve(v_abs(x)); }
INLINE Slope gelu_tanh_grad_grad(V x) { return gelu_tanh_curve(v_abs(x)); }

#endif
