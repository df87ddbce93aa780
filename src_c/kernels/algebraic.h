/* Algebraic functions: those of sqrt(1 + alpha x^2) and sqrt(x^2 + b). */
#ifndef FA_KERNELS_ALGEBRAIC_H
#define FA_KERNELS_ALGEBRAIC_H

#include "../math/derivative.h"
#include "../math/inverse.h"
#include "../math/second_derivative.h"

/* For t = |x|, w = b + a t^2, and 1/sqrt(w), rounded to half of the significand. From FAR on
 * (in units of sqrt(b/a)) t is scaled by DOWN and b is left out: t^2 cannot overflow, and
 * powers of 1/sqrt(w) are scaled up. */
#define FAR_VALUE C(0x1p34, 0x1p285)
#define FAR_SECOND C(0x1p25, 0x1p200)
/* The DOWN by which y^3 is scaled as a derivative, but for a factor */
#define CUBE_DOWN C(0x1p-60, 0x1p-370)
#define CUBE_FACTOR C(0x1p-10, 1.0)

typedef struct {
    M far;
    V t;
    Pair w;
    V y, r; /* of a ShortInverse */
} Root;
INLINE Root root_of(V t, V a, V b, M far, T down)
{
    t = v_select(far, v_mul(t, v_set(down)), t);
    b = v_select(far, v_set(0), b);
    Pair square = times_pair(t, two_product(a, t));
    Pair w = two_sum_positive(b, square.hi);
    w.lo = v_add(w.lo, square.lo);
    ShortInverse root = short_inverse_root(w);
    return (Root){far, t, w, root.y, root.r};
}

/* y^3, or y for y at 1/sqrt(w), as a pair */
INLINE Pair inverse_root(Root root)
{
    return (Pair){root.y, v_mul(root.y, inverse_root_error(root.r, 1))};
}
INLINE Pair inverse_root_cube(Root root)
{
    Pair cube = two_product(v_mul(root.y, root.y), root.y);
    cube.lo = v_fma(cube.hi, inverse_root_error(root.r, 3), cube.lo);
    return cube;
}

/* ---- isru, isrlu ---- */

#define ISRU_GRAD_GRAD_FACTOR C(0x1p-70, 0x1p-370)
/* alpha x^4 is beyond every dtype from here on, in units of 1/sqrt(alpha). */
#define ISRU_END C(0x1p100, 0x1p700)
#define ISRU_FLAT C(0x1p-27, 0x1p-323) /* a root of alpha that is 0 beside every x */

INLINE Root isru_root(V x, V alpha, T far)
{
    V steepness = v_sqrt(v_abs(alpha)); /* a negative one may not overflow */
    V end = v_div(v_set(ISRU_END), v_max(v_set(ISRU_FLAT), steepness));
    V t = v_min(end, v_abs(x));
    M is_far = v_lt(v_set(far), v_mul(t, steepness));
    return root_of(t, alpha, v_set(1), is_far, CUBE_DOWN);
}

/* x / sqrt(w), w = 1 + alpha x^2;  w^(-3/2)
 *
 * Largest errors in float32:
 *     0.5045 ulp  isru(-0x1.fa4d98p+3) got -0x1.fefafcp-1 want -0x1.fefafep-1
 *     0.7297 ulp  isru_grad(0x1.00627p+42) got 0x1.fdb328p-127 want 0x1.fdb324p-127 */
INLINE Dual isru(V x, V alpha)
{
    Root root = isru_root(x, alpha, FAR_VALUE);
    Pair y = times_pair(root.t, inverse_root(root)), cube = inverse_root_cube(root);
    V factor = v_select(root.far, v_set(CUBE_FACTOR), v_set(1));
    V square = v_mul(alpha, v_mul(root.t, root.t)); /* near 1 where far */
    M one = v_and(is_one(root.w.hi), v_lt(square, v_set(0.5)));
    return (Dual){
        .y = v_select(one, x, v_copysign(v_add(y.hi, y.lo), x)),
        .dx = {DERIV_SCALED, v_mul(cube.hi, factor), v_mul(cube.lo, factor), root.far},
    };
}

/* x from 0 on, else isru
 *
 * Largest errors in float32:
 *     0.5045 ulp  isrlu(-0x1.fa4d98p+3) got -0x1.fefafcp-1 want -0x1.fefafep-1
 *     0.7142 ulp  isrlu_grad(-0x1.238dd2p+42)
 *                 got 0x1.5a9a8p-127 want 0x1.5a9a7cp-127 */
INLINE Dual isrlu(V x, V alpha)
{
    M positive = v_le(v_set(0), x);
    Dual below = isru(x, alpha);
    return (Dual){
        .y = v_select(positive, x, below.y),
        .dx = {DERIV_SCALED, v_select(positive, v_set(1), below.dx.hi),
               v_select(positive, v_set(0), below.dx.lo),
               v_and(v_lt(x, v_set(0)), below.dx.scaled)},
    };
}

/* -3 alpha x w^(-5/2). A small x carries the square root of the scale, and so does 3.
 *
 * Largest errors in float32:
 *     0.7324 ulp  isru_grad_grad(-0x1.e8268ep+31)
 *                 got 0x1.d0b988p-127 want 0x1.d0b984p-127 */
