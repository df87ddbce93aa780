/* Softmax and its kin: what a row is reduced to, and what becomes of each element.
 *
 * A function along an axis reads its row twice. The first time the row is reduced, each
 * lane for itself, and then lanes, blocks and parts of it are joined in an order that
 * depends on the length alone: so does every bit of the result. The second time each
 * element is mapped by the few numbers that the row came to. Several rows go side by
 * side, so that what is done once per row is done for one row in every lane. */
#ifndef FA_SOFTMAX_H
#define FA_SOFTMAX_H

#include "../math/exp.h"
#include "../math/inverse.h"
#include "../math/log1p.h"

/* Rows on their way. Words of the lanes of a vector are words of as many rows. */
typedef struct {
    bool fresh; /* nothing has been read yet */
    V highest; /* element so far, of each row */
    Pair sum[V_WIDTH]; /* of each row, in all lanes */
} Carry;

/* What rows come to: [0] the highest element, [1] and [2] the sum as a pair; later, what
 * finish makes of them. */
enum { WORDS = 3 };
typedef struct {
    V word[WORDS];
} Words;

/* Rows in memory, by one or two operands. */
typedef struct {
    const T *at[2];
    ptrdiff_t step[2]; /* from row to row */
} Rows;

INLINE V v_signed(int sign, V x) { return sign > 0 ? x : v_sub(v_set(0), x); }

/* ---- sums ---- */

INLINE void sum_up(Pair *sum, V term)
{
    Pair exact = two_sum(sum->hi, term);
    *sum = (Pair){exact.hi, v_add(sum->lo, exact.lo)};
}

/* The sum, its low word made small again: what is rounded in it grows with its size. */
INLINE Pair settled(Pair sum)
{
    sum = pair_bounded(sum);
    return fast_two_sum(sum.hi, sum.lo);
}

INLINE Pair joint_sum(Pair a, Pair b)
{
    Pair exact = two_sum(a.hi, b.hi);
    return (Pair){exact.hi, v_add(exact.lo, v_add(a.lo, b.lo))};
}

/* Two rows meet in one vector, the second of them in the lanes where the bit of the
 * distance is set: of each the lower element of a couple at this distance, and the upper.
 * In this order sums are the same wherever the row stands, in any rounding mode. */
INLINE M lanes_with(int distance)
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

/* The sum over the lanes of each row, in the lane of its number. */
INLINE Pair sums_of_rows(Pair *sum, int rows)
{
    _Pragma("GCC unroll 8")
    for (int distance = V_WIDTH / 2; distance > 0; distance /= 2) {
        M second = lanes_with(distance);
        for (int row = 0; row < distance && row < rows; row++) {
            Pair a = sum[row], b = row + distance < rows ? sum[row + distance] : a;
            Pair low = {lower(second, a.hi, b.hi, distance),
                        lower(second, a.lo, b.lo, distance)};
            Pair high = {upper(second, a.hi, b.hi, distance),
                         upper(second, a.lo, b.lo, distance)};
            sum[row] = joint_sum(low, high);
        }
    }
    return sum[0];
}
INLINE V maxima_of_rows(V *most, int rows)
{
    _Pragma("GCC unroll 8")
    for (int distance = V_WIDTH / 2; distance > 0; distance /= 2) {
        M second = lanes_with(distance);
        for (int row = 0; row < distance && row < rows; row++) {
            V a = most[row], b = row + distance < rows ? most[row + distance] : a;
            most[row] =
                v_max(lower(second, a, b, distance), upper(second, a, b, distance));
        }
    }
    return most[0];
}

/* ---- exponentials beside a maximum ---- */

/* Where x is DEEP below, e^(x - highest) is so far below the smallest number that all
 * elements of a row together do not reach it. It is lifted by 2^LIFT_BITS, so that it has
 * all its bits down to there. */
#define DEEP C(130.0, 790.0)
#define LIFT_BITS C(64.0, 128.0)
#define NEAR C(256.0, 2048.0)

/* From here on differences can overflow. Halves differ by 0 just as well, or by far more
 * than DEEP. */
#define ENORMOUS C(0x1p100, 0x1p960)

/* How elements are reduced beside the highest: it costs nothing to divide by 2^(k/N), a
 * number near e^highest, since the steps of x and k are whole. From NEAR on, where k would
 * be large, the highest is subtracted itself; for every x that counts that is exact. */
typedef struct {
    V base, floor, origin;
} Frame;
INLINE Frame frame_of(V highest)
{
    M near = v_lt(v_abs(highest), v_set(NEAR));
    V rest = v_select(near, highest, v_set(0)), start = v_set(EXP_ORIGIN(0.0));
    V steps = v_sub(v_fma(rest, v_set(EXP_STEPS), start), start);
    return (Frame){
        .base = v_select(near, v_set(0), highest),
        .floor = v_sub(rest, v_set(DEEP)),
        .origin = v_sub(v_set(EXP_ORIGIN(LIFT_BITS)), steps),
    };
}

