/* Functions of tanh and cosh. */
#ifndef FA_KERNELS_HYPERBOLIC_H
#define FA_KERNELS_HYPERBOLIC_H

#include "../math/log_cosh.h"
#include "../math/second_derivative.h"
#include "../math/tanh.h"
#include "../math/tanh_exp.h"

/* 1 - tanh(z)^2 = 4 s'(2z) */
INLINE Derivative sech_square(Pair z)
{
    Pair t = pair_abs(z);
    Derivative s = logistic_deriv((Pair){v_add(t.hi, t.hi), v_add(t.lo, t.lo)});
    return deriv_times_exact(v_set(4), s);
}

/* a^2 tanh''(z) for z = a x. Where z is tiny it is -2 a^3 x, scaled step by step. */
INLINE Derivative tanh_d2_scaled(V x, Pair a, Pair z)
{
    Pair t = pair_abs(z);
    Derivative d2 = logistic_d2((Pair){v_add(t.hi, t.hi), v_add(t.lo, t.lo)});
    Pair square = pair_product(a, a);
    Derivative scaled = pair_times_d2(square, minus_sign_times(z.hi, d2));
    M tiny = v_lt(v_abs(x), v_set(C(0x1p-80, 0x1p-540)));
    if (!v_any(tiny)) return scaled;
    V root_scale = v_set(ROOT_SCALE), zero = v_set(0);
    V small = v_mul(v_select(tiny, x, zero), root_scale);
    Pair factor = {v_mul(v_mul(v_set(-2), square.hi), root_scale),
                   v_mul(v_mul(v_set(-2), square.lo), root_scale)};
    Pair product = pair_product(factor, times_pair(small, a));
    scaled.hi = v_select(tiny, product.hi, scaled.hi);
    scaled.lo = v_select(tiny, product.lo, scaled.lo);
    scaled.scaled = v_or(scaled.scaled, tiny);
    return scaled;
}

/* ---- softcap ---- */

/* x/cap as a pair, clamped where tanh is +-1 and its derivative 0 */
INLINE Pair softcap_argument(V x, V cap, Pair inverse)
{
    V end = v_mul(v_set(EXP_NEG_END), v_abs(cap));
    return times_pair(v_max(v_sub(v_set(0), end), v_min(end, x)), inverse);
}

/* cap tanh(z), z = x/cap;  1 - tanh(z)^2
 *
 * Largest errors in float32:
 *     0.5754 ulp  softcap(-0x1.f0f70ap-2) got -0x1.f0ebfp-2 want -0x1.f0ebf2p-2
 *     0.7184 ulp  softcap_grad(-0x1.4ea34ap+10)
 *                 got 0x1.32403p-127 want 0x1.324034p-127 */
INLINE Dual softcap(V x, V cap)
{
    Pair z = softcap_argument(x, cap, pair_inverse(to_pair(cap)));
    return (Dual){
        .y = tanh_product(v_abs(cap), to_pair(x), z),
        .dx = sech_square(z),
    };
}

/* tanh''(z)/cap
 *
 * Largest errors in float32:
 *     0.7467 ulp  softcap_grad_grad(0x1.98fee2p-118)
 *                 got -0x1.d158ap-127 want -0x1.d1589cp-127
 * Largest errors in float64:
 *     0.5867 ulp  softcap_grad_grad(-0x1.425a04fdfbff4p+4)
 *                 got 0x1.a44565fc023e6p-6 want 0x1.a44565fc023e5p-6 */
INLINE Derivative softcap_grad_grad(V x, V cap)
{
    Pair inverse = pair_inverse(to_pair(cap));
    Pair z = softcap_argument(x, cap, inverse);
    Derivative d2 = tanh_d2_scaled(x, inverse, z);
    return pair_times_deriv(to_pair(cap), d2);
}

/* ---- dyt ---- */

/* tanh(z), z = alpha x;  alpha (1 - tanh(z)^2);  x (1 - tanh(z)^2)
 *
 * Largest errors in float32:
 *     0.5734 ulp  dyt(-0x1.f590c4p-6) got -0x1.f586bcp-7 want -0x1.f586bep-7
 *     0.7432 ulp  dyt_grad(0x1.62cd2p+6) got 0x1.05d4b8p-127 want 0x1.05d4bcp-127
 *     0.7150 ulp  dyt_grad_alpha(-0x1.75f87p+6)
 *                 got -0x1.96082p-127 want -0x1.960824p-127
 * Largest errors in float64:
 *     0.5618 ulp  dyt_grad(0x1.2e3d89540b90ap-2)
 *                 got 0x1.f502475e32f32p-2 want 0x1.f502475e32f33p-2
 *     0.6003 ulp  dyt_grad_alpha(0x1.66a9a05b187bp+9)
 *                 got 0x0.615720571a75ep-1022 want 0x0.615720571a75fp-1022 */
