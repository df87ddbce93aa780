/* sparse_plus, sparse_sigmoid, smelu, star_relu, hard_mish. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/quadratic.h"
#define FA_FAMILY quadratic
#define FA_ONLY_quadratic 1
#include "family.inc"
#endif
