/* Plans along an axis are carried out.
 *
 * Rows that are contiguous go to the kernel where they lie, short ones transposed. So do
 * short columns, rows whose neighbours in memory are other rows, or they go in panels if the
 * first cache would not keep them. Others pass through scratch: as many whole rows as it
 * holds, or else some rows side by side, a block of each at a time, once for the sums and
 * once for the elements. */
#include <string.h>

#include "../simd/fenv.h"
#include "axis_plan.h"
#include "cursor.h"
#include "plan.h"
#include "strided_copy.h"

enum { PAD_BYTES = FA_AXIS_MAX_ROWS * FA_LINE_BYTES }; /* between rows in scratch */

typedef struct {
    _Alignas(
        FA_LINE_BYTES) char wide[FA_AXIS_OPERANDS - 1][FA_SCRATCH_BYTES + PAD_BYTES];
    char items[FA_SCRATCH_BYTES + PAD_BYTES];
} Scratch;

typedef struct {
    _Alignas(FA_LINE_BYTES) char bytes[FA_AXIS_CARRY_BYTES];
} Carry;
typedef struct {
    _Alignas(FA_LINE_BYTES) char bytes[FA_AXIS_TOTAL_BYTES];
} Total;

/* Some rows side by side: where each operand starts, and bytes from row to row. */
typedef struct {
    char *at[FA_AXIS_OPERANDS];
    ptrdiff_t step[FA_AXIS_OPERANDS];
} Place;

static Place from_row(const fa_axis_plan *plan, Place place, ptrdiff_t row)
{
    for (int k = 0; k < plan->operands; k++) place.at[k] += row * place.step[k];
    return place;
}

/* ---- between arrays and scratch ---- */

/* Bytes from row to row in scratch for elements of this size. Lines of several rows must
 * not all fall to the same places of a cache. */
static ptrdiff_t pitch(const fa_axis_plan *plan, ptrdiff_t bytes, ptrdiff_t rows,
                       ptrdiff_t length)
{
    ptrdiff_t pad =
        length >= FA_AXIS_BLOCK && rows <= FA_AXIS_MAX_ROWS ? FA_LINE_BYTES : 0;
    return (length + pad / plan->bytes) * bytes;
}

/* Rows in scratch by the factor; -0 as the term keeps the sign of 0. */
static void multiply(const fa_axis_plan *plan, char *row, ptrdiff_t row_bytes,
                     ptrdiff_t rows, ptrdiff_t length)
{
    static const float single_zero = -0.0F;
    static const double double_zero = -0.0;
    const void *zero = plan->bytes == 8 ? (const void *)&double_zero : &single_zero;
    fa_coefficient factor = {plan->factor, true}, term = {zero, true};
    if (row_bytes == length * plan->bytes) length *= rows, rows = 1;
    for (; rows > 0; rows--, row += row_bytes)
        plan->affine_map(row, row, factor, term, length);
}

static void gather(const fa_axis_plan *plan, int k, Place place, ptrdiff_t rows,
                   ptrdiff_t start, ptrdiff_t length, Scratch *scratch)
{
    const fa_axis_operand *it = &plan->operand[k];
    ptrdiff_t bytes = it->format.bytes, stride = plan->stride[k], step = place.step[k];
    ptrdiff_t row = pitch(plan, bytes, rows, length);
    const char *from = place.at[k] + start * stride;
    if (it->transposable && step == bytes) {
        plan->axis->transpose(scratch->wide[k], row / bytes, from, stride / bytes,
                              length, rows);
    } else {
        Strides there = {step, stride}, here = {row, bytes};
        char *to = it->format.convert ? scratch->items : scratch->wide[k];
        fa_copy(to, here, from, there, (size_t)bytes, rows, length);
        fa_widen(&it->format, to, scratch->wide[k], rows * (row / bytes));
    }
    if (plan->factor && k == 0)
        multiply(plan, scratch->wide[k], row / bytes * plan->bytes, rows, length);
}

