/* e^z to more than working precision, as head (1 + tail).
 *
 *     z = n log(2)/N + r,   e^z = 2^(n/N) e^r,   N = V_TABLE
 *
 * Cody-Waite reduction: n log(2)/N is subtracted in two parts, the first exactly, which
 * leaves |r| < 0.022 (N = 16) or 0.044 (N = 8). head is 2^(n/N) from a table and the
 * exponent field, rounded to half of the significand so that products with it are
 * exact; the logarithm of the rounding is added to r. Relative error below 2^-28 in
 * float32 and 2^-57 in float64.
 *
 * A table and a short polynomial, as in P. T. P. Tang, "Table-driven
 * implementation of the exponential function in IEEE floating-point
 * arithmetic" (1989), beat a polynomial alone, 0.143 to 0.170 ns per
 * element (Zen 4): e^r - 1 is small, and so is its rounding error. */
#ifndef FA_EXP_H
#define FA_EXP_H

#include "pair.h"
#include "tables/exp.h"

/* Adding this to a multiple of log(2)/N rounds it to an integer in the low bits of the
 * sum. An exponent in it scales e^z by that power of 2 at no cost. */
#define EXP_ORIGIN(exponent) (C(0x1.8p23, 0x1.8p52) + (exponent) * V_TABLE)

typedef struct {
    I steps; /* n, with the scale */
    V first, low; /* r = first + low, first exact */
} Reduced;

/* sign z, reduced; sign is 1 or -1 and costs nothing. */
INLINE Reduced exp_reduce(int sign, V z, V origin)
{
    V shifted = v_fma(z, v_set(sign * EXP_STEPS), origin);
    V count = v_sub(shifted, origin);
    V high = v_set(EXP_STEP_HIGH);
    I steps = v_bits(shifted);
    return (Reduced){
        .steps = steps,
        .first = sign > 0 ? v_fnma(count, high, z) : v_fnms(count, high, z),
        .low = v_fnma(count, v_set(EXP_STEP_LOW), v_lookup(EXP_LOG_REST, steps)),
    };
}

/* -z, reduced, for a z given in units of log(2)/N, which saves the products. */
INLINE Reduced exp_reduce_steps(Pair z, V origin)
{
    V shifted = v_sub(origin, z.hi), count = v_sub(origin, shifted);
    V rest = v_add(v_sub(z.hi, count), z.lo);
    I steps = v_bits(shifted);
    return (Reduced){
        .steps = steps,
        .first = v_fnma(rest, v_set(EXP_STEP_HIGH), v_lookup(EXP_LOG_REST, steps)),
        .low = v_set(0),
    };
}

/* A power of 2 times a constant, whose table is like that of the powers */
INLINE V exp_head_from(const TBITS *power_bits, I steps)
{
    I power = v_bits(v_lookup((const T *)power_bits, steps));
    return v_from_bits(v_int_add(power, v_shift_left(steps, EXP_SHIFT)));
}
INLINE V exp_head(Reduced n) { return exp_head_from(EXP_POWER_BITS, n.steps); }

/* e^r - 1, accurate relative to 1: for factors 1 + tail */
INLINE V exp_tail(Reduced n)
{
    V r = v_is_constant_zero(n.low) ? n.first : v_add(n.first, n.low);
    return v_fma(v_mul(r, r), polynomial(r, EXP_POLY, EXP_DEGREE), r);
}

/* e^r - 1 - first: first + rest is accurate relative to itself, down to 0. */
INLINE V exp_rest(Reduced n)
{
    V r = v_add(n.first, n.low);
    return v_fma(v_mul(r, r), polynomial(r, EXPM1_POLY, EXPM1_DEGREE), n.low);
}

#if PRECISION == 64
/* The same to 2^-70: all is in pairs but q in e^r - 1 = r (1 + r (1/2 + r (1/6 + r q))). */
INLINE Pair exp_tail_fine(Reduced n)
{
    Pair r = fast_two_sum(n.first, n.low);
    V q = polynomial(r.hi, EXPM1_FINE_POLY, EXPM1_FINE_DEGREE);
    Pair sum = pair_fma(to_pair(r.hi), to_pair(q), PAIR_CONSTANT(EXPM1_SIXTH));
    sum = pair_fma(r, sum, to_pair(v_set(0.5)));
    sum = pair_fma(r, sum, to_pair(v_set(1)));
    return pair_product(r, sum);
}
#endif

/* a e^z as a pair for a reduced z */
INLINE Pair times_exp(Pair a, Reduced n)
{
    V head = exp_head(n);
    Pair product = two_product(a.hi, head);
    V low = v_fma(a.lo, head, product.lo);
    return (Pair){product.hi, v_fma(v_add(product.hi, low), exp_tail(n), low)};
}

/* e^z - 1 from head = e^z/e^r and head_less_1, the exact difference */
INLINE Pair expm1_from(V head, Pair head_less_1, Reduced n)
{
    V sum = v_fma(head, n.first, head_less_1.hi);
    V sum_error = v_fma(head, n.first, v_sub(head_less_1.hi, sum));
    V low = v_add(v_fma(head, exp_rest(n), sum_error), head_less_1.lo);
    return fast_two_sum(sum, low);
}

/* e^z - 1 for a reduced z; known to be z <= 0, it is cheaper. */
INLINE Pair expm1_reduced_nonpositive(Reduced n)
{
    V head = exp_head(n);
    return expm1_from(head, fast_two_sum(v_set(-1), head), n);
}
INLINE Pair expm1_reduced(Reduced n)
{
    V head = exp_head(n);
    return expm1_from(head, two_sum(head, v_set(-1)), n);
}

/* e^z - 1 rounds to -1 below START and overflows from about END on. */
#define EXPM1_START C(-40.0, -60.0)
#define EXPM1_END C(88.0, 709.0)

/* e^z - 1 as a pair, infinite above END */
INLINE Pair expm1_pair(Pair z)
{
    M over = v_lt(v_set(EXPM1_END), z.hi);
    V bounded = v_max(v_set(EXPM1_START), v_min(v_set(EXPM1_END), z.hi));
    Reduced n = exp_reduce(1, bounded, v_set(EXP_ORIGIN(0.0)));
    n.low = v_add(n.low, z.lo);
    Pair e = expm1_reduced(n);
    return (Pair){v_select(over, v_set(INFINITY), e.hi), v_unless(over, e.lo)};
}

#endif
