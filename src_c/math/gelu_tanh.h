/* The approximations of gelu: exponents and derivatives of the gates gelu_tanh, x s(z)
 * with z = x (a + b x^2), and quick_gelu, x s(1.702 x). */
#ifndef FA_GELU_TANH_H
#define FA_GELU_TANH_H

#include "gate.h"
#include "tables/gelu_tanh.h"

/* t (a + b t^2) as a pair. a is split such that the difference of the sum's high word
 * and a_short is exact; two FMAs then give the low word. */
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

/* The exponent z of gelu_tanh, and those of both in units of log(2)/N as in exp.h */
INLINE Pair gelu_tanh_exponent(V t) { return ODD_CUBIC(t, GELU_TANH, 1); }
INLINE Pair gelu_tanh_steps(V t) { return ODD_CUBIC(t, GELU_TANH_BINARY, V_TABLE); }
INLINE Pair quick_gelu_steps(V t)
{
    Pair steps = {v_set(V_TABLE * QUICK_GELU_BINARY_HIGH),
                  v_set(V_TABLE * QUICK_GELU_BINARY_LOW)};
    return times_pair(t, steps);
}

/* From here on g f' rounds to 0 for every g; z is just beyond EXP_NEG_END. */
#define GELU_TANH_END C(13.6, 27.36)

/* float32: the derivative at -t is e^-z times piecewise polynomials, then 1 - t z'.
 * float64: gate_left by z and m = t z', both in pairs, whose differences from their values
 * at the root are accurate enough unless t is so close to it that the derivative is the
 * beginning of its Taylor series. */
#if PRECISION == 32
INLINE Derivative gelu_tanh_deriv(V t, M negative)
{
    V bounded = v_min(v_set(GELU_TANH_END), t);
    Pair factor = eval_piecewise(&GELU_TANH_DERIV, bounded);
    M far = v_lt(v_set(GELU_TANH_DERIV.last), t);
    if (v_any(far)) {
        Pair cubic = pair_product(two_product(bounded, bounded),
                                  PAIR_CONSTANT(GELU_TANH_DERIV_CUBIC));
        Pair steepness = times_pair(
            bounded, pair_sum_positive(cubic, PAIR_CONSTANT(GELU_TANH_LINEAR)));
        Pair tail = fast_two_sum(v_sub(v_set(0), steepness.hi), v_set(1));
        factor.hi = v_select(far, tail.hi, factor.hi);
        factor.lo = v_select(far, v_sub(tail.lo, steepness.lo), factor.lo);
    }
    Pair z = exp_neg_clamp(negative, gelu_tanh_exponent(bounded));
    ExpNeg decay = exp_neg_in_range(z);
    Pair left = times_exp(factor, decay.n);
    return deriv_reflected((Derivative){DERIV_SCALED, left.hi, left.lo, decay.scaled},
                           negative);
}
#else
#define GELU_TANH_CLOSE 0x1p-36
INLINE Pair gelu_tanh_beside_root(V t)
{
    V nearly = v_sub(v_set(GELU_TANH_ROOT_HIGH), t);
    Pair d = fast_two_sum(nearly, v_set(GELU_TANH_ROOT_LOW));
    Pair slope = PAIR_CONSTANT(GELU_TANH_SLOPE);
    slope.lo = v_fma(d.hi, v_set(GELU_TANH_BEND), slope.lo);
    return pair_product(d, slope);
}

INLINE Derivative gelu_tanh_deriv(V t, M negative)
{
    V bounded = v_min(v_set(GELU_TANH_END), t), end = v_set(EXP_NEG_UNSCALED_END);
    Pair z = gelu_tanh_exponent(bounded), m = ODD_CUBIC(bounded, GELU_TANH_RISE, 1);
    Pair l = two_sum(v_set(GELU_TANH_RISE_AT_ROOT_HIGH), v_sub(v_set(0), m.hi));
    l.lo = v_add(l.lo, v_sub(v_set(GELU_TANH_RISE_AT_ROOT_LOW), m.lo));
    GateRoot root = GATE_ROOT(GELU_TANH);
    Reduced n = gate_exponent(root, (Pair){v_min(end, z.hi), z.lo}).n;
    Pair near = gate_left(root, n, gate_factor(root, n), l);

    V distance = v_abs(v_sub(v_set(GELU_TANH_ROOT_HIGH), bounded));
    M close = v_lt(distance, v_set(GELU_TANH_CLOSE));
    if (v_any(close)) {
        Pair beside = gelu_tanh_beside_root(bounded);
        near.hi = v_select(close, beside.hi, near.hi);
        near.lo = v_select(close, beside.lo, near.lo);
    }
    return gate_deriv(near, v_lt(end, z.hi), z, m, negative);
}
#endif

/* The derivative of x s(1.702 x). In float32 it has polynomials of its own: near the
 * root, a product with 1.702 in two words is not accurate enough. */
INLINE Derivative quick_gelu_deriv(V t, M negative)
{
    Pair factor = PAIR_CONSTANT(QUICK_GELU);
#if PRECISION == 32
    Pair near = eval_piecewise(&QUICK_GELU_DERIV, t);
    M far = v_lt(v_set(QUICK_GELU_DERIV.last), t);
    Pair z = times_pair(v_min(v_set(117.5f), t), factor); /* up to EXP_NEG_END */
    return gate_deriv(near, far, z, z, negative);
#else
    return silu_deriv(times_pair(v_min(v_set(884), t), factor), negative);
#endif
}

#endif
