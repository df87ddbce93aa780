/* The left side of xielu, alpha (e^m - 1 - x) + beta x with m = min(x, eps), and its
 * derivative alpha (e^m - 1) + beta: each a sum of terms of opposite sign, with a root.
 *
 * Where more than eight bits cancel, pairs do not have enough left. Such lanes, about one in a
 * thousand, are computed one by one: in float64 for float32, in double-double for float64. */
#ifndef FA_XIELU_H
#define FA_XIELU_H

#include "expm1_nonpositive.h"
#include "extreme.h"

#if PRECISION == 32
INLINE fa_words xielu_left_exactly(fa_form form, double x, double m, double alpha,
                                   double beta)
{
    double rest = beta - alpha;
    return (fa_words){form == FA_VALUE ? fma(rest, x, alpha * expm1(m))
                                       : fma(alpha, exp(m), rest)};
}
#else
#define xielu_left_exactly fa_xielu_left
#endif

static COLD __attribute__((unused)) void xielu_near_roots(fa_form form, V near, Pair *f,
                                                          V x, V m, V alpha, V beta)
{
    T at[7][V_WIDTH] ALIGNED;
    V operands[7] = {near, x, m, alpha, beta, f->hi, f->lo};
    for (int k = 0; k < 7; k++) v_store(at[k], operands[k]);
    for (int i = 0; i < V_WIDTH; i++) {
        if (at[0][i] == 0) continue;
        fa_words exact =
            xielu_left_exactly(form, at[1][i], at[2][i], at[3][i], at[4][i]);
        at[5][i] = (T)exact.hi;
        at[6][i] = (T)((exact.hi - at[5][i]) + exact.lo);
    }
    *f = (Pair){v_load(at[5]), v_load(at[6])};
}

/* first + second, the latter of the size beside which the sum is small near a root */
INLINE Pair xielu_sum(fa_form form, Pair first, Pair second, V x, V m, V alpha, V beta)
{
    Pair sum = two_sum(first.hi, second.hi);
    sum.lo = v_add(sum.lo, v_add(first.lo, second.lo));
    V part = v_mul(v_set(0x1p-8), second.hi);
    M near = v_lt(v_abs(sum.hi), v_abs(part));
    if (v_any(near)) {
        V which = v_select(near, v_set(1), v_set(0));
        xielu_near_roots(form, which, &sum, x, m, alpha, beta);
    }
    return sum;
}

/* x from FAR on; below, e^m - 1 is negligible beside x */
#define XIELU_FAR C(-0x1p60, -0x1p500)
INLINE Pair xielu_left(V x, V m, V alpha, V beta)
{
    Pair e = expm1_nonpositive(m), rest = two_sum(e.hi, v_sub(v_set(0), x));
    rest.lo = v_add(rest.lo, e.lo);
    return xielu_sum(FA_VALUE, times_pair(alpha, rest), two_product(beta, x), x, m,
                     alpha, beta);
}
INLINE Pair xielu_left_slope(V x, V m, V alpha, V beta)
{
    Pair e = expm1_nonpositive(m);
    return xielu_sum(FA_GRAD, times_pair(alpha, e), to_pair(beta), x, m, alpha, beta);
}

#endif
