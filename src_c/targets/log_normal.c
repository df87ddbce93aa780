/* log_ndtr. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/log_normal.h"
#define FA_FAMILY log_normal
#define FA_ONLY_log_normal 1
#include "family.inc"
#endif
