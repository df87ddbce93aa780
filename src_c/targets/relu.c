/* identity, relu and the other piecewise functions. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/relu.h"
#define FA_FAMILY relu
#define FA_ONLY_relu 1
#include "family.inc"
#endif
