/* Second derivatives, by the identities of math/curve.h. */
#ifndef FA_KERNELS_SECOND_H
#define FA_KERNELS_SECOND_H

#include "../math/curve.h"
#include "elu.h"
#include "relu.h"
#include "sigmoid.h"

/* a times a slope, of which a value is made: lifted where it is so small that a low word
 * would be rounded by itself */
INLINE Slope curve_scaled(Pair a, Slope s)
{
    M small = v_lt(v_abs(v_mul(a.hi, s.hi)), v_set(C(0x1p-90, 0x1p-900)));
    V lift = v_select(small, v_set(C(0x1p85, 0x1p555)), v_set(1));
    V keep = v_select(s.deep, v_set(1), lift);
    Slope product =
        slope_scaled((Pair){v_mul(a.hi, keep), v_mul(a.lo, keep)}, slope_by(keep, s));
    product.deep = v_or(product.deep, v_lt(v_set(1), keep));
    return product;
}

/* s'' as an odd function, whose sign is not that of x */
INLINE Slope against(V x, Slope s)
{
    return slope_by(v_mul(v_set(-1), v_copysign(v_set(1), x)), s);
}

INLINE Slope sigmoid_grad_grad(V x)
{
    return slope_by(v_set(0.125), against(x, logistic_curve(single(v_abs(x)))));
}

/* tanh(x) = 2 s(2x) - 1 */
INLINE Slope tanh_grad_grad(V x)
{
    V t = v_min(v_set(DECAY_END), v_abs(x));
    return against(x, logistic_curve(single(v_add(t, t))));
}

/* (x - tanh(x))'' */
INLINE Slope tanh_shrink_grad_grad(V x)
{
    return slope_by(v_set(-1), tanh_grad_grad(x));
}

/* beta s'(beta x) */
INLINE Slope softplus_grad_grad(V x, V beta)
{
    Pair z = saturating_product(x, beta, DECAY_END);
    return curve_scaled(single(beta), logistic_slope(pair_abs(z)));
}

INLINE Slope log_sigmoid_grad_grad(V x)
{
    return slope_by(v_set(-1), logistic_slope(single(v_abs(x))));
}

INLINE Slope silu_grad_grad(V x)
{
    V t = v_min(v_set(DECAY_END), v_abs(x));
    return silu_curve(DISTANCE(single(t), SILU_CURVE_ROOT));
}

/* beta (z s(z))'' at z = beta x */
INLINE Slope swish_grad_grad(V x, V beta)
{
    Pair t = pair_abs(saturating_product(x, beta, DECAY_END));
    return curve_scaled(single(beta), silu_curve(DISTANCE(t, SILU_CURVE_ROOT)));
}

/* The same for beta = 1.702, where the distance is taken in x: no product is exact enough. */
INLINE Slope quick_gelu_grad_grad(V x)
{
    Pair scale = PAIR_OF(QUICK_GELU),
         t = single(v_min(v_set(C(120.0, 870.0)), v_abs(x)));
    Pair d = pair_product(scale, DISTANCE(t, QUICK_GELU_CURVE_ROOT));
    return curve_scaled(scale, silu_curve(d));
}

INLINE Slope gelu_grad_grad(V x) { return gauss_curve(v_abs(x)); }
INLINE Slope gelu_tanh_grad_grad(V x) { return gelu_tanh_curve(v_abs(x)); }
INLINE Slope mish_grad_grad(V x) { return mish_curve(x); }

/* 0 where x > 0, else the slope itself: at the kink the left side's */
INLINE Slope left_of_kink(V x, Slope below)
{
    return slope_either(v_lt(v_set(0), x), v_set(0), below);
}

/* alpha e^x */
INLINE Slope elu_grad_grad(V x, V alpha)
{
    Slope growth = exp_slope(single(v_min(v_set(0), x)));
    return left_of_kink(x, curve_scaled(single(alpha), growth));
}

/* lambda alpha e^x */
INLINE Slope selu_grad_grad(V x)
{
    Slope growth = exp_slope(single(v_min(v_set(0), x)));
    Pair depth = {v_set(SELU_DEPTH), v_set(SELU_DEPTH_LOW)};
    return left_of_kink(x, curve_scaled(depth, growth));
}

/* e^(x/alpha) / alpha */
INLINE Slope celu_grad_grad(V x, V alpha)
{
    V divisor = celu_divisor(alpha), inverse = v_div(v_set(1), divisor);
    Pair z = celu_exponent(v_min(v_set(0), x), inverse, divisor);
    Pair factor = {inverse, v_mul(inverse, v_fnma(inverse, divisor, v_set(1)))};
    return left_of_kink(x, curve_scaled(factor, celu_growth(z)));
}

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
