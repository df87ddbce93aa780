/* Functions along an axis: from arrays of any layout to rows of the kernel's precision.
 *
 * Rows that are contiguous go to the kernel as they lie, and so do short columns, rows
 * whose neighbours in memory are other rows. Others pass through scratch: as many whole
 * rows as it holds, or else some rows side by side, a block of each at a time, once for
 * the sums and once for the elements. A very long row is summed in parts, which threads
 * can share. Where a row is cut depends on its length alone, and so do the bits of the
 * result. */
#include <stdlib.h>

#include "copy.h"
#include "fastact.h"
#include "loop.h"
#include "machine.h"
#include "walk.h"

enum {
    SCRATCH_BYTES = 1 << 16, /* of one operand */
    LINE_BYTES = 64,
    PAD_BYTES = FA_AXIS_MAX_ROWS * LINE_BYTES, /* between rows */
    PART = 1 << 16, /* elements of a row that no part is shorter than, and ... */
    MOST_PARTS = 64, /* ... how many parts there are at most */
    ACROSS = 512, /* elements of a column up to which it is read from place to place */
    STREAMED = 4096, /* elements of a row from which on stores may go past the caches */
    WAITED = 512, /* bytes that are loaded while others are stored */
};

/* An element through scratch, in ns. */
static const double NS_OF_A_COPY = 0.3;

typedef struct {
    fa_convert
        *convert; /* to or from the kernel's precision; NULL: it is that already */
    ptrdiff_t bytes;
    bool in_rows; /* the kernel can take it where it lies */
    bool turned; /* ... but for columns to be made rows */
    bool across; /* the kernel for columns can take it where it lies */
} Operand;

typedef struct {
    const fa_axis_target *axis;
    const fa_axis_kernel *kernel;
    const fa_axis_job *job;
    int operands; /* the last is the result */
    ptrdiff_t bytes; /* of an element of the kernel's precision */
    ptrdiff_t part; /* elements */
    int parts;
    bool whole; /* the result is as long as the row */
    bool columns; /* neighbours in memory belong to different rows */
    bool direct, across;
    fa_memory memory;
    void (*fence)(void);
    fa_control callers; /* control word, for every thread */
    Operand operand[FA_AXIS_OPERANDS];
} Plan;

typedef struct {
    _Alignas(LINE_BYTES) char wide[FA_AXIS_OPERANDS - 1][SCRATCH_BYTES + PAD_BYTES];
    char items[SCRATCH_BYTES + PAD_BYTES];
} Scratch;

typedef struct {
    _Alignas(LINE_BYTES) char bytes[FA_AXIS_CARRY_BYTES];
} Carry;
typedef struct {
    _Alignas(LINE_BYTES) char bytes[FA_AXIS_TOTAL_BYTES];
} Total;

/* Some rows side by side: where each operand starts, and bytes from row to row. */
typedef struct {
    char *at[FA_AXIS_OPERANDS];
    ptrdiff_t step[FA_AXIS_OPERANDS];
} Place;

static Place from_row(const Plan *plan, Place place, ptrdiff_t row)
{
    for (int k = 0; k < plan->operands; k++) place.at[k] += row * place.step[k];
    return place;
}

/* ---- between arrays and scratch ---- */

/* Bytes from row to row in scratch for elements of this size. Lines of several rows must
 * not all fall to the same places of a cache. */
static ptrdiff_t pitch(const Plan *plan, ptrdiff_t bytes, ptrdiff_t rows,
                       ptrdiff_t length)
{
    ptrdiff_t pad =
        length >= FA_AXIS_BLOCK && rows <= FA_AXIS_MAX_ROWS ? LINE_BYTES : 0;
    return (length + pad / plan->bytes) * bytes;
}

static void gather(const Plan *plan, int k, Place place, ptrdiff_t rows,
                   ptrdiff_t start, ptrdiff_t length, Scratch *scratch)
{
    const Operand *it = &plan->operand[k];
    ptrdiff_t stride = plan->job->stride[k], step = place.step[k];
    ptrdiff_t row = pitch(plan, it->bytes, rows, length);
    const char *from = place.at[k] + start * stride;
    if (it->turned && step == it->bytes) {
        plan->axis->turn(scratch->wide[k], row / it->bytes, from, stride / it->bytes,
                         length, rows);
        return;
    }
    Strides there = {step, stride}, here = {row, it->bytes};
    char *to = it->convert ? scratch->items : scratch->wide[k];
    fa_copy(to, here, from, there, (size_t)it->bytes, rows, length);
    if (it->convert)
        it->convert(scratch->wide[k], scratch->items, rows * (row / it->bytes));
}

