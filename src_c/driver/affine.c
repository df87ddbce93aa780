/* Kernels behind an affine map: f(scale x + shift).
 *
 * The map is none of a kernel's business: pieces of a row are mapped to scratch in the first
 * cache, and the kernel goes on from there. That costs an addition and a multiplication,
 * fused, and no pass over memory. Where the kernel takes a row by segments (costly, without
 * parameters), they are the pieces. */
#include "affine.h"

#include <math.h>

#include "../simd/fenv.h"
#include "half_rounding.h"
#include "peel.h"

/* Pieces of the argument, of the map, of a vector of shifts and of the result share the first
 * cache; whole vectors of every target, so that no end is packed. What is prefetched goes to
 * the second cache: the first has too few places for lines under way. */
enum { PIECE_BYTES = 6144, AHEAD_BYTES = 4 * PIECE_BYTES, SECOND_CACHE = 2 };

typedef struct {
    _Alignas(FA_LINE_BYTES) char items[PIECE_BYTES];
} Mapped;

static bool has_overflowed(void) { return (control_read() & CONTROL_OVERFLOW) != 0; }

bool fa_run_kernel(const fa_plan *plan, const fa_rows *row, ptrdiff_t length,
                   bool streaming)
{
    /* A gate may clear the flag, which rounding the block before may have raised. */
    bool overflowed = has_overflowed();
    overflowed |= streaming ? fa_run_peeled(plan, row, length)
                            : plan->kernel(row, 1, length, FA_CACHED);
    if (plan->refine_kernel) overflowed |= fa_refine_halves(plan, row, length);
    return overflowed;
}

static fa_map map_of(const fa_plan *plan, const fa_rows *row)
{
    int scale = plan->kernel_inputs, shift = scale + 1;
    return (fa_map){{row->at[scale], row->broadcast[scale]},
                    {row->at[shift], row->broadcast[shift]}};
}

/* The operands that the kernel takes, without those of the map */
static fa_rows operands_of_kernel(const fa_plan *plan, const fa_rows *row)
{
    fa_rows behind;
    behind.map = NULL;
    for (int k = 0; k < plan->kernel_operands; k++) {
        int from = k < plan->kernel_inputs ? k : k + FA_AFFINE_INPUTS;
        behind.at[k] = row->at[from];
        behind.broadcast[k] = row->broadcast[from];
    }
    return behind;
}

/* ---- overflow ---- */

static double number_at(const fa_plan *plan, const fa_rows *piece, int k, ptrdiff_t i)
{
    if (piece->broadcast[k]) i = 0;
    return plan->op->precision ? ((const double *)piece->at[k])[i]
                               : (double)((const float *)piece->at[k])[i];
}

/* An overflow of the map is none of sigmoid, say, whose limit is 1: it is one where a result
 * of finite operands is infinite. */
static bool overflows(const fa_plan *plan, const fa_rows *row, ptrdiff_t length)
{
    for (ptrdiff_t i = 0; i < length; i++) {
        bool finite = true, infinite = false;
        for (int k = 0; k < plan->op->inputs; k++)
            finite &= isfinite(number_at(plan, row, k, i));
        for (int k = plan->op->inputs; k < plan->operands; k++)
            infinite |= isinf(number_at(plan, row, k, i));
        if (finite && infinite) return true;
    }
    return false;
}
static void clear_overflow(void)
{
    control_write(control_read() & ~(fa_control)CONTROL_OVERFLOW);
}

/* The kernel behind a map that has overflowed, in place perhaps. */
static bool run_behind_overflow(const fa_plan *plan, const fa_rows *piece,
                                const fa_rows *behind, ptrdiff_t length, bool streaming)
{
    const fa_op *op = plan->op;
    bool finite[PIECE_BYTES / sizeof(float)];
    for (ptrdiff_t i = 0; i < length; i++) {
        finite[i] = true;
        for (int k = 0; k < op->inputs; k++)
            finite[i] &= isfinite(number_at(plan, piece, k, i));
    }
    clear_overflow();
    bool overflowed = fa_run_kernel(plan, behind, length, streaming);
    for (ptrdiff_t i = 0; i < length; i++)
        for (int k = op->inputs; k < plan->operands; k++)
            overflowed |= finite[i] && isinf(number_at(plan, piece, k, i));
    return overflowed;
}

/* ---- a row ---- */

/* What follows is on its way from memory while the kernel computes. */
static void prefetch_next(const fa_plan *plan, const fa_rows *piece, ptrdiff_t length)
{
    for (int k = 0; k < plan->op->arrays; k++)
        for (ptrdiff_t at = 0; at < length * plan->bytes; at += FA_LINE_BYTES)
            __builtin_prefetch((char *)piece->at[k] + AHEAD_BYTES + at, 0,
                               SECOND_CACHE);
}

static bool run_piece(const fa_plan *plan, const fa_rows *piece, ptrdiff_t length,
                      bool streaming, bool far)
{
    Mapped mapped;
    fa_rows behind = operands_of_kernel(plan, piece);
    fa_map map = map_of(plan, piece);
    int x = plan->op->arrays - 1;
    bool before = has_overflowed();
    plan->target->affine_map(mapped.items, behind.at[x], map.scale, map.shift, length);
    behind.at[x] = mapped.items;
    if (far) prefetch_next(plan, piece, length);
    return !before && has_overflowed()
        ? run_behind_overflow(plan, piece, &behind, length, streaming)
        : fa_run_kernel(plan, &behind, length, streaming);
}

/* Whether the kernel maps its argument itself. Results in place of operands would hide
 * whose overflow it was. */
static bool maps_segments(const fa_plan *plan, const fa_rows *row)
{
    const fa_op *op = plan->op;
    bool apart = true;
    for (int k = 0; k < op->inputs; k++)
        for (int out = op->inputs; out < plan->operands; out++)
            apart &= row->at[k] != row->at[out];
    return apart && plan->costly && !plan->refine_kernel
        && plan->kernel_inputs == op->arrays;
}
static bool run_segments(const fa_plan *plan, const fa_rows *row, ptrdiff_t length,
                         bool streaming)
{
    fa_rows behind = operands_of_kernel(plan, row);
    fa_map map = map_of(plan, row);
    behind.map = &map;
    bool before = has_overflowed();
    bool overflowed = fa_run_kernel(plan, &behind, length, streaming);
    if (before || !has_overflowed()) return overflowed;
    clear_overflow();
    return overflows(plan, row, length);
}

/* Elements of the first piece, so that results of the others start lines. */
static ptrdiff_t first_piece(const fa_plan *plan, const fa_rows *row)
{
    uintptr_t over = (uintptr_t)row->at[plan->op->inputs] % FA_LINE_BYTES;
    return (PIECE_BYTES - (ptrdiff_t)over) / plan->bytes;
}

bool fa_run_mapped(const fa_plan *plan, const fa_rows *row, ptrdiff_t length,
                   bool streaming, bool far)
{
    if (maps_segments(plan, row)) return run_segments(plan, row, length, streaming);
    fa_rows piece = *row;
    bool overflowed = false;
    ptrdiff_t most = streaming ? first_piece(plan, row) : PIECE_BYTES / plan->bytes;
    for (ptrdiff_t done = 0, some; done < length; done += some) {
        some = length - done < most ? length - done : most;
        overflowed |= run_piece(plan, &piece, some, streaming, far);
        for (int k = 0; k < plan->operands; k++)
            if (!piece.broadcast[k])
                piece.at[k] = (char *)piece.at[k] + some * plan->bytes;
        most = PIECE_BYTES / plan->bytes;
    }
    return overflowed;
}
