/* gelu, gelu_tanh, quick_gelu, clipped_gelu. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/gelu.h"
#define FA_FAMILY gelu
#define FA_ONLY_gelu 1
#include "family.inc"
#endif
