/* sin(z + offset pi), but for its sign, for z = alpha x: accurate relative to itself down to
 * its zeros. Its sign is that of r in
 *     z + offset pi = r + n pi,   |r| <= pi/2.
 *
 * pi is subtracted in three words, each product exactly [W. J. Cody, W. Waite, "Software manual
 * for the elementary functions", 1980], which leaves enough bits of r up to FAR. Lanes beyond it
 * are reduced one by one (reduction.h). */
#ifndef FA_SINE_H
#define FA_SINE_H

#include "pair.h"
#include "reduction.h"
#include "tables/sine.h"
#include "wide.h"

/* Of |z| */
#define SINE_FAR 0x1p20

/* r in words: three in float32, two in float64 */
typedef struct {
    V word[3];
} Words;
static COLD __attribute__((unused)) Words reduced_exactly(M which, Words r, V x,
                                                          V alpha, double offset)
{
    T wanted[V_WIDTH] ALIGNED, at[5][V_WIDTH] ALIGNED;
    v_store(wanted, v_where(which, v_set(1)));
    v_store(at[3], x), v_store(at[4], alpha);
    for (int k = 0; k < 3; k++) v_store(at[k], r.word[k]);
    for (int i = 0; i < V_WIDTH; i++) {
        if (wanted[i] == 0) continue;
        fa_reduced exact = fa_reduce(at[3][i], at[4][i], offset);
        at[0][i] = (T)exact.hi;
        at[1][i] = (T)((exact.hi - at[0][i]) + exact.lo);
        at[2][i] = (T)(((exact.hi - at[0][i]) - at[1][i]) + exact.lo);
    }
    for (int k = 0; k < 3; k++) r.word[k] = v_load(at[k]);
    return r;
}

#if PRECISION == 32

/* r for a product that is not far. It is exact in float64. */
INLINE W reduced_near(W z, double offset)
{
    W magic = w_set(0x1.8p52), turns = w_fma(z, w_set(ONE_OVER_PI), w_set(offset));
    W m = w_sub(w_sub(w_add(turns, magic), magic), w_set(offset));
    W r = w_fnma(m, w_set(PI_MIDDLE), w_fnma(m, w_set(PI_HIGH), z));
    return w_fnma(m, w_set(PI_LOW), r);
}

typedef W Sine;
INLINE Sine sine(V x, V alpha, double offset)
{
    M far = product_exceeds(SINE_FAR, x, alpha);
    W z = w_mul(w_widen(v_unless(far, x)), w_widen(alpha));
    W r = reduced_near(z, offset);
    if (v_any(far)) {
        V zero = v_set(0);
        Words exact =
            reduced_exactly(far, (Words){{zero, zero, zero}}, x, alpha, offset);
        W sum = w_add(w_widen(exact.word[1]), w_widen(exact.word[2]));
        r = w_select(far, w_add(w_widen(exact.word[0]), sum), r);
    }
    W square = w_square(r);
    return w_fma(w_mul(r, square), w_polynomial(square, SINE, 6), r);
}

#else

/* r, and whether too few of its bits are left: where it is small beside the multiple of pi. */
INLINE Pair reduced_near(V x, V alpha, T offset, M *cancels)
{
    Pair z = two_product(x, alpha);
    V turns = v_fma(z.hi, v_set(ONE_OVER_PI), v_set(offset)), magic = v_set(0x1.8p52);
    V m = v_sub(v_sub(v_add(turns, magic), magic), v_set(offset));
    Pair high = two_product(m, v_set(-PI_HIGH)),
         middle = two_product(m, v_set(-PI_MIDDLE));
    Pair first = two_sum(z.hi, high.hi), second = two_sum(first.hi, high.lo);
    Pair third = two_sum(second.hi, middle.hi);
    V low = v_fnma(m, v_set(PI_LOW), v_add(z.lo, middle.lo));
    low = v_add(low, v_add(first.lo, v_add(second.lo, third.lo)));
    M subtracted = v_lt(v_set(0), v_abs(m));
    *cancels = v_and(subtracted, v_lt(v_abs(third.hi), v_set(0x1p-20)));
    return two_sum(third.hi, low);
}

/* A coefficient in two words, and what follows it in the polynomial */
INLINE Pair sum_with_coefficient(const T *high, const T *low, int k, Pair rest)
{
    Pair sum = fast_two_sum(v_set(high[k]), rest.hi);
    return (Pair){sum.hi, v_add(sum.lo, v_add(rest.lo, v_set(low[k])))};
}
INLINE Pair sine_coefficient(int k, Pair rest)
{
    return sum_with_coefficient(SINE, SINE_LOW, k, rest);
}

/* The sine, the polynomial's first coefficients being pairs: two of them leave 58 bits, four
 * leave 70. */
