/* Division by a pair: Newton-Raphson for 1/d, then one correction by the remainder.
 *
 * The remainder is computed by FMA, hence exactly [P. Markstein, "Computation of
 * elementary functions on the IBM RISC System/6000 processor", 1990], here against both
 * words of the divisor: the quotient is accurate to a little over half an ulp. A division
 * in the place of the first steps is faster where V_DIVIDES; alone it would ignore d.lo. */
#ifndef FA_INVERSE_H
#define FA_INVERSE_H

#include "pair.h"

/* 1/d to more than half of the significand;
 * each step doubles the number of correct bits. */
INLINE V inverse_estimate(V d)
{
    if (V_DIVIDES) return v_div(v_set(1), d);
    V y = v_reciprocal(d);
    _Pragma("GCC unroll 4")
    for (int bits = V_RECIPROCAL_BITS; 2 * bits < T_MANTISSA + 3; bits *= 2)
        y = v_fma(v_fnma(y, d, v_set(1)), y, y);
    return y;
}

/* n / d, not far from correctly rounded, by `rounded`, the sum of both words of d, and about the
 * inverse of that. The negated remainder keeps the sign of a zero. */
INLINE V inverse_for_quotient(V rounded)
{
    return V_DIVIDES ? v_reciprocal(rounded) : inverse_estimate(rounded);
}
INLINE V quotient_by(V n, Pair d, V rounded, V y)
{
    V q = V_DIVIDES ? v_div(n, rounded) : v_mul(n, y);
    V minus_remainder = v_fma(q, d.lo, v_fms(q, d.hi, n));
    return v_fnma(y, minus_remainder, q);
}
INLINE V quotient(V n, Pair d)
{
    V rounded = v_add(d.hi, d.lo);
    return quotient_by(n, d, rounded, inverse_for_quotient(rounded));
}

/* the same for a pair n, y being about 1/d */
INLINE V corrected_quotient(Pair n, Pair d, V y)
{
    V q = v_mul(n.hi, y);
    V minus_remainder = v_sub(v_fma(q, d.lo, v_fms(q, d.hi, n.hi)), n.lo);
    return v_fnma(y, minus_remainder, q);
}
INLINE V quotient_of_pair(Pair n, Pair d)
{
    return corrected_quotient(n, d, inverse_estimate(v_add(d.hi, d.lo)));
}

/* 1 / d, not far from correctly rounded */
INLINE V inverse(Pair d)
{
    V y = inverse_estimate(v_add(d.hi, d.lo));
    V remainder = v_fnma(y, d.lo, v_fnma(y, d.hi, v_set(1)));
    return v_fma(y, remainder, y);
}

/* n / d for a sum n whose second word may be some percent of the first. So may the remainder
 * be, and an estimate of half the bits would not do for it. */
INLINE V quotient_of_sum(Pair n, Pair d)
{
    bool rounded = V_DIVIDES || V_RECIPROCAL_BITS >= T_MANTISSA;
    V y = rounded ? inverse_estimate(v_add(d.hi, d.lo)) : inverse(d);
    return corrected_quotient(n, d, y);
}

/* 1 / d as a pair */
INLINE Pair pair_inverse(Pair d)
{
    V y = inverse(d);
    return (Pair){y, v_mul(y, v_fnma(y, d.lo, v_fnma(y, d.hi, v_set(1))))};
}

/* n / d as a pair; n need not be normalised. */
INLINE Pair pair_quotient(Pair n, Pair d)
{
    V y = inverse_estimate(v_add(d.hi, d.lo));
    V q = v_mul(n.hi, y);
    V remainder = v_add(v_fnma(q, d.lo, v_fnma(q, d.hi, n.hi)), n.lo);
    Pair sum = fast_two_sum(q, v_mul(y, remainder));
    remainder = v_add(v_fnma(sum.hi, d.lo, v_fnma(sum.hi, d.hi, n.hi)), n.lo);
    return (Pair){sum.hi, v_mul(y, remainder)};
}

/* The same to half of its bits more than an estimate has; the first word may be short of bits. */
INLINE Pair short_quotient(Pair n, Pair d)
{
    V y = inverse_estimate(d.hi), q = v_mul(n.hi, y);
    V remainder = v_add(v_fnma(q, d.lo, v_fnma(q, d.hi, n.hi)), n.lo);
    return (Pair){q, v_mul(y, remainder)};
}

/* A power of 2 that scales d away from the ends of the range, where the estimate of its
 * inverse overflows or underflows. */
INLINE V divisor_scale(V d)
{
    V size = v_abs(d);
    V up = v_set(C(0x1p64, 0x1p512)), down = v_set(C(0x1p-64, 0x1p-512));
    V scale = v_select(v_lt(size, v_set(C(0x1p-60, 0x1p-500))), up, v_set(1));
    return v_select(v_lt(v_set(C(0x1p60, 0x1p500)), size), down, scale);
}

