/* The softmax family: the reduction of a row to a few numbers, and the map of its
 * elements.
 *
 * A function along an axis reads its row twice. The first pass reduces the row, lane by
 * lane; lanes, blocks and parts of the row are then merged in an order that depends on
 * its length alone, and so does every bit of the result. The second pass maps each
 * element by the state of its row. Several rows are processed together, so that the
 * work per row is done for one row in each lane. */
#ifndef FA_SOFTMAX_H
#define FA_SOFTMAX_H

#include "../math/exp.h"
#include "../math/inverse.h"
#include "../math/log1p.h"

/* Rows during the first pass, one row in each lane */
typedef struct {
    bool empty; /* nothing has been read yet */
    V maximum; /* so far */
    Pair sum[V_WIDTH]; /* of each row, over all lanes */
} Accumulator;

/* Rows after the first pass: [0] the maximum, [1] and [2] the sum as a pair; then the
 * words that the map needs. */
enum { ROW_STATE_WORDS = 3 };
typedef struct {
    V word[ROW_STATE_WORDS];
} RowState;

/* Rows in memory, of one or two operands */
typedef struct {
    const T *at[2];
    ptrdiff_t step[2]; /* from row to row */
} Rows;

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

/* A butterfly of two rows in one vector, the second in the lanes
 * that have the bit of the distance: the lower, or upper, elements
 * of each pair of lanes at this distance. Merged in this order, a
 * sum does not depend on the row's position, in any rounding mode. */
INLINE M lanes_with_bit(int distance)
{
    T with[V_WIDTH];
    for (int lane = 0; lane < V_WIDTH; lane++) with[lane] = lane & distance ? 1 : 0;
    return v_lt(v_set(0), v_load(with));
}
INLINE V lower(M second, V a, V b, int distance)
{
    return v_select(second, v_swap(b, distance), a);
}
INLINE V upper(M second, V a, V b, int distance)
{
    return v_select(second, b, v_swap(a, distance));
}

/* The sum over the lanes of row k, in lane k */
INLINE Pair sums_of_rows(Pair *sum, int rows)
{
    _Pragma("GCC unroll 8")
    for (int distance = V_WIDTH / 2; distance > 0; distance /= 2) {
        M second = lanes_with_bit(distance);
        for (int row = 0; row < distance && row < rows; row++) {
            Pair a = sum[row], b = row + distance < rows ? sum[row + distance] : a;
            Pair low = {lower(second, a.hi, b.hi, distance),
                        lower(second, a.lo, b.lo, distance)};
            Pair high = {upper(second, a.hi, b.hi, distance),
                         upper(second, a.lo, b.lo, distance)};
            sum[row] = merge(low, high);
        }
    }
    return sum[0];
}
INLINE V maxima_of_rows(V *most, int rows)
{
    _Pragma("GCC unroll 8")
    for (int distance = V_WIDTH / 2; distance > 0; distance /= 2) {
        M second = lanes_with_bit(distance);
        for (int row = 0; row < distance && row < rows; row++) {
            V a = most[row], b = row + distance < rows ? most[row + distance] : a;
            most[row] =
                v_max(lower(second, a, b, distance), upper(second, a, b, distance));
        }
    }
    return most[0];
}

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
    V rest = v_select(near, maximum, v_set(0)), start = v_set(EXP_ORIGIN(0.0));
    V steps = v_sub(v_fma(rest, v_set(EXP_STEPS), start), start);
    return (Offset){
        .base = v_select(near, v_set(0), maximum),
        .floor = v_sub(rest, v_set(NEGLIGIBLE)),
        .origin = v_sub(v_set(EXP_ORIGIN(EXP_SCALE)), steps),
    };
}

