/* Cases from libFuzzer, or without it from random bytes: fuzz SECONDS [SEED]. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "case.h"

#ifdef LIBFUZZER
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    if (!case_holds(bytes, count)) abort();
    return 0;
}
#else
int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 10;
    uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1, cases = 0;
    time_t end = time(NULL) + (time_t)seconds;
    for (uint8_t bytes[512]; cases % 256 || time(NULL) < end; cases++) {
        uint64_t state = seed += UINT64_C(0x9e3779b97f4a7c15);
        for (size_t k = 0; k < sizeof bytes; k++) {
            state =
                state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[k] = (uint8_t)(state >> 56);
        }
        /* Long tails of bytes are values of x; most cases leave these to be drawn. */
        if (!case_holds(bytes, cases % 4 ? 240 : sizeof bytes)) return 1;
    }
    printf("%llu cases, %llu elements, %llu values compared\n",
           (unsigned long long)cases, (unsigned long long)case_elements,
           (unsigned long long)case_values);
    return 0;
}
#endif
