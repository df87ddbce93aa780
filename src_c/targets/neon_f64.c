/* NEON, float64. */
#define PRECISION 64
#include "../simd/neon.h"
#include "../kernels.inc"
