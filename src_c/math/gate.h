/* Gates x s(z), s the logistic sigmoid and z an odd function of x, and their derivatives. */
#ifndef FA_GATE_H
#define FA_GATE_H

#include "logistic.h"
#include "pieces.h"
#include "tables/silu.h"

/* x s(z) for finite x and a clamped z, reduced from LOGISTIC_ORIGIN. */
INLINE V gate(V x, Reduced minus_z)
{
    V lifted = quotient(x, logistic_divisor_lifted(minus_z));
    return v_mul_tiny(lifted, v_set(LOGISTIC_UNLIFT));
}

/* The derivative at negative x is -w (m - 1 - w) / (1 + w)^2 with t = |x|, w = e^-z(t) and
 * m = t z'(t). It vanishes at some t0; with e = z(t) - z(t0), w0 = e^-z(t0), and
 * l = m(t) - m(t0), so that w = w0 e^-e and 1 + w0 = m(t0),
 *     m - 1 - w = l + w0 (1 - e^-e):
 * a sum of two terms of one sign, each of which keeps its relative accuracy through 0. */
INLINE Slope gate_slope(Pair e, Pair l, T w0_short, T w0_rest, M negative)
{
    Decay decay = decay_until_end(decay_bounded(negative, e));
    V head = exp_head(decay.n), rest = exp_rest(decay.n);
    V first = decay.n.first, tail = v_add(first, rest);
    V shallow = v_select(decay.deep, v_set(0), head);

    V w = v_mul(v_set(w0_short), head), w_shallow = v_mul(v_set(w0_short), shallow);
    V w_tail = joint_error(tail, v_set(w0_rest));
    InversePower inverse = inverse_square(one_plus(w_shallow, w_tail));

    Pair rise = two_product(v_set(w0_short), v_sub(v_set(1), shallow));
    Pair sum = fast_two_sum(l.hi, rise.hi);
    V low = v_add(v_add(sum.lo, l.lo), v_fma(rise.hi, v_set(w0_rest), rise.lo));
    low = v_fnma(w_shallow, first, low);
    low = v_fnma(w_shallow, v_fma(tail, v_set(w0_rest), rest), low);
    sum = fast_two_sum(sum.hi, low);

    V minus_w = v_sub(v_set(0), w);
    Pair factor = two_product(minus_w, v_mul(inverse.y, inverse.y));
    Pair product = pair_product(factor, sum);
    product.lo = v_fma(product.hi, joint_error(inverse.error, w_tail), product.lo);
    Slope fall = {SLOPE_LIFTED, product.hi, product.lo, decay.deep};
    return slope_reflected(fall, negative);
}

#if PRECISION == 32
/* From pieces for the near, far out by w (1 - m + w (2 m - 1)), where m = t z'(t) = z; this
 * is bounded as decay_bounded has it. */
INLINE Slope gate_from_pieces(Pair near, M far, Pair z, M negative)
{
    Slope fall = {SLOPE_LIFTED, near.hi, near.lo};
    if (v_any(far)) {
        Pair less = {v_sub(v_set(1), z.hi), v_sub(v_set(0), z.lo)};
        V more = v_fma(v_set(2), z.hi, v_set(-1));
        fall = slope_beyond(far, decay_series(decay_until_end(z), less, more), near);
    }
    return slope_reflected(fall, negative);
}

/* (z s(z))' for t = |z|; exact, a constant, says that t.lo is 0. */
INLINE Slope silu_slope(Pair t, bool exact, M negative)
{
    Pair near = on_shifted_pieces(&SILU_SLOPE, t, exact);
    M far = v_lt(v_set(SILU_SLOPE.last), t.hi);
    return gate_from_pieces(near, far, decay_bounded(negative, t), negative);
}
#else
INLINE Slope silu_slope(Pair t, bool exact, M negative)
{
    (void)exact;
    Pair d = two_sum(v_min(v_set(DECAY_END), t.hi), v_set(-SILU_ROOT_HIGH));
    d = fast_two_sum(d.hi, v_add(d.lo, v_sub(t.lo, v_set(SILU_ROOT_LOW))));
    return gate_slope(d, d, SILU_DECAY_SHORT, SILU_DECAY_REST, negative);
}
#endif

/* x s(z), where z = p x. At x = +-inf the exponential decides: 0 where it closes, else x. */
INLINE V gated(V x, Pair z)
{
    M deep = v_lt(z.hi, v_set(-DECAY_DEEP));
    V lowered = v_set(EXP_ORIGIN(-LIFT_EXPONENT));
    V origin = v_select(deep, lowered, v_set(EXP_ORIGIN(0.0)));
    V bounded = v_max(v_set(-DECAY_END), v_min(v_set(LOGISTIC_END), z.hi));
    Reduced n = exp_reduce(-1, bounded, origin);
    n.low = v_sub(n.low, z.lo);
    Pair divisor = logistic_divisor(n, v_select(deep, v_set(0), v_set(1)));
    M infinite = v_lt(v_set(T_MAX), v_abs(x));
    if (!v_any(v_or(deep, infinite))) return quotient(x, divisor);

    V finite = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x));
    V y = lift_after(deep, quotient(lift_before(deep, finite), divisor));
    V zero = v_copysign(v_set(0), x);
    V limit = v_select(v_lt(z.hi, v_set(0)), zero, x);
    return v_select(v_and(infinite, v_le(z.hi, z.hi)), limit, y);
}

/* The derivative of x s(p x) with respect to p: x^2 s'(z).
 *
 * x is multiplied twice by half of what the lift needs: nothing where s' is deep and x^2
 * cannot overflow it, else what undoes its lift; a tiny x^2 s' is lifted so. From
 * END on the exponential has won. A deep s' with an x^2 s' that is not deep has its lift
 * undone last, when nothing can underflow any more. */
INLINE Slope gated_by(V x, Pair z)
{
    Pair t = pair_abs(z);
    Slope s = logistic_slope(t);
    V one = v_set(1), size = v_abs(x), below_one = v_min(one, size);
    M modest = v_lt(size, v_set(C(0x1p30, 0x1p340)));
    V half = v_select(modest, one, v_set(C(0x1p-85, 0x1p-555)));
    V result = v_mul(v_mul(below_one, below_one), s.hi);
    V least = v_select(v_lt(size, one), v_set(C(0x1p-100, 0x1p-840)), v_set(0));
    M tiny = v_lt(result, v_select(s.deep, v_set(0), least));
    half = v_select(s.deep, half, v_select(tiny, v_set(C(0x1p85, 0x1p555)), one));
    half = v_select(v_le(v_set(DECAY_END), t.hi), v_set(0), half);
    V factor = v_mul(v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x)), half);
    Pair product = pair_scaled(factor, pair_scaled(factor, (Pair){s.hi, s.lo}));
    product = pair_bounded(product);
    M lifted = v_and(s.deep, modest);
    M low = v_le(product.hi, v_set(C(0x1p70, 0x1p270)));
    half = v_select(lifted, v_set(C(0x1p-85, 0x1p-555)), one);
    half = v_select(low, one, half);
    product.hi = v_mul(v_mul(product.hi, half), half);
    product.lo = v_mul(v_mul(product.lo, half), half);
    M deep = v_or(v_and(lifted, low), tiny);
    return (Slope){SLOPE_LARGE, product.hi, product.lo, deep};
}

#endif
