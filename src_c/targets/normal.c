/* erf, ndtr, laplace, gaussian. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/normal.h"
#define FA_FAMILY normal
#define FA_ONLY_normal 1
#include "family.inc"
#endif
