/* From arrays to ranges of rows: layout, overlap, streaming, threads and the
 * floating-point environment. */
#include <stdlib.h>
#include <string.h>

#include "fastact.h"
#include "halves.h"
#include "lookup.h"
#include "loop.h"
#include "machine.h"
#include "rows.h"
#include "tiles.h"

/* ---- layout ---- */

/* Axes of length 1 go; neighbours that every operand walks as one are joined. */
void fa_coalesce(fa_job *job, int operands)
{
    int dims = 0;
    for (int d = 0; d < job->dims; d++) {
        if (job->shape[d] == 1) continue;
        bool joined = dims > 0;
        for (int k = 0; joined && k < operands; k++)
            joined = job->strides[k][dims - 1] == job->strides[k][d] * job->shape[d];
        int to = joined ? dims - 1 : dims++;
        job->shape[to] = joined ? job->shape[to] * job->shape[d] : job->shape[d];
        for (int k = 0; k < operands; k++) job->strides[k][to] = job->strides[k][d];
    }
    if (dims == 0) {
        job->shape[0] = 1;
        for (int k = 0; k < operands; k++) job->strides[k][0] = 0;
        dims = 1;
    }
    job->dims = dims;
}

ptrdiff_t fa_job_size(const fa_job *job)
{
    ptrdiff_t size = 1;
    for (int d = 0; d < job->dims; d++) size *= job->shape[d];
    return size;
}

/* ---- overlap ---- */

typedef struct {
    const char *low, *high;
} Extent;

static Extent extent(const fa_job *job, int k)
{
    Extent e = {job->data[k], job->data[k]};
    for (int d = 0; d < job->dims; d++) {
        ptrdiff_t reach = job->strides[k][d] * (job->shape[d] - 1);
        if (reach < 0)
            e.low += reach;
        else
            e.high += reach;
    }
    e.high += fa_item_bytes(job->op->dtype[k]);
    return e;
}

static size_t size_of_step(ptrdiff_t stride)
{
    return stride < 0 ? -(size_t)stride : (size_t)stride;
}

static size_t common_divisor(size_t a, size_t b)
{
    while (b) {
        size_t rest = a % b;
        a = b, b = rest;
    }
    return a;
}

/* Whether two operands reach over each other but share no byte, because their parts take
 * turns: elements or rows of one between those of the other.
 *
 * With steps of least bytes or more, both move by multiples of period; within a period
 * each covers one stretch, made by its smaller steps. The stretches are apart, or not. */
static bool take_turns(const fa_job *job, int a, int b, size_t least)
{
    int both[] = {a, b};
    const char *low[] = {job->data[a], job->data[b]};
    size_t period = 0, stretch[2];
    for (int n = 0; n < 2; n++) {
        stretch[n] = fa_item_bytes(job->op->dtype[both[n]]);
        for (int d = 0; d < job->dims; d++) {
            ptrdiff_t stride = job->strides[both[n]][d];
            size_t step = size_of_step(stride);
            if (step >= least) {
                period = common_divisor(period, step);
                continue;
            }
            ptrdiff_t reach = stride * (job->shape[d] - 1);
            if (reach < 0) low[n] += reach;
            stretch[n] += step * (size_t)(job->shape[d] - 1);
        }
    }
    if (period == 0) return false;
    ptrdiff_t from_a_to_b = (low[1] - low[0]) % (ptrdiff_t)period;
    size_t place =
        (size_t)(from_a_to_b < 0 ? from_a_to_b + (ptrdiff_t)period : from_a_to_b);
    return stretch[0] <= place && place + stretch[1] <= period;
}

static bool share_no_byte(const fa_job *job, int a, int b)
{
    for (int d = 0; d < job->dims; d++)
        if (take_turns(job, a, b, size_of_step(job->strides[a][d]))) return true;
    return false;
}

/* How the outputs share memory with the other operands. One that visits an address twice
 * overlaps itself. */