INLINE Pair sine_by_pairs(V x, V alpha, T offset, int pairs)
{
    M far = product_exceeds(SINE_FAR, x, alpha), cancels;
    Pair r = reduced_near(v_unless(far, x), alpha, offset, &cancels);
    M inexact = v_or(far, cancels);
    if (v_any(inexact)) {
        Words near = {{r.hi, r.lo, v_set(0)}};
        Words exact = reduced_exactly(inexact, near, x, alpha, offset);
        r = (Pair){exact.word[0], exact.word[1]};
    }
    Pair square = pair_product(r, r);
    V rest = v_mul(square.hi, polynomial(square.hi, SINE + pairs, 8 - pairs));
    Pair bend = to_pair(rest);
    _Pragma("GCC unroll 4")
    for (int k = pairs - 1; k > 0; k--)
        bend = pair_product(square, sine_coefficient(k, bend));
    bend = pair_product(pair_product(square, sine_coefficient(0, bend)), r);
    Pair s = fast_two_sum(r.hi, bend.hi);
    return (Pair){s.hi, v_add(s.lo, v_add(r.lo, bend.lo))};
}
typedef Pair Sine;
INLINE Sine sine(V x, V alpha, T offset) { return sine_by_pairs(x, alpha, offset, 2); }
INLINE Pair sine_fine(V x, V alpha, T offset)
{
    return sine_by_pairs(x, alpha, offset, 4);
}

/* z + offset pi = r + n pi/2 with |r| <= pi/4: sin(z + offset pi)^2 is sin(r)^2, for an odd n
 * 1 - sin(r)^2. */
typedef struct {
    Pair r;
    M odd;
} Quarter;

/* For z that is not far, and whether too few bits are left. A multiple of pi/4 is subtracted in
 * two words, the first exactly. */
INLINE Quarter quarter_near(V x, V alpha, T offset, M *cancels)
{
    Pair z = two_product(x, alpha);
    V magic = v_set(0x1.8p51), turns = v_fma(z.hi, v_set(ONE_OVER_PI), v_set(offset));
    V shifted = v_add(turns, magic), m = v_sub(v_sub(shifted, magic), v_set(offset));
    /* Without an offset the difference is exact: |z| > pi/4 where m is not 0. */
    Pair first = offset == 0 ? to_pair(v_fnma(m, v_set(PI_SHORT), z.hi))
                             : two_sum(z.hi, v_mul(m, v_set(-PI_SHORT)));
    V low = v_add(first.lo, v_fnma(m, v_set(PI_SHORT_REST), z.lo));
    Pair r = fast_two_sum(first.hi, low);
    *cancels = v_lt(v_abs(r.hi), v_mul(v_set(0x1p-26), v_abs(m)));
    V parity = v_from_bits(v_shift_left(v_bits(shifted), 63));
    return (Quarter){r, v_lt(v_copysign(v_set(1), parity), v_set(0))};
}

/* In the lanes of `which` exactly, for z of any size: pi/2 - |r| for an r mod pi beyond pi/4 */
INLINE Quarter quarter_exactly(M which, Quarter q, V x, V alpha, T offset)
{
    V none = v_set(0), half_turn = v_set(0.5 * PI_HIGH);
    Words exact = reduced_exactly(which, (Words){{none, none, none}}, x, alpha, offset);
    Pair r = pair_abs((Pair){exact.word[0], exact.word[1]});
    M odd = v_lt(v_set(0.25 * PI_HIGH), r.hi);
    Pair rest = two_sum(half_turn, v_sub(none, r.hi));
    rest.lo = v_add(rest.lo, v_sub(v_set(0.5 * PI_MIDDLE), r.lo));
    r = (Pair){v_select(odd, rest.hi, r.hi), v_select(odd, rest.lo, r.lo)};
    q.r = (Pair){v_select(which, r.hi, q.r.hi), v_select(which, r.lo, q.r.lo)};
    q.odd =
        v_or(v_and(which, odd), v_lt(none, v_unless(which, v_where(q.odd, v_set(1)))));
    return q;
}

/* sin(z + offset pi)^2 to 61 bits. `beside_z` says that it is added to a number of the size of z,
 * where its zeros do not matter and 58 bits are enough. */
INLINE Pair sine_square(V x, V alpha, T offset, bool beside_z)
{
    M far = product_exceeds(SINE_FAR, x, alpha), cancels;
    Quarter at = quarter_near(v_unless(far, x), alpha, offset, &cancels);
    M inexact = beside_z ? far : v_or(far, cancels);
    if (v_any(inexact)) at = quarter_exactly(inexact, at, x, alpha, offset);

    Pair r = at.r, q = two_product(r.hi, r.hi);
    q.lo = v_fma(v_add(r.hi, r.hi), r.lo, q.lo);
    int pairs = beside_z ? 1 : 2;
    V rest = polynomial(q.hi, SINE_SQUARE + pairs, SINE_SQUARE_DEGREE - pairs);
    Pair factor = sum_with_coefficient(SINE_SQUARE, SINE_SQUARE_LOW, pairs - 1,
                                       to_pair(v_mul(q.hi, rest)));
    if (!beside_z)
        factor = sum_with_coefficient(SINE_SQUARE, SINE_SQUARE_LOW, 0,
                                      pair_product(q, factor));
    Pair bend = pair_product(q, pair_product(q, factor));
    Pair even = fast_two_sum(q.hi, bend.hi);
    even.lo = v_add(even.lo, v_add(q.lo, bend.lo));
    Pair odd = one_minus(even);
    return (Pair){v_select(at.odd, odd.hi, even.hi), v_select(at.odd, odd.lo, even.lo)};
}

#endif

#endif
