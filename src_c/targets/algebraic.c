/* squareplus, isru, isrlu. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"

#include "../kernels/algebraic.h"
#define FA_FAMILY algebraic
#define FA_ONLY_algebraic 1
#include "family.inc"
#endif
