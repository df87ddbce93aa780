/* Plain C, along an axis, float32. */
#define PRECISION 32
#include "../simd/scalar.h"
#include "../axis.inc"
