/* A range of a job, through its kernel.
 *
 * Long rows that are contiguous and of the kernel's precision go to it as they lie. All
 * else passes through blocks of scratch, gathered, turned and converted before, and the
 * same backwards after. So every layout and dtype runs through the same kernel, and to
 * the same bits. */
#include "rows.h"

#include <string.h>

#include "copy.h"
#include "halves.h"
#include "loop.h"
#include "walk.h"

/* Shorter rows are gathered with their neighbours to a block, where that costs less than
 * the lanes that the kernel would leave empty in each of them. */
enum { SHORT_ROW = 256, FETCHED_ROW = 80, LONG_ROW = 1024, FETCHED_LINES = 8 };

/* Of an operand's element through scratch; of a row apart from the one before, whose lines
 * are not foreseen; of its end, a masked step. */
static const double NS_OF_A_COPY = 0.15, NS_OF_A_ROW = 8, NS_OF_AN_END = 1;

/* Room for one block of one operand. */
typedef struct {
    _Alignas(LINE_BYTES) char wide[BLOCK_BYTES]; /* in the kernel's precision */
    char items[BLOCK_BYTES]; /* as in the array, but contiguous */
    const char *from; /* of a repeated operand, the place whose elements it holds */
    ptrdiff_t held; /* so many of them */
} Scratch;

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
    it.repeated = !output && plan->overlap != OVERLAPPING && strides[inner] != 0;
    for (int d = inner; d > 0; d--) {
        it.flat &= strides[d - 1] == strides[d] * job->shape[d];
        it.repeated &= strides[d - 1] == 0;
    }
    return it;
}

/* Whether one row needs one element of each parameter. */
static bool uniform_in_rows(const Plan *plan, const fa_job *job)
{
    bool uniform = true;
    for (int k = plan->first_parameter; k < plan->last_parameter; k++)
        uniform &= job->strides[k][job->dims - 1] == 0;
    return uniform;
}

/* How many operands do not go to the kernel as they lie, in rows or run through. */
static int copied(const Plan *plan, const fa_job *job, bool in_rows)
{
    bool uniform = uniform_in_rows(plan, job);
    int count = 0;
    for (int k = 0; k < plan->operands; k++) {
        const Operand *operand = &plan->operand[k];
        bool lies = uniform && is_parameter(plan, k)
            ? operand->sound && (in_rows || operand->constant)
            : in_rows ? operand->in_rows
                      : operand->flat;
        bool held = !in_rows && operand->repeated; /* after the first block */
        count += !held && (!lies || operand->convert);
    }
    return count;
}

void fa_plan_rows(Plan *plan, const fa_job *job)
{
    int inner = job->dims - 1;
    for (int k = 0; k < plan->operands; k++) plan->operand[k] = describe(plan, job, k);
    ptrdiff_t row = job->shape[inner];
    bool filling = fa_activations[plan->op->activation].cost > FA_WORTH_FILLING;
    ptrdiff_t at_once = filling ? plan->target->lanes : plan->target->width;
    ptrdiff_t empty = (at_once - row % at_once) % at_once;
    int left = copied(plan, job, true);
    double copies = NS_OF_A_COPY * left;
    if (inner > 0 && row < SHORT_ROW) {
        double gathered = NS_OF_A_COPY * copied(plan, job, false);
        double end = empty ? NS_OF_AN_END + plan->kernel_ns * (double)empty : 0;
        bool lighter = gathered * (double)row < end;
        plan->short_rows = left > 0 || lighter;
        if (plan->short_rows) copies = gathered;
    }
    plan->layout_ns = copies + (inner > 0 ? NS_OF_A_ROW / (double)row : 0);
    plan->direct = !plan->short_rows && left == 0;
    bool far = inner > 0 && (row >= FETCHED_ROW || plan->beyond_caches);
    plan->memory = far ? FA_FAR : FA_NEAR;
}

/* ---- contiguous operands ---- */

/* Costly kernels have loads on their way while they store. */
static bool stores_hold_up(const Plan *plan, const fa_rows *rows)
{
    if (fa_activations[plan->op->activation].cost < FA_WORTH_FILLING) return false;
    ptrdiff_t two_vectors = 2 * plan->target->width * (ptrdiff_t)plan->bytes;
    bool wait = false;
    for (int out = plan->op->inputs; out < plan->operands; out++)
        for (int k = 0; k < plan->first_parameter; k++)
            wait |= loads_wait(rows->at[out], rows->at[k], two_vectors);
    return wait;
}

/* Stores past the caches must be aligned to lines: the elements before the first whole
 * line, and outputs that do not agree on it, are stored as usual. */
