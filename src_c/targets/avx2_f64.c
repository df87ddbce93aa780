/* AVX2, float64. */
#define PRECISION 64
#include "../simd/avx2.h"
#include "../kernels.inc"
