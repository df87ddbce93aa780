/* The elu family: x above 0, a scaled e^x - 1 below. */
#ifndef FA_KERNELS_ELU_H
#define FA_KERNELS_ELU_H

#include "../math/curve.h"
#include "../math/falling.h"
#include "../math/slope.h"

/* x, or alpha (e^x - 1);  1, or alpha e^x
 * 0.818 ulp at -0.2864157 */
INLINE Dual elu(V x, V alpha)
{
    M positive = v_lt(v_set(0), x);
    V z = v_min(v_set(0), x);
    Pair e = falling(z);
    return (Dual){
        .y = v_select(v_le(v_set(0), x), x, falling_by(alpha, z, e)),
        .dx = slope_large(slope_either(
            positive, v_set(1), slope_scaled(single(alpha), exp_slope(single(z))))),
        .dp = slope_pair(v_select(positive, v_set(0), e.hi),
                         v_select(positive, v_set(0), e.lo)),
    };
}

/* 1, or y + alpha = alpha e^x, by y = f(x): no exponential. For alpha >= 0, where y tells
 * the two branches apart. */
INLINE Slope elu_from_output(V y, V alpha)
{
    M positive = v_lt(v_set(0), y);
    Pair below = pair_bounded(two_sum(y, alpha));
    return (Slope){
        SLOPE_LARGE,
        .hi = v_select(positive, v_set(1), below.hi),
        .lo = v_select(positive, v_set(0), below.lo),
    };
}

/* lambda x, or lambda alpha (e^x - 1), with both words of the constants */
INLINE Dual selu(V x)
{
    M positive = v_lt(v_set(0), x);
    V z = v_min(v_set(0), x);
    Pair scale = {v_set(SELU_SCALE), v_set(SELU_SCALE_LOW)};
    Pair depth = {v_set(SELU_DEPTH), v_set(SELU_DEPTH_LOW)};
    Slope dx = slope_scaled(depth, exp_slope(single(z)));
    dx = slope_either(positive, scale.hi, dx);
    dx.lo = v_select(positive, scale.lo, dx.lo);
    V above = slope_times(v_max(v_set(0), x), slope_pair(scale.hi, scale.lo));
    return (Dual){
        .y = v_select(positive, above, falling_by_depth(z)),
        .dx = dx,
    };
}

/* alpha, but no smaller than a normal number */
INLINE V celu_divisor(V alpha)
{
    if (v_is_known_one(alpha)) return alpha;
    V least = v_set(C(0x1p-126, 0x1p-1022));
    V divisor = v_copysign(v_max(least, v_abs(alpha)), alpha);
    return v_select(v_is_nan(alpha), alpha, divisor);
}

/* min(x, 0)/alpha by the inverse of the divisor */
INLINE Pair celu_exponent(V below_zero, V inverse, V divisor)
{
    Pair z = saturating_product(below_zero, inverse, DECAY_END);
    if (v_is_known_one(inverse)) return z;
    z.lo = v_fma(z.hi, v_fnma(inverse, divisor, v_set(1)), z.lo);
    return z;
}

INLINE Slope celu_growth(Pair z)
{
    return exp_slope((Pair){v_min(v_set(EXPM1_END), z.hi), z.lo});
}

/* max(x, 0) + alpha (e^z - 1) at z = min(x, 0)/alpha;  e^z;  (1 - z) e^z - 1
 *
 * A negative alpha is taken at its word; alpha = 0 is the limit, relu. */
INLINE Dual celu(V x, V alpha)
{
    M positive = v_le(v_set(0), x);
    V divisor = celu_divisor(alpha), inverse = v_div(v_set(1), divisor);
    V below_zero = v_min(v_set(0), x);
    Pair z = celu_exponent(below_zero, inverse, divisor);

    M over = v_lt(v_set(EXPM1_END), z.hi);
    Pair e = v_is_known_one(alpha) ? falling(below_zero) : expm1_of(z);

    /* The parameter's derivative is (e^z - 1)(1 - z) - z, near 0 -z^2 Q(z). */
    Pair minus = {v_sub(v_set(0), z.hi), v_sub(v_set(0), z.lo)};
    Pair less = two_sum(v_set(1), minus.hi);
    less.lo = v_add(less.lo, minus.lo);
    Pair product = pair_product(e, less);
    Pair far = two_sum(product.hi, minus.hi);
    far.lo = v_add(far.lo, v_add(product.lo, minus.lo));
    /* A tiny z is taken lifted, and so is its square. */
    V curve = v_mul(z.hi, polynomial(z.hi, CELU_CURVE + 1, CELU_DEGREE - 1));
    Pair near = fast_two_sum(v_set(CELU_CURVE[0]), curve);
    M tiny = v_lt(v_abs(z.hi), v_set(C(0x1p-45, 0x1p-430)));
    V up = v_set(C(0x1p85, 0x1p555)), unit = v_set(1);
    M small = v_lt(v_abs(x), unit);
    Pair lifted = two_product(v_mul(v_max(v_set(-1), below_zero), up), inverse);
    lifted.lo = v_fma(lifted.hi, v_fnma(inverse, divisor, unit), lifted.lo);
    lifted.hi = v_select(small, lifted.hi, v_mul(z.hi, up));
    lifted.lo = v_select(small, lifted.lo, v_mul(z.lo, up));
    Pair from = {v_select(tiny, lifted.hi, z.hi), v_select(tiny, lifted.lo, z.lo)};
    near = pair_product(pair_product(near, from), from);
    M close = v_lt(v_abs(z.hi), v_set(0.25));
    V zero = v_set(0);
    far.hi =
        v_select(close, v_sub(zero, near.hi), v_select(over, v_set(-INFINITY), far.hi));
    far.lo = v_select(close, v_sub(zero, near.lo), v_select(over, zero, far.lo));
    V below = falling_by(alpha, below_zero, e);
    /* Where e^z - 1 is z in the format, alpha z is x. */
    M same = v_lt(v_abs(z.hi), v_set(C(0x1p-30, 0x1p-60)));
    if (!v_is_known_one(alpha)) below = v_select(same, x, below);
    return (Dual){
        .y = v_select(positive, x, below),
        .dx = slope_either(positive, v_set(1), celu_growth(z)),
        .dp = {SLOPE_LIFTED, v_select(positive, zero, far.hi),
               v_select(positive, zero, far.lo), tiny},
    };
}

/* ---- second derivatives ---- */

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

#endif
