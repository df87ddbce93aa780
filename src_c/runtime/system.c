/* The only file that asks the operating system: CPUs, caches, threads, forks. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdatomic.h>
#include <stdio.h>
#ifdef _OPENMP
#include <omp.h>
#endif
#ifdef __unix__
#include <pthread.h>
#endif
#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif
#ifdef __linux__
#include <sched.h>
#endif
#ifdef _WIN32
#include <stdlib.h>
#include <windows.h>
#endif

#include "runtime.h"
#include "system.h"

static const size_t DEFAULT_CACHE = (size_t)8 << 20;
/* No CPU has more of a shared cache than this. A virtual machine that is shown more is
 * shown all of its host's, most of which its neighbours have. */
static const size_t LARGEST_SHARE = (size_t)32 << 20;

/* ---- CPUs ---- */

/* CPUs' worth of time that the control group grants, or a large number. */
static int quota_threads(void)
{
    double quota = -1, period = 1;
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
    if (file) {
        if (fscanf(file, "%lf %lf", &quota, &period) != 2) quota = -1;
        fclose(file);
    } else {
        FILE *q = fopen("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "r");
        FILE *p = fopen("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "r");
        if (!q || !p || fscanf(q, "%lf", &quota) != 1 || fscanf(p, "%lf", &period) != 1)
            quota = -1;
        if (q) fclose(q);
        if (p) fclose(p);
    }
    if (quota <= 0 || period <= 0) return 1 << 16;
    int threads = (int)(quota / period + 0.999);
    return threads < 1 ? 1 : threads;
}

int fa_default_threads(void)
{
    int cpus = 1;
#if defined(__linux__)
    cpu_set_t mask;
    if (sched_getaffinity(0, sizeof mask, &mask) == 0)
        cpus = CPU_COUNT(&mask);
    else
        cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
#elif defined(__unix__) || defined(__APPLE__)
    cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
#elif defined(_WIN32)
    /* The mask of a process that may use all CPUs shows one group of at most 64. */
    DWORD_PTR ours = 0, all = 0;
    GetProcessAffinityMask(GetCurrentProcess(), &ours, &all);
    cpus = ours != all ? __builtin_popcountll(ours)
                       : (int)GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
#elif defined(_OPENMP)
    cpus = omp_get_num_procs();
#endif
    int quota = quota_threads();
    return cpus < 1 ? 1 : cpus < quota ? cpus : quota;
}

/* ---- caches ---- */

#ifdef _WIN32
/* The largest of the first CPU. */
static size_t find_last_cache(void)
{
    DWORD bytes = 0;
    GetLogicalProcessorInformation(NULL, &bytes);
    SYSTEM_LOGICAL_PROCESSOR_INFORMATION *all = malloc(bytes);
    size_t largest = 0;
    if (all && GetLogicalProcessorInformation(all, &bytes))
        for (size_t k = 0; k < bytes / sizeof *all; k++)
            if (all[k].Relationship == RelationCache && all[k].ProcessorMask & 1
                && all[k].Cache.Level > 1 && all[k].Cache.Size > largest)
                largest = all[k].Cache.Size;
    free(all);
    return largest ? largest : DEFAULT_CACHE;
}
#else
static FILE *open_cache(int index, const char *fact)
{
    char path[64];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index,
             fact);
    return fopen(path, "r");
}

/* How many CPUs share a cache of the first one: the bits of a mask in hexadecimal. */
static int sharing_cpus(int index)
{
    FILE *file = open_cache(index, "shared_cpu_map");
    int cpus = 0;
    for (int digit; file && (digit = fgetc(file)) != EOF;)
        if (isxdigit(digit))
            cpus += __builtin_popcount(
                (unsigned)(isdigit(digit) ? digit - '0' : (digit | 32) - 'a' + 10));
    if (file) fclose(file);
    return cpus > 0 ? cpus : 1;
}

static size_t believable(size_t size, int cpus)
{
    return size / (size_t)cpus > LARGEST_SHARE ? DEFAULT_CACHE : size;
}

/* The cache that the kernel names last for this CPU. Where it says nothing, the C library
 * is asked, which on virtual machines can answer ten times too much. */
static size_t find_last_cache(void)
{
    for (int index = 3; index >= 2; index--) {
        FILE *file = open_cache(index, "size");
        if (!file) continue;
        size_t size = 0;
        char unit = 0;
        int read = fscanf(file, "%zu%c", &size, &unit);
        fclose(file);
        size <<= unit == 'K' ? 10 : unit == 'M' ? 20 : 0;
        if (read >= 1 && size > 0) return believable(size, sharing_cpus(index));
    }
    long found = 0;
#ifdef _SC_LEVEL3_CACHE_SIZE
    found = sysconf(_SC_LEVEL3_CACHE_SIZE);
    if (found <= 0) found = sysconf(_SC_LEVEL2_CACHE_SIZE);
#endif
    return found > 0 ? believable((size_t)found, 1) : DEFAULT_CACHE;
}
#endif

size_t fa_last_cache_bytes(void)
{
    static atomic_size_t bytes;
    size_t known = atomic_load_explicit(&bytes, memory_order_relaxed);
    if (known == 0) {
        known = find_last_cache();
        atomic_store_explicit(&bytes, known, memory_order_relaxed);
    }
    return known;
}

/* ---- threads and forks ---- */

#if defined(_OPENMP) && defined(__unix__)
/* libgomp ends the process when it cannot create a thread. So before the first team of a
 * size that this thread has not had, as many threads are created and joined by hand. */
static void *wait_for_gate(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return NULL;
}
int fa_affordable(int members)
{
    static _Thread_local int afforded = 1;
    if (members <= afforded) return members;
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[FA_MAX_THREADS];
    int made = 0;
    pthread_mutex_lock(&gate);
    while (made < members - 1
           && pthread_create(&threads[made], NULL, wait_for_gate, &gate) == 0)
        made++;
    pthread_mutex_unlock(&gate);
    for (int k = 0; k < made; k++) pthread_join(threads[k], NULL);
    if (made + 1 > afforded) afforded = made + 1;
    return made + 1;
}

void fa_watch_forks(void (*before)(void), void (*in_child)(void))
{
    pthread_atfork(before, NULL, in_child);
}
#else
int fa_affordable(int members) { return members; }
void fa_watch_forks(void (*before)(void), void (*in_child)(void))
{
    (void)before;
    (void)in_child;
}
#endif
