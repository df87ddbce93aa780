/* The axes of a job: their order, and how few they can be. */
#ifndef FA_LAYOUT_H
#define FA_LAYOUT_H

#include "job.h"

/* Axes with the longest steps of an operand become the outermost; equal ones stay. */
void fa_sort_axes(fa_job *job, int operands, int by);

/* Axes of length 1 go; neighbours that every operand walks as one are joined. */
void fa_coalesce(fa_job *job, int operands);

ptrdiff_t fa_job_size(const fa_job *job);

#endif
