/* Two sigmoids' relatives: x/(1 + |x|) and x - tanh(x). */
#ifndef FA_KERNELS_SOFTSIGN_H
#define FA_KERNELS_SOFTSIGN_H

#include "../math/inverse.h"
#include "../math/logistic.h"
#include "../math/tables/tanh_shrink.h"

/* x/(1 + |x|);  1/(1 + |x|)^2. From 2^100 on nothing changes but the derivative, whose
 * divisor is scaled where its square would leave the normal range. */
INLINE Dual softsign(V x)
{
    V huge = v_set(C(0x1p100, 0x1p900));
    V t = v_abs(x);
    V bounded = v_min(huge, t);
    Pair divisor = positive_sum(v_set(1), bounded);

    M deep = v_lt(v_set(C(0x1p50, 0x1p430)), t);
    V finite = v_min(v_set(T_MAX), t);
    V scaled = v_mul(finite, v_set(C(0x1p-85, 0x1p-555))); /* its square lifts */
    Pair slope_divisor = {v_select(deep, scaled, divisor.hi),
                          v_select(deep, v_set(0), divisor.lo)};
    InverseSquare inverse = inverse_square(slope_divisor);
    V square = v_mul(inverse.y, inverse.y);
    square = v_select(v_lt(v_set(T_MAX), t), v_set(0), square);
    return (Dual){
        .y = v_copysign(quotient(v_copysign(bounded, x), divisor), x),
        .dx = {SLOPE_LIFTED, square, v_mul(square, inverse.error), deep},
    };
}

/* tanh(t) as a pair, for t >= 0: E/(E + 2), E = e^2t - 1 */
INLINE Pair tanh_pair(V t)
{
    V bounded = v_min(v_set(20), t);
    Pair e =
        expm1_positive(exp_reduce(1, v_add(bounded, bounded), v_set(EXP_ORIGIN(0.0))));
    Pair divisor = positive_sum(v_set(2), e.hi);
    divisor.lo = v_add(divisor.lo, e.lo);
    return pair_quotient(e, divisor);
}

/* x - tanh(x), below 1/2 by x^3 Q(x^2);  tanh^2 */
INLINE Dual tanh_shrink(V x)
{
    V t = v_abs(x);
    Pair tanh = tanh_pair(t);
    Pair far = two_sum(t, v_sub(v_set(0), tanh.hi));
    V wide = v_add(far.hi, v_sub(far.lo, tanh.lo));

    /* The cube of a tiny t is taken lifted, to be rounded once. */
    V small = v_min(v_set(0.5), t);
    M tiny = v_lt(t, v_set(C(0x1p-20, 0x1p-30)));
    V lifted = v_mul(small, v_select(tiny, v_set(C(0x1p40, 0x1p340)), v_set(1)));
    V unlift = v_select(tiny, v_set(C(0x1p-120, 0x1p-1020)), v_set(1));
    V square = v_mul(small, small);
    V curve =
        v_mul(square, polynomial(square, TANH_SHRINK + 1, TANH_SHRINK_DEGREE - 1));
    Pair q = fast_two_sum(v_set(TANH_SHRINK[0]), curve);
    q.lo = v_add(q.lo, v_set(TANH_SHRINK_LOW));
    Pair cube = pair_product(pair_scaled(lifted, q), two_product(lifted, lifted));
    V near = v_mul(v_add(cube.hi, cube.lo), unlift);
    V y = v_select(v_lt(t, v_set(0.5)), near, wide);
    y = v_select(v_lt(v_set(C(0x1p60, 0x1p100)), t), t, y);

    /* A derivative below the normal range is the square of a lifted t. */
    M deep = v_lt(t, v_set(C(0x1p-50, 0x1p-430)));
    V factor = v_select(deep, v_mul(small, v_set(C(0x1p85, 0x1p555))), tanh.hi);
    Pair product = two_product(factor, factor);
    V rest = v_mul(v_add(factor, factor), v_select(deep, v_set(0), tanh.lo));
    return (Dual){
        .y = v_copysign(y, x),
        .dx = {SLOPE_LIFTED, product.hi, v_add(product.lo, rest), deep},
    };
}

#endif
