/* The normal tail t Phi(-t) and its derivative: -gelu(-t) and gelu'(-t).
 *
 * Phi(-t) = R(t) e^(-t^2/2), where sqrt(2 pi) R is Mills' ratio and 2 R(t) is erfcx at
 * t/sqrt(2): nothing cancels as in 1 + erf, and one formula holds into the subnormal range.
 * In float32 t R(t) and the derivative's factor are piecewise polynomials, the latter accurate
 * relative to itself through its root t0 = 0.7517915... In float64 most arguments are in a
 * table of Phi itself (normal_rows.h), and beyond its end
 *     t Phi(-t) = phi(t) (1 + u G(u)),   u = 1/t^2,
 * G a polynomial, as in the asymptotic series. Everything up to the last product is held in
 * pairs. */
#ifndef FA_NORMAL_TAIL_H
#define FA_NORMAL_TAIL_H

#include "derivative.h"
#include "exp.h"
#include "inverse.h"
#include "normal_rows.h"
#include "piecewise.h"

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

/* A tiny t Phi(-t) is held scaled, by 2^64 or 2^400. */
#define NORMAL_TAIL_END C(14.7, 39.3)
#define NORMAL_TAIL_ORIGIN v_set(EXP_ORIGIN(C(64.0, 400.0)))
#define NORMAL_TAIL_UNSCALED_END C(11.95, 34.5)
#define NORMAL_TAIL_NEGLIGIBLE C(9.5, NORMAL_ROWS_END) /* beside 1, from here on */
#define NORMAL_TAIL_UNSCALE C(0x1p-64, 0x1p-400)
#define NORMAL_TAIL_SUBNORMAL 12.8f /* its value in float32 is normal before */
/* any finite multiple rounds to 0 from here on */
#define NORMAL_TAIL_ZERO C(20.1, 54.3)

/* Where t is clamped: at end in lanes where a tiny tail matters */
INLINE V tail_end(M matters, T end)
{
    return v_select(matters, v_set(end), v_set(NORMAL_TAIL_NEGLIGIBLE));
}

#if PRECISION == 32

/* t Phi(-t) / UNSCALE for t = |x|: the FMA that subtracts it from max(x, 0) unscales
 * it, and rounds a subnormal result once.
 *
 * t R(t) by piecewise polynomials takes 0.6 ns per element, by one polynomial 0.9. The product
 * of its short high word and the head of the exponential is exact, so that the tail is rounded
 * once. */
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

/* t Phi(-t), scaled by the exponent in origin, up to END */
INLINE Pair normal_tail(V t, V origin)
{
    return times_gaussian(eval_piecewise(&NORMAL_TAIL_VALUE, t), t, origin);
}

/* The same everywhere; beyond the table
 * t Phi(-t) = phi(t) (1 - 1/t^2 + 3/t^4 - 15/t^6 + ...). */
static const T NORMAL_TAIL_SERIES[] = {0, -1, 3, -15, 105, -945, 10395, -135135};
INLINE Pair normal_tail_any(V t, V origin)
{
    Pair factor = eval_piecewise(&NORMAL_TAIL_VALUE, t);
    M far = v_lt(v_set(NORMAL_TAIL_END), t);
    V density = v_set(NORMAL_DENSITY_0_HIGH);
    V divisor = v_max(v_set(1), t);
    V inverse_square = v_div(v_set(1), v_mul(divisor, divisor));
    Pair series = fast_two_sum(
        density, v_mul(density, polynomial(inverse_square, NORMAL_TAIL_SERIES, 7)));
    series.lo = v_add(series.lo, v_set(NORMAL_DENSITY_0_LOW));
    factor.hi = v_select(far, series.hi, factor.hi);
    factor.lo = v_select(far, series.lo, factor.lo);
    return times_gaussian(factor, t, origin);
}

#else

/* u G(u) = t Phi(-t)/phi(t) - 1, from ROWS_END on */
INLINE V normal_far(V u)
{
    return v_mul(u,
                 polynomial_by_square(u, v_mul(u, u), NORMAL_FAR, NORMAL_FAR_DEGREE));
}
INLINE V inverse_square_of(V t) { return v_div(v_set(1), v_mul(t, t)); }

/* a (1 + b) e^(-t^2/2); b is small, and so is the low word beside the high one. */
INLINE Pair times_far_gaussian(Pair a, V b, Pair t, V origin)
{
    Pair z = half_square(t);
    Reduced n = exp_reduce(-1, z.hi, origin);
    n.low = v_sub(n.low, z.lo);
    V head = exp_head(n), tail = exp_tail(n);
    Pair product = two_product(a.hi, head);
    V low = v_fma(a.lo, head, product.lo);
    return (Pair){product.hi, v_fma(product.hi, v_fma(b, tail, v_add(b, tail)), low)};
}

