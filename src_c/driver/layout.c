/* The axes of a job: their order, and how few they can be. */
#include "layout.h"

#include <stdlib.h>

static void swap_axes(fa_job *job, int operands, int a, int b)
{
    ptrdiff_t length = job->shape[a];
    job->shape[a] = job->shape[b];
    job->shape[b] = length;
    for (int k = 0; k < operands; k++) {
        ptrdiff_t stride = job->strides[k][a];
        job->strides[k][a] = job->strides[k][b];
        job->strides[k][b] = stride;
    }
}

void fa_sort_axes(fa_job *job, int operands, int by)
{
    const ptrdiff_t *step = job->strides[by];
    for (int axis = 1; axis < job->dims; axis++)
        for (int d = axis; d > 0 && llabs(step[d - 1]) < llabs(step[d]); d--)
            swap_axes(job, operands, d - 1, d);
}

void fa_coalesce(fa_job *job, int operands)
{
    int dims = 0;
    for (int d = 0; d < job->dims; d++) {
        if (job->shape[d] == 1) continue;
        bool joined = dims > 0;
        for (int k = 0; joined && k < operands; k++)
            joined = job->strides[k][dims - 1] == job->strides[k][d] * job->shape[d];
        int to = joined ? dims - 1 : dims++;
        job->shape[to] = joined ? job->shape[to] * job->shape[d] : job->shape[d];
        for (int k = 0; k < operands; k++) job->strides[k][to] = job->strides[k][d];
    }
    if (dims == 0) {
        job->shape[0] = 1;
        for (int k = 0; k < operands; k++) job->strides[k][0] = 0;
        dims = 1;
    }
    job->dims = dims;
}

ptrdiff_t fa_job_size(const fa_job *job)
{
    ptrdiff_t size = 1;
    for (int d = 0; d < job->dims; d++) size *= job->shape[d];
    return size;
}
