/* tanh.
 *
 * float32: tanh(x) = x R(|x|) with R = tanh(x)/x a polynomial on each of V_TABLE pieces.
 * No exponential, no division, no branch: 0.25 ns per element against 0.35 by the
 * quotient below (Zen 4). The piece is the leading bits of a sum; centres are chosen
 * where R is almost a float, so its rounding does not count.
 * float64: E/(E + 2) with E = expm1(2|x|) and both words of each (pieces would need
 * degree 15). */
#ifndef FA_TANH_H
#define FA_TANH_H

#include "exp.h"
#include "inverse.h"

#if PRECISION == 32
#include "tables/tanh.h"

INLINE V tanh_of(V x)
{
    V bounded = v_max(v_set(-9.1f), v_min(v_set(9.1f), x));
    V t = v_abs(bounded);
    V leading = v_fma(t, v_set(TANH_SCALE), v_set(TANH_OFFSET));
    I piece = v_shift_right(v_bits(leading), TANH_BITS);
    V s = v_sub(t, v_lookup(TANH_CENTRE, piece));
    V slope = v_lookup(TANH_P[TANH_DEGREE - 1], piece);
    _Pragma("GCC unroll 8")
    for (int k = TANH_DEGREE - 2; k >= 0; k--)
        slope = v_fma(s, slope, v_lookup(TANH_P[k], piece));
    V ratio = v_lookup(TANH_VALUE, piece);
    V y = v_fma(bounded, ratio, v_mul(v_mul(bounded, s), slope));
    return v_copysign(y, x);
}
#else
/* E/(E + 2) as numerator and denominator, E = e^2t - 1 as a sum that is not normalised.
 * Where E is large and head - 1 is rounded, both have the same error, and so the
 * quotient, which is near 1, has next to none. */
typedef struct {
    Pair over, under;
} Fraction;
INLINE Fraction tanh_fraction(V t)
{
    V bounded = v_min(v_set(20), t);
    Reduced n = exp_reduce(1, v_add(bounded, bounded), v_set(EXP_ORIGIN(0.0)));
    V head = exp_head(n), less = v_sub(head, v_set(1));
    V sum = v_fma(head, n.first, less);
    V error = v_fma(head, n.first, v_sub(less, sum));
    Pair e = {sum, v_fma(head, exp_rest(n), error)};
    Pair divisor = positive_sum(v_set(2), e.hi);
    divisor.lo = v_add(divisor.lo, e.lo);
    return (Fraction){e, divisor};
}

INLINE V tanh_of(V x)
{
    Fraction f = tanh_fraction(v_abs(x));
    V y = inverse_estimate(v_add(f.under.hi, f.under.lo));
    V q = v_mul(v_add(f.over.hi, f.over.lo), y);
    V rest = v_fnma(q, f.under.lo, v_fnma(q, f.under.hi, f.over.hi));
    return v_copysign(v_fma(y, v_add(rest, f.over.lo), q), x);
}
#endif

#endif
