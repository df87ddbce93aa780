/* What stands in for gelu: the exponents and slopes of the gates gelu_tanh, x s(z) with
 * z = x (a + b x^2), and quick_gelu, x s(1.702 x). */
#ifndef FA_GELU_TANH_H
#define FA_GELU_TANH_H

#include "gate.h"
#include "tables/gelu_tanh.h"

#define PAIR_OF(name) ((Pair){v_set(name##_HIGH), v_set(name##_LOW)})

/* t (a + b t^2), where the sum is held in a pair. Its high word less a is exact, for a has few
 * bits here, so that two FMAs find what it leaves out. */
INLINE Pair odd_cubic(V t, V a_short, V a_rest, V b, V b_rest)
{
    Pair square = two_product(t, t);
    V square_low = v_fma(square.hi, b_rest, square.lo);
    V sum = v_fma(b, square.hi, a_short);
    V low = v_fma(b, square.hi, v_sub(a_short, sum));
    low = v_fma(b, square_low, v_add(low, a_rest));
    Pair z = two_product(t, sum);
    return (Pair){z.hi, v_fma(t, low, z.lo)};
}
#define ODD_CUBIC(t, name, scale) \
    odd_cubic(t, v_set((scale) * name##_LINEAR_SHORT), \
              v_set((scale) * name##_LINEAR_REST), v_set((scale) * name##_CUBIC_HIGH), \
              v_set(name##_CUBIC_REST))

/* The exponent of gelu_tanh, and the same in the steps of exp.h. */
INLINE Pair gelu_tanh_exponent(V t) { return ODD_CUBIC(t, GELU_TANH, 1); }
INLINE Pair gelu_tanh_steps(V t) { return ODD_CUBIC(t, GELU_TANH_BINARY, V_TABLE); }
INLINE Pair quick_gelu_steps(V t)
{
    Pair steps = {v_set(V_TABLE * QUICK_GELU_BINARY_HIGH),
                  v_set(V_TABLE * QUICK_GELU_BINARY_LOW)};
    return pair_scaled(t, steps);
}

/* From here on g f' is 0, whatever g, and just within what the exponential takes. */
#define GELU_TANH_END C(13.6, 27.12)

/* The slope at -t is in float32 pieces times e^-z, where 1 - t z' follows the pieces; else,
 * see gate_slope, with d = t - t0 and m = t^2 + t t0 + t0^2 the differences are
 * d (a + b m) and d (a + 3b m). */
#if PRECISION == 32
INLINE Slope gelu_tanh_slope(V t, M negative)
{
    V bounded = v_min(v_set(GELU_TANH_END), t);
    Pair factor = on_pieces(&GELU_TANH_SLOPE, bounded);
    M far = v_lt(v_set(GELU_TANH_SLOPE.last), t);
    if (v_any(far)) {
        Pair cubic =
            pair_product(two_product(bounded, bounded), PAIR_OF(GELU_TANH_SLOPE_CUBIC));
        Pair steepness =
            pair_scaled(bounded, pair_sum(cubic, PAIR_OF(GELU_TANH_LINEAR)));
        Pair less = fast_two_sum(v_sub(v_set(0), steepness.hi), v_set(1));
        factor.hi = v_select(far, less.hi, factor.hi);
        factor.lo = v_select(far, v_sub(less.lo, steepness.lo), factor.lo);
    }
    Pair z = decay_bounded(negative, gelu_tanh_exponent(bounded));
    Decay decay = decay_until_end(z);
    Pair fall = exp_scaled(factor, decay.n);
    return slope_reflected((Slope){SLOPE_LIFTED, fall.hi, fall.lo, decay.deep},
                           negative);
}
#else
INLINE Slope gelu_tanh_slope(V t, M negative)
{
    V bounded = v_min(v_set(GELU_TANH_END), t);
    Pair root = PAIR_OF(GELU_TANH_ROOT);
    Pair d = two_sum(bounded, v_sub(v_set(0), root.hi));
    d = fast_two_sum(d.hi, v_sub(d.lo, root.lo));
    Pair m = pair_product(single(bounded), pair_sum(single(bounded), root));
    m = pair_sum(m, pair_product(root, root));
    Pair linear = PAIR_OF(GELU_TANH_LINEAR);
    Pair e = pair_sum(linear, pair_product(m, PAIR_OF(GELU_TANH_CUBIC)));
    Pair l = pair_sum(linear, pair_product(m, PAIR_OF(GELU_TANH_SLOPE_CUBIC)));
    return gate_slope(pair_product(d, e), pair_product(d, l), GELU_TANH_DECAY_SHORT,
                      GELU_TANH_DECAY_REST, negative);
}
#endif

/* The slope of x s(1.702 x). In float32 it has pieces of its own: beside its root, no
 * product with 1.702 in two words is exact enough. */
INLINE Slope quick_gelu_slope(V t, M negative)
{
    Pair factor = PAIR_OF(QUICK_GELU);
#if PRECISION == 32
    Pair near = on_pieces(&QUICK_GELU_SLOPE, t);
    M far = v_lt(v_set(QUICK_GELU_SLOPE.last), t);
    V end = v_select(negative, v_set(117.5f), v_set(47)); /* as decay_bounded */
    return gate_from_pieces(near, far, pair_scaled(v_min(end, t), factor), negative);
#else
    return silu_slope(pair_scaled(v_min(v_set(870), t), factor), false, negative);
#endif
}

#endif
