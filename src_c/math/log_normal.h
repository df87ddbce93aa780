/* log(Phi(x)) and its derivative phi(x)/Phi(x), with t = |x| and q = Phi(-t).
 *
 *     x < 0:   log(q),                  phi(x)/q
 *     x >= 0:  -log(1 + q/(1 - q)),     phi(x)/(1 - q)
 *
 * In float32, and in float64 beyond the table of normal_rows.h, log(q) is -t^2/2 + log(R(t)) with
 * R as in normal_tail.h; beyond the table of R there are series in u = 1/t^2. */
#ifndef FA_LOG_NORMAL_H
#define FA_LOG_NORMAL_H

#include "log1p.h"
#include "normal.h"
#include "product.h"
#include "tables/log_normal.h"

/* log(1 + w) for 0 <= w <= 1 */
INLINE Pair log1p_pair(Pair w)
{
    V below_one = v_min(v_set(C(0x1.fffffp-1, 0x1.fffffffffffp-1)), w.hi);
    I piece = v_shift_right(v_bits(v_add(v_set(1), below_one)), LOG1P_BITS);
    V s = v_sub(w.hi, v_lookup(LOG1P_CENTRE, piece));
    V p = v_lookup(LOG1P_P[LOG1P_DEGREE - 1], piece);
    _Pragma("GCC unroll 16")
    for (int k = LOG1P_DEGREE - 2; k >= 0; k--)
        p = v_fma(s, p, v_lookup(LOG1P_P[k], piece));
    V constant = v_lookup(LOG1P_VALUE, piece), rest = v_mul(s, p);
    V head = v_upper_half(w.hi), low = v_add(v_sub(w.hi, head), w.lo);
    low = v_fma(low, v_add(constant, rest), v_mul(head, rest));
    return (Pair){v_mul(head, constant), low};
}

/* a = 2^e (1 + w) for a normal a.hi > 0 */
typedef struct {
    V e;
    Pair w;
} Scientific;
INLINE Scientific scientific(Pair a)
{
    I biased = v_shift_right(v_bits(a.hi), T_MANTISSA - 1);
    V counted = v_from_bits(v_int_add(biased, v_bits(v_set(ULP_IS_ONE))));
    V e = v_sub(counted, v_set(ULP_IS_ONE + EXPONENT_BIAS));
    V power = power_of_two(v_sub(v_set(0), e));
    Pair w = {v_sub(v_mul(a.hi, power), v_set(1)), v_mul(a.lo, power)};
    return (Scientific){e, fast_two_sum(w.hi, w.lo)};
}

/* e log(2) + log(1 + w) */
INLINE Pair log_scientific(Scientific a)
{
    Pair log = log1p_pair(a.w), whole = times_pair(a.e, PAIR_CONSTANT(LOG_2));
    Pair sum = two_sum(whole.hi, log.hi);
    return fast_two_sum(sum.hi, v_add(sum.lo, v_add(log.lo, whole.lo)));
}
INLINE Pair log_pair(Pair a) { return log_scientific(scientific(a)); }

#if PRECISION == 32

#define NORMAL_SERIES_START 14.5f
/* (log(R(t) t sqrt(2 pi)))/u and (1/(R(t) t sqrt(2 pi)) - 1)/u */
static const T NORMAL_LOG_SERIES[] = {-1,    2.5,     -37.0f / 3,
                                      88.25, -816.2f, 55205.0f / 6};
static const T NORMAL_INVERSE_SERIES[] = {1, -2, 10, -74, 706, -8162, 110410};

