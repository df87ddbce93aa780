/* The error function.
 *
 * Printed by math/coefficients/erf.py. */
#if PRECISION == 32
#define ERF_SLOPE_HIGH 0x1.20dd76p+0f /* 1.12837923 */
#define ERF_SLOPE_LOW -0x1.f7ac92p-25f /* -5.86353834e-08 */
#define ROOT_2_HIGH 0x1.6a09e6p+0f /* 1.41421354 */
#define ROOT_2_LOW 0x1.9fcef4p-26f /* 2.42032342e-08 */
#elif PRECISION == 64
#define ERF_SLOPE_HIGH 0x1.20dd750429b6dp+0 /* 1.12837917 */
#define ERF_SLOPE_LOW 0x1.1ae3a914fed8p-56 /* 1.53354596e-17 */
#define ROOT_2_HIGH 0x1.6a09e667f3bcdp+0 /* 1.41421356 */
#define ROOT_2_LOW -0x1.bdd3413b26456p-54 /* -9.66729331e-17 */
static const T ERF[12] ALIGNED = {
    0x1.20dd750429b6dp+0, -0x1.812746b0379e7p-2, /* 1.12838, -0.376126 */
    0x1.ce2f21a042be2p-4, -0x1.b82ce31288b4ep-6, /* 0.112838, -0.0268662 */
    0x1.565bcd0e6a38p-8, -0x1.c02db4002ce74p-11, /* 0.00522398, -0.000854833 */
    0x1.f9a326f0cb505p-14, -0x1.f4d25997b623cp-17, /* 0.000120553, -1.49256e-05 */
    0x1.b9e6435bf8c98p-20, -0x1.5f62874b56c93p-23, /* 1.6462e-06, -1.63626e-07 */
    0x1.f9d1dfc966f49p-27, -0x1.2d2f14d987612p-30, /* 1.47213e-08, -1.0957e-09 */
};
#define ERF_LOW 0x1.1ae3a8549de4ep-56 /* 1.5335459e-17 */
#define ERF_DEGREE 11
#endif