/* The result lies where the first operand did. */
static void scatter(const fa_axis_plan *plan, Place place, ptrdiff_t rows,
                    ptrdiff_t start, ptrdiff_t length, Scratch *scratch)
{
    int k = plan->operands - 1;
    const fa_axis_operand *it = &plan->operand[k];
    ptrdiff_t bytes = it->format.bytes, stride = plan->stride[k], step = place.step[k];
    ptrdiff_t row = plan->whole ? pitch(plan, bytes, rows, length) : bytes;
    char *to = place.at[k] + start * stride;
    if (it->transposable && step == bytes) {
        plan->axis->transpose(to, stride / bytes, scratch->wide[0], row / bytes, rows,
                              length);
        return;
    }
    Strides there = {step, stride}, here = {row, bytes};
    char *from = it->format.convert ? scratch->items : scratch->wide[0];
    fa_narrow(&it->format, from, scratch->wide[0], rows * (row / bytes));
    fa_copy(to, there, from, here, (size_t)bytes, rows, length);
}

/* Rows of this length in scratch. */
static fa_rows rows_in_scratch(const fa_axis_plan *plan, ptrdiff_t count,
                               ptrdiff_t length, Scratch *scratch)
{
    fa_rows rows = {0};
    ptrdiff_t row = pitch(plan, plan->bytes, count, length) / plan->bytes;
    for (int k = 0; k < plan->operands; k++) {
        bool result = k == plan->operands - 1;
        rows.at[k] = scratch->wide[result ? 0 : k];
        rows.step[k] = result && !plan->whole ? 1 : row;
    }
    return rows;
}

static fa_rows rows_in_place(const fa_axis_plan *plan, Place place, ptrdiff_t start)
{
    fa_rows rows = {0};
    for (int k = 0; k < plan->operands; k++) {
        /* The one number of a row is written with its first part. */
        rows.at[k] = place.at[k] + start * plan->bytes;
        rows.step[k] = place.step[k] / plan->bytes;
    }
    return rows;
}

/* ---- rows by parts and blocks ---- */

/* How many elements of each of these rows scratch holds: whole blocks. */
static ptrdiff_t stretch(const fa_axis_plan *plan, int rows)
{
    ptrdiff_t room = FA_SCRATCH_BYTES / plan->bytes / rows;
    return room / FA_AXIS_BLOCK * FA_AXIS_BLOCK;
}

static ptrdiff_t end_of_part(const fa_axis_plan *plan, int part)
{
    return part == plan->parts - 1 ? plan->length : (part + 1) * plan->part;
}

/* What is done with each part, in any order. */
typedef void PartStep(const fa_axis_plan *plan, Place place, int rows, int part,
                      const Total *earlier, Total *totals);

static void reduce_part(const fa_axis_plan *plan, Place place, int rows, int part,
                        const Total *earlier, Total *totals)
{
    Carry carry;
    if (plan->kernel->resume)
        plan->kernel->resume(&carry, earlier);
    else
        plan->axis->start(&carry);
    ptrdiff_t start = part * plan->part, end = end_of_part(plan, part);
    if (plan->direct) {
        fa_rows here = rows_in_place(plan, place, start);
        plan->kernel->reduce(&carry, &here, rows, end - start);
    } else {
        Scratch scratch;
        for (ptrdiff_t most = stretch(plan, rows), some; start < end; start += some) {
            some = end - start < most ? end - start : most;
            for (int k = 0; k < plan->operands - 1; k++)
                gather(plan, k, place, rows, start, some, &scratch);
            fa_rows here = rows_in_scratch(plan, rows, some, &scratch);
            plan->kernel->reduce(&carry, &here, rows, some);
        }
    }
    plan->kernel->total(&totals[part], &carry, rows);
}

/* The first total is that of the rows. */
static void map_part(const fa_axis_plan *plan, Place place, int rows, int part,
                     const Total *earlier, Total *totals)
{
    (void)earlier;
    ptrdiff_t start = part * plan->part, end = end_of_part(plan, part);
    if (!plan->whole) end = start + 1;
    if (plan->direct) {
        fa_rows here = rows_in_place(plan, place, start);
        plan->kernel->map(totals, &here, rows, end - start, plan->memory);
        if (plan->memory == FA_NONTEMPORAL) plan->fence();
        return;
    }
    Scratch scratch;
    for (ptrdiff_t most = stretch(plan, rows), some; start < end; start += some) {
        some = end - start < most ? end - start : most;
        for (int k = 0; plan->whole && k < plan->operands - 1; k++)
            gather(plan, k, place, rows, start, some, &scratch);
        fa_rows here = rows_in_scratch(plan, rows, some, &scratch);
        plan->kernel->map(totals, &here, rows, some, FA_CACHED);
        scatter(plan, place, rows, start, some, &scratch);
    }
}

