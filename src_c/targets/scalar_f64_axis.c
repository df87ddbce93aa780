/* Plain C, along an axis, float64. */
#define PRECISION 64
#include "../simd/scalar.h"
#include "../axis.inc"
