/* Plain C, float32. */
#define PRECISION 32
#include "../simd/scalar.h"
#include "../kernels.inc"
