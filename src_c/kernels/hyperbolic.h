/* Functions of tanh and cosh. */
#ifndef FA_KERNELS_HYPERBOLIC_H
#define FA_KERNELS_HYPERBOLIC_H

#include "../math/hyperbolic.h"
#include "../math/tanh_exp.h"

/* ---- softcap ---- */

/* cap tanh(z), z = x/cap;  1 - tanh(z)^2
 *
 * Largest errors in float32:
 *     0.5754 ulp  softcap(-0x1.f0f70ap-2) got -0x1.f0ebfp-2 want -0x1.f0ebf2p-2
 *     0.7184 ulp  softcap_grad(-0x1.4ea34ap+10)
 *                 got 0x1.32403p-127 want 0x1.324034p-127 */
INLINE Dual softcap(V x, V cap)
{
    return (Dual){.y = softcap_y(x, cap), .dx = softcap_dx(x, cap)};
}

/* tanh''(z)/cap
 *
 * Largest errors in float32:
 *     0.7467 ulp  softcap_grad_grad(0x1.98fee2p-118)
 *                 got -0x1.d158ap-127 want -0x1.d1589cp-127
 * Largest errors in float64:
 *     0.5867 ulp  softcap_grad_grad(-0x1.425a04fdfbff4p+4)
 *                 got 0x1.a44565fc023e6p-6 want 0x1.a44565fc023e5p-6 */
INLINE Derivative softcap_grad_grad(V x, V cap)
{
    return softcap_d2(x, cap);
}

/* ---- dyt ---- */

/* tanh(z), z = alpha x;  alpha (1 - tanh(z)^2);  x (1 - tanh(z)^2)
 *
 * Largest errors in float32:
 *     0.5734 ulp  dyt(-0x1.f590c4p-6) got -0x1.f586bcp-7 want -0x1.f586bep-7
 *     0.7432 ulp  dyt_grad(0x1.62cd2p+6) got 0x1.05d4b8p-127 want 0x1.05d4bcp-127
 *     0.7150 ulp  dyt_grad_alpha(-0x1.75f87p+6)
 *                 got -0x1.96082p-127 want -0x1.960824p-127
 * Largest errors in float64:
 *     0.5618 ulp  dyt_grad(0x1.2e3d89540b90ap-2)
 *                 got 0x1.f502475e32f32p-2 want 0x1.f502475e32f33p-2
 *     0.6003 ulp  dyt_grad_alpha(0x1.66a9a05b187bp+9)
 *                 got 0x0.615720571a75ep-1022 want 0x0.615720571a75fp-1022 */
INLINE Dual dyt(V x, V alpha)
{
    Dyt f = dyt_of(x, alpha);
    return (Dual){.y = dyt_y(f), .dx = dyt_dx(alpha, f), .dp = dyt_dalpha(x, f)};
}

/* alpha^2 tanh''(z)
 *
 * Largest errors in float32:
 *     0.7432 ulp  dyt_grad_grad(0x1.62cd2p+6)
 *                 got -0x1.05d4b8p-127 want -0x1.05d4bcp-127
 * Largest errors in float64:
 *     0.6126 ulp  dyt_grad_grad(0x1.b231f88fb4839p-3)
 *                 got -0x1.abc05f5a36a46p-5 want -0x1.abc05f5a36a45p-5 */
INLINE Derivative dyt_grad_grad(V x, V alpha)
{
    return dyt_d2(x, alpha);
}

/* ---- lisht ---- */

/* x tanh(x);  tanh(x) + x (1 - tanh(x)^2)
 *
 * Largest errors in float32:
 *     0.5809 ulp  lisht(0x1.bb2b24p-14) got 0x1.7f972cp-27 want 0x1.7f972ap-27
 *     0.5802 ulp  lisht_grad(0x1.efb06ep-12) got 0x1.efb068p-11 want 0x1.efb06ap-11 */
INLINE Dual lisht(V x)
{
    return (Dual){.y = lisht_y(x), .dx = lisht_dx(x)};
}

/* (x tanh(x))'' = 4 silu''(2x), since x tanh(x) = silu(2x) - x
 *
 * Largest errors in float32:
 *     0.7409 ulp  lisht_grad_grad(-0x1.76264ep+5)
 *                 got -0x1.7c207p-127 want -0x1.7c206cp-127
 * Largest errors in float64:
 *     0.5668 ulp  lisht_grad_grad(-0x1.5cdfb9dc15227p-13)
 *                 got 0x1.fffffe248efcp+0 want 0x1.fffffe248efc1p+0 */
INLINE Derivative lisht_grad_grad(V x)
{
    return lisht_d2(x);
}

/* ---- log_cosh ---- */

/* log(cosh(x));  tanh(x)
 *
 * Largest errors in float32:
 *     0.7270 ulp  log_cosh(0x1.2a3234p-63) got 0x1.5b58e8p-127 want 0x1.5b58ecp-127
 *     0.5638 ulp  log_cosh_grad(-0x1.eff82ep-3)
 *                 got -0x1.e67efp-3 want -0x1.e67eeep-3 */
INLINE Dual log_cosh(V x)
{
    return (Dual){.y = log_cosh_of(x), .dx = log_cosh_dx(x)};
}

/* 1 - tanh(x)^2
 *
 * Largest errors in float32:
 *     0.7475 ulp  log_cosh_grad_grad(-0x1.64a5ap+5)
 *                 got 0x1.4a1bb8p-127 want 0x1.4a1bb4p-127
 * Largest errors in float64:
 *     0.5304 ulp  log_cosh_grad_grad(-0x1.e5be32b6d1aecp+0)
 *                 got 0x1.60622b8ff471cp-4 want 0x1.60622b8ff471bp-4 */
INLINE Derivative log_cosh_grad_grad(V x)
{
    return log_cosh_d2(x);
}

/* ---- tanh_exp ---- */

/* x tanh(v), v = e^x;  tanh(v) + x v (1 - tanh(v)^2)
 *
 * Largest errors in float32:
 *     0.7500 ulp  tanh_exp(-0x1.718558p+6) got -0x1.3113bp-127 want -0x1.3113acp-127
 *     0.7538 ulp  tanh_exp_grad(-0x1.6feb84p+6)
 *                 got -0x1.c052ap-127 want -0x1.c0529cp-127
 * Largest errors in float64:
 *     0.5125 ulp  tanh_exp(-0x1.1e761f811cf99p+2)
 *                 got -0x1.a13a34583b40ep-5 want -0x1.a13a34583b40fp-5
 *     0.5989 ulp  tanh_exp_grad(-0x1.5375b762e150ep+6)
 *                 got -0x1.f08834f3da8fcp-117 want -0x1.f08834f3da8fbp-117 */
INLINE Dual tanh_exp(V x)
{
    return (Dual){.y = tanh_exp_of(x), .dx = tanh_exp_deriv(x)};
}

#endif
