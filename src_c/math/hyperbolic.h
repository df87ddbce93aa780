/* Values and derivatives of softcap, cap tanh(x/cap), dyt, tanh(alpha x), lisht, x tanh(x), and
 * log(cosh(x)): float32 in float64 lanes but where polynomials on pieces are faster, float64
 * in pairs. */
#ifndef FA_HYPERBOLIC_H
#define FA_HYPERBOLIC_H

#include "log_cosh.h"
#include "second_derivative.h"
#include "wide.h"

#if PRECISION == 32

INLINE W w_sign(V x) { return w_widen(v_copysign(v_set(1), x)); }

/* z = x/cap */
INLINE W softcap_argument(V x, V cap)
{
    return w_mul(w_widen(x), w_inverse(w_widen(cap)));
}
INLINE V softcap_y(V x, V cap)
{
    W z = w_clamped(softcap_argument(x, cap), WIDE_TANH_END);
    return w_narrow(w_mul(w_widen(cap), w_tanh_within(z)));
}
INLINE Derivative softcap_dx(V x, V cap)
{
    return deriv_wide(w_tanh_slope(w_size(softcap_argument(x, cap), WIDE_END / 2)));
}
INLINE Derivative softcap_d2(V x, V cap)
{
    W factor = w_mul(w_sign(x), w_inverse(w_widen(v_abs(cap))));
    W t = w_size(softcap_argument(x, cap), WIDE_END / 2);
    return deriv_wide(w_mul(factor, w_tanh_d2(t)));
}

/* z = alpha x, and 1 - tanh(z)^2 */
typedef struct {
    W z, slope;
} Dyt;
INLINE Dyt dyt_of(V x, V alpha)
{
    W z = w_mul(w_widen(x), w_widen(alpha));
    return (Dyt){z, w_tanh_slope(w_size(z, WIDE_END / 2))};
}
INLINE V dyt_y(Dyt f) { return w_narrow(w_tanh_within(w_clamped(f.z, WIDE_TANH_END))); }
INLINE Derivative dyt_dx(V alpha, Dyt f)
{
    return deriv_wide(w_mul(w_widen(alpha), f.slope));
}
INLINE Derivative dyt_dalpha(V x, Dyt f)
{
    return deriv_wide(w_mul(w_widen(clamped(x, T_MAX)), f.slope));
}
INLINE Derivative dyt_d2(V x, V alpha)
{
    W factor = w_mul(w_mul(w_sign(x), w_widen(alpha)), w_widen(v_abs(alpha)));
    W t = w_size(dyt_of(x, alpha).z, WIDE_END / 2);
    return deriv_wide(w_mul(factor, w_tanh_d2(t)));
}

INLINE Derivative lisht_d2(V x)
{
    W t = wide_size(x, WIDE_END / 2);
    return deriv_wide(w_silu_d2(w_set(4), w_add(t, t)));
}
INLINE Derivative log_cosh_d2(V x)
{
    return deriv_wide(w_tanh_slope(wide_size(x, WIDE_END / 2)));
}

#else

/* 1 - tanh(z)^2 = 4 s'(2z) */
INLINE Derivative sech_square(Pair z)
{
    Pair t = pair_abs(z);
    Derivative s = logistic_deriv((Pair){v_add(t.hi, t.hi), v_add(t.lo, t.lo)});
    return deriv_times_exact(v_set(4), s);
}

/* a^2 tanh''(z) for z = a x. Where z is tiny it is -2 a^3 x, scaled step by step. */
INLINE Derivative tanh_d2_scaled(V x, Pair a, Pair z)
{
    Pair t = pair_abs(z);
    Derivative d2 = logistic_d2((Pair){v_add(t.hi, t.hi), v_add(t.lo, t.lo)});
    Pair square = pair_product(a, a);
    Derivative scaled = pair_times_d2(square, minus_sign_times(z.hi, d2));
    M tiny = v_lt(v_abs(x), v_set(0x1p-540));
    if (!v_any(tiny)) return scaled;
    V root_scale = v_set(ROOT_SCALE);
    V small = v_mul(v_where(tiny, x), root_scale);
    Pair factor = {v_mul(v_mul(v_set(-2), square.hi), root_scale),
                   v_mul(v_mul(v_set(-2), square.lo), root_scale)};
    Pair product = pair_product(factor, times_pair(small, a));
    scaled.hi = v_select(tiny, product.hi, scaled.hi);
    scaled.lo = v_select(tiny, product.lo, scaled.lo);
    scaled.scaled = v_or(scaled.scaled, tiny);
    return scaled;
}

