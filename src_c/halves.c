/* Results of half precision that are rounded once.
 *
 * A kernel's float32 result is within an ulp of the true value, and so is a half that it is
 * rounded to, but where that ulp spans the middle between two halves: 1 result in 2048
 * of float16, in 16,384 of bfloat16, are looked at. Those are computed again in float64 and rounded to odd
 * (S. Boldo and G. Melquiond, Emulation of FMA and correctly rounded sums, 2008) on the way
 * back, which no second rounding takes for a middle. */
#include "halves.h"

#include <math.h>
#include <string.h>

#include "simd/control.h"

enum { AT_ONCE = 64 };

bool fa_needs_settling(const fa_op *op)
{
    bool half = false;
    for (int k = op->inputs; k < op->inputs + op->outputs; k++)
        half |= is_half(op->dtype[k]);
    if (!half) return false;
    const fa_activation *activation = &fa_activations[op->activation];
    double extra = fa_extra_ulp(activation, op->form, 0);
    const fa_bound *bound = &activation->ulp[0];
    double largest = extra > 0 ? extra : fmax(bound->value, bound->slope);
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

bool fa_settle_halves(const Plan *plan, bool uniform, const fa_rows *row,
                      ptrdiff_t count)
{
    uint16_t doubtful[BLOCK_BYTES / sizeof(float)];
    double wide[FA_MAX_OPERANDS][AT_ONCE];
    fa_rows twice;
    bool overflowed = false;
    for (int k = 0; k < plan->operands; k++) twice.at[k] = wide[k];
    for (int out = plan->op->inputs; out < plan->operands; out++) {
        fa_doubt *doubt = plan->target->doubt[plan->op->dtype[out]];
        if (!doubt) continue;
        ptrdiff_t left = doubt(doubtful, row->at[out], count);
        for (const uint16_t *which = doubtful; left > 0; which += AT_ONCE) {
            ptrdiff_t some = left < AT_ONCE ? left : AT_ONCE;
            for (int k = 0; k < plan->op->inputs; k++) {
                const float *from = row->at[k];
                bool single = uniform && is_parameter(plan, k);
                for (ptrdiff_t i = 0; i < (single ? 1 : some); i++)
                    wide[k][i] = from[single ? 0 : which[i]];
            }
            /* A gate may clear the flag that others have raised. */
            overflowed |= (control_read() & CONTROL_OVERFLOW) != 0;
            overflowed |= plan->twice[uniform](&twice, 1, some, FA_NEAR);
            for (ptrdiff_t i = 0; i < some; i++)
                ((float *)row->at[out])[which[i]] = round_to_odd(wide[out][i]);
            left -= some;
        }
    }
    return overflowed;
}
