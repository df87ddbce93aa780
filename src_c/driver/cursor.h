/* A walk through the elements of a job in the order of its axes, the last one innermost. */
#ifndef FA_CURSOR_H
#define FA_CURSOR_H

#include "job.h"

/* A place in the job. */
typedef struct {
    ptrdiff_t index[FA_MAX_DIMS];
    char *at[FA_MAX_OPERANDS];
} Cursor;

/* What lies ahead of a cursor and needs two strides at most: a piece of a row, or rows. */
typedef struct {
    ptrdiff_t rows, length;
} Span;

static inline void go_to(Cursor *cursor, const fa_job *job, int operands,
                         ptrdiff_t place)
{
    for (int d = job->dims - 1; d >= 0; d--) {
        cursor->index[d] = place % job->shape[d];
        place /= job->shape[d];
    }
    for (int k = 0; k < operands; k++) {
        cursor->at[k] = job->data[k];
        for (int d = 0; d < job->dims; d++)
            cursor->at[k] += cursor->index[d] * job->strides[k][d];
    }
}

static inline ptrdiff_t left_in_row(const Cursor *cursor, const fa_job *job)
{
    return job->shape[job->dims - 1] - cursor->index[job->dims - 1];
}

/* The next span, of at most count elements. */
static inline Span next_span(const Cursor *cursor, const fa_job *job, ptrdiff_t count)
{
    int inner = job->dims - 1;
    ptrdiff_t row = job->shape[inner], left = left_in_row(cursor, job);
    if (inner == 0 || left < row || count < 2 * row)
        return (Span){1, left < count ? left : count};
    ptrdiff_t rows = job->shape[inner - 1] - cursor->index[inner - 1];
    return (Span){rows < count / row ? rows : count / row, row};
}

/* On by a span. */
static inline void advance(Cursor *cursor, const fa_job *job, int operands, Span span)
{
    int d = span.rows > 1 ? job->dims - 2 : job->dims - 1;
    ptrdiff_t by = span.rows > 1 ? span.rows : span.length;
    cursor->index[d] += by;
    for (int k = 0; k < operands; k++) cursor->at[k] += by * job->strides[k][d];
    for (; d > 0 && cursor->index[d] == job->shape[d]; d--) {
        cursor->index[d] = 0;
        cursor->index[d - 1]++;
        for (int k = 0; k < operands; k++)
            cursor->at[k] +=
                job->strides[k][d - 1] - job->shape[d] * job->strides[k][d];
    }
}

#endif
