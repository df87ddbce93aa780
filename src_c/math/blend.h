/* Blends of two slopes, x (p1 s(z) + p2 s(-z)) with z proportional to x.
 *
 * Where the slope that z leads to is 0, the function and its derivative are accurate relative to
 * themselves down into the subnormal range. Its second derivative is a multiple of silu''(z).
 *
 * float32: in float64, by e = e^-z, whichever sign z has: p1 s + p2 (1 - s) = (p1 + p2 e)/(1 + e).
 * float64: in pairs, with w = e^-|z|, as x (a + b w)/(1 + w), where a is the slope that z leads to. */
#ifndef FA_BLEND_H
#define FA_BLEND_H

#include "gate.h"
#include "second_derivative.h"
#include "wide.h"

INLINE M is_zero(V a) { return v_and(v_le(a, v_set(0)), v_le(v_set(0), a)); }

#if PRECISION == 32

/* e = e^-z and 1 + e. Beyond END, e^-|z| times any five float32 numbers rounds to 0; up to it, p2 e
 * does not overflow. */
#define BLEND_END 600
typedef struct {
    W p1, p2, z, e, divisor;
} Blend;
INLINE Blend blend_of(W p1, W p2, W z)
{
    z = w_clamped(z, BLEND_END);
    W e = wide_exp_value(wide_exp_fine(z, -1));
    return (Blend){p1, p2, z, e, .divisor = w_add(w_set(1), e)};
}

/* x (p1 + p2 e)/(1 + e); at an infinite x, the limit */
INLINE V blend_value(V x, Blend f)
{
    W argument = w_widen(clamped(x, T_MAX));
    W slope = w_mul(w_fma(f.p2, f.e, f.p1), wide_inverse(f.divisor, 40));
    M infinite = v_lt(v_set(T_MAX), v_abs(x));
    if (!v_any(infinite)) return w_narrow(w_mul(argument, slope));
    V y = w_narrow(w_mul(w_select(infinite, w_set(0), argument), slope));
    V end = w_narrow(slope), size = v_select(is_zero(end), v_set(1), v_abs(x));
    return v_select(infinite, v_mul(v_copysign(size, x), end), y);
}

/* p1 s + p2 (1 - s) + (p1 - p2) z s (1 - s) with s = 1/(1 + e); of the sum that may be small, the
 * inverse is a factor. */
INLINE Derivative blend_deriv(Blend f)
{
    W s = wide_inverse(f.divisor, 52), bend = w_mul(w_sub(f.p1, f.p2), f.z);
    W sum = w_fma(bend, w_mul(f.e, s), w_fma(f.p2, f.e, f.p1));
    return deriv_wide(w_mul(sum, s));
}

/* factor silu''(z) */
INLINE Derivative blend_d2(W factor, W z)
{
    return deriv_wide(w_silu_d2(factor, w_size(z, WIDE_END)));
}

/* ---- acon_c: z = beta (p1 - p2) x ---- */

INLINE W acon_argument(V x, V p1, V p2, V beta)
{
    W rise = w_sub(w_widen(p1), w_widen(p2));
    return w_mul(w_mul(w_widen(beta), rise), w_widen(clamped(x, T_MAX)));
}
INLINE Blend acon_blend(V x, V p1, V p2, V beta)
{
    return blend_of(w_widen(p1), w_widen(p2), acon_argument(x, p1, p2, beta));
}
/* x s (1 + z (1 - s)) by p1, x (1 - s) (1 - z s) by p2; at an infinite x, the limit */
INLINE Derivative acon_deriv_slope(V x, Blend f, bool first)
{
    W s = wide_inverse(f.divisor, 52), rest = w_mul(f.e, s), one = w_set(1);
    W slope =
        first ? w_mul(s, w_fma(f.z, rest, one)) : w_mul(rest, w_fnma(f.z, s, one));
    V argument = clamped(x, T_MAX);
    M infinite = v_lt(v_set(T_MAX), v_abs(x));
    if (v_any(infinite)) argument = v_select(is_zero(w_narrow(slope)), argument, x);
    return deriv_wide(w_mul(w_widen(argument), slope));
}
/* (p1 - p2)^2 x^2 s'(z) */
INLINE Derivative acon_deriv_beta(V x, Blend f)
{
    W root = w_mul(w_sub(f.p1, f.p2), w_widen(clamped(x, T_MAX)));
    W s = wide_inverse(f.divisor, 52), slope = w_mul(w_mul(f.e, s), s);
    return deriv_wide(w_mul(w_square(root), slope));
}
INLINE Derivative acon_d2(V x, V p1, V p2, V beta)
{
    W rise = w_sub(w_widen(p1), w_widen(p2));
    return blend_d2(w_mul(w_widen(beta), w_square(rise)),
                    acon_argument(x, p1, p2, beta));
}

