/* Piecewise polynomials in float32 that return a pair, on 16 pieces.
 *
 *     f(t) = value + s linear + s^2 (...),   s = t - centre, which is exact.
 *
 * The index of a piece is the leading bits of scale t + offset: pieces have
 * equal widths within a binade of that sum and twice the width in the next. A
 * centre is a float at which f is nearly a float (accurate tables, see
 * table_poly.h), or the float nearest to a root, where the value is 0 plus a
 * low word: f keeps its relative accuracy through the root. linear has a low
 * word, too, and hi has few enough bits for exact products, so that hi + lo
 * misses only the rounding errors of the higher-order terms, which are small.
 * With table lookup in one permutation of a register, no exponential and no
 * division, a derivative takes a half to a third of the time of its formula. */
#ifndef FA_PIECEWISE_H
#define FA_PIECEWISE_H

#include "pair.h"

#if PRECISION == 32
enum { PIECES = 16, CENTRE = 0, VALUE, LINEAR, LINEAR_LOW, PIECEWISE_ROWS = 12 };

typedef struct {
    T scale, offset;
    T scale_left, offset_left; /* for negative arguments */
    T first, last;
    T middle; /* where the second half of the pieces starts */
    int shift, degree;
    bool upper_first; /* the second half comes first in the table */
    bool rooted; /* values have a low word, in the last row */
    T row[PIECEWISE_ROWS][PIECES] ALIGNED;
} Piecewise;

#include "tables/piecewise.h"

/* The piece of an argument */
typedef struct {
    I index;
    M second_half; /* where a lookup has 8 entries */
} Piece;

INLINE Piece piece_of(const Piecewise *f, V leading)
{
    V middle = v_set(f->middle);
    return (Piece){
        .index = v_shift_right(v_bits(leading), f->shift),
        .second_half = f->upper_first ? v_lt(leading, middle) : v_le(middle, leading),
    };
}

INLINE V piece_entry(const Piecewise *f, int row, Piece piece)
{
    V first = v_lookup(f->row[row], piece.index);
    if (V_TABLE == PIECES) return first;
    V second = v_lookup(f->row[row] + PIECES / 2, piece.index);
    return v_select(piece.second_half, second, first);
}

INLINE V piece_last_row(const Piecewise *f, Piece piece)
{
    return piece_entry(f, LINEAR_LOW + f->degree, piece);
}

/* low word of linear + s (...) */
INLINE V piece_poly(const Piecewise *f, Piece piece, V s)
{
    int last = LINEAR_LOW + f->degree - 1;
    V poly = piece_entry(f, last, piece);
    _Pragma("GCC unroll 16")
    for (int row = last - 1; row >= LINEAR_LOW; row--)
        poly = v_fma(s, poly, piece_entry(f, row, piece));
    return poly;
}

/* f(t) for t in the piece */
INLINE Pair eval_piece(const Piecewise *f, Piece piece, Pair t)
{
    V s = v_sub(t.hi, piece_entry(f, CENTRE, piece));
    if (!v_is_constant_zero(t.lo)) s = v_add(s, t.lo);
    V poly = piece_poly(f, piece, s);
    V value = piece_entry(f, VALUE, piece), linear = piece_entry(f, LINEAR, piece);
    V low = f->rooted ? piece_last_row(f, piece) : v_set(0);
    V sum = v_fma(s, linear, value);
    V hi = v_upper_half(f->rooted ? v_add(sum, low) : sum);
    V rest = v_fma(s, linear, v_sub(value, hi));
    return (Pair){hi, v_fma(s, poly, f->rooted ? v_add(rest, low) : rest)};
}

INLINE Piece find_piece(const Piecewise *f, V t)
{
    return piece_of(f, v_fma(t, v_set(f->scale), v_set(f->offset)));
}

/* f(t) for 0 <= t <= last */
INLINE Pair eval_piecewise_inside(const Piecewise *f, V t)
{
    return eval_piece(f, find_piece(f, t), to_pair(t));
}

/* f(min(t, last)) for t >= 0 */
INLINE Pair eval_piecewise(const Piecewise *f, V t)
{
    return eval_piecewise_inside(f, v_min(v_set(f->last), t));
}

/* The same for a pair t. Near a root its low word matters as much as the high one, so
 * the table has one more row, the offset of the expansion point: s = t - centre +
 * shift, and value is f at s = 0. `exact`, a compile-time constant, says that t.lo is
 * 0; it changes no bit of the result. */
INLINE Pair eval_piecewise_shifted(const Piecewise *f, Pair t, bool exact)
{
    t.hi = v_min(v_set(f->last), t.hi);
    Piece piece = find_piece(f, t.hi);
    V s_hi = v_sub(t.hi, piece_entry(f, CENTRE, piece));
    V shift = piece_last_row(f, piece);
    Pair s_lo = exact ? to_pair(shift) : two_sum(shift, t.lo);
    V s = v_add(s_hi, s_lo.hi);
    V poly = piece_poly(f, piece, s);
    V value = piece_entry(f, VALUE, piece), linear = piece_entry(f, LINEAR, piece);
    V hi = v_upper_half(v_fma(s, linear, value));
    Pair less = exact ? to_pair(v_sub(value, hi)) : two_sum(value, v_sub(v_set(0), hi));
    V rest = v_fma(s_lo.hi, linear, v_fma(s_hi, linear, less.hi));
    if (!exact) rest = v_fma(s_lo.lo, linear, v_add(rest, less.lo));
    return (Pair){hi, v_fma(s, poly, rest)};
}

/* f(min(max(x, first), last)) */
INLINE Pair eval_piecewise_signed(const Piecewise *f, V x)
{
    x = v_max(v_set(f->first), v_min(v_set(f->last), x));
    M left = v_lt(x, v_set(0));
    V scale = v_select(left, v_set(f->scale_left), v_set(f->scale));
    V offset = v_select(left, v_set(f->offset_left), v_set(f->offset));
    Piece piece = piece_of(f, v_fma(v_abs(x), scale, offset));
    return eval_piece(f, piece, to_pair(x));
}
#endif

#endif
