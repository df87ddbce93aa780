/* The gelu family: x gated by the normal distribution, or by something near it. */
#ifndef FA_KERNELS_GELU_H
#define FA_KERNELS_GELU_H

#include "../math/gauss.h"
#include "../math/logistic.h"
#include "../math/tables/gelu_tanh.h"

#define PAIR_OF(name) ((Pair){v_set(name##_HIGH), v_set(name##_LOW)})

/* gelu(x) = x Phi(x) = max(x, 0) - |x| Phi(-|x|),  gelu' = Phi(x) + x phi(x) */
INLINE Dual gelu(V x)
{
    V y = v_sub(v_max(v_set(0), x), gauss_tail(x));
    return (Dual){
        .y = v_copysign(y, x),
        .dx = gauss_slope(v_abs(x), v_lt(x, v_set(0))),
    };
}

/* t (a + b t^2), the exponent of gelu_tanh */
INLINE Pair gelu_tanh_exponent(V t)
{
    Pair square = two_product(t, t);
    Pair cubic = pair_product(square, PAIR_OF(GELU_TANH_CUBIC));
    return pair_scaled(t, pair_sum(cubic, PAIR_OF(GELU_TANH_LINEAR)));
}

/* x s(z), z = x (a + b x^2) with 1 + tanh(u) written as 2 s(2u).
 * For the derivative, z(t) - z(t0) = d (a + b m) and t z'(t) - t0 z'(t0) = d (a + 3b m)
 * with d = t - t0, m = t^2 + t t0 + t0^2. */
INLINE Dual gelu_tanh(V x)
{
    V bounded = v_max(v_set(C(-11.0, -21.8)), v_min(v_set(C(7.5, 12.0)), x));
    V y = gate(bounded, gelu_tanh_exponent(bounded));
    y = v_select(v_lt(bounded, x), x, y);

    V t = v_min(v_set(C(13.6, 27.0)), v_abs(x));
    Pair root = PAIR_OF(GELU_TANH_ROOT);
    Pair d = two_sum(t, v_sub(v_set(0), root.hi));
    d = fast_two_sum(d.hi, v_sub(d.lo, root.lo));
    /* m = t (t + t0) + t0^2 */
    Pair m = pair_product(single(t), pair_sum(single(t), root));
    m = pair_sum(m, pair_product(root, root));
    Pair linear = PAIR_OF(GELU_TANH_LINEAR);
    Pair e = pair_sum(linear, pair_product(m, PAIR_OF(GELU_TANH_CUBIC)));
    Pair l = pair_sum(linear, pair_product(m, PAIR_OF(GELU_TANH_SLOPE_CUBIC)));
    e = pair_product(d, e);
    l = pair_product(d, l);
    Decay decay = decay_of(e.hi);
    return (Dual){
        .y = y,
        .dx = gate_slope(decay, e, l, GELU_TANH_DECAY_SHORT, GELU_TANH_DECAY_REST,
                         v_lt(x, v_set(0))),
    };
}

/* x s(1.702 x) */
INLINE Dual quick_gelu(V x)
{
    V bounded = v_max(v_set(C(-64.6, -446.0)), v_min(v_set(C(23.4, 352.0)), x));
    V y = gate(bounded, pair_scaled(bounded, PAIR_OF(QUICK_GELU)));
    y = v_select(v_lt(bounded, x), x, y);
    V t = v_min(v_set(C(120.0, 870.0)), v_abs(x));
    return (Dual){
        .y = y,
        .dx = silu_slope(pair_scaled(t, PAIR_OF(QUICK_GELU)), v_lt(x, v_set(0))),
    };
}

#endif
