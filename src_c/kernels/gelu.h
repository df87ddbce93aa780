/* The gelu family: x gated by the normal
 * distribution function or an approximation of it. */
#ifndef FA_KERNELS_GELU_H
#define FA_KERNELS_GELU_H

#include "../math/gate.h"
#include "../math/gelu_tanh.h"
#include "../math/normal_tail.h"
#include "../math/second_derivative.h"
#include "../math/slopes.h"

/* gelu(x) = x Phi(x) = max(x, 0) - |x| Phi(-|x|),  gelu' = Phi(x) + x phi(x)
 *
 * Largest errors in float32:
 *     0.7785 ulp  gelu(0x1.e676dcp-4) got 0x1.0a3a2p-4 want 0x1.0a3a22p-4
 *     0.7293 ulp  gelu_grad(-0x1.ab41e4p+3)
 *                 got -0x1.c0e5d8p-127 want -0x1.c0e5dcp-127
 * Largest errors in float64:
 *     0.7662 ulp  gelu(0x1p-48) got 0x1.000000000000cp-49 want 0x1.000000000000dp-49
 *     0.5909 ulp  gelu_grad(-0x1.348e3f290e2c8p-7)
 *                 got 0x1.f84e861d890cdp-2 want 0x1.f84e861d890ccp-2 */
INLINE Dual gelu(V x)
{
    V positive = v_max(v_set(-(T)0), x); /* the sum has the right sign of zero */
    return (Dual){.y = gelu_y(x, positive), .dx = gelu_dx(x)};
}

/* min(max(gelu(x), low), high), as numpy.clip;  gelu' between the kinks. gelu(x) < x, which
 * counts where gelu(high) rounds to high.
 *
 * Largest errors in float32:
 *     0.7785 ulp  clipped_gelu(0x1.e676dcp-4) got 0x1.0a3a2p-4 want 0x1.0a3a22p-4
 *     0.7293 ulp  clipped_gelu_grad(-0x1.ab41e4p+3)
 *                 got -0x1.c0e5d8p-127 want -0x1.c0e5dcp-127
 * Largest errors in float64:
 *     0.7662 ulp  clipped_gelu(0x1p-48)
 *                 got 0x1.000000000000cp-49 want 0x1.000000000000dp-49
 *     0.5909 ulp  clipped_gelu_grad(-0x1.348e3f290e2c8p-7)
 *                 got 0x1.f84e861d890cdp-2 want 0x1.f84e861d890ccp-2 */
INLINE Dual clipped_gelu(V x, V low, V high)
{
    Dual f = gelu(x);
    M below = v_lt(f.y, low), under = v_or(v_lt(f.y, high), v_le(x, high));
    M inside = v_and(v_lt(low, f.y), under);
    V y = v_select(below, low, f.y);
    y = v_select(v_lt(high, y), high, y);
    f.y = propagate_nan(low, propagate_nan(high, propagate_nan(x, y)));
    f.dx = deriv_or_zero(v_or(inside, v_is_nan(x)), f.dx);
    return f;
}

/* x s(z), z = x (a + b x^2), where 1 + tanh(u) is written as 2 s(2u)
 *
 * Largest errors in float32:
 *     0.7757 ulp  gelu_tanh(-0x1.4354dep+3)
 *                 got -0x1.d822cp-127 want -0x1.d822bcp-127
 *     0.5764 ulp  gelu_tanh_grad(-0x1.0794p-1) got 0x1.fa3c76p-4 want 0x1.fa3c78p-4
 * Largest errors in float64:
 *     0.5396 ulp  gelu_tanh(-0x1.0000000000001p+2)
 *                 got -0x1.26a20335ddd27p-14 want -0x1.26a20335ddd26p-14
 *     0.6942 ulp  gelu_tanh_grad(-0x1.81429f9e97e4dp-1)
 *                 got -0x1.20a50541a648cp-56 want -0x1.20a50541a648bp-56 */
