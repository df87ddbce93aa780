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
    SLOPE_TWICE, /* 2 hi, which may overflow where g times it does not */
    SLOPE_PAIR, /* hi + lo, lo below the last bit of hi */
    SLOPE_LIFTED, /* hi + lo, lifted where deep; hi may be short */
    SLOPE_LARGE, /* the same, of any size: g lo alone may overflow */
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
INLINE Slope slope_large(Slope s) { return s.kind = SLOPE_LARGE, s; }
INLINE Slope slope_twice(V half) { return (Slope){SLOPE_TWICE, .hi = half}; }
INLINE Slope slope_pair(V hi, V lo) { return (Slope){SLOPE_PAIR, hi, lo}; }

INLINE V lift_before(M deep, V a)
{
    return v_mul_tiny(a, v_select(deep, v_set(LIFT_BEFORE), v_set(1)));
}
INLINE V lift_after(M deep, V a)
{
    return v_mul_tiny(a, v_select(deep, v_set(LIFT_AFTER), v_set(1)));
}

/* y, but NaN where x is. */
INLINE V unless_nan(V x, V y) { return v_select(v_is_nan(x), v_add(x, v_set(0)), y); }

/* above where x > 0, else below, which also has the NaNs */
INLINE Slope slope_either(M positive, V above, Slope below)
{
    return (Slope){
        SLOPE_LIFTED,
        .hi = v_select(positive, above, below.hi),
        .lo = v_select(positive, v_set(0), below.lo),
        .deep = below.deep,
    };
}

/* tail where far, else near, which is not deep */
INLINE Slope slope_beyond(M far, Slope tail, Pair near)
{
    return (Slope){
        SLOPE_LIFTED,
        .hi = v_select(far, tail.hi, near.hi),
        .lo = v_select(far, tail.lo, near.lo),
        .deep = v_and(far, tail.deep),
    };
}

/* The slope of a gate x h(x), where h(x) + h(-x) = 1, from what it is at -|x|: fall for
 * negative x, where it may be deep, and 1 - fall for the others. */
INLINE Slope slope_reflected(Slope fall, M negative)
{
    V right = v_sub(v_set(1), fall.hi);
    V rest = v_sub(v_sub(v_set(1), right), fall.hi);
    return (Slope){
        SLOPE_LIFTED,
        .hi = v_select(negative, fall.hi, right),
        .lo = v_select(negative, fall.lo, v_sub(rest, fall.lo)),
        .deep = fall.deep,
    };
}

/* Whether there is a lift to undo: rare, so that it costs a test and not the work. */
INLINE bool slope_is_lifted(Slope s) { return s.kind >= SLOPE_LIFTED && v_any(s.deep); }

/* The slope as a number. Here AFTER comes first: what it rounds to 0, BEFORE would. */
INLINE V slope_value(Slope s)
{
    if (s.kind == SLOPE_EXACT) return s.hi;
    if (s.kind == SLOPE_TWICE) return v_add(s.hi, s.hi);
    V value = v_add(s.hi, s.lo);
    if (slope_is_lifted(s)) value = lift_before(s.deep, lift_after(s.deep, value));
    return value;
}

/* What stands for g beside lo, which may be 0 or of the other sign: an infinite g must
 * not meet it, nor, where it may be large, even the largest number. */
INLINE V slope_cofactor(V g, Slope s)
{
    V most = v_set(T_MAX);
    if (s.kind == SLOPE_LARGE) return v_select(v_le(v_abs(g), most), g, v_set(0));
    return v_max(v_set(-T_MAX), v_min(most, g));
}

INLINE V slope_product(V g, V cofactor, Slope s)
{
    V rest = v_mul_tiny(cofactor, s.lo);
    /* Of the other sign than g hi, which then is far larger, it must stay the smaller. */
    if (s.kind == SLOPE_LARGE) rest = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), rest));
    return v_fma(g, s.hi, rest);
}

/* From here on down g lo may be subnormal, and rounded by itself, so that it counts:
 * 0.001 ulp of g hi. */
#define SLOPE_SAFE C(0x1p-116, 0x1p-1012)

/* g times the slope where a lane is lifted, infinite, or below SAFE. In the other lanes
 * each step is that of slope_times. */
INLINE V slope_times_rare(V g, Slope s)
{
    bool lifted = slope_is_lifted(s);
    V cofactor = slope_cofactor(g, s);
    if (lifted) g = lift_before(s.deep, g), cofactor = lift_before(s.deep, cofactor);
    V product = slope_product(g, cofactor, s), size = v_abs(product);
    /* What is lifted and as small becomes 0. */
    V safe = v_set(SLOPE_SAFE),
      least = lifted ? v_select(s.deep, v_set(0), safe) : safe;
    M tiny = v_and(v_lt(v_set(0), size), v_lt(size, least));
    if (v_any(tiny)) {
        V up = v_select(tiny, v_set(C(0x1p64, 0x1p512)), v_set(1));
        V down = v_select(tiny, v_set(C(0x1p-64, 0x1p-512)), v_set(1));
        product = v_mul_tiny(slope_product(v_mul(g, up), v_mul(cofactor, up), s), down);
    }
    return lifted ? lift_after(s.deep, product) : product;
}

/* 2 g half, rounded once: neither a double nor the product leaves the range but where the
 * result does. */
INLINE V twice_product(V g, V half)
{
    V one = v_set(1), two = v_set(2), size = v_abs(g);
    M large = v_and(v_le(one, size), v_le(size, v_set(T_MAX)));
    g = v_mul(g, v_select(large, one, two));
    return v_mul(g, v_mul(half, v_select(large, two, one)));
}

/* g times the slope, rounded once. Rare lanes cost a test and not the work. */
INLINE V slope_times(V g, Slope s)
{
    if (s.kind == SLOPE_EXACT) return v_mul(g, s.hi);
    if (s.kind == SLOPE_TWICE) return twice_product(g, s.hi);
    if (s.kind == SLOPE_PAIR) return slope_product(g, slope_cofactor(g, s), s);
    if (s.kind == SLOPE_LARGE || slope_is_lifted(s)) return slope_times_rare(g, s);
    V product = v_fma(g, s.hi, v_mul_tiny(g, s.lo)), size = v_abs(product);
    M usual = v_and(v_lt(v_set(SLOPE_SAFE), size), v_le(size, v_set(T_MAX)));
    return v_all(usual) ? product : slope_times_rare(g, s);
}

/* a times a slope. Where a is so large that a deep product could overflow, the lift is
 * undone: that costs accuracy only where the product is below the normal range. */
INLINE Slope slope_scaled(Pair a, Slope s)
{
    M moderate = v_le(v_abs(a.hi), v_set(0x1p15));
    V before = v_select(moderate, v_set(1), v_set(LIFT_BEFORE));
    V after = v_select(moderate, v_set(1), v_set(LIFT_AFTER));
    V scale = v_select(s.deep, before, v_set(1));
    Pair product = pair_product((Pair){v_mul(a.hi, scale), v_mul(a.lo, scale)},
                                (Pair){s.hi, s.lo});
    scale = v_select(s.deep, after, v_set(1));
    product = pair_bounded((Pair){v_mul(product.hi, scale), v_mul(product.lo, scale)});
    return (Slope){s.kind, product.hi, product.lo, v_and(s.deep, moderate)};
}

#endif
