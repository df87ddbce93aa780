/* The softplus log(1 + e^z) = max(z, 0) + L(|z|), where L(t) = log(1 + e^-t).
 *
 * Its value in float32, where a lookup has 16 entries, has L in pieces: 0.27 ns per element
 * near 0 and 0.57 far out, against 0.66 by the pair (Zen 4). Values are so short that their
 * sums with the centres are exact. From NEAR on t comes nearer by n log(2), to where the
 * pieces are those of e^-t, and of w = 2^-n times that L = w - w^2/2 + w^3/3. */
#ifndef FA_SOFTPLUS_H
#define FA_SOFTPLUS_H

#include "chord.h"
#include "decay.h"
#include "inverse.h"
#include "log1p.h"
#include "logistic.h"
#include "slope.h"
#include "tables/softplus.h"

/* log(1 + e^z), lifted where it is deep. From END on it is z in the format. */
#define SOFTPLUS_END C(40.0, 60.0)
INLINE Slope softplus_pair(Pair z)
{
    M positive = v_lt(v_set(0), z.hi);
    Decay decay = decay_of(pair_abs(z));
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V shallow = v_select(decay.deep, v_set(0), head);
    Pair log = log1p_of(head, tail, v_fma(shallow, tail, shallow));
    V linear = v_min(v_set(SOFTPLUS_END), v_max(v_set(0), z.hi));
    Pair sum = positive_sum(log.hi, linear); /* where z is NaN, linear is */
    V low = v_add(v_add(sum.lo, log.lo), v_select(positive, z.lo, v_set(0)));
    sum = fast_two_sum(sum.hi, low);
    return (Slope){SLOPE_LIFTED, sum.hi, sum.lo, decay.deep};
}

#if PRECISION == 32 && V_TABLE == 16
/* L on the piece of t; where positive it is t + L, by value and slope. */
INLINE Chord softplus_chord(V t, M positive)
{
    Chord c = chord_at(&SOFTPLUS_TAIL, t);
    c.curve = v_select(positive, v_add(c.curve, v_set(1)), c.curve);
    c.value = v_select(positive, v_add(c.value, c.centre), c.value);
    return c;
}

/* log(1 + e^(sign x)) with that sign */
INLINE V softplus_near(int sign, Chord c)
{
    return sign > 0 ? chord_value(c) : v_fnms(c.s, c.curve, c.value);
}

/* L(t) / 2^-n from the chord of e^-(t + low) there and w, which it is with 2^-n */
INLINE V softplus_beyond(Chord e, V low, V w)
{
    V series = v_fms(w, v_fma(w, v_set(1 / 3.f), v_set(-0.5f)), low);
    return v_add(e.value, v_fma(e.s, e.curve, v_mul(chord_value(e), series)));
}

/* sign log(1 + e^(sign x)); sign is 1 or -1, and costs nothing. n is subtracted from a count
 * in the low bits of a float, which moved up make 2^-n, here lifted. */
#define SOFTPLUS_KEPT 10 /* what is left of t / log(2), to the nearest half */
#define SOFTPLUS_SHUT 110 /* from here on L is 0 */
#define SOFTPLUS_ORIGIN (SOFTPLUS_TAIL.offset + 64)
#define SOFTPLUS_UNLIFT 0x1p-64f
INLINE V softplus_of(int sign, V x)
{
    V t = v_abs(x), zero = v_set(0);
    M positive = sign > 0 ? v_lt(zero, x) : v_lt(x, zero);
    M far = v_le(v_set(SOFTPLUS_NEAR), t);
    if (!v_any(far)) return softplus_near(sign, softplus_chord(t, positive));

    V bounded = v_min(v_set(SOFTPLUS_SHUT), t), origin = v_set(SOFTPLUS_ORIGIN);
    V counted = v_fnma(bounded, v_set(EXP_STEPS / V_TABLE),
                       v_set(SOFTPLUS_ORIGIN + SOFTPLUS_KEPT));
    counted = v_select(far, counted, origin);
    V minus_n = v_sub(counted, origin);
    I exponent = v_shift_left(v_bits(counted), T_MANTISSA - 1);
    V power = v_from_bits(v_int_add(exponent, v_bits(v_set(1))));
    V nearer = v_fma(minus_n, v_set(EXP_STEP_HIGH * V_TABLE), bounded);
    V low = v_mul(minus_n, v_set(EXP_STEP_LOW * V_TABLE));

    Chord c = softplus_chord(nearer, v_and(positive, v_lt(t, v_set(SOFTPLUS_NEAR))));
    V unlift = v_set(SOFTPLUS_UNLIFT);
    V w = v_mul_tiny(v_mul(chord_value(c), power), unlift);
    V rest = v_mul_tiny(v_mul(power, softplus_beyond(c, low, w)), unlift);
    V beyond = v_add(v_select(positive, t, zero), rest);
    if (sign < 0) beyond = v_mul(v_set(-1), beyond);
    return v_select(far, beyond, softplus_near(sign, c));
}
#else
INLINE V softplus_of(int sign, V x)
{
    V z = sign > 0 ? x : v_sub(v_set(0), x);
    V y = slope_value(softplus_pair(single(z)));
    y = v_select(v_lt(v_set(SOFTPLUS_END), z), z, y);
    return sign > 0 ? y : v_mul(v_set(-1), y);
}
#endif

/* t w/(1 + w) + log(1 + w) as a slope for t = |z|: what beta softplus' costs. */
INLINE Slope softplus_cost(Pair t)
{
    Decay decay = decay_of(t);
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V shallow = v_select(decay.deep, v_set(0), head);
    Pair product = two_product(v_min(v_set(DECAY_END), t.hi), head);
    product.lo = v_fma(product.hi, tail, v_fma(head, t.lo, product.lo));
    Pair part = pair_quotient(product, one_plus(shallow, tail));
    Pair log = log1p_of(head, tail, v_fma(shallow, tail, shallow));
    Pair sum = positive_sum(log.hi, part.hi);
    return (Slope){SLOPE_LIFTED, sum.hi, v_add(sum.lo, v_add(part.lo, log.lo)),
                   decay.deep};
}

#endif
