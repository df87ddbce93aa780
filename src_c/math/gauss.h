/* The normal tail t Phi(-t) and its derivative, which are gelu and gelu' but for a sign.
 *
 * Phi(-t) = R(t) e^(-t^2/2) with R half of the scaled complementary error function.
 * With v = t/(t + 3), t Phi(-t) = v (1 - v/2) F(v) e^(-t^2/2), F a polynomial: no
 * 1 + erf that cancels, one formula from 0 into the subnormal range. The derivative,
 * Phi(-t) - t phi(t) = -(t - t0) W(v) e^(-t^2/2), keeps its relative accuracy through
 * its root t0 = 0.7517915... Everything up to the last product is held in pairs. */
#ifndef FA_GAUSS_H
#define FA_GAUSS_H

#include "exp.h"
#include "inverse.h"
#include "pieces.h"
#include "slope.h"
#include "tables/gauss.h"

/* a e^(-t^2/2) as a pair, lifted by the exponent in origin. */
INLINE Pair gauss_decay(Pair a, V t, V origin)
{
    Pair z = two_product(v_mul(t, v_set(0.5)), t);
    Reduced n = exp_reduce(-1, z.hi, origin);
    n.low = v_sub(n.low, z.lo);
    return exp_scaled(a, n);
}

/* t Phi(-t) for t = |x|, over UNLIFT: where it is subnormal it is rounded by what takes it
 * from max(x, 0), and costs no more.
 *
 * float32: t R(t) in pieces, 0.6 ns per element against 0.9 by the form below. Its short
 * high word times the head of the exponential is exact, so that what is subtracted is
 * rounded once. */
#define GAUSS_END C(14.7, 39.3)
#define GAUSS_ORIGIN v_set(EXP_ORIGIN(C(64.0, 128.0)))
#define GAUSS_DEEP C(12.5, 34.5)
#define GAUSS_UNLIFT C(0x1p-64, 0x1p-128)
#if PRECISION == 32
/* t R(t) */
INLINE Pair gauss_factor(V t) { return on_pieces(&GAUSS_VALUE, t); }

INLINE V gauss_tail(V x)
{
    V t = v_min(v_set(GAUSS_END), v_abs(x));
    Pair g = inside_pieces(&GAUSS_VALUE, t);
    Pair z = two_product(v_mul(t, v_set(0.5)), t);
    Reduced n = exp_reduce(-1, z.hi, GAUSS_ORIGIN);
    n.low = v_sub(n.low, z.lo);
    V head = exp_head(n);
    V rest = v_mul(head, v_fma(v_add(g.hi, g.lo), exp_tail(n), g.lo));
    return v_fma(g.hi, head, rest);
}
#else
/* 1/(t + k) as a pair; t + k is exact in two words since k is a small integer. */
INLINE Pair gauss_inverse(V t)
{
    V k = v_set(GAUSS_SHIFT);
    V sum = v_add(t, k);
    Pair divisor = {sum, v_sub(t, v_sub(sum, k))};
    V y = inverse(divisor);
    V remainder = v_fnma(y, divisor.lo, v_fnma(y, divisor.hi, v_set(1)));
    return (Pair){y, v_mul(y, remainder)};
}

/* A polynomial c(v - 1/2) as a pair: its constant outweighs the rest, and of the last
 * two steps of Horner's rule no rounding survives. Low words count by the derivative. */
INLINE Pair gauss_polynomial(Pair v, const T *c, T c_low, int degree)
{
    Pair s = fast_two_sum(v_set(-0.5), v.hi);
    Pair curve = two_product(s.hi, polynomial(s.hi, c + 2, degree - 2));
    Pair slope = fast_two_sum(v_set(c[1]), curve.hi);
    slope.lo = v_add(slope.lo, curve.lo);
    Pair linear = two_product(s.hi, slope.hi);
    Pair sum = fast_two_sum(v_set(c[0]), linear.hi);
    V low = v_fma(s.hi, slope.lo, v_add(linear.lo, v_set(c_low)));
    low = v_fma(v_add(s.lo, v.lo), v_add(slope.hi, curve.hi), low);
    return (Pair){sum.hi, v_add(sum.lo, low)};
}

/* R(t) */
INLINE Pair gauss_ratio(V t)
{
    Pair inverse = gauss_inverse(t);
    Pair v = pair_scaled(t, inverse);
    Pair f = gauss_polynomial(v, GAUSS_VALUE, GAUSS_VALUE_LOW, GAUSS_VALUE_DEGREE);
    Pair less = fast_two_sum(v_set(1), v_mul(v_set(-0.5), v.hi));
    less.lo = v_fnma(v_set(0.5), v.lo, less.lo);
    return pair_product(pair_product(inverse, less), f);
}
INLINE Pair gauss_factor(V t) { return pair_scaled(t, gauss_ratio(t)); }

