/* erf, the normal distribution function, also shifted and scaled, as in laplace, and the bell
 * curve: values, and derivatives, which are multiples of e^-z. Float32 is in float64 lanes but
 * for values that pairs are faster for, float64 in pairs. R(t) = Phi(-t) e^(t^2/2) as in
 * normal_tail.h. */
#ifndef FA_NORMAL_H
#define FA_NORMAL_H

#include "exp_neg.h"
#include "normal_tail.h"
#include "second_derivative.h"
#include "tables/erf.h"
#include "wide.h"

/* ---- multiples of e^-z ---- */

INLINE Derivative exp_minus(Pair z)
{
    return exp_deriv((Pair){v_sub(v_set(0), z.hi), v_sub(v_set(0), z.lo)});
}

/* c u e^-z. A tiny u carries the square root of the scale, and so does c; e^-z is 1 then. */
INLINE Derivative times_argument(Pair c, Pair u, Derivative e)
{
    Derivative s = pair_times_d2(pair_product(c, u), e);
    M tiny = v_lt(v_abs(u.hi), v_set(SCALED_BELOW));
    if (!v_any(tiny)) return s;
    V root_scale = v_set(ROOT_SCALE);
    V small = v_mul(v_where(tiny, u.hi), root_scale);
    V low = v_mul(v_where(tiny, u.lo), root_scale);
    Pair factor = {v_mul(c.hi, root_scale), v_mul(c.lo, root_scale)};
    Pair product = pair_product(factor, (Pair){small, low});
    s.hi = v_select(tiny, product.hi, s.hi);
    s.lo = v_select(tiny, product.lo, s.lo);
    s.scaled = v_or(s.scaled, tiny);
    return s;
}

/* ---- the tail ---- */

#if PRECISION == 32
/* R(t) */
INLINE Pair normal_ratio(Pair t)
{
    return eval_piece(&NORMAL_RATIO, find_piece(&NORMAL_RATIO, t.hi), t);
}

/* 2^k Phi(-t) as a pair; k is NORMAL_TAIL_ORIGIN's. */
INLINE Pair normal_left(Pair t)
{
    t.hi = v_min(v_set(NORMAL_TAIL_END), t.hi);
    return times_exp_minus(normal_ratio(t), half_square(t), NORMAL_TAIL_ORIGIN);
}

/* The same, or 0 where it is negligible beside 1 */
INLINE Pair normal_left_beside_1(V t, Pair left)
{
    M negligible = v_lt(v_set(NORMAL_TAIL_NEGLIGIBLE), v_abs(t));
    return (Pair){v_unless(negligible, left.hi), v_unless(negligible, left.lo)};
}
#endif

/* ---- arguments ---- */

/* From here on phi(u)/sigma, times any g, rounds to 0. */
#define GAUSSIAN_ZERO C(20.1, 54.82)

/* x - mu and u = (x - mu)/sigma as pairs, clamped where phi(u) is 0; `inverse` is 1/sigma. */
INLINE Pair laplace_distance(V x, V mu, V sigma)
{
    V most = v_set(T_MAX / 2), end = v_mul(v_set(GAUSSIAN_ZERO), v_abs(sigma));
    V finite = v_max(v_sub(v_set(0), most), v_min(most, x));
    Pair d = two_sum(finite, v_sub(v_set(0), mu));
    M beyond = v_lt(end, v_abs(d.hi));
    d.hi = v_select(beyond, v_copysign(end, d.hi), d.hi);
    d.lo = v_unless(beyond, d.lo);
    return d;
}
INLINE Pair laplace_pair(V x, V mu, V sigma, Pair inverse)
{
    return pair_product(laplace_distance(x, mu, sigma), inverse);
}

/* x clamped where e^(-x^2/(2 sigma^2)) is 0 */
INLINE V gaussian_bounded(V x, V sigma)
{
    V end = v_mul(v_set(GAUSSIAN_ZERO), v_abs(sigma));
    return v_max(v_sub(v_set(0), end), v_min(end, x));
}

#if PRECISION == 32
/* From here on e^(-u^2/2) times any float32 numbers, three of them, rounds to 0. */
#define WIDE_GAUSSIAN_END 37

INLINE W laplace_argument(V x, V mu, V sigma)
{
    W d = w_sub(w_widen(x), w_widen(mu));
    return w_clamped(w_mul(d, w_inverse(w_widen(sigma))), WIDE_GAUSSIAN_END);
}
INLINE W gaussian_argument(V x, V sigma)
{
    return w_clamped(w_mul(w_widen(x), w_inverse(w_widen(sigma))), WIDE_GAUSSIAN_END);
}
#endif

/* ---- values ---- */

