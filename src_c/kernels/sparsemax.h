/* Sparsemax [A. F. T. Martins, R. F. Astudillo, 2016] and 1.5-entmax [B. Peters, V. Niculae,
 * A. F. T. Martins, 2019]: the projection of a row on the simplex, and its smooth relative.
 *
 * y = max(u - t, 0)^power for u = (x - max x) / power, where t makes the row sum to 1. That sum
 * is convex and falls with t, so Newton's steps from t = -1, on the sum or on its root, rise
 * to t without passing it [L. Condat, "Fast projection onto the simplex and the l1 ball",
 * 2016]: three to five readings of a row, and no sorting. Two more, in pairs, polish t, so that
 * results near 0 keep their digits. Sums are joined block by block: neither the layout nor the
 * threads change a bit. */
#ifndef FA_SPARSEMAX_H
#define FA_SPARSEMAX_H

#include "rows.h"

typedef enum { SPARSEMAX, ENTMAX15, SPARSEMAX_BACKWARD, ENTMAX15_BACKWARD } Sparse;
INLINE bool is_squared(Sparse f) { return f == ENTMAX15 || f == ENTMAX15_BACKWARD; }
INLINE bool is_backward(Sparse f) { return f >= SPARSEMAX_BACKWARD; }

/* What the next reading of a row is for. */
typedef enum { FIND_MAXIMUM, APPROACH, POLISH, SETTLED } Round;

/* A row between two readings: the maximum and t below it; of backward, the mean gradient. */
typedef struct {
    T most, high, low;
    T sum, sum_low, weight, weight_low; /* of the reading, over all lanes */
    Round round;
    int polished; /* so many times */
} SparseRow;
typedef struct {
    SparseRow row[V_WIDTH];
} SparseState;

/* Rows during a reading. */
typedef struct {
    SparseRow row[V_WIDTH];
    V most[V_WIDTH];
    Pair sum[V_WIDTH], weight[V_WIDTH];
} SparseCarry;

/* From here on, steps of t are rounding errors. */
#define CLOSE C(0x1p-18, 0x1p-42)
#define SETTLED_STEP C(0x1p-44, 0x1p-98)
enum { POLISH_AT_MOST = 5 };

INLINE V load_up_to(const T *x, ptrdiff_t count, V rest)
{
    return count >= V_WIDTH ? v_load(x) : v_load_part(x, count, rest);
}

/* ---- readings ---- */

/* u - t roughly, and not below 0; a NaN propagates. */
INLINE V rough_distance(Sparse f, V x, V most, V t)
{
    V u = v_sub(x, most);
    V d = is_squared(f) ? v_fms(u, v_set(0.5), t) : v_sub(u, t);
    return v_max(v_set(0), d);
}

/* For t from below: sum and number of the distances, or of their squares and themselves. */
INLINE void approach(Sparse f, SparseCarry *carry, int row, const T *x,
                     ptrdiff_t length)
{
    enum { AT_ONCE = 4 };
    V most = v_set(carry->row[row].most), t = v_set(carry->row[row].high);
    V sum[AT_ONCE], weight[AT_ONCE], one = v_set(1), zero = v_set(0);
    for (int k = 0; k < AT_ONCE; k++) sum[k] = weight[k] = zero;
    for (ptrdiff_t i = 0; i < length; i += AT_ONCE * V_WIDTH) {
        bool whole = length - i >= AT_ONCE * V_WIDTH;
        _Pragma("GCC unroll 4")
        for (int k = 0; k < AT_ONCE; k++) {
            ptrdiff_t at = i + k * V_WIDTH;
            if (!whole && at >= length) break;
            V next = whole ? v_load(x + at)
                           : load_up_to(x + at, length - at, v_set(-INFINITY));
            V d = rough_distance(f, next, most, t);
            sum[k] = is_squared(f) ? v_fma(d, d, sum[k]) : v_add(sum[k], d);
            V w = is_squared(f) ? d : v_where(v_lt(zero, d), one);
            weight[k] = v_add(weight[k], w);
        }
    }
    V all = v_add(v_add(sum[0], sum[1]), v_add(sum[2], sum[3]));
    V weights = v_add(v_add(weight[0], weight[1]), v_add(weight[2], weight[3]));
    carry->sum[row].hi = v_add(carry->sum[row].hi, all);
    carry->weight[row].hi = v_add(carry->weight[row].hi, weights);
}