/* ---- aptx: slopes gamma (alpha + 1) and gamma (alpha - 1), z = 2 beta x ---- */

INLINE W aptx_argument(V x, V beta)
{
    return w_mul(w_mul(w_set(2), w_widen(beta)), w_widen(clamped(x, T_MAX)));
}
INLINE Blend aptx_blend(V x, V alpha, V beta, V gamma_)
{
    W factor = w_widen(gamma_), middle = w_widen(alpha), one = w_set(1);
    return blend_of(w_mul(factor, w_add(middle, one)),
                    w_mul(factor, w_sub(middle, one)), aptx_argument(x, beta));
}
INLINE Derivative aptx_d2(V x, V beta, V gamma_)
{
    W factor = w_mul(w_mul(w_set(4), w_widen(beta)), w_widen(gamma_));
    return blend_d2(factor, aptx_argument(x, beta));
}

#else

INLINE Pair pair_select(M m, Pair yes, Pair no)
{
    return (Pair){v_select(m, yes.hi, no.hi), v_select(m, yes.lo, no.lo)};
}
INLINE Pair minus_pair(Pair a)
{
    return (Pair){v_sub(v_set(0), a.hi), v_sub(v_set(0), a.lo)};
}

/* rise = p1 - p2, falling = silu'(-|z|) */
typedef struct {
    Pair p1, p2, rise, z;
    SiluPoint at; /* |z| */
    Derivative falling;
} Blend;
INLINE Blend blend_of(Pair p1, Pair p2, Pair rise, Pair z)
{
    M always = v_le(v_set(0), v_set(0));
    SiluPoint at = silu_point(pair_abs(z));
    return (Blend){p1, p2, rise, z, at, silu_deriv_at(at, always)};
}

/* a + b w, where that is scaled, and the words of w, 0 where they are scaled */
typedef struct {
    Pair n;
    M scaled;
    V head, tail;
} BlendSum;
INLINE BlendSum blend_sum(Blend f)
{
    M negative = v_lt(f.z.hi, v_set(0));
    Pair a = pair_select(negative, f.p2, f.p1), b = pair_select(negative, f.p1, f.p2);
    ExpNeg decay = exp_neg(pair_abs(f.z));
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V unscaled = v_unless(decay.scaled, head);
    M shut = v_and(decay.scaled, is_zero(a.hi));
    V factor = v_select(shut, head, unscaled);
    Pair n = pair_product(b, (Pair){factor, v_mul(factor, tail)});
    Pair sum = two_sum(a.hi, n.hi);
    n = (Pair){sum.hi, v_add(sum.lo, v_add(n.lo, a.lo))};
    return (BlendSum){n, shut, unscaled, tail};
}

/* The product is formed for an x of moderate size, and rounded once. */
INLINE V blend_value(V x, Blend f)
{
    BlendSum sum = blend_sum(f);
    V zero = v_set(0), most = v_set(T_MAX), size = v_abs(x), one = v_set(1);
    V up = v_set(0x1p512), down = v_set(0x1p-512);
    M small = v_lt(size, v_set(0x1p-500)), large = v_lt(v_set(0x1p500), size);
    M level = v_or(sum.scaled, is_zero(sum.n.hi));
    V finite = v_select(level, v_max(v_sub(zero, most), v_min(most, x)), x);
    V scaled = v_mul(finite, v_select(small, up, v_select(large, down, one)));
    V y = quotient_of_sum(times_pair(unscale_factor(sum.scaled, scaled), sum.n),
                          one_plus(sum.head, sum.tail));
    M infinite = v_lt(most, v_abs(finite));
    y = v_select(infinite, v_mul(v_select(infinite, x, zero), sum.n.hi), y);
    y = unscale_product(sum.scaled, y);
    return v_mul_tiny(y, v_select(small, down, v_select(large, up, one)));
}