/* The offset of each row; offset_at returns one of them in all lanes. */
typedef struct {
    T base[V_WIDTH] ALIGNED, floor[V_WIDTH] ALIGNED, origin[V_WIDTH] ALIGNED;
} Offsets;
INLINE void store_offsets(Offsets *to, V maximum)
{
    Offset f = offset_of(maximum);
    v_store(to->base, f.base);
    v_store(to->floor, f.floor);
    v_store(to->origin, f.origin);
}
INLINE Offset offset_at(const Offsets *f, int row)
{
    return (Offset){v_set(f->base[row]), v_set(f->floor[row]), v_set(f->origin[row])};
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

/* ---- reductions ---- */

/* The maximum in each lane; a NaN is ignored or propagates. */
INLINE V maxima_of_row(int sign, const T *x, ptrdiff_t count)
{
    V none = v_set(sign * -INFINITY), a = v_set(-INFINITY), b = a;
    ptrdiff_t i = 0;
    for (; i + 2 * V_WIDTH <= count; i += 2 * V_WIDTH) {
        a = v_max(times_sign(sign, v_load(x + i)), a);
        b = v_max(times_sign(sign, v_load(x + i + V_WIDTH)), b);
    }
    if (i + V_WIDTH <= count) {
        a = v_max(times_sign(sign, v_load(x + i)), a);
        i += V_WIDTH;
    }
    if (i < count) b = v_max(times_sign(sign, v_load_part(x + i, count - i, none)), b);
    return v_max(a, b);
}

INLINE void sum_exponentials(int sign, Pair *sum, Offset f, const T *x, ptrdiff_t count)
{
    Pair s = *sum;
    ptrdiff_t i = 0;
    for (; i + V_WIDTH <= count; i += V_WIDTH)
        accumulate(&s, scaled_exp(f, times_sign(sign, v_load(x + i))));
    if (i < count) { /* e^-inf is negligible */
        V last = v_load_part(x + i, count - i, v_set(sign * -INFINITY));
        accumulate(&s, scaled_exp(f, times_sign(sign, last)));
    }
    *sum = count == FA_AXIS_BLOCK ? renormalised(s) : s;
}

/* If the maximum is inf, the sum is inf, or NaN if the row has a NaN. */
static void sum_with_infinity(Pair *sum, const T *x, ptrdiff_t count)
{
    bool nan = v_any(v_is_nan(sum->hi));
    for (ptrdiff_t i = 0; i < count; i++) nan |= x[i] != x[i];
    *sum = to_pair(v_set(nan ? NAN : INFINITY));
}

static void sum_exponentials_large(int sign, Pair *sum, T maximum, const T *x,
                                   ptrdiff_t count)
{
    T half[FA_AXIS_BLOCK];
    for (ptrdiff_t i = 0; i < count; i++) half[i] = x[i] / 2;
    sum_exponentials(sign, sum, offset_of(v_set(maximum / 2)), half, count);
}

/* Rescales the sums of the rows whose maximum has risen. */
static void rescale_sums(Pair *sum, int rows, V before, V now)
{
    Pair factor = rescale_factor(before, now);
    T hi[V_WIDTH], lo[V_WIDTH], risen[V_WIDTH];
    v_store(hi, factor.hi);
    v_store(lo, factor.lo);
    v_store(risen, v_select(v_lt(before, now), v_set(1), v_set(0)));
    for (int row = 0; row < rows; row++)
        if (risen[row] != 0)
            sum[row] = pair_product(sum[row], (Pair){v_set(hi[row]), v_set(lo[row])});
}

/* Maximum and sum of exponentials in one pass, the sum relative to the maximum so far
 * [M. Milakov, N. Gimelshein, "Online normalizer calculation for softmax", 2018], which
 * is found a block ahead. */
INLINE void reduce_normaliser(int sign, Accumulator *accumulator, Rows in, int rows,
                              ptrdiff_t length)
{
    for (ptrdiff_t block; length > 0; in.at[0] += block, length -= block) {
        block = length < FA_AXIS_BLOCK ? length : FA_AXIS_BLOCK;
        V most[V_WIDTH] = {v_set(-INFINITY)};
        for (int row = 0; row < rows; row++)
            most[row] = maxima_of_row(sign, in.at[0] + row * in.step[0], block);
        V found = maxima_of_rows(most, rows), before = accumulator->maximum;
        found = v_select(v_is_nan(found), v_set(INFINITY), found);
        M rises = v_lt(before, found);
        V now = v_select(rises, found, before);
        if (!accumulator->empty && v_any(rises))
            rescale_sums(accumulator->sum, rows, before, now);
        accumulator->empty = false;
        accumulator->maximum = now;
        Offsets offsets;
        store_offsets(&offsets, now);
        for (int row = 0; row < rows; row++) {
            const T *x = in.at[0] + row * in.step[0];
            T base = offsets.base[row];
            if (base == INFINITY)
                sum_with_infinity(&accumulator->sum[row], x, block);
            else if (base > LARGE_MAGNITUDE)
                sum_exponentials_large(sign, &accumulator->sum[row], base, x, block);
            else
                sum_exponentials(sign, &accumulator->sum[row], offset_at(&offsets, row),
                                 x, block);
        }
    }
}

/* A block of sum g, or of sum g y. Four vectors are added
 * up plainly, then accumulated in pairs, so that the error
 * does not grow with the length and pairs take little time. */
INLINE void sum_block(Pair *sum, const T *g, ptrdiff_t length)
{
    Pair s = *sum;
    ptrdiff_t i = 0;
    for (; i + 4 * V_WIDTH <= length; i += 4 * V_WIDTH) {
        V a = v_add(v_load(g + i), v_load(g + i + V_WIDTH));
        V b = v_add(v_load(g + i + 2 * V_WIDTH), v_load(g + i + 3 * V_WIDTH));
        accumulate(&s, v_add(a, b));
    }
    for (; i + V_WIDTH <= length; i += V_WIDTH) accumulate(&s, v_load(g + i));
    if (i < length) accumulate(&s, v_load_part(g + i, length - i, v_set(0)));
    *sum = length == FA_AXIS_BLOCK ? renormalised(s) : s;
}
INLINE void dot_block(Pair *sum, const T *g, const T *y, ptrdiff_t length)
{
    Pair s = *sum;
    ptrdiff_t i = 0;
    for (; i + 4 * V_WIDTH <= length; i += 4 * V_WIDTH) {
        V part = v_mul(v_load(g + i), v_load(y + i));
        _Pragma("GCC unroll 4")
        for (ptrdiff_t j = i + V_WIDTH; j < i + 4 * V_WIDTH; j += V_WIDTH)
            part = v_fma(v_load(g + j), v_load(y + j), part);
        accumulate(&s, part);
    }
    for (; i + V_WIDTH <= length; i += V_WIDTH)
        accumulate(&s, v_mul(v_load(g + i), v_load(y + i)));
    if (i < length) {
        V a = v_load_part(g + i, length - i, v_set(0));
        V b = v_load_part(y + i, length - i, v_set(0));
        accumulate(&s, v_mul(a, b));
    }
    *sum = length == FA_AXIS_BLOCK ? renormalised(s) : s;
}

INLINE void reduce_sum(bool product, Accumulator *accumulator, Rows in, int rows,
                       ptrdiff_t length)
{
    for (int row = 0; row < rows; row++) {
        const T *g = in.at[0] + row * in.step[0], *y = in.at[1] + row * in.step[1];
        for (ptrdiff_t i = 0; i < length; i += FA_AXIS_BLOCK) {
            ptrdiff_t block = length - i < FA_AXIS_BLOCK ? length - i : FA_AXIS_BLOCK;
            if (product)
                dot_block(&accumulator->sum[row], g + i, y + i, block);
            else
                sum_block(&accumulator->sum[row], g + i, block);
        }
    }
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
    V lo = v_select(valid, w.word[2], v_set(0));
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
    return (RowState){
        {v_select(sum.valid, log.hi, none), v_select(sum.valid, log.lo, v_set(0))}};
}

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
    power = v_select(v_lt(y, lowest), v_set(0), power);
    return v_fnma(power, w.word[1], v_fnma(power, w.word[0], g));
}

#endif
