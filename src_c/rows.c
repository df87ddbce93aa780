/* A row of a job, through its kernel.
 *
 * Operands that are contiguous and of the kernel's precision go to it as they are. Any
 * other passes through blocks of scratch, gathered and converted before, narrowed,
 * streamed or scattered after. So every layout and dtype runs through the same kernel,
 * and to the same bits. */
#include "rows.h"

#include <string.h>

/* A kernel on count elements. The last ones, fewer than it takes at once, go through
 * the same kernel in a padded copy, so a value does not depend on where it stands. */
void fa_run_kernel(const Plan *plan, bool uniform, void *const *operands,
                   ptrdiff_t count, bool streaming)
{
    fa_kernel *kernel = plan->kernel[uniform];
    ptrdiff_t width = plan->target->width, rest = count % width, whole = count - rest;
    if (whole) kernel(operands, whole, streaming);
    if (!rest) return;
    _Alignas(LINE_BYTES) char padded[FA_MAX_OPERANDS][FA_MAX_WIDTH * 8];
    void *at[FA_MAX_OPERANDS];
    size_t done = plan->bytes * (size_t)whole, bytes = plan->bytes * (size_t)rest;
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && k >= plan->first_parameter && k < plan->last_parameter;
        at[k] = single ? operands[k] : padded[k];
        if (single || k >= plan->op->inputs) continue;
        memset(padded[k], 0, plan->bytes * (size_t)width);
        memcpy(padded[k], (char *)operands[k] + done, bytes);
    }
    kernel(at, width, false);
    for (int k = plan->op->inputs; k < plan->operands; k++)
        memcpy((char *)operands[k] + done, padded[k], bytes);
}

void fa_gather(char *to, const char *from, ptrdiff_t stride, size_t bytes,
               ptrdiff_t count)
{
#define GATHER(type) \
    for (ptrdiff_t i = 0; i < count; i++, from += stride) { \
        type item; \
        memcpy(&item, from, sizeof item); \
        memcpy(to + i * (ptrdiff_t)sizeof item, &item, sizeof item); \
    }
    if (stride == (ptrdiff_t)bytes) {
        memcpy(to, from, bytes * (size_t)count);
        return;
    }
    switch (bytes) {
    case 1: GATHER(uint8_t) break;
    case 2: GATHER(uint16_t) break;
    case 4: GATHER(uint32_t) break;
    default: GATHER(uint64_t)
    }
}

void fa_scatter(char *to, ptrdiff_t stride, const char *from, size_t bytes,
                ptrdiff_t count)
{
#define SCATTER(type) \
    for (ptrdiff_t i = 0; i < count; i++, to += stride) \
        memcpy(to, from + i * (ptrdiff_t)sizeof(type), sizeof(type));
    if (stride == (ptrdiff_t)bytes) {
        memcpy(to, from, bytes * (size_t)count);
        return;
    }
    switch (bytes) {
    case 2: SCATTER(uint16_t) break;
    case 4: SCATTER(uint32_t) break;
    default: SCATTER(uint64_t)
    }
}

/* The same with stores past the caches, which must be aligned to lines: the elements
 * before the first whole line, and outputs that do not agree on it, are stored as usual. */
static void run_streaming(const Plan *plan, bool uniform, char *const *data,
                          ptrdiff_t count)
{
    int out = plan->op->inputs;
    ptrdiff_t bytes = (ptrdiff_t)plan->bytes;
    uintptr_t over = (uintptr_t)data[out] % LINE_BYTES;
    bool aligned = over % (uintptr_t)bytes == 0;
    for (int k = out + 1; k < plan->operands; k++)
        aligned &= (uintptr_t)data[k] % LINE_BYTES == over;
    ptrdiff_t head = aligned && over ? (LINE_BYTES - (ptrdiff_t)over) / bytes : 0;
    if (head > count) head = count;
    if (head) fa_run_kernel(plan, uniform, (void *const *)data, head, false);
    void *at[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && k >= plan->first_parameter && k < plan->last_parameter;
        at[k] = data[k] + (single ? 0 : head * bytes);
    }
    fa_run_kernel(plan, uniform, at, count - head, aligned);
}