static bool run_streaming(const Plan *plan, bool uniform, const fa_rows *row,
                          ptrdiff_t length)
{
    int out = plan->op->inputs;
    ptrdiff_t bytes = (ptrdiff_t)plan->bytes;
    uintptr_t over = (uintptr_t)row->at[out] % LINE_BYTES;
    bool aligned = over % (uintptr_t)bytes == 0 && !stores_hold_up(plan, row);
    for (int k = out + 1; k < plan->operands; k++)
        aligned &= (uintptr_t)row->at[k] % LINE_BYTES == over;
    ptrdiff_t head = aligned && over ? (LINE_BYTES - (ptrdiff_t)over) / bytes : 0;
    if (head > length) head = length;
    bool overflowed = head && plan->kernel[uniform](row, 1, head, FA_NEAR);
    if (head == length) return overflowed;
    fa_rows rest;
    for (int k = 0; k < plan->operands; k++) {
        bool single = uniform && is_parameter(plan, k);
        rest.at[k] = (char *)row->at[k] + (single ? 0 : head * bytes);
    }
    fa_memory memory = aligned ? FA_PAST : FA_FAR;
    return plan->kernel[uniform](&rest, 1, length - head, memory) || overflowed;
}

static bool run_row(const Plan *plan, bool uniform, const fa_rows *row,
                    ptrdiff_t length, bool streaming)
{
    return streaming ? run_streaming(plan, uniform, row, length)
                     : plan->kernel[uniform](row, 1, length, FA_NEAR);
}

/* ---- rows as they lie ---- */

/* The CPU's own prefetching starts anew in every row; its beginning is called for while
 * the row before is computed. Inlined, as GCC drops calls that do nothing else. */
static inline __attribute__((always_inline)) void fetch_next_row(const Plan *plan,
                                                                 const fa_rows *row)
{
    for (int k = 0; k < plan->op->inputs; k++)
        for (int line = 0; line < FETCHED_LINES; line++)
            __builtin_prefetch((char *)row->at[k]
                               + row->step[k] * (ptrdiff_t)plan->bytes
                               + line * LINE_BYTES);
}

/* Whether rows can be stored past the caches as they are: each starts a line. */
static bool can_stream(const Plan *plan, const fa_rows *rows)
{
    bool aligned = !stores_hold_up(plan, rows);
    for (int k = plan->op->inputs; k < plan->operands; k++) {
        ptrdiff_t step = rows->step[k] * (ptrdiff_t)plan->bytes;
        aligned &= ((uintptr_t)rows->at[k] | (uintptr_t)step) % LINE_BYTES == 0;
    }
    return aligned;
}

static bool run_part(const Plan *plan, bool uniform, fa_rows *rows, Part part)
{
    bool past = plan->streaming && can_stream(plan, rows);
    bool one_by_one = plan->streaming && !past && part.length >= LONG_ROW;
    if (!one_by_one)
        return plan->kernel[uniform](rows, part.rows, part.length,
                                     past ? FA_PAST : plan->memory);
    bool overflowed = false;
    for (ptrdiff_t row = 0; row < part.rows; row++) {
        fetch_next_row(plan, rows);
        overflowed |= run_streaming(plan, uniform, rows, part.length);
        for (int k = 0; k < plan->operands; k++)
            rows->at[k] = (char *)rows->at[k] + rows->step[k] * (ptrdiff_t)plan->bytes;
    }
    return overflowed;
}

