/* Segments: rows cut for a loop over whole vectors.
 *
 * The loop of a costly kernel knows whole vectors alone, contiguous in every operand. The
 * whole vectors of some rows are such a segment where they lie. The ends of these rows, and
 * rows of less than two vectors, are the next one, packed: gathered one behind the other in
 * a buffer that stays in the first cache, and scattered when the kernel comes for more. So
 * a kernel's body exists once, and no lane is empty but in the last vector. */
#ifndef FA_SEGMENTS_H
#define FA_SEGMENTS_H

#include "target.h"

enum {
    PACKED = 8 * V_WIDTH, /* elements of a buffer */
    BURST =
        1024 / sizeof(T) / V_WIDTH * V_WIDTH, /* what is prefetched or mapped at once */
};

/* What a kernel takes: constants of each. */
typedef struct {
    int arrays, parameters, outputs;
    bool costly;
} Operands;

typedef struct {
    /* The segment: so many lines of whole vectors, and steps between them. */
    ptrdiff_t lines, length;
    T *at[FA_MAX_OPERANDS];
    ptrdiff_t step[FA_MAX_OPERANDS];
    bool broadcast[FA_MAX_OPERANDS]; /* a parameter with one element for a line */
    bool packed, small; /* the latter: all of a call on less than two vectors */

    /* The rows, in groups whose ends fit into the buffer. */
    const fa_rows *rows;
    ptrdiff_t count, row_length;
    ptrdiff_t end; /* elements of each row that are packed */
    ptrdiff_t group, group_end; /* rows of this group; the next one starts there */
    ptrdiff_t row, start; /* what of them comes next */
    fa_memory memory;
    int arrays, inputs, operands;
    _Alignas(64) T buffer[FA_MAX_OPERANDS][PACKED + V_WIDTH];
    T mapped[BURST]; /* the argument of a segment that is not packed */
} Segments;

/* The first segment, of rows that are not empty; and whether there is another. What the
 * kernel has made of a packed one then goes to its place. */
#define first_segment PASTE(FA_SYMBOL, _first_segment)
#define another_segment PASTE(FA_SYMBOL, _another_segment)
void first_segment(Segments *s, Operands operands, const fa_rows *rows, ptrdiff_t count,
                   ptrdiff_t length, fa_memory memory);
bool another_segment(Segments *s);

/* Prefetches the beginning of the row after this one: the hardware follows a row, but not
 * the jump to the next. For cheap kernels; costly ones prefetch by segments. */
#define prefetch_next_row PASTE(FA_SYMBOL, _prefetch_next_row)
void prefetch_next_row(const fa_rows *rows, int arrays, ptrdiff_t row, ptrdiff_t count,
                       ptrdiff_t length);

/* The map before a kernel */
#define map_affine PASTE(FA_SYMBOL, _map_affine)
fa_affine_map map_affine;

INLINE T *row_of(const fa_rows *rows, ptrdiff_t row, int operand)
{
    return (T *)rows->at[operand] + row * rows->step[operand];
}

#endif
