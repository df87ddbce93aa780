/* AVX2, along an axis, float32. */
#define PRECISION 32
#include "../simd/avx2.h"
#include "../axis.inc"
