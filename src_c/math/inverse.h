/* Division by a pair: an estimate of 1/d and one step with the exact remainder.
 *
 * A remainder computed by FMA against both words of the divisor makes the quotient
 * right to a little over half an ulp; vdivps alone takes longer and ignores d.lo. */
#ifndef FA_INVERSE_H
#define FA_INVERSE_H

#include "pair.h"

/* 1/d to more than half of the significand: Newton's step doubles the correct bits. */
INLINE V inverse_estimate(V d)
{
    V y = v_reciprocal(d);
    _Pragma("GCC unroll 4") for (int bits = V_RECIPROCAL_BITS;
                                 2 * bits < T_MANTISSA + 3; bits *= 2)
        y = v_fma(v_fnma(y, d, v_set(1)), y, y);
    return y;
}

/* n / (d.hi + d.lo), rounded nearly correctly. */
INLINE V quotient(V n, Pair d)
{
    V y = inverse_estimate(v_add(d.hi, d.lo));
    V q = v_mul(n, y);
    V remainder = v_fnma(q, d.lo, v_fnma(q, d.hi, n));
    return v_fma(y, remainder, q);
}

/* 1 / (d.hi + d.lo), rounded nearly correctly. */
INLINE V inverse(Pair d)
{
    V y = inverse_estimate(v_add(d.hi, d.lo));
    V remainder = v_fnma(y, d.lo, v_fnma(y, d.hi, v_set(1)));
    return v_fma(y, remainder, y);
}

/* n / d as a pair; n.lo may be anything that is small beside n.hi. */
INLINE Pair pair_quotient(Pair n, Pair d)
{
    V y = inverse_estimate(v_add(d.hi, d.lo));
    V q = v_mul(n.hi, y);
    V remainder = v_add(v_fnma(q, d.lo, v_fnma(q, d.hi, n.hi)), n.lo);
    Pair sum = fast_two_sum(q, v_mul(y, remainder));
    remainder = v_add(v_fnma(sum.hi, d.lo, v_fnma(sum.hi, d.hi, n.hi)), n.lo);
    return (Pair){sum.hi, v_mul(y, remainder)};
}

/* (n.hi + n.lo) / d, rounded nearly correctly. */
INLINE V pair_over(Pair n, V d)
{
    V y = inverse_estimate(d);
    V q = v_mul(n.hi, y);
    return v_fma(y, v_add(v_fnma(q, d, n.hi), n.lo), q);
}

/* 1 / d as a pair */
INLINE Pair inverse_pair(V d)
{
    V y = inverse(single(d));
    return (Pair){y, v_mul(y, v_fnma(y, d, v_set(1)))};
}

#endif
