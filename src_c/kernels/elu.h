/* The elu family: x for x > 0, a multiple of e^x - 1 for x <= 0. */
#ifndef FA_KERNELS_ELU_H
#define FA_KERNELS_ELU_H

#include "../math/derivative.h"
#include "../math/expm1_nonpositive.h"
#include "../math/second_derivative.h"
#include "../math/xielu.h"

/* x, or alpha (e^x - 1);  1, or alpha e^x
 *
 * Largest errors in float32:
 *     0.6839 ulp  elu(-0x1.23e958p-2) got -0x1.fbfb7cp-3 want -0x1.fbfb7ap-3
 *     0.7604 ulp  elu_grad(-0x1.5ee9e2p+6) got 0x1.5a0298p-127 want 0x1.5a029cp-127
 *     0.5945 ulp  elu_grad_alpha(-0x1.eacecp-6)
 *                 got -0x1.e3877p-6 want -0x1.e3876ep-6
 * Largest errors in float64:
 *     0.5057 ulp  elu(-0x1.a00641a9f1e54p-6)
 *                 got -0x1.9ac97857204fep-6 want -0x1.9ac97857204fdp-6
 *     0.6674 ulp  elu_grad(-0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022
 *     0.5057 ulp  elu_grad_alpha(-0x1.a00641a9f1e54p-6)
 *                 got -0x1.9ac97857204fep-6 want -0x1.9ac97857204fdp-6 */
INLINE Dual elu(V x, V alpha)
{
    M positive = v_lt(v_set(0), x);
    V z = v_min(v_set(0), x);
    Pair e = expm1_nonpositive(z);
    V y = v_select(v_le(v_set(0), x), x, times_expm1_nonpositive(alpha, z, e));
    Derivative below = pair_times_deriv(to_pair(alpha), exp_deriv(to_pair(z)));
    return (Dual){
        .y = y,
        .dx = deriv_large(deriv_select(positive, v_set(1), below)),
        .dp = {deriv_pair(v_unless(positive, e.hi), v_unless(positive, e.lo))},
    };
}

/* elu' as a function of y = f(x), without an exponential: 1, or y + alpha = alpha e^x.
 * For alpha >= 0, where the sign of y tells the two branches apart. */
INLINE Derivative elu_from_output(V y, V alpha)
{
    M positive = v_lt(v_set(0), y);
    Pair below = pair_finite_low(two_sum(y, alpha));
    return (Derivative){
        DERIV_LARGE,
        .hi = v_select(positive, v_set(1), below.hi),
        .lo = v_unless(positive, below.lo),
    };
}

/* lambda x, or lambda alpha (e^x - 1), with the constants as pairs
 *
 * Largest errors in float32:
 *     0.9916 ulp  selu(0x1.b6522p-126) got 0x1.cc8b4cp-126 want 0x1.cc8b4ap-126
 *     0.7462 ulp  selu_grad(-0x1.5ff45p+6) got 0x1.d4f5ap-127 want 0x1.d4f59cp-127
 * Largest errors in float64:
 *     0.7317 ulp  selu(0x1.66fae0c59014fp-1022)
 *                 got 0x1.792e3deafb067p-1022 want 0x1.792e3deafb068p-1022
 *     0.5802 ulp  selu_grad(-0x1.46901eb309e19p-1)
 *                 got 0x1.dbad61f70bdp-1 want 0x1.dbad61f70bd01p-1 */
INLINE Dual selu(V x)
{
    M positive = v_lt(v_set(0), x);
    V z = v_min(v_set(0), x);
    Pair lambda = {v_set(SELU_LAMBDA), v_set(SELU_LAMBDA_LOW)};
    Pair lambda_alpha = {v_set(SELU_LAMBDA_ALPHA), v_set(SELU_LAMBDA_ALPHA_LOW)};
    Derivative dx = pair_times_deriv(lambda_alpha, exp_deriv(to_pair(z)));
    dx = deriv_select(positive, lambda.hi, dx);
    dx.lo = v_select(positive, lambda.lo, dx.lo);
    V above = deriv_times(v_max(v_set(0), x), deriv_pair(lambda.hi, lambda.lo));
    return (Dual){
        .y = v_select(positive, above, selu_expm1_value(z)),
        .dx = dx,
    };
}

