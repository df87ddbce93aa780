/* Cache blocking for transposed operands. */
#ifndef FA_TILING_H
#define FA_TILING_H

#include "job.h"

enum { FA_TILING_PARTS = 3 };

/* Splits a job in which an input is transposed to the output into parts that go tile by
 * tile, a tile of so many elements. Returns how many parts there are; 0 where the job is best
 * left as it is. */
int fa_split_into_tiles(const fa_job *job, ptrdiff_t elements,
                        fa_job parts[FA_TILING_PARTS]);

#endif