/* The result lies where the first operand did. */
static void scatter(const Plan *plan, Place place, ptrdiff_t rows, ptrdiff_t start,
                    ptrdiff_t length, Scratch *scratch)
{
    int k = plan->operands - 1;
    const Operand *it = &plan->operand[k];
    ptrdiff_t stride = plan->job->stride[k], step = place.step[k];
    ptrdiff_t row = plan->whole ? pitch(plan, it->bytes, rows, length) : it->bytes;
    char *to = place.at[k] + start * stride;
    if (it->turned && step == it->bytes) {
        plan->axis->turn(to, stride / it->bytes, scratch->wide[0], row / it->bytes,
                         rows, length);
        return;
    }
    Strides there = {step, stride}, here = {row, it->bytes};
    char *from = it->convert ? scratch->items : scratch->wide[0];
    if (it->convert)
        it->convert(scratch->items, scratch->wide[0], rows * (row / it->bytes));
    fa_copy(to, there, from, here, (size_t)it->bytes, rows, length);
}

/* Rows of this length in scratch. */
static fa_rows rows_in_scratch(const Plan *plan, ptrdiff_t count, ptrdiff_t length,
                               Scratch *scratch)
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

static fa_rows rows_in_place(const Plan *plan, Place place, ptrdiff_t start)
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
static ptrdiff_t stretch(const Plan *plan, int rows)
{
    ptrdiff_t room = SCRATCH_BYTES / plan->bytes / rows;
    return room / FA_AXIS_BLOCK * FA_AXIS_BLOCK;
}

static ptrdiff_t end_of_part(const Plan *plan, int part)
{
    return part == plan->parts - 1 ? plan->job->length : (part + 1) * plan->part;
}

/* What is done with each part, in any order. */
typedef void Step(const Plan *plan, Place place, int rows, int part, Total *totals);

