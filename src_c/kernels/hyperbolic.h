/* Functions of tanh and cosh. */
#ifndef FA_KERNELS_HYPERBOLIC_H
#define FA_KERNELS_HYPERBOLIC_H

#include "../math/hyperbolic.h"
#include "../math/tanh_exp.h"

/* ---- softcap ---- */

/* cap tanh(z), z = x/cap;  1 - tanh(z)^2
 *
 * Largest errors in float32:
 *     0.5422 ulp  softcap(-0x1.f9417ep-7) got -0x1.f9417ap-7 want -0x1.f9417cp-7
 *     0.5526 ulp  softcap_grad(-0x1.49c00cp+9) got 0x1.7be63p-62 want 0x1.7be632p-62
 * Largest errors in float64:
 *     0.5254 ulp  softcap(-0x1.6d1940a939829p-1)
 *                 got -0x1.6d07a78421824p-1 want -0x1.6d07a78421825p-1
 *     0.5694 ulp  softcap_grad(-0x1.cfca5f25a0ce2p+5)
 *                 got 0x1.4985b2409fc1p-4 want 0x1.4985b2409fc11p-4 */
INLINE Dual softcap(V x, V cap)
{
    return (Dual){.y = softcap_y(x, cap), .dx = softcap_dx(x, cap)};
}

/* tanh''(z)/cap
 *
 * Largest errors in float32:
 *     0.6804 ulp  softcap_grad_grad(-0x1.c056f8p-11)
 *                 got 0x1.fe1c6ap-20 want 0x1.fe1c68p-20
 * Largest errors in float64:
 *     0.7289 ulp  softcap_grad_grad(0x1.c693565f940bp-1015)
 *                 got -0x0.814d2e2faaadcp-1022 want -0x0.814d2e2faaaddp-1022 */
INLINE Derivative softcap_grad_grad(V x, V cap) { return softcap_d2(x, cap); }

/* ---- dyt ---- */

/* tanh(z), z = alpha x;  alpha (1 - tanh(z)^2);  x (1 - tanh(z)^2)
 *
 * Largest errors in float32:
 *     0.5424 ulp  dyt(-0x1.fc21f6p-5) got -0x1.fbf844p-6 want -0x1.fbf846p-6
 *     0.5516 ulp  dyt_grad(-0x1.941e28p+4) got 0x1.79c2b8p-36 want 0x1.79c2bap-36
 *     0.5657 ulp  dyt_grad_alpha(0x1.3fffe2p+3)
 *                 got 0x1.dc0402p-10 want 0x1.dc0404p-10
 * Largest errors in float64:
 *     0.5317 ulp  dyt(-0x1.1136a71f5f814p+0)
 *                 got -0x1.f3dbdfe6ed5e4p-2 want -0x1.f3dbdfe6ed5e5p-2
 *     0.5742 ulp  dyt_grad(0x1.2214dcc916741p-1)
 *                 got 0x1.d903c23164f5ap-2 want 0x1.d903c23164f5bp-2
 *     0.6006 ulp  dyt_grad_alpha(0x1.8b021b080590dp+3)
 *                 got 0x1.c3086683f5376p-13 want 0x1.c3086683f5375p-13 */
INLINE Dual dyt(V x, V alpha)
{
    Dyt f = dyt_of(x, alpha);
    return (Dual){.y = dyt_y(f), .dx = dyt_dx(alpha, f), .dp = {dyt_dalpha(x, f)}};
}

/* alpha^2 tanh''(z)
 *
 * Largest errors in float32:
 *     0.6783 ulp  dyt_grad_grad(0x1.fcab32p-9)
 *                 got -0x1.fcaa8cp-11 want -0x1.fcaa8ap-11
 * Largest errors in float64:
 *     0.6126 ulp  dyt_grad_grad(0x1.b231f88fb4839p-3)
 *                 got -0x1.abc05f5a36a46p-5 want -0x1.abc05f5a36a45p-5 */
INLINE Derivative dyt_grad_grad(V x, V alpha) { return dyt_d2(x, alpha); }

/* ---- lisht ---- */

