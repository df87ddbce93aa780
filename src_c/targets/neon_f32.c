/* NEON, float32. */
#define PRECISION 32
#include "../simd/neon.h"
#include "../kernels.inc"
