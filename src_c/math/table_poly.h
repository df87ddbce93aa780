/* Piecewise polynomials in float32, one piece per table entry: f(t) = value + s poly(s)
 * with s = t - centre.
 *
 * Accurate tables: each centre is a float at which f is nearly a float, so that the
 * value needs no low word [S. Gal, "Computing elementary functions: a new approach for
 * achieving high accuracy and good performance", 1986]. The index of a piece is the
 * leading bits of scale t + offset. */
#ifndef FA_TABLE_POLY_H
#define FA_TABLE_POLY_H

#include "pair.h"

#if PRECISION == 32
typedef struct {
    T scale, offset;
    int shift, degree;
    T centre[V_TABLE] ALIGNED, value[V_TABLE] ALIGNED;
    T poly[8][V_TABLE] ALIGNED;
} TablePoly;

#include "tables/table_poly.h"

typedef struct {
    V centre, value, s, poly;
} TablePolyPiece;

INLINE TablePolyPiece table_poly_at(const TablePoly *f, V t)
{
    I piece = v_bits(v_fma(t, v_set(f->scale), v_set(f->offset)));
    if (f->shift) piece = v_shift_right(piece, f->shift);
    V centre = v_lookup(f->centre, piece), s = v_sub(t, centre);
    V poly = v_lookup(f->poly[f->degree - 1], piece);
    _Pragma("GCC unroll 8")
    for (int k = f->degree - 2; k >= 0; k--)
        poly = v_fma(s, poly, v_lookup(f->poly[k], piece));
    return (TablePolyPiece){centre, v_lookup(f->value, piece), s, poly};
}
INLINE V table_poly_value(TablePolyPiece c) { return v_fma(c.s, c.poly, c.value); }

/* x f(x), rounded once, up to the rounding of small terms */
INLINE V times_table_poly(const TablePoly *f, V x)
{
    TablePolyPiece c = table_poly_at(f, x);
    return v_fma(x, c.value, v_mul(v_mul_tiny(x, c.s), c.poly));
}
#endif

#endif
