/* The normal distribution: its function, also shifted and scaled, erf, and its density. */
#ifndef FA_KERNELS_NORMAL_H
#define FA_KERNELS_NORMAL_H

#include "../math/normal.h"

/* ---- erf ---- */

/* erf(x);  2/sqrt(pi) e^(-x^2)
 *
 * Largest errors in float32:
 *     0.7496 ulp  erf(-0x1.60e75p-127) got -0x1.8e358p-127 want -0x1.8e3584p-127
 *     0.5597 ulp  erf_grad(0x1.ffffeap-1) got 0x1.a91214p-2 want 0x1.a91216p-2
 * Largest errors in float64:
 *     0.7063 ulp  erf(-0x1.c205d3611e04dp-8)
 *                 got -0x1.fbc9cf7977443p-8 want -0x1.fbc9cf7977444p-8
 *     0.5691 ulp  erf_grad(-0x1.e3732ff779164p+2)
 *                 got 0x1.ce0e86051ce68p-83 want 0x1.ce0e86051ce69p-83 */
INLINE Dual erf_(V x) { return (Dual){.y = erf_y(x), .dx = erf_dx(x)}; }

/* -4/sqrt(pi) x e^(-x^2)
 *
 * Largest errors in float32:
 *     0.5635 ulp  erf_grad_grad(0x1.1ae09cp-1)
 *                 got -0x1.d67384p-1 want -0x1.d67386p-1
 * Largest errors in float64:
 *     0.6099 ulp  erf_grad_grad(0x1.ab4e2be9bf24cp+4)
 *                 got -0x0.795c28f70a964p-1022 want -0x0.795c28f70a963p-1022 */
INLINE Derivative erf_grad_grad(V x) { return erf_d2(x); }

/* ---- ndtr ---- */

/* Phi(x);  phi(x)
 *
 * Largest errors in float32:
 *     0.7011 ulp  ndtr(-0x1.9ec42ep+3) got 0x1.b8c4fp-127 want 0x1.b8c4f4p-127
 *     0.5486 ulp  ndtr_grad(0x1.8875p+3) got 0x1.20e948p-110 want 0x1.20e946p-110
 * Largest errors in float64:
 *     0.5840 ulp  ndtr(-0x1.9eb0b2ee64e81p+4)
 *                 got 0x1.5464d868e6adp-491 want 0x1.5464d868e6acfp-491
 *     0.5863 ulp  ndtr_grad(-0x1.2a25bc0cafb1bp-2)
 *                 got 0x1.87901e4408c08p-2 want 0x1.87901e4408c09p-2 */
INLINE Dual ndtr(V x) { return (Dual){.y = ndtr_y(x), .dx = ndtr_dx(x)}; }

/* -x phi(x)
 *
 * Largest errors in float32:
 *     0.5700 ulp  ndtr_grad_grad(0x1.9cb8dep+1)
 *                 got -0x1.d1d32cp-8 want -0x1.d1d32ap-8
 * Largest errors in float64:
 *     0.5992 ulp  ndtr_grad_grad(0x1.be68bcf837259p-1)
 *                 got -0x1.e71c8e147a88cp-3 want -0x1.e71c8e147a88dp-3 */
INLINE Derivative ndtr_grad_grad(V x) { return ndtr_d2(x); }

/* ---- laplace ---- */

/* Phi(u);  phi(u)/sigma
 *
 * Largest errors in float32:
 *     0.7615 ulp  laplace(-0x1.7ae98ap+1) got 0x1.08e8f8p-127 want 0x1.08e8f4p-127
 *     0.5390 ulp  laplace_grad(0x1.4eeaa4p-9) got 0x1.000f6cp-4 want 0x1.000f6ap-4
 * Largest errors in float64:
 *     0.5594 ulp  laplace(-0x1.ffffffffffffdp+0)
 *                 got 0x1.f439e32e5fe2cp-72 want 0x1.f439e32e5fe2bp-72
 *     0.5943 ulp  laplace_grad(-0x1.1dd41c7422857p-2)
 *                 got 0x1.9b07ae86da8f2p-9 want 0x1.9b07ae86da8f1p-9 */
INLINE Dual laplace(V x, V mu, V sigma)
{
    return (Dual){.y = laplace_y(x, mu, sigma), .dx = laplace_dx(x, mu, sigma)};
}

/* -u phi(u)/sigma^2
 *
 * Largest errors in float32:
 *     0.5632 ulp  laplace_grad_grad(-0x1.94fe76p+0)
 *                 got 0x1.cc6a64p-43 want 0x1.cc6a62p-43
 * Largest errors in float64:
 *     0.6523 ulp  laplace_grad_grad(-0x1.9ad5217251ba4p-7)
 *                 got 0x1.f9c59da9cbec8p-2 want 0x1.f9c59da9cbec7p-2 */
INLINE Derivative laplace_grad_grad(V x, V mu, V sigma)
{
    return laplace_d2(x, mu, sigma);
}

/* ---- gaussian ---- */

/* e^(-u^2/2);  -u/sigma e^(-u^2/2)
 *
 * Largest errors in float32:
 *     0.7366 ulp  gaussian(0x1.a72756p+3) got 0x1.d1c728p-127 want 0x1.d1c724p-127
 *     0.5645 ulp  gaussian_grad(-0x1.3d1df6p+1) got 0x1.d79122p-4 want 0x1.d79124p-4
 * Largest errors in float64:
 *     0.5753 ulp  gaussian(-0x1.fa62118cea5afp-2)
 *                 got 0x1.c51291295ce94p-1 want 0x1.c51291295ce93p-1
 *     0.5663 ulp  gaussian_grad(-0x1.5286231e4c97cp-2)
 *                 got 0x1.4085909a10114p-2 want 0x1.4085909a10115p-2 */
INLINE Dual gaussian(V x, V sigma)
{
    return (Dual){.y = gaussian_y(x, sigma), .dx = gaussian_dx(x, sigma)};
}

/* (u^2 - 1)/sigma^2 e^(-u^2/2), where u^2 - 1 = (x - sigma)/sigma (x + sigma)/sigma
 *
 * Largest errors in float32:
 *     0.5545 ulp  gaussian_grad_grad(0x1.1b007ep+3)
 *                 got 0x1.ce1768p-51 want 0x1.ce176ap-51
 * Largest errors in float64:
 *     0.5784 ulp  gaussian_grad_grad(0x1.2ee876b7c7a6p+5)
 *                 got 0x0.505704fdf8956p-1022 want 0x0.505704fdf8955p-1022 */
INLINE Derivative gaussian_grad_grad(V x, V sigma) { return gaussian_d2(x, sigma); }

#endif
