/* The functions along an axis on one target: their kernels as loops over rows.
 *
 * Vectors are single registers here: many rows are short. The only symbol is
 * fa_<isa>_f<precision>_axis. */
#include "target.h"
#include "../simd/simd.h"

#ifndef V_AVAILABLE
const fa_axis_target PASTE(FA_SYMBOL, _axis) = {0};
#else

#undef V_UNROLL
#define V_UNROLL 1
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/rows.h"
#include "../kernels/sparsemax.h"

typedef void Reduce(Accumulator *accumulator, Rows in, int rows, ptrdiff_t length);
typedef RowState Finish(RowState state);

/* ---- the functions ---- */

INLINE void normalise(Accumulator *accumulator, Rows in, int rows, ptrdiff_t length)
{
    reduce_normaliser(1, accumulator, in, rows, length);
}
INLINE void normalise_negated(Accumulator *accumulator, Rows in, int rows,
                              ptrdiff_t length)
{
    reduce_normaliser(-1, accumulator, in, rows, length);
}
INLINE void add_up(Accumulator *accumulator, Rows in, int rows, ptrdiff_t length)
{
    reduce_sum(false, accumulator, in, rows, length);
}
INLINE void add_up_products(Accumulator *accumulator, Rows in, int rows,
                            ptrdiff_t length)
{
    reduce_sum(true, accumulator, in, rows, length);
}

/* ---- rows ---- */

/* A RowState in memory. */
typedef struct {
    T word[ROW_STATE_WORDS][V_WIDTH] ALIGNED;
} Total;
_Static_assert(sizeof(Accumulator) <= FA_AXIS_CARRY_BYTES, "room of an accumulator");
_Static_assert(sizeof(Total) <= FA_AXIS_TOTAL_BYTES, "room of a total");
_Static_assert(V_WIDTH <= FA_AXIS_MAX_ROWS, "rows side by side");

INLINE RowState load_state(const Total *total)
{
    RowState state;
    for (int k = 0; k < ROW_STATE_WORDS; k++) state.word[k] = v_load(total->word[k]);
    return state;
}
INLINE void store_state(Total *total, RowState state)
{
    for (int k = 0; k < ROW_STATE_WORDS; k++) v_store(total->word[k], state.word[k]);
}
INLINE RowState state_of_row(const Total *total, int row)
{
    RowState state;
    for (int k = 0; k < ROW_STATE_WORDS; k++)
        state.word[k] = v_set(total->word[k][row]);
    return state;
}

INLINE Rows input_rows(const fa_rows *rows)
{
    return (Rows){{rows->at[0], rows->at[1]}, {rows->step[0], rows->step[1]}};
}

static void start(void *to)
{
    Accumulator *accumulator = to;
    accumulator->empty = true;
    accumulator->plain = 0;
    accumulator->maximum = v_set(-T_MAX);
    for (int row = 0; row < V_WIDTH; row++) accumulator->sum[row] = to_pair(v_set(0));
}

INLINE RowState sum_lanes(Accumulator *accumulator, int rows)
{
    Pair sum = sums_of_rows(accumulator->sum, rows, accumulator->plain);
    return (RowState){{accumulator->maximum, sum.hi, sum.lo}};
}

/* The elements of a row, the first of them up to a line where stores go past the caches. */
INLINE void map_row(Map *map, const T *a, const T *b, T *to, ptrdiff_t length,
                    fa_memory memory, RowState state, Offset offset)
{
    bool streaming = memory == FA_NONTEMPORAL;
    ptrdiff_t i = 0;
    uintptr_t over = (uintptr_t)to % 64;
    if (streaming && over && length >= V_WIDTH) {
        i = (ptrdiff_t)((64 - over) / sizeof(T)) % V_WIDTH;
        v_store_part(to, i, map(v_load(a), v_load(b), state, offset));
    }
    for (; i + V_WIDTH <= length; i += V_WIDTH) {
        V value = map(v_load(a + i), v_load(b + i), state, offset);
        if (streaming)
            v_stream(to + i, value);
        else
            v_store(to + i, value);
    }
    if (i < length) {
        /* Lanes beyond the row repeat an element of it, so as to raise no other flag. */
        ptrdiff_t left = length - i;
        V x = v_load_part(a + i, left, v_set(a[i]));
        V y = v_load_part(b + i, left, v_set(b[i]));
        v_store_part(to + i, left, map(x, y, state, offset));
    }
}

