/* Kernels become loops: one for each form of an activation or gate.
 *
 * Each kernel returns value and derivative; each form uses what it needs of them, and the
 * compiler drops the rest. A form that only some activations have has a kernel of its own,
 * which returns the derivative alone. */
#ifndef FA_ELEMENTWISE_H
#define FA_ELEMENTWISE_H

#include "../math/derivative.h"
#include "segments.h"

/* Operands of a form on one vector, as far as it has them, and its results. */
typedef struct {
    V g, a, b, p[FA_MAX_PARAMETERS];
} Inputs;
typedef struct {
    V at[FA_MAX_RESULTS];
} Results;
typedef Results Compute(fa_form form, const Inputs *in);

INLINE bool takes_gradient(fa_form form)
{
    return form == FA_BACKWARD || form == FA_BACKWARD_FROM_OUTPUT;
}

INLINE Operands operands_of(fa_form form, int arrays, int parameters, fa_role role,
                            bool costly)
{
    int outputs = form == FA_VALUE_AND_GRAD ? 2 : 1;
    if (form == FA_BACKWARD) outputs = arrays + (role == FA_LEARNABLE ? parameters : 0);
    return (Operands){arrays + takes_gradient(form), parameters, outputs, costly};
}

/* The form of an activation, from what its kernel returns; of gradients the first. */
INLINE Results form_of(Dual f, fa_form form, V g)
{
    switch (form) {
    case FA_VALUE: return (Results){{f.y}};
    case FA_GRAD:
    case FA_GRAD_GRAD: return (Results){{deriv_value(f.dx)}};
    case FA_VALUE_AND_GRAD: return (Results){{f.y, deriv_value(f.dx)}};
    case FA_BACKWARD:
    case FA_BACKWARD_FROM_OUTPUT: return (Results){{deriv_times(g, f.dx)}};
    default: return (Results){{deriv_value(f.dp[form - FA_GRAD_PARAMETER])}};
    }
}

/* ---- one row ---- */

/* Where the operands of a row are. A parameter is read from a vector of its own, or where
 * it has one element, from one vector again and again. */
typedef struct {
    T *at[FA_MAX_OPERANDS];
    ptrdiff_t advance[FA_MAX_OPERANDS]; /* all bits, or none */
} Row;
INLINE Row take_row(T *const *at, const bool *broadcast, Operands operands, bool unit,
                    T (*constants)[V_WIDTH])
{
    Row row;
    int inputs = operands.arrays + operands.parameters;
    for (int k = 0; k < inputs + operands.outputs; k++) {
        row.at[k] = at[k];
        row.advance[k] = -1;
        bool parameter = k >= operands.arrays && k < inputs;
        if (unit || !parameter || !broadcast[k]) continue;
        T *constant = constants[k - operands.arrays];
        v_store(constant, v_set(*at[k]));
        row.at[k] = constant;
        row.advance[k] = 0;
    }
    return row;
}

INLINE V load(const T *from, ptrdiff_t count)
{
    return count == V_WIDTH ? v_load(from) : v_load_part(from, count, v_set(0));
}
INLINE void store(T *to, V value, bool streaming)
{
    if (streaming)
        v_stream(to, value);
    else
        v_store(to, value);
}

/* So many elements from a place on. The parameter is 1 where unit; where known, parameters
 * are those given, constants of the loop. */
INLINE Inputs load_inputs(const Row *row, fa_form form, Operands operands, bool unit,
                          bool known, const V *p, ptrdiff_t i, ptrdiff_t count)
{
    int next = 0, first = operands.arrays;
    Inputs in = {0};
    if (takes_gradient(form)) in.g = load(row->at[next++] + i, count);
    in.a = load(row->at[next++] + i, count);
    if (next < first) in.b = load(row->at[next] + i, count);
    for (int k = 0; k < operands.parameters; k++)
        in.p[k] = unit ? v_set(1)
            : known    ? p[k]
                       : load(row->at[first + k] + (i & row->advance[first + k]),
                           row->advance[first + k] ? count : V_WIDTH);
    return in;
}

/* A vector of each result, or a part of it. Written out: of a loop a compiler that
 * optimises little would compute all results, and tell what overflows in others. */
INLINE void store_results(const Row *row, Operands operands, Results results,
                          ptrdiff_t i, bool streaming)
{
    T *const *to = row->at + operands.arrays + operands.parameters;
    store(to[0] + i, results.at[0], streaming);
    if (operands.outputs > 1) store(to[1] + i, results.at[1], streaming);
    if (operands.outputs > 2) store(to[2] + i, results.at[2], streaming);
    if (operands.outputs > 3) store(to[3] + i, results.at[3], streaming);
    if (operands.outputs > 4) store(to[4] + i, results.at[4], streaming);
}
INLINE void store_part(const Row *row, Operands operands, Results results, ptrdiff_t i,
                       ptrdiff_t count)
{
    T *const *to = row->at + operands.arrays + operands.parameters;
    v_store_part(to[0] + i, count, results.at[0]);
    if (operands.outputs > 1) v_store_part(to[1] + i, count, results.at[1]);
    if (operands.outputs > 2) v_store_part(to[2] + i, count, results.at[2]);
    if (operands.outputs > 3) v_store_part(to[3] + i, count, results.at[3]);
    if (operands.outputs > 4) v_store_part(to[4] + i, count, results.at[4]);
}

