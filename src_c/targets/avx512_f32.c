/* AVX-512, float32. */
#define PRECISION 32
#include "../simd/avx512.h"
#include "../kernels.inc"
