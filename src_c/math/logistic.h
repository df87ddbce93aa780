/* The logistic sigmoid s(z) = 1/(1 + e^-z) and the derivatives of s(z) and z s(z).
 *
 * All are built on e^z as head (1 + tail), see exp.h, and on divisions that see both
 * words of their divisor. Arguments are pairs where z is itself a product. */
#ifndef FA_LOGISTIC_H
#define FA_LOGISTIC_H

#include "exp.h"
#include "inverse.h"
#include "slope.h"
#include "tables/silu.h"

/* s(z) is 1 from the second on; z s(z) is 0 below the first. */
#define LOGISTIC_START C(-110.0, -760.0)
#define LOGISTIC_END C(40.0, 600.0)
INLINE V logistic_clamp(V z)
{
    return v_max(v_set(LOGISTIC_START), v_min(v_set(LOGISTIC_END), z));
}

/* one (1 + e^-z) for the reduced -z, which has been lifted by the same power as one.
 * The larger of the two goes first into an exact sum; a plain sum costs 0.5 ulp. */
INLINE Pair logistic_divisor(Reduced minus_z, V one)
{
    V head = exp_head(minus_z);
    Pair sum = positive_sum(one, head);
    sum.lo = v_fma(head, exp_tail(minus_z), sum.lo);
    return sum;
}

/* UNLIFT (1 + e^-z) for a clamped z: a constant factor keeps all sums and quotients in
 * range, and one product at the end undoes it. */
#define LOGISTIC_LIFT_EXPONENT C(64.0, 128.0)
#define LOGISTIC_UNLIFT C(0x1p-64, 0x1p-128)
INLINE Pair logistic_divisor_lifted(Pair z)
{
    V origin = v_set(EXP_ORIGIN(-LOGISTIC_LIFT_EXPONENT));
    Reduced n = exp_reduce(-1, z.hi, origin);
    n.low = v_sub(n.low, z.lo);
    return logistic_divisor(n, v_set(LOGISTIC_UNLIFT));
}

/* x s(z) for finite x and a clamped z. */
INLINE V gate(V x, Pair z)
{
    return v_mul(quotient(x, logistic_divisor_lifted(z)), v_set(LOGISTIC_UNLIFT));
}

/* The square of 1/(1 + w), as y^2 (1 + error) with y of half significand:
 * r = 1 - y (1 + w) gives 1/(1 - r)^2 = 1 + 2r + 3r^2 + ... */
typedef struct {
    V y, error;
} InverseSquare;
INLINE InverseSquare inverse_square(Pair divisor)
{
    V y = v_truncate(inverse_estimate(v_add(divisor.hi, divisor.lo)));
    V r = v_fnma(y, divisor.lo, v_fnma(y, divisor.hi, v_set(1)));
    return (InverseSquare){y, v_mul(r, v_fma(v_set(3), r, v_set(2)))};
}

/* (1 + a)(1 + b) - 1 */
INLINE V joint_error(V a, V b) { return v_add(v_fma(a, b, b), a); }

/* w = e^-t for t >= 0. */
typedef struct {
    M deep;
    V t;      /* clamped */
    V origin; /* for exp_reduce */
} Decay;
INLINE Decay decay_of(V t)
{
    M deep = v_lt(v_set(DECAY_DEEP), t);
    V lifted = v_set(EXP_ORIGIN(LIFT_EXPONENT));
    return (Decay){
        .deep = deep,
        .t = v_min(v_set(DECAY_END), t),
        .origin = v_select(deep, lifted, v_set(EXP_ORIGIN(0.0))),
    };
}

/* 1 + w for w = head (1 + tail) <= 1; a deep head must have been set to 0. */
INLINE Pair one_plus(V head, V tail)
{
    Pair sum = fast_two_sum(v_set(1), head);
    sum.lo = v_fma(head, tail, sum.lo);
    return sum;
}

/* s'(z) = w / (1 + w)^2, w = e^-t, t = |z|. */
INLINE Slope logistic_slope(Pair t)
{
    Decay decay = decay_of(t.hi);
    Reduced n = exp_reduce(-1, decay.t, decay.origin);
    n.low = v_sub(n.low, t.lo);
    V head = exp_head(n), tail = exp_tail(n);
    V shallow = v_select(decay.deep, v_set(0), head);
    InverseSquare inverse = inverse_square(one_plus(shallow, tail));
    Pair product = two_product(v_mul(head, inverse.y), inverse.y);
    V error = joint_error(inverse.error, tail);
    return (Slope){
        SLOPE_LIFTED,
        .hi = product.hi,
        .lo = v_fma(product.hi, error, product.lo),
        .deep = decay.deep,
    };
}

/* The derivative of x s(z(x)) for an odd z, at t = |x|.
 *
 * For negative x it is -w N / (1 + w)^2 with w = e^-z(t) and N = t z'(t) - 1 - w, which
 * vanishes at some t0. With e = z(t) - z(t0) and w0 = e^-z(t0), w = w0 e^-e, so
 *     N = l + w0 (1 - e^-e),   l = t z'(t) - t0 z'(t0):
 * a sum of two terms of one sign, each of which keeps its relative accuracy through 0.
 * w0 is short (1 + rest) with half of the significand in short. */
