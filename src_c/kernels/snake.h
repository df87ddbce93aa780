/* Snakes: the identity plus a squared sine. */
#ifndef FA_KERNELS_SNAKE_H
#define FA_KERNELS_SNAKE_H

#include "../math/snake.h"

/* x + sin(alpha x)^2/alpha;  1 + sin(2 alpha x);
 * (x sin(2 alpha x) - sin(alpha x)^2/alpha)/alpha
 *
 * Largest errors in float32:
 *     0.5001 ulp  snake_grad(-0x1p-26) got 0x1.fffffep-1 want 0x1p+0
 * Largest errors in float64:
 *     0.5001 ulp  snake_grad(-0x1.ffffffffffffep-56)
 *                 got 0x1.fffffffffffffp-1 want 0x1p+0
 *     0.5059 ulp  snake_grad_alpha(0x1.b1272cd30fd7dp-4)
 *                 got 0x1.6a5c47bd53a69p-7 want 0x1.6a5c47bd53a68p-7 */
INLINE Dual snake(V x, V alpha)
{
    return (Dual){
        .y = snake_y(x, alpha, alpha),
        .dx = snake_dx(x, alpha, alpha),
        .dp = {snake_dalpha(x, alpha)},
    };
}

/* 2 alpha cos(2 alpha x)
 *
 * Largest errors in float64:
 *     0.5008 ulp  snake_grad_grad(0x1.9995cbe1470f1p+9)
 *                 got 0x1.430c092ef2069p-40 want 0x1.430c092ef2068p-40 */
INLINE Derivative snake_grad_grad(V x, V alpha) { return snake_d2(x, alpha, alpha); }

/* x + sin(alpha x)^2/beta;  1 + alpha/beta sin(2 alpha x);
 * x sin(2 alpha x)/beta;  -sin(alpha x)^2/beta^2
 *
 * Largest errors in float32:
 *     0.5001 ulp  snake_beta_grad(-0x1p-26) got 0x1.fffffep-1 want 0x1p+0
 * Largest errors in float64:
 *     0.5113 ulp  snake_beta_grad(0x1.2d595db70de7p+894)
 *                 got 0x1.ffb564fed80bp+0 want 0x1.ffb564fed80afp+0
 *     0.5070 ulp  snake_beta_grad_alpha(0x1.d7715c707ae7bp-7)
 *                 got 0x1.b209d47979135p-12 want 0x1.b209d47979134p-12
 *     0.5064 ulp  snake_beta_grad_beta(0x1.492ef29541023p+458)
 *                 got -0x1.ffd5f1fbeeb1bp-1 want -0x1.ffd5f1fbeeb1ap-1 */
INLINE Dual snake_beta(V x, V alpha, V beta)
{
    return (Dual){
        .y = snake_y(x, alpha, beta),
        .dx = snake_dx(x, alpha, beta),
        .dp = {snake_beta_dalpha(x, alpha, beta), snake_dbeta(x, alpha, beta)},
    };
}

/* 2 alpha^2/beta cos(2 alpha x)
 *
 * Largest errors in float64:
 *     0.5012 ulp  snake_beta_grad_grad(0x1.55c3c14d3ebdep+8)
 *                 got 0x1.d8bf57e65274dp-2 want 0x1.d8bf57e65274cp-2 */
INLINE Derivative snake_beta_grad_grad(V x, V alpha, V beta)
{
    return snake_d2(x, alpha, beta);
}

#endif