INLINE void map_rows(Map *map, int inputs, bool whole, const Total *total,
                     const fa_rows *rows, int count, ptrdiff_t length, fa_memory memory)
{
    Rows in = input_rows(rows);
    T *out = rows->at[inputs];
    Offsets offsets;
    store_offsets(&offsets, v_load(total->word[0]));
    for (int row = 0; row < count; row++) {
        const T *a = in.at[0] + row * in.step[0];
        const T *b = inputs > 1 ? in.at[1] + row * in.step[1] : a;
        T *to = out + row * rows->step[inputs];
        if (whole)
            map_row(map, a, b, to, length, memory, state_of_row(total, row),
                    offset_at(&offsets, row));
        else
            *to = total->word[0][row];
    }
}

/* How many rows stay in the first cache from one reading to the next. Far ones are fewer:
 * what is written takes room there, and the hardware prefetches short bursts better. */
INLINE int rows_together(int inputs, ptrdiff_t length, fa_memory memory)
{
    ptrdiff_t bytes = FA_AXIS_CACHED / inputs / (memory == FA_CACHED ? 1 : 2);
    ptrdiff_t room = bytes / (ptrdiff_t)sizeof(T);
    ptrdiff_t rows = length > 0 ? room / length : room;
    return rows < 1 ? 1 : rows < V_WIDTH ? (int)rows : V_WIDTH;
}

/* Whole rows: some are reduced together, then mapped. */
INLINE void run_rows(Reduce *reduce, Finish *finish, Map *map, int inputs, bool whole,
                     const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                     fa_memory memory)
{
    int most = rows_together(inputs, length, memory);
    fa_rows here = *rows;
    for (int some; count > 0; count -= some) {
        some = count < most ? (int)count : most;
        Accumulator accumulator;
        Total total;
        start(&accumulator);
        reduce(&accumulator, input_rows(&here), some, length);
        store_state(&total, finish(sum_lanes(&accumulator, some)));
        map_rows(map, inputs, whole, &total, &here, some, length, memory);
        for (int k = 0; k <= inputs; k++)
            here.at[k] = (T *)here.at[k] + some * here.step[k];
    }
}

/* ---- rows that are read again and again ---- */

_Static_assert(sizeof(SparseCarry) <= FA_AXIS_CARRY_BYTES, "room of a sparse carry");
_Static_assert(sizeof(SparseState) <= FA_AXIS_TOTAL_BYTES, "room of a sparse state");

static void resume_sparse(void *carry, const void *total)
{
    SparseCarry *it = carry;
    const SparseState *before = total;
    for (int row = 0; row < V_WIDTH; row++) {
        it->row[row] = before ? before->row[row] : (SparseRow){.round = FIND_MAXIMUM};
        it->most[row] = v_set(-INFINITY);
        it->sum[row] = it->weight[row] = to_pair(v_set(0));
    }
}
static bool again_sparse(const void *total)
{
    const SparseState *state = total;
    bool again = false;
    for (int row = 0; row < V_WIDTH; row++) again |= state->row[row].round != SETTLED;
    return again;
}
/* Rows that do not exist have settled. */
static void total_sparse(void *total, void *carry, int count)
{
    SparseState *state = total;
    for (int row = 0; row < V_WIDTH; row++) {
        if (row < count)
            join_lanes(carry, row, &state->row[row]);
        else
            state->row[row] = (SparseRow){.round = SETTLED};
    }
}
static void join_sparse(void *total, const void *with)
{
    SparseState *a = total;
    const SparseState *b = with;
    for (int row = 0; row < V_WIDTH; row++)
        if (a->row[row].round != SETTLED) join_sparse_rows(&a->row[row], &b->row[row]);
}