static Overlap find_overlap(const fa_job *job, int operands)
{
    Overlap found = APART;
    for (int out = job->op->inputs; out < operands; out++) {
        for (int d = 0; d < job->dims; d++)
            if (job->strides[out][d] == 0 && job->shape[d] > 1) return OVERLAPPING;
        Extent mine = extent(job, out);
        for (int k = 0; k < operands; k++) {
            if (k == out) continue;
            Extent other = extent(job, k);
            if (mine.high <= other.low || other.high <= mine.low) continue;
            bool same = k < job->op->inputs && job->data[k] == job->data[out]
                && job->op->dtype[k] == job->op->dtype[out]
                && job->swapped[k] == job->swapped[out];
            for (int d = 0; same && d < job->dims; d++)
                same = job->strides[k][d] == job->strides[out][d];
            if (same)
                found = IN_PLACE;
            else if (!share_no_byte(job, k, out))
                return OVERLAPPING;
        }
    }
    return found;
}

/* ---- streaming ---- */

/* The memory that an operand visits, each element counted once. */
static double visited_bytes(const fa_job *job, int k)
{
    double bytes = (double)fa_item_bytes(job->op->dtype[k]);
    for (int d = 0; d < job->dims; d++)
        if (job->strides[k][d] != 0) bytes *= (double)job->shape[d];
    return bytes;
}

static bool beyond_caches(const fa_job *job, int operands)
{
    double bytes = 0;
    for (int k = 0; k < operands; k++) bytes += visited_bytes(job, k);
    return bytes > 1.5 * (double)fa_last_cache_bytes();
}

/* An output in place of an input is in the caches already. */
static bool outputs_can_stream(const Plan *plan, const fa_job *job)
{
    bool can = plan->overlap == APART;
    for (int k = job->op->inputs; k < plan->operands; k++) {
        ptrdiff_t item = (ptrdiff_t)fa_item_bytes(job->op->dtype[k]);
        can &= job->strides[k][job->dims - 1] == item;
    }
    return can;
}

/* ---- entry points ---- */

static Plan make_plan(const fa_op *op)
{
    const fa_target *const *targets = fa_isas[fa_active_isa()].target;
    const fa_target *target = targets[op->precision];
    const fa_activation *activation = &fa_activations[op->activation];
    fa_kernel *const *kernel = target->kernels[op->activation][op->form];
    fa_kernel *const *twice = targets[1]->kernels[op->activation][op->form];
    bool settled = fa_needs_settling(op);
    return (Plan){
        .op = op,
        .target = target,
        .kernel = {kernel[0], kernel[1]},
        .twice = {settled ? twice[0] : NULL, settled ? twice[1] : NULL},
        .operands = op->inputs + op->outputs,
        .first_parameter = op->inputs - activation->parameters,
        .last_parameter = op->inputs,
        .bytes = op->precision ? 8 : 4,
        .kernel_ns = activation->cost * (op->precision ? 3 : 1),
    };
}

/* Where member m of a team starts: equal shares, cut on lines of a contiguous output. */
static ptrdiff_t share_start(const fa_job *job, ptrdiff_t size, int member, int members)
{
    if (member == 0) return 0;
    if (member == members) return size;
    int out = job->op->inputs;
    ptrdiff_t item = (ptrdiff_t)fa_item_bytes(job->op->dtype[out]);
    ptrdiff_t start = (ptrdiff_t)((double)size * member / members);
    uintptr_t address = (uintptr_t)job->data[out] + (uintptr_t)(start * item);
    start -= (ptrdiff_t)(address % LINE_BYTES) / item;
    return start < 0 ? 0 : start;
}

