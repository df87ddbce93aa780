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
    Pair sum = fast_two_sum(v_max(one, head), v_min(one, head));
    sum.lo = v_fma(head, exp_tail(minus_z), sum.lo);
    return sum;
}

/* UNLIFT (1 + e^-z) for a clamped z: a constant factor keeps all sums and quotients in
 * range, and one product at the end undoes it. */
#define LOGISTIC_LIFT_EXPONENT C(64.0, 128.0)
#define LOGISTIC_UNLIFT C(0x1p-64, 0x1p-128)
INLINE Pair logistic_divisor_lifted(V z)
{
    V origin = v_set(EXP_ORIGIN(-LOGISTIC_LIFT_EXPONENT));
    return logistic_divisor(exp_reduce(-1, z, origin), v_set(LOGISTIC_UNLIFT));
}

/* The square of 1/(1 + w), as y^2 (1 + error) with y of half significand:
 * r = 1 - y (1 + w) gives 1/(1 - r)^2 = 1 + 2r + 3r^2 + ... */
typedef struct { V y, error; } InverseSquare;
INLINE InverseSquare inverse_square(Pair divisor)
{
    V y = v_truncate(inverse_estimate(v_add(divisor.hi, divisor.lo)));
    V r = v_fnma(y, divisor.lo, v_fnma(y, divisor.hi, v_set(1)));
    return (InverseSquare){y, v_mul(r, v_fma(v_set(3), r, v_set(2)))};
}

/* (1 + a)(1 + b) - 1 */
INLINE V joint_error(V a, V b) { return v_add(v_fma(a, b, b), a); }

/* w = e^-t for t >= 0, deep from DEEP on. g w is 0 from END on, whatever g. */
#define DECAY_DEEP C(80.0, 600.0)
#define DECAY_END C(200.0, 1465.0)
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

/* (z s(z))' for t = |z|.
 *
 * For negative z it is -w N / (1 + w)^2 with N = t - 1 - w, which vanishes at
 * t0 = 1.2784645...; for the others it is 1 less that. Since w = (t0 - 1) e^-d with
 * d = t - t0, N = d + (t0 - 1)(1 - e^-d): a sum of two terms of one sign, each of
 * which keeps its relative accuracy through 0. */
INLINE Slope silu_slope(Pair t, M negative)
{
    Decay decay = decay_of(t.hi);
    Pair d = two_sum(decay.t, v_set(-SILU_ROOT_HIGH));
    d.lo = v_add(d.lo, v_sub(t.lo, v_set(SILU_ROOT_LOW)));
    Reduced n = exp_reduce(-1, d.hi, decay.origin);
    n.low = v_sub(n.low, d.lo);
    V head = exp_head(n), tail = v_add(n.first, exp_rest(n));
    V shallow = v_select(decay.deep, v_set(0), head);

    /* t0 - 1 = SHORT (1 + REST) with half of the significand in SHORT. */
    V decay_head = v_mul(v_set(SILU_DECAY_SHORT), head);
    V decay_tail = joint_error(tail, v_set(SILU_DECAY_REST));
    V decay_shallow = v_mul(v_set(SILU_DECAY_SHORT), shallow);
    InverseSquare inverse = inverse_square(one_plus(decay_shallow, decay_tail));

    Pair rise = two_product(v_set(SILU_DECAY_SHORT), v_sub(v_set(1), shallow));
    Pair sum = fast_two_sum(d.hi, rise.hi);
    V low = v_add(v_add(sum.lo, d.lo), v_fma(rise.hi, v_set(SILU_DECAY_REST), rise.lo));
    low = v_fnma(decay_shallow, v_fma(tail, v_set(SILU_DECAY_REST), tail), low);
    sum = fast_two_sum(sum.hi, low);

    Pair factor = two_product(decay_head, v_mul(inverse.y, inverse.y));
    Pair product = two_product(factor.hi, sum.hi);
    V rest = v_fma(factor.hi, sum.lo, v_fma(factor.lo, sum.hi, product.lo));
    rest = v_fma(product.hi, joint_error(inverse.error, decay_tail), rest);

    V zero = v_set(0);
    Pair rising = fast_two_sum(v_set(1), v_select(decay.deep, zero, product.hi));
    rising.lo = v_add(rising.lo, v_select(decay.deep, zero, rest));
    return (Slope){
        SLOPE_LIFTED,
        .hi = v_select(negative, v_sub(zero, product.hi), rising.hi),
        .lo = v_select(negative, v_sub(zero, rest), rising.lo),
        .deep = v_and(negative, decay.deep),
    };
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
 * Lanes stay lifted where x^2 cannot overflow them; elsewhere a factor whose square is
 * the lift undoes it. From END on the exponential has won. */
INLINE Slope gated_by(V x, Pair z)
{
    Pair t = pair_abs(z);
    Slope s = logistic_slope(t);
    M deep = v_and(s.deep, v_lt(v_abs(x), v_set(256)));
    V undo = v_select(s.deep, v_set(C(0x1p-85, 0x1p-555)), v_set(1));
    undo = v_select(deep, v_set(1), undo);
    undo = v_select(v_le(v_set(DECAY_END), t.hi), v_set(0), undo);
    V factor = v_mul(v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x)), undo);
    Pair once = two_product(s.hi, factor);
    once.lo = v_fma(s.lo, factor, once.lo);
    Pair twice = two_product(once.hi, factor);
    twice.lo = v_fma(once.lo, factor, twice.lo);
    return (Slope){SLOPE_LIFTED, twice.hi, twice.lo, deep};
}

#endif
