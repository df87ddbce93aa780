/* Second derivatives, which bend: those of the logistic sigmoid, of gates x s(z) and of
 * the normal distribution's gate.
 *
 * All of them vanish somewhere and keep their relative accuracy there: about a root, what
 * is subtracted is a function of the distance to it, in three words. */
#ifndef FA_CURVE_H
#define FA_CURVE_H

#include "gauss.h"
#include "gelu_tanh.h"
#include "logistic.h"
#include "tables/curve.h"

/* -8 s''(t) = 8 w (1 - w) / (1 + w)^3 for w = e^-t, t >= 0; a tiny t itself, which below
 * the normal range is to be rounded once */
INLINE Slope logistic_curve(Pair t)
{
    Decay decay = decay_of(t);
    V head = exp_head(decay.n), tail = v_add(decay.n.first, exp_rest(decay.n));
    V shallow = v_select(decay.deep, v_set(0), head), zero = v_set(0);
    Pair less = expm1_from(shallow, fast_two_sum(v_set(-1), shallow), decay.n);
    Pair more = {v_mul(v_set(8), v_sub(zero, less.hi)),
                 v_mul(v_set(8), v_sub(zero, less.lo))};
    InversePower inverse = inverse_cube(one_plus(shallow, tail));
    V y = inverse.y;
    Pair product = pair_product(two_product(v_mul(head, y), v_mul(y, y)), more);
    V error = joint_error(inverse.error, tail);
    M tiny = v_lt(t.hi, v_set(C(0x1p-40, 0x1p-60)));
    return (Slope){
        SLOPE_LIFTED,
        .hi = v_select(tiny, t.hi, product.hi),
        .lo = v_select(tiny, t.lo, v_fma(product.hi, error, product.lo)),
        .deep = decay.deep,
    };
}

/* a slope times a power of 2, or -1 */
INLINE Slope slope_by(V factor, Slope s)
{
    return (Slope){s.kind, v_mul(s.hi, factor), v_mul(s.lo, factor), s.deep};
}

/* a times a slope, of which a value is made: lifted where it is so small that a low word
 * would be rounded by itself */
INLINE Slope curve_scaled(Pair a, Slope s)
{
    M small = v_lt(v_abs(v_mul(a.hi, s.hi)), v_set(C(0x1p-90, 0x1p-900)));
    V lift = v_select(small, v_set(C(0x1p85, 0x1p555)), v_set(1));
    V keep = v_select(s.deep, v_set(1), lift);
    Slope product =
        slope_scaled((Pair){v_mul(a.hi, keep), v_mul(a.lo, keep)}, slope_by(keep, s));
    product.deep = v_or(product.deep, v_lt(v_set(1), keep));
    return product;
}

/* s'' as an odd function, whose sign is not that of x */
INLINE Slope against(V x, Slope s)
{
    return slope_by(v_mul(v_set(-1), v_copysign(v_set(1), x)), s);
}

/* tanh'', where tanh(x) = 2 s(2x) - 1 */
INLINE Slope tanh_curve(V x)
{
    V t = v_min(v_set(DECAY_END), v_abs(x));
    return against(x, logistic_curve(single(v_add(t, t))));
}

/* a + b for pairs of any order and sign */
INLINE Pair pair_total(Pair a, Pair b)
{
    Pair sum = two_sum(a.hi, b.hi);
    return fast_two_sum(sum.hi, v_add(sum.lo, v_add(a.lo, b.lo)));
}

