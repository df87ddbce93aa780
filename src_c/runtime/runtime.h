/* Instruction sets and threads: what a process chooses, and what a call gets. */
#ifndef FA_RUNTIME_H
#define FA_RUNTIME_H

#include "../targets/target.h"

typedef struct {
    const char *name;
    const fa_target *target[2]; /* float32, float64 */
    bool (*cpu_has_it)(void);
} fa_isa;

/* Best first; scalar, the last, is always available. */
extern const fa_isa fa_isas[];
extern const int fa_isa_count;
bool fa_isa_available(int isa);
int fa_active_isa(void);
void fa_use_isa(int isa);

enum { FA_MAX_THREADS = 1024 };
bool fa_has_openmp(void);
int fa_default_threads(void); /* CPUs by affinity and quota */
int fa_get_threads(void); /* the limit for calls from this thread */
int fa_usable_threads(void); /* what OpenMP leaves of it: less in a parallel region */
void fa_set_threads(int threads); /* for all threads without a limit of their own */
int fa_swap_local_threads(int threads); /* for this thread; 0: none; returns the old */
int fa_borrow_team(double ns_of_work); /* members for this call, the caller included */
void fa_return_team(int members);

#endif
