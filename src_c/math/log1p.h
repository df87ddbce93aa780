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

/* log(1 + e^z) as a pair, to be multiplied by unlift. From END on it is z. */
#define SOFTPLUS_END C(40.0, 60.0)
#define SOFTPLUS_START C(150.0, 1200.0)
typedef struct {
    Pair y;
    V unlift;
} Softplus;
INLINE Softplus softplus_of(Pair z)
{
    Pair t = pair_abs(z);
    M deep = v_lt(v_set(DECAY_DEEP), t.hi);
    V lifted = v_set(EXP_ORIGIN(C(100.0, 800.0)));
    Reduced n = exp_reduce(-1, v_min(v_set(SOFTPLUS_START), t.hi),
                           v_select(deep, lifted, v_set(EXP_ORIGIN(0.0))));
    n.low = v_sub(n.low, t.lo);
    V head = exp_head(n), tail = exp_tail(n);
    V shallow = v_select(deep, v_set(0), head);
    Pair log = log1p_of(head, tail, v_fma(shallow, tail, shallow));
    M gone = v_lt(v_set(SOFTPLUS_START), t.hi);
    log.hi = v_select(gone, v_set(0), log.hi);
    log.lo = v_select(gone, v_set(0), log.lo);
    V linear = v_min(v_set(SOFTPLUS_END), v_max(v_set(0), z.hi));
    V linear_low = v_select(v_lt(v_set(0), z.hi), z.lo, v_set(0));
    Pair sum = positive_sum(linear, log.hi);
    sum = fast_two_sum(sum.hi, v_add(sum.lo, v_add(log.lo, linear_low)));
    return (Softplus){sum, v_select(deep, v_set(C(0x1p-100, 0x1p-800)), v_set(1))};
}

/* t w/(1 + w) + log(1 + w) as a slope for t = |z|: what beta softplus' costs. */
INLINE Slope softplus_cost(Pair t)
{
    Decay decay = decay_of(t.hi);
    Reduced n = exp_reduce(-1, decay.t, decay.origin);
    n.low = v_sub(n.low, t.lo);
    V head = exp_head(n), tail = exp_tail(n);
    V shallow = v_select(decay.deep, v_set(0), head);
    Pair product = two_product(decay.t, head);
    product.lo = v_fma(product.hi, tail, v_fma(head, t.lo, product.lo));
    Pair part = pair_quotient(product, one_plus(shallow, tail));
    Pair log = log1p_of(head, tail, v_fma(shallow, tail, shallow));
    Pair sum = positive_sum(log.hi, part.hi);
    return (Slope){SLOPE_LIFTED, sum.hi, v_add(sum.lo, v_add(part.lo, log.lo)),
                   decay.deep};
}

#endif
