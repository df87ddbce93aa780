/* x + sin(z)^2/beta for z = alpha x, and its derivatives:
 *     1 + alpha/beta sin(2z),  2 alpha^2/beta cos(2z),
 *     x sin(2z)/beta by alpha,  -sin(z)^2/beta^2 by beta,
 * and where beta is alpha, that with respect to both, (x sin(2z) - sin(z)^2/alpha)/alpha.
 *
 * With S(offset) = sin(z + offset pi), right but for its sign and relative to itself,
 *     sin(z)^2 = S(0)^2,   sin(2z) = 2 S(0) C(0) = 2 S(1/4)^2 - 1,   cos(2z) = 2 S(1/4) C(1/4),
 * where S(offset) C(offset) is with the cosine |S(offset + 1/2)| of the same r. None of these loses
 * bits at its zeros, nor does 1 + sin(2z).
 *
 * S(0) is taken once, as s, for all of them: GCC gives up telling copies of it apart, and on AArch64
 * the value of snake_beta computed its derivatives, too, in 4.7 times the instructions. */
#ifndef FA_SNAKE_H
#define FA_SNAKE_H

#include "derivative.h"
#include "extreme.h"
#include "inverse.h"
#include "sine.h"

/* x, or its negative where beta is negative: sin(2z)/beta is the same of -z and -beta. */
INLINE V turned(V x, V beta)
{
    return v_select(v_lt(beta, v_set(0)), v_sub(v_set(0), x), x);
}

/* Whether x is the whole value: beyond `far`, and at a zero, whose sign it keeps */
INLINE M is_all(V x, T far)
{
    return v_or(v_lt(v_set(far), v_abs(x)), v_le(v_abs(x), v_set(0)));
}

#if PRECISION == 32

/* cos(r) for the r of a sine s. The other r is r + pi/2 or r - pi/2, and near 0, where the sign
 * counts, which of them the sign of s tells: |r| may be a little above pi/2. */
INLINE W cosine(W s, V x, V alpha, double offset)
{
    W c = sine(x, alpha, offset + 0.5), minus = w_sub(w_set(0), c);
    M far = v_lt(v_set(0.5), v_abs(w_narrow(c))), below = v_lt(w_narrow(s), v_set(0));
    return w_select(far, w_max(minus, c), w_select(below, c, minus));
}

INLINE V snake_y(V x, Sine s, V alpha, V beta)
{
    (void)alpha;
    W rise = w_quotient(w_square(s), w_widen(beta));
    return v_select(is_all(x, T_MAX), x, w_narrow(w_add(w_widen(x), rise)));
}

/* ((beta - alpha) + 2 alpha S(1/4)^2)/beta for positive beta and alpha */
INLINE Derivative snake_dx(V x, V alpha, V beta)
{
    V steepness = v_abs(alpha), divisor = v_abs(beta);
    W s = w_square(sine(turned(x, beta), steepness, 0.25)), a = w_widen(steepness);
    W base = w_sub(w_widen(divisor), a), sum = w_fma(w_add(a, a), s, base);
    return deriv_wide(w_quotient(sum, w_widen(divisor)));
}

INLINE Derivative snake_beta_dalpha(V x, Sine s, V alpha, V beta)
{
    W wide = w_widen(x);
    W product = w_mul(w_add(wide, wide), w_mul(s, cosine(s, x, alpha, 0)));
    return deriv_wide(w_quotient(product, w_widen(beta)));
}

INLINE Derivative snake_dbeta(V x, Sine s, V alpha, V beta)
{
    (void)x, (void)alpha;
    W minus = w_sub(w_set(0), w_square(s));
    return deriv_wide(w_quotient(minus, w_square(w_widen(beta))));
}

INLINE Derivative snake_dalpha(V x, Sine s, V alpha)
{
    W a = w_widen(alpha), z = w_mul(w_widen(x), a);
    W above = w_mul(w_add(z, z), cosine(s, x, alpha, 0));
    return deriv_wide(w_quotient(w_mul(s, w_sub(above, s)), w_square(a)));
}

