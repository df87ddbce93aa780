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

/* (p1 - p2) x s(z) + p2 x;  p2 + (p1 - p2) silu'(z);  (p1 - p2)^2 x^2 s'(z) */
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

/* beta (p1 - p2)^2 silu''(z) */
INLINE Derivative acon_c_grad_grad(V x, V p1, V p2, V beta)
{
    Pair d = two_sum(p1, v_sub(v_set(0), p2)), z = acon_exponent(x, beta, d);
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(pair_abs(z), SILU_D2_ROOT));
    return pair_times_d2(times_pair(beta, pair_product(d, d)), d2);
}

/* ---- aptx ---- */

/* (alpha + tanh(beta x)) gamma x, slopes gamma (alpha + 1) and gamma (alpha - 1), z = 2 beta x */
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

/* 4 beta gamma silu''(z) */
INLINE Derivative aptx_grad_grad(V x, V beta, V gamma_)
{
    Pair z = saturating_product(x, v_add(beta, beta), EXP_NEG_END);
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(pair_abs(z), SILU_D2_ROOT));
    return pair_times_d2(two_product(v_mul(v_set(4), beta), gamma_), d2);
}

#endif