/* A frame of each row, and that of one of them in all lanes. */
typedef struct {
    T base[V_WIDTH] ALIGNED, floor[V_WIDTH] ALIGNED, origin[V_WIDTH] ALIGNED;
} Frames;
INLINE void put_frames(Frames *to, V highest)
{
    Frame f = frame_of(highest);
    v_store(to->base, f.base);
    v_store(to->floor, f.floor);
    v_store(to->origin, f.origin);
}
INLINE Frame frame_at(const Frames *f, int row)
{
    return (Frame){v_set(f->base[row]), v_set(f->floor[row]), v_set(f->origin[row])};
}

INLINE Reduced reduce_in(Frame f, V x)
{
    return exp_reduce(1, v_max(f.floor, v_sub(x, f.base)), f.origin);
}
INLINE V lifted_exp(Frame f, V x)
{
    Reduced n = reduce_in(f, x);
    V head = exp_head(n);
    return v_fma(head, exp_tail(n), head);
}
INLINE Pair lifted_exp_pair(Frame f, V x)
{
    Reduced n = reduce_in(f, x);
    V head = exp_head(n);
    return fast_two_sum(head, v_mul(head, exp_tail(n)));
}

/* What turns sums in the frame of one maximum to sums in that of a higher one. */
INLINE Pair change_of_frame(V before, V now)
{
    M enormous = v_lt(v_set(ENORMOUS), v_max(v_abs(before), v_abs(now)));
    before = v_select(enormous, v_mul(before, v_set(0.5)), before);
    now = v_select(enormous, v_mul(now, v_set(0.5)), now);
    return pair_quotient(lifted_exp_pair(frame_of(now), before),
                         lifted_exp_pair(frame_of(before), before));
}

/* ---- reductions ---- */

/* In each lane; a NaN is passed over, or comes through. */
INLINE V maxima_of_row(int sign, const T *x, ptrdiff_t count)
{
    V none = v_set(sign * -INFINITY), a = v_set(-INFINITY), b = a;
    ptrdiff_t i = 0;
    for (; i + 2 * V_WIDTH <= count; i += 2 * V_WIDTH) {
        a = v_max(v_signed(sign, v_load(x + i)), a);
        b = v_max(v_signed(sign, v_load(x + i + V_WIDTH)), b);
    }
    if (i + V_WIDTH <= count) {
        a = v_max(v_signed(sign, v_load(x + i)), a);
        i += V_WIDTH;
    }
    if (i < count) b = v_max(v_signed(sign, v_load_part(x + i, count - i, none)), b);
    return v_max(a, b);
}

INLINE void sum_exponentials(int sign, Pair *sum, Frame f, const T *x, ptrdiff_t count)
{
    Pair s = *sum;
    ptrdiff_t i = 0;
    for (; i + V_WIDTH <= count; i += V_WIDTH)
        sum_up(&s, lifted_exp(f, v_signed(sign, v_load(x + i))));
    if (i < count) { /* e^-inf adds nothing that counts */
        V last = v_load_part(x + i, count - i, v_set(sign * -INFINITY));
        sum_up(&s, lifted_exp(f, v_signed(sign, last)));
    }
    *sum = count == FA_AXIS_BLOCK ? settled(s) : s;
}

/* With inf for the highest element the sum stands for it: inf, or NaN if there is one. */
static void sum_with_infinity(Pair *sum, const T *x, ptrdiff_t count)
{
    bool nan = v_any(v_is_nan(sum->hi));
    for (ptrdiff_t i = 0; i < count; i++) nan |= x[i] != x[i];
    *sum = single(v_set(nan ? NAN : INFINITY));
}

static void sum_beside_enormous(int sign, Pair *sum, T highest, const T *x,
                                ptrdiff_t count)
{
    T half[FA_AXIS_BLOCK];
    for (ptrdiff_t i = 0; i < count; i++) half[i] = x[i] / 2;
    sum_exponentials(sign, sum, frame_of(v_set(highest / 2)), half, count);
}

/* Sums keep up with a maximum that has risen. */
static void change_frames(Pair *sum, int rows, V before, V now)
{
    Pair factor = change_of_frame(before, now);
    T hi[V_WIDTH], lo[V_WIDTH], risen[V_WIDTH];
    v_store(hi, factor.hi);
    v_store(lo, factor.lo);
    v_store(risen, v_select(v_lt(before, now), v_set(1), v_set(0)));
    for (int row = 0; row < rows; row++)
        if (risen[row] != 0)
            sum[row] = pair_product(sum[row], (Pair){v_set(hi[row]), v_set(lo[row])});
}

