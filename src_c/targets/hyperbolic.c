/* softcap, dyt, lisht, log_cosh, tanh_exp. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/hyperbolic.h"
#define FA_FAMILY hyperbolic
#define FA_ONLY_hyperbolic 1
#include "family.inc"
#endif
