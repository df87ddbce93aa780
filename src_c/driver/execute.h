/* Plans are carried out: by a team, each member a range of every part. */
#ifndef FA_EXECUTE_H
#define FA_EXECUTE_H

#include "plan.h"

/* Elements [from, to) of a part, counted in the order of its axes. Returns what kernels
 * return. */
typedef bool fa_run_range(const fa_plan *plan, const fa_part *part, ptrdiff_t from,
                          ptrdiff_t to, const void *context);

/* Each member of a team runs a range of every part. */
bool fa_share(const fa_plan *plan, fa_run_range *run_range, int members,
              const void *context);

/* All parts of a plan. Returns whether a finite result overflowed. */
bool fa_execute(const fa_plan *plan, int members);

/* Ranges of parts that are direct, and of others. */
fa_run_range fa_run_rows, fa_run_blocks;

#endif
