/* Derivatives, and values that share their way: in float64 lanes where that is faster
 * (wide.h), else in pairs or by polynomials on pieces. */
#ifndef FA_SLOPES_H
#define FA_SLOPES_H

#include "gate.h"
#include "gelu_tanh.h"
#include "mish.h"
#include "normal_tail.h"
#include "second_derivative.h"
#include "tanh_shrink.h"
#include "wide.h"

/* max(x, 0), where a zero keeps its sign */
INLINE V positive_part(V x) { return v_max(v_set(-(T)0), x); }

#if WIDE_IS_FASTER

INLINE M is_positive(V x) { return v_lt(v_set(0), x); }

INLINE Derivative sigmoid_dx(V x)
{
    return deriv_wide(w_logistic_slope(wide_size(x, WIDE_END)));
}
INLINE Derivative tanh_dx(V x)
{
    return deriv_wide(w_tanh_slope(wide_size(x, WIDE_END / 2)));
}
INLINE Derivative silu_dx(V x)
{
    return deriv_wide(w_silu_slope(is_positive(x), wide_size(x, WIDE_END)));
}
/* The derivatives of x s(beta x) by x and beta; z = beta x */
INLINE Dual swish_slopes(V x, V beta, Pair z)
{
    W finite = w_clamped(w_widen(x), T_MAX);
    W t = w_size(w_mul(w_widen(x), w_widen(beta)), WIDE_END);
    W slope = w_logistic_slope(w_size(w_mul(finite, w_widen(beta)), WIDE_END));
    return (Dual){
        .dx = deriv_wide(w_silu_slope(is_positive(z.hi), t)),
        .dp = {deriv_wide(w_mul(w_square(finite), slope))},
    };
}
INLINE Derivative gelu_dx(V x)
{
    return deriv_wide(w_gelu_slope(is_positive(x), wide_size(x, WIDE_GELU_END)));
}
INLINE Derivative gelu_tanh_dx(V x)
{
    return deriv_wide(w_gelu_tanh_slope(is_positive(x), wide_size(x, WIDE_GELU_END)));
}
INLINE Derivative quick_gelu_dx(V x)
{
    return deriv_wide(w_quick_gelu_slope(is_positive(x), wide_size(x, WIDE_END / 2)));
}
INLINE Derivative softplus_dx(V x, V beta, Pair z)
{
    (void)z;
    return deriv_wide(w_logistic(w_mul(w_widen(x), w_widen(beta))));
}
INLINE Derivative log_sigmoid_dx(V x)
{
    return deriv_wide(w_logistic(w_sub(w_set(0), w_widen(x))));
}
INLINE Derivative mish_dx(V x) { return deriv_wide(w_mish_slope(x)); }
INLINE Derivative tanh_shrink_dx(V x) { return deriv_wide(w_square(w_tanh(x))); }

INLINE V gelu_y(V x)
{
#if V_ROWS
    V end = v_set(NORMAL_ROWS_END), t = v_min(end, v_abs(x));
    Pair phi = normal_near_signed(x, to_pair(t));
    V bounded = v_copysign(t, x);
    V scaled = v_fma(bounded, phi.hi, v_mul(bounded, phi.lo));
    M low = v_lt(x, v_set(-NORMAL_TAIL_SUBNORMAL));
    V y = times_unscale(low, scaled, NORMAL_ROWS_UNSCALE);
    return v_select(v_lt(end, x), x, y);
#else
    W positive = w_widen(positive_part(x));
    return w_narrow(w_gelu(positive, wide_size(x, NORMAL_TAIL_END)));
#endif
}
INLINE V mish_y(V x)
{
    V end = v_set(WIDE_MISH_END), y = w_narrow(w_mish(x));
    return v_copysign(v_select(v_lt(end, x), x, y), x);
}
INLINE V tanh_shrink_y(V x) { return v_copysign(w_narrow(w_tanh_shrink(x)), x); }

#else

INLINE Derivative sigmoid_dx(V x) { return logistic_deriv(to_pair(v_abs(x))); }
INLINE Derivative tanh_dx(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    return deriv_times_exact(v_set(4), logistic_deriv(to_pair(v_add(t, t))));
}
INLINE Derivative silu_dx(V x)
{
    return silu_deriv(to_pair(v_abs(x)), v_lt(x, v_set(0)));
}
INLINE Dual swish_slopes(V x, V beta, Pair z)
{
    (void)beta;
    SiluPoint at = silu_point(pair_abs(z));
    return (Dual){
        .dx = silu_deriv_at(at, v_lt(z.hi, v_set(0))),
        .dp = {gate_deriv_beta(x, at)},
    };
}
INLINE Derivative gelu_dx(V x) { return gelu_deriv(v_abs(x), v_lt(x, v_set(0))); }
INLINE Derivative gelu_tanh_dx(V x)
{
    return gelu_tanh_deriv(v_abs(x), v_lt(x, v_set(0)));
}
INLINE Derivative quick_gelu_dx(V x)
{
    return quick_gelu_deriv(v_abs(x), v_lt(x, v_set(0)));
}
INLINE Derivative softplus_dx(V x, V beta, Pair z)
{
    (void)x, (void)beta;
    return logistic_pair(pair_abs(z), v_lt(z.hi, v_set(0)));
}
INLINE Derivative log_sigmoid_dx(V x)
{
    return logistic_pair(to_pair(v_abs(x)), v_lt(v_set(0), x));
}
INLINE Derivative mish_dx(V x) { return mish_deriv(x); }
INLINE Derivative tanh_shrink_dx(V x) { return tanh_square_deriv(v_abs(x)); }

INLINE V gelu_y(V x)
{
#if PRECISION == 32
    /* The constant is negated, not the tail: compilers turn -(a b + c) into -(a b) - c, which
     * can be the other zero. */
    V positive = positive_part(x);
    V tail = normal_tail_scaled(x), unscale = v_set(-NORMAL_TAIL_UNSCALE);
    M low = v_lt(x, v_set(-NORMAL_TAIL_SUBNORMAL));
    if (!v_any(low)) return v_fma(tail, unscale, positive);
    V small = lowered(v_mul(tail, v_set(-1)), v_set(T_MIN / NORMAL_TAIL_UNSCALE));
    V rest = v_unless(low, tail);
    return v_select(low, small, v_fma(rest, unscale, positive));
#else
    V t = v_abs(x), end = v_set(NORMAL_ROWS_END);
    Pair phi = normal_near_signed(x, to_pair(v_min(end, t)));
    V y = v_fma(x, phi.hi, v_mul(x, phi.lo));
    M far = v_lt(end, t);
    return v_any(far) ? v_select(far, gelu_beyond(x), y) : y;
#endif
}
INLINE V mish_y(V x) { return mish_of(x); }
INLINE V tanh_shrink_y(V x) { return tanh_shrink_of(x); }

#endif

#endif