/* Phi(-t) for t >= ROWS_END, scaled by the exponent in origin */
INLINE Pair normal_beyond_left(Pair t, V origin)
{
    Pair density = PAIR_CONSTANT(NORMAL_DENSITY_0);
    V y = v_div(v_set(1), t.hi), quotient = v_mul(density.hi, y);
    V remainder = v_add(v_fnma(quotient, t.hi, density.hi), density.lo);
    if (!v_is_constant_zero(t.lo)) remainder = v_fnma(quotient, t.lo, remainder);
    Pair factor = {quotient, v_mul(y, remainder)};
    return times_far_gaussian(factor, normal_far(v_mul(y, y)), t, origin);
}

/* t Phi(-t), likewise */
INLINE Pair normal_beyond_tail(V t, V origin)
{
    V far = normal_far(inverse_square_of(t));
    return times_far_gaussian(PAIR_CONSTANT(NORMAL_DENSITY_0), far, to_pair(t), origin);
}

/* t Phi(-t), scaled by the exponent in origin beyond the table */
INLINE Pair normal_tail(V t, V origin)
{
    V end = v_set(NORMAL_ROWS_END), near_t = v_min(end, t);
    Pair near = times_pair(near_t, normal_near(near_t));
    M far = v_lt(end, t);
    if (!v_any(far)) return near;
    Pair beyond = normal_beyond_tail(v_max(end, t), origin);
    beyond = fast_two_sum(beyond.hi, beyond.lo);
    return (Pair){v_select(far, beyond.hi, near.hi), v_select(far, beyond.lo, near.lo)};
}
INLINE Pair normal_tail_any(V t, V origin) { return normal_tail(t, origin); }

/* gelu(x) for |x| >= ROWS_END */
INLINE V gelu_beyond(V x)
{
    V end = v_set(NORMAL_ROWS_END), minus_x = v_sub(v_set(0), x);
    V t = v_max(end, v_min(v_set(NORMAL_TAIL_END), minus_x));
    Pair tail = normal_beyond_tail(t, NORMAL_TAIL_ORIGIN);
    V below = v_mul_tiny(v_add(tail.hi, tail.lo), v_set(-NORMAL_TAIL_UNSCALE));
    return v_select(v_lt(x, v_set(0)), below, x);
}

#endif

/* gelu(x) = x Phi(x) = max(x, 0) - t Phi(-t) as a pair, for x >= -UNSCALED_END */
INLINE Pair relu_minus_tail(V x, Pair tail)
{
    Pair y = fast_two_sum(v_max(v_set(0), x), v_sub(v_set(0), tail.hi));
    return (Pair){y.hi, v_sub(y.lo, tail.lo)};
}
INLINE Derivative gelu_pair(V x)
{
    V t = v_min(tail_end(v_lt(x, v_set(0)), NORMAL_TAIL_UNSCALED_END), v_abs(x));
    Pair y = relu_minus_tail(x, normal_tail(t, v_set(EXP_ORIGIN(0.0))));
    return deriv_pair(y.hi, y.lo);
}

/* The same for every x, scaled where it underflows */
INLINE Derivative gelu_pair_scaled(V x)
{
    V t = v_abs(x);
    M negative = v_lt(x, v_set(0));
    M scaled = v_and(negative, v_lt(v_set(NORMAL_TAIL_UNSCALED_END), t));
    V bounded = v_min(tail_end(negative, NORMAL_TAIL_ZERO), t);
    V origin =
        v_select(scaled, v_set(EXP_ORIGIN(SCALE_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    Pair y = relu_minus_tail(x, normal_tail_any(bounded, origin));

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

#if PRECISION == 32
INLINE Pair gelu_left(V t, V origin)
{
    return times_gaussian(eval_piecewise_inside(&NORMAL_TAIL_DERIV, t), t, origin);
}
#else
/* Beyond the table -phi(t) t (1 - u (1 + u G)) */
INLINE Pair gelu_left(V t, V origin)
{
    V end = v_set(NORMAL_ROWS_END);
    Pair near = gelu_slope_near(v_min(end, t));
    M far = v_lt(end, t);
    if (!v_any(far)) return near;
    V far_t = v_max(end, t), u = inverse_square_of(far_t);
    V less = v_fma(u, normal_far(u), u), minus_t = v_sub(v_set(0), far_t);
    Pair factor = times_pair(minus_t, PAIR_CONSTANT(NORMAL_DENSITY_0));
    Pair beyond =
        times_far_gaussian(factor, v_sub(v_set(0), less), to_pair(far_t), origin);
    return (Pair){v_select(far, beyond.hi, near.hi), v_select(far, beyond.lo, near.lo)};
}
#endif

/* gelu'(x) = Phi(x) + x phi(x) for t = |x|; gelu'(x) = 1 - gelu'(-x). */
INLINE Derivative gelu_deriv(V t, M negative)
{
    M scaled = v_and(negative, v_lt(v_set(NORMAL_TAIL_UNSCALED_END), t));
    V origin =
        v_select(scaled, v_set(EXP_ORIGIN(SCALE_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    V bounded = v_min(tail_end(negative, NORMAL_TAIL_ZERO), t);
    Pair left = gelu_left(bounded, origin);
    return deriv_reflected((Derivative){DERIV_SCALED, left.hi, left.lo, scaled},
                           negative);
}

#endif
