/* Columns are reduced, for the functions of softmax.h: rows that are interleaved in memory,
 * as in a softmax over channels. Each lane holds a row.
 *
 * The k-th sum here is that of lane k of a register in rows.h, and the sums are merged in
 * the same order as the lanes there, so that a row has the same bits in either layout. */
#ifndef FA_COLUMNS_H
#define FA_COLUMNS_H

#include "softmax.h"

/* V_WIDTH columns that are neighbours in memory, of one or two operands */
typedef struct {
    const T *at[2];
    ptrdiff_t step[2]; /* from element to element */
} Columns;

INLINE V element(const Columns *in, int operand, ptrdiff_t i)
{
    return v_load(in->at[operand] + i * in->step[operand]);
}

/* Merges the sums of the lanes that a row of this length fills. The first levels may be
 * plain. */
INLINE Pair merge_lanes(Pair *sum, ptrdiff_t length, int plain)
{
    int reached = length < V_LANES ? (int)length : V_LANES;
    _Pragma("GCC unroll 8")
    for (int distance = V_LANES / 2; distance > 0; distance /= 2, plain--) {
        for (int k = 0; k + distance < reached && k < distance; k++) {
            Pair other = sum[k + distance];
            sum[k] = plain > 0 ? merge_plainly(sum[k], other) : merge(sum[k], other);
        }
        if (reached > distance) reached = distance;
    }
    return sum[0];
}

INLINE V maxima_of_columns(int sign, const Columns *in, ptrdiff_t length)
{
    V most = v_set(-INFINITY), least = v_set(-T_MAX);
    for (ptrdiff_t i = 0; i < length; i++)
        most = v_max(times_sign(sign, element(in, 0, i)), most);
    most = v_select(v_is_nan(most), v_set(INFINITY), most);
    return v_select(v_lt(least, most), most, least);
}

/* as sum_with_infinity */
INLINE Pair infinite_sums(M infinite, Pair sum, const Columns *in, ptrdiff_t length)
{
    M nan = v_is_nan(element(in, 0, 0));
    for (ptrdiff_t i = 1; i < length; i++) nan = v_or(nan, v_is_nan(element(in, 0, i)));
    V hi = v_select(nan, v_set(NAN), v_set(INFINITY));
    return (Pair){v_select(infinite, hi, sum.hi), v_unless(infinite, sum.lo)};
}

/* e^(scale x - maximum), the scale 1 if it is NULL */
INLINE V exponential(int sign, const Columns *in, ptrdiff_t i, Offset offset,
                     const V *scale)
{
    V x = times_sign(sign, element(in, 0, i));
    return scaled_exp(offset, scale ? v_mul(x, *scale) : x);
}

/* The sum of these */
INLINE Pair sum_exponentials_of_columns(int sign, const Columns *in, ptrdiff_t length,
                                        V maximum, const V *scale)
{
    Offset offset = offset_of(maximum);
    Pair sum[V_LANES];
    sum[0] = to_pair(v_set(0)); /* no row is empty, which compilers cannot know */
    ptrdiff_t i = 0;
    for (; i < V_LANES && i < length; i++)
        sum[i] = to_pair(exponential(sign, in, i, offset, scale));
    for (; i < length; i++)
        accumulate(&sum[i % V_LANES], exponential(sign, in, i, offset, scale));
    return merge_lanes(sum, length, 0);
}

/* as sum_exponentials_large */
static COLD Pair sum_exponentials_large_columns(int sign, const Columns *in,
                                                ptrdiff_t length, V maximum, M large)
{
    V scale = v_select(large, v_set(0.5), v_set(1));
    return sum_exponentials_of_columns(sign, in, length, v_mul(maximum, scale), &scale);
}

INLINE RowState normalise_columns(int sign, const Columns *in, ptrdiff_t length)
{
    V maximum = maxima_of_columns(sign, in, length), most = v_set(T_MAX);
    M large = v_and(v_lt(v_set(LARGE_MAGNITUDE), maximum), v_le(maximum, most));
    Pair all = v_any(large)
        ? sum_exponentials_large_columns(sign, in, length, maximum, large)
        : sum_exponentials_of_columns(sign, in, length, maximum, NULL);
    M infinite = v_le(v_set(INFINITY), maximum);
    if (v_any(infinite)) all = infinite_sums(infinite, all, in, length);
    return (RowState){{maximum, all.hi, all.lo}};
}

/* Of a lane, four terms that follow from i on, or those before the end, added up plainly */
INLINE V plain_sum(bool product, const Columns *in, ptrdiff_t i, ptrdiff_t end)
{
    V sum = v_set(0);
    if (i + 3 * V_LANES < end) end = i + 4 * V_LANES;
    for (; i < end; i += V_LANES)
        sum = plus_term(product, sum, element(in, 0, i), element(in, 1, i));
    return sum;
}

INLINE RowState sum_columns(bool product, const Columns *in, ptrdiff_t length)
{
    Pair sum[V_LANES];
    sum[0] = to_pair(v_set(0));
    for (ptrdiff_t lane = 0; lane < V_LANES && lane < length; lane++)
        sum[lane] = to_pair(plain_sum(product, in, lane, length));
    for (ptrdiff_t i = 4 * V_LANES; i < length; i += 4 * V_LANES)
        for (int lane = 0; lane < V_LANES && i + lane < length; lane++)
            accumulate(&sum[lane], plain_sum(product, in, i + lane, length));
    Pair all = merge_lanes(sum, length, plain_levels(length));
    return (RowState){{v_set(-T_MAX), all.hi, all.lo}};
}

#endif
