/* Whether outputs are stored past the caches. */
#include "streaming.h"

#include <stdatomic.h>

#include "../runtime/system.h"

/* A store that stays in a cache reads its line first, and throws out another; past the
 * caches neither happens, but who reads the output next waits for memory. The two were as
 * fast at .6 of a last cache of 32 MB (Zen 3, virtual) and at 1.5 of one (Zen 4), and near
 * 10 MB on a virtual machine with Intel's CPUs, whose share of the cache nobody knows. */
static atomic_llong chosen_bytes = -1;

double fa_streaming_bytes(void)
{
    long long chosen = atomic_load_explicit(&chosen_bytes, memory_order_relaxed);
    return chosen >= 0 ? (double)chosen : (double)fa_last_cache_bytes();
}

void fa_set_streaming_bytes(double bytes)
{
    atomic_store_explicit(&chosen_bytes, (long long)bytes, memory_order_relaxed);
}

fa_memory fa_choose_memory(const fa_traffic *traffic)
{
    if (traffic->bytes <= fa_streaming_bytes()) return FA_CACHED;
    bool pays = traffic->apart && !traffic->waits && traffic->row >= traffic->least_row;
    return pays ? FA_NONTEMPORAL : FA_PREFETCH;
}

bool fa_loads_wait(const void *output, const void *input, ptrdiff_t bytes)
{
    uintptr_t above = ((uintptr_t)output - (uintptr_t)input) % 4096;
    return above > 0 && above < (uintptr_t)bytes;
}