INLINE V log_normal_of(V x)
{
    V zero = v_set(0), one = v_set(1), t = v_abs(x), most = v_set(T_MAX);
    M infinite = v_lt(most, t);
    M negative = v_lt(x, zero);
    V finite = v_select(infinite, one, t), left_t = v_select(negative, finite, one);

    V near_t = v_min(v_set(NORMAL_SERIES_START), left_t);
    M far = v_lt(v_set(NORMAL_SERIES_START), left_t);
    V bounded = v_min(v_set(0x1p40f), left_t);
    Pair r = normal_ratio(to_pair(near_t));
    Pair argument = {v_select(far, bounded, r.hi), v_unless(far, r.lo)};
    Pair log = log_pair(fast_two_sum(argument.hi, argument.lo));
    V sign = v_select(far, v_set(-1), one);
    V u = v_div(one, v_mul(v_max(one, bounded), v_max(one, bounded)));
    V series = v_mul(u, polynomial(u, NORMAL_LOG_SERIES, 5));
    Pair constant = {v_where(far, v_set(LOG_DENSITY_HIGH)),
                     v_where(far, v_add(v_set(LOG_DENSITY_LOW), series))};
    Pair z = pair_finite_low(half_square(to_pair(left_t)));
    Pair sum = two_sum(v_sub(zero, z.hi), constant.hi);
    Pair left = two_sum(sum.hi, v_mul(sign, log.hi));
    V low =
        v_add(v_fma(sign, log.lo, v_sub(constant.lo, z.lo)), v_add(left.lo, sum.lo));
    V below = v_add(left.hi, v_where(v_le(v_abs(left.hi), most), low));
    below = v_select(infinite, v_set(-INFINITY), below);

    Pair q = normal_left(to_pair(finite));
    V minus_q = v_sub(zero, v_select(negative, one, v_add(q.hi, q.lo)));
    M subnormal = v_lt(v_set(NORMAL_TAIL_SUBNORMAL), x);
    V tiny = times_unscale(subnormal, minus_q, NORMAL_TAIL_UNSCALE);
    V unscale = v_set(NORMAL_TAIL_UNSCALE);
    q = normal_left_beside_1(finite, q);
    q = (Pair){v_mul(q.hi, unscale), v_mul(q.lo, unscale)};
    q = fast_two_sum(q.hi, q.lo);
    Pair w = log1p_pair(pair_quotient(q, one_minus(q)));
    V above = v_sub(zero, v_add(w.hi, w.lo));
    above = v_select(v_lt(q.hi, v_set(0x1p-30f)), tiny, above);
    above = v_select(infinite, v_set(-(T)0), above);
    return propagate_nan(x, v_select(negative, below, above));
}

INLINE Derivative log_normal_deriv(V x)
{
    V zero = v_set(0), one = v_set(1), t = v_abs(x), start = v_set(NORMAL_SERIES_START);
    M negative = v_lt(x, zero), far = v_lt(start, t);
    Pair density = PAIR_CONSTANT(NORMAL_DENSITY_0);
    Pair inside = to_pair(v_min(start, t));
    Pair left = pair_quotient(density, normal_ratio(inside));
    V large = v_max(start, t), u = v_div(one, large);
    V rest = v_mul(u, polynomial(v_mul(u, u), NORMAL_INVERSE_SERIES, 6));
    left.hi = v_select(far, t, left.hi);
    left.lo = v_select(far, rest, left.lo);

    Pair bounded = to_pair(v_min(v_set(NORMAL_TAIL_ZERO), t));
    Pair near = to_pair(v_min(v_set(NORMAL_TAIL_NEGLIGIBLE), t));
    Pair q =
        times_exp_minus(normal_ratio(near), half_square(near), v_set(EXP_ORIGIN(0.0)));
    Pair factor = pair_product(density, pair_inverse(one_minus(q)));
    Derivative right = pair_times_deriv(factor, exp_minus(half_square(bounded)));
    return (Derivative){
        DERIV_SCALED,
        .hi = propagate_nan(x, v_select(negative, left.hi, right.hi)),
        .lo = v_select(negative, left.lo, right.lo),
        .scaled = v_and(v_le(zero, x), right.scaled),
    };
}

#else

