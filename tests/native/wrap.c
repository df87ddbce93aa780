/* What the linker puts in front of two functions, so that small jobs meet all that large
 * ones do: work is worth a thousand times more threads, and the last cache has 16 kB, so that
 * jobs beyond that are streamed. CPU_QUOTA is what a control group would say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int __real_fa_borrow_team(double ns_of_work);
int __wrap_fa_borrow_team(double ns_of_work);
int __wrap_fa_borrow_team(double ns_of_work)
{
    return __real_fa_borrow_team(ns_of_work * 1000);
}

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode)
{
    static char cache[] = "16K\n";
    char *quota = getenv("CPU_QUOTA");
    if (strstr(path, "/cpu0/cache/")) return fmemopen(cache, sizeof cache - 1, "r");
    if (quota && strstr(path, "cpu.max")) return fmemopen(quota, strlen(quota), "r");
    return __real_fopen(path, mode);
}
