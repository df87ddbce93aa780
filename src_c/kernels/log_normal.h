/* The logarithm of the normal distribution. */
#ifndef FA_KERNELS_LOG_NORMAL_H
#define FA_KERNELS_LOG_NORMAL_H

#include "../math/log_normal.h"

/* log(Phi(x));  phi(x)/Phi(x)
 *
 * Largest errors in float32:
 *     0.8644 ulp  log_ndtr(0x1.3a6672p+1) got -0x1.cdab1ap-8 want -0x1.cdab18p-8
 *     0.6961 ulp  log_ndtr_grad(0x1.a57a7p+3)
 *                 got 0x1.72d318p-127 want 0x1.72d314p-127
 * Largest errors in float64:
 *     0.6874 ulp  log_ndtr(0x1.00f016323e65p-35)
 *                 got -0x1.62e42fef705e9p-1 want -0x1.62e42fef705e8p-1
 *     0.5775 ulp  log_ndtr_grad(-0x1.959d3ed33ab9fp-6)
 *                 got 0x1.a09ed202ed9f4p-1 want 0x1.a09ed202ed9f5p-1 */
INLINE Dual log_ndtr(V x)
{
    return (Dual){.y = log_normal_of(x), .dx = log_normal_deriv(x)};
}

#endif