/* n / d, not far from correctly rounded */
INLINE V pair_divided_by(Pair n, V d)
{
    V scale = divisor_scale(d);
    V divisor = v_mul(d, scale);
    V y = inverse_estimate(divisor);
    V q = v_mul(n.hi, y);
    q = v_fma(y, v_add(v_fnma(q, divisor, n.hi), n.lo), q);
    return v_mul(q, scale);
}

/* n / d^2 as a pair */
INLINE Pair pair_divided_by_square(Pair n, V d)
{
    V scale = divisor_scale(d);
    V divisor = v_mul(d, scale);
    V y = inverse(to_pair(divisor));
    Pair inverse = {y, v_mul(y, v_fnma(y, divisor, v_set(1)))};
    Pair once = pair_product(n, inverse);
    once = (Pair){v_mul(once.hi, scale), v_mul(once.lo, scale)};
    Pair twice = pair_product(once, inverse);
    return pair_finite_low((Pair){v_mul(twice.hi, scale), v_mul(twice.lo, scale)});
}

/* y, 1/d rounded to half of the significand so
 * that its square is exact, and r = 1 - y d */
typedef struct {
    V y, r;
} ShortInverse;
INLINE ShortInverse short_inverse(Pair d)
{
    V y = v_upper_half(inverse_estimate(v_add(d.hi, d.lo)));
    return (ShortInverse){y, v_fnma(y, d.lo, v_fnma(y, d.hi, v_set(1)))};
}

/* 1/d^2 as y^2 (1 + error): 1/(1 - r)^2 = 1 + 2r + 3r^2 + ... */
typedef struct {
    V y, error;
} InversePower;
INLINE V inverse_square_error(V r) { return v_mul(r, v_fma(v_set(3), r, v_set(2))); }
INLINE InversePower inverse_square(Pair d)
{
    ShortInverse inverse = short_inverse(d);
    return (InversePower){inverse.y, inverse_square_error(inverse.r)};
}

/* About 1/d, in a quarter of the significand. */
INLINE V coarse_inverse(V d)
{
    V y = v_reciprocal(d);
    if (V_RECIPROCAL_BITS < T_MANTISSA / 4) y = v_fma(v_fnma(y, d, v_set(1)), y, y);
    return v_upper_quarter(y);
}
/* inverse_square_error by two terms more, for r = 1 - y d with a coarse inverse y */
INLINE V coarse_inverse_square_error(V r)
{
    V sum = v_fma(v_set(5), r, v_set(4));
    return v_mul(r, v_fma(r, v_fma(r, sum, v_set(3)), v_set(2)));
}

/* 1/d^3 as y^3 (1 + error): 1/(1 - r)^3 = 1 + 3r + 6r^2 + ... */
INLINE InversePower inverse_cube(Pair d)
{
    ShortInverse inverse = short_inverse(d);
    V r = inverse.r;
    return (InversePower){inverse.y, v_mul(r, v_fma(v_set(6), r, v_set(3)))};
}

/* 1/sqrt(w) to half of the significand or more, for w away from the ends of the range; each
 * step triples the number of correct bits. */
INLINE V inverse_root_estimate(V w)
{
    V y = v_inverse_root(w);
    _Pragma("GCC unroll 4")
    for (int bits = V_INVERSE_ROOT_BITS; 3 * bits < T_MANTISSA + 6; bits *= 3) {
        V r = v_fnma(v_mul(y, y), w, v_set(1));
        y = v_fma(v_mul(y, r), v_fma(v_set(0.375), r, v_set(0.5)), y);
    }
    return y;
}

/* The same rounded to half of the significand and r = 1 - w y^2; then powers
 * w^(-n/2) = y^n (1 - r)^(-n/2) = y^n (1 + error). */
INLINE ShortInverse short_inverse_root(Pair w)
{
    V y = v_upper_half(inverse_root_estimate(w.hi)), square = v_mul(y, y);
    return (ShortInverse){y, v_fnma(square, w.lo, v_fnma(square, w.hi, v_set(1)))};
}
INLINE V inverse_root_error(V r, T n)
{
    return v_mul(r, v_fma(v_set(n * (n + 2) / 8), r, v_set(n / 2)));
}

/* sqrt(w) as a pair, and about its inverse; the error of the rounded root is exact. */
typedef struct {
    Pair root;
    V inverse;
} PairRoot;
INLINE PairRoot pair_root(Pair w)
{
    V root = v_sqrt(w.hi), inverse = inverse_for_quotient(root);
    V rest = v_add(v_fnma(root, root, w.hi), w.lo);
    return (PairRoot){{root, v_mul(v_mul(v_set(0.5), rest), inverse)}, inverse};
}

/* (1 + a)(1 + b) - 1, the error of a product of factors with errors a and b */
INLINE V combined_error(V a, V b) { return v_add(v_fma(a, b, b), a); }

#endif
