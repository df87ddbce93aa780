/* Constants of the derivative of silu.
 *
 * Printed by math/coefficients/silu.py. */
#if PRECISION == 64
#define SILU_ROOT_HIGH 0x1.474973c84120bp+0 /* 1.27846454 */
#define SILU_ROOT_LOW 0x1.f8d74bc9ac154p-54 /* 1.09469942e-16 */
#define SILU_W0_SHORT 0x1.1d25cfp-2 /* 0.278464541 */
#define SILU_W0_REST 0x1.da47faabeeb69p-28 /* 6.90169936e-09 */
#endif