/* The step on all parts, shared by members threads. Returns what overflowed. */
static fa_control for_parts(PartStep *step, const fa_axis_plan *plan, Place place,
                            int rows, int parts, int members, const Total *earlier,
                            Total *totals)
{
    fa_control raised = 0;
    if (members == 1) {
        fa_control before = control_enter(plan->callers);
        for (int part = 0; part < parts; part++)
            step(plan, place, rows, part, earlier, totals);
        return control_leave(before);
    }
#ifdef _OPENMP
#pragma omp parallel for num_threads(members) schedule(static) reduction(| : raised)
#endif
    for (int part = 0; part < parts; part++) {
        fa_control before = control_enter(plan->callers);
        step(plan, place, rows, part, earlier, totals);
        raised |= control_leave(before);
    }
    return raised;
}

/* One reading of some rows side by side: what they are reduced to is the first total. */
static fa_control reduce_parts(const fa_axis_plan *plan, Place place, int rows,
                               int members, const Total *earlier, Total *totals)
{
    fa_control raised = for_parts(reduce_part, plan, place, rows, plan->parts, members,
                                  earlier, totals);
    fa_control word = control_enter(plan->callers);
    for (int part = 1; part < plan->parts; part++)
        plan->kernel->join(&totals[0], &totals[part]);
    plan->kernel->finish(&totals[0]);
    return raised | control_leave(word);
}

static fa_control run_parts(const fa_axis_plan *plan, Place place, int rows,
                            int members)
{
    Total totals[FA_MAX_ROW_PARTS], earlier;
    fa_control raised = reduce_parts(plan, place, rows, members, NULL, totals);
    while (plan->kernel->again && plan->kernel->again(&totals[0])) {
        earlier = totals[0];
        raised |= reduce_parts(plan, place, rows, members, &earlier, totals);
    }
    int parts = plan->whole ? plan->parts : 1;
    return raised
        | for_parts(map_part, plan, place, rows, parts, members, NULL, totals);
}

/* ---- any number of rows ---- */

static fa_control run_in_scratch(const fa_axis_plan *plan, Place place, ptrdiff_t rows,
                                 ptrdiff_t most)
{
    Scratch scratch;
    fa_control before = control_enter(plan->callers);
    for (ptrdiff_t done = 0, some; done < rows; done += some) {
        some = rows - done < most ? rows - done : most;
        Place at = from_row(plan, place, done);
        for (int k = 0; k < plan->operands - 1; k++)
            gather(plan, k, at, some, 0, plan->length, &scratch);
        fa_rows here = rows_in_scratch(plan, some, plan->length, &scratch);
        plan->kernel->rows(&here, some, plan->length, FA_CACHED);
        scatter(plan, at, some, 0, plan->whole ? plan->length : 1, &scratch);
    }
    return control_leave(before);
}

/* ---- columns ---- */

static ptrdiff_t whole_vectors(const fa_axis_plan *plan, ptrdiff_t columns)
{
    ptrdiff_t width = plan->axis->column_width;
    return (columns + width - 1) / width * width;
}

/* The lanes of the last vector that have no column hold 0. */
static void clear_empty_lanes(const fa_axis_plan *plan, char *to, ptrdiff_t columns,
                              ptrdiff_t bytes)
{
    ptrdiff_t wide = whole_vectors(plan, columns);
    size_t empty = (size_t)((wide - columns) * bytes);
    for (ptrdiff_t i = 0; empty > 0 && i < plan->length; i++)
        memset(to + (i * wide + columns) * bytes, 0, empty);
}

/* In scratch the elements of a panel's columns lie as in the array, but next to each
 * other. */
static void gather_panel(const fa_axis_plan *plan, int k, Place place,
                         ptrdiff_t columns, Scratch *scratch)
{
    const fa_format *format = &plan->operand[k].format;
    ptrdiff_t bytes = format->bytes, length = plan->length;
    ptrdiff_t wide = whole_vectors(plan, columns);
    Strides there = {plan->stride[k], bytes}, here = {wide * bytes, bytes};
    char *to = format->convert ? scratch->items : scratch->wide[k];
    fa_copy(to, here, place.at[k], there, (size_t)bytes, length, columns);
    clear_empty_lanes(plan, to, columns, bytes);
    fa_widen(format, to, scratch->wide[k], length * wide);
    if (plan->factor && k == 0)
        multiply(plan, scratch->wide[k], wide * plan->bytes, length, wide);
}

