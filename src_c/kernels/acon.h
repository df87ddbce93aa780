/* Blends of two slopes, x (p1 s(z) + p2 s(-z)) with z proportional to x: acon_c, aptx.
 *
 * With w = e^-|z| it is x (a + b w)/(1 + w), where a is the slope that z leads to. The
 * derivative is a + (b - a) silu'(-|z|). Where a is 0, both are accurate relative to
 * themselves down into the subnormal range. */
#ifndef FA_KERNELS_ACON_H
#define FA_KERNELS_ACON_H

#include "../math/gate.h"
#include "../math/second_derivative.h"

INLINE Pair pair_select(M m, Pair yes, Pair no)
{
    return (Pair){v_select(m, yes.hi, no.hi), v_select(m, yes.lo, no.lo)};
}
INLINE Pair minus_pair(Pair a)
{
    return (Pair){v_sub(v_set(0), a.hi), v_sub(v_set(0), a.lo)};
}
INLINE M is_zero(V a) { return v_and(v_le(a, v_set(0)), v_le(v_set(0), a)); }

/* The product is formed for an x of moderate size, and rounded once. */
INLINE V blend(V x, Pair p1, Pair p2, Pair z)
{
    M negative = v_lt(z.hi, v_set(0));
    Pair a = pair_select(negative, p2, p1), b = pair_select(negative, p1, p2);
    ExpNeg decay = exp_neg(pair_abs(z));
    V head = exp_head(decay.n), tail = exp_tail(decay.n), zero = v_set(0);
    V unscaled = v_select(decay.scaled, zero, head);
    M shut = v_and(decay.scaled, is_zero(a.hi));
    V factor = v_select(shut, head, unscaled);
    Pair n = pair_product(b, (Pair){factor, v_mul(factor, tail)});
    Pair sum = two_sum(a.hi, n.hi);
    n = (Pair){sum.hi, v_add(sum.lo, v_add(n.lo, a.lo))};

    V most = v_set(T_MAX), size = v_abs(x), one = v_set(1);
    V up = v_set(C(0x1p64, 0x1p512)), down = v_set(C(0x1p-64, 0x1p-512));
    M small = v_lt(size, v_set(C(0x1p-60, 0x1p-500)));
    M large = v_lt(v_set(C(0x1p60, 0x1p500)), size);
    V finite = v_select(shut, v_max(v_sub(zero, most), v_min(most, x)), x);
    V scaled = v_mul(finite, v_select(small, up, v_select(large, down, one)));
    V y = quotient_of_pair(times_pair(unscale_factor(shut, scaled), n),
                           one_plus(unscaled, tail));
    y = v_select(v_lt(most, v_abs(finite)), v_mul(x, n.hi), y);
    y = unscale_product(shut, y);
    return v_mul_tiny(y, v_select(small, down, v_select(large, up, one)));
}

INLINE Derivative blend_deriv(Pair p1, Pair p2, Pair p1_less_p2, Pair z)
{
    V zero = v_set(0);
    M negative = v_lt(z.hi, zero), always = v_le(zero, zero);
    Pair a = pair_select(negative, p2, p1);
    Pair rise = pair_select(negative, p1_less_p2, minus_pair(p1_less_p2));
    Derivative left = pair_times_d2(rise, silu_deriv(pair_abs(z), false, always));
    M no_slope = is_zero(a.hi);
    Pair sum = two_sum(a.hi, v_select(left.scaled, zero, left.hi));
    V low = v_add(a.lo, v_select(left.scaled, zero, left.lo));
    return (Derivative){
        DERIV_LARGE,
        .hi = v_select(no_slope, left.hi, sum.hi),
        .lo = v_select(no_slope, left.lo, v_add(sum.lo, low)),
        .scaled = v_and(no_slope, left.scaled),
    };
}

/* ---- acon_c ---- */

/* z = beta (p1 - p2) x, clamped */
INLINE Pair acon_exponent(V x, V beta, Pair d)
{
    Pair factor = times_pair(beta, d);
    Pair z = saturating_product(x, factor.hi, EXP_NEG_END);
    M inside = v_lt(v_abs(z.hi), v_set(EXP_NEG_END));
    z.lo = v_fma(v_select(inside, x, v_set(0)), factor.lo, z.lo);
    return z;
}

