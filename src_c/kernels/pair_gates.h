/* The gates that need an exponential, in pairs. */
#ifndef FA_PAIR_GATES_H
#define FA_PAIR_GATES_H

#include "../math/gate.h"
#include "../math/gelu_tanh.h"
#include "../math/normal_tail.h"
#include "../math/product.h"
#include "gates.h"

/* 0 where the gate is closed, that is where even the scaled derivative is too small for
 * any factor; else s */
INLINE Derivative deriv_zero_where(M closed, Derivative s)
{
    s.hi = v_select(closed, v_copysign(v_set(0), s.hi), s.hi);
    s.lo = v_unless(closed, s.lo);
    return s;
}

/* Where a gate is closed, but not for the product of these two; infinite ones have limits */
INLINE M meets_large(M closed, V factor, V other)
{
    V a = v_abs(factor), b = v_abs(other);
    M large = v_lt(v_set(C(0x1p120, 0x1p1000)), v_mul(a, b));
    return v_and(v_and(closed, v_le(v_max(a, b), v_set(T_MAX))), large);
}

/* a s(b);  s(b);  a s'(b) */
INLINE Gate glu(bool special_case, V g, V a, V b)
{
    Pair t = to_pair(v_abs(b)), unit = to_pair(v_set(1));
    M negative = v_lt(b, v_set(0));
    Logistic l = logistic_parts(special_case ? exp_neg(t) : exp_neg_unscaled(t));
    Derivative s = logistic_pair_from(l, negative), deriv = logistic_deriv_from(l);
    M far = v_le(v_set(EXP_NEG_END), t.hi);
    if (special_case) {
        s = deriv_zero_where(v_and(negative, far), s);
        deriv = deriv_zero_where(far, deriv);
    }
    return (Gate){
        .y = special_case ? product_any_size(a, unit, s)
                          : logistic_product(to_pair(a), to_pair(b)),
        .ga = gate_product(special_case, propagate_nan(a, g), unit, s),
        .gb = gate_product(special_case, g, to_pair(a), deriv),
        .u = a,
        .v = b,
        .is_special = v_lt(v_set(EXP_NEG_UNSCALED_END), t.hi),
        .is_extreme = meets_large(far, g, a),
    };
}

/* u s(z) v; deriv is the derivative of u s(z) by u, gu and gv are g for either
 * gradient. At u = -inf the result is the limit 0. */
INLINE Gate gate_by_logistic(bool special_case, V gu, V gv, V u, Pair v, Pair z,
                             Derivative deriv)
{
    Pair t = pair_abs(z), uv = two_product(u, v.hi);
    if (!v_is_constant_zero(v.lo)) uv.lo = v_fma(u, v.lo, uv.lo);
    M negative = v_lt(z.hi, v_set(0));
    Derivative s = logistic_pair_from(
        logistic_parts(special_case ? exp_neg(t) : exp_neg_unscaled(t)), negative);
    M closed = v_and(negative, v_le(v_set(EXP_NEG_END), t.hi));
    M extreme = v_or(meets_large(closed, u, v.hi),
                     v_or(meets_large(closed, gu, v.hi), meets_large(closed, gv, u)));
    if (special_case) {
        s = deriv_zero_where(closed, s);
        deriv = deriv_zero_where(closed, deriv);
        u = v_select(closed, v_max(v_set(-T_MAX), u), u);
    }
    return (Gate){
        .y = special_case ? product_any_size(u, v, s) : logistic_product(uv, z),
        .ga = gate_product(special_case, gu, v, deriv),
        .gb = gate_product(special_case, gv, to_pair(u), s),
        .u = u,
        .v = v.hi,
        .is_special = v_lt(v_set(EXP_NEG_UNSCALED_END), t.hi),
        .is_extreme = extreme,
    };
}

/* a s(a) b */
INLINE Gate swiglu(bool special_case, V g, V a, V b)
{
    Derivative deriv = silu_deriv(to_pair(v_abs(a)), v_lt(a, v_set(0)));
    return gate_by_logistic(special_case, g, propagate_nan(b, g), a, to_pair(b),
                            to_pair(a), deriv);
}

/* a s(z) b, z the exponent of gelu_tanh */
INLINE Gate geglu_tanh(bool special_case, V g, V a, V b)
{
    V end = v_set(GELU_TANH_END);
    Pair z = gelu_tanh_exponent(v_max(v_set(-GELU_TANH_END), v_min(end, a)));
    Derivative deriv = gelu_tanh_deriv(v_abs(a), v_lt(a, v_set(0)));
    return gate_by_logistic(special_case, g, propagate_nan(b, g), a, to_pair(b), z,
                            deriv);
}

/* u s(alpha u) (v + shift) for u = min(a, limit), v = min(max(b, -limit), limit); NaN for a
 * negative limit */
INLINE Gate swiglu_clamped(bool special_case, V g, V a, V b, V alpha, V shift, V limit)
{
    V zero = v_set(0);
    limit = v_select(v_lt(limit, zero), v_set(NAN), limit);
    M a_over = v_lt(limit, a), b_over = v_lt(limit, v_abs(b));
    V u = propagate_nan(limit, v_select(a_over, limit, a));
    V v = propagate_nan(limit, v_select(b_over, v_copysign(limit, b), b));
    Pair z = saturating_product(u, alpha, EXP_NEG_END);
    Derivative deriv = silu_deriv(pair_abs(z), v_lt(z.hi, zero));
    Pair factor = two_sum(v, shift);
    Gate f =
        gate_by_logistic(special_case, g, propagate_nan(b, g), u, factor, z, deriv);
    /* A derivative of 0 makes NaN of an infinite g, as elsewhere. */
    V none_a = propagate_nan(f.y, v_copysign(zero, factor.hi));
    f.ga = v_select(a_over, v_mul(g, none_a), f.ga);
    f.gb = v_select(b_over, v_mul(g, propagate_nan(f.y, zero)), f.gb);
    V steepness = v_abs(alpha);
    M extreme = v_or(v_lt(steepness, v_set(0x1p-60)), v_lt(v_set(0x1p60), steepness));
    extreme = v_or(extreme, v_lt(v_set(C(0x1p100, 0x1p900)), v_abs(shift)));
    f.is_special = v_or(f.is_special, v_lt(v_set(MODERATE), v_abs(factor.hi)));
    f.is_special = v_or(f.is_special, extreme);
    f.is_extreme = v_or(f.is_extreme, extreme);
    return f;
}

/* a Phi(a) b */
INLINE Gate geglu(bool special_case, V g, V a, V b)
{
    V t = v_abs(a);
    V sign = v_mul(v_copysign(v_set(1), a), b);
    Pair unit = to_pair(v_set(1));
    M negative = v_lt(a, v_set(0));
    Derivative gelu = special_case ? gelu_pair_scaled(a) : gelu_pair(a);
    Derivative deriv = gelu_deriv(t, negative);
    M closed = v_and(negative, v_le(v_set(NORMAL_TAIL_ZERO), t));
    if (special_case) {
        gelu = deriv_zero_where(closed, gelu);
        deriv = deriv_zero_where(closed, deriv);
    }
    return (Gate){
        .y = v_copysign(gate_product(special_case, b, unit, gelu), sign),
        .ga = gate_product(special_case, g, to_pair(b), deriv),
        .gb = gate_product(special_case, propagate_nan(b, g), unit, gelu),
        .u = a,
        .v = b,
        .is_special =
            v_or(is_tiny(a), v_and(negative, v_lt(v_set(NORMAL_TAIL_UNSCALED_END), t))),
        .is_extreme = meets_large(closed, g, b),
    };
}

#endif