INLINE void map_sparse_row(Sparse f, const SparseRow *row, const T *a, const T *b,
                           T *to, ptrdiff_t length)
{
    bool none = !is_backward(f) && row->high != row->high;
    for (ptrdiff_t i = 0; i < length; i += V_WIDTH) {
        ptrdiff_t left = length - i;
        V y = v_set(NAN);
        if (!none)
            y = map_sparse(f, load_up_to(a + i, left, v_set(0)),
                           load_up_to(b + i, left, v_set(0)), row);
        if (left >= V_WIDTH)
            v_store(to + i, y);
        else
            v_store_part(to + i, left, y);
    }
}
INLINE void map_sparse_rows(Sparse f, const SparseState *state, const fa_rows *rows,
                            int count, ptrdiff_t length)
{
    Rows in = input_rows(rows);
    int result = is_backward(f) ? 2 : 1;
    for (int row = 0; row < count; row++) {
        const T *a = in.at[0] + row * in.step[0];
        const T *b = is_backward(f) ? in.at[1] + row * in.step[1] : a;
        T *to = (T *)rows->at[result] + row * rows->step[result];
        map_sparse_row(f, &state->row[row], a, b, to, length);
    }
}

/* Whole rows, one after the other: each is read until it has settled. */
INLINE void run_sparse_rows(Sparse f, const fa_rows *rows, ptrdiff_t count,
                            ptrdiff_t length)
{
    fa_rows here = *rows;
    int operands = is_backward(f) ? 3 : 2;
    for (; count > 0; count--) {
        SparseState state;
        SparseRow *row = &state.row[0];
        *row = (SparseRow){.round = FIND_MAXIMUM};
        while (row->round != SETTLED) {
            SparseCarry carry;
            carry.row[0] = *row;
            carry.most[0] = v_set(-INFINITY);
            carry.sum[0] = carry.weight[0] = to_pair(v_set(0));
            read_row(f, &carry, input_rows(&here), 0, length);
            join_lanes(&carry, 0, row);
            finish_row(f, row);
        }
        map_sparse_rows(f, &state, &here, 1, length);
        for (int k = 0; k < operands; k++) here.at[k] = (T *)here.at[k] + here.step[k];
    }
}

/* ---- columns made rows ---- */

/* A square of V_WIDTH lines or fewer, transposed: lower and upper lanes part as in sums. */
INLINE void transpose_square(T *to, ptrdiff_t to_step, const T *from,
                             ptrdiff_t from_step, int lines, int length)
{
    V line[V_WIDTH], none = v_set(0);
    for (int k = 0; k < V_WIDTH; k++)
        line[k] = k < lines ? v_load_part(from + k * from_step, length, none) : none;
    _Pragma("GCC unroll 8")
    for (int distance = V_WIDTH / 2; distance > 0; distance /= 2) {
        M second = lanes_with_bit(distance);
        for (int k = 0; k < V_WIDTH; k++) {
            if (k & distance) continue;
            V a = line[k], b = line[k + distance];
            line[k] = lower(second, a, b, distance);
            line[k + distance] = upper(second, a, b, distance);
        }
    }
    for (int k = 0; k < length; k++) v_store_part(to + k * to_step, lines, line[k]);
}

/* to[j][i] = from[i][j] for i < lines, j < length; steps lead from line to line. */
static void transpose(void *to, ptrdiff_t to_step, const void *from,
                      ptrdiff_t from_step, ptrdiff_t lines, ptrdiff_t length)
{
    T *y = to;
    const T *x = from;
    for (ptrdiff_t i = 0; i < lines; i += V_WIDTH) {
        int high = lines - i < V_WIDTH ? (int)(lines - i) : V_WIDTH;
        for (ptrdiff_t j = 0; j < length; j += V_WIDTH) {
            T *corner = y + j * to_step + i;
            const T *here = x + i * from_step + j;
            if (high == V_WIDTH && length - j >= V_WIDTH)
                transpose_square(corner, to_step, here, from_step, V_WIDTH, V_WIDTH);
            else
                transpose_square(corner, to_step, here, from_step, high,
                                 length - j < V_WIDTH ? (int)(length - j) : V_WIDTH);
        }
    }
}

