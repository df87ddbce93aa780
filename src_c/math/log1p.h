/* log(1 + w) for w = e^-t, and the softplus built on it.
 *
 * log(1 + w) = w K(w) with K on V_TABLE equal pieces: relative accuracy down to w = 0
 * comes by itself, and one product with the short head of w is exact. */
#ifndef FA_LOG1P_H
#define FA_LOG1P_H

#include "exp.h"
#include "inverse.h"
#include "logistic.h"
#include "slope.h"
#include "tables/log1p.h"

/* log(1 + w) as a pair for w = head (1 + tail); head may be lifted where w is given as
 * 0, since there log(1 + w) = w. */
INLINE Pair log1p_of(V head, V tail, V w)
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

/* log(1 + e^z) = max(z, 0) + log(1 + e^-|z|), lifted where it is deep. From END on it is
 * z in the format. */
#define SOFTPLUS_END C(40.0, 60.0)
INLINE Slope softplus_of(Pair z)
{
    M positive = v_lt(v_set(0), z.hi);
    Decay decay = decay_of(pair_abs(z));
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V shallow = v_select(decay.deep, v_set(0), head);
    Pair log = log1p_of(head, tail, v_fma(shallow, tail, shallow));
    V linear = v_min(v_set(SOFTPLUS_END), v_max(v_set(0), z.hi));
    Pair sum = positive_sum(log.hi, linear); /* where z is NaN, linear is */
    V low = v_add(v_add(sum.lo, log.lo), v_select(positive, z.lo, v_set(0)));
    sum = fast_two_sum(sum.hi, low);
    return (Slope){SLOPE_LIFTED, sum.hi, sum.lo, decay.deep};
}

/* t w/(1 + w) + log(1 + w) as a slope for t = |z|: what beta softplus' costs. */
INLINE Slope softplus_cost(Pair t)
{
    Decay decay = decay_of(t);
    V head = exp_head(decay.n), tail = exp_tail(decay.n);
    V shallow = v_select(decay.deep, v_set(0), head);
    Pair product = two_product(v_min(v_set(DECAY_END), t.hi), head);
    product.lo = v_fma(product.hi, tail, v_fma(head, t.lo, product.lo));
    Pair part = pair_quotient(product, one_plus(shallow, tail));
    Pair log = log1p_of(head, tail, v_fma(shallow, tail, shallow));
    Pair sum = positive_sum(log.hi, part.hi);
    return (Slope){SLOPE_LIFTED, sum.hi, v_add(sum.lo, v_add(part.lo, log.lo)),
                   decay.deep};
}

#endif
