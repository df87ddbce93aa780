/* Plain C, float64. */
#define PRECISION 64
#include "../simd/scalar.h"
#include "../kernels.inc"
