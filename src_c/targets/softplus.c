/* mish, softplus, log_sigmoid. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/softplus.h"
#define FA_FAMILY softplus
#define FA_ONLY_softplus 1
#include "family.inc"
#endif
