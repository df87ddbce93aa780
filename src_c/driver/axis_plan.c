/* What is decided for a job along an axis, once, before anything is executed. */
#include "axis_plan.h"

#include <stdlib.h>

#include "../runtime/runtime.h"
#include "layout.h"
#include "plan.h"
#include "streaming.h"

enum {
    LEAST_PART = 1 << 16, /* elements of a row that no part is shorter than */
    COLUMN = 512, /* longest column that stays one; longer ones are made rows */
    FIRST_CACHE_SETS = 64, /* of lines: those 4 KB apart fall to one of them ... */
    LINES_OF_A_SET = 12, /* ... which keeps 8 to 12 */
    FEW_ROWS = 8, /* of short columns, which are read where they lie from memory, too */
    PANEL_ROW_BYTES = 4096, /* of an element of each of a panel's columns: a page */
    SHORT_ROW = 32, /* longest row that is made a column ... */
    SHORT_GRADIENT = 8, /* ... for a gradient, whose sum has no exponentials */
    TRANSPOSED_BYTES = 8192, /* of an operand at a time */
    STREAMED_ROW = 4096, /* shortest row whose result may be stored past the caches */
    LOADED_BYTES = 512, /* while others are stored */
};

/* Two of the widest registers */
_Static_assert(COLUMN * 128 <= FA_SCRATCH_BYTES, "room of the narrowest panel");

/* An element through scratch. */
static const double NS_OF_A_COPY = 0.3;

/* The other axes, with the longest steps outermost: of the result, or of the operand where
 * the result has one number a row. */
static void find_rows(fa_axis_plan *plan, const fa_axis_job *job)
{
    fa_job *rows = &plan->rows;
    rows->dims = 0;
    for (int d = 0; d < job->dims; d++) {
        if (d == job->axis) continue;
        rows->shape[rows->dims] = job->shape[d];
        for (int k = 0; k < plan->operands; k++)
            rows->strides[k][rows->dims] = job->strides[k][d];
        rows->dims++;
    }
    for (int k = 0; k < plan->operands; k++) {
        rows->data[k] = job->data[k];
        plan->stride[k] = job->strides[k][job->axis];
    }
    plan->length = job->shape[job->axis];
    plan->count = fa_job_size(rows);
    fa_sort_axes(rows, plan->operands, plan->whole ? plan->operands - 1 : 0);
    fa_coalesce(rows, plan->operands);
}

static fa_axis_operand describe(const fa_axis_plan *plan, const fa_axis_op *op,
                                const fa_target *target, int k)
{
    const fa_job *rows = &plan->rows;
    bool result = k == plan->operands - 1;
    ptrdiff_t bytes = op->bytes[k], neighbour = rows->strides[k][rows->dims - 1];
    fa_axis_operand it = {
        .format =
            {
                .convert = (result ? target->narrow : target->widen)[op->dtype[k]],
                .bytes = bytes,
            },
    };
    bool single = plan->length <= 1 || (result && !plan->whole);
    bool steps_whole = true;
    for (int d = 0; d < rows->dims; d++)
        steps_whole &= rows->strides[k][d] % bytes == 0;
    bool native = !it.format.convert, stride_whole = plan->stride[k] % bytes == 0;
    it.in_rows = native && steps_whole && (single || plan->stride[k] == bytes);
    it.in_columns = neighbour == bytes;
    it.columns_in_place = native && steps_whole && (single || stride_whole);
    it.transposable = native && !single && stride_whole;
    return it;
}

/* Very long rows are reduced in parts, which threads can share. Where a row is cut depends
 * on its length alone, and so do the bits of the result. */
static void cut_rows(fa_axis_plan *plan)
{
    ptrdiff_t blocks = (plan->length + FA_AXIS_BLOCK - 1) / FA_AXIS_BLOCK;
    plan->part = (blocks + FA_MAX_ROW_PARTS - 1) / FA_MAX_ROW_PARTS * FA_AXIS_BLOCK;
    if (plan->part < LEAST_PART) plan->part = LEAST_PART;
    plan->parts =
        plan->length > 0 ? (int)((plan->length + plan->part - 1) / plan->part) : 1;
}

/* How many lines of the operands fall to one set of the first cache, if a line of each
 * element of a column is read. */
static ptrdiff_t lines_in_a_set(const fa_axis_plan *plan)
{
    ptrdiff_t lines = 0;
    for (int k = 0; k < plan->operands - 1; k++) {
        ptrdiff_t step = llabs(plan->stride[k]), sets = FIRST_CACHE_SETS;
        for (; sets > 1 && step % (2 * FA_LINE_BYTES) == 0; sets /= 2) step /= 2;
        lines += (plan->length + sets - 1) / sets;
    }
    return lines;
}

/* Short columns are reduced as such, where they lie if they stay in the first cache from one
 * reading to the next. Others pass through scratch in panels, for which memory is read in
 * long stretches. */
static void choose_columns(fa_axis_plan *plan)
{
    bool columns = !plan->direct && plan->column_kernel && plan->length > 1
        && plan->length <= COLUMN;
    for (int k = 0; k < plan->operands; k++) columns &= plan->operand[k].in_columns;
    plan->strided_columns = columns;
    plan->panel = 0;
    if (!columns) return;
    ptrdiff_t unit = FA_LINE_BYTES / plan->bytes, width = plan->axis->column_width;
    if (unit < width) unit = width; /* lines and vectors are whole */
    ptrdiff_t fit = FA_SCRATCH_BYTES / plan->bytes / plan->length;
    ptrdiff_t most = PANEL_ROW_BYTES / plan->bytes;
    plan->panel = (fit < most ? fit : most) / unit * unit;
}