INLINE Derivative isru_grad_grad(V x, V alpha)
{
    Root root = isru_root(x, alpha, FAR_SECOND);
    M small = v_lt(v_abs(v_mul(alpha, root.t)), v_set(C(0x1p-90, 0x1p-900)));
    small = v_and(small, v_lt(root.t, v_set(1)));
    V root_scale = v_select(small, v_set(C(0x1p85, 0x1p555)), v_set(1));
    V factor = v_select(root.far, v_set(ISRU_GRAD_GRAD_FACTOR), root_scale);
    V minus_3 = v_mul(v_sub(v_set(0), v_copysign(v_set(3), x)), factor);
    V y = root.y, square = v_mul(y, y);
    Pair product = times_pair(y, two_product(v_mul(root.t, root_scale), square));
    product = times_pair(square, times_pair(minus_3, product));
    product = times_pair(alpha, product);
    product.lo = v_fma(product.hi, inverse_root_error(root.r, 5), product.lo);
    M scaled = v_or(root.far, small);
    return (Derivative){DERIV_SCALED, product.hi, product.lo, scaled};
}
/* Largest errors in float32:
 *     0.7324 ulp  isrlu_grad_grad(-0x1.e8268ep+31)
 *                 got 0x1.d0b988p-127 want 0x1.d0b984p-127 */
INLINE Derivative isrlu_grad_grad(V x, V alpha)
{
    Derivative below = isru_grad_grad(x, alpha);
    M positive = v_le(v_set(0), x);
    below.hi = v_select(positive, v_set(0), below.hi);
    below.lo = v_select(positive, v_set(0), below.lo);
    return below;
}

/* ---- squareplus ---- */

#define SQUAREPLUS_DOWN C(0x1p-85, 0x1p-555)
#define SQUAREPLUS_END C(0x1p120, 0x1p880) /* the second derivative is 0 before */
#define SQUAREPLUS_FAR C(0x1p51, 0x1p421)

INLINE Root squareplus_root(V x, V b, T far, T down)
{
    V t = v_min(v_set(T_MAX), v_abs(x));
    M is_far = v_lt(v_mul(v_set(far), v_sqrt(v_abs(b))), t);
    return root_of(t, v_set(1), b, is_far, down);
}

/* (t + sqrt(t^2 + b))/2 as a pair */
INLINE Pair squareplus_right(Root root)
{
    Pair size = pair_product(root.w, inverse_root(root));
    Pair sum = two_sum_positive(root.t, size.hi);
    sum = fast_two_sum(sum.hi, v_add(sum.lo, size.lo));
    return (Pair){v_mul(v_set(0.5), sum.hi), v_mul(v_set(0.5), sum.lo)};
}

/* (x + r)/2, r = sqrt(x^2 + b), which on the left is b/4 over its mirror image;
 * (1 + x/r)/2, on the left b/4 over that times r
 *
 * Largest errors in float32:
 *     0.5013 ulp  squareplus(0x1.b056b6p+1) got 0x1.d3648ap+1 want 0x1.d3648cp+1
 *     0.7348 ulp  squareplus_grad(-0x1.185882p+63)
 *                 got 0x1.aaef68p-127 want 0x1.aaef6cp-127 */
INLINE Dual squareplus(V x, V b)
{
    M left = v_lt(x, v_set(0));
    V quarter = v_mul(v_set(0.25), b), half = v_set(0.5), most = v_set(T_MAX);
    Root root = squareplus_root(x, b, SQUAREPLUS_FAR, SQUAREPLUS_DOWN);
    Pair right = squareplus_right(root), inverse = inverse_root(root);
    V scale = v_select(root.far, v_set(SQUAREPLUS_DOWN), v_set(1));
    V below = v_mul_tiny(quotient(quarter, right), scale);
    below = v_select(v_lt(x, v_sub(v_set(0), most)), v_set(0), below);
    V above = v_select(root.far, x, v_add(right.hi, right.lo));

    Pair ratio = times_pair(root.t, inverse);
    Pair sum = fast_two_sum(v_set(1), ratio.hi);
    sum.lo = v_add(sum.lo, ratio.lo);
    Pair near = pair_quotient(times_pair(quarter, inverse), right);
    return (Dual){
        .y = v_select(left, below, above),
        .dx = {DERIV_SCALED, v_select(left, near.hi, v_mul(half, sum.hi)),
               v_select(left, near.lo, v_mul(half, sum.lo)), v_and(left, root.far)},
    };
}

/* b/2 (x^2 + b)^(-3/2)
 *
 * Largest errors in float32:
 *     0.7421 ulp  squareplus_grad_grad(-0x1.570458p+42)
 *                 got 0x1.a9ab88p-127 want 0x1.a9ab84p-127 */
INLINE Derivative squareplus_grad_grad(V x, V b)
{
    V t = clamped(x, SQUAREPLUS_END);
    Root root = squareplus_root(t, b, FAR_SECOND, CUBE_DOWN);
    V factor = v_select(root.far, v_set(CUBE_FACTOR), v_set(1));
    V scaled_half = v_mul(v_mul(v_set(0.5), factor), b);
    Pair d2 = times_pair(scaled_half, inverse_root_cube(root));
    return (Derivative){DERIV_SCALED, d2.hi, d2.lo, root.far};
}

#endif
