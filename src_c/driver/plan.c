/* What is decided for an elementwise job, once, before anything is executed. */
#include "plan.h"

#include "../runtime/runtime.h"
#include "half_rounding.h"
#include "layout.h"
#include "streaming.h"

/* Shorter rows are gathered with their neighbours to a block, where that costs less than
 * the lanes that the kernel would leave empty in each of them. */
enum { SHORT_ROW = 256, PREFETCHED_ROW = 80, LONG_ROW = 1024 };

/* Of an operand's element through scratch; of a row apart from the one before, whose lines
 * the hardware does not prefetch. */
static const double NS_OF_A_COPY = 0.15, NS_OF_A_ROW = 8;

/* Of an element: mapped in the first cache. */
static const double NS_OF_AN_AFFINE_MAP = 0.05;

/* Of a half: converted and rounded beside the kernel's time; looked up. */
static const double NS_OF_A_HALF = 0.25, NS_OF_A_LOOKUP = 0.45;

/* ---- operands ---- */

static fa_operand describe(const fa_plan *plan, const fa_job *job, int k)
{
    fa_dtype dtype = job->op->dtype[k];
    const ptrdiff_t *strides = job->strides[k];
    int inner = job->dims - 1;
    bool output = k >= job->op->inputs;
    ptrdiff_t bytes = job->op->bytes[k];
    fa_operand it = {
        .format =
            {
                .convert = (output ? plan->target->narrow : plan->target->widen)[dtype],
                .swap = job->swapped[k] ? plan->target->swap_bytes : NULL,
                .bytes = bytes,
            },
        .broadcast = fa_is_parameter(job->op, k) && strides[inner] == 0,
        .constant = true,
    };
    uintptr_t misaligned = (uintptr_t)job->data[k];
    for (int d = 0; d <= inner; d++) {
        misaligned |= (uintptr_t)strides[d];
        it.constant &= strides[d] == 0;
    }
    it.native = !job->swapped[k] && misaligned % (uintptr_t)bytes == 0;
    it.in_rows = it.native && (strides[inner] == bytes || job->shape[inner] == 1);
    it.flat = it.in_rows;
    it.repeated = !output && plan->overlap != FA_OVERLAPPING && strides[inner] != 0;
    for (int d = inner; d > 0; d--) {
        it.flat &= strides[d - 1] == strides[d] * job->shape[d];
        it.repeated &= strides[d - 1] == 0;
    }
    return it;
}

/* How many operands the kernel cannot take where they lie: row by row, or all rows joined,
 * when a repeated one is gathered but once. */
static int gathered_operands(const fa_plan *plan, const fa_part *part, bool joined)
{
    int count = 0;
    for (int k = 0; k < plan->operands; k++) {
        const fa_operand *it = &part->operand[k];
        if (joined && it->repeated) continue;
        bool lies = it->broadcast ? it->native && (!joined || it->constant)
            : joined              ? it->flat
                                  : it->in_rows;
        count += !lies || it->format.convert;
    }
    return count;
}

/* ---- memory ---- */

/* The memory that an operand visits, each element counted once. */
static double visited_bytes(const fa_job *job, int k)
{
    double bytes = job->op->bytes[k];
    for (int d = 0; d < job->dims; d++)
        if (job->strides[k][d] != 0) bytes *= (double)job->shape[d];
    return bytes;
}

/* Whether all rows of all outputs start a line. */
static bool rows_start_lines(const fa_plan *plan, const fa_job *job)
{
    uintptr_t places = 0;
    for (int k = job->op->inputs; k < plan->operands; k++) {
        places |= (uintptr_t)job->data[k];
        for (int d = 0; d < job->dims - 1; d++) places |= (uintptr_t)job->strides[k][d];
    }
    return places % FA_LINE_BYTES == 0;
}

/* Costly kernels have loads on their way while they store. */
static bool loads_wait(const fa_plan *plan, const fa_part *part)
{
    const fa_op *op = plan->op;
    bool waits = false, loads = part->direct && plan->costly && !op->affine;
    for (int out = op->inputs; loads && out < plan->operands; out++)
        for (int k = 0; k < op->arrays; k++)
            waits |= fa_loads_wait(part->job->data[out], part->job->data[k],
                                   2 * plan->target->width * plan->bytes);
    return waits;
}

