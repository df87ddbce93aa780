/* Double-word arithmetic: a Pair is an unevaluated sum hi + lo of two vectors.
 *
 * The error-free transformations are those of T. J. Dekker, "A floating-point technique
 * for extending the available precision" (1971), and D. E. Knuth, "The Art of Computer
 * Programming" 2, section 4.2.2. They require that the compiler contracts nothing
 * (-ffp-contract=off). */
#ifndef FA_PAIR_H
#define FA_PAIR_H

typedef struct {
    V hi, lo;
} Pair;

INLINE Pair to_pair(V a) { return (Pair){a, v_set(0)}; }
#define PAIR_CONSTANT(name) ((Pair){v_set(name##_HIGH), v_set(name##_LOW)})

INLINE M is_one(V a) { return v_and(v_le(a, v_set(1)), v_le(v_set(1), a)); }

/* Fast2Sum: a + b exactly, provided |a| >= |b| or a = 0. */
INLINE Pair fast_two_sum(V a, V b)
{
    V sum = v_add(a, b);
    return (Pair){sum, v_sub(b, v_sub(sum, a))};
}

/* 2Sum: a + b exactly, whichever is larger. */
INLINE Pair two_sum(V a, V b)
{
    V sum = v_add(a, b);
    V b_part = v_sub(sum, a);
    V a_part = v_sub(sum, b_part);
    return (Pair){sum, v_add(v_sub(a, a_part), v_sub(b, b_part))};
}

/* 2Prod: a b exactly, barring underflow. */
INLINE Pair two_product(V a, V b)
{
    V product = v_mul(a, b);
    return (Pair){product, v_fms(a, b, product)};
}

/* c + a b for pairs, |c| >= |a b| or c = 0: the error of the fused sum takes one more, where
 * Fast2Sum of a product takes two additions, too. */
INLINE Pair pair_fma(Pair a, Pair b, Pair c)
{
    V sum = v_fma(a.hi, b.hi, c.hi);
    V lo = v_fma(a.hi, b.hi, v_sub(c.hi, sum));
    if (!v_is_constant_zero(a.lo)) lo = v_fma(a.lo, b.hi, lo);
    if (!v_is_constant_zero(b.lo)) lo = v_fma(a.hi, b.lo, lo);
    if (!v_is_constant_zero(c.lo)) lo = v_add(c.lo, lo);
    return (Pair){sum, lo};
}

/* a b to about twice the working precision */
INLINE Pair pair_product(Pair a, Pair b)
{
    Pair product = two_product(a.hi, b.hi);
    product.lo = v_fma(a.hi, b.lo, v_fma(a.lo, b.hi, product.lo));
    return product;
}

/* t a for a single number t */
INLINE Pair times_pair(V t, Pair a)
{
    Pair product = two_product(t, a.hi);
    product.lo = v_fma(t, a.lo, product.lo);
    return product;
}

/* a 2^-k for the k that makes `border` the smallest normal number. A subnormal result is
 * rounded once, by a sum with the border: the last bit of that is the last bit of the
 * result. A product does the same, but Intel's CPUs take 150 cycles for one that is subnormal.
 * Infinities and NaN stay. */
INLINE V lowered(V a, V border)
{
    V size = v_abs(a), sum = v_add(a, v_copysign(border, a));
    V shifted = v_from_bits(v_int_add(v_bits(a), v_bits(v_set(T_MIN))));
    V chosen = v_select(v_lt(size, border), sum, shifted);
    V y = v_from_bits(v_int_sub(v_bits(chosen), v_bits(border)));
    return v_select(v_le(size, v_set(T_MAX)), y, a);
}

/* a times a power of 2; the product may be subnormal in lanes of `low`, which in float64 no
 * usual argument makes. Each lane takes its own way: where subnormal numbers are flushed, the
 * two differ. */
INLINE V times_unscale(M low, V a, T unscale)
{
    if (PRECISION == 64) return v_mul_tiny(a, v_set(unscale));
    if (!v_any(low)) return v_mul(a, v_set(unscale));
    V small = lowered(a, v_set(T_MIN / unscale));
    return v_select(low, small, v_mul(v_unless(low, a), v_set(unscale)));
}