INLINE Slope gate_slope(Decay decay, Pair e, Pair l, T w0_short, T w0_rest, M negative)
{
    Reduced n = exp_reduce(-1, e.hi, decay.origin);
    n.low = v_sub(n.low, e.lo);
    V head = exp_head(n), rest = exp_rest(n), tail = v_add(n.first, rest);
    V shallow = v_select(decay.deep, v_set(0), head);

    V w = v_mul(v_set(w0_short), head), w_shallow = v_mul(v_set(w0_short), shallow);
    V w_tail = joint_error(tail, v_set(w0_rest));
    InverseSquare inverse = inverse_square(one_plus(w_shallow, w_tail));

    Pair rise = two_product(v_set(w0_short), v_sub(v_set(1), shallow));
    Pair sum = fast_two_sum(l.hi, rise.hi);
    V low = v_add(v_add(sum.lo, l.lo), v_fma(rise.hi, v_set(w0_rest), rise.lo));
    low = v_fnma(w_shallow, n.first, low);
    low = v_fnma(w_shallow, v_fma(tail, v_set(w0_rest), rest), low);
    sum = fast_two_sum(sum.hi, low);

    Pair factor = two_product(w, v_mul(inverse.y, inverse.y));
    Pair product = pair_product(factor, sum);
    product.lo = v_fma(product.hi, joint_error(inverse.error, w_tail), product.lo);
    return slope_reflected(product, decay.deep, negative);
}

/* (z s(z))' for t = |z|. */
INLINE Slope silu_slope(Pair t, M negative)
{
    Decay decay = decay_of(t.hi);
    Pair d = two_sum(decay.t, v_set(-SILU_ROOT_HIGH));
    d = fast_two_sum(d.hi, v_add(d.lo, v_sub(t.lo, v_set(SILU_ROOT_LOW))));
    return gate_slope(decay, d, d, SILU_DECAY_SHORT, SILU_DECAY_REST, negative);
}

/* s(z) for t = |z|, lifted where it is deep. */
INLINE Slope logistic_pair(Pair t, M negative)
{
    Decay decay = decay_of(t.hi);
    Reduced n = exp_reduce(-1, decay.t, decay.origin);
    n.low = v_sub(n.low, t.lo);
    V head = exp_head(n), tail = exp_tail(n);
    V shallow = v_select(decay.deep, v_set(0), head);
    Pair divisor = one_plus(shallow, tail);
    V y = v_truncate(inverse_estimate(v_add(divisor.hi, divisor.lo)));
    V r = v_fnma(y, divisor.lo, v_fnma(y, divisor.hi, v_set(1)));
    V error = v_fma(r, r, r);
    V hi = v_select(negative, v_mul(head, y), y);
    V lo = v_mul(hi, v_select(negative, joint_error(error, tail), error));
    return (Slope){SLOPE_LIFTED, hi, lo, v_and(negative, decay.deep)};
}

/* x s(z), where z = p x. */
INLINE V gated(V x, Pair z)
{
    M deep = v_lt(z.hi, v_set(-DECAY_DEEP));
    V lowered = v_set(EXP_ORIGIN(-LIFT_EXPONENT));
    V origin = v_select(deep, lowered, v_set(EXP_ORIGIN(0.0)));
    V bounded = v_max(v_set(-DECAY_END), v_min(v_set(LOGISTIC_END), z.hi));
    Reduced n = exp_reduce(-1, bounded, origin);
    n.low = v_sub(n.low, z.lo);
    Pair divisor = logistic_divisor(n, v_select(deep, v_set(0), v_set(1)));
    V finite = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x));
    V y = lift_after(deep, quotient(lift_before(deep, finite), divisor));
    /* At x = +-inf the exponential decides: 0 where it closes, else x. */
    M infinite = v_and(v_lt(v_set(T_MAX), v_abs(x)), v_le(z.hi, z.hi));
    V limit = v_select(v_lt(z.hi, v_set(0)), v_set(0), x);
    return v_copysign(v_select(infinite, limit, y), x);
}

/* The derivative of x s(p x) with respect to p: x^2 s'(z).
 *
 * x is multiplied twice by half of what the lift needs: nothing where s' is deep and x^2
 * cannot overflow it, else what undoes its lift; a tiny x^2 s' is lifted so. From
 * END on the exponential has won. */
INLINE Slope gated_by(V x, Pair z)
{
    Pair t = pair_abs(z);
    Slope s = logistic_slope(t);
    V one = v_set(1), size = v_abs(x), below_one = v_min(one, size);
    M modest = v_lt(size, v_set(C(256.0, 0x1p20)));
    V half = v_select(modest, one, v_set(C(0x1p-85, 0x1p-555)));
    V result = v_mul(v_mul(below_one, below_one), s.hi);
    V least = v_select(v_lt(size, one), v_set(C(0x1p-100, 0x1p-840)), v_set(0));
    M tiny = v_lt(result, v_select(s.deep, v_set(0), least));
    half = v_select(s.deep, half, v_select(tiny, v_set(C(0x1p85, 0x1p555)), one));
    half = v_select(v_le(v_set(DECAY_END), t.hi), v_set(0), half);
    V factor = v_mul(v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x)), half);
    Pair product = pair_scaled(factor, pair_scaled(factor, (Pair){s.hi, s.lo}));
    product = pair_bounded(product);
    M deep = v_or(v_and(s.deep, modest), tiny);
    return (Slope){SLOPE_LIFTED, product.hi, product.lo, deep};
}

#endif
