/* A float32 function on 16 pieces, each a polynomial around a centre of its own.
 *
 *     f(t) = value + s linear + s^2 (...),   s = t - centre, which is exact,
 *
 * the piece read off the leading bits of scale t + offset: equal pieces within an octave
 * of that sum, twice as long in the next. A centre is a float at which f is almost one,
 * too (Gal's accurate tables, 1986), or that next to a root, where the value is 0 and a
 * low word: f keeps its relative accuracy through it. linear has a low word, too, and hi
 * is short, so that hi + lo leaves out only roundings of the curve, which is small beside
 * them. No exponential, no division: where a lookup is one permutation of a register, a
 * derivative costs half to a third of its formula. */
#ifndef FA_PIECES_H
#define FA_PIECES_H

#include "pair.h"

#if PRECISION == 32
enum { PIECES = 16, CENTRE = 0, VALUE, LINEAR, LINEAR_LOW, PIECES_ROWS = 12 };

typedef struct {
    T scale, offset;
    T scale_left, offset_left; /* for negative arguments */
    T first, last;
    T middle; /* where the second half of the pieces starts */
    int shift, degree;
    bool upper_first; /* the second half stands first in the table */
    bool rooted;      /* values have a low word, in the last row */
    T row[PIECES_ROWS][PIECES] ALIGNED;
} Pieces;

#include "tables/piecewise.h"

/* The piece that an argument lies in. */
typedef struct {
    I index;
    M second_eight; /* for registers that hold half of a table */
} Piece;

INLINE Piece piece_of(const Pieces *f, V leading)
{
    V middle = v_set(f->middle);
    return (Piece){
        .index = v_shift_right(v_bits(leading), f->shift),
        .second_eight = f->upper_first ? v_lt(leading, middle) : v_le(middle, leading),
    };
}

INLINE V piece_entry(const Pieces *f, int row, Piece piece)
{
    V first = v_lookup(f->row[row], piece.index);
    if (V_TABLE == PIECES) return first;
    V second = v_lookup(f->row[row] + PIECES / 2, piece.index);
    return v_select(piece.second_eight, second, first);
}

INLINE V piece_last_row(const Pieces *f, Piece piece)
{
    return piece_entry(f, LINEAR_LOW + f->degree, piece);
}

/* linear low word + s (...) */
INLINE V piece_curve(const Pieces *f, Piece piece, V s)
{
    int last = LINEAR_LOW + f->degree - 1;
    V curve = piece_entry(f, last, piece);
    _Pragma("GCC unroll 16")
    for (int row = last - 1; row >= LINEAR_LOW; row--)
        curve = v_fma(s, curve, piece_entry(f, row, piece));
    return curve;
}

/* f(t) for t in the piece */
INLINE Pair on_piece(const Pieces *f, Piece piece, V t)
{
    V s = v_sub(t, piece_entry(f, CENTRE, piece));
    V curve = piece_curve(f, piece, s);
    V value = piece_entry(f, VALUE, piece), linear = piece_entry(f, LINEAR, piece);
    V low = f->rooted ? piece_last_row(f, piece) : v_set(0);
    V sum = v_fma(s, linear, value);
    V hi = v_truncate(f->rooted ? v_add(sum, low) : sum);
    V rest = v_fma(s, linear, v_sub(value, hi));
    return (Pair){hi, v_fma(s, curve, f->rooted ? v_add(rest, low) : rest)};
}

INLINE Piece piece_at(const Pieces *f, V t)
{
    return piece_of(f, v_fma(t, v_set(f->scale), v_set(f->offset)));
}

/* f(t) for t from 0 to last */
INLINE Pair inside_pieces(const Pieces *f, V t)
{
    return on_piece(f, piece_at(f, t), t);
}

/* f(t) for t >= 0, from last on f(last) */
INLINE Pair on_pieces(const Pieces *f, V t)
{
    return inside_pieces(f, v_min(v_set(f->last), t));
}

/* The same for a t of two words. Near a root the low ones count as much as the high ones, so
 * that the table has one more row: s = t - centre + shift, and value is f at 0. exact, a
 * constant, says that t.lo is 0, and changes no bit. */
INLINE Pair on_shifted_pieces(const Pieces *f, Pair t, bool exact)
{
    t.hi = v_min(v_set(f->last), t.hi);
    Piece piece = piece_at(f, t.hi);
    V s_hi = v_sub(t.hi, piece_entry(f, CENTRE, piece));
    V shift = piece_last_row(f, piece);
    Pair s_lo = exact ? single(shift) : two_sum(shift, t.lo);
    V s = v_add(s_hi, s_lo.hi);
    V curve = piece_curve(f, piece, s);
    V value = piece_entry(f, VALUE, piece), linear = piece_entry(f, LINEAR, piece);
    V hi = v_truncate(v_fma(s, linear, value));
    Pair less = exact ? single(v_sub(value, hi)) : two_sum(value, v_sub(v_set(0), hi));
    V rest = v_fma(s_lo.hi, linear, v_fma(s_hi, linear, less.hi));
    if (!exact) rest = v_fma(s_lo.lo, linear, v_add(rest, less.lo));
    return (Pair){hi, v_fma(s, curve, rest)};
}

/* f(x) for x of both signs, beyond first and last as there */
INLINE Pair on_pieces_signed(const Pieces *f, V x)
{
    x = v_max(v_set(f->first), v_min(v_set(f->last), x));
    M left = v_lt(x, v_set(0));
    V scale = v_select(left, v_set(f->scale_left), v_set(f->scale));
    V offset = v_select(left, v_set(f->offset_left), v_set(f->offset));
    Piece piece = piece_of(f, v_fma(v_abs(x), scale, offset));
    return on_piece(f, piece, x);
}
#endif

#endif
