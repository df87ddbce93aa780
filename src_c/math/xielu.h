/* The two sides of xielu and their derivatives, x (alpha x + beta) and
 * alpha (e^m - 1 - x) + beta x with m = min(x, eps): sums of terms of opposite sign, with roots.
 *
 * float32: in float64, which has enough bits left near them, but where the value is small beside
 * terms that nearly cancel already: x is, and beta beside alpha.
 * float64: in pairs with 70 bits. Where more than 14 of them cancel, too few are left.
 * Such lanes, one in ten thousand or fewer, are computed one by one in double-double. */
#ifndef FA_XIELU_H
#define FA_XIELU_H

#include "expm1_nonpositive.h"
#include "extreme.h"
#include "wide.h"

/* A word of the sum where it is near a root, else `word`. Forms that do not use it leave it out, as
 * it takes registers and has no side effects. */
static COLD __attribute__((const, unused)) N xielu_near_root(fa_form form, bool low,
                                                             NM near, N word, N x, N m,
                                                             N alpha, N beta)
{
    T at[6][V_LANES] ALIGNED;
    N operands[6] = {n_select(near, n_set(1), n_set(0)), word, x, m, alpha, beta};
    for (int k = 0; k < 6; k++) n_store(at[k], operands[k]);
    for (int i = 0; i < V_LANES; i++) {
        if (at[0][i] == 0) continue;
        fa_words exact = fa_xielu_left(form, at[2][i], at[3][i], at[4][i], at[5][i]);
        at[1][i] = (T)(low ? exact.lo : exact.hi);
    }
    return n_load(at[1]);
}

INLINE V xielu_near_roots(fa_form form, bool low, M near, V word, V x, V m, V alpha,
                          V beta)
{
    FOR_EACH word.at[k] = xielu_near_root(form, low, near.at[k], word.at[k], x.at[k],
                                          m.at[k], alpha.at[k], beta.at[k]);
    return word;
}

#if PRECISION == 32

/* The terms in x are put together: at x = -inf they are 0 if beta is alpha. */
INLINE V xielu_y(V x, V alpha_p, V alpha_n, V beta, V eps)
{
    V rise = v_sub(beta, alpha_n), left = v_min(v_set(0), x);
    V linear = v_where(v_lt(v_set(0), v_abs(rise)), left);
    W m = w_max(w_set(-WIDE_END), w_widen(v_min(eps, left)));
    W e = wide_exp_less_1(wide_exp_fine(m, 1)), factor = w_widen(alpha_n);
    W constant = w_widen(beta), terms = w_mul(w_sub(constant, factor), w_widen(linear));
    W right = w_widen(v_max(v_set(0), x));
    W above = w_mul(right, w_fma(w_widen(alpha_p), right, constant));
    W below = w_fma(factor, e, terms);
    V y = w_narrow(w_select(v_lt(v_set(0), x), above, below));
    V term = v_mul(v_set(0x1p-24f), w_narrow(w_mul(factor, e)));
    M near = v_and(v_lt(x, v_set(0)), v_lt(v_abs(y), v_abs(term)));
    if (!v_any(near)) return y;
    return xielu_near_roots(FA_VALUE, false, near, y, left, v_min(eps, left), alpha_n,
                            beta);
}
INLINE Derivative xielu_dx(V x, V alpha_p, V alpha_n, V beta, V eps)
{
    M positive = v_lt(v_set(0), x);
    V left = v_min(v_set(0), x), twice = v_add(alpha_p, alpha_p);
    W m = w_max(w_set(-WIDE_END), w_widen(left));
    W e = wide_exp_less_1(wide_exp_fine(m, 1));
    e = w_select(v_lt(eps, left), w_set(-1), e);
    W slope = w_select(positive, w_widen(twice), w_widen(alpha_n));
    W rise = w_select(positive, w_widen(x), e);
    return deriv_wide(w_fma(slope, rise, w_widen(beta)));
}

#else

