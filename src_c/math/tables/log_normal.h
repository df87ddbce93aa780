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
#define NORMAL_SERIES_DEGREE 10
static const T NORMAL_LOG_SERIES[11] ALIGNED = {
    -0x1p+0, 0x1.3fffffffff8f9p+1, /* -1, 2.5 */
    -0x1.8aaaaaa94dca7p+3, 0x1.60ffff2a77dcdp+6, /* -12.3333, 88.25 */
    -0x1.9819561b1da48p+9, 0x1.1f80650b2467fp+13, /* -816.198, 9200.05 */
    -0x1.dbeffa9d51c76p+16, 0x1.bec488b14688bp+20, /* -121840, 1.82996e+06 */
    -0x1.b951f0894aa13p+24, 0x1.7e5f5d5f44445p+28, /* -2.89224e+07, 4.00947e+08 */
    -0x1.872fc723cd2ccp+31, /* -3.28151e+09 */
};
static const T NORMAL_INVERSE_SERIES[11] ALIGNED = {
    0x1p+0, -0x1.ffffffffff2bep+0, /* 1, -2 */
    0x1.3ffffffeb6c1cp+3, -0x1.27ffff367497cp+6, /* 10, -74 */
    0x1.60ffc048c194ep+9, -0x1.fe1427e4cc3bp+12, /* 705.998, -8161.26 */
    0x1.ae98490912fd2p+16, -0x1.9a460a69c6e8dp+20, /* 110232, -1.68048e+06 */
    0x1.998e4ab22b544p+24, -0x1.6531a8e582f11p+28, /* 2.68407e+07, -3.74545e+08 */
    0x1.6ec8c28b414dp+31, /* 3.07681e+09 */
};
#endif
