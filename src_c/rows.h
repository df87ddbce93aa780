/* Between loop.c and rows.c: what is decided for a job, and a range of it. */
#ifndef FA_ROWS_H
#define FA_ROWS_H

#include "fastact.h"

enum { LINE_BYTES = 64, BLOCK_BYTES = 8192 };

/* How an operand lies in memory. */
typedef struct {
    size_t bytes;        /* of an element */
    fa_convert *convert; /* to or from the kernel's precision; NULL: is that already */
    bool swapped; /* of the other byte order */
    bool sound; /* aligned and of this machine's byte order */
    bool in_rows; /* the kernel can take it where a row lies */
    bool flat; /* ... and one row lies behind the other */
    bool constant; /* one element for all */
    bool repeated; /* one row for all */
} Operand;

/* How outputs share memory with other operands. */
typedef enum {
    OVERLAPPING, /* otherwise than the two below: one element after the other */
    IN_PLACE, /* element by element */
    APART,
} Overlap;

/* What is decided once for a job. */
typedef struct {
    const fa_op *op;
    const fa_target *target;
    fa_kernel *kernel[2]; /* [uniform] */
    fa_kernel *twice[2]; /* in float64, where halves need it; or NULL */
    int operands, first_parameter, last_parameter;
    size_t bytes; /* of an element of the kernel's precision */
    bool beyond_caches; /* the operands together */
    bool streaming; /* ... and stores go past the caches */
    Overlap overlap;
    bool short_rows; /* gathered with their neighbours to blocks */
    bool direct; /* rows go to the kernel as they lie */
    fa_memory memory; /* where they are */
    double kernel_ns, layout_ns; /* of an element, about: computed, and come by */
    Operand operand[FA_MAX_OPERANDS];
} Plan;

static inline bool is_parameter(const Plan *plan, int k)
{
    return k >= plan->first_parameter && k < plan->last_parameter;
}

/* Fills in the operands and what depends on how they lie. */
void fa_plan_rows(Plan *plan, const fa_job *job);

/* Elements [from, to) of a job, counted in the order of its axes. Returns what the
 * kernels return. */
bool fa_run_range(const Plan *plan, const fa_job *job, ptrdiff_t from, ptrdiff_t to);

#endif