/* x/cap as a pair, clamped where tanh is +-1 and its derivative 0; `inverse` is 1/cap. */
INLINE Pair softcap_argument(V x, V cap, Pair inverse)
{
    V end = v_mul(v_set(EXP_NEG_END), v_abs(cap));
    return times_pair(v_max(v_sub(v_set(0), end), v_min(end, x)), inverse);
}
INLINE V softcap_y(V x, V cap)
{
    Pair z = softcap_argument(x, cap, pair_inverse(to_pair(cap)));
    return tanh_product(v_abs(cap), to_pair(x), z);
}
INLINE Derivative softcap_dx(V x, V cap)
{
    return sech_square(softcap_argument(x, cap, pair_inverse(to_pair(cap))));
}
INLINE Derivative softcap_d2(V x, V cap)
{
    Pair inverse = pair_inverse(to_pair(cap));
    Pair z = softcap_argument(x, cap, inverse);
    return pair_times_deriv(to_pair(cap), tanh_d2_scaled(x, inverse, z));
}

/* z = alpha x, and 1 - tanh(z)^2 */
typedef struct {
    Pair z;
    Derivative slope;
} Dyt;
INLINE Dyt dyt_of(V x, V alpha)
{
    Pair z = saturating_product(x, alpha, EXP_NEG_END);
    return (Dyt){z, sech_square(z)};
}
INLINE V dyt_y(Dyt f) { return tanh_product(v_set(1), f.z, f.z); }
INLINE Derivative dyt_dx(V alpha, Dyt f)
{
    return deriv_large(pair_times_d2(to_pair(alpha), f.slope));
}
/* From END/2 on the slope is no smaller, and no x may be put beside it. */
INLINE Derivative dyt_dalpha(V x, Dyt f)
{
    M beyond = v_le(v_set(EXP_NEG_END / 2), v_abs(f.z.hi));
    V factor = v_select(beyond, v_copysign(v_set(0), x), clamped(x, T_MAX));
    return deriv_large(pair_times_d2(to_pair(factor), f.slope));
}
INLINE Derivative dyt_d2(V x, V alpha)
{
    return tanh_d2_scaled(x, to_pair(alpha), dyt_of(x, alpha).z);
}

/* 4 silu''(2x), since x tanh(x) = silu(2x) - x */
INLINE Derivative lisht_d2(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(to_pair(v_add(t, t)), SILU_D2_ROOT));
    return deriv_times_exact(v_set(4), d2);
}
INLINE Derivative log_cosh_d2(V x)
{
    return sech_square(to_pair(v_min(v_set(EXP_NEG_END), v_abs(x))));
}

#endif

#if WIDE_IS_FASTER
INLINE V lisht_y(V x) { return w_narrow(w_mul(w_widen(x), w_tanh(x))); }
INLINE Derivative lisht_dx(V x) { return deriv_wide(w_lisht_slope(x)); }
INLINE Derivative log_cosh_dx(V x) { return deriv_wide(w_tanh(x)); }
#else
INLINE V lisht_y(V x)
{
    V t = v_abs(x), end = v_set(40), bounded = v_min(end, t);
    V y = tanh_product(bounded, two_product(bounded, bounded), to_pair(bounded));
    return v_select(v_lt(end, t), t, y);
}
INLINE Derivative lisht_dx(V x) { return lisht_deriv(x); }
INLINE Derivative log_cosh_dx(V x) { return tanh_as_deriv(x); }
#endif

#endif
