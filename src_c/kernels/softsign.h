/* softsign, x/(1 + |x|), and tanh_shrink, x - tanh(x). */
#ifndef FA_KERNELS_SOFTSIGN_H
#define FA_KERNELS_SOFTSIGN_H

#include "../math/derivative.h"
#include "../math/inverse.h"
#include "../math/second_derivative.h"
#include "../math/slopes.h"
#include "../math/tanh_shrink.h"

/* x/(1 + |x|);  1/(1 + |x|)^2. The value is 1 from 2^100 on. The divisor of the
 * derivative is scaled where its square would overflow.
 *
 * Largest errors in float32:
 *     0.5361 ulp  softsign(-0x1.f47fe6p+13) got -0x1.fff7dp-1 want -0x1.fff7d2p-1
 *     0.7503 ulp  softsign_grad(-0x1.16f4a2p+63)
 *                 got 0x1.af337p-127 want 0x1.af3374p-127
 * Largest errors in float64:
 *     0.5111 ulp  softsign(0x1.b8b466067ab1ep+2)
 *                 got 0x1.bf132ce5ced44p-1 want 0x1.bf132ce5ced45p-1
 *     0.5488 ulp  softsign_grad(0x1.a20231732ad54p+511)
 *                 got 0x0.60046e5e3923ap-1022 want 0x0.60046e5e39239p-1022 */
INLINE Dual softsign(V x)
{
    V huge = v_set(C(0x1p100, 0x1p900));
    V t = v_abs(x);
    V bounded = v_min(huge, t);
    Pair divisor = two_sum_positive(v_set(1), bounded);

    M scaled = v_lt(v_set(C(0x1p50, 0x1p430)), t);
    V finite = v_min(v_set(T_MAX), t);
    V scaled_t = v_mul(finite, v_set(1 / ROOT_SCALE));
    Pair deriv_divisor = {v_select(scaled, scaled_t, divisor.hi),
                          v_unless(scaled, divisor.lo)};
    InversePower inverse = inverse_square(deriv_divisor);
    V square = v_mul(inverse.y, inverse.y);
    square = v_unless(v_lt(v_set(T_MAX), t), square);
    return (Dual){
        .y = v_copysign(quotient(v_copysign(bounded, x), divisor), x),
        .dx = {DERIV_SCALED, square, v_mul(square, inverse.error), scaled},
    };
}

/* x - tanh(x);  tanh^2
 *
 * Largest errors in float32:
 *     0.7685 ulp  tanh_shrink(0x1.57dd7ap-42)
 *                 got 0x1.9d9cb8p-127 want 0x1.9d9cb4p-127
 *     0.8587 ulp  tanh_shrink_grad(0x1.68e0f2p-50)
 *                 got 0x1.fcb97p-100 want 0x1.fcb96ep-100
 * Largest errors in float64:
 *     0.6048 ulp  tanh_shrink(0x1.630b56f7045dp-341)
 *                 got 0x0.71d1c6b31891p-1022 want 0x0.71d1c6b31890fp-1022
 *     0.5415 ulp  tanh_shrink_grad(0x1.321de21e34a9dp-6)
 *                 got 0x1.6df5a64a8afe2p-12 want 0x1.6df5a64a8afe1p-12 */
INLINE Dual tanh_shrink(V x)
{
    return (Dual){.y = tanh_shrink_y(x), .dx = tanh_shrink_dx(x)};
}

/* ---- second derivatives ---- */

/* (x - tanh(x))''
 *
 * Largest errors in float32:
 *     0.7416 ulp  tanh_shrink_grad_grad(0x1.674eb8p+5)
 *                 got 0x1.537cdp-127 want 0x1.537cccp-127
 * Largest errors in float64:
 *     0.6199 ulp  tanh_shrink_grad_grad(0x1.63a3c69cafc82p+8)
 *                 got 0x0.729c457e84fe6p-1022 want 0x0.729c457e84fe7p-1022 */
INLINE Derivative tanh_shrink_grad_grad(V x)
{
    return deriv_times_exact(v_set(-1), tanh_d2(x));
}

/* -2 sign(x) / (1 + |x|)^3, and 0 at 0, where it jumps. It rounds to 0 from END on and
 * is scaled where its last product would underflow. */
#define SOFTSIGN_D2_END C(0x1p60, 0x1p400)
/* Largest errors in float32:
 *     0.7492 ulp  softsign_grad_grad(-0x1.4c2f58p+42)
 *                 got 0x1.d4af18p-127 want 0x1.d4af14p-127
 * Largest errors in float64:
 *     0.5077 ulp  softsign_grad_grad(0x1.7bff43b385b95p+342)
 *                 got -0x0.09c8c6aacff6p-1022 want -0x0.09c8c6aacff61p-1022 */
INLINE Derivative softsign_grad_grad(V x)
{
    V t = v_min(v_set(SOFTSIGN_D2_END), v_abs(x)), one = v_set(1);
    M scaled = v_lt(v_set(C(0x1p34, 0x1p280)), t);
    Pair divisor = two_sum_positive(one, t);
    V y = inverse(divisor);
    V rest = v_mul(y, v_fnma(y, divisor.lo, v_fnma(y, divisor.hi, one)));
    V root_scale = v_select(scaled, v_set(ROOT_SCALE), one);
    Pair scaled_y = {v_mul(y, root_scale), v_mul(rest, root_scale)};
    Pair cube = pair_product(pair_product(scaled_y, (Pair){y, rest}), scaled_y);
    Derivative d2 = {DERIV_SCALED, cube.hi, cube.lo, scaled};
    V factor = v_where(v_lt(v_set(0), t), v_set(2));
    return minus_sign_times(x, deriv_times_exact(propagate_nan(x, factor), d2));
}

#endif
