/* The logarithm of the normal distribution.
 *
 * Printed by math/coefficients/log_normal.py. */
#if PRECISION == 32
#define LOG_2_HIGH 0x1.62e43p-1f /* 0.693147182 */
#define LOG_2_LOW -0x1.05c61p-29f /* -1.9046543e-09 */
#define LOG_DENSITY_HIGH -0x1.d67f1cp-1f /* -0.918938518 */
#define LOG_DENSITY_LOW -0x1.0c97d6p-26f /* -1.56341771e-08 */
#elif PRECISION == 64
#define LOG_2_HIGH 0x1.62e42fefa39efp-1 /* 0.693147181 */
#define LOG_2_LOW 0x1.abc9e3b39803fp-56 /* 2.31904681e-17 */
#define LOG_DENSITY_HIGH -0x1.d67f1c864beb5p-1 /* -0.918938533 */
#define LOG_DENSITY_LOW 0x1.65b5a1b7ff5dfp-55 /* 3.87829416e-17 */
#endif
