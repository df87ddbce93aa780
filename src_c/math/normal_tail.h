/* The normal tail t Phi(-t) and its derivative: -gelu(-t) and gelu'(-t).
 *
 * Phi(-t) = R(t) e^(-t^2/2), where sqrt(2 pi) R is Mills' ratio and 2 R(t) is erfcx at
 * t/sqrt(2). With v = t/(t + 3),
 *     t Phi(-t) = v (1 - v/2) F(v) e^(-t^2/2),
 * F a polynomial: nothing cancels as in 1 + erf, and one formula holds from 0 into the
 * subnormal range. Compare W. J. Cody, "Rational Chebyshev approximations for the
 * error function" (1969). The derivative,
 *     Phi(-t) - t phi(t) = -(t - t0) W(v) e^(-t^2/2),
 * is accurate relative to itself through its root t0 = 0.7517915... Everything up to
 * the last product is held in pairs. */
#ifndef FA_NORMAL_TAIL_H
#define FA_NORMAL_TAIL_H

#include "derivative.h"
#include "exp.h"
#include "inverse.h"
#include "piecewise.h"
#include "tables/normal_tail.h"

/* t^2/2 as a pair */
INLINE Pair half_square(Pair t)
{
    Pair z = two_product(v_mul(t.hi, v_set(0.5)), t.hi);
    if (!v_is_constant_zero(t.lo)) z.lo = v_fma(t.hi, t.lo, z.lo);
    return z;
}

/* a e^-z as a pair, scaled by the exponent in origin */
INLINE Pair times_exp_minus(Pair a, Pair z, V origin)
{
    Reduced n = exp_reduce(-1, z.hi, origin);
    n.low = v_sub(n.low, z.lo);
    return times_exp(a, n);
}

/* a e^(-t^2/2) */
INLINE Pair times_gaussian(Pair a, V t, V origin)
{
    return times_exp_minus(a, half_square(to_pair(t)), origin);
}

/* t Phi(-t) / UNSCALE for t = |x|: the FMA that subtracts it from max(x, 0) unscales
 * it, and rounds a subnormal result once.
 *
 * float32: t R(t) by piecewise polynomials, 0.6 ns per element, 0.9 by the form below.
 * The product of its short high word and the head of the exponential is exact, so that
 * the tail is rounded once. */
#define NORMAL_TAIL_END C(14.7, 39.3)
#define NORMAL_TAIL_ORIGIN v_set(EXP_ORIGIN(C(64.0, 400.0)))
#define NORMAL_TAIL_UNSCALED_END C(11.95, 34.5)
#define NORMAL_TAIL_NEGLIGIBLE C(9.5, 15.0) /* beside 1, from here on */
#define NORMAL_TAIL_UNSCALE C(0x1p-64, 0x1p-400)
#define NORMAL_TAIL_SUBNORMAL 12.8f /* its value in float32 is normal before */
#if PRECISION == 32
/* t R(t) */
INLINE Pair normal_tail_factor(V t) { return eval_piecewise(&NORMAL_TAIL_VALUE, t); }

INLINE V normal_tail_scaled(V x)
{
    V t = v_min(v_set(NORMAL_TAIL_END), v_abs(x));
    Pair g = eval_piecewise_inside(&NORMAL_TAIL_VALUE, t);
    Pair z = two_product(v_mul(t, v_set(0.5)), t);
    Reduced n = exp_reduce(-1, z.hi, NORMAL_TAIL_ORIGIN);
    n.low = v_sub(n.low, z.lo);
    V head = exp_head(n);
    V rest = v_mul(head, v_fma(v_add(g.hi, g.lo), exp_tail(n), g.lo));
    return v_fma(g.hi, head, rest);
}
#else
/* 1/(t + k) as a pair; t + k is exact in two words, k being a small integer. */
INLINE Pair normal_tail_inverse(V t)
{
    V k = v_set(NORMAL_TAIL_SHIFT);
    V sum = v_add(t, k);
    Pair divisor = {sum, v_sub(t, v_sub(sum, k))};
    V y = inverse(divisor);
    V remainder = v_fnma(y, divisor.lo, v_fnma(y, divisor.hi, v_set(1)));
    return (Pair){y, v_mul(y, remainder)};
}

/* A polynomial in s as a pair. Its constant term dominates, and the last two steps of Horner's
 * rule are carried out in pairs, with two words of their coefficients; low words enter to first
 * order. */
INLINE Pair dominated_polynomial(Pair s, const T *c, const T *c_low, int degree)
{
    Pair poly = two_product(s.hi, long_polynomial(s.hi, c + 2, degree - 2));
    Pair factor = fast_two_sum(v_set(c[1]), poly.hi);
    factor.lo = v_add(factor.lo, v_add(poly.lo, v_set(c_low[1])));
    Pair product = two_product(s.hi, factor.hi);
    Pair sum = fast_two_sum(v_set(c[0]), product.hi);
    V low = v_fma(s.hi, factor.lo, v_add(product.lo, v_set(c_low[0])));
    low = v_fma(s.lo, v_add(factor.hi, poly.hi), low);
    return (Pair){sum.hi, v_add(sum.lo, low)};
}

/* v - 1/2 */
INLINE Pair normal_tail_centred(Pair v)
{
    Pair s = fast_two_sum(v_set(-0.5), v.hi);
    return (Pair){s.hi, v_add(s.lo, v.lo)};
}