/* first + second. `term` has the error beside which the sum may be small near a root. */
INLINE Pair xielu_sum(fa_form form, Pair first, Pair second, V term, V x, V m, V alpha,
                      V beta)
{
    Pair sum = two_sum(first.hi, second.hi);
    sum.lo = v_add(sum.lo, v_add(first.lo, second.lo));
    M near = v_lt(v_abs(sum.hi), v_abs(v_mul(v_set(0x1p-14), term)));
    if (v_any(near)) {
        sum.hi = xielu_near_roots(form, false, near, sum.hi, x, m, alpha, beta);
        sum.lo = xielu_near_roots(form, true, near, sum.lo, x, m, alpha, beta);
    }
    return sum;
}

/* From FAR on, e^m - 1 is negligible beside x, and x^2 may overflow. */
#define XIELU_FAR 0x1p500
INLINE V xielu_far(V x, V alpha_p, V alpha_n, V beta)
{
    V zero = v_set(0), right = v_max(zero, x), left = v_min(zero, x);
    Pair rise = two_sum(beta, v_sub(zero, alpha_n));
    V below = v_fma(left, rise.hi, v_mul(v_max(v_set(-T_MAX), left), rise.lo));
    below = v_select(v_lt(zero, v_abs(rise.hi)), below, v_sub(zero, alpha_n));
    Pair product = two_product(alpha_p, right), slope = two_sum(product.hi, beta);
    M finite = v_le(v_abs(slope.hi), v_set(T_MAX));
    V low = v_where(finite, v_add(slope.lo, product.lo));
    V rest = clamped(v_mul(v_min(v_set(T_MAX), right), low), T_MAX);
    return v_select(v_lt(zero, x), v_fma(right, slope.hi, rest), below);
}

/* factor (alpha rest + beta linear), with a factor of x and a linear term of 1 on the right,
 * where the sum in brackets is exact but for its last word */
INLINE V xielu_y(V x, V alpha_p, V alpha_n, V beta, V eps)
{
    V zero = v_set(0), one = v_set(1), bounded = clamped(x, XIELU_FAR);
    M positive = v_lt(zero, x), far = v_lt(v_set(XIELU_FAR), v_abs(x));
    V left = v_min(zero, bounded), m = v_min(eps, left);
    Pair e = expm1_nonpositive_fine(m), rest = two_sum(e.hi, v_sub(zero, left));
    rest.hi = v_select(positive, bounded, rest.hi);
    rest.lo = v_unless(positive, v_add(rest.lo, e.lo));
    Pair first = times_pair(v_select(positive, alpha_p, alpha_n), rest);
    Pair second = two_product(beta, v_select(positive, one, bounded));
    V term = v_mul(alpha_n, v_unless(positive, e.hi));
    Pair sum = xielu_sum(FA_VALUE, first, second, term, left, m, alpha_n, beta);
    V factor = v_select(positive, bounded, one);
    V y = v_fma(factor, sum.hi, v_mul(factor, sum.lo));
    return v_any(far) ? v_select(far, xielu_far(x, alpha_p, alpha_n, beta), y) : y;
}

/* Half of it or less, as that of the right side may overflow: alpha rise + beta/2 */
INLINE Derivative xielu_dx(V x, V alpha_p, V alpha_n, V beta, V eps)
{
    V zero = v_set(0), half = v_set(0.5), left = v_min(zero, x);
    M positive = v_lt(zero, x), infinite = v_lt(v_set(T_MAX), x);
    Reduction by = reduction_of(v_max(zero, x));
    V linear = v_select(v_lt(eps, left), v_set(-INFINITY), left);
    Pair rise = expm1_nonpositive_fine(linear);
    V alpha = v_mul(half, alpha_n);
    V term = v_mul(alpha, v_where(v_lt(v_set(EXPM1_START), linear), rise.hi));
    V right = v_mul(v_unless(infinite, x), by.down);
    rise.hi = v_select(positive, right, rise.hi);
    rise.lo = v_unless(positive, rise.lo);
    Pair first = times_pair(v_select(positive, alpha_p, alpha), rise);
    V constant = v_mul(v_mul(half, by.down), beta);
    Pair sum =
        xielu_sum(FA_GRAD, first, to_pair(constant), term, x, linear, alpha, constant);
    sum = pair_finite_low(sum);
    sum.hi = v_select(infinite, v_mul(alpha_p, x), sum.hi);
    return deriv_reduced(deriv_pair(sum.hi, sum.lo), by.rest);
}

#endif

#endif
