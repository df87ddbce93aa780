/* log(cosh(x)).
 *
 * Printed by math/coefficients/log_cosh.py. */
#if PRECISION == 32
#define LOG_2_HIGH 0x1.62e43p-1f /* 0.693147182 */
#define LOG_2_LOW -0x1.05c61p-29f /* -1.9046543e-09 */
#elif PRECISION == 64
#define LOG_2_HIGH 0x1.62e42fefa39efp-1 /* 0.693147181 */
#define LOG_2_LOW 0x1.abc9e3b39803fp-56 /* 2.31904681e-17 */
static const T LOG_COSH[14] ALIGNED = {
    0x1p-1, -0x1.5555555555555p-4, /* 0.5, -0.0833333 */
    0x1.6c16c16c16c17p-6, -0x1.ba1ba1ba1b9dfp-8, /* 0.0222222, -0.00674603 */
    0x1.1ea5d39bcc0f4p-9, -0x1.833d9c7d18b11p-11, /* 0.00218695, -0.000738603 */
    0x1.0d0b52a876fccp-12, -0x1.7da35ce542ec1p-14, /* 0.000256581, -9.09896e-05 */
    0x1.12f870751d93dp-15, -0x1.9120f9297f8ebp-17, /* 3.2779e-05, -1.19546e-05 */
    0x1.2700a479f16ccp-18, -0x1.aea3a27b18adbp-20, /* 4.39588e-06, -1.60426e-06 */
    0x1.207c96f06c883p-21, -0x1.0568194bbd24bp-23, /* 5.37348e-07, -1.21727e-07 */
};
#define LOG_COSH_LOW -0x1.80cc3cd2903a6p-80 /* -1.24334876e-24 */
#define LOG_COSH_DEGREE 13
#endif
