/* What a target offers to the driver: the kernels of one instruction set and precision. */
#ifndef FA_TARGET_H
#define FA_TARGET_H

#include "../table/table.h"

/* An operand of an affine map: a vector, or one number for all elements. */
typedef struct {
    const void *at;
    bool single;
} fa_coefficient;

/* What is behind so many bytes of it */
static inline fa_coefficient fa_skip(fa_coefficient c, ptrdiff_t bytes)
{
    return (fa_coefficient){(const char *)c.at + (c.single ? 0 : bytes), c.single};
}

/* scale x + shift in place of the argument x */
typedef struct {
    fa_coefficient scale, shift;
} fa_map;

/* Rows of equal length: elements of a row are contiguous, steps lead from row to row and
 * are counted in elements. Operands in order, inputs before outputs. */
typedef struct {
    const fa_map *map; /* or NULL; of one row, and a costly kernel without parameters */
    void *at[FA_MAX_OPERANDS];
    ptrdiff_t step[FA_MAX_OPERANDS];
    bool broadcast[FA_MAX_OPERANDS]; /* a parameter with one element for a row */
} fa_rows;

typedef enum {
    FA_CACHED,
    FA_PREFETCH, /* software-prefetch ahead, across rows */
    FA_NONTEMPORAL, /* ... and store past the caches; every output row starts a line */
} fa_memory;

/* So many rows of the target's precision, none of them empty. Overflow raises its flag, or
 * is returned, by a kernel that may clear the flag. */
typedef bool fa_kernel(const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                       fa_memory memory);

/* A kernel is costly from here on, in ns of a float32 element: what it reads is prefetched
 * while it computes. */
#define FA_COSTLY 0.15

/* The kernels of one activation, by form; NULL for a form that it does not have. */
typedef fa_kernel *const fa_kernels[FA_FORMS];

typedef void fa_convert(void *to, const void *from, ptrdiff_t count);

/* The rounding test: writes down which of some float32 results lie within an ulp of the
 * middle between two numbers of a shorter dtype; returns how many. */
typedef ptrdiff_t fa_rounding_test(uint16_t *which, const void *results,
                                   ptrdiff_t count);

/* scale x + shift, rounded once; in place if that is asked for. */
typedef void fa_affine_map(void *to, const void *x, fa_coefficient scale,
                           fa_coefficient shift, ptrdiff_t count);

/* ---- functions along an axis ---- */

enum {
    FA_COLUMN_REGISTERS = 2, /* side by side, a column in each lane */
    FA_AXIS_BLOCK = 1024, /* elements of a row over which its maximum rises once */
    FA_AXIS_CACHED = 16384, /* bytes that stay in the first cache */
    FA_AXIS_MAX_ROWS = 16, /* side by side */
    FA_AXIS_CARRY_BYTES = (6 * FA_AXIS_MAX_ROWS + 2) * 64,
    FA_AXIS_TOTAL_BYTES = FA_AXIS_MAX_ROWS * 64,
};

/* Columns: rows shorter than a block that are neighbours in memory; steps lead from element
 * to element. The count is a multiple of column_width. */
typedef void fa_column_kernel(const fa_rows *columns, ptrdiff_t count,
                              ptrdiff_t length);

/* All of any number of rows. Or, of at most `side_by_side` rows,
 * what they are reduced to in pieces of FA_AXIS_BLOCK elements (but for the last), joined
 * with that of other parts of the same rows, finished, and then the elements. The memory
 * between is the kernel's. */
typedef struct {
    void (*rows)(const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                 fa_memory memory);
    void (*reduce)(void *carry, const fa_rows *rows, int count, ptrdiff_t length);
    void (*total)(void *total, void *carry, int count);
    void (*join)(void *total, const void *with);
    void (*finish)(void *total);
    /* Whether rows are to be read again, with a carry that knows their total; NULL for
     * functions that read them once. The first time the total is NULL. */
    bool (*again)(const void *total);
    void (*resume)(void *carry, const void *total);
    void (*map)(const void *total, const fa_rows *rows, int count, ptrdiff_t length,
                fa_memory memory);
} fa_axis_kernel;

typedef struct {
    int side_by_side; /* at most FA_AXIS_MAX_ROWS */
    void (*start)(void *carry);
    /* Lines of elements become columns; steps in elements. */
    void (*transpose)(void *to, ptrdiff_t to_step, const void *from,
                      ptrdiff_t from_step, ptrdiff_t lines, ptrdiff_t length);
    const fa_axis_kernel *kernels; /* by function */
    fa_column_kernel *const *column_kernels; /* by function, some NULL */
    int column_width;
} fa_axis_target;

/* ---- a target ---- */

typedef struct {
    bool available; /* compiled in */
    int width; /* elements that a kernel takes at once */
    fa_kernels *const *families; /* by family: the kernels of its activations */
    fa_convert *widen[FA_DTYPES]; /* to the precision of the target */
    fa_convert *narrow[FA_DTYPES]; /* from it */
    fa_rounding_test *rounding_test[FA_DTYPES];
    fa_affine_map *affine_map;
    void (*swap_bytes)(void *items, size_t bytes, ptrdiff_t count);
    void (*stream)(void *to, const void *from, size_t bytes); /* past the caches */
    void (*fence)(void); /* after the last stream */
    const fa_axis_target *axis;
} fa_target;

#endif