/* log(Phi(x)) for |x| >= ROWS_END: log(phi(t)/t) + log(t R sqrt(2 pi)), and -Phi(-x) */
INLINE V log_normal_beyond(V x)
{
    V zero = v_set(0), end = v_set(NORMAL_ROWS_END), most = v_set(T_MAX);
    M infinite = v_le(x, v_set(-INFINITY));
    V finite = v_max(end, v_unless(infinite, v_sub(zero, x)));
    V bounded = v_min(v_set(0x1p200), finite);
    V u = inverse_square_of(bounded);
    V series = v_mul(u, polynomial(u, NORMAL_LOG_SERIES, NORMAL_SERIES_DEGREE));
    Pair z = pair_finite_low(half_square(to_pair(finite)));
    Pair log = log_pair(to_pair(bounded));
    Pair sum = two_sum(v_sub(zero, z.hi), v_set(LOG_DENSITY_HIGH));
    Pair left = two_sum(sum.hi, v_sub(zero, log.hi));
    V low = v_add(v_sub(v_set(LOG_DENSITY_LOW), z.lo), v_sub(series, log.lo));
    low = v_add(v_add(left.lo, sum.lo), low);
    V below = v_add(left.hi, v_where(v_le(v_abs(left.hi), most), low));
    below = v_select(infinite, v_set(-INFINITY), below);

    V t = v_max(end, v_min(v_set(NORMAL_TAIL_END), x));
    Pair q = normal_beyond_left(to_pair(t), NORMAL_TAIL_ORIGIN);
    V above = v_mul_tiny(v_add(q.hi, q.lo), v_set(-NORMAL_TAIL_UNSCALE));
    return v_select(v_lt(x, zero), below, above);
}

INLINE V log_normal_of(V x)
{
    V t = v_abs(x), end = v_set(NORMAL_ROWS_END);
    M negative = v_lt(x, v_set(0)), far = v_lt(end, t);
    Pair q = normal_near(v_min(end, t));
    Scientific left = scientific(q);
    Pair right = pair_quotient(q, one_minus(q));
    Pair w = {v_select(negative, left.w.hi, right.hi),
              v_select(negative, left.w.lo, right.lo)};
    Pair log = log_scientific((Scientific){v_where(negative, left.e), w});
    V y = v_add(log.hi, log.lo);
    y = v_select(negative, y, v_sub(v_set(0), y));
    return v_any(far) ? v_select(far, log_normal_beyond(x), y) : y;
}

INLINE Derivative log_normal_deriv(V x)
{
    V t = v_abs(x), end = v_set(NORMAL_ROWS_END);
    M negative = v_lt(x, v_set(0)), far = v_lt(end, t);
    NormalRow at = normal_row(v_min(end, t));
    Pair q = normal_near_at(at), p = one_minus(q);
    Pair divisor = {v_select(negative, q.hi, p.hi), v_select(negative, q.lo, p.lo)};
    Pair near = pair_quotient(normal_density_near(at), divisor);
    Derivative s = {DERIV_SCALED, near.hi, near.lo, .scaled = far};
    if (!v_any(far)) return s;
    V large = v_max(end, t), u = v_div(v_set(1), large), square = v_mul(u, u);
    V series = polynomial(square, NORMAL_INVERSE_SERIES, NORMAL_SERIES_DEGREE);
    Pair bounded = to_pair(v_min(v_set(NORMAL_TAIL_ZERO), t));
    Derivative right = constant_times_deriv(PAIR_CONSTANT(NORMAL_DENSITY_0),
                                            exp_minus(half_square(bounded)));
    Pair beyond = {v_select(negative, t, right.hi),
                   v_select(negative, v_mul(u, series), right.lo)};
    s.scaled = v_and(v_lt(end, x), right.scaled);
    s.hi = v_select(far, beyond.hi, s.hi);
    s.lo = v_select(far, beyond.lo, s.lo);
    return s;
}

#endif

#endif