INLINE Derivative snake_d2(V x, V alpha, V beta)
{
    W s = sine(x, alpha, 0.25), c = cosine(s, x, alpha, 0.25);
    W product = w_mul(w_mul(w_set(4), w_square(w_widen(alpha))), w_mul(s, c));
    return deriv_wide(w_quotient(product, w_widen(beta)));
}

#else

/* As in float32 */
INLINE Pair cosine(Pair s, V x, V alpha, T offset)
{
    Pair c = sine(x, alpha, offset + 0.5);
    M far = v_lt(v_set(0.5), v_abs(c.hi)), below = v_lt(s.hi, v_set(0));
    V sign = v_select(below, v_set(1), v_set(-1));
    sign = v_select(far, v_copysign(v_set(1), c.hi), sign);
    return (Pair){v_mul(c.hi, sign), v_mul(c.lo, sign)};
}

/* Where x and z are so small that squares of them would underflow */
INLINE M squares_underflow(V x, V alpha)
{
    V end = v_set(0x1p-435);
    M small = v_lt(v_abs(x), end);
    V z = v_mul(v_where(small, x), alpha);
    return v_and(small, v_lt(v_abs(z), end));
}

INLINE V snake_y(V x, Sine s, V alpha, V beta)
{
    (void)s; /* for a sine alone fewer operations do */
    Pair rise =
        pair_product(sine_square(x, alpha, 0, true), pair_inverse(to_pair(beta)));
    Pair sum = two_sum(x, rise.hi);
    V y = v_add(sum.hi, v_add(sum.lo, rise.lo));
    return v_select(is_all(x, 0x1p500), x, y);
}

INLINE Derivative snake_dx(V x, V alpha, V beta)
{
    V steepness = v_abs(alpha), divisor = v_abs(beta);
    Pair inverse = pair_inverse(to_pair(divisor));
    Pair twice = times_pair(v_add(steepness, steepness), inverse);
    Pair square = sine_square(turned(x, beta), steepness, 0.25, false);
    Pair product = pair_product(twice, square);
    Pair base = pair_product(two_sum(divisor, v_sub(v_set(0), steepness)), inverse);
    Pair sum = two_sum(base.hi, product.hi);
    return deriv_pair(sum.hi, v_add(sum.lo, v_add(base.lo, product.lo)));
}

/* Half of it is x S(0) C(0)/beta, or alpha/beta x^2 where that is tiny. */
INLINE Derivative snake_beta_dalpha(V x, Sine s, V alpha, V beta)
{
    M tiny = squares_underflow(x, alpha);
    Pair inverse = pair_inverse(to_pair(beta));
    Pair slope = pair_product(inverse, pair_product(s, cosine(s, x, alpha, 0)));
    Reduction by = reduction_of(x);
    Pair half = pair_finite_low(times_pair(v_mul(x, by.down), slope));
    V small = v_where(tiny, x);
    Derivative square =
        pair_times_deriv(times_pair(alpha, inverse), deriv_of_product(small, small));
    Derivative dp = {
        .hi = v_select(tiny, square.hi, half.hi),
        .lo = v_select(tiny, square.lo, half.lo),
        .scaled = v_and(tiny, square.scaled),
    };
    return deriv_reduced(dp, by.rest);
}

INLINE Derivative snake_dbeta(V x, Sine s, V alpha, V beta)
{
    M tiny = squares_underflow(x, alpha);
    Pair inverse = pair_inverse(to_pair(beta)), square = pair_product(s, s);
    Pair z = two_product(v_where(tiny, x), v_mul(alpha, v_set(ROOT_SCALE)));
    Pair small = pair_product(z, z), factor = pair_product(inverse, inverse);
    Derivative rise = {DERIV_SCALED, v_select(tiny, small.hi, square.hi),
                       v_select(tiny, small.lo, square.lo), tiny};
    Pair minus = {v_sub(v_set(0), factor.hi), v_sub(v_set(0), factor.lo)};
    return deriv_large(pair_times_d2(minus, rise));
}

