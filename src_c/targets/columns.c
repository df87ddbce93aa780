/* The functions along an axis on one target, for columns that are neighbours in memory.
 *
 * Vectors are two registers here: short columns wait for each operation. The only symbol
 * is fa_<isa>_f<precision>_columns. */
#include "../simd/simd.h"
#include "target.h"

#ifndef V_AVAILABLE
fa_column_kernel *const PASTE(FA_SYMBOL, _columns)[] = {NULL};
#else

#undef V_UNROLL
#define V_UNROLL 2 /* FA_COLUMN_REGISTERS */
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/columns.h"

_Static_assert(V_UNROLL == FA_COLUMN_REGISTERS, "registers of columns");

typedef RowState ReduceColumns(const Columns *in, ptrdiff_t length);
typedef RowState Finish(RowState state);

INLINE RowState normalise(const Columns *in, ptrdiff_t length)
{
    return normalise_columns(1, in, length);
}
INLINE RowState normalise_negated(const Columns *in, ptrdiff_t length)
{
    return normalise_columns(-1, in, length);
}
INLINE RowState add_up(const Columns *in, ptrdiff_t length)
{
    return sum_columns(false, in, length);
}
INLINE RowState add_up_products(const Columns *in, ptrdiff_t length)
{
    return sum_columns(true, in, length);
}

INLINE void run_columns(ReduceColumns *reduce, Finish *finish, Map *map, int inputs,
                        bool whole, const fa_rows *columns, ptrdiff_t count,
                        ptrdiff_t length)
{
    int second = inputs - 1;
    Columns in = {{columns->at[0], columns->at[second]},
                  {columns->step[0], columns->step[second]}};
    T *out = columns->at[inputs];
    for (; count > 0; count -= V_WIDTH) {
        RowState state = finish(reduce(&in, length));
        Offset offset = offset_of(state.word[0]);
        if (!whole) v_store(out, state.word[0]);
        for (ptrdiff_t i = 0; whole && i < length; i++)
            v_store(out + i * columns->step[inputs],
                    map(element(&in, 0, i), element(&in, 1, i), state, offset));
        in.at[0] += V_WIDTH, in.at[1] += V_WIDTH, out += V_WIDTH;
    }
}

/* ---- the table ---- */

#define AXIS(name, inputs, whole, overflows, cost, reduce, finish) \
    static void name##_columns(const fa_rows *columns, ptrdiff_t count, \
                               ptrdiff_t length) \
    { \
        run_columns(reduce, finish, name, inputs, whole, columns, count, length); \
    }
#include "../table/axis.def"
#undef AXIS

#define AXIS(name, inputs, whole, overflows, cost, reduce, finish) name##_columns,
#define AXIS_IN_ROUNDS(name, inputs, kind, cost) NULL,
fa_column_kernel *const PASTE(FA_SYMBOL, _columns)[] = {
#include "../table/axis.def"
};
#endif