static void scatter_panel(const fa_axis_plan *plan, Place place, ptrdiff_t columns,
                          Scratch *scratch)
{
    int k = plan->operands - 1;
    const fa_format *format = &plan->operand[k].format;
    ptrdiff_t wide = whole_vectors(plan, columns);
    ptrdiff_t length = plan->whole ? plan->length : 1;
    size_t row = (size_t)(columns * format->bytes);
    char *from = format->convert ? scratch->items : scratch->wide[0];
    char *to = place.at[k];
    fa_narrow(format, from, scratch->wide[0], length * wide);
    for (; length > 0; length--, from += wide * format->bytes, to += plan->stride[k]) {
        if (plan->memory == FA_NONTEMPORAL)
            plan->stream(to, from, row);
        else
            memcpy(to, from, row);
    }
}

/* A panel's columns fill vectors, except for the last ones. The result of whole vectors goes
 * where it belongs, unless it is stored past the caches. */
static void run_panels(const fa_axis_plan *plan, Place place, ptrdiff_t columns,
                       ptrdiff_t panel)
{
    Scratch scratch;
    int result = plan->operands - 1;
    ptrdiff_t width = plan->axis->column_width;
    for (ptrdiff_t some; columns > 0; columns -= some) {
        some = columns < panel ? columns : panel;
        if (some > width) some -= some % width;
        bool there = plan->panel_result_in_place && some % width == 0;
        fa_rows here = {0};
        for (int k = 0; k < result; k++) {
            gather_panel(plan, k, place, some, &scratch);
            here.at[k] = scratch.wide[k];
            here.step[k] = whole_vectors(plan, some);
        }
        here.at[result] = there ? place.at[result] : scratch.wide[0];
        here.step[result] = there ? plan->stride[result] / plan->bytes : here.step[0];
        plan->column_kernel(&here, here.step[0], plan->length);
        if (!there) scatter_panel(plan, place, some, &scratch);
        place = from_row(plan, place, some);
    }
    if (plan->memory == FA_NONTEMPORAL) plan->fence();
}

/* Those that fill vectors where they lie, unless there are panels; the last ones as one. */
static fa_control run_columns(const fa_axis_plan *plan, Place place, ptrdiff_t columns)
{
    fa_control before = control_enter(plan->callers);
    ptrdiff_t width = plan->axis->column_width, panel = plan->panel;
    if (panel == 0) {
        fa_rows here = rows_in_place(plan, place, 0);
        for (int k = 0; k < plan->operands; k++)
            here.step[k] = plan->stride[k] / plan->bytes;
        ptrdiff_t whole = columns - columns % width;
        if (whole > 0) plan->column_kernel(&here, whole, plan->length);
        place = from_row(plan, place, whole);
        columns -= whole, panel = width;
    }
    run_panels(plan, place, columns, panel);
    return control_leave(before);
}

/* Short rows as columns: transposed on their way to scratch and back. */
static fa_control run_transposed(const fa_axis_plan *plan, Place place, ptrdiff_t rows)
{
    Scratch scratch;
    int result = plan->operands - 1;
    ptrdiff_t bytes = plan->bytes, length = plan->length;
    fa_control before = control_enter(plan->callers);
    for (ptrdiff_t some; rows > 0; rows -= some) {
        some = rows < plan->panel ? rows : plan->panel;
        ptrdiff_t wide = whole_vectors(plan, some);
        fa_rows here = {0};
        for (int k = 0; k < plan->operands; k++) {
            here.at[k] = scratch.wide[k < result ? k : 0];
            here.step[k] = wide;
            if (k == result) continue;
            plan->axis->transpose(here.at[k], wide, place.at[k], place.step[k] / bytes,
                                  some, length);
            clear_empty_lanes(plan, here.at[k], some, bytes);
        }
        plan->column_kernel(&here, wide, length);
        plan->axis->transpose(place.at[result], place.step[result] / bytes,
                              here.at[result], wide, plan->whole ? length : 1, some);
        place = from_row(plan, place, some);
    }
    return control_leave(before);
}

/* ---- one step ---- */

