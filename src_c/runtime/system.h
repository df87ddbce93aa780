/* What the operating system says of the machine and of this process. */
#ifndef FA_SYSTEM_H
#define FA_SYSTEM_H

#include <stddef.h>

/* Of the last cache, as far as it can be known. */
size_t fa_last_cache_bytes(void);

/* A team of as many members, or of those for which there can be threads. The caller is
 * one of them. */
int fa_affordable(int members);

/* What to call before this process forks, and in the child. */
void fa_watch_forks(void (*before)(void), void (*in_child)(void));

#endif
