/* Which operands of a job share memory, and how. */
#ifndef FA_OVERLAP_H
#define FA_OVERLAP_H

#include "job.h"

/* How outputs share memory with other operands. */
typedef enum {
    FA_OVERLAPPING, /* otherwise than the two below: one element after the other */
    FA_IN_PLACE, /* element by element */
    FA_APART,
} fa_overlap;

fa_overlap fa_find_overlap(const fa_job *job);

#endif
