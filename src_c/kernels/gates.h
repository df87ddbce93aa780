/* Gates of two arrays: one of them times an activation of the other. Those that need no
 * exponential; the others are in float64 lanes (wide_gates.h) or in pairs (pair_gates.h).
 *
 * Value and gradients are products of up to three numbers of any size, so a kernel takes g
 * and returns g times each derivative. In pairs it has two variants by the constant
 * special_case: a fast one, and one that is right everywhere for lanes where a factor is
 * large, a result is tiny or the gate is nearly closed. A NaN in one operand makes every
 * result NaN. */
#ifndef FA_KERNELS_GATES_H
#define FA_KERNELS_GATES_H

#include "relu.h"

typedef struct {
    V y; /* f(a, b) */
    V ga, gb; /* g df/da, g df/db */
    V u, v; /* a and b, clamped or shifted as the function has it */
    M is_special; /* needs special_case; so do large factors and tiny results */
    M is_extreme; /* with special_case: is for math/extreme_gates.c */
    bool exact; /* every result is a single product: no lane is special */
} Gate;

/* a b */
INLINE Gate bilinear(bool special_case, V g, V a, V b)
{
    (void)special_case;
    return (Gate){
        .y = v_mul(a, b),
        .ga = v_mul(g, propagate_nan(a, b)),
        .gb = v_mul(g, propagate_nan(b, a)),
        .exact = true,
    };
}

/* max(a, 0) b */
INLINE Gate reglu(bool special_case, V g, V a, V b)
{
    (void)special_case;
    V step = propagate_nan(a, v_where(v_lt(v_set(0), a), v_set(1)));
    V open = rectified(a);
    return (Gate){
        .y = v_mul(open, b),
        .ga = v_mul(g, v_mul(step, b)),
        .gb = v_mul(g, propagate_nan(b, open)),
        .exact = true,
    };
}

#endif
