/* Piecewise quadratic functions. */
#ifndef FA_KERNELS_QUADRATIC_H
#define FA_KERNELS_QUADRATIC_H

#include "../math/derivative.h"
#include "../math/inverse.h"
#include "../math/pair.h"
#include "../math/star_relu.h"

/* (x + 1)/2 as a pair, for x clamped to +-1 */
INLINE Pair half_of_next(V x)
{
    Pair sum = fast_two_sum(v_set(1), clamped(x, 1));
    return (Pair){v_mul(v_set(0.5), sum.hi), v_mul(v_set(0.5), sum.lo)};
}

/* 0, (x + 1)^2/4 or x, with kinks at -1 and 1;  0, (x + 1)/2 or 1
 *
 * Largest errors in float32:
 *     0.5001 ulp  sparse_plus(0x1p-25) got 0x1p-2 want 0x1.000002p-2 */
INLINE Dual sparse_plus(V x)
{
    Pair half = half_of_next(x);
    V square = v_fma(half.hi, half.hi, v_mul(v_add(half.hi, half.hi), half.lo));
    return (Dual){
        .y = v_select(v_lt(v_set(1), x), x, square),
        .dx = deriv_pair(half.hi, half.lo),
    };
}

/* min(max((x + 1)/2, 0), 1);  1/2 between the kinks */
INLINE Dual sparse_sigmoid(V x)
{
    V dx = v_where(v_lt(v_abs(x), v_set(1)), v_set(0.5));
    return (Dual){half_of_next(x).hi, deriv_exact(propagate_nan(x, dx))};
}

/* 0, (x + beta)^2/(4 beta) or x, with kinks at -beta and beta;
 * 0, r = (x + beta)/(2 beta) or 1. The value is r (x + beta)/2.
 *
 * Largest errors in float32:
 *     0.5001 ulp  smelu(0x1p-25) got 0x1p-2 want 0x1.000002p-2 */
INLINE Dual smelu(V x, V beta)
{
    V minus_beta = v_sub(v_set(0), beta);
    M below = v_le(x, minus_beta), above = v_le(beta, x);
    Pair sum = two_sum(v_max(minus_beta, v_min(beta, x)), beta);
    Pair ratio = pair_product(sum, pair_inverse(to_pair(v_add(beta, beta))));
    V low = v_fma(ratio.hi, sum.lo, v_mul(ratio.lo, sum.hi));
    V y = v_mul(v_set(0.5), v_fma(ratio.hi, sum.hi, low));
    V dx = v_unless(below, v_select(above, v_set(1), ratio.hi));
    return (Dual){
        .y = v_select(above, x, v_unless(below, y)),
        .dx = deriv_pair(dx, v_unless(v_or(below, above), ratio.lo)),
    };
}

/* scale max(x, 0)^2 + bias;  2 scale max(x, 0);  max(x, 0)^2;  1 */
INLINE Dual star_relu(V x, V scale, V bias)
{
    return (Dual){
        .y = star_relu_y(x, scale, bias),
        .dx = star_relu_dx(x, scale),
        .dp = {star_relu_dscale(x), deriv_exact(propagate_nan(x, v_set(1)))},
    };
}

/* x/2 min(max(x + 2, 0), 2);  x + 1 between the kinks, -1 at -2 as in timm */
INLINE Dual hard_mish(V x)
{
    V bounded = v_max(v_set(-2), v_min(v_set(0), x));
    Pair sum = fast_two_sum(v_set(2), bounded), slope = fast_two_sum(v_set(1), bounded);
    V half = v_set(0.5), low = v_mul(bounded, v_mul(half, sum.lo));
    V y = v_fma(bounded, v_mul(half, sum.hi), low);
    M below = v_lt(x, v_set(-2));
    return (Dual){
        .y = v_select(v_le(v_set(0), x), x, v_copysign(y, x)),
        .dx = deriv_pair(v_unless(below, slope.hi), slope.lo),
    };
}

#endif
