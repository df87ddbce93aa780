/* The gates that need an exponential, in float64 lanes: there three float32 factors neither
 * overflow nor underflow, and no lane is special. */
#ifndef FA_WIDE_GATES_H
#define FA_WIDE_GATES_H

#include "../math/wide.h"
#include "gates.h"

/* Beyond this 1 - Phi times any two float32 numbers rounds to 0. */
#define WIDE_GATE_END 24

/* An activation of a and its derivative */
typedef struct {
    W y, dx;
} Activated;

/* f(a) factor, where ga has g = first and gb g = second; the limits where the gate is shut,
 * at -inf: `none` is -0 times the factor. */
INLINE Gate wide_product(M shut, Activated f, V first, V second, W factor, V none)
{
    V y = w_narrow(w_mul(f.y, factor));
    V ga = w_narrow(w_mul(w_mul(w_widen(first), factor), f.dx));
    V gb = w_narrow(w_mul(w_widen(second), f.y));
    return (Gate){
        .y = v_select(shut, none, y),
        .ga = v_select(shut, v_mul(first, none), ga),
        .gb = v_select(shut, v_mul(second, v_set(-(T)0)), gb),
    };
}
INLINE Gate gate_by(V a, Activated f, V g, V b)
{
    M shut = v_lt(a, v_set(-T_MAX));
    return wide_product(shut, f, g, propagate_nan(b, g), w_widen(b),
                        v_mul(v_set(-(T)0), b));
}

/* a s(b);  s(b);  a s'(b) */
INLINE Gate glu(bool special_case, V g, V a, V b)
{
    (void)special_case;
    V zero = v_set(0), first = propagate_nan(a, g);
    M shut = v_lt(b, v_set(-T_MAX)), flat = v_lt(v_set(T_MAX), v_abs(b));
    W decay = w_exp(w_widen(clamped(b, WIDE_END)), -1),
      divisor = w_add(w_set(1), decay);
    W s = w_quotient(w_set(1), divisor), factor = w_widen(a);
    W slope = w_mul(w_mul(decay, s), w_mul(s, factor));
    return (Gate){
        .y = v_select(shut, v_mul(a, zero), w_narrow(w_quotient(factor, divisor))),
        .ga = v_select(shut, v_mul(first, zero), w_narrow(w_mul(w_widen(first), s))),
        .gb = v_select(flat, v_mul(v_mul(g, zero), a),
                       w_narrow(w_mul(w_widen(g), slope))),
    };
}

/* a s(a) b */
INLINE Gate swiglu(bool special_case, V g, V a, V b)
{
    (void)special_case;
    W x = w_widen(a);
    Activated f = {w_quotient(x, w_logistic_divisor(x)),
                   w_silu_slope(v_lt(v_set(0), a), wide_size(a, WIDE_END))};
    return gate_by(a, f, g, b);
}

/* a s(z) b, z the exponent of gelu_tanh */
INLINE Gate geglu_tanh(bool special_case, V g, V a, V b)
{
    (void)special_case;
    W x = w_widen(a), cubic = w_mul(w_set(WIDE_GELU_TANH_CUBIC), w_square(x));
    W z = w_mul(x, w_add(w_set(WIDE_GELU_TANH_LINEAR), cubic));
    Activated f = {w_quotient(x, w_logistic_divisor(z)),
                   w_gelu_tanh_slope(v_lt(v_set(0), a), wide_size(a, WIDE_GELU_END))};
    return gate_by(a, f, g, b);
}

/* u s(alpha u) (v + shift) for u = min(a, limit), v = min(max(b, -limit), limit); NaN for a
 * negative limit */
INLINE Gate swiglu_clamped(bool special_case, V g, V a, V b, V alpha, V shift, V limit)
{
    (void)special_case;
    V zero = v_set(0), one = v_set(1);
    limit = v_select(v_lt(limit, zero), v_set(NAN), limit);
    M a_over = v_lt(limit, a), b_over = v_lt(limit, v_abs(b));
    V u = propagate_nan(limit, v_select(a_over, limit, a));
    V v = propagate_nan(limit, v_select(b_over, v_copysign(limit, b), b));
    /* An infinite u is beyond every alpha but 0, and so the other way; the value at 0 is 0. */
    W x = w_widen(u), bounded = w_clamped(x, 0x1p500), steepness = w_widen(alpha);
    W z = w_mul(bounded, steepness);
    W z_of_value = w_mul(bounded, w_clamped(steepness, 0x1p500));
    W factor = w_add(w_widen(v), w_widen(shift));
    V sign_of_z = v_mul(v_copysign(one, u), v_copysign(one, alpha));
    M negative = v_lt(v_mul(v_copysign(one, u), alpha), zero);
    M infinite = v_lt(v_set(T_MAX), v_abs(u));
    Activated f = {w_quotient(x, w_logistic_divisor(z_of_value)),
                   w_silu_slope(v_lt(zero, sign_of_z), w_size(z, WIDE_END))};
    /* What is clamped has the derivative 0, which makes NaN of an infinite g. */
    V none = w_narrow(w_mul(w_set(-0.0), factor));
    V first = v_unless(a_over, g), second = v_unless(b_over, g);
    Gate result = wide_product(v_and(infinite, negative), f, first,
                               propagate_nan(b, second), factor, none);
    V none_a = w_narrow(w_mul(w_set(0), w_clamped(factor, T_MAX)));
    V none_b = propagate_nan(shift, propagate_nan(u, zero));
    result.ga = v_select(a_over, v_mul(g, propagate_nan(alpha, none_a)), result.ga);
    result.gb = v_select(b_over, v_mul(g, propagate_nan(alpha, none_b)), result.gb);
    return result;
}

/* a Phi(a) b by t = |a|, as in w_gelu and w_gelu_slope, to larger t */
INLINE Gate geglu(bool special_case, V g, V a, V b)
{
    (void)special_case;
    V zero = v_set(0);
    M positive = v_lt(zero, a);
    W t = wide_size(a, WIDE_GATE_END), density = w_gaussian(1, t);
    W ratio = w_quotient(w_monic_polynomial(t, WIDE_GATE_ABOVE, 5),
                         w_monic_polynomial(t, WIDE_GATE_BELOW, 6));
    W tail = w_mul(w_mul(w_set(WIDE_GATE_SCALE), t), w_mul(ratio, density));
    W slope = w_quotient(w_monic_polynomial(t, WIDE_GATE_SLOPE_ABOVE, 5),
                         w_monic_polynomial(t, WIDE_GATE_SLOPE_BELOW, 5));
    W to_root = w_mul(w_set(WIDE_GATE_SLOPE_SCALE), w_sub(w_set(WIDE_GELU_ROOT), t));
    W left = w_mul(w_mul(to_root, slope), density);
    W rectified = w_widen(v_select(positive, a, v_copysign(zero, a)));
    Activated f = {w_sub(rectified, tail),
                   w_select(positive, w_sub(w_set(1), left), left)};
    return gate_by(a, f, g, b);
}

#endif
