/* Kernels behind an affine map: f(scale x + shift). */
#ifndef FA_AFFINE_H
#define FA_AFFINE_H

#include "plan.h"

/* The kernel on a row of whatever length, with results rounded as their dtype asks for;
 * its stores go past the caches where streaming. Returns what kernels return. */
bool fa_run_kernel(const fa_plan *plan, const fa_rows *row, ptrdiff_t length,
                   bool streaming);

/* The same behind the affine map of the plan's operation; scale and shift stand behind the
 * parameters. The argument is prefetched where it is far, in memory. */
bool fa_run_mapped(const fa_plan *plan, const fa_rows *row, ptrdiff_t length,
                   bool streaming, bool far);

#endif
