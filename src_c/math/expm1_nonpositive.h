/* e^z - 1 for z <= 0.
 *
 * In float32 with tables of 16 entries its value is z R(z), R = (e^z - 1)/z by
 * piecewise polynomials: 0.27 ns per element, 0.34 by the exponential (Zen 4). */
#ifndef FA_EXPM1_NONPOSITIVE_H
#define FA_EXPM1_NONPOSITIVE_H

#include "derivative.h"
#include "exp.h"
#include "table_poly.h"
#include "tables/celu.h"

INLINE Pair expm1_nonpositive(V z)
{
    V bounded = v_max(v_set(EXPM1_START), z);
    return expm1_reduced_nonpositive(exp_reduce(1, bounded, v_set(EXP_ORIGIN(0.0))));
}

#if PRECISION == 64
/* The same to 2^-70, for sums in which it nearly cancels */
INLINE Pair expm1_nonpositive_fine(V z)
{
    V bounded = v_max(v_set(EXPM1_START), z);
    Reduced n = exp_reduce(1, bounded, v_set(EXP_ORIGIN(0.0)));
    V head = exp_head(n);
    return pair_fma(to_pair(head), exp_tail_fine(n), fast_two_sum(v_set(-1), head));
}
#endif

/* e^z - 1 rounded, and lambda alpha (e^z - 1), the left side of selu, rounded once */
#if PRECISION == 32 && V_TABLE == 16
INLINE V expm1_nonpositive_value(V z)
{
    return times_table_poly(&EXPM1_RATIO, v_max(v_set(EXPM1_RATIO_END), z));
}
INLINE V selu_expm1_value(V z)
{
    return times_table_poly(&SELU_RATIO, v_max(v_set(EXPM1_RATIO_END), z));
}
#else
INLINE V expm1_nonpositive_value(V z) { return expm1_nonpositive(z).hi; }
INLINE V selu_expm1_value(V z)
{
    Pair lambda_alpha = {v_set(SELU_LAMBDA_ALPHA), v_set(SELU_LAMBDA_ALPHA_LOW)};
    Pair e = pair_product(lambda_alpha, expm1_nonpositive(z));
    return v_copysign(v_add(e.hi, e.lo), z);
}
#endif

/* alpha (e^z - 1), given e^z - 1 as a pair. alpha = 1 gives the same bits whether it is
 * a compile-time constant or not. */
INLINE V times_expm1_nonpositive(V alpha, V z, Pair e)
{
    if (v_is_constant_one(alpha)) return expm1_nonpositive_value(z);
    V product = deriv_times(alpha, deriv_pair(e.hi, e.lo));
    M one = is_one(alpha);
    return v_any(one) ? v_select(one, expm1_nonpositive_value(z), product) : product;
}

#endif
