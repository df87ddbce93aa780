/* Arrays of any layout, each in an arena between two guard pages and against one of them. */
#ifndef VIEW_H
#define VIEW_H

#include "fastact.h"
#include "source.h"

enum { MOST_DIMS = 4, ARENAS = 3 * FA_MAX_OPERANDS + 1, ARENA_BYTES = 1 << 23 };

/* Megabytes between two pages that cannot be touched. */
char *arena(int number);

typedef struct {
    fa_dtype dtype;
    int dims;
    ptrdiff_t shape[MOST_DIMS], strides[MOST_DIMS]; /* strides in bytes */
    char *arena, *data;
    ptrdiff_t low, high; /* reach about data, in bytes */
    bool swapped; /* of the other byte order */
} View;

/* What a layout may have beside turned axes, steps and negative strides. */
typedef enum {
    REPEATED = 1, /* axes of stride 0 */
    CONSTANT = 2, /* all of them */
    ODD = 4, /* misaligned, or of the other byte order */
} Liberty;

/* Gives a view, of which dtype and shape are known, strides and a place in an arena. */
void lay_view(View *view, Source *source, char *arena, int liberties);

ptrdiff_t view_count(const View *view);
/* Elements in the order of the axes, in this machine's byte order. */
uint64_t view_get(const View *view, ptrdiff_t i);
void view_put(const View *view, ptrdiff_t i, uint64_t bits);
/* Whether some byte belongs to elements of both. */
bool views_share(const View *a, const View *b);
/* All elements, contiguous. */
void view_copy(const View *view, void *to);

/* A pattern where the elements lie, between them and around them. */
void set_canaries(const View *view);
/* Whether it is still there; the elements are lost. */
bool canaries_live(const View *view);

#endif
