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
 *     0.6262 ulp  log_ndtr(0x1.676a24a054707p-2)
 *                 got -0x1.cd7be626c8e7ap-2 want -0x1.cd7be626c8e79p-2
 *     0.5610 ulp  log_ndtr_grad(-0x1.dd953d1f20928p+2)
 *                 got 0x1.e5e03e889bc2bp+2 want 0x1.e5e03e889bc2ap+2 */
INLINE Dual log_ndtr(V x)
{
    return (Dual){.y = log_normal_of(x), .dx = log_normal_deriv(x)};
}

#endif
