/* Functions of tanh and cosh. */
#ifndef FA_KERNELS_HYPERBOLIC_H
#define FA_KERNELS_HYPERBOLIC_H

#include "../math/log_cosh.h"
#include "../math/second_derivative.h"
#include "../math/tanh.h"
#include "../math/tanh_exp.h"

/* 1 - tanh(z)^2 = 4 s'(2z) */
INLINE Derivative sech_square(Pair z)
{
    Pair t = pair_abs(z);
    Derivative s = logistic_deriv((Pair){v_add(t.hi, t.hi), v_add(t.lo, t.lo)});
    return deriv_times_exact(v_set(4), s);
}

/* a^2 tanh''(z) for z = a x. Where z is tiny it is -2 a^3 x, scaled step by step. */
INLINE Derivative tanh_d2_scaled(V x, Pair a, Pair z)
{
    Pair t = pair_abs(z);
    Derivative d2 = logistic_d2((Pair){v_add(t.hi, t.hi), v_add(t.lo, t.lo)});
    Pair square = pair_product(a, a);
    Derivative scaled = pair_times_d2(square, minus_sign_times(z.hi, d2));
    M tiny = v_lt(v_abs(x), v_set(C(0x1p-80, 0x1p-540)));
    if (!v_any(tiny)) return scaled;
    V root_scale = v_set(ROOT_SCALE), zero = v_set(0);
    V small = v_mul(v_select(tiny, x, zero), root_scale);
    Pair factor = {v_mul(v_mul(v_set(-2), square.hi), root_scale),
                   v_mul(v_mul(v_set(-2), square.lo), root_scale)};
    Pair product = pair_product(factor, times_pair(small, a));
    scaled.hi = v_select(tiny, product.hi, scaled.hi);
    scaled.lo = v_select(tiny, product.lo, scaled.lo);
    scaled.scaled = v_or(scaled.scaled, tiny);
    return scaled;
}

/* ---- softcap ---- */

/* x/cap as a pair, clamped where tanh is +-1 and its derivative 0 */
INLINE Pair softcap_argument(V x, V cap, Pair inverse)
{
    V end = v_mul(v_set(EXP_NEG_END), v_abs(cap));
    return times_pair(v_max(v_sub(v_set(0), end), v_min(end, x)), inverse);
}

/* cap tanh(z), z = x/cap;  1 - tanh(z)^2 */
INLINE Dual softcap(V x, V cap)
{
    Pair z = softcap_argument(x, cap, pair_inverse(to_pair(cap)));
    return (Dual){
        .y = tanh_product(v_abs(cap), to_pair(x), z),
        .dx = sech_square(z),
    };
}

/* tanh''(z)/cap */
INLINE Derivative softcap_grad_grad(V x, V cap)
{
    Pair inverse = pair_inverse(to_pair(cap));
    Pair z = softcap_argument(x, cap, inverse);
    Derivative d2 = tanh_d2_scaled(x, inverse, z);
    return pair_times_deriv(to_pair(cap), d2);
}

/* ---- dyt ---- */

/* tanh(z), z = alpha x;  alpha (1 - tanh(z)^2);  x (1 - tanh(z)^2) */
INLINE Dual dyt(V x, V alpha)
{
    Pair z = saturating_product(x, alpha, EXP_NEG_END);
    Derivative slope = sech_square(z);
    return (Dual){
        .y = tanh_product(v_set(1), z, z),
        .dx = deriv_large(pair_times_d2(to_pair(alpha), slope)),
        .dp = deriv_large(pair_times_d2(
            to_pair(v_max(v_set(-T_MAX), v_min(v_set(T_MAX), x))), slope)),
    };
}

/* alpha^2 tanh''(z) */
INLINE Derivative dyt_grad_grad(V x, V alpha)
{
    Pair z = saturating_product(x, alpha, EXP_NEG_END);
    return tanh_d2_scaled(x, to_pair(alpha), z);
}

/* ---- lisht ---- */

/* x tanh(x);  tanh(x) + x (1 - tanh(x)^2) */
INLINE Dual lisht(V x)
{
    V t = v_abs(x), end = v_set(40), bounded = v_min(end, t);
    V y = tanh_product(bounded, two_product(bounded, bounded), to_pair(bounded));
    return (Dual){
        .y = v_select(v_lt(end, t), t, y),
        .dx = lisht_deriv(x),
    };
}

/* (x tanh(x))'' = 4 silu''(2x), since x tanh(x) = silu(2x) - x */
INLINE Derivative lisht_grad_grad(V x)
{
    V t = v_min(v_set(EXP_NEG_END), v_abs(x));
    Derivative d2 = silu_d2(DISTANCE_TO_ROOT(to_pair(v_add(t, t)), SILU_D2_ROOT));
    return deriv_times_exact(v_set(4), d2);
}

/* ---- log_cosh ---- */

/* log(cosh(x));  tanh(x) */
INLINE Dual log_cosh(V x)
{
    return (Dual){.y = log_cosh_of(x), .dx = tanh_as_deriv(x)};
}

/* 1 - tanh(x)^2 */
INLINE Derivative log_cosh_grad_grad(V x)
{
    return sech_square(to_pair(v_min(v_set(EXP_NEG_END), v_abs(x))));
}

/* ---- tanh_exp ---- */

/* x tanh(v), v = e^x;  tanh(v) + x v (1 - tanh(v)^2) */
INLINE Dual tanh_exp(V x)
{
    return (Dual){.y = tanh_exp_of(x), .dx = tanh_exp_deriv(x)};
}

#endif
