/* e^z to more than working precision, as head (1 + first + rest).
 *
 *     z = n log(2)/N + r,   e^z = 2^(n/N) e^r,   N = V_TABLE
 *
 * head is 2^(n/N) with half of the significand kept (a table and the exponent field),
 * so that products with it are exact; r takes up the rest of the table entry's
 * logarithm. |r| < 0.022 (N = 16) or 0.044 (N = 8), and n log(2)/N is subtracted in two
 * parts, the first exactly. Relative error below 2^-28 in float32, 2^-57 in float64.
 * Table plus short polynomial (Tang 1989) beats a polynomial alone: 0.143 against
 * 0.170 ns per element on Zen 4, because e^r - 1 is small and its rounding harmless. */
#ifndef FA_EXP_H
#define FA_EXP_H

#include "pair.h"
#include "tables/exp.h"

/* Adding this to a count of steps rounds it to an integer, left in the low bits of the
 * sum; an exponent counts in with it and lifts e^z by that power of 2 for nothing. */
#define EXP_ORIGIN(exponent) (C(0x1.8p23, 0x1.8p52) + (exponent) * V_TABLE)

typedef struct {
    I steps;       /* n, the lift added */
    V first, low;  /* r = first + low, first exact */
} Reduced;

/* sign z in steps; sign is 1 or -1, and costs nothing. */
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

/* -z for a z given in steps, as z N / log(2), which saves the products. */
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

INLINE V exp_head(Reduced n)
{
    I power = v_bits(v_lookup((const T *)EXP_POWER_BITS, n.steps));
    return v_from_bits(v_int_add(power, v_shift_left(n.steps, EXP_SHIFT)));
}

/* e^r - 1, good as a factor 1 + tail. */
INLINE V exp_tail(Reduced n)
{
    V r = v_is_known_zero(n.low) ? n.first : v_add(n.first, n.low);
    return v_fma(v_mul(r, r), polynomial(r, EXP_CURVE, EXP_DEGREE), r);
}

/* e^r - 1 - first, where first + rest keeps its relative accuracy down to 0. */
INLINE V exp_rest(Reduced n)
{
    V r = v_add(n.first, n.low);
    return v_fma(v_mul(r, r), polynomial(r, EXPM1_CURVE, EXPM1_DEGREE), n.low);
}

/* a e^z as a pair for the reduced z */
INLINE Pair exp_scaled(Pair a, Reduced n)
{
    V head = exp_head(n);
    Pair product = two_product(a.hi, head);
    V low = v_fma(a.lo, head, product.lo);
    return (Pair){product.hi, v_fma(v_add(product.hi, low), exp_tail(n), low)};
}

/* e^z - 1 from head = e^z/e^r and less = head - 1. */
INLINE Pair expm1_from(V head, Pair less, Reduced n)
{
    V sum = v_fma(head, n.first, less.hi);
    V sum_error = v_fma(head, n.first, v_sub(less.hi, sum));
    V low = v_add(v_fma(head, exp_rest(n), sum_error), less.lo);
    return fast_two_sum(sum, low);
}

/* e^z - 1 for the reduced z; a z <= 0 saves work. */
INLINE Pair expm1_negative(Reduced n)
{
    V head = exp_head(n);
    return expm1_from(head, fast_two_sum(v_set(-1), head), n);
}
INLINE Pair expm1_pair(Reduced n)
{
    V head = exp_head(n);
    return expm1_from(head, two_sum(head, v_set(-1)), n);
}

/* From the first down e^z - 1 is -1 in the format; the second is about where e^z
 * overflows. */
#define EXPM1_START C(-40.0, -60.0)
#define EXPM1_END C(88.0, 709.0)

/* e^z - 1 as a pair, infinite from END on */
INLINE Pair expm1_of(Pair z)
{
    M over = v_lt(v_set(EXPM1_END), z.hi);
    V bounded = v_max(v_set(EXPM1_START), v_min(v_set(EXPM1_END), z.hi));
    Reduced n = exp_reduce(1, bounded, v_set(EXP_ORIGIN(0.0)));
    n.low = v_add(n.low, z.lo);
    Pair e = expm1_pair(n);
    return (Pair){v_select(over, v_set(INFINITY), e.hi),
                  v_select(over, v_set(0), e.lo)};
}

#endif
