/* acon_c, aptx. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/acon.h"
#define FA_FAMILY acon
#define FA_ONLY_acon 1
#include "family.inc"
#endif
