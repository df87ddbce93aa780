/* quota N: whether the default number of threads is N; "many" is that of the affinity. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fastact.h"

int main(int argc, char **argv)
{
    cpu_set_t mask;
    if (argc != 2 || sched_getaffinity(0, sizeof mask, &mask)) return 2;
    int cpus = CPU_COUNT(&mask), want = strcmp(argv[1], "many") ? atoi(argv[1]) : cpus;
    if (want > cpus) want = cpus;
    int got = fa_default_threads();
    printf("quota %s: %d threads of %d\n", getenv("CPU_QUOTA"), got, cpus);
    return got != want;
}
