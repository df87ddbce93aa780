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
    Pair square = two_product(t, t);
    Reduced n = exp_reduce(-1, v_mul(square.hi, v_set(0.5)), origin);
    n.low = v_fnma(square.lo, v_set(0.5), n.low);
    return exp_scaled(a, n);
}

/* t Phi(-t) for t = |x|, to be taken from max(x, 0).
 *
 * float32: t R(t) in pieces, 0.6 ns per element against 0.9 by the form below. Its short
 * high word times the head of the exponential is exact, so that what is subtracted is
 * rounded once. */
#define GAUSS_END C(14.7, 39.3)
#define GAUSS_ORIGIN v_set(EXP_ORIGIN(C(64.0, 128.0)))
#define GAUSS_UNLIFT C(0x1p-64, 0x1p-128)
#if PRECISION == 32
INLINE V gauss_tail(V x)
{
    V t = v_min(v_set(GAUSS_END), v_abs(x));
    Pair g = on_pieces(&GAUSS_VALUE, single(t), true);
    Pair square = two_product(t, t);
    Reduced n = exp_reduce(-1, v_mul(square.hi, v_set(0.5)), GAUSS_ORIGIN);
    n.low = v_fnma(square.lo, v_set(0.5), n.low);
    V head = exp_head(n);
    V rest = v_mul(head, v_fma(v_add(g.hi, g.lo), exp_tail(n), g.lo));
    return v_mul(v_fma(g.hi, head, rest), v_set(GAUSS_UNLIFT));
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
 * two steps of Horner's rule no rounding survives. */
INLINE Pair gauss_polynomial(Pair v, const T *c, T c_low, int degree)
{
    Pair s = fast_two_sum(v_set(-0.5), v.hi);
    V curve = v_mul(s.hi, polynomial(s.hi, c + 2, degree - 2));
    Pair slope = fast_two_sum(v_set(c[1]), curve);
    Pair linear = two_product(s.hi, slope.hi);
    Pair sum = fast_two_sum(v_set(c[0]), linear.hi);
    V low = v_fma(s.hi, slope.lo, v_add(linear.lo, v_set(c_low)));
    low = v_fma(v_add(s.lo, v.lo), slope.hi, low);
    return (Pair){sum.hi, v_add(sum.lo, low)};
}

INLINE V gauss_tail(V x)
{
    V t = v_min(v_set(GAUSS_END), v_abs(x));
    Pair inverse = gauss_inverse(t);
    Pair v = pair_scaled(t, inverse);
    Pair f = gauss_polynomial(v, GAUSS_VALUE, GAUSS_VALUE_LOW, GAUSS_VALUE_DEGREE);
    Pair less = fast_two_sum(v_set(1), v_mul(v_set(-0.5), v.hi));
    less.lo = v_fnma(v_set(0.5), v.lo, less.lo);
    Pair q = gauss_decay(pair_product(pair_product(inverse, less), f), t, GAUSS_ORIGIN);
    return v_mul(v_fma(t, q.hi, v_mul(t, q.lo)), v_set(GAUSS_UNLIFT));
}
#endif

/* Phi(x) + x phi(x) for t = |x|; for positive x it is 1 less that at -x. */
INLINE Slope gauss_slope(V t, M negative)
{
    M deep = v_and(negative, v_lt(v_set(C(12.5, 34.5)), t));
    V end = v_select(negative, v_set(C(20.1, 54.3)), v_set(C(12.5, 34.5)));
    V origin = v_select(deep, v_set(EXP_ORIGIN(LIFT_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    V bounded = v_min(end, t);
#if PRECISION == 32
    Pair factor = on_pieces(&GAUSS_SLOPE, single(bounded), true);
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
