/* Second derivatives of the logistic sigmoid, of gates x s(z), of mish and of gelu.
 *
 * Each has a root and is accurate relative to itself through it: the formulas are
 * rewritten in the distance to the root, which is subtracted in three words. */
#ifndef FA_SECOND_DERIVATIVE_H
#define FA_SECOND_DERIVATIVE_H

#include "gelu_tanh.h"
#include "logistic.h"
#include "normal_tail.h"
#include "tables/second_derivative.h"

/* -8 s''(t) = 8 w (1 - w) / (1 + w)^3 for w = e^-t, t >= 0. A tiny t is the result
 * itself, so that a subnormal one is rounded once. */
INLINE Derivative logistic_d2(Pair t)
{
    ExpNeg decay = exp_neg(t);
    V head = exp_head(decay.n), tail = v_add(decay.n.first, exp_rest(decay.n));
    V unscaled = v_unless(decay.negligible, head), zero = v_set(0);
    Pair w_less_1 = expm1_from(unscaled, fast_two_sum(v_set(-1), unscaled), decay.n);
    Pair eightfold = {v_mul(v_set(8), v_sub(zero, w_less_1.hi)),
                      v_mul(v_set(8), v_sub(zero, w_less_1.lo))};
    InversePower inverse = inverse_cube(one_plus(unscaled, tail));
    V y = inverse.y;
    Pair product = pair_product(two_product(v_mul(head, y), v_mul(y, y)), eightfold);
    V error = combined_error(inverse.error, tail);
    M tiny = v_lt(t.hi, v_set(C(0x1p-40, 0x1p-60)));
    return (Derivative){
        DERIV_SCALED,
        .hi = v_select(tiny, t.hi, product.hi),
        .lo = v_select(tiny, t.lo, v_fma(product.hi, error, product.lo)),
        .scaled = decay.scaled,
    };
}

/* -sign(x) s */
INLINE Derivative minus_sign_times(V x, Derivative s)
{
    return deriv_times_exact(v_mul(v_set(-1), v_copysign(v_set(1), x)), s);
}

/* tanh'', where tanh(x) = 2 s(2x) - 1 */
INLINE Derivative tanh_d2(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    return minus_sign_times(x, logistic_d2(to_pair(v_add(t, t))));
}

/* a + b for any pairs, normalised */
INLINE Pair pair_sum(Pair a, Pair b)
{
    Pair sum = two_sum(a.hi, b.hi);
    return fast_two_sum(sum.hi, v_add(sum.lo, v_add(a.lo, b.lo)));
}

