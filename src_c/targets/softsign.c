/* softsign, tanh_shrink. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/softsign.h"
#define FA_FAMILY softsign
#define FA_ONLY_softsign 1
#include "family.inc"
#endif
