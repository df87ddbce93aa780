/* AVX2, float32. */
#define PRECISION 32
#include "../simd/avx2.h"
#include "../kernels.inc"