/* Maximum and sum of exponentials in one pass over memory, the sum beside the highest
 * element so far [Milakov and Gimelshein 2018], for which one looks a block ahead. */
INLINE void reduce_normaliser(int sign, Carry *carry, Rows in, int rows,
                              ptrdiff_t length)
{
    for (ptrdiff_t block; length > 0; in.at[0] += block, length -= block) {
        block = length < FA_AXIS_BLOCK ? length : FA_AXIS_BLOCK;
        V most[V_WIDTH] = {v_set(-INFINITY)};
        for (int row = 0; row < rows; row++)
            most[row] = maxima_of_row(sign, in.at[0] + row * in.step[0], block);
        V found = maxima_of_rows(most, rows), before = carry->highest;
        found = v_select(v_is_nan(found), v_set(INFINITY), found);
        M rises = v_lt(before, found);
        V now = v_select(rises, found, before);
        if (!carry->fresh && v_any(rises)) change_frames(carry->sum, rows, before, now);
        carry->fresh = false;
        carry->highest = now;
        Frames frames;
        put_frames(&frames, now);
        for (int row = 0; row < rows; row++) {
            const T *x = in.at[0] + row * in.step[0];
            T base = frames.base[row];
            if (base == INFINITY)
                sum_with_infinity(&carry->sum[row], x, block);
            else if (base > ENORMOUS)
                sum_beside_enormous(sign, &carry->sum[row], base, x, block);
            else
                sum_exponentials(sign, &carry->sum[row], frame_at(&frames, row), x,
                                 block);
        }
    }
}

/* A block of sum g and of sum g y. A few vectors are summed at once, and then by pairs, so
 * that the length has no share in the error, and pairs little in the time. */
INLINE void sum_block(Pair *sum, const T *g, ptrdiff_t length)
{
    Pair s = *sum;
    ptrdiff_t i = 0;
    for (; i + 4 * V_WIDTH <= length; i += 4 * V_WIDTH) {
        V a = v_add(v_load(g + i), v_load(g + i + V_WIDTH));
        V b = v_add(v_load(g + i + 2 * V_WIDTH), v_load(g + i + 3 * V_WIDTH));
        sum_up(&s, v_add(a, b));
    }
    for (; i + V_WIDTH <= length; i += V_WIDTH) sum_up(&s, v_load(g + i));
    if (i < length) sum_up(&s, v_load_part(g + i, length - i, v_set(0)));
    *sum = length == FA_AXIS_BLOCK ? settled(s) : s;
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
        sum_up(&s, part);
    }
    for (; i + V_WIDTH <= length; i += V_WIDTH)
        sum_up(&s, v_mul(v_load(g + i), v_load(y + i)));
    if (i < length) {
        V a = v_load_part(g + i, length - i, v_set(0));
        V b = v_load_part(y + i, length - i, v_set(0));
        sum_up(&s, v_mul(a, b));
    }
    *sum = length == FA_AXIS_BLOCK ? settled(s) : s;
}

INLINE void reduce_sum(bool product, Carry *carry, Rows in, int rows, ptrdiff_t length)
{
    for (int row = 0; row < rows; row++) {
        const T *g = in.at[0] + row * in.step[0], *y = in.at[1] + row * in.step[1];
        for (ptrdiff_t i = 0; i < length; i += FA_AXIS_BLOCK) {
            ptrdiff_t block = length - i < FA_AXIS_BLOCK ? length - i : FA_AXIS_BLOCK;
            if (product)
                dot_block(&carry->sum[row], g + i, y + i, block);
            else
                sum_block(&carry->sum[row], g + i, block);
        }
    }
}

/* ---- parts of a row ---- */

INLINE Words join_sums(Words a, Words b)
{
    Pair sum = joint_sum((Pair){a.word[1], a.word[2]}, (Pair){b.word[1], b.word[2]});
    return (Words){{a.word[0], sum.hi, sum.lo}};
}

INLINE Pair in_frame(Words w, V highest)
{
    Pair sum = {w.word[1], w.word[2]};
    M same = v_and(v_le(highest, w.word[0]), v_le(w.word[0], highest));
    Pair moved = pair_product(sum, change_of_frame(w.word[0], highest));
    return (Pair){v_select(same, sum.hi, moved.hi), v_select(same, sum.lo, moved.lo)};
}
INLINE Words join_normalisers(Words a, Words b)
{
    V highest = v_select(v_lt(a.word[0], b.word[0]), b.word[0], a.word[0]);
    Pair sum = joint_sum(in_frame(a, highest), in_frame(b, highest));
    return (Words){{highest, sum.hi, sum.lo}};
}

/* ---- what rows come to ---- */

/* A sum of exponentials that is one: not of -inf alone, without inf and NaN. What stands
 * for another raises no flag. */
