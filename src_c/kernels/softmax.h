/* The softmax family: what a row is reduced to, and the map of its elements by that.
 *
 * A function along an axis reads its row twice. The first pass reduces the row (rows.h,
 * columns.h) to the state that is here, one row in each lane; the second pass maps each
 * element by the state of its row. */
#ifndef FA_SOFTMAX_H
#define FA_SOFTMAX_H

#include "../math/exp.h"
#include "../math/inverse.h"
#include "../math/log1p.h"

/* Rows after the first pass: [0] the maximum, [1] and [2] the sum as a pair; then the
 * words that the map needs. */
enum { ROW_STATE_WORDS = 3 };
typedef struct {
    V word[ROW_STATE_WORDS];
} RowState;

INLINE V times_sign(int sign, V x) { return sign > 0 ? x : v_sub(v_set(0), x); }

/* ---- sums ---- */

INLINE void accumulate(Pair *sum, V term)
{
    Pair exact = two_sum(sum->hi, term);
    *sum = (Pair){exact.hi, v_add(sum->lo, exact.lo)};
}

/* The sum with its low word made small again, since its rounding error grows with it */
INLINE Pair renormalised(Pair sum)
{
    sum = pair_finite_low(sum);
    return fast_two_sum(sum.hi, sum.lo);
}

INLINE Pair merge(Pair a, Pair b)
{
    Pair exact = two_sum(a.hi, b.hi);
    return (Pair){exact.hi, v_add(exact.lo, v_add(a.lo, b.lo))};
}

/* Up to four terms g, or g y, of a lane are added up plainly before they are accumulated, and
 * where there are fewer, some levels of the merging of lanes are plain: at most three sums in
 * a row are rounded, whatever the length. */
INLINE V plus_term(bool product, V sum, V g, V y)
{
    return product ? v_fma(g, y, sum) : v_add(sum, g);
}
INLINE int plain_levels(ptrdiff_t length)
{
    return length <= V_LANES ? 2 : length <= 2 * V_LANES ? 1 : 0;
}
INLINE Pair merge_plainly(Pair a, Pair b) { return to_pair(v_add(a.hi, b.hi)); }

/* ---- exponentials relative to a maximum ---- */

/* Where x is this much below the maximum, even a whole row of
 * e^(x - maximum) is below the smallest number. Exponentials are
 * scaled by 2^EXP_SCALE, so that they are normal down to there. */
#define NEGLIGIBLE C(130.0, 790.0)
#define EXP_SCALE C(64.0, 128.0)
#define OFFSET_END C(256.0, 2048.0)

/* From here on differences can overflow. Halves will do as well: they differ by 0, or
 * by far more than NEGLIGIBLE. */
#define LARGE_MAGNITUDE C(0x1p100, 0x1p960)

/* The reduction of x relative to the maximum. Dividing e^x by
 * 2^(k/N), a number near e^maximum, is free: k is subtracted from the
 * steps of x. From OFFSET_END on, where k would be too large, the
 * maximum itself is subtracted, exactly for every x that matters. */
typedef struct {
    V base, floor, origin;
} Offset;
INLINE Offset offset_of(V maximum)
{
    M near = v_lt(v_abs(maximum), v_set(OFFSET_END));
    V rest = v_where(near, maximum), start = v_set(EXP_ORIGIN(0.0));
    V steps = v_sub(v_fma(rest, v_set(EXP_STEPS), start), start);
    return (Offset){
        .base = v_unless(near, maximum),
        .floor = v_sub(rest, v_set(NEGLIGIBLE)),
        .origin = v_sub(v_set(EXP_ORIGIN(EXP_SCALE)), steps),
    };
}

INLINE Reduced reduce_offset(Offset f, V x)
{
    return exp_reduce(1, v_max(f.floor, v_sub(x, f.base)), f.origin);
}
INLINE V scaled_exp(Offset f, V x)
{
    Reduced n = reduce_offset(f, x);
    V head = exp_head(n);
    return v_fma(head, exp_tail(n), head);
}
INLINE Pair scaled_exp_pair(Offset f, V x)
{
    Reduced n = reduce_offset(f, x);
    V head = exp_head(n);
    return fast_two_sum(head, v_mul(head, exp_tail(n)));
}

/* The factor from sums relative to one maximum to sums relative to a higher one */
INLINE Pair rescale_factor(V before, V now)
{
    M large = v_lt(v_set(LARGE_MAGNITUDE), v_max(v_abs(before), v_abs(now)));
    before = v_select(large, v_mul(before, v_set(0.5)), before);
    now = v_select(large, v_mul(now, v_set(0.5)), now);
    return pair_quotient(scaled_exp_pair(offset_of(now), before),
                         scaled_exp_pair(offset_of(before), before));
}