/* (p1 - p2) x s(z) + p2 x;  p2 + (p1 - p2) silu'(z);  (p1 - p2)^2 x^2 s'(z)
 *
 * Largest errors in float32:
 *     0.7023 ulp  acon_c(-0x1.70f78p+6) got -0x1.5de098p-127 want -0x1.5de094p-127
 *     0.7505 ulp  acon_c_grad(-0x1.48e04ep-3) got 0x1.ae2208p-2 want 0x1.ae220ap-2
 *     0.7496 ulp  acon_c_grad_beta(0x1.a43c86p-63)
 *                 got 0x1.58eb5p-127 want 0x1.58eb54p-127
 * Largest errors in float64:
 *     0.5259 ulp  acon_c(-0x1.e2ff1b82b549ep+5)
 *                 got -0x1.c20045e663b02p-82 want -0x1.c20045e663b01p-82
 *     0.5307 ulp  acon_c_grad(-0x1.9db66b16e7316p-1)
 *                 got 0x1.168388368f53ap-3 want 0x1.168388368f53bp-3
 *     0.5025 ulp  acon_c_grad_beta(-0x1.4f76a0a3c7deap+6)
 *                 got 0x1.b9c77053f863ep-109 want 0x1.b9c77053f863dp-109 */
INLINE Dual acon_c(V x, V p1, V p2, V beta)
{
    Pair d = two_sum(p1, v_sub(v_set(0), p2)), z = acon_exponent(x, beta, d);
    V finite = v_select(is_zero(d.hi), v_set(0), x);
    return (Dual){
        .y = blend(x, to_pair(p1), to_pair(p2), z),
        .dx = blend_deriv(to_pair(p1), to_pair(p2), d, z),
        .dp = deriv_large(
            pair_times_deriv(pair_product(d, d), gate_deriv_beta(finite, z))),
    };
}

/* beta (p1 - p2)^2 silu''(z)
 *
 * Largest errors in float32:
 *     0.7265 ulp  acon_c_grad_grad(0x1.71a09ep+6)
 *                 got -0x1.22b688p-127 want -0x1.22b68cp-127
 * Largest errors in float64:
 *     0.5689 ulp  acon_c_grad_grad(-0x1.56d0318b6dab6p+6)
 *                 got -0x1.ac97fb04b1c82p-118 want -0x1.ac97fb04b1c81p-118 */
INLINE Derivative acon_c_grad_grad(V x, V p1, V p2, V beta)
{
    Pair d = two_sum(p1, v_sub(v_set(0), p2)), z = acon_exponent(x, beta, d);
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(pair_abs(z), SILU_D2_ROOT));
    return pair_times_d2(times_pair(beta, pair_product(d, d)), d2);
}

/* ---- aptx ---- */

/* (alpha + tanh(beta x)) gamma x, slopes gamma (alpha + 1) and gamma (alpha - 1), z = 2 beta x
 *
 * Largest errors in float32:
 *     0.7560 ulp  aptx(-0x1.6f3824p+5) got -0x1.0d7f9p-127 want -0x1.0d7f94p-127
 *     0.7488 ulp  aptx_grad(-0x1.4f65dap-4) got 0x1.ac861cp-2 want 0x1.ac861ap-2
 * Largest errors in float64:
 *     0.5070 ulp  aptx(-0x1.e60115a2aec42p-3)
 *                 got -0x1.74ca17a3ef487p-4 want -0x1.74ca17a3ef486p-4
 *     0.5575 ulp  aptx_grad(-0x1.5cdfb9dc15227p-13)
 *                 got 0x1.ffd46408d1fdp-2 want 0x1.ffd46408d1fcfp-2 */
INLINE Dual aptx(V x, V alpha, V beta, V gamma_)
{
    Pair p1 = times_pair(gamma_, two_sum(alpha, v_set(1)));
    Pair p2 = times_pair(gamma_, two_sum(alpha, v_set(-1)));
    Pair z = saturating_product(x, v_add(beta, beta), EXP_NEG_END);
    return (Dual){
        .y = blend(x, p1, p2, z),
        .dx = blend_deriv(p1, p2, to_pair(v_add(gamma_, gamma_)), z),
    };
}

/* 4 beta gamma silu''(z)
 *
 * Largest errors in float32:
 *     0.7434 ulp  aptx_grad_grad(-0x1.7352f8p+5)
 *                 got -0x1.7e3808p-127 want -0x1.7e3804p-127
 * Largest errors in float64:
 *     0.5668 ulp  aptx_grad_grad(-0x1.5cdfb9dc15227p-13)
 *                 got 0x1.fffffe248efcp-1 want 0x1.fffffe248efc1p-1 */
INLINE Derivative aptx_grad_grad(V x, V beta, V gamma_)
{
    Pair z = saturating_product(x, v_add(beta, beta), EXP_NEG_END);
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(pair_abs(z), SILU_D2_ROOT));
    return pair_times_d2(two_product(v_mul(v_set(4), beta), gamma_), d2);
}

#endif