static bool run_planned(const Plan *plan, const fa_job *job, ptrdiff_t size)
{
    double ns = plan->kernel_ns + plan->layout_ns;
    int members = plan->overlap == OVERLAPPING ? 1 : fa_borrow_team(ns * (double)size);
    fa_control callers = control_read();
    bool overflowed = false;
    if (members == 1) {
        fa_control before = enter(callers);
        overflowed = fa_run_range(plan, job, 0, size);
        overflowed |= leave(before) != 0;
    } else {
#ifdef _OPENMP
#pragma omp parallel for num_threads(members) schedule(static, 1) \
    reduction(| : overflowed)
#endif
        for (int member = 0; member < members; member++) {
            fa_control before = enter(callers);
            overflowed |=
                fa_run_range(plan, job, share_start(job, size, member, members),
                             share_start(job, size, member + 1, members));
            if (plan->streaming) plan->target->fence();
            overflowed |= leave(before) != 0;
        }
    }
    fa_return_team(members);
    if (plan->streaming) plan->target->fence();
    return overflowed;
}

static bool run_whole(Plan *plan, const fa_job *job)
{
    plan->beyond_caches = beyond_caches(job, plan->operands);
    plan->streaming = plan->beyond_caches && outputs_can_stream(plan, job);
    fa_plan_rows(plan, job);
    return run_planned(plan, job, fa_job_size(job));
}

static bool run(Plan *plan, fa_job *job)
{
    fa_coalesce(job, plan->operands);
    plan->overlap = find_overlap(job, plan->operands);
    fa_job parts[FA_TILES_PARTS];
    ptrdiff_t tile = BLOCK_BYTES / (ptrdiff_t)plan->bytes;
    int count =
        plan->overlap == OVERLAPPING ? 0 : fa_split_into_tiles(job, tile, parts);
    if (count == 0) return run_whole(plan, job);
    bool overflowed = false;
    for (int part = 0; part < count; part++) {
        fa_coalesce(&parts[part], plan->operands);
        overflowed |= run_whole(plan, &parts[part]);
    }
    return overflowed;
}

/* Whether the job could be looked up. Of a table in which something overflows nobody knows
 * whether the job does. */
static bool run_by_table(const Plan *plan, const fa_job *job)
{
    HalfTable *table = malloc(sizeof *table);
    if (!table) return false;
    Plan filling = *plan;
    fa_job all = fa_table_job(job, table);
    bool overflowed = run(&filling, &all);
    if (!overflowed) {
        fa_op op;
        fa_target target;
        fa_job rest = fa_lookup_job(job, table, &op);
        Plan looking_up = fa_lookup_plan(plan, &op, &target);
        run(&looking_up, &rest);
    }
    free(table);
    return !overflowed;
}

bool fa_run(fa_job *job)
{
    if (fa_job_size(job) == 0) return false;
    fa_control callers = control_read();
    Plan plan = make_plan(job->op);
    bool looked_up = fa_worth_a_table(&plan, job) && run_by_table(&plan, job);
    bool overflowed = !looked_up && run(&plan, job);
    /* Arithmetic on sizes and costs raises flags, too. */
    if (control_read() != callers) control_write(callers);
    return overflowed;
}

bool fa_run_small(const fa_op *op, const fa_rows *row, ptrdiff_t length)
{
    if (length == 0) return false;
    const fa_target *target = fa_isas[fa_active_isa()].target[op->precision];
    fa_control before = enter(control_read());
    bool overflowed =
        target->kernels[op->activation][op->form][true](row, 1, length, FA_NEAR);
    return leave(before) != 0 || overflowed;
}

void fa_loop(char **args, const intptr_t *dimensions, const intptr_t *steps, void *data)
{
    const fa_op *op = data;
    fa_job job; /* not cleared: kilobytes, of which a loop needs a few words */
    job.op = op;
    job.dims = 1;
    job.shape[0] = dimensions[0];
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        job.data[k] = args[k];
        job.swapped[k] = false;
        job.strides[k][0] = steps[k];
    }
    if (fa_run(&job)) control_write(control_read() | CONTROL_OVERFLOW);
}
