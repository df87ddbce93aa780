/* e^z - 1 for z <= 0, which is never far from z or from -1.
 *
 * Its value in float32, where a lookup has 16 entries, is z R(z) with R = (e^z - 1)/z on
 * pieces: 0.27 ns per element against 0.34 by the exponential (Zen 4). */
#ifndef FA_FALLING_H
#define FA_FALLING_H

#include "chord.h"
#include "exp.h"
#include "slope.h"
#include "tables/celu.h"

INLINE Pair falling(V z)
{
    V bounded = v_max(v_set(EXPM1_START), z);
    return expm1_negative(exp_reduce(1, bounded, v_set(EXP_ORIGIN(0.0))));
}

/* Rounded, and the same times the depth of selu. */
#if PRECISION == 32 && V_TABLE == 16
INLINE V falling_value(V z)
{
    return chord_product(&FALLING_RATIO, v_max(v_set(FALLING_END), z));
}
INLINE V falling_by_depth(V z)
{
    return chord_product(&SELU_RATIO, v_max(v_set(FALLING_END), z));
}
#else
INLINE V falling_value(V z) { return falling(z).hi; }
INLINE V falling_by_depth(V z)
{
    Pair depth = {v_set(SELU_DEPTH), v_set(SELU_DEPTH_LOW)};
    Pair e = pair_product(depth, falling(z));
    return v_copysign(v_add(e.hi, e.lo), z);
}
#endif

/* alpha e, where e is e^z - 1 if alpha is 1; known or not, that has the same bits. */
INLINE V falling_by(V alpha, V z, Pair e)
{
    if (v_is_known_one(alpha)) return falling_value(z);
    V product = slope_times(alpha, slope_pair(e.hi, e.lo));
    M one = is_one(alpha);
    return v_any(one) ? v_select(one, falling_value(z), product) : product;
}

#endif
