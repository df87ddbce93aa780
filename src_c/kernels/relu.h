/* The piecewise linear family: relu and its variants, clips and shrinkage functions.
 *
 * Exact, or rounded once. Derivatives at the kinks are PyTorch's. Every form returns a
 * quiet NaN for NaN, which plain min, max and select would not. */
#ifndef FA_KERNELS_RELU_H
#define FA_KERNELS_RELU_H

#include "../math/derivative.h"
#include "../math/pair.h"

/* inside where low < x < high, else 0 */
INLINE Derivative deriv_between(V x, V low, V high, V inside)
{
    M between = v_and(v_lt(low, x), v_lt(x, high));
    return deriv_exact(propagate_nan(x, v_where(between, inside)));
}

/* max(x, 0); adding 0 makes +0 of -0. */
INLINE V rectified(V x) { return v_add(v_max(v_set(0), x), v_set(0)); }

INLINE Dual identity(V x)
{
    return (Dual){propagate_nan(x, x), deriv_exact(propagate_nan(x, v_set(1)))};
}

/* 0 for x < 0, else 1 */
INLINE Dual binary_step(V x)
{
    V y = v_unless(v_lt(x, v_set(0)), v_set(1));
    return (Dual){propagate_nan(x, y), deriv_exact(propagate_nan(x, v_set(0)))};
}

INLINE Dual relu(V x)
{
    V dx = v_where(v_lt(v_set(0), x), v_set(1));
    return (Dual){rectified(x), deriv_exact(propagate_nan(x, dx))};
}

/* x or negative_slope x; d/dnegative_slope = min(x, 0) */
INLINE Dual leaky_relu(V x, V negative_slope)
{
    M positive = v_lt(v_set(0), x);
    V negative = v_unless(positive, x);
    return (Dual){
        .y = v_select(positive, x, v_mul(negative_slope, negative)),
        .dx =
            deriv_exact(propagate_nan(x, v_select(positive, v_set(1), negative_slope))),
        .dp = {deriv_exact(propagate_nan(x, negative))},
    };
}

/* min(max(x, 0), 6) */
INLINE Dual relu6(V x)
{
    V six = v_set(6);
    return (Dual){
        .y = v_min(six, rectified(x)),
        .dx = deriv_between(x, v_set(0), six, v_set(1)),
    };
}

/* min(max(x, low), high), as numpy.clip */
INLINE Dual hard_tanh(V x, V low, V high)
{
    M no_bound = v_or(v_is_nan(low), v_is_nan(high));
    V one = v_add(v_set(1), v_where(no_bound, v_set(NAN)));
    return (Dual){
        .y = v_min(high, v_max(low, v_mul(x, one))),
        .dx = deriv_between(x, low, high, v_set(1)),
    };
}

#define SIXTH_HIGH C(0x1.555556p-3, 0x1.5555555555555p-3)
#define SIXTH_LOW C(-0x1.555556p-28, 0x1.5555555555555p-57)

/* (a + b)/6 as a pair for a whole a and |b| <= 2 a. Fast2Sum is exact even if |b| > a,
 * since a is then a multiple of an ulp of b. */
INLINE Pair sixth_of_sum(V a, V b)
{
    Pair sum = fast_two_sum(a, b);
    Pair product = two_product(sum.hi, v_set(SIXTH_HIGH));
    V low = v_fma(sum.lo, v_set(SIXTH_HIGH), product.lo);
    return (Pair){product.hi, v_fma(sum.hi, v_set(SIXTH_LOW), low)};
}

/* clip(x/6 + 1/2, 0, 1) = (x + 3)/6 between the kinks */
INLINE Dual hard_sigmoid(V x)
{
    M inside = v_lt(v_abs(x), v_set(3));
    Pair y = sixth_of_sum(v_set(3), clamped(x, 3));
    V dx = v_where(inside, v_set(SIXTH_HIGH));
    return (Dual){
        .y = v_add(y.hi, y.lo),
        .dx = deriv_pair(propagate_nan(x, dx), v_where(inside, v_set(SIXTH_LOW))),
    };
}

/* x clip(x/6 + 1/2, 0, 1);  (2x + 3)/6 between the kinks, 0 at -3 and 1 at 3
 *
 * Largest errors in float32:
 *     0.5001 ulp  hard_swish(0x1.bb67bp-24) got 0x1.bb67bp-25 want 0x1.bb67b2p-25 */
INLINE Dual hard_swish(V x)
{
    V three = v_set(3), bounded = clamped(x, 3);
    Pair gate = sixth_of_sum(three, bounded);
    V y = v_fma(bounded, gate.hi, v_mul(bounded, gate.lo));
    Pair deriv = sixth_of_sum(three, v_add(bounded, bounded));
    M above = v_le(three, x), outside = v_le(three, v_abs(x));
    V flat = v_where(above, v_set(1));
    return (Dual){
        .y = v_copysign(v_select(above, x, y), x),
        .dx =
            deriv_pair(v_select(outside, flat, deriv.hi), v_unless(outside, deriv.lo)),
    };
}

/* x where |x| > lambd, else 0 */
INLINE Dual hard_shrink(V x, V lambd)
{
    M keep = v_lt(lambd, v_abs(x));
    return (Dual){
        .y = propagate_nan(x, v_where(keep, x)),
        .dx = deriv_exact(propagate_nan(x, v_where(keep, v_set(1)))),
    };
}

/* sign(x) max(|x| - lambd, 0), where sign(0) = 0 */
INLINE Dual soft_shrink(V x, V lambd)
{
    M keep = v_lt(lambd, v_abs(x)), apart = v_lt(v_set(0), v_abs(x));
    V shift = v_select(v_lt(x, v_set(0)), v_sub(v_set(0), lambd), lambd);
    V y = v_where(v_and(keep, apart), v_sub(x, shift));
    return (Dual){
        .y = propagate_nan(x, y),
        .dx = deriv_exact(propagate_nan(x, v_where(keep, v_set(1)))),
    };
}

/* x + bias where x < -lambd, x - bias where x > lambd, else 0: also by a lambd of NaN. A NaN
 * of x is in none of the comparisons, and so in the sum. */
INLINE Dual shrink(V x, V lambd, V bias)
{
    V zero = v_set(0), end = v_select(v_is_nan(lambd), v_set(INFINITY), lambd);
    M not_left = v_le(v_sub(zero, end), x), flat = v_and(not_left, v_le(x, end));
    V shift = v_unless(flat, v_select(not_left, v_sub(zero, bias), bias));
    V dx = v_unless(flat, v_set(1));
    return (Dual){v_unless(flat, v_add(x, shift)), deriv_exact(propagate_nan(x, dx))};
}

/* x where x > theta, else value */
INLINE Dual threshold(V x, V theta, V value)
{
    M keep = v_lt(theta, x);
    return (Dual){
        .y = propagate_nan(x, v_select(keep, x, value)),
        .dx = deriv_exact(propagate_nan(x, v_where(keep, v_set(1)))),
    };
}

/* max(x, 0)^2 */
INLINE Dual squared_relu(V x)
{
    V r = rectified(x);
    return (Dual){v_mul(r, r), deriv_doubled(r)};
}

#endif