/* u - t to about twice the working precision where it is positive, else 0. */
INLINE Pair exact_distance(Sparse f, V x, V most, V high, V low)
{
    V zero = v_set(0);
    M near = v_lt(v_set(-4), v_sub(x, most)); /* no other element is in the support */
    Pair u = two_sum(v_select(near, x, most), v_sub(zero, most));
    if (is_squared(f)) u = (Pair){v_mul(u.hi, v_set(0.5)), v_mul(u.lo, v_set(0.5))};
    Pair d = two_sum(u.hi, v_sub(zero, high));
    d = fast_two_sum(d.hi, v_add(d.lo, v_sub(u.lo, low)));
    M inside = v_and(near, v_lt(zero, d.hi));
    return (Pair){v_where(inside, d.hi), v_where(inside, d.lo)};
}

INLINE void add_pair(Pair *sum, Pair term)
{
    accumulate(sum, term.hi);
    sum->lo = v_add(sum->lo, term.lo);
}

INLINE Pair square(Pair d)
{
    Pair p = two_product(d.hi, d.hi);
    p.lo = v_fma(v_add(d.hi, d.hi), d.lo, p.lo);
    return p;
}

INLINE void polish(Sparse f, SparseCarry *carry, int row, const T *x, ptrdiff_t length)
{
    const SparseRow *it = &carry->row[row];
    V most = v_set(it->most), high = v_set(it->high), low = v_set(it->low);
    V one = v_set(1), zero = v_set(0);
    Pair sum = carry->sum[row], weight = carry->weight[row];
    for (ptrdiff_t i = 0; i < length; i += V_WIDTH) {
        V next = load_up_to(x + i, length - i, v_set(-INFINITY));
        Pair d = exact_distance(f, next, most, high, low);
        add_pair(&sum, is_squared(f) ? square(d) : d);
        V w = is_squared(f) ? d.hi : v_where(v_lt(zero, d.hi), one);
        weight.hi = v_add(weight.hi, w);
    }
    carry->sum[row] = sum;
    carry->weight[row] = weight;
}

/* The weight of each gradient: 1 in the support, or the root of y. */
INLINE V weight_of(Sparse f, V y)
{
    V zero = v_set(0);
    if (!is_squared(f)) return v_select(v_lt(zero, y), v_set(1), v_mul(y, zero));
    return v_sqrt(y);
}

INLINE void average(Sparse f, SparseCarry *carry, int row, const T *g, const T *y,
                    ptrdiff_t length)
{
    Pair sum = carry->sum[row], weight = carry->weight[row];
    for (ptrdiff_t i = 0; i < length; i += V_WIDTH) {
        V w = weight_of(f, load_up_to(y + i, length - i, v_set(0)));
        /* 0 times inf would be NaN. */
        V grad = v_unless(v_le(w, v_set(0)), load_up_to(g + i, length - i, v_set(0)));
        add_pair(&sum, two_product(w, grad));
        accumulate(&weight, w);
    }
    carry->sum[row] = pair_finite_low(sum);
    carry->weight[row] = weight;
}

INLINE void read_row(Sparse f, SparseCarry *carry, Rows in, int row, ptrdiff_t length)
{
    const T *x = in.at[0] + row * in.step[0], *y = in.at[1] + row * in.step[1];
    for (ptrdiff_t i = 0; i < length; i += FA_AXIS_BLOCK) {
        ptrdiff_t block = length - i < FA_AXIS_BLOCK ? length - i : FA_AXIS_BLOCK;
        if (is_backward(f)) {
            average(f, carry, row, x + i, y + i, block);
            continue;
        }
        switch (carry->row[row].round) {
        case FIND_MAXIMUM:
            carry->most[row] = v_max(maxima_of_row(1, x + i, block), carry->most[row]);
            break;
        case APPROACH: approach(f, carry, row, x + i, block); break;
        case POLISH: polish(f, carry, row, x + i, block); break;
        case SETTLED: return;
        }
    }
}

/* ---- between readings ---- */

INLINE T first_lane(V a) { return n_first(a.at[0]); }

