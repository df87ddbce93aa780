/* A range of a job, through its kernel.
 *
 * Long rows that are contiguous and of the kernel's precision go to it as they lie. All
 * else passes through blocks of scratch, gathered, turned and converted before, and the
 * same backwards after. So every layout and dtype runs through the same kernel, and to
 * the same bits. */
#include "rows.h"

#include <string.h>

#include "copy.h"
#include "walk.h"

/* Shorter rows are gathered with their neighbours to a block, unless that costs more than
 * the lanes that each of them would leave empty. */
enum { SHORT_ROW = 256, BLOCK_BYTES = 4096 };

/* An operand's element through scratch, and a row that goes to the kernel by itself. */
static const double NS_OF_A_COPY = 0.15, NS_OF_A_ROW = 10;

/* Room for one block of one operand. */
typedef struct {
    _Alignas(LINE_BYTES) char wide[BLOCK_BYTES]; /* in the kernel's precision */
    char items[BLOCK_BYTES]; /* as in the array, but contiguous */
} Scratch;

static bool is_parameter(const Plan *plan, int k)
{
    return k >= plan->first_parameter && k < plan->last_parameter;
}

/* ---- how operands lie ---- */

static Operand describe(const Plan *plan, const fa_job *job, int k)
{
    fa_dtype dtype = job->op->dtype[k];
    const ptrdiff_t *strides = job->strides[k];
    int inner = job->dims - 1;
    bool output = k >= job->op->inputs;
    Operand it = {
        .bytes = fa_item_bytes(dtype),
        .convert = (output ? plan->target->narrow : plan->target->widen)[dtype],
        .swapped = job->swapped[k],
        .constant = true,
    };
    uintptr_t misaligned = (uintptr_t)job->data[k];
    for (int d = 0; d <= inner; d++) {
        misaligned |= (uintptr_t)strides[d];
        it.constant &= strides[d] == 0;
    }
    it.sound = !it.swapped && misaligned % it.bytes == 0;
    it.in_rows =
        it.sound && (strides[inner] == (ptrdiff_t)it.bytes || job->shape[inner] == 1);
    it.flat = it.in_rows;
    for (int d = inner; d > 0; d--)
        it.flat &= strides[d - 1] == strides[d] * job->shape[d];
    return it;
}

/* How many operands do not go to the kernel as they lie, in rows or run through. */
static int copied(const Plan *plan, const fa_job *job, bool in_rows)
{
    bool uniform = true;
    for (int k = plan->first_parameter; k < plan->last_parameter; k++)
        uniform &= job->strides[k][job->dims - 1] == 0;
    int count = 0;
    for (int k = 0; k < plan->operands; k++) {
        const Operand *operand = &plan->operand[k];
        bool lies = uniform && is_parameter(plan, k)
            ? operand->sound && (in_rows || operand->constant)
            : in_rows ? operand->in_rows
                      : operand->flat;
        count += !lies || operand->convert;
    }
    return count;
}

void fa_plan_rows(Plan *plan, const fa_job *job)
{
    int inner = job->dims - 1;
    for (int k = 0; k < plan->operands; k++) plan->operand[k] = describe(plan, job, k);
    ptrdiff_t row = job->shape[inner], width = plan->target->width;
    ptrdiff_t empty = (width - row % width) % width;
    int left = copied(plan, job, true);
    int gathered = left;
    plan->short_rows = inner > 0 && row < SHORT_ROW;
    if (plan->short_rows) {
        gathered = copied(plan, job, false);
        bool redone = plan->overlap == APART && row >= width;
        plan->short_rows = left > 0 || !redone
            || NS_OF_A_ROW + plan->kernel_ns * (double)empty
                > NS_OF_A_COPY * (double)(gathered * row);
    }
    plan->direct = !plan->short_rows && left == 0;
    plan->copy_ns = NS_OF_A_COPY * (plan->short_rows ? gathered : left);
}

/* ---- contiguous operands ---- */

/* The last elements, fewer than the kernel takes at once, go through it in a padded copy,
 * so a value does not depend on where it stands. */
