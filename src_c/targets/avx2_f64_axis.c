/* AVX2, along an axis, float64. */
#define PRECISION 64
#include "../simd/avx2.h"
#include "../axis.inc"