INLINE void run_vectors(Compute *compute, fa_form form, Operands operands, bool unit,
                        bool known, const V *p, const Row *row, ptrdiff_t length,
                        bool streaming)
{
    for (ptrdiff_t i = 0; i < length; i += V_WIDTH) {
        Inputs in = load_inputs(row, form, operands, unit, known, p, i, V_WIDTH);
        store_results(row, operands, compute(form, &in), i, streaming);
    }
}

/* ---- rows ---- */

INLINE bool is_unit(Operands operands, const fa_rows *rows, ptrdiff_t count)
{
    int p = operands.arrays;
    return operands.parameters == 1 && rows->broadcast[p]
        && (count == 1 || rows->step[p] == 0) && *(T *)rows->at[p] == 1;
}

INLINE void find_line(T **at, const Segments *s, Operands operands, ptrdiff_t line)
{
    for (int k = 0; k < operands.arrays + operands.parameters + operands.outputs; k++)
        at[k] = s->at[k] + (line > 0 ? line * s->step[k] : 0);
}
INLINE void run_segment(Compute *compute, fa_form form, Operands operands, bool unit,
                        const Segments *s, bool streaming)
{
    T constants[FA_MAX_PARAMETERS][V_WIDTH] ALIGNED;
    T *at[FA_MAX_OPERANDS];
    for (ptrdiff_t line = 0; line < s->lines; line++) {
        find_line(at, s, operands, line);
        Row row = take_row(at, s->broadcast, operands, unit, constants);
        run_vectors(compute, form, operands, unit, false, NULL, &row, s->length,
                    streaming);
    }
}

/* Parameters that a line has in common are vectors before its loop: what depends on them
 * alone, a division by one, leaves it. */
INLINE void run_shared_segment(Compute *compute, fa_form form, Operands operands,
                               const Segments *s, bool streaming)
{
    T *at[FA_MAX_OPERANDS];
    V p[FA_MAX_PARAMETERS];
    for (ptrdiff_t line = 0; line < s->lines; line++) {
        find_line(at, s, operands, line);
        for (int k = 0; k < operands.parameters; k++)
            p[k] = v_set(*at[operands.arrays + k]);
        Row row = take_row(at, s->broadcast, operands, true, NULL);
        run_vectors(compute, form, operands, false, true, p, &row, s->length,
                    streaming);
    }
}
INLINE bool shares_parameters(const Segments *s, Operands operands)
{
    bool shared = true;
    for (int k = 0; k < operands.parameters; k++)
        shared &= s->broadcast[operands.arrays + k];
    return shared;
}

/* By a costly kernel, whose body exists once, and again for a parameter of 1 where that is
 * the default: of a compile-time 1 the compiler drops multiplications. */
INLINE void run_costly(Compute *compute, fa_form form, Operands operands,
                       bool one_by_default, const fa_rows *rows, ptrdiff_t count,
                       ptrdiff_t length, fa_memory memory)
{
    bool unit = one_by_default && is_unit(operands, rows, count);
    Segments s;
    first_segment(&s, operands, rows, count, length, memory);
    do {
        bool streaming = memory == FA_NONTEMPORAL && !s.packed;
        if (unit)
            run_segment(compute, form, operands, true, &s, streaming);
        else
            run_segment(compute, form, operands, false, &s, streaming);
    } while (another_segment(&s));
}

/* By one with parameters that are not 1 by default: its body exists again for those that a
 * line has in common. */
INLINE void run_costly_shared(Compute *compute, fa_form form, Operands operands,
                              const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                              fa_memory memory)
{
    Segments s;
    first_segment(&s, operands, rows, count, length, memory);
    do {
        bool streaming = memory == FA_NONTEMPORAL && !s.packed;
        if (shares_parameters(&s, operands))
            run_shared_segment(compute, form, operands, &s, streaming);
        else
            run_segment(compute, form, operands, false, &s, streaming);
    } while (another_segment(&s));
}

/* By a cheap one, which takes less time than to pack the end of a row. Parameters that are
 * the same for a row are vectors before its loop, so that tests of them leave it. */
INLINE void run_row(Compute *compute, fa_form form, Operands operands, bool known,
                    const V *p, const Row *row, ptrdiff_t length, bool streaming)
{
    ptrdiff_t whole = length - length % V_WIDTH, left = length - whole;
    if (known)
        run_vectors(compute, form, operands, false, true, p, row, whole, streaming);
    else
        run_vectors(compute, form, operands, false, false, p, row, whole, streaming);
    if (left == 0) return;
    Inputs in = load_inputs(row, form, operands, false, known, p, whole, left);
    store_part(row, operands, compute(form, &in), whole, left);
}
INLINE void run_cheap(Compute *compute, fa_form form, Operands operands,
                      const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                      fa_memory memory)
{
    int first = operands.arrays, inputs = first + operands.parameters;
    bool streaming = memory == FA_NONTEMPORAL, known = operands.parameters > 0;
    for (int k = first; k < inputs; k++) known &= rows->broadcast[k];
    T constants[FA_MAX_PARAMETERS][V_WIDTH] ALIGNED;
    for (ptrdiff_t r = 0; r < count; r++) {
        T *at[FA_MAX_OPERANDS];
        for (int k = 0; k < inputs + operands.outputs; k++)
            at[k] = row_of(rows, count > 1 ? r : 0, k);
        if (memory == FA_PREFETCH)
            prefetch_next_row(rows, operands.arrays, r, count, length);
        V p[FA_MAX_PARAMETERS];
        for (int k = first; k < inputs; k++) p[k - first] = v_set(*at[k]);
        Row row = take_row(at, rows->broadcast, operands, known, constants);
        run_row(compute, form, operands, known, p, &row, length, streaming);
    }
}

#endif