static fa_control run_stretch(const fa_axis_plan *plan, Place place, ptrdiff_t rows,
                              int members)
{
    if (plan->strided_columns) return run_columns(plan, place, rows);
    if (plan->transposed) return run_transposed(plan, place, rows);
    if (plan->direct && plan->parts == 1) {
        fa_rows here = rows_in_place(plan, place, 0);
        fa_control before = control_enter(plan->callers);
        plan->kernel->rows(&here, rows, plan->length, plan->memory);
        if (plan->memory == FA_NONTEMPORAL) plan->fence();
        return control_leave(before);
    }
    /* Columns go side by side as many as lie on a line of memory, to read it once. */
    ptrdiff_t room = FA_SCRATCH_BYTES / plan->bytes, width = plan->axis->side_by_side;
    ptrdiff_t fit = plan->length ? room / plan->length : room;
    ptrdiff_t wanted = plan->columns ? FA_LINE_BYTES / plan->bytes : 1;
    if (!plan->direct && fit > 0 && (fit >= rows || fit >= wanted))
        return run_in_scratch(plan, place, rows, fit);
    ptrdiff_t most = plan->direct ? 1 : room / FA_AXIS_BLOCK;
    if (most > width) most = width;
    fa_control raised = 0;
    for (ptrdiff_t done = 0, some; done < rows; done += some) {
        some = rows - done < most ? rows - done : most;
        raised |= run_parts(plan, from_row(plan, place, done), (int)some, members);
    }
    return raised;
}

static fa_control run_range(const fa_axis_plan *plan, ptrdiff_t from, ptrdiff_t to,
                            int members)
{
    const fa_job *rows = &plan->rows;
    int inner = rows->dims - 1;
    fa_control raised = 0;
    Cursor cursor;
    go_to(&cursor, rows, plan->operands, from);
    while (from < to) {
        ptrdiff_t left = left_in_row(&cursor, rows);
        Span span = {1, left < to - from ? left : to - from};
        Place place;
        for (int k = 0; k < plan->operands; k++) {
            place.at[k] = cursor.at[k];
            place.step[k] = rows->strides[k][inner];
        }
        raised |= run_stretch(plan, place, span.length, members);
        advance(&cursor, rows, plan->operands, span);
        from += span.length;
    }
    return raised;
}

static fa_control run_shares(const fa_axis_plan *plan)
{
    ptrdiff_t units = (plan->count + plan->unit - 1) / plan->unit;
    int members = plan->members;
    if (members == 1 || plan->members_share_rows)
        return run_range(plan, 0, plan->count, members);
    fa_control raised = 0;
#ifdef _OPENMP
#pragma omp parallel for num_threads(members) schedule(static, 1) reduction(| : raised)
#endif
    for (int member = 0; member < members; member++) {
        ptrdiff_t from = units * member / members * plan->unit;
        ptrdiff_t to = units * (member + 1) / members * plan->unit;
        raised |= run_range(plan, from, to < plan->count ? to : plan->count, 1);
    }
    return raised;
}

/* ---- entry points ---- */

bool fa_run_axis(const fa_axis_job *job)
{
    const fa_axis_function *function = &fa_axis_functions[job->op->function];
    ptrdiff_t elements = function->whole ? job->shape[job->axis] : 1;
    for (int d = 0; d < job->dims; d++)
        if (d != job->axis) elements *= job->shape[d];
    if (elements == 0) return false;
    fa_control callers = control_read();
    fa_axis_plan plan; /* not cleared: kilobytes, of which most jobs need a few words */
    plan.callers = callers;
    fa_make_axis_plan(&plan, job);
    fa_control raised = run_shares(&plan);
    fa_end_axis_plan(&plan);
    /* Arithmetic on sizes and costs raises flags, too. */
    if (control_read() != callers) control_write(callers);
    bool narrowed = job->op->dtype[function->inputs] == FA_FLOAT16;
    return raised && (function->overflows || narrowed);
}

void fa_axis_loop(char **args, const intptr_t *dimensions, const intptr_t *steps,
                  void *data)
{
    const fa_axis_op *op = data;
    const fa_axis_function *function = &fa_axis_functions[op->function];
    int operands = function->inputs + 1;
    fa_axis_job job; /* not cleared, likewise */
    job.op = op;
    job.factor = 1;
    job.dims = 2;
    job.axis = 1;
    job.shape[0] = dimensions[0];
    job.shape[1] = dimensions[1];
    for (int k = 0; k < operands; k++) {
        bool whole = k < function->inputs || function->whole;
        job.data[k] = args[k];
        job.strides[k][0] = steps[k];
        job.strides[k][1] = whole ? steps[operands + k] : 0;
    }
    if (fa_run_axis(&job)) control_write(control_read() | CONTROL_OVERFLOW);
}
