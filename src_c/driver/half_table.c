/* Long arrays of halves, looked up in a table of all results.
 *
 * There are 65,536 halves. A function that takes longer than a load from the second cache
 * is computed for each of them once, and the array is looked up. */
#include "half_table.h"

#include <stdlib.h>
#include <string.h>

#include "cursor.h"
#include "execute.h"

typedef struct {
    uint16_t x[FA_HALVES], y[FA_HALVES];
} Table;

/* By the team of the job's plan. Returns whether a result overflows. */
static bool fill_table(const fa_plan *plan, Table *table)
{
    const fa_job *job = plan->part[0].job;
    const fa_op *op = plan->op;
    fa_job all;
    all.op = op;
    all.dims = 1;
    all.shape[0] = FA_HALVES;
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        bool parameter = fa_is_parameter(op, k);
        all.data[k] = parameter ? job->data[k] : (char *)(k == 0 ? table->x : table->y);
        all.strides[k][0] = parameter ? 0 : sizeof *table->x;
        all.swapped[k] = parameter && job->swapped[k];
    }
    for (int bits = 0; bits < FA_HALVES; bits++) table->x[bits] = (uint16_t)bits;
    fa_plan of_table;
    fa_make_plan(&of_table, &all, false);
    bool overflowed = fa_execute(&of_table, plan->members);
    fa_end_plan(&of_table);
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
    bool filled = !fill_table(plan, table);
    if (filled) fa_share(plan, look_up, plan->members, table->y);
    free(table);
    return filled;
}
