/* Long arrays of halves, looked up in a table of all their values.
 *
 * There are 65,536 halves. A function that takes longer than a load from the second cache
 * is computed for each of them once, and the array is looked up: a kernel on 2-byte
 * elements whose parameter, the same for all, is the table. */
#include "lookup.h"

#include <string.h>

#include "halves.h"

/* Of an element: converted and settled beside the kernel's time; looked up. */
static const double NS_OF_A_HALF = 0.25, NS_OF_A_LOOKUP = 0.45;

bool fa_worth_a_table(const Plan *plan, const fa_job *job)
{
    const fa_op *op = plan->op;
    if (!is_half(op->dtype[0]) || op->dtype[op->inputs] != op->dtype[0]) return false;
    if (plan->first_parameter != 1 || op->outputs != 1) return false;
    double size = 1, ns = plan->kernel_ns + NS_OF_A_HALF;
    for (int d = 0; d < job->dims; d++) {
        for (int k = 1; k < op->inputs; k++)
            if (job->strides[k][d] != 0 && job->shape[d] > 1) return false;
        size *= (double)job->shape[d];
    }
    return size * (ns - NS_OF_A_LOOKUP) > FA_HALVES * ns;
}

fa_job fa_table_job(const fa_job *job, HalfTable *table)
{
    const fa_op *op = job->op;
    fa_job all;
    all.op = op;
    all.dims = 1;
    all.shape[0] = FA_HALVES;
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        bool parameter = k > 0 && k < op->inputs;
        all.data[k] = parameter ? job->data[k] : (char *)(k == 0 ? table->x : table->y);
        all.strides[k][0] = parameter ? 0 : sizeof *table->x;
        all.swapped[k] = parameter && job->swapped[k];
    }
    for (int bits = 0; bits < FA_HALVES; bits++) table->x[bits] = (uint16_t)bits;
    return all;
}

/* Four at a time: one load and one store for what are no vectors to the CPU. */
static void look_up_row(const uint16_t *x, const uint16_t *table, uint16_t *y,
                        ptrdiff_t length)
{
    ptrdiff_t i = 0;
    for (; i + 4 <= length; i += 4) {
        uint64_t four, found;
        memcpy(&four, x + i, sizeof four);
        found = table[four & 0xffff] | (uint64_t)table[four >> 16 & 0xffff] << 16
            | (uint64_t)table[four >> 32 & 0xffff] << 32
            | (uint64_t)table[four >> 48] << 48;
        memcpy(y + i, &found, sizeof found);
    }
    for (; i < length; i++) y[i] = table[x[i]];
}
static bool look_up(const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                    fa_memory memory)
{
    (void)memory;
    for (ptrdiff_t row = 0; row < count; row++)
        look_up_row((uint16_t *)rows->at[0] + row * rows->step[0], rows->at[1],
                    (uint16_t *)rows->at[2] + row * rows->step[2], length);
    return false;
}

fa_job fa_lookup_job(const fa_job *job, const HalfTable *table, fa_op *op)
{
    int out = job->op->inputs;
    *op = *job->op;
    op->inputs = 2;
    op->dtype[1] = op->dtype[2] = op->dtype[0];
    fa_job it = *job;
    it.op = op;
    it.data[1] = (char *)table->y;
    it.data[2] = job->data[out];
    it.swapped[1] = false;
    it.swapped[2] = job->swapped[out];
    for (int d = 0; d < job->dims; d++) {
        it.strides[1][d] = 0;
        it.strides[2][d] = job->strides[out][d];
    }
    return it;
}

Plan fa_lookup_plan(const Plan *plan, const fa_op *op, fa_target *target)
{
    *target = *plan->target;
    memset(target->widen, 0, sizeof target->widen);
    memset(target->narrow, 0, sizeof target->narrow);
    return (Plan){
        .op = op,
        .target = target,
        .kernel = {look_up, look_up},
        .operands = 3,
        .first_parameter = 1,
        .last_parameter = 2,
        .bytes = sizeof(uint16_t),
        .kernel_ns = NS_OF_A_LOOKUP,
    };
}
