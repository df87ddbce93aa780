/* Correct rounding to 16 bits, by a rounding test (A. Ziv, Fast evaluation of elementary
 * mathematical functions with correctly rounded last bit, 1991).
 *
 * A kernel's float32 result is within an ulp of the true value, and so is a half that it is
 * rounded to, unless that ulp spans the middle between two halves: 1 result in 2048 of
 * float16, in 16,384 of bfloat16, fails the test. Those are recomputed in float64 and
 * rounded to odd, which makes the second rounding harmless (S. Boldo and G. Melquiond,
 * Emulation of FMA and correctly rounded sums, 2008). */
#include "half_rounding.h"

#include <math.h>
#include <string.h>

#include "../simd/fenv.h"

enum { AT_ONCE = 64 };

bool fa_needs_rounding_test(const fa_op *op)
{
    bool half = false;
    for (int k = op->inputs; k < op->inputs + op->outputs; k++)
        half |= fa_is_half(op->dtype[k]);
    if (!half) return false;
    const fa_activation *activation = &fa_activations[op->activation];
    double extra = fa_extra_ulp(activation, op->form, 0);
    const fa_bound *bound = &activation->ulp[0];
    double largest = extra > 0 ? extra : fmax(bound->value, bound->derivative);
    return largest > 0.5;
}

/* The float32 beside a number whose last bit is 1, unless a float32 is that number. */
static float round_to_odd(double exact)
{
    float nearest = (float)exact;
    uint32_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    bool even = bits % 2 == 0;
    if (even && nearest < INFINITY && fabs(exact) > fabsf(nearest)) bits++;
    if (even && fabs(exact) < fabsf(nearest)) bits--;
    memcpy(&nearest, &bits, sizeof bits);
    return nearest;
}

bool fa_refine_halves(const fa_plan *plan, const fa_rows *row, ptrdiff_t count)
{
    const fa_op *op = plan->op;
    uint16_t undecided[FA_BLOCK_BYTES / sizeof(float)];
    double wide[FA_MAX_OPERANDS][AT_ONCE];
    fa_rows refined;
    refined.map = NULL;
    bool overflowed = false;
    for (int k = 0; k < plan->kernel_operands; k++) {
        refined.at[k] = wide[k];
        refined.broadcast[k] = row->broadcast[k];
    }
    for (int out = plan->kernel_inputs; out < plan->kernel_operands; out++) {
        /* All outputs are of one dtype. */
        fa_rounding_test *test = plan->target->rounding_test[op->dtype[op->inputs]];
        if (!test) continue;
        ptrdiff_t left = test(undecided, row->at[out], count);
        for (const uint16_t *which = undecided; left > 0; which += AT_ONCE) {
            ptrdiff_t some = left < AT_ONCE ? left : AT_ONCE;
            for (int k = 0; k < plan->kernel_inputs; k++) {
                const float *from = row->at[k];
                bool single = row->broadcast[k];
                for (ptrdiff_t i = 0; i < (single ? 1 : some); i++)
                    wide[k][i] = from[single ? 0 : which[i]];
            }
            /* A gate may clear the flag that others have raised. */
            overflowed |= (control_read() & CONTROL_OVERFLOW) != 0;
            overflowed |= plan->refine_kernel(&refined, 1, some, FA_CACHED);
            for (ptrdiff_t i = 0; i < some; i++)
                ((float *)row->at[out])[which[i]] = round_to_odd(wide[out][i]);
            left -= some;
        }
    }
    return overflowed;
}