/* R(t) */
INLINE Pair normal_tail_ratio(V t)
{
    Pair inverse = normal_tail_inverse(t);
    Pair v = times_pair(t, inverse);
    Pair f = dominated_polynomial(normal_tail_centred(v), NORMAL_TAIL_VALUE,
                                  NORMAL_TAIL_VALUE_LOW, NORMAL_TAIL_VALUE_DEGREE);
    Pair factor = fast_two_sum(v_set(1), v_mul(v_set(-0.5), v.hi));
    factor.lo = v_fnma(v_set(0.5), v.lo, factor.lo);
    return pair_product(pair_product(inverse, factor), f);
}
INLINE Pair normal_tail_factor(V t) { return times_pair(t, normal_tail_ratio(t)); }

INLINE V normal_tail_scaled(V x)
{
    V t = v_min(v_set(NORMAL_TAIL_END), v_abs(x));
    Pair q = times_gaussian(normal_tail_ratio(t), t, NORMAL_TAIL_ORIGIN);
    return v_fma(t, q.hi, v_mul(t, q.lo));
}
#endif

/* Where t is clamped: at end in lanes where a tiny tail matters */
INLINE V tail_end(M matters, T end)
{
    return v_select(matters, v_set(end), v_set(NORMAL_TAIL_NEGLIGIBLE));
}

/* gelu(x) = x Phi(x) = max(x, 0) - t Phi(-t) as a pair, for x >= -UNSCALED_END */
INLINE Pair relu_minus_tail(V x, Pair tail)
{
    Pair y = fast_two_sum(v_max(v_set(0), x), v_sub(v_set(0), tail.hi));
    return (Pair){y.hi, v_sub(y.lo, tail.lo)};
}
INLINE Derivative gelu_pair(V x)
{
    V t = v_min(tail_end(v_lt(x, v_set(0)), NORMAL_TAIL_UNSCALED_END), v_abs(x));
    Pair tail = times_gaussian(normal_tail_factor(t), t, v_set(EXP_ORIGIN(0.0)));
    Pair y = relu_minus_tail(x, tail);
    return deriv_pair(y.hi, y.lo);
}

/* The same for every x, scaled where it underflows. Beyond the table,
 * t Phi(-t) = phi(t) (1 - 1/t^2 + 3/t^4 - 15/t^6 + ...). */
#define NORMAL_TAIL_ZERO \
    C(20.1, 54.3) /* any finite multiple rounds to 0 from here on */
static const T NORMAL_TAIL_SERIES[] = {0, -1, 3, -15, 105, -945, 10395, -135135};
INLINE Derivative gelu_pair_scaled(V x)
{
    V t = v_abs(x);
    M negative = v_lt(x, v_set(0));
    M scaled = v_and(negative, v_lt(v_set(NORMAL_TAIL_UNSCALED_END), t));
    V bounded = v_min(tail_end(negative, NORMAL_TAIL_ZERO), t);
    V origin =
        v_select(scaled, v_set(EXP_ORIGIN(SCALE_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    Pair factor = normal_tail_factor(bounded);
    M far = v_lt(v_set(NORMAL_TAIL_END), bounded);
    V density = v_set(NORMAL_DENSITY_0_HIGH);
    V divisor = v_max(v_set(1), bounded);
    V inverse_square = v_div(v_set(1), v_mul(divisor, divisor));
    Pair series = fast_two_sum(
        density, v_mul(density, polynomial(inverse_square, NORMAL_TAIL_SERIES, 7)));
    series.lo = v_add(series.lo, v_set(NORMAL_DENSITY_0_LOW));
    factor.hi = v_select(far, series.hi, factor.hi);
    factor.lo = v_select(far, series.lo, factor.lo);
    Pair y = relu_minus_tail(x, times_gaussian(factor, bounded, origin));

    V least = v_set(C(0x1p-80, 0x1p-500));
    M tiny = v_lt(t, least);
    V small = v_select(tiny, x, least);
    /* x/2, scaled */
    V half = v_mul(v_mul(small, v_set(ROOT_SCALE)), v_set(ROOT_SCALE / 2));
    return (Derivative){
        DERIV_SCALED,
        .hi = v_select(tiny, half, y.hi),
        .lo = v_unless(tiny, y.lo),
        .scaled = v_or(scaled, tiny),
    };
}

/* gelu'(x) = Phi(x) + x phi(x) for t = |x|; gelu'(x) = 1 - gelu'(-x). */
INLINE Derivative gelu_deriv(V t, M negative)
{
    M scaled = v_and(negative, v_lt(v_set(NORMAL_TAIL_UNSCALED_END), t));
    V origin =
        v_select(scaled, v_set(EXP_ORIGIN(SCALE_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    V bounded = v_min(tail_end(negative, NORMAL_TAIL_ZERO), t);
#if PRECISION == 32
    Pair factor = eval_piecewise_inside(&NORMAL_TAIL_DERIV, bounded);
#else
    Pair v = times_pair(bounded, normal_tail_inverse(bounded));
    Pair w = dominated_polynomial(normal_tail_centred(v), NORMAL_TAIL_DERIV,
                                  NORMAL_TAIL_DERIV_LOW, NORMAL_TAIL_DERIV_DEGREE);
    Pair d = two_sum(v_set(NORMAL_TAIL_ROOT_HIGH), v_sub(v_set(0), bounded));
    d = fast_two_sum(d.hi, v_add(d.lo, v_set(NORMAL_TAIL_ROOT_LOW)));
    Pair factor = pair_product(d, w);
#endif
    Pair left = times_gaussian(factor, bounded, origin);
    return deriv_reflected((Derivative){DERIV_SCALED, left.hi, left.lo, scaled},
                           negative);
}

#endif