static fa_memory choose_memory(const fa_axis_plan *plan)
{
    if (!plan->direct && plan->panel == 0) return FA_CACHED;
    int out = plan->operands - 1;
    const char *result = plan->rows.data[out];
    fa_traffic traffic = {
        .bytes = (double)plan->bytes * (double)plan->count * (double)plan->length
            * plan->operands,
        .row = plan->direct ? plan->length : plan->rows.shape[plan->rows.dims - 1],
        .least_row = STREAMED_ROW,
        .apart = plan->whole,
    };
    for (int k = 0; k < out; k++) {
        traffic.apart &= plan->rows.data[k] != result;
        traffic.waits |=
            plan->direct && fa_loads_wait(result, plan->rows.data[k], LOADED_BYTES);
    }
    return fa_choose_memory(&traffic);
}

/* Whether no panels are needed after all. */
static void choose_panels(fa_axis_plan *plan)
{
    if (!plan->strided_columns) return;
    bool in_place = !plan->factor && lines_in_a_set(plan) <= LINES_OF_A_SET
        && (plan->memory == FA_CACHED || plan->length <= FEW_ROWS);
    for (int k = 0; k < plan->operands; k++)
        in_place &= plan->operand[k].columns_in_place;
    if (in_place) plan->panel = 0, plan->memory = FA_CACHED;
    plan->panel_result_in_place =
        plan->memory == FA_CACHED && plan->operand[plan->operands - 1].columns_in_place;
}

/* Short rows take less time side by side, a row in each lane. */
static void choose_transposed(fa_axis_plan *plan)
{
    ptrdiff_t longest = plan->operands > 2 ? SHORT_GRADIENT : SHORT_ROW;
    ptrdiff_t width = plan->axis->column_width;
    plan->transposed = plan->direct && plan->column_kernel && plan->length > 1
        && plan->length <= longest && plan->count >= width / 2;
    if (!plan->transposed) return;
    plan->memory = FA_CACHED;
    plan->panel = TRANSPOSED_BYTES / plan->bytes / plan->length / width * width;
    if (plan->panel < width) plan->panel = width;
}

/* Whether rows of the result lie on each other: then the last one stays. */
static bool rows_coincide(const fa_axis_plan *plan)
{
    const fa_job *rows = &plan->rows;
    for (int d = 0; d < rows->dims; d++)
        if (rows->strides[plan->operands - 1][d] == 0 && rows->shape[d] > 1)
            return true;
    return false;
}

static void choose_team(fa_axis_plan *plan, double ns_of_an_element)
{
    if (!plan->direct && !plan->strided_columns)
        ns_of_an_element += NS_OF_A_COPY * plan->operands;
    double ns = ns_of_an_element * (double)plan->count * (double)plan->length;
    bool alone = rows_coincide(plan) || (plan->count == 1 && plan->parts == 1);
    plan->members = alone ? 1 : fa_borrow_team(ns);
    plan->unit = plan->columns ? FA_LINE_BYTES / plan->bytes : 1;
    ptrdiff_t units = (plan->count + plan->unit - 1) / plan->unit;
    plan->members_share_rows = units < 2 * plan->members && plan->parts > 1;
}

void fa_make_axis_plan(fa_axis_plan *plan, const fa_axis_job *job)
{
    const fa_axis_op *op = job->op;
    const fa_axis_function *function = &fa_axis_functions[op->function];
    const fa_target *target = fa_isas[fa_active_isa()].target[op->precision];
    plan->axis = target->axis;
    plan->kernel = &target->axis->kernels[op->function];
    plan->column_kernel = target->axis->column_kernels[op->function];
    plan->operands = function->inputs + 1;
    plan->bytes = op->precision ? 8 : 4;
    plan->single_factor = (float)job->factor;
    plan->double_factor = job->factor;
    plan->factor = job->factor == 1 ? NULL
        : op->precision             ? (const void *)&plan->double_factor
                                    : (const void *)&plan->single_factor;
    plan->affine_map = target->affine_map;
    plan->whole = function->whole;
    plan->stream = target->stream;
    plan->fence = target->fence;
    find_rows(plan, job);
    cut_rows(plan);
    plan->direct = true;
    for (int k = 0; k < plan->operands; k++) {
        plan->operand[k] = describe(plan, op, target, k);
        plan->direct &= plan->operand[k].in_rows;
    }
    plan->direct &= !plan->factor; /* scratch is where the operand is multiplied */
    choose_columns(plan);
    ptrdiff_t neighbour = llabs(plan->rows.strides[0][plan->rows.dims - 1]);
    plan->columns = !plan->direct && neighbour < llabs(plan->stride[0])
        && neighbour < FA_LINE_BYTES;
    plan->memory = choose_memory(plan);
    choose_panels(plan);
    choose_transposed(plan);
    choose_team(plan, function->cost * (op->precision ? 3 : 1));
}

void fa_end_axis_plan(const fa_axis_plan *plan) { fa_return_team(plan->members); }
