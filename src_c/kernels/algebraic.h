/* Algebraic functions: those of sqrt(1 + alpha x^2) and sqrt(x^2 + b). */
#ifndef FA_KERNELS_ALGEBRAIC_H
#define FA_KERNELS_ALGEBRAIC_H

#include "../math/derivative.h"
#include "../math/inverse.h"
#include "../math/second_derivative.h"

/* For t = |x|, 1/sqrt(w) of w = b + a t^2, rounded to half of the significand. From FAR on, in
 * units of sqrt(b/a), t is scaled by DOWN and b is left out: t^2 cannot overflow, and powers of
 * 1/sqrt(w) are scaled up. Only derivatives want it: values have their limit by then. */
#define FAR_VALUE C(0x1p34, 0x1p285)
#define FAR_SECOND C(0x1p25, 0x1p200)
/* The DOWN by which y^3 is scaled as a derivative, but for a factor */
#define CUBE_DOWN C(0x1p-60, 0x1p-370)
#define CUBE_FACTOR C(0x1p20, 0x1p90)

INLINE V scaled_down(M far, V t, T down)
{
    return v_select(far, v_mul(t, v_set(down)), t);
}

/* b + square for b >= 0 */
INLINE Pair sum_of(V b, Pair square)
{
    Pair w = two_sum_positive(b, square.hi);
    return (Pair){w.hi, v_add(w.lo, square.lo)};
}

/* y^3 for y at 1/sqrt(w), as a pair */
INLINE Pair inverse_root_cube(Pair w)
{
    ShortInverse root = short_inverse_root(w);
    Pair cube = two_product(v_mul(root.y, root.y), root.y);
    cube.lo = v_fma(cube.hi, inverse_root_error(root.r, 3), cube.lo);
    return cube;
}

/* ---- isru, isrlu ---- */

/* In units of 1/sqrt(alpha), the value is level from LEVEL on, and g times a derivative rounds to 0
 * from END on, where it is not 0 yet as it is held, and has its sign. FLAT is a root of alpha that
 * is 0 beside every x. */
#define ISRU_LEVEL C(0x1p40, 0x1p80)
#define ISRU_END C(0x1p100, 0x1p700)
#define ISRU_SECOND_END C(0x1p78, 0x1p535)
#define ISRU_FLAT C(0x1p-27, 0x1p-323)
#define ISRU_GRAD_GRAD_FACTOR C(0x1p-40, 0x1p-280)

/* end/sqrt(alpha); a negative alpha may not overflow. */
INLINE V isru_end(V alpha, T end)
{
    return v_div(v_set(end), v_max(v_set(ISRU_FLAT), v_sqrt(v_abs(alpha))));
}
/* t = |x|, where far scaled down, and w of it */
typedef struct {
    M far;
    V t;
    Pair w;
} IsruRoot;
INLINE IsruRoot isru_root(V x, V alpha, T from, T end)
{
    V t = v_min(isru_end(alpha, end), v_abs(x));
    M far = v_lt(isru_end(alpha, from), t);
    t = scaled_down(far, t, CUBE_DOWN);
    Pair square = times_pair(t, two_product(alpha, t));
    return (IsruRoot){far, t, sum_of(v_unless(far, v_set(1)), square)};
}

INLINE V isru_y(V x, V alpha)
{
    V end = isru_end(alpha, ISRU_LEVEL), t = v_max(v_sub(v_set(0), end), v_min(end, x));
    Pair square = times_pair(t, two_product(alpha, t));
    PairRoot r = pair_root(sum_of(v_set(1), square));
    return quotient_by(t, r.root, r.root.hi, r.inverse);
}
INLINE Derivative isru_dx(V x, V alpha)
{
    IsruRoot root = isru_root(x, alpha, FAR_VALUE, ISRU_END);
    Pair cube = inverse_root_cube(root.w);
    V factor = v_select(root.far, v_set(CUBE_FACTOR), v_set(1));
    return (Derivative){DERIV_SCALED, v_mul(cube.hi, factor), v_mul(cube.lo, factor),
                        root.far};
}

/* x / sqrt(w), w = 1 + alpha x^2;  w^(-3/2)
 *
 * Largest errors in float32:
 *     0.5366 ulp  isru(0x1.f1c886p+9) got 0x1.ffffeep-1 want 0x1.fffffp-1
 *     0.7493 ulp  isru_grad(-0x1.25a82p+42) got 0x1.533608p-127 want 0x1.533604p-127
 * Largest errors in float64:
 *     0.5182 ulp  isru(-0x1.f58aff2180108p+6)
 *                 got -0x1.fffbd4e7cd3d4p-1 want -0x1.fffbd4e7cd3d5p-1 */
