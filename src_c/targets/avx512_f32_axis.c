/* AVX-512, along an axis, float32. */
#define PRECISION 32
#include "../simd/avx512.h"
#include "../axis.inc"
