/* What a kernel returns: the value and the slope, the slope with what rounding left out.
 *
 * A derivative is hi + lo, so that the backward form multiplies by g before anything is
 * rounded. Where a derivative decays below the normal range, deep lanes hold it
 * 2^LIFT_EXPONENT times as large: g f' is right even where f' alone is 0. */
#ifndef FA_SLOPE_H
#define FA_SLOPE_H

#include "pair.h"

/* A deep factor is smaller than 2^-100 (2^-840). So the other factor may be multiplied
 * by BEFORE, which loses bits only where the product is 0, and the product by AFTER;
 * together they undo the lift, nothing overflows, and only AFTER rounds. */
#define LIFT_EXPONENT C(170.0, 1110.0)
#define LIFT_BEFORE C(0x1p-72, 0x1p-300)
#define LIFT_AFTER C(0x1p-98, 0x1p-810)
/* e^-t is deep from DEEP on; from END on g t e^-t is 0, whatever g. */
#define DECAY_DEEP C(80.0, 600.0)
#define DECAY_END C(200.0, 1465.0)

typedef enum {
    SLOPE_EXACT, /* hi alone */
    SLOPE_PAIR, /* hi + lo */
    SLOPE_LIFTED, /* hi + lo, lifted where deep */
} SlopeKind;

typedef struct {
    SlopeKind kind; /* a constant in each kernel: what it rules out costs nothing */
    V hi, lo;
    M deep;
} Slope;

typedef struct {
    V y; /* f(x, p) */
    Slope dx; /* df/dx */
    Slope dp; /* df/dp, p the learnable parameter */
} Dual;

INLINE Slope slope_exact(V value) { return (Slope){SLOPE_EXACT, .hi = value}; }
INLINE Slope slope_pair(V hi, V lo) { return (Slope){SLOPE_PAIR, hi, lo}; }

INLINE V lift_before(M deep, V a)
{
    return v_select(deep, v_mul(a, v_set(LIFT_BEFORE)), a);
}
INLINE V lift_after(M deep, V a)
{
    return v_mul(a, v_select(deep, v_set(LIFT_AFTER), v_set(1)));
}

/* The slope of a gate x h(x) with h(x) + h(-x) = 1, from rise = -f'(-|x|): that is -rise
 * for negative x and 1 + rise for the others, where a deep rise is nothing. */
INLINE Slope slope_reflected(Pair rise, M deep, M negative)
{
    V zero = v_set(0);
    Pair right = fast_two_sum(v_set(1), v_select(deep, zero, rise.hi));
    right.lo = v_add(right.lo, v_select(deep, zero, rise.lo));
    return (Slope){
        SLOPE_LIFTED,
        .hi = v_select(negative, v_sub(zero, rise.hi), right.hi),
        .lo = v_select(negative, v_sub(zero, rise.lo), right.lo),
        .deep = v_and(negative, deep),
    };
}

/* The slope as a number. Here AFTER comes first: what it rounds to 0, BEFORE would. */
INLINE V slope_value(Slope s)
{
    if (s.kind == SLOPE_EXACT) return s.hi;
    V value = v_add(s.hi, s.lo);
    if (s.kind == SLOPE_PAIR) return value;
    return lift_before(s.deep, lift_after(s.deep, value));
}

/* g times the slope, rounded once. An infinite g must not meet lo, which may be 0 or
 * of the other sign. */
INLINE V slope_times(V g, Slope s)
{
    if (s.kind == SLOPE_EXACT) return v_mul(g, s.hi);
    V factor = s.kind == SLOPE_LIFTED ? lift_before(s.deep, g) : g;
    V finite = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), factor));
    V product = v_fma(factor, s.hi, v_mul(finite, s.lo));
    return s.kind == SLOPE_LIFTED ? lift_after(s.deep, product) : product;
}

#endif
