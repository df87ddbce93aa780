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

/* Merges the sums of the lanes that a row of this length fills; the others have summed
 * `absent`, or nothing if that is NULL. */
INLINE Pair merge_lanes(Pair *sum, ptrdiff_t length, const V *absent)
{
    int reached = length < V_LANES ? (int)length : V_LANES;
    V rest = absent ? *absent : v_set(0);
    _Pragma("GCC unroll 8")
    for (int distance = V_LANES / 2; distance > 0; distance /= 2) {
        for (int k = 0; k < distance && k < reached; k++) {
            if (k + distance < reached)
                sum[k] = merge(sum[k], sum[k + distance]);
            else if (absent)
                sum[k] = merge(sum[k], to_pair(rest));
        }
        rest = v_add(rest, rest);
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
    return (Pair){v_select(infinite, hi, sum.hi), v_select(infinite, v_set(0), sum.lo)};
}

/* A sum so far of 0 and a term: what accumulate would make of them in seven operations */
INLINE Pair first_term(V term) { return to_pair(v_add(v_set(0), term)); }

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
    V absent = scaled_exp(offset, v_set(-INFINITY));
    Pair sum[V_LANES];
    sum[0] = to_pair(v_set(0)); /* no row is empty, which compilers cannot know */
    for (ptrdiff_t lane = 0; lane < V_LANES && lane < length; lane++) {
        Pair s = first_term(exponential(sign, in, lane, offset, scale));
        ptrdiff_t i = lane + V_LANES;
        for (; i < length; i += V_LANES)
            accumulate(&s, exponential(sign, in, i, offset, scale));
        if (i - lane < length) accumulate(&s, absent);
        sum[lane] = s;
    }
    return merge_lanes(sum, length, &absent);
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

/* g, or g y; and four of them that follow in a lane, added up */
INLINE V term(bool product, const Columns *in, ptrdiff_t i)
{
    V g = element(in, 0, i);
    return product ? v_mul(g, element(in, 1, i)) : g;
}
INLINE V four_terms(bool product, const Columns *in, ptrdiff_t i)
{
    V four[4];
    _Pragma("GCC unroll 4")
    for (int k = 0; k < 4; k++) four[k] = element(in, 0, i + k * V_LANES);
    if (!product) return v_add(v_add(four[0], four[1]), v_add(four[2], four[3]));
    V sum = v_mul(four[0], element(in, 1, i));
    _Pragma("GCC unroll 4")
    for (int k = 1; k < 4; k++)
        sum = v_fma(four[k], element(in, 1, i + k * V_LANES), sum);
    return sum;
}

INLINE RowState sum_columns(bool product, const Columns *in, ptrdiff_t length)
{
    Pair sum[V_LANES];
    sum[0] = to_pair(v_set(0));
    for (ptrdiff_t lane = 0; lane < V_LANES && lane < length; lane++) {
        Pair s = to_pair(v_set(0));
        ptrdiff_t i = lane;
        if (length < 4 * V_LANES) {
            s = first_term(term(product, in, i));
            i += V_LANES;
        }
        for (; i - lane + 4 * V_LANES <= length; i += 4 * V_LANES)
            accumulate(&s, four_terms(product, in, i));
        for (; i < length; i += V_LANES) accumulate(&s, term(product, in, i));
        sum[lane] = s;
    }
    Pair all = merge_lanes(sum, length, NULL);
    return (RowState){{v_set(-T_MAX), all.hi, all.lo}};
}

#endif
