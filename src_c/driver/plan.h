/* What is decided for an elementwise job, once, before anything is executed. */
#ifndef FA_PLAN_H
#define FA_PLAN_H

#include "../targets/target.h"
#include "format.h"
#include "job.h"
#include "overlap.h"
#include "tiling.h"

enum { FA_LINE_BYTES = 64, FA_BLOCK_BYTES = 8192, FA_HALVES = 1 << 16 };

/* How an operand lies in memory. */
typedef struct {
    fa_format format;
    bool native; /* aligned, and of this machine's byte order */
    bool in_rows; /* the kernel can take a row where it lies */
    bool flat; /* ... and one row lies behind the other */
    bool constant; /* one element for all */
    bool repeated; /* one row for all */
    bool broadcast; /* a parameter with one element for a row */
} fa_operand;

/* All of a job, or some of its tiles. */
typedef struct {
    const fa_job *job;
    ptrdiff_t size;
    bool direct; /* rows go to the kernel where they lie; else through scratch */
    bool joins_rows; /* ... which holds many short ones */
    bool rows_start_lines; /* every row of every output does */
    fa_memory memory;
    double layout_ns; /* of an element, about: to come by it */
    fa_operand operand[FA_MAX_OPERANDS];
} fa_part;

typedef struct {
    const fa_op *op;
    const fa_target *target;
    fa_kernel *kernel;
    fa_kernel *refine_kernel; /* in float64, where the rounding test fails; or NULL */
    int operands;
    int kernel_inputs, kernel_operands; /* without scale and shift */
    ptrdiff_t bytes; /* of an element of the kernel's precision */
    double kernel_ns; /* of an element, about */
    bool costly; /* the kernel */
    bool by_table; /* look results up in a table of those of all halves */
    fa_overlap overlap;
    int members; /* of the team, which fa_end_plan gives back */
    int parts;
    fa_part part[FA_TILING_PARTS];
    fa_job tiles[FA_TILING_PARTS]; /* the jobs of parts, where there are several */
} fa_plan;

static inline fa_kernel *fa_kernel_of(const fa_op *op, const fa_target *target)
{
    return target->families[op->family][op->member][op->form];
}

/* Plans a job, whose axes are sorted and joined; by a table only if that is allowed. */
void fa_make_plan(fa_plan *plan, fa_job *job, bool allow_table);
void fa_end_plan(const fa_plan *plan);

#endif
