/* Choices, read from bytes: after their end all are 0. */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    const uint8_t *at, *end;
    uint64_t random;
} Source;

static inline uint64_t take(Source *source, int bytes)
{
    uint64_t value = 0;
    for (int k = 0; k < bytes && source->at < source->end; k++)
        value |= (uint64_t)*source->at++ << 8 * k;
    return value;
}

static inline int below(Source *source, int limit)
{
    return (int)(take(source, 2) % (uint64_t)limit);
}

static inline bool one_in(Source *source, int many) { return below(source, many) == 0; }

/* splitmix64, for what is too long to be spelt out in the bytes. */
static inline uint64_t next_random(Source *source)
{
    uint64_t z = source->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* From 0 up to 1. */
static inline double next_unit(Source *source)
{
    return (double)(next_random(source) >> 12) * 0x1p-52;
}

#endif