static void reduce_part(const Plan *plan, Place place, int rows, int part,
                        Total *totals)
{
    Carry carry;
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
static void map_part(const Plan *plan, Place place, int rows, int part, Total *totals)
{
    ptrdiff_t start = part * plan->part, end = end_of_part(plan, part);
    if (!plan->whole) end = start + 1;
    if (plan->direct) {
        fa_rows here = rows_in_place(plan, place, start);
        plan->kernel->map(totals, &here, rows, end - start, plan->memory);
        if (plan->memory == FA_PAST) plan->fence();
        return;
    }
    Scratch scratch;
    for (ptrdiff_t most = stretch(plan, rows), some; start < end; start += some) {
        some = end - start < most ? end - start : most;
        for (int k = 0; plan->whole && k < plan->operands - 1; k++)
            gather(plan, k, place, rows, start, some, &scratch);
        fa_rows here = rows_in_scratch(plan, rows, some, &scratch);
        plan->kernel->map(totals, &here, rows, some, FA_NEAR);
        scatter(plan, place, rows, start, some, &scratch);
    }
}

/* The step on all parts, shared by members threads. Returns what overflowed. */
static fa_control for_parts(Step *step, const Plan *plan, Place place, int rows,
                            int parts, int members, Total *totals)
{
    fa_control raised = 0;
    if (members == 1) {
        fa_control before = enter(plan->callers);
        for (int part = 0; part < parts; part++) step(plan, place, rows, part, totals);
        return leave(before);
    }
#ifdef _OPENMP
#pragma omp parallel for num_threads(members) schedule(static) reduction(| : raised)
#endif
    for (int part = 0; part < parts; part++) {
        fa_control before = enter(plan->callers);
        step(plan, place, rows, part, totals);
        raised |= leave(before);
    }
    return raised;
}

/* Some rows side by side. */
static fa_control run_parts(const Plan *plan, Place place, int rows, int members)
{
    Total totals[MOST_PARTS];
    fa_control raised =
        for_parts(reduce_part, plan, place, rows, plan->parts, members, totals);
    fa_control before = enter(plan->callers);
    for (int part = 1; part < plan->parts; part++)
        plan->kernel->join(&totals[0], &totals[part]);
    plan->kernel->finish(&totals[0]);
    raised |= leave(before);
    int parts = plan->whole ? plan->parts : 1;
    return raised | for_parts(map_part, plan, place, rows, parts, members, totals);
}

/* ---- any number of rows ---- */

static fa_control run_in_scratch(const Plan *plan, Place place, ptrdiff_t rows,
                                 ptrdiff_t most)
{
    Scratch scratch;
    fa_control before = enter(plan->callers);
    for (ptrdiff_t done = 0, some; done < rows; done += some) {
        some = rows - done < most ? rows - done : most;
        Place at = from_row(plan, place, done);
        for (int k = 0; k < plan->operands - 1; k++)
            gather(plan, k, at, some, 0, plan->job->length, &scratch);
        fa_rows here = rows_in_scratch(plan, some, plan->job->length, &scratch);
        plan->kernel->rows(&here, some, plan->job->length, FA_NEAR);
        scatter(plan, at, some, 0, plan->whole ? plan->job->length : 1, &scratch);
    }
    return leave(before);
}

static fa_control run_across(const Plan *plan, Place place, ptrdiff_t rows)
{
    fa_rows columns;
    for (int k = 0; k < plan->operands; k++) {
        columns.at[k] = place.at[k];
        columns.step[k] = plan->job->stride[k] / plan->bytes;
    }
    fa_control before = enter(plan->callers);
    plan->kernel->columns(&columns, rows, plan->job->length);
    return leave(before);
}

/* Rows of one step. */
static fa_control run_stretch(const Plan *plan, Place place, ptrdiff_t rows,
                              int members)
{
    if (plan->across) return run_across(plan, place, rows);
    if (plan->direct && plan->parts == 1) {
        fa_rows here = rows_in_place(plan, place, 0);
        fa_control before = enter(plan->callers);
        plan->kernel->rows(&here, rows, plan->job->length, plan->memory);
        if (plan->memory == FA_PAST) plan->fence();
        return leave(before);
    }
    /* Columns go side by side as many as lie on a line of memory, to read it once. */
    ptrdiff_t room = SCRATCH_BYTES / plan->bytes, width = plan->axis->side_by_side;
    ptrdiff_t fit = plan->job->length ? room / plan->job->length : room;
    ptrdiff_t wanted = plan->columns ? LINE_BYTES / plan->bytes : 1;
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

static fa_control run_range(const Plan *plan, ptrdiff_t from, ptrdiff_t to, int members)
{
    const fa_job *rows = &plan->job->rows;
    int inner = rows->dims - 1;
    fa_control raised = 0;
    Cursor cursor;
    go_to(&cursor, rows, plan->operands, from);
    while (from < to) {
        ptrdiff_t left = row_left(&cursor, rows);
        Part part = {1, left < to - from ? left : to - from};
        Place place;
        for (int k = 0; k < plan->operands; k++) {
            place.at[k] = cursor.at[k];
            place.step[k] = rows->strides[k][inner];
        }
        raised |= run_stretch(plan, place, part.length, members);
        advance(&cursor, rows, plan->operands, part);
        from += part.length;
    }
    return raised;
}

/* ---- what is decided for a job ---- */

static Operand describe(const Plan *plan, const fa_target *target, int k)
{
    const fa_axis_job *job = plan->job;
    fa_dtype dtype = job->op->dtype[k];
    bool result = k == plan->operands - 1;
    Operand it = {
        .convert = (result ? target->narrow : target->widen)[dtype],
        .bytes = (ptrdiff_t)fa_item_bytes(dtype),
    };
    bool single = job->length <= 1 || (result && !plan->whole);
    bool contiguous = single || job->stride[k] == it.bytes;
    for (int d = 0; d < job->rows.dims; d++)
        contiguous &= job->rows.strides[k][d] % it.bytes == 0;
    it.in_rows = contiguous && !it.convert;
    it.across = !it.convert && job->rows.strides[k][job->rows.dims - 1] == it.bytes;
    for (int d = 0; d < job->rows.dims; d++)
        it.across &= job->rows.strides[k][d] % it.bytes == 0;
    if (!single) it.across &= job->stride[k] % it.bytes == 0;
    it.turned = !it.convert && !single && job->stride[k] % it.bytes == 0;
    return it;
}

static Plan make_plan(const fa_axis_job *job, fa_control callers)
{
    const fa_axis_op *op = job->op;
    const fa_target *target = fa_isas[fa_active_isa()].target[op->precision];
    Plan plan = {
        .axis = target->axis,
        .kernel = &target->axis->kernels[op->function],
        .job = job,
        .operands = fa_axis_functions[op->function].inputs + 1,
        .bytes = op->precision ? 8 : 4,
        .whole = fa_axis_functions[op->function].whole,
        .direct = true,
        .across = job->length > 1 && job->length <= ACROSS,
        .fence = target->fence,
        .callers = callers,
    };
    ptrdiff_t blocks = (job->length + FA_AXIS_BLOCK - 1) / FA_AXIS_BLOCK;
    plan.part = (blocks + MOST_PARTS - 1) / MOST_PARTS * FA_AXIS_BLOCK;
    if (plan.part < PART) plan.part = PART;
    plan.parts = job->length > 0 ? (int)((job->length + plan.part - 1) / plan.part) : 1;
    for (int k = 0; k < plan.operands; k++) {
        plan.operand[k] = describe(&plan, target, k);
        plan.direct &= plan.operand[k].in_rows;
        plan.across &= plan.operand[k].across;
    }
    ptrdiff_t step = llabs(job->rows.strides[0][job->rows.dims - 1]);
    plan.across &= !plan.direct;
    plan.columns = !plan.direct && step < llabs(job->stride[0]) && step < LINE_BYTES;
    return plan;
}

/* Where rows that the kernel takes as they lie are, and whether stores of the result go past
 * the caches: not onto an input, and not where loads would wait for them. */
static fa_memory memory_of(const Plan *plan, ptrdiff_t rows)
{
    const fa_axis_job *job = plan->job;
    int out = plan->operands - 1;
    double bytes = (double)plan->bytes * (double)rows * (double)job->length;
    if (!plan->direct || bytes * plan->operands <= 1.5 * (double)fa_last_cache_bytes())
        return FA_NEAR;
    bool past = plan->whole && job->length >= STREAMED;
    const char *result = job->rows.data[out];
    for (int k = 0; k < out; k++)
        past &= job->rows.data[k] != result
            && !loads_wait(result, job->rows.data[k], WAITED);
    return past ? FA_PAST : FA_FAR;
}

/* Whether rows of the result lie on each other: then the last one stays. */
static bool rows_coincide(const Plan *plan)
{
    const fa_job *rows = &plan->job->rows;
    for (int d = 0; d < rows->dims; d++)
        if (rows->strides[plan->operands - 1][d] == 0 && rows->shape[d] > 1)
            return true;
    return false;
}

/* Where the rows of a member start, in whole units. */
static ptrdiff_t share(ptrdiff_t rows, ptrdiff_t unit, int member, int members)
{
    ptrdiff_t units = (rows + unit - 1) / unit, start = units * member / members * unit;
    return start < rows ? start : rows;
}

static fa_control run_planned(const Plan *plan, ptrdiff_t rows)
{
    const fa_axis_job *job = plan->job;
    double ns =
        fa_axis_functions[job->op->function].cost * (job->op->precision ? 3 : 1);
    if (!plan->direct && !plan->across) ns += NS_OF_A_COPY * plan->operands;
    ns *= (double)rows * (double)job->length;
    int members =
        rows_coincide(plan) || (rows == 1 && plan->parts == 1) ? 1 : fa_borrow_team(ns);
    /* Threads should not write to the same lines. */
    ptrdiff_t unit = plan->columns ? LINE_BYTES / plan->bytes : 1;
    ptrdiff_t units = (rows + unit - 1) / unit;
    fa_control raised = 0;
    if (members == 1 || (units < 2 * members && plan->parts > 1)) {
        raised = run_range(plan, 0, rows, members);
    } else {
#ifdef _OPENMP
#pragma omp parallel for num_threads(members) schedule(static, 1) reduction(| : raised)
#endif
        for (int member = 0; member < members; member++)
            raised |= run_range(plan, share(rows, unit, member, members),
                                share(rows, unit, member + 1, members), 1);
    }
    fa_return_team(members);
    return raised;
}

/* ---- entry points ---- */

bool fa_run_axis(fa_axis_job *job)
{
    ptrdiff_t rows = fa_job_size(&job->rows);
    const fa_axis_function *function = &fa_axis_functions[job->op->function];
    if (rows == 0 || (job->length == 0 && function->whole)) return false;
    fa_control callers = control_read();
    fa_coalesce(&job->rows, function->inputs + 1);
    Plan plan = make_plan(job, callers);
    plan.memory = memory_of(&plan, rows);
    fa_control raised = run_planned(&plan, rows);
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
    fa_axis_job job; /* not cleared: kilobytes, of which a loop needs a few words */
    job.op = op;
    job.length = dimensions[1];
    job.rows.dims = 1;
    job.rows.shape[0] = dimensions[0];
    for (int k = 0; k < operands; k++) {
        job.rows.data[k] = args[k];
        job.rows.strides[k][0] = steps[k];
        bool whole = k < function->inputs || function->whole;
        job.stride[k] = whole ? steps[operands + k] : 0;
    }
    if (fa_run_axis(&job)) control_write(control_read() | CONTROL_OVERFLOW);
}
