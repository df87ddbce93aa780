/* Gates x s(z) and their derivatives; s is the
 * logistic sigmoid, z an odd function of x. */
#ifndef FA_GATE_H
#define FA_GATE_H

#include "logistic.h"
#include "piecewise.h"
#include "tables/gate.h"

/* x s(z) for finite x and a clamped z, reduced from LOGISTIC_ORIGIN; to the left of `low`
 * it may be subnormal. */
INLINE V gate_clamped(V x, Reduced minus_z, T low)
{
    V scaled_y = quotient(x, logistic_divisor_scaled(minus_z));
    return times_unscale(v_lt(x, v_set(low)), scaled_y, LOGISTIC_UNSCALE);
}

/* The derivative from `near`, its value at -|x|; where far, w (1 - m + w (2 m - 1)) with
 * w = e^-z and m = t z'(t), for a t = |x| that is bounded. */
INLINE Derivative gate_deriv(Pair near, M far, Pair z, Pair m, M negative)
{
    Derivative left = {DERIV_SCALED, near.hi, near.lo, far};
    if (v_any(far)) {
        ExpNeg decay = exp_neg_in_range(exp_neg_clamp(negative, z));
        Pair first = {v_sub(v_set(1), m.hi), v_sub(v_set(0), m.lo)};
        V second = v_fma(v_set(2), m.hi, v_set(-1));
        left = deriv_with_tail(far, exp_neg_series(decay, first, second), near);
    }
    return deriv_reflected(left, negative);
}

#if PRECISION == 32
/* |z| for derivatives of x s(z) */
typedef struct {
    Pair t;
} SiluPoint;
INLINE SiluPoint silu_point(Pair t) { return (SiluPoint){t}; }

/* (z s(z))', by pieces */
INLINE Derivative silu_deriv_at(SiluPoint at, M negative)
{
    Pair t = at.t, z = {v_min(v_set(EXP_NEG_END), t.hi), t.lo};
    Pair near = eval_piecewise_shifted(&SILU_DERIV, t, v_is_constant_zero(t.lo));
    return gate_deriv(near, v_lt(v_set(SILU_DERIV.last), t.hi), z, z, negative);
}

/* a s'(t) for t <= EXP_NEG_UNSCALED_END */
INLINE Pair times_logistic_deriv(Pair a, SiluPoint at)
{
    Pair near = {v_min(v_set(EXP_NEG_UNSCALED_END), at.t.hi), at.t.lo};
    Derivative s = logistic_deriv_from(logistic_parts(exp_neg_unscaled(near)));
    return pair_product(a, (Pair){s.hi, s.lo});
}
#else
/* The derivative at negative x is w (1 + w - m) / (1 + w)^2 with t = |x|, w = e^-z(t)
 * and m = t z'(t). It has a root t0, where 1 + w0 = m(t0), w0 = e^-z(t0). With
 * e = z(t0) - z(t) and l = m(t0) - m(t), w is w0 e^e, and
 *     1 + w - m = l + w0 (e^e - 1)
 * is a sum of two terms of equal sign, each accurate relative to itself down to 0.
 *
 * Every factor is scaled by a number near 1 with which w0 is short, and w is head
 * (1 + tail) with a head that is short, too. */
