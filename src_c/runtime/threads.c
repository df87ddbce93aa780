/* How many threads a call gets.
 *
 * A team is never larger than what was asked for, the affinity mask, the cgroup quota,
 * OpenMP's own limit (so threadpoolctl works) and what the work is worth; nested calls
 * and a second caller while all CPUs are busy run alone. After a fork in the middle of
 * a call, and where OpenMP is missing, every team is one. */
#include <stdatomic.h>
#ifdef _OPENMP
#include <omp.h>
#endif

#include "runtime.h"
#include "system.h"

#ifdef _OPENMP
/* A team that still spins since its last call starts in 1 us, one that fell asleep in 25 to
 * 30 us. So two threads gain from 10 us of work on in a series of calls, and from 60 us on in
 * a single one: between the two, nearer to the series. */
static const double NS_WORTH_A_THREAD = 8e3;

static atomic_bool alone; /* OpenMP cannot be used in this process any more */
static atomic_int openmp_at_start; /* OpenMP's limit before anybody has changed it */
#endif
static atomic_int limit; /* set by fa_set_threads; 0 until then */
static atomic_int borrowed; /* members of teams at work, callers not counted */
static _Thread_local int local_limit; /* 0: none */

bool fa_has_openmp(void)
{
#ifdef _OPENMP
    return true;
#else
    return false;
#endif
}

int fa_get_threads(void)
{
    if (!fa_has_openmp()) return 1;
    if (local_limit) return local_limit;
    int threads = atomic_load_explicit(&limit, memory_order_relaxed);
    if (threads == 0) {
        threads = fa_default_threads();
        atomic_store_explicit(&limit, threads, memory_order_relaxed);
    }
    return threads;
}

int fa_usable_threads(void)
{
    int threads = fa_get_threads();
#ifdef _OPENMP
    if (omp_in_parallel() || atomic_load_explicit(&alone, memory_order_relaxed))
        return 1;
    int openmp = omp_get_max_threads();
    if (openmp < openmp_at_start && openmp < threads) return openmp;
#endif
    return threads;
}

void fa_set_threads(int threads)
{
    atomic_store_explicit(&limit, threads, memory_order_relaxed);
}

int fa_swap_local_threads(int threads)
{
    int before = local_limit;
    local_limit = threads;
    return before;
}

int fa_borrow_team(double ns_of_work)
{
#ifdef _OPENMP
    double worth = ns_of_work / NS_WORTH_A_THREAD;
    if (worth < 2 || atomic_load_explicit(&alone, memory_order_relaxed)) return 1;
    int members = fa_get_threads();
    if (worth < members) members = (int)worth;
    if (members < 2 || omp_in_parallel()) return 1;
    int openmp = omp_get_max_threads();
    if (openmp < members) members = openmp;
    if (members > FA_MAX_THREADS) members = FA_MAX_THREADS;
    members = fa_affordable(members);
    if (members < 2) return 1;
    int free = fa_get_threads() - 1 - atomic_fetch_add(&borrowed, members - 1);
    if (free < members - 1) {
        int granted = free > 0 ? free : 0;
        atomic_fetch_sub(&borrowed, members - 1 - granted);
        members = 1 + granted;
    }
    return members;
#else
    (void)ns_of_work;
    return 1;
#endif
}

void fa_return_team(int members)
{
    if (members > 1) atomic_fetch_sub(&borrowed, members - 1);
}

#ifdef _OPENMP
/* libgomp's pool does not survive a fork: give it up before, or the child hangs in its
 * first parallel region. Teams of other threads that are at work stay behind. */
static atomic_bool paused;
static void before_fork(void)
{
#if _OPENMP >= 201811
    paused = omp_pause_resource_all(omp_pause_soft) == 0;
#endif
}
static void in_child(void)
{
    if (!paused || atomic_load(&borrowed) > 0) atomic_store(&alone, true);
    atomic_store(&borrowed, 0);
}
__attribute__((constructor)) static void watch_forks(void)
{
    openmp_at_start = omp_get_max_threads();
    fa_watch_forks(before_fork, in_child);
}
#endif

/* For threadpoolctl, which finds them by name. */
__attribute__((visibility("default"))) int fastact_get_num_threads(void)
{
    return fa_get_threads();
}
__attribute__((visibility("default"))) void fastact_set_num_threads(int threads)
{
    fa_set_threads(threads);
}
