/* NEON, along an axis, float32. */
#define PRECISION 32
#include "../simd/neon.h"
#include "../axis.inc"
