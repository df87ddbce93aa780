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
 *     0.5449 ulp  acon_c(-0x1.474973c84120ep-1)
 *                 got -0x1.c434b82171ea8p-3 want -0x1.c434b82171ea9p-3
 *     0.5883 ulp  acon_c_grad(-0x1.4p+6)
 *                 got -0x1.d9d06c3501d1cp-110 want -0x1.d9d06c3501d1dp-110
 *     0.5781 ulp  acon_c_grad_p1(0x1.d5838c7cec526p-7)
 *                 got 0x1.dc3db3efbfd14p-8 want 0x1.dc3db3efbfd15p-8
 *     0.6146 ulp  acon_c_grad_p2(0x1.4f1d854cc1a26p+0)
 *                 got -0x1.17d8b82631a46p-7 want -0x1.17d8b82631a47p-7
 *     0.5708 ulp  acon_c_grad_beta(-0x1.658b8b64d30b9p+2)
 *                 got 0x1.db83feaf392b2p-4 want 0x1.db83feaf392b1p-4 */
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
 *     0.5752 ulp  aptx(-0x1.01760ec0509abp-4)
 *                 got -0x1.e2993aa1e04d8p-6 want -0x1.e2993aa1e04d7p-6
 *     0.5968 ulp  aptx_grad(-0x1.3ffffffffffffp-1)
 *                 got 0x1.9e21d46d55797p-8 want 0x1.9e21d46d55798p-8 */
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
