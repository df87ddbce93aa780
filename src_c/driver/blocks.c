/* Operands of any layout and dtype through blocks of scratch: gathered and converted before
 * the kernel, converted and scattered after. So they run through the same kernel as others,
 * and to the same bits. */
#include <string.h>

#include "affine.h"
#include "cursor.h"
#include "execute.h"
#include "strided_copy.h"

/* Room for one block of one operand. */
typedef struct {
    _Alignas(FA_LINE_BYTES) char wide[FA_BLOCK_BYTES]; /* in the kernel's precision */
    char items[FA_BLOCK_BYTES]; /* as in the array, but contiguous */
    const char *from; /* of a repeated operand, the place whose elements it holds */
    ptrdiff_t held; /* so many of them */
} Scratch;

/* Where the elements of a block are. */
typedef struct {
    bool in_a_row; /* it is a piece of one row */
    bool scattered; /* an output is copied back */
    bool stored_in_place; /* every output goes to its array as it is computed */
    bool lies[FA_MAX_OPERANDS]; /* contiguous in the array itself */
    bool held[FA_MAX_OPERANDS]; /* in scratch, ready from a block before */
    bool single[FA_MAX_OPERANDS]; /* one element serves the block */
    char *items[FA_MAX_OPERANDS]; /* contiguous, as in the array */
    char *room[FA_MAX_OPERANDS]; /* for what is copied; NULL for others */
} Block;

/* Copies count elements from a place on, all operands from first to end, between the
 * arrays and their rooms; those without room stay. */
static void copy_block(const fa_job *job, Cursor *cursor, int first, int end,
                       char *const *room, ptrdiff_t count)
{
    const fa_op *op = job->op;
    int inner = job->dims - 1;
    Span span;
    for (ptrdiff_t done = 0; done < count; done += span.rows * span.length) {
        span = next_span(cursor, job, count - done);
        for (int k = first; k < end; k++) {
            if (!room[k]) continue;
            ptrdiff_t item = op->bytes[k];
            Strides there = {inner ? job->strides[k][inner - 1] : 0,
                             job->strides[k][inner]};
            Strides here = {item * span.length, item};
            char *block = room[k] + done * item;
            if (k < op->inputs)
                fa_copy(block, here, cursor->at[k], there, (size_t)item, span.rows,
                        span.length);
            else
                fa_copy(cursor->at[k], there, block, here, (size_t)item, span.rows,
                        span.length);
        }
        advance(cursor, job, op->inputs + op->outputs, span);
    }
}

static Block find_block(const fa_plan *plan, const fa_part *part, const Cursor *cursor,
                        ptrdiff_t count, Scratch *scratch)
{
    bool in_a_row = count <= left_in_row(cursor, part->job);
    Block block = {.in_a_row = in_a_row, .stored_in_place = true};
    for (int k = 0; k < plan->operands; k++) {
        const fa_operand *it = &part->operand[k];
        char *room = it->format.convert ? scratch[k].items : scratch[k].wide;
        bool output = k >= plan->op->inputs;
        bool single = it->broadcast && (it->constant || in_a_row);
        bool lies = single ? it->native : in_a_row ? it->in_rows : it->flat;
        bool held = it->repeated && scratch[k].from == cursor->at[k]
            && scratch[k].held >= count;
        bool copied = !lies && !single && !held;
        if (!held) {
            scratch[k].from = cursor->at[k];
            scratch[k].held = it->repeated && copied ? count : 0;
        }
        if (single && !lies) memcpy(room, cursor->at[k], (size_t)it->format.bytes);
        block.single[k] = single;
        block.lies[k] = lies;
        block.held[k] = held;
        block.items[k] = lies ? cursor->at[k] : room;
        block.room[k] = copied ? room : NULL;
        block.scattered |= output && !lies;
        block.stored_in_place &= !output || (lies && !it->format.convert);
    }
    return block;
}

/* The operands of a block in the kernel's precision. */
static fa_rows widen_inputs(const fa_plan *plan, const fa_part *part,
                            const Block *block, ptrdiff_t count, Scratch *scratch)
{
    fa_rows row;
    row.map = NULL;
    for (int k = 0; k < plan->operands; k++) {
        const fa_format *format = &part->operand[k].format;
        row.broadcast[k] = block->single[k];
        if (block->held[k] || (k >= plan->op->inputs && format->convert))
            row.at[k] = scratch[k].wide;
        else if (k >= plan->op->inputs)
            row.at[k] = block->items[k];
        else
            row.at[k] = fa_widen(format, block->items[k], scratch[k].wide,
                                 block->single[k] ? 1 : count);
    }
    return row;
}

/* Outputs as their arrays have them, in their arrays if they lie there. */
static void narrow_outputs(const fa_plan *plan, const fa_part *part, const Block *block,
                           ptrdiff_t count, Scratch *scratch)
{
    for (int k = plan->op->inputs; k < plan->operands; k++) {
        const fa_format *format = &part->operand[k].format;
        bool streaming =
            part->memory == FA_NONTEMPORAL && block->lies[k] && format->convert;
        char *narrow = streaming ? scratch[k].items : block->items[k];
        fa_narrow(format, narrow, scratch[k].wide, count);
        if (streaming)
            plan->target->stream(block->items[k], narrow,
                                 (size_t)(format->bytes * count));
    }
}

static bool run_block(const fa_plan *plan, const fa_part *part, Cursor *cursor,
                      ptrdiff_t count, Scratch *scratch)
{
    const fa_op *op = plan->op;
    Block block = find_block(plan, part, cursor, count, scratch);
    Cursor start;
    if (block.scattered) start = *cursor;
    copy_block(part->job, cursor, 0, op->inputs, block.room, count);

    fa_rows row = widen_inputs(plan, part, &block, count, scratch);
    bool streaming = part->memory == FA_NONTEMPORAL && block.stored_in_place;
    bool overflowed = op->affine ? fa_run_mapped(plan, &row, count, streaming, false)
                                 : fa_run_kernel(plan, &row, count, streaming);

    narrow_outputs(plan, part, &block, count, scratch);
    if (block.scattered)
        copy_block(part->job, &start, op->inputs, plan->operands, block.room, count);
    return overflowed;
}

bool fa_run_blocks(const fa_plan *plan, const fa_part *part, ptrdiff_t from,
                   ptrdiff_t to, const void *context)
{
    (void)context;
    const fa_job *job = part->job;
    ptrdiff_t width = plan->target->width, room = FA_BLOCK_BYTES / plan->bytes;
    ptrdiff_t most = plan->overlap == FA_OVERLAPPING ? 1 : room;
    Scratch scratch[FA_MAX_OPERANDS];
    for (int k = 0; k < plan->operands; k++) scratch[k].held = 0;
    Cursor cursor;
    bool overflowed = false;
    go_to(&cursor, job, plan->operands, from);
    for (ptrdiff_t count; from < to; from += count) {
        count = to - from < most ? to - from : most;
        ptrdiff_t left = left_in_row(&cursor, job);
        if (!part->joins_rows && left < count) count = left;
        /* Whole rows, where there is room for one, or else whole vectors. */
        if (left < count)
            count -= (count - left) % job->shape[job->dims - 1];
        else if (count == room)
            count -= room % width;
        overflowed |= run_block(plan, part, &cursor, count, scratch);
    }
    return overflowed;
}