/* ---- parts of a row ---- */

INLINE RowState merge_sums(RowState a, RowState b)
{
    Pair sum = merge((Pair){a.word[1], a.word[2]}, (Pair){b.word[1], b.word[2]});
    return (RowState){{a.word[0], sum.hi, sum.lo}};
}

INLINE Pair rescaled_sum(RowState w, V maximum)
{
    Pair sum = {w.word[1], w.word[2]};
    M same = v_and(v_le(maximum, w.word[0]), v_le(w.word[0], maximum));
    Pair moved = pair_product(sum, rescale_factor(w.word[0], maximum));
    return (Pair){v_select(same, sum.hi, moved.hi), v_select(same, sum.lo, moved.lo)};
}
INLINE RowState merge_normalisers(RowState a, RowState b)
{
    V maximum = v_select(v_lt(a.word[0], b.word[0]), b.word[0], a.word[0]);
    Pair sum = merge(rescaled_sum(a, maximum), rescaled_sum(b, maximum));
    return (RowState){{maximum, sum.hi, sum.lo}};
}

/* ---- the state of a row for its map ---- */

/* Valid are sums of rows without inf and NaN and not of -inf alone; another is replaced
 * by a number that raises no flag. */
typedef struct {
    M valid;
    Pair value;
} CheckedSum;
INLINE CheckedSum checked_sum(RowState w)
{
    V hi = w.word[1], most = v_set(INFINITY), least = v_set(C(0x1p63, 0x1p127));
    M valid = v_and(v_le(least, hi), v_lt(hi, most));
    V lo = v_where(valid, w.word[2]);
    return (CheckedSum){valid, fast_two_sum(v_select(valid, hi, least), lo)};
}

/* The maximum, and 1/sum as inverse e^log_rest, inverse with half of the significand */
INLINE RowState finish_softmax(RowState w)
{
    CheckedSum sum = checked_sum(w);
    V inverse = v_upper_half(inverse_estimate(sum.value.hi));
    V r = v_fnma(inverse, sum.value.lo, v_fnma(inverse, sum.value.hi, v_set(1)));
    /* -log(1 - r) = r + r^2/2 + r^3/3 */
    V half_and_third =
        v_fma(r, v_set(C(0x1.555556p-2, 0x1.5555555555555p-2)), v_set(0.5));
    V log_rest = v_fma(v_mul(r, r), half_and_third, r);
    V inverse_or_nan = v_select(sum.valid, inverse, v_set(NAN));
    return (RowState){{w.word[0], inverse_or_nan, log_rest}};
}

/* The same for sum + 1: of a row with one more element, 0, which has no result. */
INLINE RowState finish_softmax_one(RowState w)
{
    V zero = v_set(0);
    RowState other = {{zero, scaled_exp(offset_of(zero), zero), zero}};
    return finish_softmax(merge_normalisers(w, other));
}

/* log(s) as a pair for s >= 1 */
INLINE Pair log_of_pair(Pair s)
{
    /* s.hi = 2^k (1 + w) */
    I bits = v_bits(s.hi);
    int mantissa = T_MANTISSA - 1, above = 8 * (int)sizeof(T) - mantissa;
    I fraction = v_shift_right(v_shift_left(bits, above), above);
    V significand = v_from_bits(v_int_add(fraction, v_bits(v_set(1))));
    T unit = C(0x1p23, 0x1p52), bias = C(127.0, 1023.0);
    I exponent = v_int_add(v_shift_right(bits, mantissa), v_bits(v_set(unit)));
    V k = v_sub(v_from_bits(exponent), v_set(unit + bias));
    V w = v_sub(significand, v_set(1));
    V head = v_upper_half(w); /* or 0, with a tail of 0 */
    V tail = v_div(v_sub(w, head), v_max(v_set(C(0x1p-60, 0x1p-500)), head));
    Pair log = log1p_exp(head, tail, w);
    Pair powers = two_product(k, v_set(EXP_STEP_HIGH * V_TABLE));
    powers.lo = v_fma(k, v_set(EXP_STEP_LOW * V_TABLE), powers.lo);
    Pair sum = fast_two_sum(powers.hi, log.hi);
    V low = v_add(powers.lo, v_add(log.lo, v_div(s.lo, s.hi)));
    return (Pair){sum.hi, v_add(sum.lo, low)};
}

