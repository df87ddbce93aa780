/* Kernels behind an affine map: f(scale x + shift).
 *
 * The map is none of a kernel's business: pieces of a row are mapped to scratch in the first
 * cache, and the kernel goes on from there. That costs an addition and a multiplication,
 * fused, and no pass over memory. */
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

/* The operands as the kernel takes them, with scale x + shift in place of x. */
static void map_argument(const fa_plan *plan, const fa_rows *piece, ptrdiff_t length,
                         Mapped *mapped, fa_rows *behind)
{
    int x = plan->op->arrays - 1, scale = plan->kernel_inputs, shift = scale + 1;
    fa_coefficient factor = {piece->at[scale], piece->broadcast[scale]};
    fa_coefficient term = {piece->at[shift], piece->broadcast[shift]};
    plan->target->affine_map(mapped->items, piece->at[x], factor, term, length);
    for (int k = 0; k < plan->kernel_operands; k++) {
        int from = k < plan->kernel_inputs ? k : k + FA_AFFINE_INPUTS;
        behind->at[k] = k == x ? mapped->items : piece->at[from];
        behind->broadcast[k] = piece->broadcast[from];
    }
}

/* ---- overflow ---- */

static double number_at(const fa_plan *plan, const fa_rows *piece, int k, ptrdiff_t i)
{
    if (piece->broadcast[k]) i = 0;
    return plan->op->precision ? ((const double *)piece->at[k])[i]
                               : (double)((const float *)piece->at[k])[i];
}

/* The kernel behind a map that has overflowed. That is no overflow of sigmoid, say, whose
 * limit is 1: it is one where a result of finite operands is infinite. */
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
    control_write(control_read() & ~(fa_control)CONTROL_OVERFLOW);
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
    fa_rows behind;
    bool before = has_overflowed();
    map_argument(plan, piece, length, &mapped, &behind);
    if (far) prefetch_next(plan, piece, length);
    return !before && has_overflowed()
        ? run_behind_overflow(plan, piece, &behind, length, streaming)
        : fa_run_kernel(plan, &behind, length, streaming);
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
