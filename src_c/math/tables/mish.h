/* Constants of the derivative of mish.
 *
 * Printed by math/coefficients/mish.py. */
#if PRECISION == 64
#define MISH_W0_SHORT 0x1.36c42p-2 /* 0.303482533 */
#define MISH_W0_REST 0x1.3ac80b4a5949p-27 /* 9.16134514e-09 */
#define MISH_ROOT_HIGH -0x1.31432c0d12d84p+0 /* -1.19243121 */
#define MISH_ROOT_LOW -0x1.bf319154da21p-55 /* -4.84848298e-17 */
#define MISH_SUM_HIGH 0x1.136c4202fc3edp+2 /* 4.30348254 */
#define MISH_SUM_LOW -0x1.d2518bfa0e4dcp-53 /* -2.02233431e-16 */
#define MISH_CONSTANT_HIGH 0x1.44a5b49f64236p+1 /* 2.53630693 */
#define MISH_CONSTANT_LOW 0x1.ce17cc6c2969cp-53 /* 2.00400878e-16 */
#endif
