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
 *     0.5223 ulp  snake(-0x1.953abbb59839p-1)
 *                 got -0x1.243f748463962p-2 want -0x1.243f748463961p-2
 *     0.5155 ulp  snake_grad_alpha(0x1.3efd0296bdcc5p-8)
 *                 got 0x1.8d77235b3afebp-16 want 0x1.8d77235b3afecp-16 */
INLINE Dual snake(V x, V alpha)
{
    Sine s = sine(x, alpha, 0);
    return (Dual){
        .y = snake_y(x, s, alpha, alpha),
        .dx = snake_dx(x, alpha, alpha),
        .dp = {snake_dalpha(x, s, alpha)},
    };
}

/* 2 alpha cos(2 alpha x)
 *
 * Largest errors in float32:
 *     0.5001 ulp  snake_grad_grad(0x1p-13) got 0x1.fffffep+0 want 0x1p+1
 * Largest errors in float64:
 *     0.5016 ulp  snake_grad_grad(-0x1.74951dfa1c1f7p+5)
 *                 got 0x1.ce833192caa8cp-1 want 0x1.ce833192caa8bp-1 */
INLINE Derivative snake_grad_grad(V x, V alpha) { return snake_d2(x, alpha, alpha); }

/* x + sin(alpha x)^2/beta;  1 + alpha/beta sin(2 alpha x);
 * x sin(2 alpha x)/beta;  -sin(alpha x)^2/beta^2
 *
 * Largest errors in float32:
 *     0.5001 ulp  snake_beta_grad(-0x1p-26) got 0x1.fffffep-1 want 0x1p+0
 * Largest errors in float64:
 *     0.5223 ulp  snake_beta(-0x1.953abbb59839p-1)
 *                 got -0x1.243f748463962p-2 want -0x1.243f748463961p-2
 *     0.6976 ulp  snake_beta_grad_alpha(-0x1.2d6ef8089a01ap-512)
 *                 got 0x0.b17711af28ee6p-1022 want 0x0.b17711af28ee7p-1022
 *     0.5066 ulp  snake_beta_grad_beta(0x1.6e898f53b097p+628)
 *                 got -0x1.f1d69148bf32p-1 want -0x1.f1d69148bf31fp-1 */
INLINE Dual snake_beta(V x, V alpha, V beta)
{
    Sine s = sine(x, alpha, 0);
    return (Dual){
        .y = snake_y(x, s, alpha, beta),
        .dx = snake_dx(x, alpha, beta),
        .dp = {snake_beta_dalpha(x, s, alpha, beta), snake_dbeta(x, s, alpha, beta)},
    };
}

/* 2 alpha^2/beta cos(2 alpha x)
 *
 * Largest errors in float32:
 *     0.5001 ulp  snake_beta_grad_grad(0x1p-13) got 0x1.fffffep+0 want 0x1p+1
 * Largest errors in float64:
 *     0.5016 ulp  snake_beta_grad_grad(-0x1.74951dfa1c1f7p+5)
 *                 got 0x1.ce833192caa8cp-1 want 0x1.ce833192caa8bp-1 */
INLINE Derivative snake_beta_grad_grad(V x, V alpha, V beta)
{
    return snake_d2(x, alpha, beta);
}

#endif
