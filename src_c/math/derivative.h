/* What a kernel returns: the value and the derivative, the latter before rounding.
 *
 * A derivative is an unevaluated hi + lo, so that the backward form multiplies by g
 * before it rounds. Where a derivative underflows, or nearly does, it is held scaled by
 * 2^SCALE_EXPONENT, lane by lane: g f' is accurate even where f' alone rounds to 0. */
#ifndef FA_DERIVATIVE_H
#define FA_DERIVATIVE_H

#include "../table/table.h"
#include "pair.h"

/* A scaled derivative is below SCALED_BELOW in truth, and both its words are normal
 * numbers down to where its product with any factor rounds to 0: for an instruction with
 * subnormal ones Intel's CPUs take 150 cycles. From a product with a factor of 1 or more,
 * which could overflow, the scale is removed in two steps, UNSCALE_FACTOR from the factor
 * and UNSCALE_PRODUCT from the product. Only the last step rounds. */
#define SCALE_EXPONENT C(200.0, 1200.0)
#define UNSCALE_FACTOR C(0x1p-104, 0x1p-600)
#define UNSCALE_PRODUCT C(0x1p-96, 0x1p-600)
#define SCALED_BELOW C(0x1p-100, 0x1p-840)
/* What becomes the smallest normal number when the scale is removed, or the rest of it */
#define UNSCALE_BORDER C(0x1p74, 0x1p178)
#define UNSCALE_PRODUCT_BORDER C(0x1p-30, 0x1p-422)
/* The square root of the scale, which each factor of a small product carries */
#define ROOT_SCALE C(0x1p100, 0x1p600)
/* Above NEGLIGIBLE e^-t is nothing beside 1, it is held scaled above UNSCALED_END, and
 * above END g t e^-t rounds to 0 for every g. */
#define EXP_NEG_NEGLIGIBLE C(40.0, 80.0)
#define EXP_NEG_UNSCALED_END C(72.5, 600.0)
#define EXP_NEG_END C(200.0, 1503.0)

typedef enum {
    DERIV_EXACT, /* hi alone */
    DERIV_DOUBLED, /* 2 hi, which may overflow although 2 g hi does not */
    DERIV_PAIR, /* hi + lo, |lo| below an ulp of hi */
    DERIV_SCALED, /* hi + lo, some lanes scaled; hi may be short of bits */
    DERIV_LARGE, /* the same without a bound: g lo alone may overflow */
    DERIV_REDUCED, /* such a one but for a factor of `rest`: g times it may be finite
                    * although it overflows */
    DERIV_SQUARE, /* the square of hi, which may overflow or underflow likewise */
    DERIV_WIDE, /* in float64, of a float32 kernel */
} DerivativeKind;

typedef struct {
    DerivativeKind kind; /* a constant in each kernel: branches on it are free */
    V hi, lo;
    M scaled; /* lanes that hold 2^SCALE_EXPONENT times the derivative */
#if HAS_WIDE
    W wide;
#endif
    V rest; /* a power of 2 */
} Derivative;

typedef struct {
    V y; /* f(x, p) */
    Derivative dx; /* df/dx */
    Derivative dp[FA_MAX_PARAMETERS]; /* df/dp for each parameter p */
} Dual;

INLINE Derivative deriv_exact(V value)
{
    return (Derivative){DERIV_EXACT, .hi = value};
}
INLINE Derivative deriv_large(Derivative s) { return s.kind = DERIV_LARGE, s; }
INLINE Derivative deriv_reduced(Derivative s, V rest)
{
    s.kind = DERIV_REDUCED;
    s.rest = rest;
    return s;
}
INLINE Derivative deriv_doubled(V half)
{
    return (Derivative){DERIV_DOUBLED, .hi = half};
}
INLINE Derivative deriv_square(V root)
{
    return (Derivative){DERIV_SQUARE, .hi = root};
}
INLINE Derivative deriv_pair(V hi, V lo) { return (Derivative){DERIV_PAIR, hi, lo}; }
#if HAS_WIDE
INLINE Derivative deriv_wide(W value)
{
    return (Derivative){DERIV_WIDE, .wide = value};
}
#endif

/* Lanes that are not scaled are left alone: times 1, a zero would lose its sign where
 * sums are rounded down. */