typedef struct {
    T one, decay; /* the scale, and w0 scaled */
    T high, low, short_, middle; /* of z(t0), see gate.py */
    const TBITS *power_bits; /* of heads */
    const T *log_rest;
} GateRoot;
#define GATE_ROOT(name) \
    ((GateRoot){name##_ONE, name##_DECAY, name##_Z0_HIGH, name##_Z0_LOW, \
                name##_Z0_SHORT, name##_Z0_MIDDLE, name##_POWER_BITS, \
                name##_LOG_REST})

/* e for z <= EXP_NEG_UNSCALED_END, and reduced: its remainder is formed from z0 - n STEP,
 * which is exact, as is the difference to z. */
typedef struct {
    Pair e;
    Reduced n;
} GateExponent;
INLINE GateExponent gate_exponent(GateRoot root, Pair z)
{
    V e = v_sub(v_set(root.high), z.hi), origin = v_set(EXP_ORIGIN(0.0));
    V shifted = v_fma(e, v_set(EXP_STEPS), origin), count = v_sub(shifted, origin);
    I steps = v_bits(shifted);
    V step = v_set(GATE_STEP_SHORT), first = v_fnma(count, step, v_set(root.short_));
    first = v_add(v_sub(first, z.hi), v_set(root.middle));
    V e_rest = v_add(v_add(v_fms(count, step, e), first), v_set(root.low));
    V low = v_fnma(count, v_set(GATE_STEP_REST), v_lookup(root.log_rest, steps));
    if (!v_is_constant_zero(z.lo)) e_rest = v_sub(e_rest, z.lo), low = v_sub(low, z.lo);
    return (GateExponent){{e, e_rest}, {steps, first, low}};
}

/* w/(1 + w)^2, divided by the scale, as factor (1 + tail) (1 + error): 1/(1 + w)^2 is
 * y^2 (1 + error), where y is so short that factor = head y^2 is exact. For y, a few bits
 * of w will do, which need not wait for the tail. */
typedef struct {
    V head, rest, tail; /* w = head (1 + tail), tail = n.first + rest */
    V factor, error;
} GateFactor;
INLINE GateFactor gate_factor(GateRoot root, Reduced n)
{
    V one = v_set(root.one), head = exp_head_from(root.power_bits, n.steps);
    V r = v_add(n.first, n.low), square = v_mul(r, r);
    V about = v_fma(head, v_fma(square, v_set(0.5), r), v_add(one, head));
    V y = coarse_inverse(about), head_y = v_mul(head, y);
    V poly = polynomial_by_square(r, square, EXPM1_POLY, EXPM1_DEGREE);
    V rest = v_fma(square, poly, n.low), tail = v_add(n.first, rest);
    V remainder = v_fnma(head_y, tail, v_sub(v_fnma(y, one, v_set(1)), head_y));
    return (GateFactor){head, rest, tail, v_mul(head_y, y),
                        coarse_inverse_square_error(remainder)};
}
INLINE Pair times_gate_factor(Pair a, GateFactor f)
{
    Pair product = two_product(f.factor, a.hi);
    V low = v_fma(product.hi, f.tail, v_fma(f.factor, a.lo, product.lo));
    V whole = v_fma(product.hi, f.tail, product.hi);
    return (Pair){product.hi, v_fma(whole, f.error, low)};
}

/* The derivative at -t */
INLINE Pair gate_left(GateRoot root, Reduced n, GateFactor f, Pair l)
{
    Pair sum = fast_two_sum(l.hi, v_sub(f.head, v_set(root.decay)));
    V low = v_fma(l.hi, v_set(root.one - 1), sum.lo);
    low = v_fma(f.head, n.first, v_fma(f.head, f.rest, low));
    sum = fast_two_sum(sum.hi, v_fma(v_set(root.one), l.lo, low));
    return times_gate_factor(sum, f);
}

/* What derivatives of x s(z) have in common, by t = |z| */
typedef struct {
    Pair t;
    GateExponent exponent;
    GateFactor factor;
} SiluPoint;
INLINE SiluPoint silu_point(Pair t)
{
    Pair near = {v_min(v_set(EXP_NEG_UNSCALED_END), t.hi), t.lo};
    GateExponent exponent = gate_exponent(GATE_ROOT(SILU), near);
    return (SiluPoint){t, exponent, gate_factor(GATE_ROOT(SILU), exponent.n)};
}

/* (z s(z))', where l is e */
INLINE Derivative silu_deriv_at(SiluPoint at, M negative)
{
    Pair near = gate_left(GATE_ROOT(SILU), at.exponent.n, at.factor, at.exponent.e);
    Pair z = {v_min(v_set(EXP_NEG_END), at.t.hi), at.t.lo};
    return gate_deriv(near, v_lt(v_set(EXP_NEG_UNSCALED_END), z.hi), z, z, negative);
}

INLINE Pair times_logistic_deriv(Pair a, SiluPoint at)
{
    Pair scaled = times_pair(v_set(SILU_ONE), a);
    return times_gate_factor(scaled, at.factor);
}
#endif
INLINE Derivative silu_deriv(Pair t, M negative)
{
    return silu_deriv_at(silu_point(t), negative);
}

/* x s(z) for z = p x of any size. At x = +-inf it is the limit: 0 if z < 0, else x. */
INLINE V gate_any(V x, Pair z)
{
    M scaled = v_lt(z.hi, v_set(-EXP_NEG_UNSCALED_END));
    V scaling = v_set(EXP_ORIGIN(-SCALE_EXPONENT)); /* of e^-z, a divisor */
    V origin = v_select(scaled, scaling, v_set(EXP_ORIGIN(0.0)));
    V bounded = v_max(v_set(-EXP_NEG_END), v_min(v_set(LOGISTIC_END), z.hi));
    Reduced n = exp_reduce(-1, bounded, origin);
    n.low = v_sub(n.low, z.lo);
    Pair divisor = logistic_divisor(n, v_unless(scaled, v_set(1)));
    M infinite = v_lt(v_set(T_MAX), v_abs(x));
    if (!v_any(v_or(scaled, infinite))) return quotient(x, divisor);

    V finite = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x));
    V y = unscale_product(scaled, quotient(unscale_factor(scaled, finite), divisor));
    V zero = v_copysign(v_set(0), x);
    V limit = v_select(v_lt(z.hi, v_set(0)), zero, x);
    return v_select(v_and(infinite, v_le(z.hi, z.hi)), limit, y);
}

