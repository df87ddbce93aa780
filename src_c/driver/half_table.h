/* Long arrays of halves, looked up in a table of all results. */
#ifndef FA_HALF_TABLE_H
#define FA_HALF_TABLE_H

#include "plan.h"

/* Whether the plan could be carried out by a table: not where memory is lacking, nor where
 * a result in the table overflows, as nobody knows then whether one of the job does. */
bool fa_execute_by_table(const fa_plan *plan);

#endif
