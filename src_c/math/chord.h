/* A float32 function on V_TABLE pieces, each value + s curve with s = t - centre.
 *
 * A centre is a float at which the function is almost a float, too, so that a value needs
 * no low word and its rounding does not count (Gal's accurate tables, 1986). The piece is
 * the leading bits of scale t + offset, shifted right. */
#ifndef FA_CHORD_H
#define FA_CHORD_H

#include "pair.h"

#if PRECISION == 32
typedef struct {
    T scale, offset;
    int shift, degree;
    T centre[V_TABLE] ALIGNED, value[V_TABLE] ALIGNED;
    T curve[8][V_TABLE] ALIGNED;
} Chords;

#include "tables/chord.h"

typedef struct {
    V centre, value, s, curve;
} Chord;

INLINE Chord chord_at(const Chords *f, V t)
{
    I piece = v_bits(v_fma(t, v_set(f->scale), v_set(f->offset)));
    if (f->shift) piece = v_shift_right(piece, f->shift);
    V centre = v_lookup(f->centre, piece), s = v_sub(t, centre);
    V curve = v_lookup(f->curve[f->degree - 1], piece);
    _Pragma("GCC unroll 8")
    for (int k = f->degree - 2; k >= 0; k--)
        curve = v_fma(s, curve, v_lookup(f->curve[k], piece));
    return (Chord){centre, v_lookup(f->value, piece), s, curve};
}
INLINE V chord_value(Chord c) { return v_fma(c.s, c.curve, c.value); }

/* x f(x), rounded once but for what is small beside it */
INLINE V chord_product(const Chords *f, V x)
{
    Chord c = chord_at(f, x);
    return v_fma(x, c.value, v_mul(v_mul_tiny(x, c.s), c.curve));
}
#endif

#endif
