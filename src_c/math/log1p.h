/* log(1 + w) for w = e^-t.
 *
 * log(1 + w) = w K(w) with K by polynomials on V_TABLE pieces of equal width. This form
 * is accurate relative to the result down to w = 0, and the leading product, with the
 * short head of w, is exact. */
#ifndef FA_LOG1P_H
#define FA_LOG1P_H

#include "exp.h"
#include "tables/log1p.h"

/* log(1 + w) as a pair for w = head (1 + tail). Where head is scaled, pass w = 0:
 * log(1 + w) = w there. */
INLINE Pair log1p_exp(V head, V tail, V w)
{
    V below_one = v_min(v_set(C(0x1.fffffp-1, 0x1.fffffffffffp-1)), w);
    I piece = v_shift_right(v_bits(v_add(v_set(1), below_one)), LOG1P_BITS);
    V s = v_sub(w, v_lookup(LOG1P_CENTRE, piece));
    V p = v_lookup(LOG1P_P[LOG1P_DEGREE - 1], piece);
    _Pragma("GCC unroll 16")
    for (int k = LOG1P_DEGREE - 2; k >= 0; k--)
        p = v_fma(s, p, v_lookup(LOG1P_P[k], piece));
    V constant = v_lookup(LOG1P_VALUE, piece), rest = v_mul(s, p);
    V low = v_fma(v_add(constant, rest), tail, rest);
    return (Pair){v_mul(head, constant), v_mul(head, low)};
}

#endif
