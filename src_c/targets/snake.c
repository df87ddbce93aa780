/* snake, snake_beta. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../kernels/snake.h"
#define FA_FAMILY snake
#define FA_ONLY_snake 1
#include "family.inc"
#endif