INLINE Dual dyt(V x, V alpha)
{
    Pair z = saturating_product(x, alpha, EXP_NEG_END);
    Derivative slope = sech_square(z);
    /* From here on slope is no smaller, and no x may be put beside it. */
    M beyond = v_le(v_set(EXP_NEG_END / 2), v_abs(z.hi));
    V finite = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x));
    return (Dual){
        .y = tanh_product(v_set(1), z, z),
        .dx = deriv_large(pair_times_d2(to_pair(alpha), slope)),
        .dp = {deriv_large(pair_times_d2(
            to_pair(v_select(beyond, v_copysign(v_set(0), x), finite)), slope))},
    };
}

/* alpha^2 tanh''(z)
 *
 * Largest errors in float32:
 *     0.7432 ulp  dyt_grad_grad(0x1.62cd2p+6)
 *                 got -0x1.05d4b8p-127 want -0x1.05d4bcp-127
 * Largest errors in float64:
 *     0.6126 ulp  dyt_grad_grad(0x1.b231f88fb4839p-3)
 *                 got -0x1.abc05f5a36a46p-5 want -0x1.abc05f5a36a45p-5 */
INLINE Derivative dyt_grad_grad(V x, V alpha)
{
    Pair z = saturating_product(x, alpha, EXP_NEG_END);
    return tanh_d2_scaled(x, to_pair(alpha), z);
}

/* ---- lisht ---- */

/* x tanh(x);  tanh(x) + x (1 - tanh(x)^2)
 *
 * Largest errors in float32:
 *     0.5809 ulp  lisht(0x1.bb2b24p-14) got 0x1.7f972cp-27 want 0x1.7f972ap-27
 *     0.5802 ulp  lisht_grad(0x1.efb06ep-12) got 0x1.efb068p-11 want 0x1.efb06ap-11 */
INLINE Dual lisht(V x)
{
    V t = v_abs(x), end = v_set(40), bounded = v_min(end, t);
    V y = tanh_product(bounded, two_product(bounded, bounded), to_pair(bounded));
    return (Dual){
        .y = v_select(v_lt(end, t), t, y),
        .dx = lisht_deriv(x),
    };
}

/* (x tanh(x))'' = 4 silu''(2x), since x tanh(x) = silu(2x) - x
 *
 * Largest errors in float32:
 *     0.7409 ulp  lisht_grad_grad(-0x1.76264ep+5)
 *                 got -0x1.7c207p-127 want -0x1.7c206cp-127
 * Largest errors in float64:
 *     0.5668 ulp  lisht_grad_grad(-0x1.5cdfb9dc15227p-13)
 *                 got 0x1.fffffe248efcp+0 want 0x1.fffffe248efc1p+0 */
INLINE Derivative lisht_grad_grad(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(to_pair(v_add(t, t)), SILU_D2_ROOT));
    return deriv_times_exact(v_set(4), d2);
}

/* ---- log_cosh ---- */

/* log(cosh(x));  tanh(x)
 *
 * Largest errors in float32:
 *     0.7270 ulp  log_cosh(0x1.2a3234p-63) got 0x1.5b58e8p-127 want 0x1.5b58ecp-127
 *     0.5638 ulp  log_cosh_grad(-0x1.eff82ep-3)
 *                 got -0x1.e67efp-3 want -0x1.e67eeep-3 */
INLINE Dual log_cosh(V x)
{
    return (Dual){.y = log_cosh_of(x), .dx = tanh_as_deriv(x)};
}

/* 1 - tanh(x)^2
 *
 * Largest errors in float32:
 *     0.7475 ulp  log_cosh_grad_grad(-0x1.64a5ap+5)
 *                 got 0x1.4a1bb8p-127 want 0x1.4a1bb4p-127
 * Largest errors in float64:
 *     0.5304 ulp  log_cosh_grad_grad(-0x1.e5be32b6d1aecp+0)
 *                 got 0x1.60622b8ff471cp-4 want 0x1.60622b8ff471bp-4 */
INLINE Derivative log_cosh_grad_grad(V x)
{
    return sech_square(to_pair(v_min(v_set(EXP_NEG_END), v_abs(x))));
}

/* ---- tanh_exp ---- */

/* x tanh(v), v = e^x;  tanh(v) + x v (1 - tanh(v)^2)
 *
 * Largest errors in float32:
 *     0.7500 ulp  tanh_exp(-0x1.718558p+6) got -0x1.3113bp-127 want -0x1.3113acp-127
 *     0.7538 ulp  tanh_exp_grad(-0x1.6feb84p+6)
 *                 got -0x1.c052ap-127 want -0x1.c0529cp-127
 * Largest errors in float64:
 *     0.5125 ulp  tanh_exp(-0x1.1e761f811cf99p+2)
 *                 got -0x1.a13a34583b40ep-5 want -0x1.a13a34583b40fp-5
 *     0.5989 ulp  tanh_exp_grad(-0x1.5375b762e150ep+6)
 *                 got -0x1.f08834f3da8fcp-117 want -0x1.f08834f3da8fbp-117 */
INLINE Dual tanh_exp(V x)
{
    return (Dual){.y = tanh_exp_of(x), .dx = tanh_exp_deriv(x)};
}

#endif
