/* Whether outputs are stored past the caches. */
#ifndef FA_STREAMING_H
#define FA_STREAMING_H

#include "../targets/target.h"

/* What a job reads and writes. */
typedef struct {
    double bytes; /* read and written in all */
    ptrdiff_t row; /* contiguous elements of an output */
    ptrdiff_t least_row; /* shorter ones are not worth it */
    bool apart; /* no input is overwritten: that is in the caches already */
    bool waits; /* loads would wait for such stores, see fa_loads_wait */
} fa_traffic;

/* From how many bytes on: the last cache, unless they have been set. */
double fa_streaming_bytes(void);
void fa_set_streaming_bytes(double bytes);

/* How the kernel reaches memory: FA_CACHED up to these bytes, then FA_NONTEMPORAL, or
 * FA_PREFETCH where that does not pay. */
fa_memory fa_choose_memory(const fa_traffic *traffic);

/* 4K aliasing: a load whose address matches a recent store past the caches in the low 12
 * bits stalls. So it is where an output begins less than these bytes above an input, as
 * far into a page (softmax: twice the time, silu 1.4 times). */
bool fa_loads_wait(const void *output, const void *input, ptrdiff_t bytes);

#endif
