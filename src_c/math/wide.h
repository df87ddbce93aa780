/* Functions of float32 arguments in float64, for the kernels that need more than one word
 * of float32: right to 2^-26 or better, relative to the result, through its roots.
 *
 * e^z has no table: the nearest power of 2 is taken out, and a polynomial of degree 6 is enough,
 * except beside terms that nearly cancel it, where it has all bits of a float64. */
#ifndef FA_MATH_WIDE_H
#define FA_MATH_WIDE_H

#include "derivative.h"

#if HAS_WIDE
#include "tables/wide.h"

/* Beyond this e^-t times any float32 numbers, three of them, rounds to 0. */
#define WIDE_END 700

INLINE W w_polynomial(W x, const double *c, int degree)
{
    W sum = w_set(c[degree]);
    _Pragma("GCC unroll 16")
    for (int k = degree - 1; k >= 0; k--) sum = w_fma(x, sum, w_set(c[k]));
    return sum;
}

/* x^degree + ... + c[1] x + c[0] */
INLINE W w_monic_polynomial(W x, const double *c, int degree)
{
    W sum = w_add(x, w_set(c[degree - 1]));
    _Pragma("GCC unroll 16")
    for (int k = degree - 2; k >= 0; k--) sum = w_fma(x, sum, w_set(c[k]));
    return sum;
}

INLINE W w_square(W a) { return w_mul(a, a); }

/* 1/a to so many bits, for an a away from the ends of the range: a step by the error r of an
 * estimate triples its bits, or doubles them where that is enough. */
INLINE W wide_inverse(W a, int bits)
{
    W y = w_reciprocal(a);
    _Pragma("GCC unroll 4")
    for (int known = D_RECIPROCAL_BITS; known < bits; known *= 3) {
        W r = w_fnma(a, y, w_set(1));
        y = w_fma(y, 2 * known < bits ? w_fma(r, r, r) : r, y);
    }
    return y;
}

/* n/d to 40 bits, for a d away from the ends of the range */
INLINE W w_ratio(W n, W d)
{
    return D_RECIPROCAL_BITS < 40 ? w_mul(n, wide_inverse(d, 40)) : w_quotient(n, d);
}

/* x P(x^2)/Q(x^2), the leading coefficient of Q being 1 */
INLINE W w_odd_fraction(W x, const double *above, int above_degree, const double *below,
                        int below_degree)
{
    W square = w_square(x);
    return w_ratio(w_mul(x, w_polynomial(square, above, above_degree)),
                   w_monic_polynomial(square, below, below_degree));
}

/* a clamped to +-limit; a NaN stays. */
INLINE W w_clamped(W a, double limit)
{
    return w_max(w_set(-limit), w_min(w_set(limit), a));
}

/* scale e^(factor z) = power + slope rest. Near 0, where power is 1 for a scale of 1, that
 * less 1 is accurate relative to itself. The scale costs nothing. */
typedef struct {
    W power, slope, rest;
} WideExp;
INLINE WideExp wide_exp_by(const double *poly, int degree, double scale, W z,
                           double factor)
{
    W origin = w_set(0x1.8p52); /* adding it leaves an integer in the low bits */
    W per_bit = w_set(factor * WIDE_LOG2_E), counted = w_fma(z, per_bit, origin);
    W r = w_fma(z, per_bit, w_sub(origin, counted)),
      power = w_times_power(w_set(scale), counted);
    return (WideExp){power, w_mul(power, r), w_polynomial(r, poly, degree)};
}
INLINE WideExp wide_exp(double scale, W z, double factor)
{
    return wide_exp_by(WIDE_EXP2M1, 5, scale, z, factor);
}
INLINE WideExp wide_exp_fine(W z, double factor)
{
    return wide_exp_by(WIDE_EXP2M1_FINE, 10, 1, z, factor);
}
INLINE W wide_exp_value(WideExp e) { return w_fma(e.slope, e.rest, e.power); }
INLINE W wide_exp_less_1(WideExp e)
{
    return w_fma(e.slope, e.rest, w_sub(e.power, w_set(1)));
}
INLINE W w_exp(W z, double factor) { return wide_exp_value(wide_exp(1, z, factor)); }

/* |x| where no more than end of it matters; a NaN stays. */
INLINE W wide_size(V x, T end) { return w_widen(v_min(v_set(end), v_abs(x))); }

/* |a|, at most limit; a NaN stays. */
INLINE W w_size(W a, double limit)
{
    return w_min(w_set(limit), w_max(w_sub(w_set(0), a), a));
}

/* s(z) = 1/(1 + e^-z), and its divisor */
INLINE W w_logistic_divisor(W z)
{
    return w_add(w_set(1), w_exp(w_clamped(z, WIDE_END), -1));
}
INLINE W w_logistic(W z) { return w_ratio(w_set(1), w_logistic_divisor(z)); }

