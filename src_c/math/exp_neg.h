/* w = e^-t for t >= 0, scaled where it leaves the normal range, and short series in w:
 * the expansions of sigmoidal functions for large arguments. */
#ifndef FA_EXP_NEG_H
#define FA_EXP_NEG_H

#include "derivative.h"
#include "exp.h"

/* w, reduced */
typedef struct {
    M scaled, negligible; /* negligible beside 1: its square is not formed there */
    Reduced n;
} ExpNeg;

/* for t <= EXP_NEG_END */
INLINE ExpNeg exp_neg_in_range(Pair t)
{
    M scaled = v_lt(v_set(EXP_NEG_UNSCALED_END), t.hi);
    V scaling = v_set(EXP_ORIGIN(SCALE_EXPONENT));
    V origin = v_select(scaled, scaling, v_set(EXP_ORIGIN(0.0)));
    Reduced n = exp_reduce(-1, t.hi, origin);
    n.low = v_sub(n.low, t.lo);
    return (ExpNeg){scaled, v_lt(v_set(EXP_NEG_NEGLIGIBLE), t.hi), n};
}

INLINE ExpNeg exp_neg(Pair t)
{
    return exp_neg_in_range((Pair){v_min(v_set(EXP_NEG_END), t.hi), t.lo});
}

/* for t <= EXP_NEG_UNSCALED_END, where no lane is scaled */
INLINE ExpNeg exp_neg_unscaled(Pair t)
{
    Reduced n = exp_reduce(-1, t.hi, v_set(EXP_ORIGIN(0.0)));
    if (!v_is_constant_zero(t.lo)) n.low = v_sub(n.low, t.lo);
    return (ExpNeg){.negligible = v_lt(v_set(EXP_NEG_NEGLIGIBLE), t.hi), .n = n};
}

#if PRECISION == 64
/* w to 2^-70, for t <= EXP_NEG_UNSCALED_END */
INLINE Pair exp_neg_fine(Pair t)
{
    Reduced n = exp_neg_unscaled(t).n;
    Pair head = to_pair(exp_head(n));
    return pair_fma(head, exp_tail_fine(n), head);
}
#endif

/* t clamped for exp_neg_in_range: to END in the lanes where a tiny w matters, in the
 * others where w is negligible. */
INLINE Pair exp_neg_clamp(M matters, Pair t)
{
    V end = v_select(matters, v_set(EXP_NEG_END), v_set(EXP_NEG_NEGLIGIBLE));
    return (Pair){v_min(end, t.hi), t.lo};
}

/* w (a + b w), where b w is small relative to a */
INLINE Derivative exp_neg_series(ExpNeg decay, Pair a, V b)
{
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V beside = v_unless(decay.negligible, head);
    V square = v_mul(head, v_fma(beside, tail, beside));
    Pair first = two_product(head, a.hi);
    V lo = v_fma(square, b, v_fma(head, a.lo, first.lo));
    lo = v_fma(tail, v_fma(square, b, first.hi), lo);
    return (Derivative){DERIV_SCALED, first.hi, lo, decay.scaled};
}

/* e^z, the derivative of e^z. A NaN is restored: its head could be any number. */
INLINE Derivative exp_deriv(Pair z)
{
    M scaled = v_lt(z.hi, v_set(-EXP_NEG_UNSCALED_END));
    V scaling = v_set(EXP_ORIGIN(SCALE_EXPONENT));
    V origin = v_select(scaled, scaling, v_set(EXP_ORIGIN(0.0)));
    Reduced n = exp_reduce(1, v_max(v_set(-EXP_NEG_END), z.hi), origin);
    n.low = v_add(n.low, z.lo);
    V head = v_select(v_is_nan(z.hi), z.hi, exp_head(n));
    return (Derivative){DERIV_SCALED, head, v_mul(head, exp_tail(n)), scaled};
}

#endif
