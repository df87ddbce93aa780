/* The normal distribution: its function, also shifted and scaled, erf, and its density. */
#ifndef FA_KERNELS_NORMAL_H
#define FA_KERNELS_NORMAL_H

#include "../math/normal.h"

/* ---- erf ---- */

/* erf(x);  2/sqrt(pi) e^(-x^2) */
INLINE Dual erf_(V x)
{
    V bounded = clamped(x, NORMAL_TAIL_ZERO);
    Derivative e = exp_minus(two_product(bounded, bounded));
    return (Dual){.y = erf_of(x), .dx = pair_times_deriv(PAIR_CONSTANT(ERF_SLOPE), e)};
}

/* -4/sqrt(pi) x e^(-x^2) */
INLINE Derivative erf_grad_grad(V x)
{
    V bounded = clamped(x, NORMAL_TAIL_ZERO);
    Derivative e = exp_minus(two_product(bounded, bounded));
    Pair minus_slope = {v_set(-2 * ERF_SLOPE_HIGH), v_set(-2 * ERF_SLOPE_LOW)};
    return times_argument(minus_slope, to_pair(bounded), e);
}

/* ---- ndtr ---- */

/* Phi(x);  phi(x) */
INLINE Dual ndtr(V x)
{
    Pair u = to_pair(clamped(x, NORMAL_TAIL_ZERO));
    Derivative e = exp_minus(half_square(u));
    return (Dual){
        .y = normal_of(to_pair(x)),
        .dx = pair_times_deriv(PAIR_CONSTANT(NORMAL_DENSITY_0), e),
    };
}

/* -x phi(x) */
INLINE Derivative ndtr_grad_grad(V x)
{
    Pair u = to_pair(clamped(x, NORMAL_TAIL_ZERO));
    Pair minus = {v_set(-NORMAL_DENSITY_0_HIGH), v_set(-NORMAL_DENSITY_0_LOW)};
    return times_argument(minus, u, exp_minus(half_square(u)));
}

/* ---- laplace ---- */

/* u = (x - mu)/sigma as a pair, clamped where phi(u) is 0; `inverse` is 1/sigma. */
INLINE Pair laplace_argument(V x, V mu, V sigma, Pair inverse)
{
    V most = v_set(T_MAX / 2), end = v_mul(v_set(NORMAL_TAIL_ZERO), v_abs(sigma));
    V finite = v_max(v_sub(v_set(0), most), v_min(most, x));
    Pair d = two_sum(finite, v_sub(v_set(0), mu));
    M beyond = v_lt(end, v_abs(d.hi));
    d.hi = v_select(beyond, v_copysign(end, d.hi), d.hi);
    d.lo = v_select(beyond, v_set(0), d.lo);
    return pair_product(d, inverse);
}

/* Phi(u);  phi(u)/sigma */
INLINE Dual laplace(V x, V mu, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    Pair u = laplace_argument(x, mu, sigma, inverse);
    Pair density = pair_product(inverse, PAIR_CONSTANT(NORMAL_DENSITY_0));
    return (Dual){
        .y = normal_of(u),
        .dx = deriv_large(pair_times_d2(density, exp_minus(half_square(u)))),
    };
}

/* -u phi(u)/sigma^2 */
INLINE Derivative laplace_grad_grad(V x, V mu, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    Pair u = laplace_argument(x, mu, sigma, inverse);
    Pair minus = {v_set(-NORMAL_DENSITY_0_HIGH), v_set(-NORMAL_DENSITY_0_LOW)};
    minus = pair_product(minus, pair_product(inverse, inverse));
    return times_argument(minus, u, exp_minus(half_square(u)));
}

/* ---- gaussian ---- */

/* u = x/sigma as a pair, clamped where e^(-u^2/2) is 0; `inverse` is 1/sigma. */
INLINE V gaussian_bounded(V x, V sigma)
{
    V end = v_mul(v_set(NORMAL_TAIL_ZERO), v_abs(sigma));
    return v_max(v_sub(v_set(0), end), v_min(end, x));
}

/* e^(-u^2/2);  -u/sigma e^(-u^2/2) */
INLINE Dual gaussian(V x, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    V bounded = gaussian_bounded(x, sigma);
    Derivative e = exp_minus(half_square(times_pair(bounded, inverse)));
    Pair square = pair_product(inverse, inverse);
    Pair minus = {v_sub(v_set(0), square.hi), v_sub(v_set(0), square.lo)};
    return (Dual){
        .y = deriv_value(e),
        .dx = deriv_large(times_argument(minus, to_pair(bounded), e)),
    };
}

/* (u^2 - 1)/sigma^2 e^(-u^2/2), where u^2 - 1 = (x - sigma)/sigma (x + sigma)/sigma */
INLINE Derivative gaussian_grad_grad(V x, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    V bounded = gaussian_bounded(x, sigma);
    Pair below = two_sum(bounded, v_sub(v_set(0), sigma)),
         above = two_sum(bounded, sigma);
    Pair factor =
        pair_product(pair_product(below, inverse), pair_product(above, inverse));
    factor = pair_product(factor, pair_product(inverse, inverse));
    return pair_times_d2(factor, exp_minus(half_square(times_pair(bounded, inverse))));
}

#endif
