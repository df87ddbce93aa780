/* The normal distribution: its function, also shifted and scaled, erf, and its density. */
#ifndef FA_KERNELS_NORMAL_H
#define FA_KERNELS_NORMAL_H

#include "../math/normal.h"

/* ---- erf ---- */

/* erf(x);  2/sqrt(pi) e^(-x^2)
 *
 * Largest errors in float32:
 *     0.7496 ulp  erf(-0x1.60e75p-127) got -0x1.8e358p-127 want -0x1.8e3584p-127
 *     0.7513 ulp  erf_grad(-0x1.2c28fep+3) got 0x1.2e3a1p-127 want 0x1.2e3a14p-127
 * Largest errors in float64:
 *     0.5224 ulp  erf(-0x1.21cff16b53dap-1)
 *                 got -0x1.27356891b4388p-1 want -0x1.27356891b4387p-1
 *     0.5151 ulp  erf_grad(0x1.5fc17772247a7p-1)
 *                 got 0x1.685c6c620bdc8p-1 want 0x1.685c6c620bdc7p-1 */
INLINE Dual erf_(V x)
{
    return (Dual){.y = erf_y(x), .dx = erf_dx(x)};
}

/* -4/sqrt(pi) x e^(-x^2)
 *
 * Largest errors in float32:
 *     0.7498 ulp  erf_grad_grad(0x1.a4ef5p-128)
 *                 got -0x1.daf96p-127 want -0x1.daf95cp-127
 * Largest errors in float64:
 *     0.5524 ulp  erf_grad_grad(0x1.0ae9760f1cea2p+0)
 *                 got -0x1.963bdbc3cfb32p-1 want -0x1.963bdbc3cfb31p-1 */
INLINE Derivative erf_grad_grad(V x)
{
    return erf_d2(x);
}

/* ---- ndtr ---- */

/* Phi(x);  phi(x)
 *
 * Largest errors in float32:
 *     0.7011 ulp  ndtr(-0x1.9ec42ep+3) got 0x1.b8c4fp-127 want 0x1.b8c4f4p-127
 *     0.7336 ulp  ndtr_grad(-0x1.a4fa4ep+3) got 0x1.c79a3p-127 want 0x1.c79a2cp-127
 * Largest errors in float64:
 *     0.6279 ulp  ndtr(-0x1.5ab4763a9c48cp+4)
 *                 got 0x1.70b24a6f65382p-345 want 0x1.70b24a6f65381p-345
 *     0.5121 ulp  ndtr_grad(-0x1.e0dfc4f3d1bc9p-2)
 *                 got 0x1.6dddea8547408p-2 want 0x1.6dddea8547409p-2 */
INLINE Dual ndtr(V x)
{
    return (Dual){.y = ndtr_y(x), .dx = ndtr_dx(x)};
}

/* -x phi(x)
 *
 * Largest errors in float32:
 *     0.7577 ulp  ndtr_grad_grad(-0x1.abd3a4p+3)
 *                 got 0x1.646288p-127 want 0x1.646284p-127
 * Largest errors in float64:
 *     0.5673 ulp  ndtr_grad_grad(0x1.66811725678p+0)
 *                 got -0x1.ad2dbce975bcap-3 want -0x1.ad2dbce975bcbp-3 */
INLINE Derivative ndtr_grad_grad(V x)
{
    return ndtr_d2(x);
}

/* ---- laplace ---- */

/* Phi(u);  phi(u)/sigma
 *
 * Largest errors in float32:
 *     0.7434 ulp  laplace(-0x1.794afcp+1) got 0x1.dbb908p-127 want 0x1.dbb904p-127
 *     0.7383 ulp  laplace_grad(-0x1.858742p+1)
 *                 got 0x1.014e1p-127 want 0x1.014e14p-127
 * Largest errors in float64:
 *     0.6573 ulp  laplace(-0x1.165bbd1f084f3p+2)
 *                 got 0x1.ac164eac20e52p-238 want 0x1.ac164eac20e51p-238
 *     0.5369 ulp  laplace_grad(-0x1.2815a6ee2ad59p+1)
 *                 got 0x1.c150c212c70cap-83 want 0x1.c150c212c70cbp-83 */
INLINE Dual laplace(V x, V mu, V sigma)
{
    return (Dual){.y = laplace_y(x, mu, sigma), .dx = laplace_dx(x, mu, sigma)};
}

/* -u phi(u)/sigma^2
 *
 * Largest errors in float32:
 *     0.7529 ulp  laplace_grad_grad(-0x1.8e1d88p+1)
 *                 got 0x1.fc401p-127 want 0x1.fc400cp-127
 * Largest errors in float64:
 *     0.5326 ulp  laplace_grad_grad(-0x1.a6be330636a41p+0)
 *                 got 0x1.f51b5e59fd4f2p-46 want 0x1.f51b5e59fd4f3p-46 */
INLINE Derivative laplace_grad_grad(V x, V mu, V sigma)
{
    return laplace_d2(x, mu, sigma);
}

/* ---- gaussian ---- */

/* e^(-u^2/2);  -u/sigma e^(-u^2/2)
 *
 * Largest errors in float32:
 *     0.7366 ulp  gaussian(0x1.a72756p+3) got 0x1.d1c728p-127 want 0x1.d1c724p-127
 *     0.7138 ulp  gaussian_grad(-0x1.ae521p+3)
 *                 got 0x1.3c04dp-127 want 0x1.3c04d4p-127
 * Largest errors in float64:
 *     0.5240 ulp  gaussian(0x1.a69353a32137ep+2)
 *                 got 0x1.77528ca3ea17cp-32 want 0x1.77528ca3ea17bp-32
 *     0.5105 ulp  gaussian_grad(-0x1.76694aba524c7p+2)
 *                 got 0x1.d0de02f546b2cp-23 want 0x1.d0de02f546b2dp-23 */
INLINE Dual gaussian(V x, V sigma)
{
    return (Dual){.y = gaussian_y(x, sigma), .dx = gaussian_dx(x, sigma)};
}

/* (u^2 - 1)/sigma^2 e^(-u^2/2), where u^2 - 1 = (x - sigma)/sigma (x + sigma)/sigma
 *
 * Largest errors in float32:
 *     0.7390 ulp  gaussian_grad_grad(-0x1.b4657cp+3)
 *                 got 0x1.4c4388p-127 want 0x1.4c438cp-127 */
INLINE Derivative gaussian_grad_grad(V x, V sigma)
{
    return gaussian_d2(x, sigma);
}

#endif
