/* Long arrays of halves, looked up in a table of all results.
 *
 * There are 65,536 halves. A function that takes longer than a load from the second cache
 * is computed for each of them once, and the array is looked up. */
#include "half_table.h"

#include <stdlib.h>
#include <string.h>

#include "../runtime/runtime.h"
#include "cursor.h"
#include "execute.h"

enum { HALVES = 1 << 16 };

/* Of an element: converted and rounded beside the kernel's time; looked up. */
static const double NS_OF_A_HALF = 0.25, NS_OF_A_LOOKUP = 0.45;

typedef struct {
    uint16_t x[HALVES], y[HALVES];
} Table;

static double job_size(const fa_plan *plan)
{
    double size = 0;
    for (int k = 0; k < plan->parts; k++) size += (double)plan->part[k].size;
    return size;
}

bool fa_table_pays(const fa_plan *plan)
{
    const fa_op *op = plan->op;
    if (!fa_is_half(op->dtype[0]) || op->dtype[op->inputs] != op->dtype[0])
        return false;
    if (op->arrays != 1 || op->outputs != 1) return false;
    for (int part = 0; part < plan->parts; part++)
        for (int k = op->arrays; k < op->inputs; k++)
            if (!plan->part[part].operand[k].constant) return false;
    double ns = plan->kernel_ns + NS_OF_A_HALF;
    return job_size(plan) * (ns - NS_OF_A_LOOKUP) > HALVES * ns;
}

/* Returns whether a result overflows. */
static bool fill_table(const fa_job *job, Table *table)
{
    const fa_op *op = job->op;
    fa_job all;
    all.op = op;
    all.dims = 1;
    all.shape[0] = HALVES;
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        bool parameter = fa_is_parameter(op, k);
        all.data[k] = parameter ? job->data[k] : (char *)(k == 0 ? table->x : table->y);
        all.strides[k][0] = parameter ? 0 : sizeof *table->x;
        all.swapped[k] = parameter && job->swapped[k];
    }
    for (int bits = 0; bits < HALVES; bits++) table->x[bits] = (uint16_t)bits;
    fa_plan plan;
    fa_make_plan(&plan, &all, false);
    bool overflowed = fa_execute(&plan);
    fa_end_plan(&plan);
    return overflowed;
}

/* Four contiguous halves at a time: one load and one store of what are no vectors to the
 * CPU. */
static void look_up_contiguous(const char *x, const uint16_t *table, char *y,
                               ptrdiff_t length)
{
    for (; length >= 4; length -= 4, x += 8, y += 8) {
        uint64_t four, found;
        memcpy(&four, x, sizeof four);
        found = table[four & 0xffff] | (uint64_t)table[four >> 16 & 0xffff] << 16
            | (uint64_t)table[four >> 32 & 0xffff] << 32
            | (uint64_t)table[four >> 48] << 48;
        memcpy(y, &found, sizeof found);
    }
    for (; length > 0; length--, x += 2, y += 2) {
        uint16_t half;
        memcpy(&half, x, sizeof half);
        memcpy(y, &table[half], sizeof half);
    }
}

static void look_up_strided(const char *x, ptrdiff_t x_step, bool x_swapped,
                            const uint16_t *table, char *y, ptrdiff_t y_step,
                            bool y_swapped, ptrdiff_t length)
{
    for (ptrdiff_t i = 0; i < length; i++, x += x_step, y += y_step) {
        uint16_t half;
        memcpy(&half, x, sizeof half);
        uint16_t found = table[x_swapped ? __builtin_bswap16(half) : half];
        if (y_swapped) found = __builtin_bswap16(found);
        memcpy(y, &found, sizeof found);
    }
}

/* The range of a part whose results stand in the table, the context. */
static bool look_up(const fa_plan *plan, const fa_part *part, ptrdiff_t from,
                    ptrdiff_t to, const void *context)
{
    const fa_job *job = part->job;
    const uint16_t *table = context;
    int inner = job->dims - 1, out = job->op->inputs;
    ptrdiff_t x_step = job->strides[0][inner], y_step = job->strides[out][inner];
    bool swapped = job->swapped[0] || job->swapped[out];
    Cursor cursor;
    go_to(&cursor, job, plan->operands, from);
    while (from < to) {
        ptrdiff_t left = left_in_row(&cursor, job);
        Span span = {1, left < to - from ? left : to - from};
        const char *x = cursor.at[0];
        char *y = cursor.at[out];
        if (plan->overlap != FA_OVERLAPPING && !swapped && x_step == 2 && y_step == 2)
            look_up_contiguous(x, table, y, span.length);
        else
            look_up_strided(x, x_step, job->swapped[0], table, y, y_step,
                            job->swapped[out], span.length);
        advance(&cursor, job, plan->operands, span);
        from += span.length;
    }
    return false;
}

bool fa_execute_by_table(const fa_plan *plan)
{
    Table *table = malloc(sizeof *table);
    if (!table) return false;
    bool filled = !fill_table(plan->part[0].job, table);
    if (filled) {
        bool alone = plan->overlap == FA_OVERLAPPING;
        int members = alone ? 1 : fa_borrow_team(NS_OF_A_LOOKUP * job_size(plan));
        fa_share(plan, look_up, members, table->y);
        fa_return_team(members);
    }
    free(table);
    return filled;
}