static void run_tail(const Plan *plan, bool uniform, void *const *operands,
                     ptrdiff_t done, ptrdiff_t rest)
{
    _Alignas(LINE_BYTES) char padded[FA_MAX_OPERANDS][FA_MAX_WIDTH * 8];
    void *at[FA_MAX_OPERANDS];
    size_t skip = plan->bytes * (size_t)done, bytes = plan->bytes * (size_t)rest;
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && is_parameter(plan, k);
        at[k] = single ? operands[k] : padded[k];
        if (single || k >= plan->op->inputs) continue;
        memset(padded[k], 0, plan->bytes * (size_t)plan->target->width);
        memcpy(padded[k], (char *)operands[k] + skip, bytes);
    }
    plan->kernel[uniform](at, plan->target->width, false);
    for (int k = plan->op->inputs; k < plan->operands; k++)
        memcpy((char *)operands[k] + skip, padded[k], bytes);
}

/* Or, where no output lies over an input, the kernel ends with as many as it takes at once,
 * some of them for the second time. */
static void end_again(const Plan *plan, bool uniform, void *const *operands,
                      ptrdiff_t count)
{
    ptrdiff_t start = (count - plan->target->width) * (ptrdiff_t)plan->bytes;
    void *at[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && is_parameter(plan, k);
        at[k] = (char *)operands[k] + (single ? 0 : start);
    }
    plan->kernel[uniform](at, plan->target->width, false);
}

static void run_kernel(const Plan *plan, bool uniform, void *const *operands,
                       ptrdiff_t count, bool streaming)
{
    ptrdiff_t rest = count % plan->target->width, whole = count - rest;
    if (whole) plan->kernel[uniform](operands, whole, streaming);
    if (!rest) return;
    if (whole && plan->overlap == APART)
        end_again(plan, uniform, operands, count);
    else
        run_tail(plan, uniform, operands, whole, rest);
}

void fa_run_kernel(const Plan *plan, bool uniform, void *const *operands,
                   ptrdiff_t count)
{
    run_kernel(plan, uniform, operands, count, false);
}

/* The same with stores past the caches, which must be aligned to lines: the elements
 * before the first whole line, and outputs that do not agree on it, are stored as usual. */
static void run_streaming(const Plan *plan, bool uniform, void *const *operands,
                          ptrdiff_t count)
{
    int out = plan->op->inputs;
    ptrdiff_t bytes = (ptrdiff_t)plan->bytes;
    uintptr_t over = (uintptr_t)operands[out] % LINE_BYTES;
    bool aligned = over % (uintptr_t)bytes == 0;
    for (int k = out + 1; k < plan->operands; k++)
        aligned &= (uintptr_t)operands[k] % LINE_BYTES == over;
    ptrdiff_t head = aligned && over ? (LINE_BYTES - (ptrdiff_t)over) / bytes : 0;
    if (head > count) head = count;
    if (head) fa_run_kernel(plan, uniform, operands, head);
    void *at[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && is_parameter(plan, k);
        at[k] = (char *)operands[k] + (single ? 0 : head * bytes);
    }
    run_kernel(plan, uniform, at, count - head, aligned);
}

/* ---- rows as they lie ---- */

static void run_rows(const Plan *plan, const fa_job *job, ptrdiff_t from, ptrdiff_t to)
{
    bool uniform = true;
    for (int k = plan->first_parameter; k < plan->last_parameter; k++)
        uniform &= job->strides[k][job->dims - 1] == 0;
    Cursor cursor;
    go_to(&cursor, job, plan->operands, from);
    while (from < to) {
        ptrdiff_t left = row_left(&cursor, job);
        Part part = {1,
                     plan->overlap == OVERLAPPING ? 1
                         : left < to - from       ? left
                                                  : to - from};
        if (plan->streaming)
            run_streaming(plan, uniform, (void *const *)cursor.at, part.length);
        else
            fa_run_kernel(plan, uniform, (void *const *)cursor.at, part.length);
        advance(&cursor, job, plan->operands, part);
        from += part.length;
    }
}

/* ---- blocks ---- */

/* Copies count elements from a place on, all operands from first to end, between the
 * arrays and their rooms; those without room stay. */
static void copy_block(const fa_job *job, Cursor *cursor, int operands, int first,
                       int end, char *const *room, ptrdiff_t count)
{
    int inner = job->dims - 1;
    Part part;
    for (ptrdiff_t done = 0; done < count; done += part.rows * part.length) {
        part = next_part(cursor, job, count - done);
        for (int k = first; k < end; k++) {
            if (!room[k]) continue;
            size_t bytes = fa_item_bytes(job->op->dtype[k]);
            ptrdiff_t item = (ptrdiff_t)bytes;
            Strides there = {inner ? job->strides[k][inner - 1] : 0,
                             job->strides[k][inner]};
            Strides here = {item * part.length, item};
            char *block = room[k] + done * item;
            if (k < job->op->inputs)
                fa_copy(block, here, cursor->at[k], there, bytes, part.rows,
                        part.length);
            else
                fa_copy(cursor->at[k], there, block, here, bytes, part.rows,
                        part.length);
        }
        advance(cursor, job, operands, part);
    }
}