/* alpha, raised to the smallest normal number in magnitude */
INLINE V celu_divisor(V alpha)
{
    if (v_is_constant_one(alpha)) return alpha;
    V least = v_set(C(0x1p-126, 0x1p-1022));
    V divisor = v_copysign(v_max(least, v_abs(alpha)), alpha);
    return v_select(v_is_nan(alpha), alpha, divisor);
}

/* min(x, 0)/alpha as a pair, by the inverse of alpha */
INLINE Pair celu_exponent(V below_zero, V inverse, V divisor)
{
    Pair z = saturating_product(below_zero, inverse, EXP_NEG_END);
    if (v_is_constant_one(inverse)) return z;
    z.lo = v_fma(z.hi, v_fnma(inverse, divisor, v_set(1)), z.lo);
    return z;
}

/* e^z, clamped below overflow for a negative alpha */
INLINE Derivative celu_exp(Pair z)
{
    return exp_deriv((Pair){v_min(v_set(EXPM1_END), z.hi), z.lo});
}

/* max(x, 0) + alpha (e^z - 1) at z = min(x, 0)/alpha;  e^z;  (1 - z) e^z - 1
 *
 * The formula holds for a negative alpha, too; at alpha = 0 it has the limit relu.
 *
 * Largest errors in float32:
 *     0.6839 ulp  celu(-0x1.23e958p-2) got -0x1.fbfb7cp-3 want -0x1.fbfb7ap-3
 *     0.7105 ulp  celu_grad(-0x1.5f342cp+6) got 0x1.41cbf8p-127 want 0x1.41cbfcp-127
 *     0.7448 ulp  celu_grad_alpha(-0x1.23bb74p-63)
 *                 got -0x1.4c73bp-127 want -0x1.4c73b4p-127
 * Largest errors in float64:
 *     0.5057 ulp  celu(-0x1.a00641a9f1e54p-6)
 *                 got -0x1.9ac97857204fep-6 want -0x1.9ac97857204fdp-6
 *     0.6674 ulp  celu_grad(-0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022
 *     0.7215 ulp  celu_grad_alpha(-0x1.f5fb3119c8e78p-3)
 *                 got -0x1.a2ab6d828c7b8p-6 want -0x1.a2ab6d828c7b7p-6 */
INLINE Dual celu(V x, V alpha)
{
    M positive = v_le(v_set(0), x);
    V divisor = celu_divisor(alpha), inverse = v_div(v_set(1), divisor);
    V below_zero = v_min(v_set(0), x);
    Pair z = celu_exponent(below_zero, inverse, divisor);

    M over = v_lt(v_set(EXPM1_END), z.hi);
    Pair e = v_is_constant_one(alpha) ? expm1_nonpositive(below_zero) : expm1_pair(z);

    /* df/dalpha = (e^z - 1)(1 - z) - z; near 0 it cancels and is taken as -z^2 Q(z). */
    Pair minus = {v_sub(v_set(0), z.hi), v_sub(v_set(0), z.lo)};
    Pair one_minus_z = two_sum(v_set(1), minus.hi);
    one_minus_z.lo = v_add(one_minus_z.lo, minus.lo);
    Pair product = pair_product(e, one_minus_z);
    Pair far = two_sum(product.hi, minus.hi);
    far.lo = v_add(far.lo, v_add(product.lo, minus.lo));
    /* A tiny z carries the square root of the scale. */
    V poly = v_mul(z.hi, polynomial(z.hi, CELU_POLY + 1, CELU_DEGREE - 1));
    Pair near = fast_two_sum(v_set(CELU_POLY[0]), poly);
    M tiny = v_lt(v_abs(z.hi), v_set(C(0x1p-45, 0x1p-430)));
    V up = v_set(ROOT_SCALE), unit = v_set(1);
    M small = v_lt(v_abs(x), unit);
    Pair scaled_z = two_product(v_mul(v_max(v_set(-1), below_zero), up), inverse);
    scaled_z.lo = v_fma(scaled_z.hi, v_fnma(inverse, divisor, unit), scaled_z.lo);
    scaled_z.hi = v_select(small, scaled_z.hi, v_mul(z.hi, up));
    scaled_z.lo = v_select(small, scaled_z.lo, v_mul(z.lo, up));
    Pair factor = {v_select(tiny, scaled_z.hi, z.hi),
                   v_select(tiny, scaled_z.lo, z.lo)};
    near = pair_product(pair_product(near, factor), factor);
    M close = v_lt(v_abs(z.hi), v_set(0.25));
    V zero = v_set(0);
    far.hi =
        v_select(close, v_sub(zero, near.hi), v_select(over, v_set(-INFINITY), far.hi));
    far.lo = v_select(close, v_sub(zero, near.lo), v_unless(over, far.lo));
    V below = times_expm1_nonpositive(alpha, below_zero, e);
    /* Where e^z - 1 rounds to z, alpha z is x. */
    M same = v_lt(v_abs(z.hi), v_set(C(0x1p-30, 0x1p-60)));
    if (!v_is_constant_one(alpha)) below = v_select(same, x, below);
    return (Dual){
        .y = v_select(positive, x, below),
        .dx = deriv_select(positive, v_set(1), celu_exp(z)),
        .dp = {{DERIV_SCALED, v_unless(positive, far.hi), v_unless(positive, far.lo),
                tiny}},
    };
}

