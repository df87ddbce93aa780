/* Decaying exponentials w = e^-t, lifted where they leave the normal range, and the series
 * in w that a sigmoidal function becomes far out. */
#ifndef FA_DECAY_H
#define FA_DECAY_H

#include "exp.h"
#include "slope.h"

/* w = e^-t for t from 0 to DECAY_END, and for any t >= 0. */
typedef struct {
    M deep;
    Reduced n;
} Decay;
INLINE Decay decay_until_end(Pair t)
{
    M deep = v_lt(v_set(DECAY_DEEP), t.hi);
    V lifted = v_set(EXP_ORIGIN(LIFT_EXPONENT));
    V origin = v_select(deep, lifted, v_set(EXP_ORIGIN(0.0)));
    Reduced n = exp_reduce(-1, t.hi, origin);
    n.low = v_sub(n.low, t.lo);
    return (Decay){deep, n};
}
INLINE Decay decay_of(Pair t)
{
    return decay_until_end((Pair){v_min(v_set(DECAY_END), t.hi), t.lo});
}

/* The same for t up to DECAY_DEEP, where nothing is to be lifted. */
INLINE Decay decay_shallow(Pair t)
{
    Reduced n = exp_reduce(-1, t.hi, v_set(EXP_ORIGIN(0.0)));
    if (!v_is_known_zero(t.lo)) n.low = v_sub(n.low, t.lo);
    return (Decay){.n = n};
}

/* t bounded for that, where only lanes that are asked for are to be lifted: in the others a
 * deep w is not meant, and what stands for it is small. */
INLINE Pair decay_bounded(M asked, Pair t)
{
    V end = v_select(asked, v_set(DECAY_END), v_set(DECAY_DEEP));
    return (Pair){v_min(end, t.hi), t.lo};
}

/* w (a + b w) for a w that is small beside 1/b */
INLINE Slope decay_series(Decay decay, Pair a, V b)
{
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V shallow = v_select(decay.deep, v_set(0), head);
    V square = v_mul_tiny(head, v_fma(shallow, tail, shallow));
    Pair first = two_product(head, a.hi);
    V lo = v_fma(square, b, v_fma(head, a.lo, first.lo));
    lo = v_fma(tail, v_fma(square, b, first.hi), lo);
    return (Slope){SLOPE_LIFTED, first.hi, lo, decay.deep};
}

/* e^z as a slope, where z.lo is what z.hi leaves out. A NaN has any head. */
INLINE Slope exp_slope(Pair z)
{
    M deep = v_lt(z.hi, v_set(-DECAY_DEEP));
    V lifted = v_set(EXP_ORIGIN(LIFT_EXPONENT));
    V origin = v_select(deep, lifted, v_set(EXP_ORIGIN(0.0)));
    Reduced n = exp_reduce(1, v_max(v_set(-DECAY_END), z.hi), origin);
    n.low = v_add(n.low, z.lo);
    V head = v_select(v_is_nan(z.hi), z.hi, exp_head(n));
    return (Slope){SLOPE_LIFTED, head, v_mul(head, exp_tail(n)), deep};
}

#endif
