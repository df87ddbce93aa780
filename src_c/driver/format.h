/* Elements as an array has them, and as a kernel takes them: dtype and byte order. */
#ifndef FA_FORMAT_H
#define FA_FORMAT_H

#include "../targets/target.h"

typedef struct {
    fa_convert *convert; /* to or from the kernel's precision; NULL: is that already */
    void (*swap)(void *items, size_t bytes,
                 ptrdiff_t count); /* NULL: in native order */
    ptrdiff_t bytes; /* of an element in the array */
} fa_format;

/* Contiguous items, which may be swapped in place, in the kernel's precision: themselves, or
 * converted to wide. */
static inline void *fa_widen(const fa_format *format, void *items, void *wide,
                             ptrdiff_t count)
{
    if (format->swap) format->swap(items, (size_t)format->bytes, count);
    if (!format->convert) return items;
    format->convert(wide, items, count);
    return wide;
}

/* The way back; without a conversion the items are there already. */
static inline void fa_narrow(const fa_format *format, void *items, const void *wide,
                             ptrdiff_t count)
{
    if (format->convert) format->convert(items, wide, count);
    if (format->swap) format->swap(items, (size_t)format->bytes, count);
}

#endif
