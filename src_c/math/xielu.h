/* The two sides of xielu and their derivatives, x (alpha x + beta) and
 * alpha (e^m - 1 - x) + beta x with m = min(x, eps): sums of terms of opposite sign, with roots.
 *
 * float32: in float64, which has enough bits left near them.
 * float64: in pairs. Where more than five bits cancel, those have not; such lanes, about one in
 * a hundred, are computed one by one in double-double. */
#ifndef FA_XIELU_H
#define FA_XIELU_H

#include "expm1_nonpositive.h"
#include "extreme.h"
#include "wide.h"

#if PRECISION == 32

INLINE Dual xielu_right(V x, V alpha, V beta)
{
    W argument = w_widen(v_max(v_set(0), x)), factor = w_widen(alpha);
    W slope = w_mul(factor, argument), constant = w_widen(beta);
    return (Dual){
        .y = w_narrow(w_mul(argument, w_add(slope, constant))),
        .dx = deriv_wide(w_fma(w_add(factor, factor), argument, constant)),
    };
}

/* The terms in x are put together: at x = -inf they are 0 if beta is alpha. */
INLINE Dual xielu_left(V x, V alpha, V beta, V eps)
{
    V rise = v_sub(beta, alpha), left = v_min(v_set(0), x);
    V linear = v_select(v_lt(v_set(0), v_abs(rise)), left, v_set(0));
    W m = w_max(w_set(-WIDE_END), w_widen(v_min(eps, left)));
    W e = wide_exp_less_1(wide_exp_fine(m, 1)), factor = w_widen(alpha);
    W constant = w_widen(beta), terms = w_mul(w_sub(constant, factor), w_widen(linear));
    W slope = w_select(v_lt(eps, left), w_set(-1), e);
    return (Dual){
        .y = w_narrow(w_fma(factor, e, terms)),
        .dx = deriv_wide(w_fma(factor, slope, constant)),
    };
}

INLINE Derivative xielu_slope(M positive, Derivative right, Derivative left)
{
    return deriv_wide(w_select(positive, right.wide, left.wide));
}

#else

static COLD __attribute__((unused)) void xielu_near_roots(fa_form form, V near, Pair *f,
                                                          V x, V m, V alpha, V beta)
{
    T at[7][V_WIDTH] ALIGNED;
    V operands[7] = {near, x, m, alpha, beta, f->hi, f->lo};
    for (int k = 0; k < 7; k++) v_store(at[k], operands[k]);
    for (int i = 0; i < V_WIDTH; i++) {
        if (at[0][i] == 0) continue;
        fa_words exact = fa_xielu_left(form, at[1][i], at[2][i], at[3][i], at[4][i]);
        at[5][i] = (T)exact.hi;
        at[6][i] = (T)((exact.hi - at[5][i]) + exact.lo);
    }
    *f = (Pair){v_load(at[5]), v_load(at[6])};
}

/* first + second. `term` has the error beside which the sum may be small near a root. */
INLINE Pair xielu_sum(fa_form form, Pair first, Pair second, V term, V x, V m, V alpha,
                      V beta)
{
    Pair sum = two_sum(first.hi, second.hi);
    sum.lo = v_add(sum.lo, v_add(first.lo, second.lo));
    M near = v_lt(v_abs(sum.hi), v_abs(v_mul(v_set(0x1p-5), term)));
    if (v_any(near)) {
        V which = v_select(near, v_set(1), v_set(0));
        xielu_near_roots(form, which, &sum, x, m, alpha, beta);
    }
    return sum;
}

/* x from FAR on; below, e^m - 1 is negligible beside x */
#define XIELU_FAR (-0x1p500)
INLINE Pair xielu_near(V x, V m, V alpha, V beta)
{
    Pair e = expm1_nonpositive(m), rest = two_sum(e.hi, v_sub(v_set(0), x));
    rest.lo = v_add(rest.lo, e.lo);
    return xielu_sum(FA_VALUE, times_pair(alpha, rest), two_product(beta, x),
                     v_mul(alpha, e.hi), x, m, alpha, beta);
}
INLINE Pair xielu_left_slope(V x, V m, V alpha, V beta)
{
    Pair first = times_pair(alpha, expm1_nonpositive(m));
    return xielu_sum(FA_GRAD, first, to_pair(beta), first.hi, x, m, alpha, beta);
}

INLINE Dual xielu_right(V x, V alpha, V beta)
{
    V zero = v_set(0), most = v_set(T_MAX), right = v_max(zero, x);
    M infinite = v_lt(most, right);
    V finite = v_select(infinite, zero, right);
    Pair product = two_product(alpha, finite), sum = two_sum(product.hi, beta);
    sum = pair_finite_low((Pair){sum.hi, v_add(sum.lo, product.lo)});
    V y = v_fma(finite, sum.hi, clamped(v_mul(finite, sum.lo), T_MAX));

    Pair half = two_sum(product.hi, v_mul(v_set(0.5), beta));
    half = pair_finite_low((Pair){half.hi, v_add(half.lo, product.lo)});
    V beyond = v_mul(alpha, right);
    return (Dual){
        .y = v_select(infinite, beyond, y),
        .dx = deriv_pair(v_select(infinite, beyond, half.hi), half.lo),
    };
}

INLINE Dual xielu_left(V x, V alpha, V beta, V eps)
{
    V zero = v_set(0), most = v_set(T_MAX);
    M far = v_lt(x, v_set(XIELU_FAR));
    V left = v_max(v_set(XIELU_FAR), v_min(zero, x));
    Pair near = xielu_near(left, v_min(eps, left), alpha, beta);
    Pair rise = two_sum(beta, v_sub(zero, alpha));
    V beyond = v_fma(x, rise.hi, v_mul(v_max(v_sub(zero, most), x), rise.lo));
    beyond = v_select(v_lt(zero, v_abs(rise.hi)), beyond, v_sub(zero, alpha));
    V linear = v_select(v_lt(eps, left), v_set(-INFINITY), left);
    Pair dx = xielu_left_slope(left, linear, alpha, beta);
    return (Dual){
        .y = v_select(far, beyond, v_add(near.hi, near.lo)),
        .dx = deriv_pair(v_mul(v_set(0.5), dx.hi), v_mul(v_set(0.5), dx.lo)),
    };
}

/* Half of it, as that of the right side may overflow */
INLINE Derivative xielu_slope(M positive, Derivative right, Derivative left)
{
    return deriv_halved(deriv_pair(v_select(positive, right.hi, left.hi),
                                   v_select(positive, right.lo, left.lo)));
}

#endif

#endif
