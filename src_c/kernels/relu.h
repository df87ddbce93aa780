/* The piecewise linear family: relu and its kin, clips and shrinkers.
 *
 * Exact, or one rounding. Slopes at the kinks are PyTorch's. Every form returns NaN for
 * NaN, quiet, which plain min, max and select would not. */
#ifndef FA_KERNELS_RELU_H
#define FA_KERNELS_RELU_H

#include "../math/pair.h"
#include "../math/slope.h"

INLINE V zero(void) { return v_set(0); }
INLINE V one(void) { return v_set(1); }

/* Which side of a kink: yes where low < x < high. */
INLINE Slope slope_between(V x, V low, V high, V yes)
{
    M inside = v_and(v_lt(low, x), v_lt(x, high));
    return slope_exact(unless_nan(x, v_select(inside, yes, zero())));
}

/* max(x, 0), where relu(-0) = +0: hence the sum. */
INLINE V rectified(V x) { return v_add(v_max(zero(), x), zero()); }

INLINE Dual identity(V x)
{
    return (Dual){unless_nan(x, x), slope_exact(unless_nan(x, one()))};
}

/* 0 for x < 0, else 1 */
INLINE Dual binary_step(V x)
{
    V y = v_select(v_lt(x, zero()), zero(), one());
    return (Dual){unless_nan(x, y), slope_exact(unless_nan(x, zero()))};
}

INLINE Dual relu(V x)
{
    V dx = v_select(v_lt(zero(), x), one(), zero());
    return (Dual){rectified(x), slope_exact(unless_nan(x, dx))};
}

/* x or slope x; d/dslope = min(x, 0) */
INLINE Dual leaky_relu(V x, V slope)
{
    M positive = v_lt(zero(), x);
    V negative = v_select(positive, zero(), x);
    return (Dual){
        .y = v_select(positive, x, v_mul(slope, negative)),
        .dx = slope_exact(unless_nan(x, v_select(positive, one(), slope))),
        .dp = slope_exact(unless_nan(x, negative)),
    };
}

/* min(max(x, 0), 6) */
INLINE Dual relu6(V x)
{
    V six = v_set(6);
    return (Dual){
        .y = v_min(six, rectified(x)),
        .dx = slope_between(x, zero(), six, one()),
    };
}

/* min(max(x, low), high), as numpy.clip */
INLINE Dual hard_tanh(V x, V low, V high)
{
    V y = v_select(v_lt(x, low), low, x);
    y = v_select(v_lt(high, y), high, y);
    return (Dual){
        .y = unless_nan(low, unless_nan(high, unless_nan(x, y))),
        .dx = slope_between(x, low, high, one()),
    };
}

#define SIXTH_HIGH C(0x1.555556p-3, 0x1.5555555555555p-3)
#define SIXTH_LOW C(-0x1.555556p-28, 0x1.5555555555555p-57)

/* (a + b)/6 with both words of the sum and of 1/6, for a whole a and |b| <= 2 a. Dekker's sum
 * is exact also where b is the larger: then a has no bit below the last one of b. */
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
    V dx = v_select(inside, v_set(SIXTH_HIGH), zero());
    return (Dual){
        .y = v_add(y.hi, y.lo),
        .dx = slope_pair(unless_nan(x, dx), v_select(inside, v_set(SIXTH_LOW), zero())),
    };
}

/* x clip(x/6 + 1/2, 0, 1);  (2x + 3)/6 between the kinks, 0 at -3 and 1 at 3 */
INLINE Dual hard_swish(V x)
{
    V three = v_set(3), bounded = clamped(x, 3);
    Pair gate = sixth_of_sum(three, bounded);
    V y = v_fma(bounded, gate.hi, v_mul(bounded, gate.lo));
    Pair slope = sixth_of_sum(three, v_add(bounded, bounded));
    M above = v_le(three, x), outside = v_le(three, v_abs(x));
    V flat = v_select(above, one(), zero());
    return (Dual){
        .y = v_copysign(v_select(above, x, y), x),
        .dx = slope_pair(v_select(outside, flat, slope.hi),
                         v_select(outside, zero(), slope.lo)),
    };
}

/* x where |x| > lambd, else 0 */
INLINE Dual hard_shrink(V x, V lambd)
{
    M keep = v_lt(lambd, v_abs(x));
    return (Dual){
        .y = unless_nan(x, v_select(keep, x, zero())),
        .dx = slope_exact(unless_nan(x, v_select(keep, one(), zero()))),
    };
}

/* sign(x) max(|x| - lambd, 0) */
INLINE Dual soft_shrink(V x, V lambd)
{
    M keep = v_lt(lambd, v_abs(x));
    return (Dual){
        .y = unless_nan(x, v_select(keep, v_sub(x, v_copysign(lambd, x)), zero())),
        .dx = slope_exact(unless_nan(x, v_select(keep, one(), zero()))),
    };
}

/* x where x > theta, else value */
INLINE Dual threshold(V x, V theta, V value)
{
    M keep = v_lt(theta, x);
    return (Dual){
        .y = unless_nan(x, v_select(keep, x, value)),
        .dx = slope_exact(unless_nan(x, v_select(keep, one(), zero()))),
    };
}

/* max(x, 0)^2 */
INLINE Dual squared_relu(V x)
{
    V r = rectified(x);
    return (Dual){v_mul(r, r), slope_twice(r)};
}

#endif