typedef struct {
    M proper;
    Pair value;
} Sum;
INLINE Sum checked_sum(Words w)
{
    V hi = w.word[1], most = v_set(INFINITY), least = v_set(C(0x1p63, 0x1p127));
    M proper = v_and(v_le(least, hi), v_lt(hi, most));
    V lo = v_select(proper, w.word[2], v_set(0));
    return (Sum){proper, fast_two_sum(v_select(proper, hi, least), lo)};
}

/* The highest, and 1/sum as inverse e^more, the inverse with half of the significand. */
INLINE Words inverse_words(Words w)
{
    Sum sum = checked_sum(w);
    V inverse = v_truncate(inverse_estimate(sum.value.hi));
    V r = v_fnma(inverse, sum.value.lo, v_fnma(inverse, sum.value.hi, v_set(1)));
    /* -log(1 - r) = r + r^2/2 + r^3/3 */
    V half_and_third =
        v_fma(r, v_set(C(0x1.555556p-2, 0x1.5555555555555p-2)), v_set(0.5));
    V more = v_fma(v_mul(r, r), half_and_third, r);
    V usual = v_select(sum.proper, inverse, v_set(NAN));
    return (Words){{w.word[0], usual, more}};
}

/* log(s) as a pair for s >= 1. */
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
    V head = v_truncate(w); /* or 0, with a tail of 0 */
    V tail = v_div(v_sub(w, head), v_max(v_set(C(0x1p-60, 0x1p-500)), head));
    Pair log = log1p_of(head, tail, w);
    Pair powers = two_product(k, v_set(EXP_STEP_HIGH * V_TABLE));
    powers.lo = v_fma(k, v_set(EXP_STEP_LOW * V_TABLE), powers.lo);
    Pair sum = fast_two_sum(powers.hi, log.hi);
    V low = v_add(powers.lo, v_add(log.lo, v_div(s.lo, s.hi)));
    return (Pair){sum.hi, v_add(sum.lo, low)};
}

/* highest + log(sum of all e^(x - highest)), normalised. The highest element itself adds
 * just 1 to the sum, so the others are told apart from it and divided by its exponential. */
INLINE Pair log_sum_exp(V highest, Pair sum)
{
    V one = lifted_exp(frame_of(highest), highest);
    Pair others = two_sum(sum.hi, v_sub(v_set(0), one));
    others = fast_two_sum(others.hi, v_add(others.lo, sum.lo));
    others = pair_quotient(others, single(one));
    Pair all = two_sum(v_set(1), others.hi);
    Pair log = log_of_pair(fast_two_sum(all.hi, v_add(all.lo, others.lo)));
    all = two_sum(highest, log.hi);
    return fast_two_sum(all.hi, v_add(all.lo, log.lo));
}

/* The logarithm as a pair; or rounded, with what it comes to without a proper sum. */
INLINE Words log_words(Words w, bool rounded)
{
    Sum sum = checked_sum(w);
    Pair log = log_sum_exp(w.word[0], sum.value);
    V none = v_set(NAN);
    if (rounded) /* of -inf alone; of +inf or NaN */
        none = v_select(v_lt(w.word[1], v_set(1)), v_set(-INFINITY), w.word[1]);
    return (Words){
        {v_select(sum.proper, log.hi, none), v_select(sum.proper, log.lo, v_set(0))}};
}

INLINE Words sum_words(Words w)
{
    Pair sum = settled((Pair){w.word[1], w.word[2]});
    return (Words){{sum.hi, pair_bounded(sum).lo}};
}

/* ---- maps ---- */

/* A share just below 1 must not be rounded to the number above. */
INLINE V map_softmax(V x, Words w, Frame f)
{
    Reduced n = reduce_in(f, x);
    n.low = v_add(n.low, w.word[2]);
    V head = v_mul(exp_head(n), w.word[1]);
    return v_min(v_set(1), v_fma(head, exp_tail(n), head));
}

INLINE V map_log_softmax(V x, Words w) { return v_sub(v_sub(x, w.word[0]), w.word[1]); }

INLINE V map_softmax_backward(int sign, V g, V y, Words w)
{
    V less = v_sub(v_sub(g, w.word[0]), w.word[1]);
    return v_mul(v_signed(sign, less), y);
}

/* g - e^y S. Below the normal range e^y counts as 0. */
INLINE V map_log_softmax_backward(V g, V y, Words w)
{
    V lowest = v_set(C(-87.0, -708.0)), highest = v_set(C(88.0, 709.0));
    Reduced n = exp_reduce(1, v_max(lowest, v_min(highest, y)), v_set(EXP_ORIGIN(0.0)));
    V head = exp_head(n), power = v_fma(head, exp_tail(n), head);
    power = v_select(v_lt(y, lowest), v_set(0), power);
    return v_fnma(power, w.word[1], v_fnma(power, w.word[0], g));
}

#endif
