/* Columns: the functions of softmax.h for rows whose neighbours in memory are other rows,
 * as in a softmax over channels. Each lane is a row.
 *
 * What lane k of a row in softmax.h sums is the k-th sum here, and the sums are joined in
 * the order of lanes there: so a row comes to the same bits whichever way it lies. */
#ifndef FA_COLUMNS_H
#define FA_COLUMNS_H

#include "softmax.h"

/* Some columns side by side, by one or two operands. */
typedef struct {
    const T *at[2];
    ptrdiff_t step[2]; /* from element to element */
    ptrdiff_t count; /* at most V_WIDTH */
} Columns;

INLINE V element(const Columns *in, int operand, ptrdiff_t i)
{
    const T *from = in->at[operand] + i * in->step[operand];
    return in->count < V_WIDTH ? v_load_part(from, in->count, v_set(0)) : v_load(from);
}

/* The lanes that a row of this length reaches, joined; the others have summed `absent`, a
 * number, or nothing where that is NULL. */
INLINE Pair joined_lanes(Pair *sum, ptrdiff_t length, const V *absent)
{
    int reached = length < V_WIDTH ? (int)length : V_WIDTH;
    V rest = absent ? *absent : v_set(0);
    _Pragma("GCC unroll 8")
    for (int distance = V_WIDTH / 2; distance > 0; distance /= 2) {
        for (int k = 0; k < distance && k < reached; k++) {
            if (k + distance < reached)
                sum[k] = joint_sum(sum[k], sum[k + distance]);
            else if (absent)
                sum[k] = joint_sum(sum[k], single(rest));
        }
        rest = v_add(rest, rest);
        if (reached > distance) reached = distance;
    }
    return sum[0];
}

INLINE V highest_of_columns(int sign, const Columns *in, ptrdiff_t length)
{
    V most = v_set(-INFINITY), least = v_set(-T_MAX);
    for (ptrdiff_t i = 0; i < length; i++)
        most = v_max(v_signed(sign, element(in, 0, i)), most);
    most = v_select(v_is_nan(most), v_set(INFINITY), most);
    return v_select(v_lt(least, most), most, least);
}

/* As sum_with_infinity. */
INLINE Pair infinite_sums(M infinite, Pair sum, const Columns *in, ptrdiff_t length)
{
    M nan = v_is_nan(element(in, 0, 0));
    for (ptrdiff_t i = 1; i < length; i++) nan = v_or(nan, v_is_nan(element(in, 0, i)));
    V hi = v_select(nan, v_set(NAN), v_set(INFINITY));
    return (Pair){v_select(infinite, hi, sum.hi), v_select(infinite, v_set(0), sum.lo)};
}

/* Elements are multiplied by scale first, or not where that is NULL. */
INLINE Pair sum_exponentials_of_columns(int sign, const Columns *in, ptrdiff_t length,
                                        V highest, const V *scale)
{
    Frame frame = frame_of(highest);
    V absent = lifted_exp(frame, v_set(-INFINITY));
    Pair sum[V_WIDTH];
    sum[0] = single(v_set(0)); /* no row is empty, but compilers do not know */
    for (ptrdiff_t lane = 0; lane < V_WIDTH && lane < length; lane++) {
        Pair s = single(v_set(0));
        ptrdiff_t i = lane;
        for (; i < length; i += V_WIDTH) {
            V x = v_signed(sign, element(in, 0, i));
            sum_up(&s, lifted_exp(frame, scale ? v_mul(x, *scale) : x));
        }
        if (i - lane < length) sum_up(&s, absent);
        sum[lane] = s;
    }
    return joined_lanes(sum, length, &absent);
}

/* As sum_beside_enormous. */
static COLD Pair sum_beside_enormous_columns(int sign, const Columns *in,
                                             ptrdiff_t length, V highest, M enormous)
{
    V scale = v_select(enormous, v_set(0.5), v_set(1));
    return sum_exponentials_of_columns(sign, in, length, v_mul(highest, scale), &scale);
}

INLINE Words normalise_columns(int sign, const Columns *in, ptrdiff_t length)
{
    V highest = highest_of_columns(sign, in, length), most = v_set(T_MAX);
    M enormous = v_and(v_lt(v_set(ENORMOUS), highest), v_le(highest, most));
    Pair all = v_any(enormous)
        ? sum_beside_enormous_columns(sign, in, length, highest, enormous)
        : sum_exponentials_of_columns(sign, in, length, highest, NULL);
    M infinite = v_le(v_set(INFINITY), highest);
    if (v_any(infinite)) all = infinite_sums(infinite, all, in, length);
    return (Words){{highest, all.hi, all.lo}};
}

/* The sum of g, or of g y. */
INLINE Words add_columns_up(bool product, const Columns *in, ptrdiff_t length)
{
    Pair sum[V_WIDTH];
    sum[0] = single(v_set(0));
    for (ptrdiff_t lane = 0; lane < V_WIDTH && lane < length; lane++) {
        Pair s = single(v_set(0));
        ptrdiff_t i = lane;
        for (; i - lane + 4 * V_WIDTH <= length; i += 4 * V_WIDTH) {
            V four[4];
            _Pragma("GCC unroll 4")
            for (int k = 0; k < 4; k++) four[k] = element(in, 0, i + k * V_WIDTH);
            V part = v_add(v_add(four[0], four[1]), v_add(four[2], four[3]));
            if (product) {
                part = v_mul(four[0], element(in, 1, i));
                _Pragma("GCC unroll 4")
                for (int k = 1; k < 4; k++)
                    part = v_fma(four[k], element(in, 1, i + k * V_WIDTH), part);
            }
            sum_up(&s, part);
        }
        for (; i < length; i += V_WIDTH) {
            V g = element(in, 0, i);
            sum_up(&s, product ? v_mul(g, element(in, 1, i)) : g);
        }
        sum[lane] = s;
    }
    Pair all = joined_lanes(sum, length, NULL);
    return (Words){{v_set(-T_MAX), all.hi, all.lo}};
}

#endif