INLINE Dual isru(V x, V alpha)
{
    return (Dual){.y = isru_y(x, alpha), .dx = isru_dx(x, alpha)};
}

/* x from 0 on, else isru
 *
 * Largest errors in float32:
 *     0.5291 ulp  isrlu(-0x1.ed4ebap+8) got -0x1.ffffbap-1 want -0x1.ffffbcp-1
 *     0.7493 ulp  isrlu_grad(-0x1.25a82p+42)
 *                 got 0x1.533608p-127 want 0x1.533604p-127
 * Largest errors in float64:
 *     0.5182 ulp  isrlu(-0x1.f58aff2180108p+6)
 *                 got -0x1.fffbd4e7cd3d4p-1 want -0x1.fffbd4e7cd3d5p-1 */
INLINE Dual isrlu(V x, V alpha)
{
    V left = v_min(v_set(0), x), y = isru_y(left, alpha);
    return (Dual){
        .y = v_select(v_le(v_set(0), x), x, y),
        .dx = isru_dx(left, alpha),
    };
}

/* -3 alpha x w^(-5/2). A small x carries the square root of the scale, and so does 3.
 *
 * Largest errors in float32:
 *     0.7743 ulp  isru_grad_grad(-0x1.e9fd4cp+31)
 *                 got 0x1.c9c9a8p-127 want 0x1.c9c9acp-127
 * Largest errors in float64:
 *     0.5001 ulp  isru_grad_grad(0x1.ffffffffffffep-20)
 *                 got -0x1.7ffffffff0ffep-18 want -0x1.7ffffffff0fffp-18 */
INLINE Derivative isru_grad_grad(V x, V alpha)
{
    IsruRoot root = isru_root(x, alpha, FAR_SECOND, ISRU_SECOND_END);
    ShortInverse inverse = short_inverse_root(root.w);
    M small = v_lt(v_abs(v_mul(alpha, root.t)), v_set(C(0x1p-90, 0x1p-900)));
    small = v_and(small, v_lt(root.t, v_set(1)));
    V root_scale = v_select(small, v_set(ROOT_SCALE), v_set(1));
    V factor = v_select(root.far, v_set(ISRU_GRAD_GRAD_FACTOR), root_scale);
    V minus_3 = v_mul(v_sub(v_set(0), v_copysign(v_set(3), x)), factor);
    V y = inverse.y, square = v_mul(y, y);
    Pair product = two_product(alpha, v_mul(root.t, root_scale));
    product = times_pair(minus_3, times_pair(square, times_pair(y, product)));
    product = times_pair(square, product);
    product.lo = v_fma(product.hi, inverse_root_error(inverse.r, 5), product.lo);
    M scaled = v_or(root.far, small);
    return (Derivative){DERIV_SCALED, product.hi, product.lo, scaled};
}
/* Largest errors in float32:
 *     0.7743 ulp  isrlu_grad_grad(-0x1.e9fd4cp+31)
 *                 got 0x1.c9c9a8p-127 want 0x1.c9c9acp-127
 * Largest errors in float64:
 *     0.5001 ulp  isrlu_grad_grad(-0x1.ffffffffffffep-20)
 *                 got 0x1.7ffffffff0ffep-18 want 0x1.7ffffffff0fffp-18 */
INLINE Derivative isrlu_grad_grad(V x, V alpha)
{
    Derivative below = isru_grad_grad(x, alpha);
    M positive = v_le(v_set(0), x);
    below.hi = v_unless(positive, below.hi);
    below.lo = v_unless(positive, below.lo);
    return below;
}

/* ---- squareplus ---- */

#define SQUAREPLUS_DOWN C(0x1p-85, 0x1p-555)
#define SQUAREPLUS_FACTOR \
    C(0x1p30, 0x1p90) /* the square of it, and this, are the scale */
#define SQUAREPLUS_END C(0x1p120, 0x1p880) /* the second derivative is 0 before */
#define SQUAREPLUS_FAR C(0x1p51, 0x1p421)
#define SQUAREPLUS_LEVEL \
    C(0x1p63, 0x1p511) /* from here on the value is x or b/(4 |x|) */

