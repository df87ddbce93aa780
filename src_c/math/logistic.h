/* The logistic sigmoid s(z) = 1/(1 + e^-z) and its derivative.
 *
 * Built on e^z as head (1 + tail), see exp.h, and on division by both words of a pair.
 * Arguments are pairs where z is itself a product. */
#ifndef FA_LOGISTIC_H
#define FA_LOGISTIC_H

#include "exp_neg.h"
#include "inverse.h"

/* z s(z) is far below the subnormal range at START, s(z) rounds to 1 above END. */
#define LOGISTIC_START C(-118.0, -770.0)
#define LOGISTIC_END C(40.0, 600.0)
INLINE V logistic_clamp(V z)
{
    return v_max(v_set(LOGISTIC_START), v_min(v_set(LOGISTIC_END), z));
}

/* one (1 + e^-z) for a reduced -z that carries the same scale as `one`. The sum is
 * exact; a rounded one would cost 0.5 ulp. */
INLINE Pair logistic_divisor(Reduced minus_z, V one)
{
    V head = exp_head(minus_z);
    Pair sum = two_sum_positive(one, head);
    sum.lo = v_fma(head, exp_tail(minus_z), sum.lo);
    return sum;
}

/* UNSCALE (1 + e^-z) for a clamped z, reduced from ORIGIN. The constant factor keeps
 * sums and quotients in range; multiplying the quotient by UNSCALE removes it. */
#define LOGISTIC_SCALE_EXPONENT C(64.0, 128.0)
#define LOGISTIC_UNSCALE C(0x1p-64, 0x1p-128)
#define LOGISTIC_ORIGIN v_set(EXP_ORIGIN(-LOGISTIC_SCALE_EXPONENT))
INLINE Pair logistic_divisor_scaled(Reduced minus_z)
{
    return logistic_divisor(minus_z, v_set(LOGISTIC_UNSCALE));
}

/* UNSCALE / d for a scaled divisor */
INLINE V logistic_inverse(Pair d)
{
    V unscale = v_set(LOGISTIC_UNSCALE);
    return V_DIVIDES ? quotient(unscale, d) : v_mul_tiny(inverse(d), unscale);
}

/* 1 + w for w = head (1 + tail) <= 1; pass 0 for a scaled head. */
INLINE Pair one_plus(V head, V tail)
{
    Pair sum = fast_two_sum(v_set(1), head);
    sum.lo = v_fma(head, tail, sum.lo);
    return sum;
}

/* n s(z) for |z| <= EXP_NEG_UNSCALED_END */
INLINE V logistic_product(Pair n, Pair z)
{
    Reduced minus_z = exp_reduce(-1, z.hi, v_set(EXP_ORIGIN(0.0)));
    if (!v_is_constant_zero(z.lo)) minus_z.low = v_sub(minus_z.low, z.lo);
    return quotient_of_pair(n, logistic_divisor(minus_z, v_set(1)));
}

/* The parts of s(z) and s'(z), for w = e^-t = head (1 + tail), t = |z| */
typedef struct {
    V head, tail;
    ShortInverse inverse; /* of 1 + w */
    M scaled;
} Logistic;
INLINE Logistic logistic_parts(ExpNeg decay)
{
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V unscaled = v_unless(decay.negligible, head);
    return (Logistic){head, tail, short_inverse(one_plus(unscaled, tail)),
                      decay.scaled};
}

/* s'(z) = w / (1 + w)^2 */
INLINE Derivative logistic_deriv_from(Logistic l)
{
    V y = l.inverse.y;
    Pair product = two_product(v_mul(l.head, y), y);
    V error = combined_error(inverse_square_error(l.inverse.r), l.tail);
    return (Derivative){
        DERIV_SCALED,
        .hi = product.hi,
        .lo = v_fma(product.hi, error, product.lo),
        .scaled = l.scaled,
    };
}
INLINE Derivative logistic_deriv(Pair t)
{
    return logistic_deriv_from(logistic_parts(exp_neg(t)));
}

/* s(z) */
INLINE Derivative logistic_pair_from(Logistic l, M negative)
{
    V y = l.inverse.y, r = l.inverse.r, error = v_fma(r, r, r);
    V hi = v_select(negative, v_mul(l.head, y), y);
    V lo = v_mul(hi, v_select(negative, combined_error(error, l.tail), error));
    return (Derivative){DERIV_SCALED, hi, lo, v_and(negative, l.scaled)};
}
INLINE Derivative logistic_pair(Pair t, M negative)
{
    return logistic_pair_from(logistic_parts(exp_neg(t)), negative);
}

#endif