/* a + (b - a) silu'(-|z|) */
INLINE Derivative blend_deriv(Blend f)
{
    V zero = v_set(0);
    M negative = v_lt(f.z.hi, zero);
    Pair a = pair_select(negative, f.p2, f.p1);
    Pair rise = pair_select(negative, f.rise, minus_pair(f.rise));
    Derivative left = pair_times_d2(rise, f.falling);
    M no_slope = is_zero(a.hi);
    Pair sum = two_sum(a.hi, v_unless(left.scaled, left.hi));
    V low = v_add(a.lo, v_unless(left.scaled, left.lo));
    return (Derivative){
        DERIV_LARGE,
        .hi = v_select(no_slope, left.hi, sum.hi),
        .lo = v_select(no_slope, left.lo, v_add(sum.lo, low)),
        .scaled = v_and(no_slope, left.scaled),
    };
}

INLINE Derivative blend_d2(Pair factor, Pair z)
{
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(pair_abs(z), SILU_D2_ROOT));
    return pair_times_d2(factor, d2);
}

/* ---- acon_c ---- */

/* z = beta (p1 - p2) x, clamped */
INLINE Pair acon_argument(V x, V beta, Pair rise)
{
    Pair factor = times_pair(beta, rise);
    V finite = clamped(x, T_MAX); /* equal slopes may meet an infinite x */
    Pair z = saturating_product(finite, factor.hi, EXP_NEG_END);
    M inside = v_lt(v_abs(z.hi), v_set(EXP_NEG_END));
    z.lo = v_fma(v_where(inside, finite), factor.lo, z.lo);
    return z;
}
INLINE Blend acon_blend(V x, V p1, V p2, V beta)
{
    Pair rise = two_sum(p1, v_sub(v_set(0), p2));
    return blend_of(to_pair(p1), to_pair(p2), rise, acon_argument(x, beta, rise));
}
/* x silu'(z) by p1, x silu'(-z) by p2 */
INLINE Derivative acon_deriv_slope(V x, Blend f, bool first)
{
    V zero = v_set(0);
    M falls = first ? v_lt(f.z.hi, zero) : v_lt(zero, f.z.hi);
    Derivative left = f.falling;
    /* Beside 1 what is scaled is nothing. */
    left.hi = v_select(falls, left.hi, v_unless(left.scaled, left.hi));
    left.lo = v_select(falls, left.lo, v_unless(left.scaled, left.lo));
    left.scaled = v_and(falls, left.scaled);
    /* From here on no x may be put beside it. */
    M beyond = v_and(falls, v_le(v_set(EXP_NEG_END), v_abs(f.z.hi)));
    V factor = v_select(beyond, v_copysign(zero, x), x);
    return deriv_large(pair_times_d2(to_pair(factor), deriv_reflected(left, falls)));
}
/* (p1 - p2)^2 x^2 s'(z) */
INLINE Derivative acon_deriv_beta(V x, Blend f)
{
    V finite = v_unless(is_zero(f.rise.hi), x);
    return deriv_large(
        pair_times_d2(pair_product(f.rise, f.rise), gate_deriv_beta(finite, f.at)));
}
INLINE Derivative acon_d2(V x, V p1, V p2, V beta)
{
    Pair rise = two_sum(p1, v_sub(v_set(0), p2));
    Pair factor = times_pair(beta, pair_product(rise, rise));
    return blend_d2(factor, acon_argument(x, beta, rise));
}

/* ---- aptx ---- */

INLINE Pair aptx_argument(V x, V beta)
{
    return saturating_product(clamped(x, T_MAX), v_add(beta, beta), EXP_NEG_END);
}
INLINE Pair aptx_slope(V alpha, V gamma_, T tanh)
{
    return times_pair(gamma_, two_sum(alpha, v_set(tanh)));
}
INLINE Blend aptx_blend(V x, V alpha, V beta, V gamma_)
{
    Pair p1 = aptx_slope(alpha, gamma_, 1), p2 = aptx_slope(alpha, gamma_, -1);
    return blend_of(p1, p2, to_pair(v_add(gamma_, gamma_)), aptx_argument(x, beta));
}
INLINE Derivative aptx_d2(V x, V beta, V gamma_)
{
    return blend_d2(two_product(v_mul(v_set(4), beta), gamma_), aptx_argument(x, beta));
}

#endif

#endif
