/* Cache blocking for transposed operands.
 *
 * A job goes along its output. An input that is transposed to it is read with steps of
 * whole lines, one element of each. When the next row asks for their neighbours the lines
 * have been evicted: soon where there are many, at once where steps by a power of two send
 * all of them to the same sets of the cache. A tile of the two axes reuses each line before
 * it is evicted. */
#include "tiling.h"

enum {
    LINE_BYTES = 64,
    TILE_BYTES = 256,
    TILE_ROWS = 64,
    FEW_ROWS = 8,
    NEAR_BYTES = 16
};

static ptrdiff_t size_of(ptrdiff_t stride) { return stride < 0 ? -stride : stride; }

/* The axis along which an input has its neighbours, while its step along the innermost one
 * leads over lines; -1 where there is none. */
static int find_transposed_axis(const fa_job *job, ptrdiff_t *nearest)
{
    int inner = job->dims - 1, axis = -1;
    for (int k = 0; k < job->op->inputs && axis < 0; k++) {
        if (size_of(job->strides[k][inner]) < LINE_BYTES) continue;
        *nearest = NEAR_BYTES + 1;
        for (int d = 0; d < inner; d++) {
            ptrdiff_t step = size_of(job->strides[k][d]);
            if (step == 0 || step >= *nearest || job->shape[d] < FEW_ROWS) continue;
            *nearest = step, axis = d;
        }
    }
    return axis;
}

/* Every `every`-th element of an axis becomes the last axis of another job. */
static void append_axis(fa_job *to, const fa_job *from, int axis, ptrdiff_t every,
                        ptrdiff_t count)
{
    to->shape[to->dims] = count;
    for (int k = 0; k < from->op->inputs + from->op->outputs; k++)
        to->strides[k][to->dims] = from->strides[k][axis] * every;
    to->dims++;
}

/* All but two axes of a job, from elements of those two on. */
static fa_job others(const fa_job *job, int axis, ptrdiff_t row, ptrdiff_t column)
{
    int inner = job->dims - 1;
    fa_job part;
    part.op = job->op;
    part.dims = 0;
    for (int d = 0; d < inner; d++)
        if (d != axis) append_axis(&part, job, d, 1, job->shape[d]);
    for (int k = 0; k < job->op->inputs + job->op->outputs; k++) {
        part.data[k] = job->data[k] + row * job->strides[k][axis]
            + column * job->strides[k][inner];
        part.swapped[k] = job->swapped[k];
    }
    return part;
}

/* Some rows of a job in tiles of so many rows and columns. */
static fa_job in_tiles(const fa_job *job, int axis, ptrdiff_t first, ptrdiff_t rows,
                       ptrdiff_t high, ptrdiff_t wide)
{
    int inner = job->dims - 1;
    fa_job part = others(job, axis, first, 0);
    append_axis(&part, job, axis, high, rows / high);
    append_axis(&part, job, inner, wide, job->shape[inner] / wide);
    append_axis(&part, job, axis, 1, high);
    append_axis(&part, job, inner, 1, wide);
    return part;
}

int fa_split_into_tiles(const fa_job *job, ptrdiff_t elements,
                        fa_job parts[FA_TILING_PARTS])
{
    int inner = job->dims - 1, count = 0;
    ptrdiff_t nearest;
    int axis = find_transposed_axis(job, &nearest);
    if (axis < 0) return 0;
    ptrdiff_t rows = job->shape[axis], columns = job->shape[inner];
    ptrdiff_t high = TILE_BYTES / nearest;
    if (high > TILE_ROWS) high = TILE_ROWS;
    ptrdiff_t wide = elements / high;
    if (columns < 2 * wide || job->dims + 2 > FA_MAX_DIMS) return 0;

    ptrdiff_t below = rows % high, beside = columns % wide;
    if (rows >= high) parts[count++] = in_tiles(job, axis, 0, rows - below, high, wide);
    if (below) parts[count++] = in_tiles(job, axis, rows - below, below, below, wide);
    if (beside) {
        fa_job *part = &parts[count++];
        *part = others(job, axis, 0, columns - beside);
        append_axis(part, job, axis, 1, rows);
        append_axis(part, job, inner, 1, beside);
    }
    return count;
}