INLINE V unscale_factor(M scaled, V a)
{
    return v_select(scaled, v_mul(a, v_set(UNSCALE_FACTOR)), a);
}
INLINE V unscale_product(M scaled, V a)
{
    return v_select(scaled, lowered(a, v_set(UNSCALE_PRODUCT_BORDER)), a);
}
INLINE V unscale(M scaled, V a)
{
    return v_select(scaled, lowered(a, v_set(UNSCALE_BORDER)), a);
}

/* y, or NaN where x is NaN */
INLINE V propagate_nan(V x, V y)
{
    return v_select(v_is_nan(x), v_add(x, v_set(0)), y);
}

/* above where x > 0, else below, which carries the NaNs */
INLINE Derivative deriv_select(M positive, V above, Derivative below)
{
    return (Derivative){
        DERIV_SCALED,
        .hi = v_select(positive, above, below.hi),
        .lo = v_unless(positive, below.lo),
        .scaled = below.scaled,
    };
}

/* s where it is kept, else 0 */
INLINE Derivative deriv_or_zero(M kept, Derivative s)
{
    s.hi = v_where(kept, s.hi);
    s.lo = v_where(kept, s.lo);
#if HAS_WIDE
    s.wide = w_select(kept, s.wide, w_set(0));
#endif
    return s;
}

/* tail where far, else near, which is never scaled */
INLINE Derivative deriv_with_tail(M far, Derivative tail, Pair near)
{
    return (Derivative){
        DERIV_SCALED,
        .hi = v_select(far, tail.hi, near.hi),
        .lo = v_select(far, tail.lo, near.lo),
        .scaled = v_and(far, tail.scaled),
    };
}

/* The derivative of a gate x h(x) with h(x) + h(-x) = 1 from its value `left` at -|x|:
 * left for negative x, where it may be scaled, and 1 - left for the others. */
INLINE Derivative deriv_reflected(Derivative left, M negative)
{
    V right = v_sub(v_set(1), left.hi);
    V rest = v_sub(v_sub(v_set(1), right), left.hi);
    return (Derivative){
        DERIV_SCALED,
        .hi = v_select(negative, left.hi, right),
        .lo = v_select(negative, left.lo, v_sub(rest, left.lo)),
        .scaled = left.scaled,
    };
}

/* A factor for huge arguments, and that of a derivative of which half is reduced so */
typedef struct {
    V down, rest;
} Reduction;
INLINE Reduction reduction_of(V x)
{
    M huge = v_lt(v_set(C(0x1p100, 0x1p900)), v_abs(x));
    return (Reduction){
        v_select(huge, v_set(0x1p-70), v_set(1)),
        v_select(huge, v_set(0x1p71), v_set(2)),
    };
}

/* The whole of a reduced derivative where it is not huge; what of the factor is left. */
INLINE V deriv_rest_of_reduced(Derivative *s)
{
    V one = v_set(1), rest = s->rest;
    M huge = v_lt(v_set(C(0x1p80, 0x1p900)), v_abs(s->hi));
    V factor = v_select(huge, one, rest);
    *s = (Derivative){DERIV_LARGE, v_mul(s->hi, factor), v_mul(s->lo, factor),
                      s->scaled};
    return v_select(huge, rest, one);
}

/* Whether any lane is scaled: rare, so unscaling hides behind this test. */
INLINE bool deriv_is_scaled(Derivative s)
{
    return (s.kind == DERIV_SCALED || s.kind == DERIV_LARGE) && v_any(s.scaled);
}

/* The derivative rounded to one number */
INLINE V deriv_value(Derivative s)
{
#if HAS_WIDE
    if (s.kind == DERIV_WIDE) return w_narrow(s.wide);
#endif
    if (s.kind == DERIV_EXACT) return s.hi;
    if (s.kind == DERIV_DOUBLED) return v_add(s.hi, s.hi);
    if (s.kind == DERIV_SQUARE) return v_mul(s.hi, s.hi);
    bool reduced = s.kind == DERIV_REDUCED;
    V rest = reduced ? deriv_rest_of_reduced(&s) : v_set(1);
    V value = v_add(s.hi, s.lo);
    if (reduced) value = v_mul(value, rest);
    return deriv_is_scaled(s) ? unscale(s.scaled, value) : value;
}