/* The lanes of a reading joined. */
INLINE void join_lanes(SparseCarry *carry, int row, SparseRow *to)
{
    *to = carry->row[row];
    if (to->round == FIND_MAXIMUM)
        to->most = first_lane(maxima_of_rows(&carry->most[row], 1));
    Pair sum = sums_of_rows(&carry->sum[row], 1, 0);
    Pair weight = sums_of_rows(&carry->weight[row], 1, 0);
    to->sum = first_lane(sum.hi), to->sum_low = first_lane(sum.lo);
    to->weight = first_lane(weight.hi), to->weight_low = first_lane(weight.lo);
}

/* The same of two parts of a row. */
INLINE void join_sparse_rows(SparseRow *a, const SparseRow *b)
{
    a->most = b->most > a->most || b->most != b->most ? b->most : a->most;
    Pair sum = merge((Pair){v_set(a->sum), v_set(a->sum_low)},
                     (Pair){v_set(b->sum), v_set(b->sum_low)});
    Pair weight = merge((Pair){v_set(a->weight), v_set(a->weight_low)},
                        (Pair){v_set(b->weight), v_set(b->weight_low)});
    a->sum = first_lane(sum.hi), a->sum_low = first_lane(sum.lo);
    a->weight = first_lane(weight.hi), a->weight_low = first_lane(weight.lo);
}

static void settle_mean(SparseRow *row)
{
    Pair sum = {v_set(row->sum), v_set(row->sum_low)};
    Pair weight = {v_set(row->weight), v_set(row->weight_low)};
    V mean = v_div(sum.hi, weight.hi);
    V rest = v_fnma(mean, weight.lo, v_add(v_fnma(mean, weight.hi, sum.hi), sum.lo));
    Pair all = pair_finite_low((Pair){mean, v_div(rest, weight.hi)});
    row->high = first_lane(all.hi), row->low = first_lane(all.lo);
    row->round = SETTLED;
}

static void step_towards_sum(Sparse f, SparseRow *row)
{
    T root = sizeof(T) == 4 ? (T)sqrtf((float)row->sum) : (T)sqrt(row->sum);
    T excess = is_squared(f) ? root * (root - 1) : row->sum - 1;
    T step = excess / row->weight;
    if (step != step) { /* of a NaN in the row */
        row->high = NAN;
        row->round = SETTLED;
        return;
    }
    /* The largest distance, -t, is at least 1/weight; rounded sums may lead beyond it. */
    T most = -1 / row->weight;
    if (step > 0) row->high += step;
    if (row->high > most) row->high = most;
    if (!(step > CLOSE)) row->round = POLISH;
}

static void polish_threshold(Sparse f, SparseRow *row)
{
    T excess = (row->sum - 1) + row->sum_low;
    T step = excess / (is_squared(f) ? 2 * row->weight : row->weight);
    T low = row->low + step, high = row->high + low;
    row->low = low - (high - row->high);
    row->high = high;
    bool small = (step < 0 ? -step : step) <= SETTLED_STEP;
    if (small || ++row->polished == POLISH_AT_MOST) row->round = SETTLED;
}

INLINE void finish_row(Sparse f, SparseRow *row)
{
    if (row->round == SETTLED) return;
    if (is_backward(f)) {
        settle_mean(row);
    } else if (row->round == FIND_MAXIMUM) {
        bool finite = row->most > -INFINITY && row->most < INFINITY;
        row->high = finite ? -1 : NAN;
        row->low = 0;
        row->round = finite ? APPROACH : SETTLED;
    } else if (row->round == APPROACH) {
        step_towards_sum(f, row);
    } else {
        polish_threshold(f, row);
    }
}

/* ---- results ---- */

INLINE V map_sparse(Sparse f, V a, V b, const SparseRow *row)
{
    V high = v_set(row->high), low = v_set(row->low);
    if (is_backward(f)) {
        V w = weight_of(f, b), less = v_sub(v_sub(a, high), low);
        return v_select(v_le(w, v_set(0)), w, v_mul(w, less));
    }
    Pair d = exact_distance(f, a, v_set(row->most), high, low);
    V y = is_squared(f) ? v_fma(d.hi, d.hi, v_mul(v_add(d.hi, d.hi), d.lo)) : d.hi;
    return v_min(v_set(1), y);
}

#endif
