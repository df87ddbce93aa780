/* The logarithm of the normal distribution. */
#ifndef FA_KERNELS_LOG_NORMAL_H
#define FA_KERNELS_LOG_NORMAL_H

#include "../math/log_normal.h"

/* log(Phi(x));  phi(x)/Phi(x)
 *
 * Largest errors in float32:
 *     0.6895 ulp  log_ndtr(0x1.3201ecp-2) got -0x1.edb34ep-2 want -0x1.edb35p-2
 *     0.6179 ulp  log_ndtr_grad(0x1.a53cdap+1)
 *                 got 0x1.d182a8p-10 want 0x1.d182aap-10
 * Largest errors in float64:
 *     0.6927 ulp  log_ndtr(0x1.3bff622334244p-48)
 *                 got -0x1.62e42fefa39cfp-1 want -0x1.62e42fefa39dp-1
 *     0.6380 ulp  log_ndtr_grad(-0x1.286638c3b668ep+5)
 *                 got 0x1.289d6b13fac48p+5 want 0x1.289d6b13fac49p+5 */
INLINE Dual log_ndtr(V x)
{
    return (Dual){.y = log_normal_of(x), .dx = log_normal_deriv(x)};
}

#endif
