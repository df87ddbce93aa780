/* Blends of two slopes and snake_beta near roots that their parameters make, in float64: sums in
 * which the kernels, right to 2^-54 to 2^-65 of the terms, leave too few bits. These are right to
 * 2^-70, and tell where that is not enough, either. */
#ifndef FA_NEAR_ROOTS_H
#define FA_NEAR_ROOTS_H

#include "blend.h"
#include "snake.h"

/* A value or a derivative */
typedef struct {
    Pair y;
    M inexact;
} NearRoot;

INLINE M cancels(Pair sum, V terms)
{
    return v_lt(v_abs(sum.hi), v_mul(v_set(0x1p-13), terms));
}

/* Slopes p1 and p2 in words, and z */
typedef struct {
    Pair p1, p2, z;
} Slopes;
INLINE Slopes acon_slopes(V x, const V *p)
{
    Pair rise = two_sum(p[0], v_sub(v_set(0), p[1]));
    return (Slopes){to_pair(p[0]), to_pair(p[1]), acon_argument(x, p[2], rise)};
}
INLINE Slopes aptx_slopes(V x, const V *p)
{
    return (Slopes){aptx_slope(p[0], p[2], 1), aptx_slope(p[0], p[2], -1),
                    aptx_argument(x, p[1])};
}

/* With t = |z| and w = e^-t, a being the slope that z leads to,
 *     x (a + b w)/(1 + w),   (a + w (a + b + (a - b) t + b w))/(1 + w)^2 */
static NearRoot blend_near_root(bool derivative, V x, Slopes f)
{
    M negative = v_lt(f.z.hi, v_set(0));
    Pair a = pair_select(negative, f.p2, f.p1), b = pair_select(negative, f.p1, f.p2);
    Pair t = pair_abs(f.z), one = to_pair(v_set(1));
    t.hi = v_min(v_set(EXP_NEG_UNSCALED_END), t.hi); /* b w is nothing beside a there */
    Pair w = exp_neg_fine(t), bw = pair_product(b, w), left = bw;
    Pair inverse = pair_inverse(pair_sum(one, w));
    V terms = v_abs(a.hi);
    if (derivative) {
        Pair sum = pair_sum(a, b);
        Pair bend = pair_product(pair_sum(a, minus_pair(b)), t);
        left = pair_product(w, pair_sum(pair_sum(sum, bend), bw));
        V size = v_add(v_abs(sum.hi), v_add(v_abs(bend.hi), v_abs(bw.hi)));
        terms = v_fma(w.hi, size, terms);
    }
    Pair n = pair_sum(a, left);
    Pair y = pair_product(n, inverse);
    y = derivative ? pair_product(y, inverse) : times_pair(x, y);
    return (NearRoot){y, cancels(n, terms)};
}

/* x + S(0)^2/beta, and ((beta - alpha) + 2 alpha S(1/4)^2)/beta for positive beta and alpha */
static NearRoot snake_beta_near_root(bool derivative, V x, V alpha, V beta)
{
    V steepness = v_abs(alpha), divisor = v_abs(beta), argument = turned(x, beta);
    Pair s = sine_fine(argument, steepness, derivative ? 0.25 : 0);
    Pair square = pair_product(s, s), inverse = pair_inverse(to_pair(divisor));
    Pair base = two_sum(divisor, v_sub(v_set(0), steepness));
    base = derivative ? pair_product(base, inverse) : to_pair(argument);
    V factor = derivative ? v_add(steepness, steepness) : v_set(1);
    Pair y = pair_sum(base, times_pair(factor, pair_product(square, inverse)));
    V sign = derivative ? v_set(1) : v_copysign(v_set(1), beta);
    y = (Pair){v_mul(sign, y.hi), v_mul(sign, y.lo)};
    return (NearRoot){y, cancels(y, v_abs(base.hi))};
}

#endif