/* The factor of lo in g (hi + lo). lo may be 0 or opposite
 * in sign to hi, so an infinite g must not reach it; where
 * the derivative may be large, nor must a clamped one. */
INLINE V deriv_low_factor(V g, Derivative s)
{
    V most = v_set(T_MAX);
    if (s.kind == DERIV_LARGE) return v_where(v_le(v_abs(g), most), g);
    return v_max(v_set(-T_MAX), v_min(most, g));
}

/* g hi + low_factor lo */
INLINE V deriv_product(V g, V low_factor, Derivative s)
{
    V rest = v_mul_tiny(low_factor, s.lo);
    /* Opposite in sign to g hi, it must not
     * overflow to an infinity that would cancel it. */
    if (s.kind == DERIV_LARGE) rest = v_max(v_set(-T_MAX), v_min(v_set(T_MAX), rest));
    return v_fma(g, s.hi, rest);
}

/* Below this g lo may be subnormal, and its own
 * rounding error then matters: 0.001 ulp of g hi. */
#define DERIV_SAFE C(0x1p-116, 0x1p-1012)

/* g times the derivative if some lane is scaled, infinite or below SAFE. The other
 * lanes get the same bits as in deriv_times. */
INLINE V deriv_times_special_case(V g, Derivative s)
{
    bool scaled = deriv_is_scaled(s);
    V low_factor = deriv_low_factor(g, s);
    M large = v_and(s.scaled, v_le(v_set(1), v_abs(g)));
    if (scaled) {
        g = unscale_factor(large, g);
        low_factor = unscale_factor(large, low_factor);
    }
    V product = deriv_product(g, low_factor, s), size = v_abs(product);
    /* A scaled product as small as this rounds to 0. */
    V safe = v_set(DERIV_SAFE);
    V least = scaled ? v_unless(s.scaled, safe) : safe;
    M tiny = v_and(v_lt(v_set(0), size), v_lt(size, least));
    if (v_any(tiny)) {
        V up = v_select(tiny, v_set(C(0x1p64, 0x1p512)), v_set(1));
        V raised = deriv_product(v_mul(g, up), v_mul(low_factor, up), s);
        V rounded = v_mul_tiny(raised, v_set(C(0x1p-64, 0x1p-512)));
        product = v_select(tiny, rounded, product);
    }
    if (!scaled) return product;
    V border = v_select(large, v_set(UNSCALE_PRODUCT_BORDER), v_set(UNSCALE_BORDER));
    return v_select(s.scaled, lowered(product, border), product);
}

/* 2 g half, rounded once. Only one of the factors is doubled, so that no intermediate
 * overflows or underflows unless the result does. */
INLINE V doubled_product(V g, V half)
{
    V one = v_set(1), two = v_set(2), size = v_abs(g);
    M large = v_and(v_le(one, size), v_le(size, v_set(T_MAX)));
    g = v_mul(g, v_select(large, one, two));
    return v_mul(g, v_mul(half, v_select(large, two, one)));
}

/* g root^2 for a root >= 0, rounded once. A huge or tiny root is squared scaled by a
 * power of 2. Half of the scale is removed from g and half from the product: each of them
 * overflows, or rounds to 0, only if the result does. */
INLINE V square_product(V g, V root)
{
    V one = v_set(1);
    V up = v_set(C(0x1p75, 0x1p600)), down = v_set(C(0x1p-75, 0x1p-600));
    M huge = v_lt(v_set(C(0x1p50, 0x1p400)), root);
    M tiny = v_lt(root, v_set(C(0x1p-50, 0x1p-400)));
    V scaled = v_mul(root, v_select(huge, down, v_select(tiny, up, one)));
    Pair square = pair_finite_low(two_product(scaled, scaled));
    V back = v_select(huge, up, v_select(tiny, down, one));
    Derivative s = {DERIV_LARGE, square.hi, square.lo};
    g = v_mul_tiny(g, back);
    return v_mul_tiny(deriv_product(g, deriv_low_factor(g, s), s), back);
}

