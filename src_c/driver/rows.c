/* Rows that the kernel takes where they lie. */
#include "affine.h"
#include "cursor.h"
#include "execute.h"
#include "peel.h"

/* A kernel prefetches the next of its rows; of rows that it gets one by one nobody does. */
static inline __attribute__((always_inline)) void prefetch_next(const fa_plan *plan,
                                                                const fa_rows *rows)
{
    enum { LINES = 8 };
    for (int k = 0; k < plan->op->arrays; k++)
        for (int line = 0; line < LINES; line++)
            __builtin_prefetch((char *)rows->at[k] + rows->step[k] * plan->bytes
                               + line * FA_LINE_BYTES);
}

/* Rows whose stores begin inside a line, or whose argument is mapped: one by one. */
static bool run_one_by_one(const fa_plan *plan, fa_rows *rows, Span span,
                           bool streaming)
{
    bool overflowed = false;
    for (ptrdiff_t row = 0; row < span.rows; row++) {
        prefetch_next(plan, rows);
        overflowed |= plan->op->affine
            ? fa_run_mapped(plan, rows, span.length, streaming, streaming)
            : fa_run_peeled(plan, rows, span.length);
        for (int k = 0; k < plan->operands; k++)
            rows->at[k] = (char *)rows->at[k] + rows->step[k] * plan->bytes;
    }
    return overflowed;
}

bool fa_run_rows(const fa_plan *plan, const fa_part *part, ptrdiff_t from, ptrdiff_t to,
                 const void *context)
{
    (void)context;
    const fa_job *job = part->job;
    int inner = job->dims - 1;
    bool streaming = part->memory == FA_NONTEMPORAL;
    bool overflowed = false;
    fa_rows rows;
    rows.map = NULL;
    for (int k = 0; k < plan->operands; k++) {
        rows.broadcast[k] = part->operand[k].broadcast;
        rows.step[k] = inner > 0 ? job->strides[k][inner - 1] / plan->bytes : 0;
    }
    Cursor cursor;
    go_to(&cursor, job, plan->operands, from);
    while (from < to) {
        Span span = next_span(&cursor, job, to - from);
        if (plan->overlap == FA_OVERLAPPING) span = (Span){1, 1};
        for (int k = 0; k < plan->operands; k++) rows.at[k] = cursor.at[k];
        /* A single one may be the rest of a row, which begins anywhere. */
        bool peel = streaming && (span.rows == 1 || !part->rows_start_lines);
        overflowed |= peel || plan->op->affine
            ? run_one_by_one(plan, &rows, span, streaming)
            : plan->kernel(&rows, span.rows, span.length, part->memory);
        advance(&cursor, job, plan->operands, span);
        from += span.rows * span.length;
    }
    return overflowed;
}