/* x tanh(x);  tanh(x) + x (1 - tanh(x)^2)
 *
 * Largest errors in float32:
 *     0.5837 ulp  lisht(-0x1.5372acp-14) got 0x1.c218e8p-28 want 0x1.c218e6p-28
 *     0.6112 ulp  lisht_grad(-0x1.ed8f7ap-12)
 *                 got -0x1.ed8f74p-11 want -0x1.ed8f76p-11
 * Largest errors in float64:
 *     0.5213 ulp  lisht(0x1.5065a68ab27e6p-6)
 *                 got 0x1.b9fb1758de667p-12 want 0x1.b9fb1758de668p-12
 *     0.5040 ulp  lisht_grad(-0x1.86639097c7461p-8)
 *                 got -0x1.8661335fe6b4cp-7 want -0x1.8661335fe6b4bp-7 */
INLINE Dual lisht(V x) { return (Dual){.y = lisht_y(x), .dx = lisht_dx(x)}; }

/* (x tanh(x))'' = 4 silu''(2x), since x tanh(x) = silu(2x) - x
 *
 * Largest errors in float32:
 *     0.5001 ulp  lisht_grad_grad(0x1p-13) got 0x1.fffffep+0 want 0x1p+1
 * Largest errors in float64:
 *     0.6885 ulp  lisht_grad_grad(-0x1.0b6c2783c50b3p-8)
 *                 got 0x1.fffba299a2df2p+0 want 0x1.fffba299a2df3p+0 */
INLINE Derivative lisht_grad_grad(V x) { return lisht_d2(x); }

/* ---- log_cosh ---- */

/* log(cosh(x));  tanh(x)
 *
 * Largest errors in float32:
 *     0.7592 ulp  log_cosh(-0x1.616702p-63) got 0x1.e7dd4p-127 want 0x1.e7dd3cp-127
 *     0.5820 ulp  log_cosh_grad(-0x1.f1a01p-7)
 *                 got -0x1.f19644p-7 want -0x1.f19646p-7
 * Largest errors in float64:
 *     0.8270 ulp  log_cosh(-0x1.00a1e6c3fd832p-1)
 *                 got 0x1.ee545b8743e6ep-4 want 0x1.ee545b8743e6fp-4
 *     0.5132 ulp  log_cosh_grad(-0x1.2e7216db8b38p-6)
 *                 got -0x1.2e694bb8cc28fp-6 want -0x1.2e694bb8cc29p-6 */
INLINE Dual log_cosh(V x) { return (Dual){.y = log_cosh_of(x), .dx = log_cosh_dx(x)}; }

/* 1 - tanh(x)^2
 *
 * Largest errors in float32:
 *     0.5548 ulp  log_cosh_grad_grad(0x1.033bf8p+5)
 *                 got 0x1.6a4aa2p-92 want 0x1.6a4aap-92
 * Largest errors in float64:
 *     0.5861 ulp  log_cosh_grad_grad(0x1.af16d0217b3d3p-6)
 *                 got 0x1.ffa54cfd37db4p-1 want 0x1.ffa54cfd37db5p-1 */
INLINE Derivative log_cosh_grad_grad(V x) { return log_cosh_d2(x); }

/* ---- tanh_exp ---- */

/* x tanh(v), v = e^x;  tanh(v) + x v (1 - tanh(v)^2)
 *
 * Largest errors in float32:
 *     0.7528 ulp  tanh_exp(-0x1.d7c668p-127)
 *                 got -0x1.674d18p-127 want -0x1.674d14p-127
 *     0.8096 ulp  tanh_exp_grad(-0x1.9d3008p-1) got 0x1.f3023p-4 want 0x1.f30232p-4
 * Largest errors in float64:
 *     0.5396 ulp  tanh_exp(-0x1.72b53b1aed98fp+5)
 *                 got -0x1.9aaae381bb7aap-62 want -0x1.9aaae381bb7a9p-62
 *     0.5989 ulp  tanh_exp_grad(-0x1.5375b762e150ep+6)
 *                 got -0x1.f08834f3da8fcp-117 want -0x1.f08834f3da8fbp-117 */
INLINE Dual tanh_exp(V x)
{
    return (Dual){.y = tanh_exp_of(x), .dx = tanh_exp_deriv(x)};
}

#endif