INLINE Dual gelu_tanh(V x)
{
    V bounded = v_max(v_set(C(-11.0, -21.8)), v_min(v_set(C(7.5, 12.0)), x));
    Pair z = gelu_tanh_steps(bounded);
    V y = gate_clamped(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN));
    return (Dual){
        .y = v_select(v_lt(bounded, x), x, y),
        .dx = gelu_tanh_dx(x),
    };
}

/* x s(1.702 x)
 *
 * Largest errors in float32:
 *     0.7912 ulp  quick_gelu(-0x1.ad71a4p+5)
 *                 got -0x1.e9aaf8p-127 want -0x1.e9aafcp-127
 *     0.5649 ulp  quick_gelu_grad(-0x1.08742ap-1)
 *                 got 0x1.c72aa6p-4 want 0x1.c72aa8p-4
 * Largest errors in float64:
 *     0.5441 ulp  quick_gelu(-0x1.afcb7bbf5c686p+6)
 *                 got -0x1.9cea3eb719774p-259 want -0x1.9cea3eb719775p-259
 *     0.7882 ulp  quick_gelu_grad(-0x1.80974a62be3dep-1)
 *                 got 0x1.b60e8ab484512p-56 want 0x1.b60e8ab484513p-56 */
INLINE Dual quick_gelu(V x)
{
    V bounded = v_max(v_set(C(-64.6, -446.0)), v_min(v_set(C(23.4, 352.0)), x));
    Pair z = quick_gelu_steps(bounded);
    V y = gate_clamped(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN));
    return (Dual){
        .y = v_select(v_lt(bounded, x), x, y),
        .dx = quick_gelu_dx(x),
    };
}

/* ---- second derivatives ---- */

/* beta (z s(z))'' at z = beta x for beta = 1.702. The distance to the root is taken in
 * x: no product z is accurate enough.
 *
 * Largest errors in float32:
 *     0.7305 ulp  quick_gelu_grad_grad(0x1.b53d52p+5)
 *                 got -0x1.0d18d8p-127 want -0x1.0d18d4p-127
 * Largest errors in float64:
 *     0.5946 ulp  quick_gelu_grad_grad(-0x1.0187fb288a961p+4)
 *                 got -0x1.e17316507fe94p-35 want -0x1.e17316507fe93p-35 */
INLINE Derivative quick_gelu_grad_grad(V x)
{
    Pair beta = PAIR_CONSTANT(QUICK_GELU);
    Pair t = to_pair(v_min(v_set(C(120.0, 870.0)), v_abs(x)));
    Pair d = pair_product(beta, DISTANCE_TO_ROOT(t, QUICK_GELU_D2_ROOT));
    return pair_times_d2(beta, silu_d2(d));
}

/* Largest errors in float32:
 *     0.6254 ulp  gelu_grad_grad(0x1.b15caap+3)
 *                 got -0x1.d79c68p-127 want -0x1.d79c64p-127
 * Largest errors in float64:
 *     0.5581 ulp  gelu_grad_grad(0x1.abcabf1de6f09p+1)
 *                 got -0x1.c204579bf106ep-7 want -0x1.c204579bf106dp-7 */
INLINE Derivative gelu_grad_grad(V x) { return gelu_d2(v_abs(x)); }
/* Largest errors in float32:
 *     0.7293 ulp  gelu_tanh_grad_grad(-0x1.4c20b4p+3)
 *                 got -0x1.86aebp-127 want -0x1.86aeb4p-127
 * Largest errors in float64:
 *     0.5999 ulp  gelu_tanh_grad_grad(0x1.a00641a9f1e54p-9)
 *                 got 0x1.988344304f208p-1 want 0x1.988344304f209p-1 */
INLINE Derivative gelu_tanh_grad_grad(V x) { return gelu_tanh_d2(v_abs(x)); }

#endif
