/* Constants of the derivative of silu.
 *
 * Printed by math/coefficients/silu.py. */
#if PRECISION == 32
#define SILU_ROOT_HIGH 0x1.474974p+0f /* 1.27846456 */
#define SILU_ROOT_LOW -0x1.bdf6fap-27f /* -1.29792827e-08 */
#define SILU_DECAY_SHORT 0x1.1d2p-2f /* 0.278442383 */
#define SILU_DECAY_REST 0x1.4dce2cp-14f /* 7.95854006e-05 */
#elif PRECISION == 64
#define SILU_ROOT_HIGH 0x1.474973c84120bp+0 /* 1.27846454 */
#define SILU_ROOT_LOW 0x1.f8d74bc9ac154p-54 /* 1.09469942e-16 */
#define SILU_DECAY_SHORT 0x1.1d25cfp-2 /* 0.278464541 */
#define SILU_DECAY_REST 0x1.da47faabeeb69p-28 /* 6.90169936e-09 */
#endif
