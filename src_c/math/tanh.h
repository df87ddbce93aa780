/* tanh.
 *
 * float32: x R(|x|), R = tanh(x)/x by piecewise polynomials. No exponential, no
 * division, no branch: 0.25 ns per element, 0.35 by the quotient below (Zen 4).
 * float64: E/(E + 2), E = expm1(2|x|), in pairs; polynomials would need degree 15. */
#ifndef FA_TANH_H
#define FA_TANH_H

#include "exp.h"
#include "inverse.h"
#include "table_poly.h"

#if PRECISION == 32
INLINE V tanh_of(V x)
{
    V t = v_min(v_set(TANH_END), v_abs(x));
    return v_copysign(times_table_poly(&TANH_RATIO, t), x);
}
#else
/* E/(E + 2) as numerator and denominator, E = e^2t - 1 as an unnormalised sum. Where E
 * is large, the rounding error of head - 1 is the same in both and cancels in the
 * quotient, which is near 1. */
typedef struct {
    Pair numerator, denominator;
} Fraction;
INLINE Fraction tanh_fraction_within(Pair t)
{
    Reduced n = exp_reduce(1, v_add(t.hi, t.hi), v_set(EXP_ORIGIN(0.0)));
    if (!v_is_constant_zero(t.lo)) n.low = v_add(n.low, v_add(t.lo, t.lo));
    V head = exp_head(n), head_less_1 = v_sub(head, v_set(1));
    V sum = v_fma(head, n.first, head_less_1);
    V error = v_fma(head, n.first, v_sub(head_less_1, sum));
    Pair e = {sum, v_fma(head, exp_rest(n), error)};
    Pair divisor = two_sum_positive(v_set(2), e.hi);
    divisor.lo = v_add(divisor.lo, e.lo);
    return (Fraction){e, divisor};
}
/* The same with normalised words, for products of them */
INLINE Fraction tanh_fraction_normalised(Pair t)
{
    Fraction f = tanh_fraction_within(t);
    return (Fraction){fast_two_sum(f.numerator.hi, f.numerator.lo),
                      fast_two_sum(f.denominator.hi, f.denominator.lo)};
}
/* From 20 on tanh rounds to 1. */
INLINE Fraction tanh_fraction(Pair t)
{
    return tanh_fraction_within((Pair){v_min(v_set(20), t.hi), t.lo});
}

/* q + y rest, the quotient to a little more than working precision */
typedef struct {
    V q, y, rest;
} TanhQuotient;
INLINE TanhQuotient tanh_quotient(Fraction f)
{
    V y = inverse_estimate(v_add(f.denominator.hi, f.denominator.lo));
    V q = v_mul(v_add(f.numerator.hi, f.numerator.lo), y);
    V rest = v_fnma(q, f.denominator.lo, v_fnma(q, f.denominator.hi, f.numerator.hi));
    return (TanhQuotient){q, y, v_add(rest, f.numerator.lo)};
}

INLINE V tanh_of(V x)
{
    TanhQuotient t = tanh_quotient(tanh_fraction(to_pair(v_abs(x))));
    return v_copysign(v_fma(t.y, t.rest, t.q), x);
}
#endif

#endif
