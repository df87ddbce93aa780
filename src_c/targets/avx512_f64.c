/* AVX-512, float64. */
#define PRECISION 64
#include "../simd/avx512.h"
#include "../kernels.inc"
