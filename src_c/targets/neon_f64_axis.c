/* NEON, along an axis, float64. */
#define PRECISION 64
#include "../simd/neon.h"
#include "../axis.inc"