/* t (a.hi + a.lo) as one number, for a t of moderate size. The product is formed scaled
 * up, where t a.lo is normal, and rounded a second time only if it is subnormal. */
INLINE V rounded_product(V t, Pair a)
{
    V scaled_t = v_mul(t, v_set(C(0x1p64, 0x1p512)));
    V product = v_fma(scaled_t, a.hi, v_mul(scaled_t, a.lo));
    return v_mul_tiny(product, v_set(C(0x1p-64, 0x1p-512)));
}

/* a + b exactly for a, b >= 0; only a NaN in b propagates. */
INLINE Pair two_sum_positive(V a, V b)
{
    return fast_two_sum(v_max(a, b), v_min(a, b));
}

/* a + b for pairs a, b >= 0, normalised */
INLINE Pair pair_sum_positive(Pair a, Pair b)
{
    Pair sum = two_sum_positive(a.hi, b.hi);
    return fast_two_sum(sum.hi, v_add(sum.lo, v_add(a.lo, b.lo)));
}

/* a with a low word of 0 where the high one is infinite: there it would be NaN. */
INLINE Pair pair_finite_low(Pair a)
{
    M finite = v_lt(v_abs(a.hi), v_set(INFINITY));
    return (Pair){a.hi, v_where(finite, a.lo)};
}

/* |a| */
INLINE Pair pair_abs(Pair a)
{
    if (v_is_constant_zero(a.lo)) return to_pair(v_abs(a.hi));
    V minus = v_sub(v_set(0), a.lo);
    return (Pair){v_abs(a.hi), v_select(v_lt(a.hi, v_set(0)), minus, a.lo)};
}

/* 1 - q for |q| <= 1 */
INLINE Pair one_minus(Pair q)
{
    Pair difference = fast_two_sum(v_set(1), v_sub(v_set(0), q.hi));
    return (Pair){difference.hi, v_sub(difference.lo, q.lo)};
}

/* min(max(x, -limit), limit) */
INLINE V clamped(V x, T limit) { return v_max(v_set(-limit), v_min(v_set(limit), x)); }

/* Whether |a b| exceeds a limit. The product is not formed: it could overflow, and scaled
 * down it would be subnormal, for which Intel's CPUs take 150 cycles. */
INLINE M product_exceeds(T limit, V a, V b)
{
    V size = v_abs(b), least = v_set((T)1.001 * (limit / T_MAX));
    V most = v_div(v_set(limit), v_max(least, size));
    most = v_select(v_lt(size, least), v_set(INFINITY), most);
    return v_lt(most, v_abs(a));
}

/* a b as a pair, clamped to about +-limit. No flag is raised for a result that
 * saturates. */
INLINE Pair saturating_product(V a, V b, T limit)
{
    if (v_is_constant_one(b))
        return to_pair(v_max(v_set(-limit), v_min(v_set(limit), a)));
    M large = product_exceeds(limit, a, b);
    Pair product = two_product(a, v_unless(large, b));
    V bounded = v_max(v_set(-limit), v_min(v_set(limit), product.hi));
    V end = v_mul(v_copysign(v_set(limit), a), v_copysign(v_set(1), b));
    V hi = v_select(large, end, bounded);
    return (Pair){hi, v_where(v_lt(v_abs(hi), v_set(limit)), product.lo)};
}

/* c[0] + c[1] x + ... + c[degree] x^degree by Horner's rule */
INLINE V polynomial(V x, const T *c, int degree)
{
    V sum = v_set(c[degree]);
    _Pragma("GCC unroll 32")
    for (int k = degree - 1; k >= 0; k--) sum = v_fma(x, sum, v_set(c[k]));
    return sum;
}

/* The same by Horner's rule in x^2: as many operations, half the latency */
INLINE V polynomial_by_square(V x, V square, const T *c, int degree)
{
    int even = degree - degree % 2;
    V sum = v_set(c[even]);
    if (even < degree) sum = v_fma(x, v_set(c[degree]), sum);
    _Pragma("GCC unroll 16")
    for (int k = even - 2; k >= 0; k -= 2)
        sum = v_fma(square, sum, v_fma(x, v_set(c[k + 1]), v_set(c[k])));
    return sum;
}

#endif
