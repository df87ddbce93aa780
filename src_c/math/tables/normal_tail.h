/* The normal tail.
 *
 * Printed by math/coefficients/normal_tail.py. */
#if PRECISION == 32
#define NORMAL_DENSITY_0_HIGH 0x1.988454p-2f /* 0.398942292 */
#define NORMAL_DENSITY_0_LOW -0x1.857936p-27f /* -1.13351701e-08 */
static const T NORMAL_ROWS_0[4] ALIGNED = {
    -0x1.fffffep-2f, 0x1.555552p-3f, -0x1.557c18p-5f, /* -0.5, 0.166667, -0.0416851 */
    0x1.11324ap-7f, /* 0.00833729 */
};
#define NORMAL_ROWS_0_DEGREE 3
static const T NORMAL_ROWS_1[2] ALIGNED = {
    -0x1.5603d4p-3f, 0x1.0060fp-3f, /* -0.166999, 0.125185 */
};
#define NORMAL_ROWS_1_DEGREE 1
#elif PRECISION == 64
#define NORMAL_DENSITY_0_HIGH 0x1.9884533d43651p-2 /* 0.39894228 */
#define NORMAL_DENSITY_0_LOW -0x1.cbc0d30ebfd15p-56 /* -2.4923272e-17 */
static const T NORMAL_ROWS_0[7] ALIGNED = {
    -0x1p-1, 0x1.5555555555a13p-3, /* -0.5, 0.166667 */
    -0x1.5555555555c0fp-5, 0x1.111110f24e583p-7, /* -0.0416667, 0.00833333 */
    -0x1.6c16c13e934b7p-10, 0x1.a0267a8583942p-13, /* -0.00138889, 0.000198436 */
    -0x1.a026cfd640d44p-16, /* -2.48046e-05 */
};
#define NORMAL_ROWS_0_DEGREE 6
static const T NORMAL_ROWS_1[6] ALIGNED = {
    -0x1.5555555557b45p-3, 0x1.0000000001d2dp-3, /* -0.166667, 0.125 */
    -0x1.9999990f2ac88p-5, 0x1.c71c7130e2ad3p-7, /* -0.05, 0.0138889 */
    -0x1.862b170dda629p-9, 0x1.111de54ea5d38p-11, /* -0.00297675, 0.000520929 */
};
#define NORMAL_ROWS_1_DEGREE 5
static const T NORMAL_ROWS_2[4] ALIGNED = {
    0x1.999999999999ap-6, -0x1.5555555555555p-6, /* 0.025, -0.0208333 */
    0x1.2492492492492p-7, -0x1.5555555555555p-9, /* 0.00892857, -0.00260417 */
};
#define NORMAL_ROWS_2_DEGREE 3
#define NORMAL_ROWS_3 -0x1.8618618618618p-9 /* -0.00297619048 */
static const T NORMAL_FAR[11] ALIGNED = {
    -0x1.ffffffffffffbp-1, 0x1.7ffffffffe511p+1, /* -1, 3 */
    -0x1.dffffffccc93bp+3, 0x1.a3fffe7fa1a6cp+6, /* -15, 105 */
    -0x1.d87f9904c874ep+9, 0x1.44cf713213ddbp+13, /* -944.997, 10393.9 */
    -0x1.077900602ea61p+17, 0x1.e651fbcda9d86p+20, /* -134898, 1.99197e+06 */
    -0x1.d88679e40f414p+24, 0x1.91fe863d19653p+28, /* -3.09674e+07, 4.21522e+08 */
    -0x1.933c744507e14p+31, /* -3.38259e+09 */
};
#define NORMAL_FAR_DEGREE 10
#define NORMAL_TAIL_ROOT_HIGH 0x1.80ead197f00b4p-1 /* 0.751791525 */
#define NORMAL_TAIL_ROOT_LOW -0x1.13e74c58cada8p-56 /* -1.49567592e-17 */
#endif