INLINE Derivative gaussian_pair(V bounded, Pair inverse)
{
    return exp_minus(half_square(times_pair(bounded, inverse)));
}
INLINE V gaussian_y(V x, V sigma)
{
    V bounded = gaussian_bounded(x, sigma);
    return deriv_value(gaussian_pair(bounded, pair_inverse(to_pair(sigma))));
}

#if WIDE_IS_FASTER

INLINE V erf_y(V x) { return w_narrow(w_erf(x)); }
#if V_ROWS
INLINE V ndtr_y(V x)
{
    V t = v_min(v_set(NORMAL_ROWS_END), v_abs(x));
    Pair phi = normal_near_signed(x, to_pair(t));
    M low = v_lt(x, v_set(-NORMAL_TAIL_SUBNORMAL));
    return times_unscale(low, v_add(phi.hi, phi.lo), NORMAL_ROWS_UNSCALE);
}
#else
INLINE V ndtr_y(V x)
{
    return w_narrow(w_normal(v_lt(x, v_set(0)), wide_size(x, NORMAL_TAIL_END)));
}
#endif
INLINE V laplace_y(V x, V mu, V sigma)
{
    W u = laplace_argument(x, mu, sigma);
    M negative = v_lt(w_narrow(u), v_set(0));
    return w_narrow(w_normal(negative, w_size(u, NORMAL_TAIL_END)));
}

#else

/* Phi(u) = 1 - Phi(-u) */
#if PRECISION == 32
INLINE V normal_of(Pair u)
{
    Pair left = normal_left(pair_abs(u)), tail = normal_left_beside_1(u.hi, left);
    M negative = v_lt(u.hi, v_set(0));
    V unscale = v_set(NORMAL_TAIL_UNSCALE);
    Pair right = fast_two_sum(v_set(1), v_mul(tail.hi, v_set(-NORMAL_TAIL_UNSCALE)));
    V above = v_add(right.hi, v_fnma(tail.lo, unscale, right.lo));
    V below = v_select(negative, v_add(left.hi, left.lo), above);
    M low = v_lt(u.hi, v_set(-NORMAL_TAIL_SUBNORMAL));
    return v_select(negative, times_unscale(low, below, NORMAL_TAIL_UNSCALE), above);
}
#else
INLINE V normal_of(Pair u)
{
    Pair t = pair_abs(u);
    V end = v_set(NORMAL_ROWS_END);
    Pair near = normal_near_signed(u.hi, (Pair){v_min(end, t.hi), t.lo});
    V y = v_add(near.hi, near.lo);
    M far = v_lt(u.hi, v_sub(v_set(0), end));
    if (!v_any(far)) return y;
    Pair far_t = {v_max(end, v_min(v_set(NORMAL_TAIL_END), t.hi)), v_where(far, t.lo)};
    Pair tail = normal_beyond_left(far_t, NORMAL_TAIL_ORIGIN);
    V below = v_mul_tiny(v_add(tail.hi, tail.lo), v_set(NORMAL_TAIL_UNSCALE));
    return v_select(far, below, y);
}
#endif

INLINE V ndtr_y(V x) { return normal_of(to_pair(x)); }
INLINE V laplace_y(V x, V mu, V sigma)
{
    return normal_of(laplace_pair(x, mu, sigma, pair_inverse(to_pair(sigma))));
}

#if PRECISION == 32
INLINE V erf_y(V x)
{
    V last = v_set(ERF_OVER_X.last), t = v_min(last, v_abs(x));
    V y = rounded_product(t, eval_piecewise_inside(&ERF_OVER_X, t));
    return v_copysign(y, x);
}
#else
/* A tiny result is a product that is rounded once. */
INLINE V erf_y(V x)
{
    V t = v_min(v_set(ERF_ROWS_END), v_abs(x)), least = v_set(0x1p-900);
    V y = erf_near(t);
    M tiny = v_and(v_lt(v_set(0), t), v_lt(t, least));
    if (v_any(tiny)) {
        V small = rounded_product(v_min(least, t), PAIR_CONSTANT(ERF_SLOPE));
        y = v_select(tiny, small, y);
    }
    return v_copysign(y, x);
}
#endif

#endif

/* ---- derivatives ---- */

#if PRECISION == 32

INLINE W erf_slope(double factor, W x)
{
    return wide_exp_value(wide_exp(factor * WIDE_ERF_SLOPE, w_square(x), -1));
}
INLINE Derivative erf_dx(V x)
{
    return deriv_wide(erf_slope(1, w_widen(clamped(x, NORMAL_TAIL_ZERO))));
}
INLINE Derivative erf_d2(V x)
{
    W bounded = w_widen(clamped(x, NORMAL_TAIL_ZERO));
    return deriv_wide(w_mul(bounded, erf_slope(-2, bounded)));
}

