/* elu, selu, celu, xielu. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/elu.h"
#define FA_FAMILY elu
#define FA_ONLY_elu 1
#include "family.inc"
#endif
