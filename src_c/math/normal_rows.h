/* The normal distribution by its values at multiples of 1/64, for 0 <= t <= END: in float64, and in
 * float32 where rows of a table are fetched fast.
 *
 * With t = r + d, |d| <= 1/128, a = r d and b = d^2,
 *     Phi(-t) = Phi(-r) - phi(r) d P,   P = integral over s from 0 to 1 of e^(-(a s + b s^2/2)),
 *     phi(t) = phi(r) (1 - z E),        z = a + b/2,  E = (1 - e^-z)/z.
 * No exponential and no division: what is added is at most 0.07 of what comes from the table, 0.12
 * in float32, and so are its rounding errors. Compare S. Gal, "Computing elementary functions: a
 * new approach for achieving high accuracy and good performance" (1986). */
#ifndef FA_NORMAL_ROWS_H
#define FA_NORMAL_ROWS_H

#include "pair.h"
#include "tables/normal_tail.h"

#if PRECISION == 64 || V_ROWS

#if PRECISION == 64
/* Phi(t) and gelu'(t) round to 1 from END on, the multiple of 1/64 in the last row but one; the last
 * is at the root of gelu'. */
#define NORMAL_ROWS_END 8.875
enum { NORMAL_ROWS_LAST = 569 };
extern const double fa_normal_rows[][4];
#define NORMAL_ROWS fa_normal_rows
#else
/* gelu(-t) rounds to 0 from END on. */
#define NORMAL_ROWS_END 14.75f
enum { NORMAL_ROWS_LAST = 944 };
extern const float fa_normal_rows_single[][4];
#define NORMAL_ROWS fa_normal_rows_single
#endif
/* The factor of the table's numbers, which are not subnormal with it */
#define NORMAL_ROWS_SCALE C(0x1p64, 1.0)
#define NORMAL_ROWS_UNSCALE C(0x1p-64, 1.0)

/* Adding this rounds to a multiple of 1/64, counted by the low bits of the sum. */
#define NORMAL_ROWS_ORIGIN C(0x1.8p17, 0x1.8p46)

typedef struct {
    Pair left, density; /* Phi(-r), phi(r); in float32 without a low word of that */
    V r, d;
} NormalRow;

INLINE NormalRow normal_row_at(V t, V r, V shifted)
{
    I row = v_bits(shifted);
    if (PRECISION == 32) row = v_int_sub(row, v_bits(v_set(NORMAL_ROWS_ORIGIN)));
    TableRows at = v_rows(NORMAL_ROWS, row, NORMAL_ROWS_LAST);
    return (NormalRow){
        {at.column[0], at.column[1]}, {at.column[2], at.column[3]}, r, v_sub(t, r)};
}
INLINE NormalRow normal_row(V t)
{
    V origin = v_set(NORMAL_ROWS_ORIGIN), shifted = v_add(t, origin);
    return normal_row_at(t, v_sub(shifted, origin), shifted);
}

/* What the polynomials give enters low words alone: a kernel waits for nothing after them but a
 * sum. Such a word may be some percent of the high one. */

/* (1 - e^-z)/z - 1 */
INLINE V normal_rows_mean(V z, V square, int fewer)
{
    int degree = NORMAL_ROWS_0_DEGREE - fewer;
    return v_mul(z, polynomial_by_square(z, square, NORMAL_ROWS_0, degree));
}

/* P - 1; beside a result that is not much smaller than d, each polynomial in a can do with a term
 * fewer. */
#if PRECISION == 32
INLINE V normal_rows_rest(V a, V b, int fewer)
{
    (void)fewer;
    V first = polynomial(a, NORMAL_ROWS_1, NORMAL_ROWS_1_DEGREE);
    return v_fma(b, first, normal_rows_mean(a, v_mul(a, a), 0));
}
#else
INLINE V normal_rows_rest(V a, V b, int fewer)
{
    V square = v_mul(a, a);
    V second =
        polynomial_by_square(a, square, NORMAL_ROWS_2, NORMAL_ROWS_2_DEGREE - fewer);
    second = v_fma(b, v_set(NORMAL_ROWS_3), second);
    V first =
        polynomial_by_square(a, square, NORMAL_ROWS_1, NORMAL_ROWS_1_DEGREE - fewer);
    V mean = normal_rows_mean(a, square, fewer);
    return v_fma(b, v_fma(b, second, first), mean);
}
#endif

/* c + u d P for u = +-phi(r) */
INLINE Pair normal_rows_sum(Pair c, V u, NormalRow at, V d)
{
    V step = v_mul(u, d), rest = normal_rows_rest(v_mul(at.r, d), v_mul(d, d), 0);
    return (Pair){c.hi, v_fma(step, rest, v_add(step, c.lo))};
}

