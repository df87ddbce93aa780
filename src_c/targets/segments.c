/* Segments of rows: what the loops of a target share. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"

#include "segments.h"

enum {
    LINE = 64 / sizeof(T),
    AHEAD = 2048 / sizeof(T), /* what is prefetched by a costly kernel */
    BEGINNING = 512 / sizeof(T), /* of the next row, by a cheap one */
};

/* ---- the map before the kernel ---- */

/* Which coefficients are single is known to each of four loops. */
INLINE void map_vectors(T *to, const T *x, const T *scale, bool one_scale,
                        const T *shift, bool one_shift, ptrdiff_t count)
{
    V factor = v_set(*scale), term = v_set(*shift);
    ptrdiff_t i = 0;
    for (; i + V_WIDTH <= count; i += V_WIDTH) {
        if (!one_scale) factor = v_load(scale + i);
        if (!one_shift) term = v_load(shift + i);
        v_store(to + i, v_fma(factor, v_load(x + i), term));
    }
    ptrdiff_t left = count - i;
    if (left == 0) return;
    if (!one_scale) factor = v_load_part(scale + i, left, v_set(0));
    if (!one_shift) term = v_load_part(shift + i, left, v_set(0));
    V last = v_load_part(x + i, left, v_set(0));
    v_store_part(to + i, left, v_fma(factor, last, term));
}
void map_affine(void *to, const void *x, fa_coefficient scale, fa_coefficient shift,
                ptrdiff_t count)
{
    if (scale.single && shift.single)
        map_vectors(to, x, scale.at, true, shift.at, true, count);
    else if (scale.single)
        map_vectors(to, x, scale.at, true, shift.at, false, count);
    else if (shift.single)
        map_vectors(to, x, scale.at, false, shift.at, true, count);
    else
        map_vectors(to, x, scale.at, false, shift.at, false, count);
}

/* The argument of the segment becomes that of the kernel: it is mapped while the kernel still
 * computes what came before. A packed one stays in its place, with what fills its last vector. */
INLINE void map_argument(Segments *s, ptrdiff_t start, ptrdiff_t count)
{
    const fa_map *map = s->rows->map;
    int x = s->arrays - 1;
    fa_coefficient scale = fa_skip(map->scale, start * (ptrdiff_t)sizeof(T));
    fa_coefficient shift = fa_skip(map->shift, start * (ptrdiff_t)sizeof(T));
    T *to = s->packed ? s->at[x] : s->mapped;
    map_affine(to, s->at[x], scale, shift, count);
    s->at[x] = to;
}

/* ---- packing ---- */

/* To the buffer, which has room for whole registers. */
INLINE void pack(T *to, const T *from, ptrdiff_t count)
{
    for (; count >= V_LANES; count -= V_LANES, to += V_LANES, from += V_LANES)
        n_store(to, n_load(from));
    if (count > 0) n_store(to, n_load_part(from, (int)count, n_set(0)));
}

/* From the buffer: whole registers, and what is less than one by halves of halves. */
INLINE void unpack(T *restrict to, const T *restrict from, ptrdiff_t count,
                   bool streaming)
{
    for (; count >= V_LANES; count -= V_LANES, to += V_LANES, from += V_LANES) {
        if (streaming)
            n_stream(to, n_load(from));
        else
            n_store(to, n_load(from));
    }
    _Pragma("GCC unroll 8")
    for (int some = V_LANES / 2; some > 0; some /= 2) {
        if (!(count & some)) continue;
        memcpy(to, from, sizeof(T) * (size_t)some);
        to += some, from += some;
    }
}

INLINE void fill(T *to, T value, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i += V_LANES) n_store(to + i, n_set(value));
}

/* The ends of a group's rows become the segment. Lanes beyond them hold 0, or the last
 * parameter. */
INLINE void pack_ends(Segments *s)
{
    const fa_rows *rows = s->rows;
    ptrdiff_t count = s->group_end - s->group, start = s->row_length - s->end;
    ptrdiff_t held = count * s->end;
    s->lines = 1;
    s->length = (held + V_WIDTH - 1) / V_WIDTH * V_WIDTH;
    s->packed = true;
    for (int k = 0; k < s->operands; k++) {
        T *to = s->at[k] = s->buffer[k];
        s->broadcast[k] = false;
        if (k >= s->inputs) continue;
        const T *from = row_of(rows, s->group, k);
        ptrdiff_t step = rows->step[k];
        if (!rows->broadcast[k]) {
            for (ptrdiff_t row = 0; row < count; row++, to += s->end)
                pack(to, from + start + (count > 1 ? row * step : 0), s->end);
            fill(to, 0, s->length - held);
        } else if (count == 1 || step == 0) {
            s->broadcast[k] = true;
            s->at[k] = (T *)from;
        } else {
            for (ptrdiff_t row = 0; row < count; row++, to += s->end)
                fill(to, from[row * step], s->end);
            fill(to, from[(count - 1) * step], s->length - held);
        }
    }
    if (rows->map) map_argument(s, start, s->end);
}

INLINE void unpack_ends(Segments *s)
{
    const fa_rows *rows = s->rows;
    bool streaming = s->memory == FA_NONTEMPORAL;
    ptrdiff_t start = s->row_length - s->end;
    for (int k = s->inputs; k < s->operands; k++) {
        const T *from = s->buffer[k];
        T *to = row_of(rows, s->group, k) + start;
        for (ptrdiff_t row = s->group; row < s->group_end; row++) {
            unpack(to, from, s->end, streaming);
            to += rows->step[k], from += s->end;
        }
    }
    s->packed = false;
}

