/* sigmoid, tanh, silu, swish. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/sigmoid.h"
#define FA_FAMILY sigmoid
#define FA_ONLY_sigmoid 1
#include "family.inc"
#endif
