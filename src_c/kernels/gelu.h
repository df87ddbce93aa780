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
 *     0.5823 ulp  gelu(-0x1.ea16a4eb316f3p+4)
 *                 got -0x1.d83c3a8060806p-679 want -0x1.d83c3a8060807p-679
 *     0.5402 ulp  gelu_grad(-0x1.9eb0b2ee64e82p+4)
 *                 got -0x1.be994c7787202p-482 want -0x1.be994c7787201p-482 */
INLINE Dual gelu(V x) { return (Dual){.y = gelu_y(x), .dx = gelu_dx(x)}; }

/* min(max(gelu(x), low), high), as numpy.clip;  gelu' between the kinks. gelu(x) < x for x > 0,
 * which counts where gelu(high) rounds to high, and gelu(x) > min(x, 0) for x other than 0, where
 * that rounds to low.
 *
 * Largest errors in float32:
 *     0.7785 ulp  clipped_gelu(0x1.e676dcp-4) got 0x1.0a3a2p-4 want 0x1.0a3a22p-4
 *     0.7293 ulp  clipped_gelu_grad(-0x1.ab41e4p+3)
 *                 got -0x1.c0e5d8p-127 want -0x1.c0e5dcp-127
 * Largest errors in float64:
 *     0.5823 ulp  clipped_gelu(-0x1.ea16a4eb316f3p+4)
 *                 got -0x1.d83c3a8060806p-679 want -0x1.d83c3a8060807p-679
 *     0.5402 ulp  clipped_gelu_grad(-0x1.9eb0b2ee64e82p+4)
 *                 got -0x1.be994c7787202p-482 want -0x1.be994c7787201p-482 */
INLINE Dual clipped_gelu(V x, V low, V high)
{
    Dual f = gelu(x);
    M under = v_or(v_lt(f.y, high), v_le(x, high));
    M above_low = v_and(v_le(low, v_min(v_set(0), x)), v_lt(v_set(0), v_abs(x)));
    M over = v_or(v_lt(low, f.y), above_low);
    M inside = v_and(over, under);
    M no_bound = v_or(v_is_nan(low), v_is_nan(high));
    f.y = v_select(no_bound, v_set(NAN), v_min(high, v_max(low, f.y)));
    f.dx = deriv_or_zero(v_or(inside, v_is_nan(x)), f.dx);
    return f;
}

/* x s(z), z = x (a + b x^2), where 1 + tanh(u) is written as 2 s(2u)
 *
 * Largest errors in float32:
 *     0.7757 ulp  gelu_tanh(-0x1.4354dep+3)
 *                 got -0x1.d822cp-127 want -0x1.d822bcp-127
 *     0.6411 ulp  gelu_tanh_grad(-0x1.8142ap-1)
 *                 got -0x1.4f6406p-28 want -0x1.4f6404p-28
 * Largest errors in float64:
 *     0.5573 ulp  gelu_tanh(-0x1.538bd861a7388p+0)
 *                 got -0x1.f6ba66f4ac7c7p-4 want -0x1.f6ba66f4ac7c6p-4
 *     0.6942 ulp  gelu_tanh_grad(-0x1.81429f9e97e4dp-1)
 *                 got -0x1.20a50541a648cp-56 want -0x1.20a50541a648bp-56 */
INLINE Dual gelu_tanh(V x)
{
    V bounded = v_max(v_set(C(-11.2, -21.8)), v_min(v_set(C(7.5, 12.0)), x));
    Pair z = gelu_tanh_steps(bounded);
    V y = gate_clamped(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN), -9.9f);
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
 *     0.7187 ulp  quick_gelu_grad(-0x1.9999dep-4)
 *                 got 0x1.a946bcp-2 want 0x1.a946bap-2
 * Largest errors in float64:
 *     0.5500 ulp  quick_gelu(-0x1.78fdb9effea47p+3)
 *                 got -0x1.8c574691c81a2p-26 want -0x1.8c574691c81a1p-26
 *     0.7882 ulp  quick_gelu_grad(-0x1.80974a62be3dep-1)
 *                 got 0x1.b60e8ab484512p-56 want 0x1.b60e8ab484513p-56 */
INLINE Dual quick_gelu(V x)
{
    V bounded = v_max(v_set(C(-69.3, -452.0)), v_min(v_set(C(23.4, 352.0)), x));
    Pair z = quick_gelu_steps(bounded);
    V y = gate_clamped(bounded, exp_reduce_steps(z, LOGISTIC_ORIGIN), -53);
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
 *     0.7414 ulp  quick_gelu_grad_grad(-0x1.b45428p+5)
 *                 got -0x1.45f098p-127 want -0x1.45f09cp-127
 * Largest errors in float64:
 *     0.7343 ulp  quick_gelu_grad_grad(0x1.a4be47a9a1298p+8)
 *                 got -0x0.8bae804ea92ecp-1022 want -0x0.8bae804ea92ebp-1022 */
INLINE Derivative quick_gelu_grad_grad(V x)
{
    Pair beta = PAIR_CONSTANT(QUICK_GELU);
    Pair t = to_pair(v_min(v_set(C(120.0, 884.0)), v_abs(x)));
    Pair d = pair_product(beta, DISTANCE_TO_ROOT(t, QUICK_GELU_D2_ROOT));
    return pair_times_d2(beta, silu_d2(d));
}

/* Largest errors in float32:
 *     0.6254 ulp  gelu_grad_grad(0x1.b15caap+3)
 *                 got -0x1.d79c68p-127 want -0x1.d79c64p-127
 * Largest errors in float64:
 *     0.5812 ulp  gelu_grad_grad(-0x1.72f1e63844991p+3)
 *                 got -0x1.bb20475c02fd6p-92 want -0x1.bb20475c02fd5p-92 */
INLINE Derivative gelu_grad_grad(V x) { return gelu_d2(v_abs(x)); }
/* Largest errors in float32:
 *     0.7293 ulp  gelu_tanh_grad_grad(-0x1.4c20b4p+3)
 *                 got -0x1.86aebp-127 want -0x1.86aeb4p-127
 * Largest errors in float64:
 *     0.6712 ulp  gelu_tanh_grad_grad(0x1.593f043c920e4p-8)
 *                 got 0x1.988168924a614p-1 want 0x1.988168924a613p-1 */
INLINE Derivative gelu_tanh_grad_grad(V x) { return gelu_tanh_d2(v_abs(x)); }

#endif
