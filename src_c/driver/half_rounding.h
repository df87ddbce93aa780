/* Correct rounding to 16 bits. */
#ifndef FA_HALF_ROUNDING_H
#define FA_HALF_ROUNDING_H

#include "plan.h"

/* Whether an operation has results of half precision that are not exact in float32. */
bool fa_needs_rounding_test(const fa_op *op);

/* Replaces the float32 results that fail the test, before they are narrowed; the row is
 * that of the kernel. Returns what kernels return. */
bool fa_refine_halves(const fa_plan *plan, const fa_rows *row, ptrdiff_t count);

#endif