INLINE V normal_rows_distance(NormalRow at, V low)
{
    return v_is_constant_zero(low) ? at.d : v_add(at.d, low);
}

/* Phi(t), or Phi(-t) where x is negative */
INLINE Pair normal_near_signed(V x, Pair t)
{
    NormalRow at = normal_row(t.hi);
    M negative = v_lt(x, v_set(0));
    V minus = v_sub(v_set(0), at.left.hi);
    Pair right = fast_two_sum(v_set(NORMAL_ROWS_SCALE), minus);
    right.lo = v_sub(right.lo, at.left.lo);
    Pair c = {v_select(negative, at.left.hi, right.hi),
              v_select(negative, at.left.lo, right.lo)};
    V d = normal_rows_distance(at, t.lo);
    return normal_rows_sum(c, v_copysign(at.density.hi, x), at, d);
}

#if PRECISION == 64

/* Phi(-t) */
INLINE Pair normal_near_at(NormalRow at)
{
    V minus = v_sub(v_set(0), at.density.hi);
    Pair q = normal_rows_sum(at.left, minus, at, at.d);
    return fast_two_sum(q.hi, q.lo);
}
INLINE Pair normal_near(V t) { return normal_near_at(normal_row(t)); }

/* phi(t) */
INLINE Pair normal_density_near(NormalRow at)
{
    V z = v_mul(at.d, v_fma(v_set(0.5), at.d, at.r));
    V less = v_fma(z, normal_rows_mean(z, v_mul(z, z), 0), z);
    return (Pair){at.density.hi, v_fnma(at.density.hi, less, at.density.lo)};
}

/* erf(t), accurate relative to itself down to 0, with erf in the place of Phi, 2 a and 2 b */
#define ERF_ROWS_END 6.0
enum { ERF_ROWS_LAST = 384 };
extern const double fa_erf_rows[][4];
INLINE V erf_near(V t)
{
    V origin = v_set(NORMAL_ROWS_ORIGIN), shifted = v_add(t, origin);
    TableRows row = v_rows(fa_erf_rows, v_bits(shifted), ERF_ROWS_LAST);
    Pair start = {row.column[0], row.column[1]}, slope = {row.column[2], row.column[3]};
    V r = v_sub(shifted, origin), d = v_sub(t, r), twice = v_add(d, d);
    V rest = normal_rows_rest(v_mul(r, twice), v_mul(d, twice), 1);
    Pair step = times_pair(d, slope);
    Pair sum = fast_two_sum(start.hi, step.hi);
    V low = v_add(sum.lo, v_add(start.lo, step.lo));
    return v_add(sum.hi, v_fma(step.hi, rest, low));
}

/* gelu'(-t) = Phi(-t) - t phi(t) = Phi(-r) - r phi(r) - phi(r) d (2 - r^2 + ...). In the row whose
 * r is the root, Phi(-r) - r phi(r) is the distance of r from it. */
INLINE Pair gelu_slope_near(V t)
{
    V origin = v_set(NORMAL_ROWS_ORIGIN), shifted = v_add(t, origin);
    V root = v_set(NORMAL_TAIL_ROOT_HIGH);
    V row = v_set(NORMAL_ROWS_ORIGIN + NORMAL_ROWS_LAST / 64.0);
    M beside = v_lt(v_abs(v_sub(t, root)), v_set(1 / 128.0));
    V r = v_select(beside, root, v_sub(shifted, origin));
    NormalRow at = normal_row_at(t, r, v_select(beside, row, shifted));

    Pair square = two_product(r, r), product = times_pair(r, at.density);
    Pair start = two_sum(at.left.hi, v_sub(v_set(0), product.hi));
    start.lo = v_add(start.lo, v_sub(at.left.lo, product.lo));
    Pair factor = two_sum(v_set(2), v_sub(v_set(0), square.hi));
    factor.lo = v_sub(factor.lo, square.lo);
    Pair step = times_pair(at.d, at.density), first = pair_product(step, factor);
    Pair sum = two_sum(start.hi, v_sub(v_set(0), first.hi));
    V low = v_add(sum.lo, v_sub(start.lo, first.lo));

    V d = at.d, a = v_mul(r, d), b = v_mul(d, d);
    V z = v_fma(v_set(0.5), b, a), more = v_fma(v_set(0.5), v_add(a, b), a);
    V rest = v_sub(normal_rows_rest(a, b, 0), more);
    V mean = normal_rows_mean(z, v_mul(z, z), 0);
    rest = v_fnma(v_add(square.hi, more), mean, rest);
    return fast_two_sum(sum.hi, v_fnma(step.hi, rest, low));
}

#endif

#endif

#endif
