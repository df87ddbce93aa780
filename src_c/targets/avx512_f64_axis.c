/* AVX-512, along an axis, float64. */
#define PRECISION 64
#include "../simd/avx512.h"
#include "../axis.inc"