/* The derivative of x s(p x) with respect to p, x^2 s'(t) with t = |p x|, for any x.
 *
 * Each factor x carries the square root of a scale: 1 if s' is scaled and x^2 moderate;
 * the inverse of its scale if s' is scaled and x^2 could overflow the product; the
 * scale itself if s' is not scaled and the result is tiny; and 0 from END on, where
 * e^-z dominates. If s' is scaled and the result is not tiny, the scale is removed at
 * the end, where nothing can underflow any more. */
INLINE Derivative gate_deriv_beta_any(V x, Pair t)
{
    Derivative s = logistic_deriv(t);
    V one = v_set(1), size = v_abs(x), below_one = v_min(one, size);
    M moderate = v_lt(size, v_set(C(0x1p18, 0x1p340)));
    V root_scale = v_select(moderate, one, v_set(1 / ROOT_SCALE));
    V result = v_mul(v_mul(below_one, below_one), s.hi);
    V least = v_where(v_lt(size, one), v_set(C(0x1p-100, 0x1p-840)));
    M tiny = v_lt(result, v_unless(s.scaled, least));
    root_scale = v_select(s.scaled, root_scale, v_select(tiny, v_set(ROOT_SCALE), one));
    root_scale = v_unless(v_le(v_set(EXP_NEG_END), t.hi), root_scale);
    V factor = v_mul(v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x)), root_scale);
    Pair product = times_pair(factor, times_pair(factor, (Pair){s.hi, s.lo}));
    product = pair_finite_low(product);
    M kept = v_and(s.scaled, moderate);
    M low = v_le(product.hi, v_set(C(0x1p100, 0x1p360)));
    root_scale = v_select(kept, v_set(1 / ROOT_SCALE), one);
    root_scale = v_select(low, one, root_scale);
    product.hi = v_mul(v_mul(product.hi, root_scale), root_scale);
    product.lo = v_mul(v_mul(product.lo, root_scale), root_scale);
    M scaled = v_or(v_and(kept, low), tiny);
    return (Derivative){DERIV_LARGE, product.hi, product.lo, scaled};
}

/* The same, without scales unless x or the result is tiny or huge */
INLINE Derivative gate_deriv_beta(V x, SiluPoint at)
{
    V most = v_set(C(0x1p30, 0x1p300)), size = v_abs(x), bounded = v_min(most, size);
    Pair near = times_logistic_deriv(two_product(bounded, bounded), at);
    M tiny = v_and(v_lt(v_set(0), size), v_lt(near.hi, v_set(SCALED_BELOW)));
    M huge = v_or(v_lt(most, size), v_lt(v_set(EXP_NEG_UNSCALED_END), at.t.hi));
    M special = v_or(tiny, huge);
    if (!v_any(special)) return (Derivative){DERIV_LARGE, near.hi, near.lo, special};
    return deriv_large(deriv_with_tail(special, gate_deriv_beta_any(x, at.t), near));
}

#endif
