/* Rows of elements of any size between any strides. */
#ifndef FA_COPY_H
#define FA_COPY_H

#include <stddef.h>

/* One side of a copy: bytes from row to row, and from element to element. */
typedef struct {
    ptrdiff_t row, step;
} Strides;

void fa_copy(char *to, Strides to_strides, const char *from, Strides from_strides,
             size_t bytes, ptrdiff_t rows, ptrdiff_t length);

#endif