static fa_memory choose_memory(const fa_plan *plan, const fa_part *part)
{
    const fa_job *job = part->job;
    int inner = job->dims - 1;
    bool aligned_alike = true, contiguous = true;
    fa_traffic traffic = {
        .row = job->shape[inner],
        .least_row = part->direct && !part->rows_start_lines ? LONG_ROW : 0,
        .waits = loads_wait(plan, part),
    };
    const char *first = job->data[job->op->inputs];
    for (int k = 0; k < plan->operands; k++) {
        traffic.bytes += visited_bytes(job, k);
        if (k < job->op->inputs) continue;
        contiguous &= job->strides[k][inner] == job->op->bytes[k];
        aligned_alike &= (job->data[k] - first) % FA_LINE_BYTES == 0;
    }
    traffic.apart = plan->overlap == FA_APART && contiguous && aligned_alike;
    fa_memory memory = fa_choose_memory(&traffic);
    if (memory == FA_NONTEMPORAL || inner == 0)
        return memory == FA_NONTEMPORAL ? memory : FA_CACHED;
    return job->shape[inner] >= PREFETCHED_ROW ? FA_PREFETCH : memory;
}

/* ---- parts ---- */

static void plan_part(const fa_plan *plan, fa_part *part, const fa_job *job)
{
    int inner = job->dims - 1;
    ptrdiff_t row = job->shape[inner];
    part->job = job;
    part->size = fa_job_size(job);
    for (int k = 0; k < plan->operands; k++) part->operand[k] = describe(plan, job, k);
    int gathered = gathered_operands(plan, part, false);
    part->joins_rows =
        inner > 0 && row < SHORT_ROW && (gathered > 0 || plan->op->affine);
    if (part->joins_rows) gathered = gathered_operands(plan, part, true);
    part->direct = !part->joins_rows && gathered == 0;
    part->layout_ns =
        NS_OF_A_COPY * gathered + (inner > 0 ? NS_OF_A_ROW / (double)row : 0);
    part->rows_start_lines = rows_start_lines(plan, job);
    part->memory = choose_memory(plan, part);
}

static void plan_parts(fa_plan *plan, fa_job *job)
{
    plan->parts = plan->overlap == FA_OVERLAPPING
        ? 0
        : fa_split_into_tiles(job, FA_BLOCK_BYTES / plan->bytes, plan->tiles);
    for (int k = 0; k < plan->parts; k++) {
        fa_coalesce(&plan->tiles[k], plan->operands);
        plan_part(plan, &plan->part[k], &plan->tiles[k]);
    }
    if (plan->parts > 0) return;
    plan->parts = 1;
    plan_part(plan, &plan->part[0], job);
}

static double size_of_parts(const fa_plan *plan)
{
    double size = 0;
    for (int k = 0; k < plan->parts; k++) size += (double)plan->part[k].size;
    return size;
}

/* Whether a table of the results of all halves costs less than it saves: one array of
 * halves goes in and one of the same dtype comes out. */
static bool table_pays(const fa_plan *plan)
{
    const fa_op *op = plan->op;
    if (!fa_is_half(op->dtype[0]) || op->dtype[op->inputs] != op->dtype[0])
        return false;
    if (op->arrays != 1 || op->outputs != 1) return false;
    for (int part = 0; part < plan->parts; part++)
        for (int k = op->arrays; k < op->inputs; k++)
            if (!plan->part[part].operand[k].constant) return false;
    double ns = plan->kernel_ns + NS_OF_A_HALF;
    return size_of_parts(plan) * (ns - NS_OF_A_LOOKUP) > FA_HALVES * ns;
}

static int choose_team(const fa_plan *plan)
{
    if (plan->overlap == FA_OVERLAPPING) return 1;
    if (plan->by_table) return fa_borrow_team(NS_OF_A_LOOKUP * size_of_parts(plan));
    double ns = 0;
    for (int k = 0; k < plan->parts; k++)
        ns += (plan->kernel_ns + plan->part[k].layout_ns) * (double)plan->part[k].size;
    return fa_borrow_team(ns);
}

void fa_make_plan(fa_plan *plan, fa_job *job, bool allow_table)
{
    const fa_op *op = job->op;
    const fa_target *const *targets = fa_isas[fa_active_isa()].target;
    double cost = fa_activations[op->activation].cost;
    plan->op = op;
    plan->target = targets[op->precision];
    plan->kernel = fa_kernel_of(op, targets[op->precision]);
    plan->refine_kernel =
        fa_needs_rounding_test(op) ? fa_kernel_of(op, targets[1]) : NULL;
    plan->operands = op->inputs + op->outputs;
    plan->kernel_inputs = op->inputs - (op->affine ? FA_AFFINE_INPUTS : 0);
    plan->kernel_operands = plan->kernel_inputs + op->outputs;
    plan->bytes = op->precision ? 8 : 4;
    double map = op->affine ? NS_OF_AN_AFFINE_MAP : 0;
    plan->kernel_ns = (cost + map) * (op->precision ? 3 : 1);
    plan->costly = cost > FA_COSTLY;
    fa_sort_axes(job, plan->operands, op->inputs);
    fa_coalesce(job, plan->operands);
    plan->overlap = fa_find_overlap(job);
    plan_parts(plan, job);
    plan->by_table = allow_table && table_pays(plan);
    plan->members = choose_team(plan);
}

void fa_end_plan(const fa_plan *plan) { fa_return_team(plan->members); }
