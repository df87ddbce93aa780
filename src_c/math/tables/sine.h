/* Sine.
 *
 * Printed by math/coefficients/sine.py. */
#if PRECISION == 32
#define PI_HIGH 0x1.921fb544p+1 /* 3.14159265 */
#define PI_MIDDLE 0x1.0b4611a8p-33 /* 1.2154201e-10 */
#define PI_LOW -0x1.d9cceba3f91f2p-65 /* -5.01655761e-20 */
#define ONE_OVER_PI 0x1.45f306dc9c883p-2 /* 0.318309886 */
static const double SINE[7] ALIGNED = {
    -0x1.555555555554fp-3, 0x1.1111111110065p-7, /* -0.166667, 0.00833333 */
    -0x1.a01a019e69592p-13, 0x1.71de394e303a7p-19, /* -0.000198413, 2.75573e-06 */
    -0x1.ae63bde54aa91p-26, 0x1.60f6ec0564e04p-33, /* -2.5052e-08, 1.6051e-10 */
    -0x1.a108897766ddap-41, /* -7.408e-13 */
};
#elif PRECISION == 64
#define PI_HIGH 0x1.921fb54442d18p+1 /* 3.14159265 */
#define PI_MIDDLE 0x1.1a62633145c07p-53 /* 1.2246468e-16 */
#define PI_LOW -0x1.f1976b7ed8fbcp-109 /* -2.99476981e-33 */
#define ONE_OVER_PI 0x1.45f306dc9c883p-2 /* 0.318309886 */
#define PI_SHORT 0x1.921fb544p+1 /* 3.14159265 */
#define PI_SHORT_REST 0x1.0b4611a626331p-33 /* 1.2154201e-10 */
static const T SINE_SQUARE[8] ALIGNED = {
    -0x1.5555555555555p-2, 0x1.6c16c16c16c13p-5, /* -0.333333, 0.0444444 */
    -0x1.a01a01a01976dp-9, 0x1.27e4fb771991ap-13, /* -0.0031746, 0.000141093 */
    -0x1.1eed8ea629b45p-18, 0x1.9396fd4d216f2p-24, /* -4.27556e-06, 9.39681e-08 */
    -0x1.ae5a3bfc1c555p-30, 0x1.5ee6d09bf5624p-36, /* -1.56561e-09, 1.99464e-11 */
};
static const T SINE_SQUARE_LOW[2] ALIGNED = {
    -0x1.52cfc532cdd34p-56, -0x1.4f050d904999fp-59, /* -1.8367e-17, -2.27018e-18 */
};
#define SINE_SQUARE_DEGREE 7
static const T SINE[9] ALIGNED = {
    -0x1.5555555555555p-3, 0x1.1111111111111p-7, /* -0.166667, 0.00833333 */
    -0x1.a01a01a01a00dp-13, 0x1.71de3a556b9bp-19, /* -0.000198413, 2.75573e-06 */
    -0x1.ae64567e72e31p-26, 0x1.612460b67fe89p-33, /* -2.50521e-08, 1.6059e-10 */
    -0x1.ae7ee390d4b63p-41, 0x1.9507f8c3e0b41p-49, /* -7.64714e-13, 2.81047e-15 */
    -0x1.275e7d0f4c984p-57, /* -8.006e-18 */
};
static const T SINE_LOW[4] ALIGNED = {
    -0x1.5550a53788c8dp-57, 0x1.8848433c43af4p-64, /* -9.25136e-18, 8.3069e-20 */
    -0x1.fc24b6b11e403p-72, -0x1.50a45a75f3679p-73, /* -4.20326e-22, -1.39232e-22 */
};
#endif