INLINE V gauss_tail(V x)
{
    V t = v_min(v_set(GAUSS_END), v_abs(x));
    Pair q = gauss_decay(gauss_ratio(t), t, GAUSS_ORIGIN);
    return v_fma(t, q.hi, v_mul(t, q.lo));
}
#endif

/* x Phi(x) = max(x, 0) - t Phi(-t) before it is rounded, for x above -GAUSS_DEEP */
INLINE Pair gauss_less_tail(V x, Pair tail)
{
    Pair y = fast_two_sum(v_max(v_set(0), x), v_sub(v_set(0), tail.hi));
    return (Pair){y.hi, v_sub(y.lo, tail.lo)};
}
INLINE Slope gauss_value(V x)
{
    V t = v_min(v_set(GAUSS_DEEP), v_abs(x));
    Pair tail = gauss_decay(gauss_factor(t), t, v_set(EXP_ORIGIN(0.0)));
    Pair y = gauss_less_tail(x, tail);
    return slope_pair(y.hi, y.lo);
}

/* The same for every x, lifted for negative x far out, and about 0. Beyond what the table
 * holds, t Phi(-t) = phi(t) (1 - 1/t^2 + 3/t^4 - 15/t^6 ...). */
#define GAUSS_SHUT \
    C(20.1, 54.3) /* from here on it is 0, whatever it is multiplied by */
#define GAUSS_DENSITY_HIGH C(0x1.988454p-2, 0x1.9884533d43651p-2) /* 1/sqrt(2 pi) */
#define GAUSS_DENSITY_LOW C(-0x1.857936p-27, -0x1.cbc0d30ebfd15p-56)
static const T GAUSS_FAR[] = {0, -1, 3, -15, 105, -945, 10395, -135135};
INLINE Slope gauss_value_lifted(V x)
{
    V t = v_abs(x);
    M negative = v_lt(x, v_set(0)), deep = v_and(negative, v_lt(v_set(GAUSS_DEEP), t));
    V bounded = v_min(v_select(negative, v_set(GAUSS_SHUT), v_set(GAUSS_DEEP)), t);
    V origin = v_select(deep, v_set(EXP_ORIGIN(LIFT_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    Pair factor = gauss_factor(bounded);
    M far = v_lt(v_set(GAUSS_END), bounded);
    V density = v_set(GAUSS_DENSITY_HIGH);
    V away = v_max(v_set(1), bounded);
    V inverse_square = v_div(v_set(1), v_mul(away, away));
    Pair series =
        fast_two_sum(density, v_mul(density, polynomial(inverse_square, GAUSS_FAR, 7)));
    series.lo = v_add(series.lo, v_set(GAUSS_DENSITY_LOW));
    factor.hi = v_select(far, series.hi, factor.hi);
    factor.lo = v_select(far, series.lo, factor.lo);
    Pair y = gauss_less_tail(x, gauss_decay(factor, bounded, origin));

    V least = v_set(C(0x1p-64, 0x1p-500));
    M tiny = v_lt(t, least);
    V small = v_select(tiny, x, least);
    V half = v_mul(v_mul(small, v_set(C(0x1p85, 0x1p555))), v_set(C(0x1p84, 0x1p554)));
    return (Slope){
        SLOPE_LIFTED,
        .hi = v_select(tiny, half, y.hi),
        .lo = v_select(tiny, v_set(0), y.lo),
        .deep = v_or(deep, tiny),
    };
}

/* Phi(x) + x phi(x) for t = |x|; for positive x it is 1 less that at -x. */
INLINE Slope gauss_slope(V t, M negative)
{
    M deep = v_and(negative, v_lt(v_set(GAUSS_DEEP), t));
    V end = v_select(negative, v_set(GAUSS_SHUT), v_set(GAUSS_DEEP));
    V origin = v_select(deep, v_set(EXP_ORIGIN(LIFT_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    V bounded = v_min(end, t);
#if PRECISION == 32
    Pair factor = inside_pieces(&GAUSS_SLOPE, bounded);
#else
    Pair v = pair_scaled(bounded, gauss_inverse(bounded));
    Pair w = gauss_polynomial(v, GAUSS_SLOPE, GAUSS_SLOPE_LOW, GAUSS_SLOPE_DEGREE);
    Pair d = two_sum(v_set(GAUSS_ROOT_HIGH), v_sub(v_set(0), bounded));
    d = fast_two_sum(d.hi, v_add(d.lo, v_set(GAUSS_ROOT_LOW)));
    Pair factor = pair_product(d, w);
#endif
    Pair fall = gauss_decay(factor, bounded, origin);
    return slope_reflected((Slope){SLOPE_LIFTED, fall.hi, fall.lo, deep}, negative);
}

#endif