INLINE Derivative ndtr_dx(V x)
{
    return deriv_wide(w_gaussian(WIDE_DENSITY, w_widen(clamped(x, NORMAL_TAIL_ZERO))));
}
INLINE Derivative ndtr_d2(V x)
{
    W bounded = w_widen(clamped(x, NORMAL_TAIL_ZERO));
    return deriv_wide(w_mul(bounded, w_gaussian(-WIDE_DENSITY, bounded)));
}

INLINE Derivative laplace_dx(V x, V mu, V sigma)
{
    W phi = w_gaussian(WIDE_DENSITY, laplace_argument(x, mu, sigma));
    return deriv_wide(w_mul(w_inverse(w_widen(sigma)), phi));
}
INLINE Derivative laplace_d2(V x, V mu, V sigma)
{
    W u = laplace_argument(x, mu, sigma), inverse = w_inverse(w_widen(sigma));
    W slope = w_mul(u, w_gaussian(-WIDE_DENSITY, u));
    return deriv_wide(w_mul(w_square(inverse), slope));
}

INLINE Derivative gaussian_dx(V x, V sigma)
{
    W u = gaussian_argument(x, sigma), inverse = w_inverse(w_widen(sigma));
    return deriv_wide(w_mul(inverse, w_mul(u, w_gaussian(-1, u))));
}
INLINE Derivative gaussian_d2(V x, V sigma)
{
    W u = gaussian_argument(x, sigma), width = w_widen(sigma);
    W inverse = w_inverse(width), finite = w_widen(clamped(x, T_MAX));
    W below = w_mul(w_sub(finite, width), inverse);
    W above = w_mul(w_add(finite, width), inverse);
    W factor = w_mul(w_mul(below, above), w_square(inverse));
    return deriv_wide(w_mul(factor, w_gaussian(1, u)));
}

#else

INLINE Derivative erf_dx(V x)
{
    V bounded = clamped(x, NORMAL_TAIL_ZERO);
    Derivative e = exp_minus(two_product(bounded, bounded));
    return constant_times_deriv(PAIR_CONSTANT(ERF_SLOPE), e);
}
INLINE Derivative erf_d2(V x)
{
    V bounded = clamped(x, NORMAL_TAIL_ZERO);
    Derivative e = exp_minus(two_product(bounded, bounded));
    Pair minus_slope = {v_set(-2 * ERF_SLOPE_HIGH), v_set(-2 * ERF_SLOPE_LOW)};
    return times_argument(minus_slope, to_pair(bounded), e);
}

INLINE Derivative ndtr_dx(V x)
{
    Pair u = to_pair(clamped(x, NORMAL_TAIL_ZERO));
    Derivative e = exp_minus(half_square(u));
    return constant_times_deriv(PAIR_CONSTANT(NORMAL_DENSITY_0), e);
}
INLINE Derivative ndtr_d2(V x)
{
    Pair u = to_pair(clamped(x, NORMAL_TAIL_ZERO));
    Pair minus = {v_set(-NORMAL_DENSITY_0_HIGH), v_set(-NORMAL_DENSITY_0_LOW)};
    return times_argument(minus, u, exp_minus(half_square(u)));
}

INLINE Derivative laplace_dx(V x, V mu, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    Pair u = laplace_pair(x, mu, sigma, inverse);
    Pair density = pair_product(inverse, PAIR_CONSTANT(NORMAL_DENSITY_0));
    return deriv_large(pair_times_d2(density, exp_minus(half_square(u))));
}
INLINE Derivative laplace_d2(V x, V mu, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    Pair d = laplace_distance(x, mu, sigma), u = pair_product(d, inverse);
    Pair minus = {v_set(-NORMAL_DENSITY_0_HIGH), v_set(-NORMAL_DENSITY_0_LOW)};
    Pair cube = pair_product(inverse, pair_product(inverse, inverse));
    return times_argument(pair_product(minus, cube), d, exp_minus(half_square(u)));
}

INLINE Derivative gaussian_dx(V x, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    Pair square = pair_product(inverse, inverse);
    V bounded = gaussian_bounded(x, sigma);
    Pair minus = {v_sub(v_set(0), square.hi), v_sub(v_set(0), square.lo)};
    return deriv_large(
        times_argument(minus, to_pair(bounded), gaussian_pair(bounded, inverse)));
}
INLINE Derivative gaussian_d2(V x, V sigma)
{
    Pair inverse = pair_inverse(to_pair(sigma));
    V bounded = gaussian_bounded(x, sigma);
    Pair below = two_sum(bounded, v_sub(v_set(0), sigma)),
         above = two_sum(bounded, sigma);
    Pair factor =
        pair_product(pair_product(below, inverse), pair_product(above, inverse));
    factor = pair_product(factor, pair_product(inverse, inverse));
    return pair_times_d2(factor, gaussian_pair(bounded, inverse));
}

#endif

#endif
