/* Rows of elements of any size between any strides.
 *
 * Elements are moved by memcpy of a constant size: one instruction, at any alignment. */
#include "copy.h"

#include <stdint.h>
#include <string.h>

#define COPY(type) \
    for (ptrdiff_t row = 0; row < rows; row++) { \
        char *y = to + row * to_strides.row; \
        const char *x = from + row * from_strides.row; \
        for (ptrdiff_t i = 0; i < length; i++) { \
            memcpy(y, x, sizeof(type)); \
            y += to_strides.step; \
            x += from_strides.step; \
        } \
    }

void fa_copy(char *to, Strides to_strides, const char *from, Strides from_strides,
             size_t bytes, ptrdiff_t rows, ptrdiff_t length)
{
    ptrdiff_t item = (ptrdiff_t)bytes;
    if (to_strides.step == item && from_strides.step == item) {
        for (ptrdiff_t row = 0; row < rows; row++)
            memcpy(to + row * to_strides.row, from + row * from_strides.row,
                   bytes * (size_t)length);
        return;
    }
    switch (bytes) {
    case 1: COPY(uint8_t) break;
    case 2: COPY(uint16_t) break;
    case 4: COPY(uint32_t) break;
    default: COPY(uint64_t)
    }
}
