/* scale max(x, 0)^2 + bias, whose terms cancel near a root, and its derivatives.
 *
 * float32: in float64, where scale max(x, 0) is exact.
 * float64: the first term is held in three words, and its sum with the bias is exact but for the
 * smallest. */
#ifndef FA_STAR_RELU_H
#define FA_STAR_RELU_H

#include "derivative.h"
#include "wide.h"

#if PRECISION == 32

INLINE V star_relu_y(V x, V scale, V bias)
{
    W r = w_widen(v_max(v_set(0), x));
    return w_narrow(w_fma(w_mul(w_widen(scale), r), r, w_widen(bias)));
}
INLINE Derivative star_relu_dx(V x, V scale)
{
    W r = w_widen(v_max(v_set(0), x)), factor = w_widen(scale);
    return deriv_wide(w_mul(w_add(factor, factor), r));
}
INLINE Derivative star_relu_dscale(V x)
{
    return deriv_wide(w_square(w_widen(v_max(v_set(0), x))));
}

#else

/* max(x, 0), or 0 where that is infinite, so that its products can be taken apart */
INLINE V finite_part(V x)
{
    V r = v_max(v_set(0), x);
    return v_where(v_le(r, v_set(T_MAX)), r);
}

/* Near a root, where more than two words of the product count, and where that is infinite */
INLINE V star_relu_rare(V x, V scale, V bias)
{
    V r = finite_part(x), most = v_set(T_MAX);
    Pair once = two_product(scale, r), twice = two_product(once.hi, r);
    Pair low = two_product(once.lo, r);
    Pair sum = two_sum(twice.hi, bias), rest = two_sum(twice.lo, low.hi);
    V last = v_add(v_add(sum.lo, rest.lo), low.lo);
    Pair whole = two_sum(sum.hi, rest.hi);
    V y = v_add(whole.hi, v_add(whole.lo, last));
    y = v_select(v_le(v_abs(twice.hi), most), y, v_add(twice.hi, bias));
    V beyond = v_add(v_mul(scale, x), bias);
    return propagate_nan(x, v_select(v_lt(most, x), beyond, y));
}
INLINE V star_relu_y(V x, V scale, V bias)
{
    V r = v_max(v_set(0), x);
    Pair once = two_product(scale, r), twice = two_product(once.hi, r);
    Pair sum = two_sum(twice.hi, bias);
    V low = v_add(sum.lo, v_fma(once.lo, r, twice.lo)), size = v_abs(sum.hi);
    M far_from_root = v_le(v_mul(v_set(0x1p-40), v_abs(bias)), size);
    M usual = v_and(far_from_root, v_le(size, v_set(T_MAX)));
    V y = v_add(sum.hi, low);
    return v_all(usual) ? y : v_select(usual, y, star_relu_rare(x, scale, bias));
}
INLINE Derivative star_relu_dx(V x, V scale)
{
    Reduction by = reduction_of(x);
    Derivative half = deriv_of_product(scale, v_mul(finite_part(x), by.down));
    V beyond = v_select(v_lt(v_set(T_MAX), x), v_mul(scale, x), half.hi);
    half.hi = propagate_nan(x, beyond);
    return deriv_reduced(half, by.rest);
}
INLINE Derivative star_relu_dscale(V x) { return deriv_square(v_max(v_set(0), x)); }

#endif

#endif
