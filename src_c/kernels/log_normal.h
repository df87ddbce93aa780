/* The logarithm of the normal distribution. */
#ifndef FA_KERNELS_LOG_NORMAL_H
#define FA_KERNELS_LOG_NORMAL_H

#include "../math/log_normal.h"

/* log(Phi(x));  phi(x)/Phi(x) */
INLINE Dual log_ndtr(V x)
{
    return (Dual){.y = log_normal_of(x), .dx = log_normal_deriv(x)};
}

#endif
