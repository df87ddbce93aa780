/* Rows of elements of any size between any strides.
 *
 * Where rows are nearer to each other than the elements of a row, the copy goes across
 * them, as what comes next is in the same line then. Elements are moved by memcpy of a
 * constant size: one instruction, at any alignment. */
#include "strided_copy.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The hardware does not prefetch rows this far apart: each is prefetched while AHEAD
 * others are copied. */
enum { FAR_BYTES = 512, AHEAD = 8, LINE_BYTES = 64, FEW_ROWS = 4 };

static inline void prefetch_ahead(const char *from, Strides strides, ptrdiff_t left,
                                  size_t bytes)
{
    bool far = strides.row > FAR_BYTES || strides.row < -FAR_BYTES;
    if (!far || left <= AHEAD) return;
    for (size_t at = 0; at < bytes; at += LINE_BYTES)
        __builtin_prefetch(from + AHEAD * strides.row + at);
}

/* memcpy of few bytes, the last ones together with some before them. */
static inline void copy_bytes(char *restrict to, const char *restrict from,
                              size_t bytes)
{
    enum { WORD = 16, MANY = 128 };
    if (bytes >= MANY || bytes < WORD) {
        memcpy(to, from, bytes);
        return;
    }
    for (size_t at = 0; at < bytes - WORD; at += WORD) memcpy(to + at, from + at, WORD);
    memcpy(to + bytes - WORD, from + bytes - WORD, WORD);
}

#define COPY(type, to_step, from_step, prefetch) \
    for (ptrdiff_t row = 0; row < rows; row++) { \
        prefetch; \
        char *restrict y = to + row * to_strides.row; \
        const char *restrict x = from + row * from_strides.row; \
        for (ptrdiff_t i = 0; i < length; i++) \
            memcpy(y + i * (to_step), x + i * (from_step), sizeof(type)); \
    }
/* Every second element is common, and with a constant step the compiler shuffles. */
#define COPY_ANY(type) \
    { \
        const ptrdiff_t item = sizeof(type); \
        if (to_strides.step == item && from_strides.step == 2 * item) \
            COPY(type, item, 2 * item, ) \
        else if (from_strides.step == item) \
            COPY(type, to_strides.step, item, \
                 prefetch_ahead(from + row * from_strides.row, from_strides, \
                                rows - row, sizeof(type) * (size_t)length)) \
        else \
            COPY(type, to_strides.step, from_strides.step, ) \
    }

static bool runs_across(Strides strides)
{
    ptrdiff_t row = strides.row < 0 ? -strides.row : strides.row;
    ptrdiff_t step = strides.step < 0 ? -strides.step : strides.step;
    return 0 < row && row < step;
}

void fa_copy(char *to, Strides to_strides, const char *from, Strides from_strides,
             size_t bytes, ptrdiff_t rows, ptrdiff_t length)
{
    if (rows >= FEW_ROWS && (runs_across(to_strides) || runs_across(from_strides))) {
        to_strides = (Strides){to_strides.step, to_strides.row};
        from_strides = (Strides){from_strides.step, from_strides.row};
        ptrdiff_t lines = length;
        length = rows, rows = lines;
    }
    ptrdiff_t item = (ptrdiff_t)bytes;
    if (to_strides.step == item && from_strides.step == item) {
        for (ptrdiff_t row = 0; row < rows; row++) {
            prefetch_ahead(from, from_strides, rows - row, bytes * (size_t)length);
            copy_bytes(to, from, bytes * (size_t)length);
            to += to_strides.row;
            from += from_strides.row;
        }
        return;
    }
    switch (bytes) {
    case 1: COPY_ANY(uint8_t) break;
    case 2: COPY_ANY(uint16_t) break;
    case 4: COPY_ANY(uint32_t) break;
    default: COPY_ANY(uint64_t)
    }
}