/* s'(z) = w/(1 + w)^2 with w = e^-t, by t = |z| */
INLINE W w_logistic_slope(W t)
{
    W w = w_exp(t, -1);
    return w_ratio(w, w_square(w_add(w_set(1), w)));
}

/* The derivative of a gate x s(z) at negative x, with t = |x| and m = t z'(t):
 *     w (1 + w - m)/(1 + w)^2,   w = e^-z.
 * It has a root t0, where 1 + w0 = m(t0). With v = w/w0 = e^(z(t0) - z(t)) and
 * l = (m(t0) - m(t))/w0,
 *     1 + w - m = w0 (l + (v - 1)):
 * a sum of two terms of equal sign. For positive x it is 1 less that. */
INLINE W w_gate_slope(M positive, W exponent, W l, double w0)
{
    WideExp e = wide_exp(1, exponent, 1);
    W v = wide_exp_value(e), sum = w_add(v, w_set(1 / w0));
    W left = w_ratio(w_mul(v, w_add(l, wide_exp_less_1(e))), w_square(sum));
    return w_select(positive, w_sub(w_set(1), left), left);
}

/* (z s(z))' by |z| and its sign */
INLINE W w_silu_slope(M positive, W t)
{
    W d = w_sub(w_set(WIDE_SILU_ROOT), t);
    return w_gate_slope(positive, d, w_mul(d, w_set(1 / WIDE_SILU_DECAY)),
                        WIDE_SILU_DECAY);
}

/* The same for z = 1.702 x, by |x|: no product z would be close enough to the root. */
INLINE W w_quick_gelu_slope(M positive, W t)
{
    double beta = WIDE_QUICK_GELU, w0 = WIDE_SILU_DECAY;
    W d = w_sub(w_set(WIDE_QUICK_GELU_ROOT), t);
    return w_gate_slope(positive, w_mul(d, w_set(beta)), w_mul(d, w_set(beta / w0)),
                        w0);
}

/* (x s(z))' for z = x (a + b x^2), by |x|: with d = t0 - t and q = t^2 + t t0 + t0^2,
 * z(t0) - z(t) = d (a + b q) and m(t0) - m(t) = d (a + 3b q). */
INLINE W w_gelu_tanh_slope(M positive, W t)
{
    double t0 = WIDE_GELU_TANH_ROOT, w0 = WIDE_GELU_TANH_DECAY;
    double a = WIDE_GELU_TANH_LINEAR, b = WIDE_GELU_TANH_CUBIC;
    W d = w_sub(w_set(t0), t), q = w_fma(t, w_add(t, w_set(t0)), w_set(t0 * t0));
    W exponent = w_mul(d, w_fma(w_set(b), q, w_set(a)));
    W l = w_mul(d, w_fma(w_set(3 * b / w0), q, w_set(a / w0)));
    return w_gate_slope(positive, exponent, l, w0);
}

/* tanh(x) = x P(x^2)/Q(x^2); from END on its square rounds to 1. */
#define WIDE_TANH_END 9.6f
INLINE W w_tanh_within(W x)
{
    return w_odd_fraction(x, WIDE_TANH_ABOVE, 5, WIDE_TANH_BELOW, 4);
}
INLINE W w_tanh(V x) { return w_tanh_within(w_widen(clamped(x, WIDE_TANH_END))); }

/* 1 - tanh(x)^2 = 4w/(1 + w)^2 with w = e^-2t, by t = |x| */
INLINE W w_tanh_slope(W t)
{
    W w = w_exp(t, -2), half = w_set(0.5);
    return w_ratio(w, w_square(w_fma(w, half, half)));
}

/* tanh''(t) = 8w (w - 1)/(1 + w)^3 for t >= 0 */
INLINE W w_tanh_d2(W t)
{
    WideExp e = wide_exp(1, t, -2);
    W w = wide_exp_value(e), divisor = w_add(w_set(1), w);
    W above = w_mul(w_mul(w_set(8), w), wide_exp_less_1(e));
    return w_ratio(above, w_mul(divisor, w_square(divisor)));
}

/* (x tanh(x))' = x P(x^2)/Q(x^2), which is near 1 from END on */
#define WIDE_LISHT_END 11.2f
INLINE W w_lisht_slope(V x)
{
    W bounded = w_widen(clamped(x, WIDE_LISHT_END));
    return w_odd_fraction(bounded, WIDE_LISHT_ABOVE, 6, WIDE_LISHT_BELOW, 7);
}

/* factor silu''(t), silu'' = w (2 (1 + w) - t (1 - w))/(1 + w)^3 with w = e^-t for t >= 0 */
INLINE W w_silu_d2(W factor, W t)
{
    W w = wide_exp_value(wide_exp_fine(t, -1));
    W one = w_set(1), divisor = w_add(one, w), s = wide_inverse(divisor, 40);
    W above = w_fma(divisor, w_set(2), w_mul(t, w_sub(w, one)));
    return w_mul(w_mul(w_mul(factor, w), above), w_mul(s, w_square(s)));
}