/* The next count elements of an input, contiguous and of the kernel's precision. */
static void *fetch(const Plan *plan, int k, const char *from, ptrdiff_t stride,
                   ptrdiff_t count, Scratch *scratch)
{
    fa_dtype dtype = plan->op->dtype[k];
    size_t bytes = fa_item_bytes(dtype);
    fa_convert *widen = plan->target->widen[dtype];
    if (stride != (ptrdiff_t)bytes) {
        char *items = widen ? scratch->items : scratch->wide;
        fa_gather(items, from, stride, bytes, count);
        from = items;
    }
    if (!widen) return (void *)from;
    widen(scratch->wide, from, count);
    return scratch->wide;
}

/* The reverse for an output whose values stand in scratch->wide. */
static void deliver(const Plan *plan, int k, char *to, ptrdiff_t stride,
                    ptrdiff_t count, Scratch *scratch)
{
    fa_dtype dtype = plan->op->dtype[k];
    size_t bytes = fa_item_bytes(dtype);
    fa_convert *narrow = plan->target->narrow[dtype];
    const char *values = scratch->wide;
    bool contiguous = stride == (ptrdiff_t)bytes;
    if (narrow && contiguous && !plan->streaming) {
        narrow(to, values, count);
        return;
    }
    if (narrow) {
        narrow(scratch->items, values, count);
        values = scratch->items;
    }
    if (!contiguous)
        fa_scatter(to, stride, values, bytes, count);
    else if (plan->streaming)
        plan->target->stream(to, values, bytes * (size_t)count);
    else
        memcpy(to, values, bytes * (size_t)count);
}

/* One row of count elements. */
void fa_run_row(const Plan *plan, char *const *data, const ptrdiff_t *strides,
                ptrdiff_t count)
{
    const fa_op *op = plan->op;
    bool uniform = true;
    for (int k = plan->first_parameter; k < plan->last_parameter; k++)
        uniform &= strides[k] == 0;

    enum { DIRECT, UNIFORM, BLOCKED } way[FA_MAX_OPERANDS];
    bool blocked = false;
    for (int k = 0; k < plan->operands; k++) {
        bool parameter = k >= plan->first_parameter && k < plan->last_parameter;
        bool native = op->dtype[k] == (op->precision ? FA_FLOAT64 : FA_FLOAT32);
        bool contiguous = strides[k] == (ptrdiff_t)plan->bytes || count == 1;
        if (parameter && uniform)
            way[k] = UNIFORM;
        else if (native && contiguous)
            way[k] = DIRECT;
        else
            way[k] = BLOCKED;
        blocked |= way[k] == BLOCKED || (way[k] == UNIFORM && !native);
    }
    if (!blocked) {
        if (plan->streaming)
            run_streaming(plan, uniform, data, count);
        else
            fa_run_kernel(plan, uniform, (void *const *)data, count, false);
        return;
    }

    Scratch scratch[FA_MAX_OPERANDS];
    char *at[FA_MAX_OPERANDS];
    void *operands[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) {
        at[k] = data[k];
        if (way[k] == UNIFORM) operands[k] = fetch(plan, k, at[k], 0, 1, &scratch[k]);
    }
    for (ptrdiff_t done = 0; done < count; done += BLOCK) {
        ptrdiff_t part = count - done < BLOCK ? count - done : BLOCK;
        for (int k = 0; k < plan->operands; k++) {
            if (way[k] == DIRECT)
                operands[k] = at[k];
            else if (k >= op->inputs)
                operands[k] = scratch[k].wide;
            else if (way[k] == BLOCKED)
                operands[k] = fetch(plan, k, at[k], strides[k], part, &scratch[k]);
        }
        fa_run_kernel(plan, uniform, operands, part, false);
        for (int k = 0; k < plan->operands; k++) {
            if (k >= op->inputs && way[k] == BLOCKED)
                deliver(plan, k, at[k], strides[k], part, &scratch[k]);
            at[k] += part * strides[k];
        }
    }
}