/* t less a root in three words */
INLINE Pair distance_to_root(Pair t, V high, V low, V rest)
{
    V zero = v_set(0);
    Pair first = two_sum(t.hi, v_sub(zero, high));
    Pair second = two_sum(t.lo, v_sub(zero, low));
    Pair sum = two_sum(first.hi, second.hi);
    V left = v_add(first.lo, v_sub(second.lo, rest));
    return fast_two_sum(sum.hi, v_add(sum.lo, left));
}
#define DISTANCE_TO_ROOT(t, root) \
    distance_to_root(t, v_set(root##_HIGH), v_set(root##_LOW), v_set(root##_REST))

/* The second derivative of x s(z), an even function, for t = |x|: w N / (1 + w)^3 with
 * w = e^-z(t), P = 2 z' + t z'', Q = t z'^2 and
 *     N = P (1 + w) - Q (1 - w),
 * which has a root t0. With e = z(t) - z(t0), w = w0 e^-e, the differences l of Q - P
 * and h of Q + P from their values at t0, and gap = Q(t0) - P(t0) = w0 (Q(t0) + P(t0)),
 *     N = w h - l + gap (e^-e - 1):
 * every term is proportional to the distance to t0. */
typedef struct {
    T w0_short, w0_rest; /* w0 = short (1 + rest) */
    T gap, gap_low;
} RootConstants;
#define ROOT_CONSTANTS(name) \
    ((RootConstants){name##_W0_SHORT, name##_W0_REST, name##_GAP_HIGH, name##_GAP_LOW})

INLINE Derivative gate_d2(Pair e, Pair l, Pair h, RootConstants at_root)
{
    ExpNeg decay = exp_neg(e);
    V head = exp_head(decay.n), unscaled = v_unless(decay.negligible, head);
    V w0_short = v_set(at_root.w0_short);
    V w_head = v_mul(w0_short, unscaled);
    V tail = v_add(decay.n.first, exp_rest(decay.n));
    V w_tail = combined_error(tail, v_set(at_root.w0_rest));

    Pair w = fast_two_sum(w_head, v_mul(w_head, w_tail));
    Pair minus_l = {v_sub(v_set(0), l.hi), v_sub(v_set(0), l.lo)};
    Pair rise = expm1_from(unscaled, two_sum(unscaled, v_set(-1)), decay.n);
    Pair gap = {v_set(at_root.gap), v_set(at_root.gap_low)};
    Pair n = pair_sum(pair_product(w, h), minus_l);
    n = pair_sum(n, pair_product(gap, rise));

    InversePower inverse = inverse_cube(one_plus(w_head, w_tail));
    V y = inverse.y;
    Pair factor = two_product(v_mul(w0_short, head), v_mul(y, y));
    Pair product = pair_product(times_pair(y, factor), n);
    V error = combined_error(inverse.error, w_tail);
    return (Derivative){
        DERIV_SCALED,
        .hi = product.hi,
        .lo = v_fma(product.hi, error, product.lo),
        .scaled = decay.scaled,
    };
}

/* (z s(z))'' for z = +-t, given t - t0: P = 2 and Q = t */
INLINE Derivative silu_d2(Pair d) { return gate_d2(d, d, d, ROOT_CONSTANTS(SILU_D2)); }

/* gelu_tanh''(+-t), z = a t + b t^3: P = 2a + 12b t^2, Q = t (a + 3b t^2)^2. The
 * differences are d = t - t0 times polynomials in t. */
INLINE Derivative gelu_tanh_d2(V t)
{
    Pair bounded = to_pair(v_min(v_set(GELU_TANH_END), t));
    Pair d = DISTANCE_TO_ROOT(bounded, GELU_TANH_D2_ROOT);
    Pair root = PAIR_CONSTANT(GELU_TANH_D2_ROOT);
    Pair sum = pair_sum_positive(bounded, root);
    Pair square = two_product(bounded.hi, bounded.hi);
    /* (t^3 - t0^3)/d and (t^5 - t0^5)/d */
    Pair third =
        pair_sum_positive(pair_product(bounded, sum), pair_product(root, root));
    Pair fifth =
        pair_sum_positive(pair_product(third, square),
                          pair_product(PAIR_CONSTANT(GELU_TANH_D2_ROOT_CUBED), sum));
    Pair p = pair_product(sum, PAIR_CONSTANT(GELU_TANH_D2_P));
    Pair q = pair_sum_positive(pair_product(third, PAIR_CONSTANT(GELU_TANH_D2_Q1)),
                               pair_product(fifth, PAIR_CONSTANT(GELU_TANH_D2_Q2)));
    q = pair_sum_positive(PAIR_CONSTANT(GELU_TANH_D2_Q0), q);
    Pair z = pair_sum_positive(PAIR_CONSTANT(GELU_TANH_LINEAR),
                               pair_product(third, PAIR_CONSTANT(GELU_TANH_CUBIC)));
    Pair minus_p = {v_sub(v_set(0), p.hi), v_sub(v_set(0), p.lo)};
    return gate_d2(pair_product(d, z), pair_product(d, pair_sum(q, minus_p)),
                   pair_product(d, pair_sum_positive(q, p)),
                   ROOT_CONSTANTS(GELU_TANH_D2));
}

/* With t = |x|, v = e^-t and K = A(v) - t B(v), A and B cubic, mish'' is
 *     4 v K / (2 + 2v + v^2)^3 for negative x,
 *     4 v^2 K / (1 + 2v + 2v^2)^3 for positive x.
 *
 * K has a root t0 on either side. With d = t - t0, v - v0 = v0 (e^-d - 1) and the
 * divided differences A1 of A and B1 of B between v and v0,
 *     K = (v - v0) (A1 - t B1) - d B(v0). */
#define SIDE(name) v_select(negative, v_set(MISH_LEFT_##name), v_set(MISH_RIGHT_##name))
#define SIDE_PAIR(name) ((Pair){SIDE(name##_HIGH), SIDE(name##_LOW)})
#define MISH_D2_END C(60.0, 380.0) /* mish'' rounds to 0 to the right of this */

/* A_k - t B_k */
INLINE Pair mish_term(Pair a, V t, Pair b)
{
    return pair_sum(a, times_pair(v_sub(v_set(0), t), b));
}

INLINE Derivative mish_d2(V x)
{
    M negative = v_lt(x, v_set(0));
    V one = v_set(1), two = v_set(2), zero = v_set(0);
    V end = v_select(negative, v_set(EXP_NEG_END), v_set(MISH_D2_END));
    V t = v_min(end, v_abs(x));
    Pair d =
        distance_to_root(to_pair(t), SIDE(ROOT_HIGH), SIDE(ROOT_LOW), SIDE(ROOT_REST));

    ExpNeg decay = exp_neg(d);
    V head = exp_head(decay.n), unscaled = v_unless(decay.negligible, head);
    V v_head = v_mul(SIDE(V0_SHORT), unscaled);
    V v_tail = v_add(decay.n.first, exp_rest(decay.n));
    v_tail = combined_error(v_tail, SIDE(V0_REST));
    Pair v = fast_two_sum(v_head, v_mul(v_head, v_tail));
    Pair rise = expm1_from(unscaled, two_sum(unscaled, v_set(-1)), decay.n);

    Pair leading = two_sum_positive(v_select(negative, two, v_set(4)), v_add(t, t));
    Pair q = pair_sum_positive(pair_product(leading, v),
                               mish_term(SIDE_PAIR(A1), t, SIDE_PAIR(B1)));
    q = pair_sum(pair_product(q, v), mish_term(SIDE_PAIR(A0), t, SIDE_PAIR(B0)));
    Pair minus_d = {v_sub(zero, d.hi), v_sub(zero, d.lo)};
    Pair k = pair_sum(pair_product(pair_product(SIDE_PAIR(V0), rise), q),
                      pair_product(minus_d, SIDE_PAIR(B)));

    V squares = v_select(negative, one, two);
    Pair divisor = times_pair(squares, v);
    divisor = pair_product(pair_sum_positive(to_pair(two), divisor), v);
    divisor = pair_sum_positive(to_pair(v_select(negative, two, one)), divisor);
    InversePower inverse = inverse_cube(divisor);
    V y = inverse.y, error = combined_error(inverse.error, v_tail);

    /* On the right both factors v carry the square root of the scale. */
    M low = v_lt(v_select(negative, v_set(INFINITY), v_set(C(36.0, 340.0))), t);
    V scaled_v = v_mul(SIDE(V0_SHORT), head);
    scaled_v = v_mul(scaled_v, v_select(low, v_set(ROOT_SCALE), one));
    Pair factor = times_pair(y, two_product(scaled_v, v_mul(y, y)));
    Pair product = pair_product(factor, k);
    product = times_pair(v_select(negative, one, scaled_v), product);
    error = combined_error(error, v_unless(negative, v_tail));
    Derivative s = {DERIV_SCALED, product.hi, v_fma(product.hi, error, product.lo),
                    v_or(low, decay.scaled)};
    return deriv_times_exact(v_set(4), s);
}

/* gelu''(+-t) = phi(t) (2 - t^2), t^2 exact in two words */
INLINE Derivative gelu_d2(V t)
{
    M scaled = v_lt(v_set(NORMAL_TAIL_UNSCALED_END), t);
    V origin =
        v_select(scaled, v_set(EXP_ORIGIN(SCALE_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    V bounded = v_min(v_set(NORMAL_TAIL_ZERO), t);
    Pair square = two_product(bounded, bounded);
    Pair factor = two_sum(v_set(2), v_sub(v_set(0), square.hi));
    factor = fast_two_sum(factor.hi, v_sub(factor.lo, square.lo));
    factor = pair_product(factor, PAIR_CONSTANT(NORMAL_DENSITY_0));
    Pair d2 = times_gaussian(factor, bounded, origin);
    return (Derivative){DERIV_SCALED, d2.hi, d2.lo, scaled};
}

#endif
