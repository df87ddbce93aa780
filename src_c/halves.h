/* Results of half precision that are rounded once. */
#ifndef FA_HALVES_H
#define FA_HALVES_H

#include "rows.h"

static inline bool is_half(fa_dtype dtype)
{
    return dtype == FA_FLOAT16 || dtype == FA_BFLOAT16;
}

/* Whether an operation has results of half precision that are not exact in float32. */
bool fa_needs_settling(const fa_op *op);

/* Replaces such results in float32, before they are narrowed; the row is that of the
 * kernel. Returns what kernels return. */
bool fa_settle_halves(const Plan *plan, bool uniform, const fa_rows *row,
                      ptrdiff_t count);

#endif
