/* Which operands of a job share memory, and how: extents first, and where these overlap,
 * whether the operands are one, or interleaved. */
#include "overlap.h"

typedef struct {
    const char *low, *high;
} Extent;

static Extent extent(const char *data, int dims, const ptrdiff_t *shape,
                     const ptrdiff_t *strides, ptrdiff_t bytes)
{
    Extent e = {data, data + bytes};
    for (int d = 0; d < dims; d++) {
        ptrdiff_t reach = strides[d] * (shape[d] - 1);
        if (reach < 0)
            e.low += reach;
        else
            e.high += reach;
    }
    return e;
}

static bool extents_overlap(Extent a, Extent b)
{
    return a.low < b.high && b.low < a.high;
}

static Extent extent_in_job(const fa_job *job, int k)
{
    return extent(job->data[k], job->dims, job->shape, job->strides[k],
                  job->op->bytes[k]);
}

static size_t size_of_step(ptrdiff_t stride)
{
    return stride < 0 ? -(size_t)stride : (size_t)stride;
}

static size_t common_divisor(size_t a, size_t b)
{
    while (b) {
        size_t rest = a % b;
        a = b, b = rest;
    }
    return a;
}

/* Whether two operands whose extents overlap are interleaved: elements or rows of one lie
 * between those of the other, and no byte is shared.
 *
 * With steps of least bytes or more, both move by multiples of period; within a period
 * each covers one stretch, made by its smaller steps. The stretches are apart, or not. */
static bool are_interleaved(const fa_job *job, int a, int b, size_t least)
{
    int both[] = {a, b};
    const char *low[] = {job->data[a], job->data[b]};
    size_t period = 0, stretch[2];
    for (int n = 0; n < 2; n++) {
        stretch[n] = job->op->bytes[both[n]];
        for (int d = 0; d < job->dims; d++) {
            ptrdiff_t stride = job->strides[both[n]][d];
            size_t step = size_of_step(stride);
            if (step >= least) {
                period = common_divisor(period, step);
                continue;
            }
            ptrdiff_t reach = stride * (job->shape[d] - 1);
            if (reach < 0) low[n] += reach;
            stretch[n] += step * (size_t)(job->shape[d] - 1);
        }
    }
    if (period == 0) return false;
    ptrdiff_t from_a_to_b = (low[1] - low[0]) % (ptrdiff_t)period;
    size_t place =
        (size_t)(from_a_to_b < 0 ? from_a_to_b + (ptrdiff_t)period : from_a_to_b);
    return stretch[0] <= place && place + stretch[1] <= period;
}

static bool share_no_byte(const fa_job *job, int a, int b)
{
    for (int d = 0; d < job->dims; d++)
        if (are_interleaved(job, a, b, size_of_step(job->strides[a][d]))) return true;
    return false;
}

/* How the outputs share memory with the other operands. One that visits an address twice
 * overlaps itself. */
fa_overlap fa_find_overlap(const fa_job *job)
{
    int operands = job->op->inputs + job->op->outputs;
    fa_overlap found = FA_APART;
    for (int out = job->op->inputs; out < operands; out++) {
        for (int d = 0; d < job->dims; d++)
            if (job->strides[out][d] == 0 && job->shape[d] > 1) return FA_OVERLAPPING;
        Extent mine = extent_in_job(job, out);
        for (int k = 0; k < operands; k++) {
            if (k == out) continue;
            if (!extents_overlap(mine, extent_in_job(job, k))) continue;
            bool same = k < job->op->inputs && job->data[k] == job->data[out]
                && job->op->dtype[k] == job->op->dtype[out]
                && job->swapped[k] == job->swapped[out];
            for (int d = 0; same && d < job->dims; d++)
                same = job->strides[k][d] == job->strides[out][d];
            if (same)
                found = FA_IN_PLACE;
            else if (!share_no_byte(job, k, out))
                return FA_OVERLAPPING;
        }
    }
    return found;
}

bool fa_contiguous_overlap(const fa_op *op, void *const *operands, ptrdiff_t length)
{
    for (int out = op->inputs; out < op->inputs + op->outputs; out++) {
        const char *mine = operands[out];
        for (int k = 0; k < out; k++) {
            const char *other = operands[k];
            if (fa_is_parameter(op, k) || (k < op->arrays && other == mine)) continue;
            if (mine < other + op->bytes[k] * length
                && other < mine + op->bytes[out] * length)
                return true;
        }
    }
    return false;
}

static bool is_same_array(const fa_axis_job *job, int a, int b)
{
    bool same = job->data[a] == job->data[b] && job->op->dtype[a] == job->op->dtype[b];
    for (int d = 0; d < job->dims; d++)
        same &= job->strides[a][d] == job->strides[b][d];
    return same;
}

bool fa_axis_overlap(const fa_axis_job *job)
{
    const fa_axis_function *function = &fa_axis_functions[job->op->function];
    int result = function->inputs;
    Extent mine = extent(job->data[result], job->dims, job->shape, job->strides[result],
                         job->op->bytes[result]);
    for (int k = 0; k < result; k++) {
        Extent other = extent(job->data[k], job->dims, job->shape, job->strides[k],
                              job->op->bytes[k]);
        bool in_place = function->whole && is_same_array(job, k, result);
        if (!in_place && extents_overlap(mine, other)) return true;
    }
    return false;
}
