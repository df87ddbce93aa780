/* x - tanh(x) and its derivative tanh^2, both relative to their own size. */
#ifndef FA_TANH_SHRINK_H
#define FA_TANH_SHRINK_H

#include "pieces.h"
#include "slope.h"
#include "tables/tanh_shrink.h"
#include "tanh.h"

#if PRECISION == 32
/* x^3 times pieces; far out |x| - 1 */
INLINE V tanh_shrink_of(V x)
{
    V end = v_set(TANH_SHRINK_RATIO.last), t = v_min(end, v_abs(x));
    Pair ratio = inside_pieces(&TANH_SHRINK_RATIO, t);
    Pair factor = pair_product(two_product(t, t), ratio);
    V near = lifted_product(t, factor);
    V far = v_sub(v_abs(x), v_set(1));
    return v_copysign(v_select(v_lt(end, v_abs(x)), far, near), x);
}

INLINE Pair tanh_square(V t)
{
    V bounded = v_min(v_set(TANH_SQUARE_RATIO.last), t);
    Pair ratio = inside_pieces(&TANH_SQUARE_RATIO, bounded);
    return pair_product(two_product(bounded, bounded), ratio);
}
#else
/* tanh(t) as a pair, for t >= 0 */
INLINE Pair tanh_pair(V t)
{
    Fraction f = tanh_fraction(t);
    return pair_quotient(f.over, f.under);
}

/* below 1/2 by x^3 Q(x^2) */
INLINE V tanh_shrink_of(V x)
{
    V t = v_abs(x);
    Pair tanh = tanh_pair(t);
    Pair far = two_sum(t, v_sub(v_set(0), tanh.hi));
    V wide = v_add(far.hi, v_sub(far.lo, tanh.lo));

    /* The cube of a tiny t is taken lifted, to be rounded once. */
    V small = v_min(v_set(0.5), t);
    M tiny = v_lt(t, v_set(0x1p-30));
    V lifted = v_mul(small, v_select(tiny, v_set(0x1p340), v_set(1)));
    V unlift = v_select(tiny, v_set(0x1p-1020), v_set(1));
    V square = v_mul(small, small);
    V curve =
        v_mul(square, polynomial(square, TANH_SHRINK + 1, TANH_SHRINK_DEGREE - 1));
    Pair q = fast_two_sum(v_set(TANH_SHRINK[0]), curve);
    q.lo = v_add(q.lo, v_set(TANH_SHRINK_LOW));
    Pair cube = pair_product(pair_scaled(lifted, q), two_product(lifted, lifted));
    V near = v_mul(v_add(cube.hi, cube.lo), unlift);
    V y = v_select(v_lt(t, v_set(0.5)), near, wide);
    return v_copysign(v_select(v_lt(v_set(0x1p100), t), t, y), x);
}

INLINE Pair tanh_square(V t)
{
    Pair tanh = tanh_pair(t);
    Pair square = two_product(tanh.hi, tanh.hi);
    V twice = v_add(tanh.hi, tanh.hi);
    return (Pair){square.hi, v_fma(twice, tanh.lo, square.lo)};
}
#endif

/* tanh(t)^2; below the normal range it is the square of a lifted t. */
INLINE Slope tanh_square_slope(V t)
{
    Pair square = tanh_square(t);
    V end = v_set(C(0x1p-50, 0x1p-430));
    M deep = v_lt(t, end);
    if (v_any(deep)) {
        V lifted = v_mul(v_min(end, t), v_set(C(0x1p85, 0x1p555)));
        Pair tiny = two_product(lifted, lifted);
        square.hi = v_select(deep, tiny.hi, square.hi);
        square.lo = v_select(deep, tiny.lo, square.lo);
    }
    return (Slope){SLOPE_LIFTED, square.hi, square.lo, deep};
}

#endif
