/* Long arrays of halves, looked up in a table of all their values. */
#ifndef FA_LOOKUP_H
#define FA_LOOKUP_H

#include "rows.h"

enum { FA_HALVES = 1 << 16 };

typedef struct {
    uint16_t x[FA_HALVES], y[FA_HALVES];
} HalfTable;

/* Whether a table costs less than what it saves: one array of halves goes in and one of
 * the same dtype comes out. */
bool fa_worth_a_table(const Plan *plan, const fa_job *job);

/* The job that fills in the table of a job, once for every half. */
fa_job fa_table_job(const fa_job *job, HalfTable *table);

/* The job and its plan by way of the table; op and target are room for those of the plan. */
fa_job fa_lookup_job(const fa_job *job, const HalfTable *table, fa_op *op);
Plan fa_lookup_plan(const Plan *plan, const fa_op *op, fa_target *target);

#endif
