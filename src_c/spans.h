/* Spans: which elements of rows a vector takes at once.
 *
 * Within a row, V_WIDTH neighbours. At its end, what is left of it; or the registers that
 * would stay empty are filled from the rows below, each from one row (gelu on rows of 64
 * floats, 16 in a register and three registers in a vector: a third faster). */
#ifndef FA_SPANS_H
#define FA_SPANS_H

#include "fastact.h"

typedef struct {
    ptrdiff_t row, start;
} Place;

typedef struct {
    const fa_rows *rows;
    bool whole; /* no lane is empty */
    bool filled; /* ... by vectors of several rows */
    ptrdiff_t start, left; /* of one row */
    Place place[V_UNROLL]; /* of each vector, ... */
    ptrdiff_t lanes[V_UNROLL]; /* ... and how many it has there */
} Span;

/* One operand of the row that a span begins in. */
typedef struct {
    T *row; /* NULL where the form has no such operand */
    int operand;
} Array;
INLINE T *row_of(const fa_rows *rows, ptrdiff_t row, int operand)
{
    return (T *)rows->at[operand] + row * rows->step[operand];
}
INLINE Array array_of(const fa_rows *rows, ptrdiff_t row, int operand)
{
    return (Array){row_of(rows, row, operand), operand};
}

INLINE void move_on(Place *at, ptrdiff_t by, ptrdiff_t length)
{
    at->start += by;
    if (at->start >= length) *at = (Place){at->row + 1, 0};
}

/* The span at a place, and on to the next. Beyond the last row there are no lanes. */
INLINE Span take_span(bool filling, const fa_rows *rows, Place *at, ptrdiff_t count,
                      ptrdiff_t length)
{
    Span span = {.rows = rows, .start = at->start, .left = length - at->start};
    span.whole = span.left >= V_WIDTH;
    span.filled = filling && !span.whole && at->row + 1 < count;
    if (!span.filled) {
        move_on(at, V_WIDTH, length);
        return span;
    }
    for (int k = 0; k < V_UNROLL; k++) {
        bool beyond = at->row >= count;
        ptrdiff_t left = beyond ? 0 : length - at->start;
        span.place[k] = beyond ? (Place){0, 0} : *at;
        span.lanes[k] = left < V_LANES ? left : V_LANES;
        move_on(at, V_LANES, length);
    }
    return span;
}

INLINE void find_vectors(T *at[V_UNROLL], const Span *span, int operand)
{
    for (int k = 0; k < V_UNROLL; k++) {
        Place place = span->place[k];
        at[k] = row_of(span->rows, place.row, operand) + place.start;
    }
}
INLINE V get(Array from, const Span *span)
{
    if (span->whole) return v_load(from.row + span->start);
    if (!span->filled) return v_load_part(from.row + span->start, span->left, v_set(0));
    T *at[V_UNROLL];
    find_vectors(at, span, from.operand);
    return v_load_parts(at, span->lanes, v_set(0));
}
INLINE void put(Array to, const Span *span, V value, fa_memory memory)
{
    bool streaming = memory == FA_PAST;
    if (span->filled) {
        T *at[V_UNROLL];
        find_vectors(at, span, to.operand);
        if (streaming)
            v_stream_parts(at, span->lanes, value);
        else
            v_store_parts(at, span->lanes, value);
    } else if (!span->whole)
        v_store_part(to.row + span->start, span->left, value);
    else if (streaming)
        v_stream(to.row + span->start, value);
    else
        v_store(to.row + span->start, value);
}

/* The CPU foresees what is read next of a row, but not the next row. A costly kernel calls
 * for what it will read in a while, a cheap one for the beginning of the next row. */
enum { AHEAD = 2048 / sizeof(T), BEGINNING = 512 / sizeof(T), LINE = 64 / sizeof(T) };
INLINE void call_ahead(const fa_rows *rows, Place at, ptrdiff_t count, ptrdiff_t length,
                       int operands)
{
    if (at.start % LINE >= V_WIDTH) return; /* once for a line */
    at.row += AHEAD / length;
    at.start += AHEAD % length;
    if (at.start >= length) at = (Place){at.row + 1, at.start - length};
    if (at.row >= count) return;
    for (int k = 0; k < operands; k++) v_prefetch(row_of(rows, at.row, k) + at.start);
}
INLINE void call_for_row(const fa_rows *rows, ptrdiff_t row, ptrdiff_t count,
                         int operands)
{
    if (row >= count) return;
    for (int k = 0; k < operands; k++)
        for (int element = 0; element < BEGINNING; element += LINE)
            __builtin_prefetch(row_of(rows, row, k) + element);
}
INLINE void fetch(fa_memory memory, bool filling, const fa_rows *rows, Place at,
                  ptrdiff_t count, ptrdiff_t length, int operands)
{
    if (memory == FA_NEAR) return;
    if (filling)
        call_ahead(rows, at, count, length, operands);
    else if (at.start == 0)
        call_for_row(rows, at.row + 1, count, operands);
}

/* Of an operand with one element for a row. */
INLINE V get_uniform(Array from, const Span *span)
{
    if (!span->filled) return v_set(*from.row);
    T each[V_UNROLL];
    for (int k = 0; k < V_UNROLL; k++)
        each[k] = *row_of(span->rows, span->place[k].row, from.operand);
    return v_set_each(each);
}

#endif
