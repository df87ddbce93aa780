/* Tiles of two axes, for operands that lie across each other. */
#ifndef FA_TILES_H
#define FA_TILES_H

#include "fastact.h"

enum { FA_TILES_PARTS = 3 };

/* Splits a job in which an input lies across the output into parts that go tile by tile,
 * a tile of so many elements. Returns how many parts there are; 0 where the job is best
 * left as it is. */
int fa_split_into_tiles(const fa_job *job, ptrdiff_t elements,
                        fa_job parts[FA_TILES_PARTS]);

#endif