/* maximum + log(sum of all e^(x - maximum)), normalised. The maximum itself contributes
 * 1, so it is subtracted first and the rest is divided by its exponential. */
INLINE Pair log_sum_exp(V maximum, Pair sum)
{
    V one = scaled_exp(offset_of(maximum), maximum);
    Pair others = two_sum(sum.hi, v_sub(v_set(0), one));
    others = fast_two_sum(others.hi, v_add(others.lo, sum.lo));
    others = pair_quotient(others, to_pair(one));
    Pair all = two_sum(v_set(1), others.hi);
    Pair log = log_of_pair(fast_two_sum(all.hi, v_add(all.lo, others.lo)));
    all = two_sum(maximum, log.hi);
    return fast_two_sum(all.hi, v_add(all.lo, log.lo));
}

/* The logarithm as a pair; or rounded, with the limit of an invalid sum */
INLINE RowState finish_log(RowState w, bool rounded)
{
    CheckedSum sum = checked_sum(w);
    Pair log = log_sum_exp(w.word[0], sum.value);
    V none = v_set(NAN);
    if (rounded) /* of -inf alone; of +inf or NaN */
        none = v_select(v_lt(w.word[1], v_set(1)), v_set(-INFINITY), w.word[1]);
    return (RowState){{v_select(sum.valid, log.hi, none), v_where(sum.valid, log.lo)}};
}

INLINE RowState finish_log_pair(RowState state) { return finish_log(state, false); }
INLINE RowState finish_logsumexp(RowState state) { return finish_log(state, true); }

INLINE RowState finish_sum(RowState w)
{
    Pair sum = renormalised((Pair){w.word[1], w.word[2]});
    return (RowState){{sum.hi, pair_finite_low(sum).lo}};
}

/* ---- maps ---- */

/* A result just below 1 must not be rounded to above 1. */
INLINE V map_softmax(V x, RowState w, Offset f)
{
    Reduced n = reduce_offset(f, x);
    n.low = v_add(n.low, w.word[2]);
    V head = v_mul(exp_head(n), w.word[1]);
    return v_min(v_set(1), v_fma(head, exp_tail(n), head));
}

INLINE V map_log_softmax(V x, RowState w)
{
    return v_sub(v_sub(x, w.word[0]), w.word[1]);
}

INLINE V map_softmax_backward(int sign, V g, V y, RowState w)
{
    V less = v_sub(v_sub(g, w.word[0]), w.word[1]);
    return v_mul(times_sign(sign, less), y);
}

/* g - e^y S; a subnormal e^y counts as 0. */
INLINE V map_log_softmax_backward(V g, V y, RowState w)
{
    V lowest = v_set(C(-87.0, -708.0)), maximum = v_set(C(88.0, 709.0));
    Reduced n = exp_reduce(1, v_max(lowest, v_min(maximum, y)), v_set(EXP_ORIGIN(0.0)));
    V head = exp_head(n), power = v_fma(head, exp_tail(n), head);
    power = v_unless(v_lt(y, lowest), power);
    return v_fnma(power, w.word[1], v_fnma(power, w.word[0], g));
}

/* What an element becomes, by the name of the function: of x, or of g and y. */
typedef V Map(V a, V b, RowState state, Offset offset);

INLINE V softmax(V x, V none, RowState w, Offset f)
{
    return (void)none, map_softmax(x, w, f);
}
INLINE V softmin(V x, V none, RowState w, Offset f)
{
    return (void)none, map_softmax(times_sign(-1, x), w, f);
}
INLINE V log_softmax(V x, V none, RowState w, Offset f)
{
    return (void)none, (void)f, map_log_softmax(x, w);
}
INLINE V logsumexp(V x, V none, RowState w, Offset f)
{
    return (void)x, (void)none, (void)f, w.word[0];
}
INLINE V softmax_one(V x, V none, RowState w, Offset f)
{
    return (void)none, map_softmax(x, w, f);
}
INLINE V softmax_backward(V g, V y, RowState w, Offset f)
{
    return (void)f, map_softmax_backward(1, g, y, w);
}
INLINE V softmax_one_backward(V g, V y, RowState w, Offset f)
{
    return (void)f, map_softmax_backward(1, g, y, w);
}
INLINE V softmin_backward(V g, V y, RowState w, Offset f)
{
    return (void)f, map_softmax_backward(-1, g, y, w);
}
INLINE V log_softmax_backward(V g, V y, RowState w, Offset f)
{
    return (void)f, map_log_softmax_backward(g, y, w);
}

#endif