/* ---- prefetching ---- */

/* A costly kernel prefetches what it will read in a while, as much as it now takes. */
INLINE void prefetch_ahead(const Segments *s, ptrdiff_t taken)
{
    ptrdiff_t place = s->start + AHEAD;
    ptrdiff_t row = s->row + place / s->row_length, start = place % s->row_length;
    while (taken > 0 && row < s->count) {
        ptrdiff_t left = s->row_length - start, some = left < taken ? left : taken;
        for (int k = 0; k < s->arrays; k++)
            for (ptrdiff_t i = 0; i < some; i += LINE)
                __builtin_prefetch(row_of(s->rows, row, k) + start + i);
        taken -= some;
        row++, start = 0;
    }
}

void prefetch_next_row(const fa_rows *rows, int arrays, ptrdiff_t row, ptrdiff_t count,
                       ptrdiff_t length)
{
    if (row + 1 >= count) return;
    ptrdiff_t beginning = length < BEGINNING ? length : BEGINNING;
    for (int k = 0; k < arrays; k++)
        for (ptrdiff_t i = 0; i < beginning; i += LINE)
            __builtin_prefetch(row_of(rows, row + 1, k) + i);
}

/* ---- one short row ---- */

INLINE void load_small(T *to, const T *from, ptrdiff_t length)
{
    for (ptrdiff_t i = 0; i < length; i += V_WIDTH)
        v_store(to + i, v_load_part(from + i, length - i, v_set(0)));
}
static void take_small(Segments *s)
{
    s->lines = 1;
    s->length = s->row_length <= V_WIDTH ? V_WIDTH : 2 * V_WIDTH;
    s->packed = true;
    for (int k = 0; k < s->operands; k++) {
        s->at[k] = s->buffer[k];
        s->broadcast[k] = k < s->inputs && s->rows->broadcast[k];
        if (s->broadcast[k])
            s->at[k] = s->rows->at[k];
        else if (k < s->inputs)
            load_small(s->buffer[k], s->rows->at[k], s->row_length);
    }
    if (s->rows->map) map_argument(s, 0, s->row_length);
}
static void put_small(const Segments *s)
{
    for (int k = s->inputs; k < s->operands; k++)
        for (ptrdiff_t i = 0; i < s->row_length; i += V_WIDTH)
            v_store_part((T *)s->rows->at[k] + i, s->row_length - i,
                         v_load(s->buffer[k] + i));
}

/* ---- the next segment ---- */

/* Whole vectors where they lie: of all rows that are left of the group, or a burst. */
INLINE void take_rows(Segments *s, ptrdiff_t whole)
{
    bool mapped = s->rows->map, bursts = mapped || s->memory != FA_CACHED;
    ptrdiff_t left = whole - s->start;
    s->lines = bursts ? 1 : s->group_end - s->row;
    s->length = bursts && left > BURST ? BURST : left;
    for (int k = 0; k < s->operands; k++) {
        bool broadcast = k < s->inputs && s->rows->broadcast[k];
        s->at[k] = row_of(s->rows, s->row, k) + (broadcast ? 0 : s->start);
        s->step[k] = s->rows->step[k];
        s->broadcast[k] = broadcast;
    }
    if (s->memory != FA_CACHED) prefetch_ahead(s, s->length);
    if (mapped) map_argument(s, s->start, s->length);
    s->start += s->length;
    if (s->start < whole) return;
    s->row += s->lines;
    s->start = 0;
}

/* The next rows whose ends fit into the buffer. */
INLINE void take_group(Segments *s)
{
    ptrdiff_t left = s->count - s->group_end, rows = left;
    if (left > 1 && s->end > 0 && PACKED / s->end < left) rows = PACKED / s->end;
    s->group = s->row = s->group_end;
    s->group_end += rows;
}

bool another_segment(Segments *s)
{
    if (s->small) return put_small(s), false;
    ptrdiff_t whole = s->row_length - s->end;
    if (s->packed) {
        unpack_ends(s);
    } else if (s->row < s->group_end) {
        take_rows(s, whole);
        return true;
    } else if (s->group < s->group_end && s->end > 0) {
        pack_ends(s);
        return true;
    }
    if (s->group_end == s->count) return false;
    take_group(s);
    if (whole > 0) {
        take_rows(s, whole);
    } else {
        s->row = s->group_end;
        pack_ends(s);
    }
    return true;
}

void first_segment(Segments *s, Operands operands, const fa_rows *rows, ptrdiff_t count,
                   ptrdiff_t length, fa_memory memory)
{
    s->rows = rows;
    s->count = count;
    s->row_length = length;
    s->end = length < 2 * V_WIDTH ? length : length % V_WIDTH;
    s->group = s->group_end = s->row = s->start = 0;
    s->memory = memory;
    s->arrays = operands.arrays;
    s->inputs = operands.arrays + operands.parameters;
    s->operands = s->inputs + operands.outputs;
    s->packed = false;
    s->small = count == 1 && length < 2 * V_WIDTH;
    if (s->small)
        take_small(s);
    else
        another_segment(s);
}

#endif
