/* The gates. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "gate_loop.h"
#define FA_FAMILY gates
#define FA_ONLY_gates 1
#include "family.inc"
#endif