/* Elements as the kernel takes them; those in scratch are turned first. */
static void *widened(const Plan *plan, int k, char *items, ptrdiff_t count,
                     Scratch *scratch)
{
    const Operand *operand = &plan->operand[k];
    if (operand->swapped) plan->target->swap_bytes(items, operand->bytes, count);
    if (!operand->convert) return items;
    operand->convert(scratch->wide, items, count);
    return scratch->wide;
}

static void run_block(const Plan *plan, const fa_job *job, Cursor *cursor,
                      ptrdiff_t count, Scratch *scratch)
{
    const fa_op *op = plan->op;
    int inner = job->dims - 1;
    bool in_a_row = count <= row_left(cursor, job), uniform = true;
    for (int k = plan->first_parameter; k < plan->last_parameter; k++)
        uniform &=
            plan->operand[k].constant || (in_a_row && job->strides[k][inner] == 0);

    bool lies[FA_MAX_OPERANDS]; /* contiguous in the array itself */
    char *items[FA_MAX_OPERANDS], *room[FA_MAX_OPERANDS];
    bool scattered = false, as_they_lie = true;
    for (int k = 0; k < plan->operands; k++) {
        const Operand *operand = &plan->operand[k];
        bool output = k >= op->inputs, single = uniform && is_parameter(plan, k);
        lies[k] = single ? operand->sound : in_a_row ? operand->in_rows : operand->flat;
        char *block = operand->convert ? scratch[k].items : scratch[k].wide;
        items[k] = lies[k] ? cursor->at[k] : block;
        room[k] = lies[k] || single ? NULL : block;
        if (single && !lies[k]) memcpy(block, cursor->at[k], operand->bytes);
        scattered |= output && !lies[k];
        as_they_lie &= !output || (lies[k] && !operand->convert);
    }
    Cursor start;
    if (scattered) start = *cursor;
    copy_block(job, cursor, plan->operands, 0, op->inputs, room, count);

    void *operands[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && is_parameter(plan, k);
        if (k < op->inputs)
            operands[k] = widened(plan, k, items[k], single ? 1 : count, &scratch[k]);
        else
            operands[k] = plan->operand[k].convert ? scratch[k].wide : items[k];
    }
    if (plan->streaming && as_they_lie)
        run_streaming(plan, uniform, operands, count);
    else
        fa_run_kernel(plan, uniform, operands, count);

    for (int k = op->inputs; k < plan->operands; k++) {
        const Operand *operand = &plan->operand[k];
        bool past_caches = plan->streaming && lies[k] && operand->convert;
        char *narrow = past_caches ? scratch[k].items : items[k];
        if (operand->convert) operand->convert(narrow, scratch[k].wide, count);
        if (operand->swapped) plan->target->swap_bytes(narrow, operand->bytes, count);
        if (past_caches)
            plan->target->stream(items[k], narrow, operand->bytes * (size_t)count);
    }
    if (scattered)
        copy_block(job, &start, plan->operands, op->inputs, plan->operands, room,
                   count);
}

static void run_blocks(const Plan *plan, const fa_job *job, ptrdiff_t from,
                       ptrdiff_t to)
{
    ptrdiff_t width = plan->target->width, room = BLOCK_BYTES / (ptrdiff_t)plan->bytes;
    ptrdiff_t most = plan->overlap == OVERLAPPING ? 1 : room / width * width;
    Scratch scratch[FA_MAX_OPERANDS];
    Cursor cursor;
    go_to(&cursor, job, plan->operands, from);
    for (ptrdiff_t count; from < to; from += count) {
        count = to - from < most ? to - from : most;
        ptrdiff_t left = row_left(&cursor, job);
        if (!plan->short_rows && left < count) count = left;
        /* Whole rows, where there is room for one. */
        if (left < count) count -= (count - left) % job->shape[job->dims - 1];
        run_block(plan, job, &cursor, count, scratch);
    }
}

void fa_run_range(const Plan *plan, const fa_job *job, ptrdiff_t from, ptrdiff_t to)
{
    (plan->direct ? run_rows : run_blocks)(plan, job, from, to);
}