/* (t + r)/2 for r = sqrt(t^2 + b) */
INLINE Pair squareplus_right(V t, Pair r)
{
    Pair sum = fast_two_sum(r.hi, t);
    V half = v_set(0.5);
    return (Pair){v_mul(half, sum.hi), v_mul(half, v_add(sum.lo, r.lo))};
}

INLINE V squareplus_y(V x, V b)
{
    V level = v_set(SQUAREPLUS_LEVEL), size = v_abs(x), t = v_min(level, size);
    M left = v_lt(x, v_set(0)), far = v_lt(level, size);
    Pair right = squareplus_right(t, pair_root(sum_of(b, two_product(t, t))).root);
    V quarter = v_mul(v_set(0.25), b), above = v_add(right.hi, right.lo);
    V y = v_select(left, quotient(quarter, right), above);
    if (!v_any(far)) return y;
    return v_select(far, v_select(left, v_div(quarter, v_max(level, size)), x), y);
}
INLINE Derivative squareplus_dx(V x, V b)
{
    M left = v_lt(x, v_set(0));
    V size = v_min(v_set(T_MAX), v_abs(x));
    M far = v_lt(v_mul(v_set(SQUAREPLUS_FAR), v_sqrt(v_abs(b))), size);
    V t = scaled_down(far, size, SQUAREPLUS_DOWN);
    M infinite = v_lt(v_set(T_MAX), v_abs(x));
    V quarter = v_mul(v_select(far, v_set(SQUAREPLUS_FACTOR / 4), v_set(0.25)), b);
    quarter = v_unless(infinite, quarter);
    Pair r = pair_root(sum_of(v_unless(far, b), two_product(t, t))).root;
    Pair right = squareplus_right(t, r), product = pair_product(r, right);
    Pair above = {v_select(left, quarter, right.hi), v_unless(left, right.lo)};
    Pair below = {v_select(left, product.hi, r.hi), v_select(left, product.lo, r.lo)};
    Pair dx = short_quotient(above, below);
    return (Derivative){DERIV_SCALED, dx.hi, dx.lo, v_and(left, far)};
}

/* (x + r)/2, r = sqrt(x^2 + b), which on the left is b/4 over its mirror image;
 * (1 + x/r)/2, on the left b/4 over that times r
 *
 * Largest errors in float32:
 *     0.5268 ulp  squareplus(-0x1.01f0fap+55) got 0x1.fc2586p-56 want 0x1.fc2588p-56
 *     0.7513 ulp  squareplus_grad(-0x1.6322e8p+63)
 *                 got 0x1.0a0c38p-127 want 0x1.0a0c3cp-127
 * Largest errors in float64:
 *     0.5123 ulp  squareplus(-0x1.f2e8c7f11f546p+3)
 *                 got 0x1.05a524d8a8105p-4 want 0x1.05a524d8a8106p-4
 *     0.5268 ulp  squareplus_grad(0x1.f13fc204bac5p+9)
 *                 got 0x1.ffffde12c8bd7p-1 want 0x1.ffffde12c8bd8p-1 */
INLINE Dual squareplus(V x, V b)
{
    return (Dual){.y = squareplus_y(x, b), .dx = squareplus_dx(x, b)};
}

/* b/2 (x^2 + b)^(-3/2)
 *
 * Largest errors in float32:
 *     0.7516 ulp  squareplus_grad_grad(-0x1.7d588ep+42)
 *                 got 0x1.35c958p-127 want 0x1.35c95cp-127
 * Largest errors in float64:
 *     0.5077 ulp  squareplus_grad_grad(0x1.7bff43b385b95p+342)
 *                 got 0x0.09c8c6aacff6p-1022 want 0x0.09c8c6aacff61p-1022 */
INLINE Derivative squareplus_grad_grad(V x, V b)
{
    V t = v_min(v_set(SQUAREPLUS_END), v_abs(x));
    M far = v_lt(v_mul(v_set(FAR_SECOND), v_sqrt(v_abs(b))), t);
    t = scaled_down(far, t, CUBE_DOWN);
    Pair w = sum_of(v_unless(far, b), two_product(t, t));
    V factor = v_select(far, v_set(CUBE_FACTOR), v_set(1));
    V scaled_half = v_mul(v_mul(v_set(0.5), factor), b);
    Pair d2 = times_pair(scaled_half, inverse_root_cube(w));
    return (Derivative){DERIV_SCALED, d2.hi, d2.lo, far};
}

#endif
