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
 *     0.6682 ulp  log_ndtr(0x1.19a3a00819eb1p-5)
 *                 got -0x1.5509db97b3048p-1 want -0x1.5509db97b3047p-1
 *     0.5767 ulp  log_ndtr_grad(-0x1.084d19c887505p-2)
 *                 got 0x1.f03250fb62137p-1 want 0x1.f03250fb62138p-1 */
INLINE Dual log_ndtr(V x)
{
    return (Dual){.y = log_normal_of(x), .dx = log_normal_deriv(x)};
}

#endif
