/* Two sigmoids' relatives: x/(1 + |x|) and x - tanh(x). */
#ifndef FA_KERNELS_SOFTSIGN_H
#define FA_KERNELS_SOFTSIGN_H

#include "../math/curve.h"
#include "../math/inverse.h"
#include "../math/slope.h"
#include "../math/tanh_shrink.h"

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
    InversePower inverse = inverse_square(slope_divisor);
    V square = v_mul(inverse.y, inverse.y);
    square = v_select(v_lt(v_set(T_MAX), t), v_set(0), square);
    return (Dual){
        .y = v_copysign(quotient(v_copysign(bounded, x), divisor), x),
        .dx = {SLOPE_LIFTED, square, v_mul(square, inverse.error), deep},
    };
}

/* x - tanh(x);  tanh^2: 0.789 ulp at 3.2252947e-13; the derivative 0.878 at 0.022069575 */
INLINE Dual tanh_shrink(V x)
{
    return (Dual){.y = tanh_shrink_of(x), .dx = tanh_square_slope(v_abs(x))};
}

/* ---- second derivatives ---- */

/* (x - tanh(x))'' */
INLINE Slope tanh_shrink_grad_grad(V x) { return slope_by(v_set(-1), tanh_curve(x)); }

/* -2 sign(x) / (1 + |x|)^3; 0 at 0, where it jumps. From END on it is 0 in the format;
 * where its last product would leave the normal range, it is lifted. */
#define SOFTSIGN_CURVE_END C(0x1p60, 0x1p400)
INLINE Slope softsign_grad_grad(V x)
{
    V t = v_min(v_set(SOFTSIGN_CURVE_END), v_abs(x)), one = v_set(1);
    M deep = v_lt(v_set(C(0x1p25, 0x1p280)), t);
    Pair divisor = positive_sum(one, t);
    V y = inverse(divisor);
    V rest = v_mul(y, v_fnma(y, divisor.lo, v_fnma(y, divisor.hi, one)));
    V lift = v_select(deep, v_set(C(0x1p85, 0x1p555)), one);
    Pair lifted = {v_mul(y, lift), v_mul(rest, lift)};
    Pair cube = pair_product(pair_product(lifted, lifted), (Pair){y, rest});
    V sign = v_select(v_lt(v_set(0), t), v_set(2), v_set(0));
    return against(
        x,
        slope_by(unless_nan(x, sign), (Slope){SLOPE_LIFTED, cube.hi, cube.lo, deep}));
}

#endif