/* A word of the derivative by alpha beside a root, where too many bits cancel: lanes are computed
 * one by one in double-double. Forms that do not use it leave it out, as it takes registers and
 * has no side effects. */
static COLD __attribute__((const, unused)) N snake_dalpha_near_root(bool low, NM near,
                                                                    N word, N x,
                                                                    N alpha, N rest)
{
    T at[5][V_LANES] ALIGNED;
    N operands[5] = {n_select(near, n_set(1), n_set(0)), word, x, alpha, rest};
    for (int k = 0; k < 5; k++) n_store(at[k], operands[k]);
    for (int i = 0; i < V_LANES; i++) {
        if (at[0][i] == 0) continue;
        fa_words exact = fa_snake_dalpha(at[2][i], at[3][i], at[4][i]);
        at[1][i] = low ? exact.lo : exact.hi;
    }
    return n_load(at[1]);
}
INLINE V snake_dalpha_near_roots(bool low, M near, V word, V x, V alpha, V rest)
{
    FOR_EACH word.at[k] = snake_dalpha_near_root(low, near.at[k], word.at[k], x.at[k],
                                                 alpha.at[k], rest.at[k]);
    return word;
}

/* s as sqrt(1 - c^2) beside a small cosine c: the polynomial of a sine near 1 leaves 58 bits, of
 * which too few would be left beside a root. */
INLINE Pair sine_by_cosine(Pair s, Pair c)
{
    M small = v_lt(v_abs(c.hi), v_set(0.5));
    V zero = v_set(0), sign = v_copysign(v_set(1), s.hi);
    c = (Pair){v_where(small, c.hi), v_where(small, c.lo)};
    Pair square = pair_product(c, c),
         w = fast_two_sum(v_set(1), v_sub(zero, square.hi));
    Pair root = pair_root((Pair){w.hi, v_sub(w.lo, square.lo)}).root;
    return (Pair){v_select(small, v_mul(sign, root.hi), s.hi),
                  v_select(small, v_mul(sign, root.lo), s.lo)};
}

/* Half of it is s (x C(0) - s/2) with s = S(0)/alpha, or x^2/2 where that is tiny. */
INLINE Derivative snake_dalpha(V x, Sine s_0, V alpha)
{
    M tiny = squares_underflow(x, alpha);
    Reduction by = reduction_of(x);
    Pair inverse = pair_inverse(to_pair(alpha)), c = cosine(s_0, x, alpha, 0);
    Pair above = times_pair(v_mul(x, by.down), c);
    Pair s = pair_product(sine_by_cosine(s_0, c), inverse);
    Pair below = times_pair(v_mul(v_set(-0.5), by.down), s);
    Pair sum = two_sum(above.hi, below.hi);
    sum.lo = v_add(sum.lo, v_add(above.lo, below.lo));
    Pair product = pair_product(s, sum);
    M near = v_lt(v_abs(sum.hi), v_abs(v_mul(v_set(0x1p-10), above.hi)));
    if (v_any(near)) {
        product.hi =
            snake_dalpha_near_roots(false, near, product.hi, x, alpha, by.rest);
        product.lo = snake_dalpha_near_roots(true, near, product.lo, x, alpha, by.rest);
    }
    V small = v_where(tiny, x);
    Derivative square = deriv_of_product(small, v_mul(v_set(0.5), small));
    Derivative dp = {
        .hi = v_select(tiny, square.hi, product.hi),
        .lo = v_select(tiny, square.lo, product.lo),
        .scaled = v_and(tiny, square.scaled),
    };
    return deriv_reduced(dp, by.rest);
}

INLINE Derivative snake_d2(V x, V alpha, V beta)
{
    Pair s = sine(x, alpha, 0.25);
    Pair product = pair_product(s, cosine(s, x, alpha, 0.25));
    Pair factor = pair_product(two_product(alpha, v_mul(v_set(4), alpha)),
                               pair_inverse(to_pair(beta)));
    product = pair_product(factor, product);
    return deriv_pair(product.hi, product.lo);
}

#endif

#endif