/* x - tanh(x) = x^3 P(x^2)/Q(x^2), which is x - 1 from END on */
#define WIDE_TANH_SHRINK_END 9.3
INLINE W w_tanh_shrink(V x)
{
    W bounded = w_widen(clamped(x, (T)WIDE_TANH_SHRINK_END)),
      square = w_square(bounded);
    W above =
        w_mul(w_mul(bounded, square), w_polynomial(square, WIDE_TANH_SHRINK_ABOVE, 4));
    W near = w_ratio(above, w_monic_polynomial(square, WIDE_TANH_SHRINK_BELOW, 4));
    return w_add(near, w_sub(w_widen(x), bounded));
}

/* From here on any float32 times the derivatives of gelu and gelu_tanh at -t rounds to 0. */
#define WIDE_GELU_END 20.2f

/* scale e^(-t^2/2) */
INLINE W w_gaussian(double scale, W t)
{
    return wide_exp_value(wide_exp(scale, w_square(t), -0.5));
}

/* erf(x) = x P(x^2)/Q(x^2), which rounds to +-1 from END on */
#define WIDE_ERF_END 3.95f
INLINE W w_erf(V x)
{
    W bounded = w_widen(clamped(x, WIDE_ERF_END));
    return w_odd_fraction(bounded, WIDE_ERF_ABOVE, 5, WIDE_ERF_BELOW, 6);
}

/* factor Phi(-t) e^(t^2/2), Mills' ratio, by a fraction: the division does not wait for the
 * exponential. */
INLINE W w_normal_ratio(W factor, W t)
{
    return w_ratio(w_mul(factor, w_monic_polynomial(t, WIDE_NORMAL_ABOVE, 4)),
                   w_monic_polynomial(t, WIDE_NORMAL_BELOW, 5));
}

/* Phi(x) by t = |x|: Phi(-t), or 1 - Phi(-t) */
INLINE W w_normal(M negative, W t)
{
    W left = w_mul(w_normal_ratio(w_set(1), t), w_gaussian(WIDE_NORMAL_SCALE, t));
    return w_select(negative, left, w_sub(w_set(1), left));
}

/* gelu(x) = max(x, 0) - t Phi(-t) by t = |x| */
INLINE W w_gelu(W positive, W t)
{
    return w_fnma(w_normal_ratio(t, t), w_gaussian(WIDE_NORMAL_SCALE, t), positive);
}

/* gelu'(x) = Phi(x) + x phi(x): at -t, (t0 - t) W(t) e^(-t^2/2) with a fraction W; at t, 1
 * less that */
INLINE W w_gelu_slope(M positive, W t)
{
    W factor = w_mul(w_sub(w_set(WIDE_GELU_ROOT), t),
                     w_monic_polynomial(t, WIDE_GELU_ABOVE, 4));
    factor = w_ratio(factor, w_monic_polynomial(t, WIDE_GELU_BELOW, 4));
    W left = w_mul(factor, w_gaussian(WIDE_GELU_SCALE, t));
    return w_select(positive, w_sub(w_set(1), left), left);
}

/* From here on mish(x) rounds to x and its derivative to 1. */
#define WIDE_MISH_END 40

/* mish(x) = x A/(A + 2) with A = w (w + 2), w = e^x */
INLINE W w_mish(V x)
{
    W bounded = w_widen(v_max(v_set(-WIDE_END / 2), v_min(v_set(WIDE_MISH_END), x)));
    W w = w_exp(bounded, 1), a = w_mul(w, w_add(w, w_set(2)));
    return w_ratio(w_mul(bounded, a), w_add(a, w_set(2)));
}

/* mish' = w B/D^2 with w = e^x, D = w (w + 2) + 2, B = (w + 2) D + 4 x (w + 1). Its root
 * is x0; with d = x - x0, w0 = e^x0 and r = w - w0,
 *     B = r (w (w + w0 + 4) + c) + 4 d (w + 1),   c = w0^2 + 4 w0 + 6 + 4 x0. */
INLINE W w_mish_slope(V x)
{
    double w0 = WIDE_MISH_DECAY;
    V bounded = v_max(v_set(-WIDE_END), v_min(v_set(WIDE_MISH_END), x));
    W d = w_sub(w_widen(bounded), w_set(WIDE_MISH_ROOT));
    WideExp e = wide_exp(1, d, 1);
    W w = w_mul(w_set(w0), wide_exp_value(e)), r = w_mul(w_set(w0), wide_exp_less_1(e));
    W b = w_fma(w, w_add(w, w_set(w0 + 4)), w_set(WIDE_MISH_CONSTANT));
    b = w_fma(r, b, w_mul(w_mul(w_set(4), d), w_add(w, w_set(1))));
    W divisor = w_fma(w, w_add(w, w_set(2)), w_set(2));
    return w_ratio(w_mul(w, b), w_square(divisor));
}
#endif

#endif
