/* x - tanh(x) and its derivative tanh^2, both
 * accurate relative to themselves down to 0. */
#ifndef FA_TANH_SHRINK_H
#define FA_TANH_SHRINK_H

#include "derivative.h"
#include "piecewise.h"
#include "tables/tanh_shrink.h"
#include "tanh.h"

/* product, or far where the argument of tanh is not tiny: there tanh(z) rounds to z. */
INLINE V product_or(Pair product, V t, V far)
{
    return v_select(v_lt(t, v_set(C(0x1p-14, 0x1p-28))), product.hi, far);
}

#if PRECISION == 32
/* x^3 Q(x), Q by piecewise polynomials; |x| - 1 for large |x| */
INLINE V tanh_shrink_of(V x)
{
    V end = v_set(TANH_SHRINK_RATIO.last), t = v_min(end, v_abs(x));
    Pair ratio = eval_piecewise_inside(&TANH_SHRINK_RATIO, t);
    Pair factor = pair_product(two_product(t, t), ratio);
    V near = rounded_product(t, factor);
    V far = v_sub(v_abs(x), v_set(1));
    return v_copysign(v_select(v_lt(end, v_abs(x)), far, near), x);
}

/* tanh(t) as a pair, for t >= 0 */
INLINE Pair tanh_pair(V t)
{
    V bounded = v_min(v_set(TANH_OVER_X.last), t);
    return times_pair(bounded, eval_piecewise_inside(&TANH_OVER_X, bounded));
}

/* factor tanh(z) for a positive factor, given product = factor z */
INLINE V tanh_product(V factor, Pair product, Pair z)
{
    V last = v_set(TANH_OVER_X.last);
    Pair t = pair_abs(z);
    M beyond = v_lt(last, t.hi);
    t.hi = v_min(last, t.hi);
    Pair ratio = eval_piece(&TANH_OVER_X, find_piece(&TANH_OVER_X, t.hi), t);
    Pair y = pair_product(product, ratio);
    V near = product_or(product, t.hi, v_add(y.hi, y.lo));
    return v_copysign(v_select(beyond, factor, near), product.hi);
}

INLINE Pair tanh_square(V t)
{
    V bounded = v_min(v_set(TANH_SQUARE_RATIO.last), t);
    Pair ratio = eval_piecewise_inside(&TANH_SQUARE_RATIO, bounded);
    return pair_product(two_product(bounded, bounded), ratio);
}
#else
/* tanh(t) as a pair, for t >= 0 */
INLINE Pair tanh_pair(V t)
{
    Fraction f = tanh_fraction(to_pair(t));
    return pair_quotient(f.numerator, f.denominator);
}

INLINE V tanh_product(V factor, Pair product, Pair z)
{
    Pair t = pair_abs(z);
    TanhQuotient tanh = tanh_quotient(tanh_fraction(t));
    Pair y = times_pair(factor, (Pair){tanh.q, v_mul(tanh.y, tanh.rest)});
    return v_copysign(product_or(product, t.hi, v_add(y.hi, y.lo)), product.hi);
}

/* x^3 Q(x^2) below 1/2, t - tanh(t) above */
INLINE V tanh_shrink_of(V x)
{
    V t = v_abs(x);
    Pair tanh = tanh_pair(t);
    Pair far = two_sum(t, v_sub(v_set(0), tanh.hi));
    V wide = v_add(far.hi, v_sub(far.lo, tanh.lo));

    /* The cube of a tiny t is scaled, so that it is rounded once. */
    V small = v_min(v_set(0.5), t);
    M tiny = v_lt(t, v_set(0x1p-30));
    V scaled_t = v_mul(small, v_select(tiny, v_set(0x1p340), v_set(1)));
    V unscale = v_select(tiny, v_set(0x1p-1020), v_set(1));
    V square = v_mul(small, small);
    V poly = v_mul(square, polynomial(square, TANH_SHRINK + 1, TANH_SHRINK_DEGREE - 1));
    Pair q = fast_two_sum(v_set(TANH_SHRINK[0]), poly);
    q.lo = v_add(q.lo, v_set(TANH_SHRINK_LOW));
    Pair cube = pair_product(times_pair(scaled_t, q), two_product(scaled_t, scaled_t));
    V near = v_mul(v_add(cube.hi, cube.lo), unscale);
    V y = v_select(v_lt(t, v_set(0.5)), near, wide);
    return v_copysign(v_select(v_lt(v_set(0x1p100), t), t, y), x);
}

INLINE Pair tanh_square(V t)
{
    Pair tanh = tanh_pair(t);
    Pair square = two_product(tanh.hi, tanh.hi);
    V twice = v_add(tanh.hi, tanh.hi);
    return (Pair){square.hi, v_fma(twice, tanh.lo, square.lo)};
}
#endif

/* tanh(t)^2; where it underflows, the square of a scaled t */
INLINE Derivative tanh_square_deriv(V t)
{
    Pair square = tanh_square(t);
    V end = v_set(C(0x1p-50, 0x1p-430));
    M scaled = v_lt(t, end);
    if (v_any(scaled)) {
        V scaled_t = v_mul(v_min(end, t), v_set(ROOT_SCALE));
        Pair tiny = two_product(scaled_t, scaled_t);
        square.hi = v_select(scaled, tiny.hi, square.hi);
        square.lo = v_select(scaled, tiny.lo, square.lo);
    }
    return (Derivative){DERIV_SCALED, square.hi, square.lo, scaled};
}

#endif