/* ---- the table ---- */

#define AXIS(name, inputs, whole, overflows, cost, reduce, finish) \
    static void name##_rows(const fa_rows *rows, ptrdiff_t count, ptrdiff_t length, \
                            fa_memory memory) \
    { \
        run_rows(reduce, finish, name, inputs, whole, rows, count, length, memory); \
    } \
    static void name##_map(const void *total, const fa_rows *rows, int count, \
                           ptrdiff_t length, fa_memory memory) \
    { \
        map_rows(name, inputs, whole, total, rows, count, length, memory); \
    }
#define AXIS_IN_ROUNDS(name, inputs, kind, cost) \
    static void name##_rows(const fa_rows *rows, ptrdiff_t count, ptrdiff_t length, \
                            fa_memory memory) \
    { \
        (void)memory; \
        run_sparse_rows(kind, rows, count, length); \
    } \
    static void name##_reduce(void *carry, const fa_rows *rows, int count, \
                              ptrdiff_t length) \
    { \
        for (int row = 0; row < count; row++) \
            read_row(kind, carry, input_rows(rows), row, length); \
    } \
    static void name##_finish(void *total) \
    { \
        SparseState *state = total; \
        for (int row = 0; row < V_WIDTH; row++) finish_row(kind, &state->row[row]); \
    } \
    static void name##_map(const void *total, const fa_rows *rows, int count, \
                           ptrdiff_t length, fa_memory memory) \
    { \
        (void)memory; \
        map_sparse_rows(kind, total, rows, count, length); \
    }
#include "../table/axis.def"
#undef AXIS

#define REDUCTION(reduce, joined) \
    static void reduce##_reduce(void *accumulator, const fa_rows *rows, int count, \
                                ptrdiff_t length) \
    { \
        reduce(accumulator, input_rows(rows), count, length); \
    } \
    static void reduce##_join(void *total, const void *with) \
    { \
        store_state(total, joined(load_state(total), load_state(with))); \
    }
REDUCTION(normalise, merge_normalisers)
REDUCTION(normalise_negated, merge_normalisers)
REDUCTION(add_up, merge_sums)
REDUCTION(add_up_products, merge_sums)

#define FINISH(finish) \
    static void finish##_finish(void *total) \
    { \
        store_state(total, finish(load_state(total))); \
    }
FINISH(finish_softmax)
FINISH(finish_softmax_one)
FINISH(finish_log_pair)
FINISH(finish_logsumexp)
FINISH(finish_sum)

static void save_total(void *total, void *accumulator, int count)
{
    store_state(total, sum_lanes(accumulator, count));
}

#define AXIS(name, inputs, whole, overflows, cost, reduction, ending) \
    {.rows = name##_rows, \
     .reduce = reduction##_reduce, \
     .total = save_total, \
     .join = reduction##_join, \
     .finish = ending##_finish, \
     .map = name##_map},
#define AXIS_IN_ROUNDS(name, inputs, kind, cost) \
    {.rows = name##_rows, \
     .reduce = name##_reduce, \
     .total = total_sparse, \
     .join = join_sparse, \
     .finish = name##_finish, \
     .again = again_sparse, \
     .resume = resume_sparse, \
     .map = name##_map},
static const fa_axis_kernel kernels[] = {
#include "../table/axis.def"
};

extern fa_column_kernel *const PASTE(FA_SYMBOL, _columns)[];
const fa_axis_target PASTE(FA_SYMBOL, _axis) = {
    .side_by_side = V_WIDTH,
    .start = start,
    .transpose = transpose,
    .kernels = kernels,
    .column_kernels = PASTE(FA_SYMBOL, _columns),
    .column_width = FA_COLUMN_REGISTERS * V_LANES,
};
#endif