static bool run_rows(const Plan *plan, const fa_job *job, ptrdiff_t from, ptrdiff_t to)
{
    int inner = job->dims - 1;
    bool uniform = uniform_in_rows(plan, job);
    bool overflowed = false;
    fa_rows rows;
    for (int k = 0; k < plan->operands; k++)
        rows.step[k] =
            inner > 0 ? job->strides[k][inner - 1] / (ptrdiff_t)plan->bytes : 0;
    Cursor cursor;
    go_to(&cursor, job, plan->operands, from);
    while (from < to) {
        Part part = next_part(&cursor, job, to - from);
        if (plan->overlap == OVERLAPPING) part = (Part){1, 1};
        for (int k = 0; k < plan->operands; k++) rows.at[k] = cursor.at[k];
        overflowed |= run_part(plan, uniform, &rows, part);
        advance(&cursor, job, plan->operands, part);
        from += part.rows * part.length;
    }
    return overflowed;
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

/* Where the elements of a block are. */
typedef struct {
    bool uniform; /* one element of each parameter serves all */
    bool scattered; /* an output is copied back */
    bool as_they_lie; /* every output goes to its array as it is computed */
    bool lies[FA_MAX_OPERANDS]; /* contiguous in the array itself */
    bool held[FA_MAX_OPERANDS]; /* in scratch, ready from a block before */
    char *items[FA_MAX_OPERANDS]; /* contiguous, as in the array */
    char *room[FA_MAX_OPERANDS]; /* for what is copied; NULL for others */
} Block;

static Block find_block(const Plan *plan, const fa_job *job, const Cursor *cursor,
                        ptrdiff_t count, Scratch *scratch)
{
    int inner = job->dims - 1;
    bool in_a_row = count <= row_left(cursor, job);
    Block block = {.uniform = true, .as_they_lie = true};
    for (int k = plan->first_parameter; k < plan->last_parameter; k++)
        block.uniform &=
            plan->operand[k].constant || (in_a_row && job->strides[k][inner] == 0);
    for (int k = 0; k < plan->operands; k++) {
        const Operand *operand = &plan->operand[k];
        char *room = operand->convert ? scratch[k].items : scratch[k].wide;
        bool output = k >= plan->op->inputs;
        bool single = block.uniform && is_parameter(plan, k);
        bool lies = single ? operand->sound
            : in_a_row     ? operand->in_rows
                           : operand->flat;
        bool held = operand->repeated && scratch[k].from == cursor->at[k]
            && scratch[k].held >= count;
        bool copied = !lies && !single && !held;
        if (!held) {
            scratch[k].from = cursor->at[k];
            scratch[k].held = operand->repeated && copied ? count : 0;
        }
        if (single && !lies) memcpy(room, cursor->at[k], operand->bytes);
        block.lies[k] = lies;
        block.held[k] = held;
        block.items[k] = lies ? cursor->at[k] : room;
        block.room[k] = copied ? room : NULL;
        block.scattered |= output && !lies;
        block.as_they_lie &= !output || (lies && !operand->convert);
    }
    return block;
}

/* Outputs as their arrays have them, in their arrays if they lie there. */
static void narrow_outputs(const Plan *plan, const Block *block, ptrdiff_t count,
                           Scratch *scratch)
{
    for (int k = plan->op->inputs; k < plan->operands; k++) {
        const Operand *operand = &plan->operand[k];
        bool past_caches = plan->streaming && block->lies[k] && operand->convert;
        char *narrow = past_caches ? scratch[k].items : block->items[k];
        if (operand->convert) operand->convert(narrow, scratch[k].wide, count);
        if (operand->swapped) plan->target->swap_bytes(narrow, operand->bytes, count);
        if (past_caches)
            plan->target->stream(block->items[k], narrow,
                                 operand->bytes * (size_t)count);
    }
}

static bool run_block(const Plan *plan, const fa_job *job, Cursor *cursor,
                      ptrdiff_t count, Scratch *scratch)
{
    const fa_op *op = plan->op;
    Block block = find_block(plan, job, cursor, count, scratch);
    Cursor start;
    if (block.scattered) start = *cursor;
    copy_block(job, cursor, plan->operands, 0, op->inputs, block.room, count);

    fa_rows row;
    for (int k = 0; k < plan->operands; k++) {
        bool single = block.uniform && is_parameter(plan, k);
        char *items = block.items[k];
        if (block.held[k] || (k >= op->inputs && plan->operand[k].convert))
            row.at[k] = scratch[k].wide;
        else if (k >= op->inputs)
            row.at[k] = items;
        else
            row.at[k] = widened(plan, k, items, single ? 1 : count, &scratch[k]);
    }
    /* A gate may clear the flag, which rounding the block before may have raised. */
    bool gate = fa_activations[op->activation].arrays == 2;
    bool overflowed = gate && (control_read() & CONTROL_OVERFLOW);
    overflowed |=
        run_row(plan, block.uniform, &row, count, plan->streaming && block.as_they_lie);
    if (plan->twice[block.uniform])
        overflowed |= fa_settle_halves(plan, block.uniform, &row, count);

    narrow_outputs(plan, &block, count, scratch);
    if (block.scattered)
        copy_block(job, &start, plan->operands, op->inputs, plan->operands, block.room,
                   count);
    return overflowed;
}

static bool run_blocks(const Plan *plan, const fa_job *job, ptrdiff_t from,
                       ptrdiff_t to)
{
    ptrdiff_t width = plan->target->width, room = BLOCK_BYTES / (ptrdiff_t)plan->bytes;
    ptrdiff_t most = plan->overlap == OVERLAPPING ? 1 : room;
    Scratch scratch[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) scratch[k].held = 0;
    Cursor cursor;
    bool overflowed = false;
    go_to(&cursor, job, plan->operands, from);
    for (ptrdiff_t count; from < to; from += count) {
        count = to - from < most ? to - from : most;
        ptrdiff_t left = row_left(&cursor, job);
        if (!plan->short_rows && left < count) count = left;
        /* Whole rows, where there is room for one, or else whole vectors. */
        if (left < count)
            count -= (count - left) % job->shape[job->dims - 1];
        else if (count == room)
            count -= room % width;
        overflowed |= run_block(plan, job, &cursor, count, scratch);
    }
    return overflowed;
}

bool fa_run_range(const Plan *plan, const fa_job *job, ptrdiff_t from, ptrdiff_t to)
{
    return (plan->direct ? run_rows : run_blocks)(plan, job, from, to);
}
