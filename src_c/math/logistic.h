/* The logistic sigmoid s(z) = 1/(1 + e^-z) and its derivative.
 *
 * Built on e^z as head (1 + tail), see exp.h, and on divisions that see both words of
 * their divisor. Arguments are pairs where z is itself a product. */
#ifndef FA_LOGISTIC_H
#define FA_LOGISTIC_H

#include "decay.h"
#include "inverse.h"

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

/* UNLIFT (1 + e^-z) for a clamped z, reduced from ORIGIN: a constant factor keeps all sums and
 * quotients in range, and one product at the end undoes it. */
#define LOGISTIC_LIFT_EXPONENT C(64.0, 128.0)
#define LOGISTIC_UNLIFT C(0x1p-64, 0x1p-128)
#define LOGISTIC_ORIGIN v_set(EXP_ORIGIN(-LOGISTIC_LIFT_EXPONENT))
INLINE Pair logistic_divisor_lifted(Reduced minus_z)
{
    return logistic_divisor(minus_z, v_set(LOGISTIC_UNLIFT));
}

/* 1 + w for w = head (1 + tail) <= 1; a deep head must have been set to 0. */
INLINE Pair one_plus(V head, V tail)
{
    Pair sum = fast_two_sum(v_set(1), head);
    sum.lo = v_fma(head, tail, sum.lo);
    return sum;
}

/* n s(z) for |z| <= DECAY_DEEP */
INLINE V logistic_product(Pair n, Pair z)
{
    Reduced minus_z = exp_reduce(-1, z.hi, v_set(EXP_ORIGIN(0.0)));
    if (!v_is_known_zero(z.lo)) minus_z.low = v_sub(minus_z.low, z.lo);
    return quotient_of_pair(n, logistic_divisor(minus_z, v_set(1)));
}

/* What s(z) and s'(z) are made of, for w = e^-t = head (1 + tail), t = |z|. */
typedef struct {
    V head, tail;
    ShortInverse inverse; /* of 1 + w */
    M deep;
} Logistic;
INLINE Logistic logistic_of(Decay decay)
{
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V shallow = v_select(decay.deep, v_set(0), head);
    return (Logistic){head, tail, short_inverse(one_plus(shallow, tail)), decay.deep};
}

/* s'(z) = w / (1 + w)^2 */
INLINE Slope logistic_slope_of(Logistic l)
{
    V y = l.inverse.y;
    Pair product = two_product(v_mul(l.head, y), y);
    V error = joint_error(inverse_square_error(l.inverse.r), l.tail);
    return (Slope){
        SLOPE_LIFTED,
        .hi = product.hi,
        .lo = v_fma(product.hi, error, product.lo),
        .deep = l.deep,
    };
}
INLINE Slope logistic_slope(Pair t)
{
    return logistic_slope_of(logistic_of(decay_of(t)));
}

/* s(z), lifted where it is deep */
INLINE Slope logistic_pair_of(Logistic l, M negative)
{
    V y = l.inverse.y, r = l.inverse.r, error = v_fma(r, r, r);
    V hi = v_select(negative, v_mul(l.head, y), y);
    V lo = v_mul(hi, v_select(negative, joint_error(error, l.tail), error));
    return (Slope){SLOPE_LIFTED, hi, lo, v_and(negative, l.deep)};
}
INLINE Slope logistic_pair(Pair t, M negative)
{
    return logistic_pair_of(logistic_of(decay_of(t)), negative);
}

#endif