/* g times the derivative, rounded once */
INLINE V deriv_times(V g, Derivative s)
{
#if HAS_WIDE
    if (s.kind == DERIV_WIDE) return w_narrow(w_mul(w_widen(g), s.wide));
#endif
    if (s.kind == DERIV_EXACT) return v_mul(g, s.hi);
    if (s.kind == DERIV_DOUBLED) return doubled_product(g, s.hi);
    if (s.kind == DERIV_SQUARE) return square_product(g, s.hi);
    if (s.kind == DERIV_REDUCED) g = v_mul(g, deriv_rest_of_reduced(&s));
    if (s.kind == DERIV_PAIR) return deriv_product(g, deriv_low_factor(g, s), s);
    if (deriv_is_scaled(s)) return deriv_times_special_case(g, s);
    V product = v_fma(g, s.hi, v_mul_tiny(g, s.lo)), size = v_abs(product);
    M ordinary = v_and(v_lt(v_set(DERIV_SAFE), size), v_le(size, v_set(T_MAX)));
    return v_all(ordinary) ? product : deriv_times_special_case(g, s);
}

/* a b, scaled where it is small */
INLINE Derivative deriv_of_product(V a, V b)
{
    V size = v_max(v_abs(a), v_abs(b)), most = v_set(C(0x1p26, 0x1p420));
    M small = v_and(v_lt(v_abs(v_mul(a, b)), v_set(SCALED_BELOW)), v_lt(size, most));
    V root_scale = v_select(small, v_set(ROOT_SCALE), v_set(1));
    Pair product =
        pair_finite_low(two_product(v_mul(a, root_scale), v_mul(b, root_scale)));
    return (Derivative){DERIV_LARGE, product.hi, product.lo, small};
}

/* a moderate constant times a derivative */
INLINE Derivative constant_times_deriv(Pair c, Derivative s)
{
    Pair product = pair_product(c, (Pair){s.hi, s.lo});
    return (Derivative){s.kind, product.hi, product.lo, s.scaled};
}

/* a times a derivative. Where a is so large that a scaled product could overflow, the
 * scale is removed: that costs accuracy only if the product is subnormal. */
INLINE Derivative pair_times_deriv(Pair a, Derivative s)
{
    M moderate = v_le(v_abs(a.hi), v_set(C(0x1p15, 0x1p200)));
    V before = v_select(moderate, v_set(1), v_set(UNSCALE_FACTOR));
    V after = v_select(moderate, v_set(1), v_set(UNSCALE_PRODUCT));
    V scale = v_select(s.scaled, before, v_set(1));
    Pair product = pair_product((Pair){v_mul(a.hi, scale), v_mul(a.lo, scale)},
                                (Pair){s.hi, s.lo});
    scale = v_select(s.scaled, after, v_set(1));
    product =
        pair_finite_low((Pair){v_mul(product.hi, scale), v_mul(product.lo, scale)});
    return (Derivative){s.kind, product.hi, product.lo, v_and(s.scaled, moderate)};
}

/* a derivative times 0, -1 or a power of 2 */
INLINE Derivative deriv_times_exact(V factor, Derivative s)
{
    return (Derivative){s.kind, v_mul(s.hi, factor), v_mul(s.lo, factor), s.scaled};
}

/* a times a derivative, scaled where it is so small that the rounding of the low word alone
 * would matter */
INLINE Derivative pair_times_d2(Pair a, Derivative s)
{
    V size = v_abs(v_mul(a.hi, v_unless(s.scaled, s.hi)));
    M small = v_lt(size, v_set(SCALED_BELOW)), finite = v_le(size, v_set(T_MAX));
    if (!v_any(v_or(small, s.scaled)) && v_all(finite)) {
        Pair product = pair_product(a, (Pair){s.hi, s.lo});
        return (Derivative){s.kind, product.hi, product.lo, s.scaled};
    }
    V root_scale = v_select(small, v_set(ROOT_SCALE), v_set(1));
    root_scale = v_select(s.scaled, v_set(1), root_scale);
    Derivative product =
        pair_times_deriv((Pair){v_mul(a.hi, root_scale), v_mul(a.lo, root_scale)},
                         deriv_times_exact(root_scale, s));
    product.scaled = v_or(product.scaled, v_lt(v_set(1), root_scale));
    return product;
}

#endif
