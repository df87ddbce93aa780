/* Between loop.c and rows.c: what is decided for a job, and a row of it. */
#ifndef FA_ROWS_H
#define FA_ROWS_H

#include "fastact.h"

enum { BLOCK = 512, LINE_BYTES = 64 };

/* What is decided once for a job. */
typedef struct {
    const fa_op *op;
    const fa_target *target;
    fa_kernel *kernel[2]; /* [uniform] */
    int operands, first_parameter, last_parameter;
    size_t bytes; /* of an element of the kernel's precision */
    bool streaming;
    bool in_order; /* outputs overlap inputs: one element at a time */
} Plan;

/* Room for one block of one operand. */
typedef struct {
    char wide[BLOCK * 8];  /* in the kernel's precision */
    char items[BLOCK * 8]; /* in the array's dtype, contiguous */
} Scratch;

/* Elements of a size from or to a stride. */
void fa_gather(char *to, const char *from, ptrdiff_t stride, size_t bytes,
               ptrdiff_t count);
void fa_scatter(char *to, ptrdiff_t stride, const char *from, size_t bytes,
                ptrdiff_t count);

/* A kernel on contiguous operands of its precision. A uniform one reads one element of
 * each parameter; streaming asks for outputs that are aligned to lines. */
void fa_run_kernel(const Plan *plan, bool uniform, void *const *operands,
                   ptrdiff_t count, bool streaming);

/* One row of count elements of any dtype and stride. */
void fa_run_row(const Plan *plan, char *const *data, const ptrdiff_t *strides,
                ptrdiff_t count);

#endif
