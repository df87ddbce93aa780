/* Gates of two arrays: one of them times an activation of the other.
 *
 * Value and gradients are products of up to three numbers of any size, so a kernel is
 * given g and returns g times each derivative. It comes in two kinds: a short one for usual
 * lanes, and a careful one, which is right everywhere, for those where a factor is large, a
 * result is tiny, or the gate is nearly shut. A NaN in one operand is one in all results. */
#ifndef FA_KERNELS_GATES_H
#define FA_KERNELS_GATES_H

#include "../math/gate.h"
#include "../math/gauss.h"
#include "../math/gelu_tanh.h"
#include "../math/product.h"
#include "relu.h"

typedef struct {
    V y;        /* f(a, b) */
    V ga, gb;   /* g df/da, g df/db */
    V u, v;     /* what a and b are clamped to, or shifted */
    M unusual; /* left to the careful kind, as are large factors and tiny results */
    bool exact; /* each result is one product: nothing is unusual */
} Gate;

/* a b */
INLINE Gate bilinear(bool careful, V g, V a, V b)
{
    (void)careful;
    return (Gate){
        .y = v_mul(a, b),
        .ga = v_mul(g, unless_nan(a, b)),
        .gb = v_mul(g, unless_nan(b, a)),
        .exact = true,
    };
}

/* max(a, 0) b */
INLINE Gate reglu(bool careful, V g, V a, V b)
{
    (void)careful;
    V step = unless_nan(a, v_select(v_lt(zero(), a), one(), zero()));
    V open = rectified(a);
    return (Gate){
        .y = v_mul(open, b),
        .ga = v_mul(g, v_mul(step, b)),
        .gb = v_mul(g, unless_nan(b, open)),
        .exact = true,
    };
}

/* s, but 0 where it is shut: there its lift ends, and no factor makes it count. */
INLINE Slope slope_shut(M shut, Slope s)
{
    s.hi = v_select(shut, v_copysign(zero(), s.hi), s.hi);
    s.lo = v_select(shut, zero(), s.lo);
    return s;
}

/* a s(b);  s(b);  a s'(b) */
INLINE Gate glu(bool careful, V g, V a, V b)
{
    Pair t = single(v_abs(b)), unit = single(one());
    M negative = v_lt(b, zero());
    Logistic l = logistic_of(careful ? decay_of(t) : decay_shallow(t));
    Slope s = logistic_pair_of(l, negative), slope = logistic_slope_of(l);
    if (careful) {
        M far = v_le(v_set(DECAY_END), t.hi);
        s = slope_shut(v_and(negative, far), s), slope = slope_shut(far, slope);
    }
    return (Gate){
        .y = careful ? any_product(a, unit, s) : logistic_product(single(a), single(b)),
        .ga = product(careful, unless_nan(a, g), unit, s),
        .gb = product(careful, g, single(a), slope),
        .u = a,
        .v = b,
        .unusual = v_lt(v_set(DECAY_DEEP), t.hi),
    };
}

/* u s(z) v, where slope is the derivative of u s(z) with respect to u, and gu and gv are
 * g for either. At u = -inf the exponential decides. */
INLINE Gate gate_by_logistic(bool careful, V gu, V gv, V u, Pair v, Pair z, Slope slope)
{
    Pair t = pair_abs(z), uv = two_product(u, v.hi);
    if (!v_is_known_zero(v.lo)) uv.lo = v_fma(u, v.lo, uv.lo);
    M negative = v_lt(z.hi, zero());
    Slope s = logistic_pair_of(logistic_of(careful ? decay_of(t) : decay_shallow(t)),
                               negative);
    if (careful) {
        M shut = v_and(negative, v_le(v_set(DECAY_END), t.hi));
        s = slope_shut(shut, s), slope = slope_shut(shut, slope);
        u = v_select(shut, v_max(v_set(-T_MAX), u), u);
    }
    return (Gate){
        .y = careful ? any_product(u, v, s) : logistic_product(uv, z),
        .ga = product(careful, gu, v, slope),
        .gb = product(careful, gv, single(u), s),
        .u = u,
        .v = v.hi,
        .unusual = v_lt(v_set(DECAY_DEEP), t.hi),
    };
}

/* a s(a) b */
INLINE Gate swiglu(bool careful, V g, V a, V b)
{
    Slope slope = silu_slope(single(v_abs(a)), true, v_lt(a, zero()));
    return gate_by_logistic(careful, g, unless_nan(b, g), a, single(b), single(a),
                            slope);
}

/* a s(z) b, z the exponent of gelu_tanh */
INLINE Gate geglu_tanh(bool careful, V g, V a, V b)
{
    V end = v_set(GELU_TANH_END);
    Pair z = gelu_tanh_exponent(v_max(v_set(-GELU_TANH_END), v_min(end, a)));
    Slope slope = gelu_tanh_slope(v_abs(a), v_lt(a, zero()));
    return gate_by_logistic(careful, g, unless_nan(b, g), a, single(b), z, slope);
}

/* u s(alpha u) (v + shift) for u = min(a, limit), v = min(max(b, -limit), limit) */
INLINE Gate swiglu_clamped(bool careful, V g, V a, V b, V alpha, V shift, V limit)
{
    M a_over = v_lt(limit, a), b_over = v_lt(limit, v_abs(b));
    V u = unless_nan(limit, v_select(a_over, limit, a));
    V v = unless_nan(limit, v_select(b_over, v_copysign(limit, b), b));
    Pair z = saturating_product(u, alpha, DECAY_END);
    Slope slope = silu_slope(pair_abs(z), false, v_lt(z.hi, zero()));
    Pair factor = two_sum(v, shift);
    V gu = v_select(a_over, zero(), g);
    V gv = v_select(b_over, zero(), unless_nan(b, g));
    Gate f = gate_by_logistic(careful, gu, gv, u, factor, z, slope);
    f.unusual = v_or(f.unusual, v_lt(v_set(MODERATE), v_abs(factor.hi)));
    return f;
}

/* a Phi(a) b */
INLINE Gate geglu(bool careful, V g, V a, V b)
{
    V t = v_abs(a);
    V sign = v_mul(v_copysign(one(), a), b);
    Pair unit = single(one());
    M negative = v_lt(a, zero());
    Slope gelu = careful ? gauss_value_lifted(a) : gauss_value(a);
    Slope slope = gauss_slope(t, negative);
    if (careful) {
        M shut = v_and(negative, v_le(v_set(GAUSS_SHUT), t));
        gelu = slope_shut(shut, gelu), slope = slope_shut(shut, slope);
    }
    return (Gate){
        .y = v_copysign(product(careful, b, unit, gelu), sign),
        .ga = product(careful, g, single(b), slope),
        .gb = product(careful, unless_nan(b, g), unit, gelu),
        .u = a,
        .v = b,
        .unusual = v_or(is_tiny(a), v_and(negative, v_lt(v_set(GAUSS_DEEP), t))),
    };
}

#endif
