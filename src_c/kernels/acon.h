/* Blends of two slopes. */
#ifndef FA_KERNELS_ACON_H
#define FA_KERNELS_ACON_H

#include "../math/blend.h"

/* (p1 - p2) x s(z) + p2 x;  p2 + (p1 - p2) silu'(z);
 * x silu'(z);  x silu'(-z);  (p1 - p2)^2 x^2 s'(z)
 *
 * Largest errors in float32:
 *     0.5001 ulp  acon_c(-0x1.fffffcp-25) got -0x1.fffffap-26 want -0x1.fffffcp-26
 *     0.5001 ulp  acon_c_grad(-0x1.4749c4p+0)
 *                 got -0x1.178e96p-20 want -0x1.178e94p-20
 *     0.5002 ulp  acon_c_grad_p1(-0x1.474956p+0)
 *                 got -0x1.0962bp-21 want -0x1.0962b2p-21
 *     0.5002 ulp  acon_c_grad_p2(0x1.474956p+0)
 *                 got 0x1.0962bp-21 want 0x1.0962b2p-21
 * Largest errors in float64:
 *     0.5699 ulp  acon_c(-0x1.5050011913221p+2)
 *                 got -0x1.bf410b2d1641ap-6 want -0x1.bf410b2d1641bp-6
 *     0.6022 ulp  acon_c_grad(-0x1.54c7f0ba5ae1ap-7)
 *                 got 0x1.faace6876478p-2 want 0x1.faace6876477fp-2
 *     0.5839 ulp  acon_c_grad_p1(-0x1.e5afcdbcaf266p+3)
 *                 got 0x1.ce47f76236cdfp-15 want 0x1.ce47f76236cep-15
 *     0.6250 ulp  acon_c_grad_p2(0x1.13eefeef26a08p+6)
 *                 got -0x1.983e61d205ba4p-88 want -0x1.983e61d205ba5p-88
 *     0.6409 ulp  acon_c_grad_beta(0x1.68ed3ad0d5d3fp+9)
 *                 got 0x0.beece4a52be8p-1022 want 0x0.beece4a52be81p-1022 */
INLINE Dual acon_c(V x, V p1, V p2, V beta)
{
    Blend f = acon_blend(x, p1, p2, beta);
    return (Dual){
        .y = blend_value(x, f),
        .dx = blend_deriv(f),
        .dp = {acon_deriv_slope(x, f, true), acon_deriv_slope(x, f, false),
               acon_deriv_beta(x, f)},
    };
}

/* beta (p1 - p2)^2 silu''(z)
 *
 * Largest errors in float32:
 *     0.5001 ulp  acon_c_grad_grad(0x1p-12) got 0x1.fffffep-2 want 0x1p-1
 * Largest errors in float64:
 *     0.6857 ulp  acon_c_grad_grad(-0x1.098431658d0abp-6)
 *                 got 0x1.ffeeca1ae60a8p-2 want 0x1.ffeeca1ae60a9p-2 */
INLINE Derivative acon_c_grad_grad(V x, V p1, V p2, V beta)
{
    return acon_d2(x, p1, p2, beta);
}

/* (alpha + tanh(beta x)) gamma x, slopes gamma (alpha + 1) and gamma (alpha - 1), z = 2 beta x
 *
 * Largest errors in float32:
 *     0.5001 ulp  aptx(-0x1.fffffcp-26) got -0x1.fffffap-27 want -0x1.fffffcp-27
 *     0.5001 ulp  aptx_grad(-0x1.4749c4p-1) got -0x1.178e96p-20 want -0x1.178e94p-20
 * Largest errors in float64:
 *     0.5790 ulp  aptx(-0x1.86757359dfe2ep+1)
 *                 got -0x1.bef82ad8324b8p-8 want -0x1.bef82ad8324b7p-8
 *     0.5937 ulp  aptx_grad(-0x1.3d89368cd92d9p-1)
 *                 got 0x1.16dc22c28a0f7p-7 want 0x1.16dc22c28a0f6p-7 */
INLINE Dual aptx(V x, V alpha, V beta, V gamma_)
{
    Blend f = aptx_blend(x, alpha, beta, gamma_);
    return (Dual){.y = blend_value(x, f), .dx = blend_deriv(f)};
}

/* 4 beta gamma silu''(z)
 *
 * Largest errors in float32:
 *     0.5001 ulp  aptx_grad_grad(0x1p-13) got 0x1.fffffep-1 want 0x1p+0
 * Largest errors in float64:
 *     0.6885 ulp  aptx_grad_grad(-0x1.0b6c2783c50b3p-8)
 *                 got 0x1.fffba299a2df2p-1 want 0x1.fffba299a2df3p-1 */
INLINE Derivative aptx_grad_grad(V x, V beta, V gamma_)
{
    return aptx_d2(x, beta, gamma_);
}

#endif