/* ---- xielu ---- */

/* x (alpha_p x + beta), or alpha_n (e^m - 1 - x) + beta x with m = min(x, eps);
 * 2 alpha_p x + beta, or alpha_n (e^x - 1) + beta, without e^x between eps and 0
 *
 * Largest errors in float64:
 *     0.6714 ulp  xielu_grad(-0x1.f62f40794a7b8p-1)
 *                 got -0x1.dec3dbde5495ap-57 want -0x1.dec3dbde54959p-57 */
INLINE Dual xielu(V x, V alpha_p, V alpha_n, V beta, V eps)
{
    return (Dual){
        .y = xielu_y(x, alpha_p, alpha_n, beta, eps),
        .dx = xielu_dx(x, alpha_p, alpha_n, beta, eps),
    };
}

/* ---- second derivatives ---- */

/* 0 where x > 0, else `below`: at the kink, the left derivative */
INLINE Derivative zero_above(V x, Derivative below)
{
    return deriv_select(v_lt(v_set(0), x), v_set(0), below);
}

/* alpha e^x
 *
 * Largest errors in float32:
 *     0.7105 ulp  elu_grad_grad(-0x1.5f342cp+6)
 *                 got 0x1.41cbf8p-127 want 0x1.41cbfcp-127
 * Largest errors in float64:
 *     0.6674 ulp  elu_grad_grad(-0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022 */
INLINE Derivative elu_grad_grad(V x, V alpha)
{
    Derivative exp = exp_deriv(to_pair(v_min(v_set(0), x)));
    return zero_above(x, pair_times_d2(to_pair(alpha), exp));
}

/* lambda alpha e^x
 *
 * Largest errors in float32:
 *     0.7462 ulp  selu_grad_grad(-0x1.5ff45p+6)
 *                 got 0x1.d4f5ap-127 want 0x1.d4f59cp-127
 * Largest errors in float64:
 *     0.5802 ulp  selu_grad_grad(-0x1.46901eb309e19p-1)
 *                 got 0x1.dbad61f70bdp-1 want 0x1.dbad61f70bd01p-1 */
INLINE Derivative selu_grad_grad(V x)
{
    Derivative exp = exp_deriv(to_pair(v_min(v_set(0), x)));
    Pair lambda_alpha = {v_set(SELU_LAMBDA_ALPHA), v_set(SELU_LAMBDA_ALPHA_LOW)};
    return zero_above(x, pair_times_d2(lambda_alpha, exp));
}

/* e^(x/alpha) / alpha
 *
 * Largest errors in float32:
 *     0.7105 ulp  celu_grad_grad(-0x1.5f342cp+6)
 *                 got 0x1.41cbf8p-127 want 0x1.41cbfcp-127
 * Largest errors in float64:
 *     0.6674 ulp  celu_grad_grad(-0x1.623333333333p+9)
 *                 got 0x0.ff15b469ee584p-1022 want 0x0.ff15b469ee583p-1022 */
INLINE Derivative celu_grad_grad(V x, V alpha)
{
    V divisor = celu_divisor(alpha), inverse = v_div(v_set(1), divisor);
    Pair z = celu_exponent(v_min(v_set(0), x), inverse, divisor);
    Pair factor = {inverse, v_mul(inverse, v_fnma(inverse, divisor, v_set(1)))};
    return zero_above(x, pair_times_d2(factor, celu_exp(z)));
}

#endif