/* t less a number in three words */
INLINE Pair distance(Pair t, V high, V low, V rest)
{
    V zero = v_set(0);
    Pair first = two_sum(t.hi, v_sub(zero, high));
    Pair second = two_sum(t.lo, v_sub(zero, low));
    Pair sum = two_sum(first.hi, second.hi);
    V left = v_add(first.lo, v_sub(second.lo, rest));
    return fast_two_sum(sum.hi, v_add(sum.lo, left));
}
#define DISTANCE(t, root) \
    distance(t, v_set(root##_HIGH), v_set(root##_LOW), v_set(root##_REST))

/* The second derivative of x s(z) for t = |x|, in which it is even: w N / (1 + w)^3 with
 * w = e^-z(t), P = 2 z' + t z'', Q = t z'^2 and
 *     N = P (1 + w) - Q (1 - w),
 * which vanishes at some t0. With e = z(t) - z(t0), w = w0 e^-e, gap = Q(t0) - P(t0), which
 * is w0 (Q(t0) + P(t0)), and the differences l and h of Q - P and Q + P from what they are
 * at t0,
 *     N = w h - l + gap (e^-e - 1):
 * each term is relative to the distance to t0. */
typedef struct {
    T decay_short, decay_rest; /* w0 = short (1 + rest) */
    T gap, gap_low;
} Bend;
#define BEND(name) \
    ((Bend){name##_DECAY_SHORT, name##_DECAY_REST, name##_GAP_HIGH, name##_GAP_LOW})

INLINE Slope gate_curve(Pair e, Pair l, Pair h, Bend at_root)
{
    Decay decay = decay_of(e);
    V head = exp_head(decay.n), shallow = v_select(decay.deep, v_set(0), head);
    V decay_short = v_set(at_root.decay_short);
    V w_head = v_mul(decay_short, shallow);
    V tail = v_add(decay.n.first, exp_rest(decay.n));
    V w_tail = joint_error(tail, v_set(at_root.decay_rest));

    Pair w = fast_two_sum(w_head, v_mul(w_head, w_tail));
    Pair minus_l = {v_sub(v_set(0), l.hi), v_sub(v_set(0), l.lo)};
    Pair rise = expm1_from(shallow, two_sum(shallow, v_set(-1)), decay.n);
    Pair gap = {v_set(at_root.gap), v_set(at_root.gap_low)};
    Pair n = pair_total(pair_product(w, h), minus_l);
    n = pair_total(n, pair_product(gap, rise));

    InversePower inverse = inverse_cube(one_plus(w_head, w_tail));
    V y = inverse.y;
    Pair factor = two_product(v_mul(decay_short, head), v_mul(y, y));
    Pair product = pair_product(pair_scaled(y, factor), n);
    V error = joint_error(inverse.error, w_tail);
    return (Slope){
        SLOPE_LIFTED,
        .hi = product.hi,
        .lo = v_fma(product.hi, error, product.lo),
        .deep = decay.deep,
    };
}

/* (z s(z))'' for z = +-t, given t - t0: P = 2 and Q = t */
INLINE Slope silu_curve(Pair d) { return gate_curve(d, d, d, BEND(SILU_CURVE)); }

/* gelu_tanh''(+-t), z = a t + b t^3: P = 2a + 12b t^2, Q = t (a + 3b t^2)^2. The
 * differences are d times polynomials in t. */
INLINE Slope gelu_tanh_curve(V t)
{
    Pair bounded = single(v_min(v_set(GELU_TANH_END), t));
    Pair d = DISTANCE(bounded, GELU_TANH_CURVE_ROOT);
    Pair root = PAIR_OF(GELU_TANH_CURVE_ROOT);
    Pair sum = pair_sum(bounded, root), square = two_product(bounded.hi, bounded.hi);
    /* (t^3 - t0^3)/d and (t^5 - t0^5)/d */
    Pair third = pair_sum(pair_product(bounded, sum), pair_product(root, root));
    Pair fifth = pair_sum(pair_product(third, square),
                          pair_product(PAIR_OF(GELU_TANH_CURVE_ROOT_CUBED), sum));
    Pair p = pair_product(sum, PAIR_OF(GELU_TANH_CURVE_P));
    Pair q = pair_sum(pair_product(third, PAIR_OF(GELU_TANH_CURVE_Q1)),
                      pair_product(fifth, PAIR_OF(GELU_TANH_CURVE_Q2)));
    q = pair_sum(PAIR_OF(GELU_TANH_CURVE_Q0), q);
    Pair z = pair_sum(PAIR_OF(GELU_TANH_LINEAR),
                      pair_product(third, PAIR_OF(GELU_TANH_CUBIC)));
    Pair minus_p = {v_sub(v_set(0), p.hi), v_sub(v_set(0), p.lo)};
    return gate_curve(pair_product(d, z), pair_product(d, pair_total(q, minus_p)),
                      pair_product(d, pair_sum(q, p)), BEND(GELU_TANH_CURVE));
}

/* mish'' = 4 v K / D^3 for t = |x|, v = e^-t, on the left with D = 2 + 2v + v^2, on the right
 * with one v more and D = 1 + 2v + 2v^2;  K = A(v) - t B(v), A and B cubic.
 *
 * K vanishes at some t0 on either side. With d = t - t0, v - v0 = v0 (e^-d - 1), and A1 and
 * B1, the quotients of what A and B differ by there and v - v0,
 *     K = (v - v0) (A1 - t B1) - d B(v0). */
#define SIDE(name) v_select(negative, v_set(MISH_LEFT_##name), v_set(MISH_RIGHT_##name))
#define SIDE_PAIR(name) ((Pair){SIDE(name##_HIGH), SIDE(name##_LOW)})
#define MISH_CURVE_END C(60.0, 380.0) /* of the right side */

/* A_k - t B_k */
INLINE Pair mish_term(Pair a, V t, Pair b)
{
    return pair_total(a, pair_scaled(v_sub(v_set(0), t), b));
}

INLINE Slope mish_curve(V x)
{
    M negative = v_lt(x, v_set(0));
    V one = v_set(1), two = v_set(2), zero = v_set(0);
    V end = v_select(negative, v_set(DECAY_END), v_set(MISH_CURVE_END));
    V t = v_min(end, v_abs(x));
    Pair d = distance(single(t), SIDE(ROOT_HIGH), SIDE(ROOT_LOW), SIDE(ROOT_REST));

    Decay decay = decay_of(d);
    V head = exp_head(decay.n), shallow = v_select(decay.deep, zero, head);
    V v_head = v_mul(SIDE(DECAY_SHORT), shallow);
    V v_tail = v_add(decay.n.first, exp_rest(decay.n));
    v_tail = joint_error(v_tail, SIDE(DECAY_REST));
    Pair v = fast_two_sum(v_head, v_mul(v_head, v_tail));
    Pair rise = expm1_from(shallow, two_sum(shallow, v_set(-1)), decay.n);

    Pair leading = positive_sum(v_select(negative, two, v_set(4)), v_add(t, t));
    Pair q =
        pair_sum(pair_product(leading, v), mish_term(SIDE_PAIR(A1), t, SIDE_PAIR(B1)));
    q = pair_total(pair_product(q, v), mish_term(SIDE_PAIR(A0), t, SIDE_PAIR(B0)));
    Pair minus_d = {v_sub(zero, d.hi), v_sub(zero, d.lo)};
    Pair k = pair_total(pair_product(pair_product(SIDE_PAIR(DECAY), rise), q),
                        pair_product(minus_d, SIDE_PAIR(B)));

    V squares = v_select(negative, one, two);
    Pair divisor = pair_scaled(squares, v);
    divisor = pair_product(pair_sum(single(two), divisor), v);
    divisor = pair_sum(single(v_select(negative, two, one)), divisor);
    InversePower inverse = inverse_cube(divisor);
    V y = inverse.y, error = joint_error(inverse.error, v_tail);

    /* The square of v on the right is lifted in two equal parts. */
    M low = v_lt(v_select(negative, v_set(INFINITY), v_set(C(36.0, 340.0))), t);
    V lifted = v_mul(SIDE(DECAY_SHORT), head);
    lifted = v_mul(lifted, v_select(low, v_set(C(0x1p85, 0x1p555)), one));
    Pair factor = pair_scaled(y, two_product(lifted, v_mul(y, y)));
    Pair product = pair_product(factor, k);
    product = pair_scaled(v_select(negative, one, lifted), product);
    error = joint_error(error, v_select(negative, zero, v_tail));
    Slope s = {SLOPE_LIFTED, product.hi, v_fma(product.hi, error, product.lo),
               v_or(low, decay.deep)};
    return slope_by(v_set(4), s);
}

/* gelu''(+-t) = phi(t) (2 - t^2), where t^2 in two words is exact */
INLINE Slope gauss_curve(V t)
{
    M deep = v_lt(v_set(C(12.5, 34.5)), t);
    V origin = v_select(deep, v_set(EXP_ORIGIN(LIFT_EXPONENT)), v_set(EXP_ORIGIN(0.0)));
    V bounded = v_min(v_set(C(20.1, 54.3)), t);
    Pair square = two_product(bounded, bounded);
    Pair less = two_sum(v_set(2), v_sub(v_set(0), square.hi));
    less = fast_two_sum(less.hi, v_sub(less.lo, square.lo));
    Pair curve = gauss_decay(pair_product(less, PAIR_OF(DENSITY)), bounded, origin);
    return (Slope){SLOPE_LIFTED, curve.hi, curve.lo, deep};
}

#endif
