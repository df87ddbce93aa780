/* Rows are reduced, for the functions of softmax.h.
 *
 * A row is reduced lane by lane; lanes, blocks and parts of it are then merged in an order
 * that depends on its length alone, and so does every bit of the result. Several rows are
 * processed together, so that the work per row is done for one row in each lane. */
#ifndef FA_ROWS_H
#define FA_ROWS_H

#include "softmax.h"

/* Rows during the first pass, one row in each lane */
typedef struct {
    bool empty; /* nothing has been read yet */
    int plain; /* levels at which lanes are merged by plain sums, see plain_levels */
    V maximum; /* so far */
    Pair sum[V_WIDTH]; /* of each row, over all lanes */
} Accumulator;

/* Rows in memory, of one or two operands */
typedef struct {
    const T *at[2];
    ptrdiff_t step[2]; /* from row to row */
} Rows;

/* ---- lanes ---- */

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

/* The sum over the lanes of row k, in lane k; the lanes' low words are 0 as long as the
 * merging is plain. */
INLINE Pair sums_of_rows(Pair *sum, int rows, int plain)
{
    _Pragma("GCC unroll 8")
    for (int distance = V_WIDTH / 2; distance > 0; distance /= 2, plain--) {
        M second = lanes_with_bit(distance);
        for (int row = 0; row < distance && row < rows; row++) {
            Pair a = sum[row], b = row + distance < rows ? sum[row + distance] : a;
            Pair low = {lower(second, a.hi, b.hi, distance),
                        lower(second, a.lo, b.lo, distance)};
            Pair high = {upper(second, a.hi, b.hi, distance),
                         upper(second, a.lo, b.lo, distance)};
            sum[row] = plain > 0 ? merge_plainly(low, high) : merge(low, high);
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

/* Lanes beyond the row have no term. */
static const T NO_LIMIT[V_WIDTH] ALIGNED = {[0 ... V_WIDTH - 1] = INFINITY};
INLINE void sum_exponentials(int sign, Pair *sum, Offset f, const T *x, ptrdiff_t count)
{
    Pair s = *sum;
    ptrdiff_t i = 0;
    for (; i + V_WIDTH <= count; i += V_WIDTH)
        accumulate(&s, scaled_exp(f, times_sign(sign, v_load(x + i))));
    if (i < count) {
        V last = v_load_part(x + i, count - i, v_set(sign * -INFINITY));
        V limit = v_load_part(NO_LIMIT, count - i, v_set(0));
        accumulate(&s, v_min(limit, scaled_exp(f, times_sign(sign, last))));
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
    v_store(risen, v_where(v_lt(before, now), v_set(1)));
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

/* A block of sum g, or of sum g y. Four vectors are added up plainly, then accumulated in
 * pairs, so that the error does not grow with the length and pairs take little time. */
INLINE void sum_block(bool product, Pair *sum, const T *g, const T *y, ptrdiff_t length)
{
    Pair s = *sum;
    ptrdiff_t i = 0;
    for (; i + 4 * V_WIDTH <= length; i += 4 * V_WIDTH) {
        V part = v_set(0);
        _Pragma("GCC unroll 4")
        for (ptrdiff_t j = i; j < i + 4 * V_WIDTH; j += V_WIDTH)
            part = plus_term(product, part, v_load(g + j), v_load(y + j));
        accumulate(&s, part);
    }
    if (i < length) {
        V part = v_set(0);
        for (; i + V_WIDTH <= length; i += V_WIDTH)
            part = plus_term(product, part, v_load(g + i), v_load(y + i));
        if (i < length)
            part = plus_term(product, part, v_load_part(g + i, length - i, v_set(0)),
                             product ? v_load_part(y + i, length - i, v_set(0)) : part);
        accumulate(&s, part);
    }
    *sum = length == FA_AXIS_BLOCK ? renormalised(s) : s;
}

INLINE void reduce_sum(bool product, Accumulator *accumulator, Rows in, int rows,
                       ptrdiff_t length)
{
    accumulator->plain = accumulator->empty ? plain_levels(length) : 0;
    accumulator->empty = false;
    for (int row = 0; row < rows; row++) {
        const T *g = in.at[0] + row * in.step[0], *y = in.at[1] + row * in.step[1];
        for (ptrdiff_t i = 0; i < length; i += FA_AXIS_BLOCK) {
            ptrdiff_t block = length - i < FA_AXIS_BLOCK ? length - i : FA_AXIS_BLOCK;
            sum_block(product, &accumulator->sum[row], g + i, y + i, block);
        }
    }
}

#endif
