/* Tables of e^z, see math/exp.h.
 *
 * Printed by math/coefficients/exp.py. */
#if PRECISION == 32 && V_TABLE == 16
#define EXP_STEPS 0x1.715476p+4f /* 23.0831207 */
#define EXP_STEP_HIGH 0x1.62e43p-5f /* 0.0433216989 */
#define EXP_STEP_LOW -0x1.05c61p-33f /* -1.19040894e-10 */
#define EXP_SHIFT 19 /* from the index to the exponent */
static const TBITS EXP_POWER_BITS[16] ALIGNED = {
    UINT32_C(0x3f800000), UINT32_C(0x3f7db000), UINT32_C(0x3f7b9000),
    UINT32_C(0x3f79c000), UINT32_C(0x3f783000), UINT32_C(0x3f76f000),
    UINT32_C(0x3f760000), UINT32_C(0x3f756000), UINT32_C(0x3f750000),
    UINT32_C(0x3f751000), UINT32_C(0x3f756000), UINT32_C(0x3f762000),
    UINT32_C(0x3f774000), UINT32_C(0x3f78d000), UINT32_C(0x3f7ac000),
    UINT32_C(0x3f7d2000),
};
static const T EXP_LOG_REST[16] ALIGNED = {
    0x0p+0f, -0x1.40ea36p-13f, 0x1.51eb06p-13f, /* 0, -0.000153024, 0.000161132 */
    0x1.ae102ap-14f, 0x1.ab493p-13f, 0x1.0bd64ap-13f, /* 0.000102535, 0.000203746, 0.000127715 */
    -0x1.ca8cep-16f, -0x1.6e6bdp-13f, 0x1.c00c4p-14f, /* -2.73317e-05, -0.000174723, 0.000106823 */
    -0x1.3ef782p-13f, 0x1.29552p-13f, 0x1.696bfcp-14f, /* -0.000152095, 0.000141779, 8.61697e-05 */
    0x1.7b9c1cp-14f, -0x1.c81dd6p-15f, 0x1.b1d1bap-17f, /* 9.0506e-05, -5.43733e-05, 1.29288e-05 */
    0x1.6ed6bap-14f, /* 8.74612e-05 */
};
static const T EXP_POLY[2] ALIGNED = {
    0x1.00022ap-1f, 0x1.55576cp-3f, /* 0.500017, 0.166671 */
};
static const T EXPM1_POLY[3] ALIGNED = {
    0x1p-1f, 0x1.555726p-3f, 0x1.555774p-5f, /* 0.5, 0.16667, 0.0416677 */
};
#define EXP_DEGREE 1
#define EXPM1_DEGREE 2
#elif PRECISION == 32 && V_TABLE == 8
#define EXP_STEPS 0x1.715476p+3f /* 11.5415603 */
#define EXP_STEP_HIGH 0x1.62e43p-4f /* 0.0866433978 */
#define EXP_STEP_LOW -0x1.05c61p-32f /* -2.38081787e-10 */
#define EXP_SHIFT 20 /* from the index to the exponent */
static const TBITS EXP_POWER_BITS[8] ALIGNED = {
    UINT32_C(0x3f800000), UINT32_C(0x3f7b9000), UINT32_C(0x3f783000),
    UINT32_C(0x3f760000), UINT32_C(0x3f750000), UINT32_C(0x3f756000),
    UINT32_C(0x3f774000), UINT32_C(0x3f7ac000),
};
static const T EXP_LOG_REST[8] ALIGNED = {
    0x0p+0f, 0x1.51eb06p-13f, 0x1.ab493p-13f, /* 0, 0.000161132, 0.000203746 */
    -0x1.ca8cep-16f, 0x1.c00c4p-14f, 0x1.29552p-13f, /* -2.73317e-05, 0.000106823, 0.000141779 */
    0x1.7b9c1cp-14f, 0x1.b1d1bap-17f, /* 9.0506e-05, 1.29288e-05 */
};
static const T EXP_POLY[3] ALIGNED = {
    0x1p-1f, 0x1.555c88p-3f, 0x1.555db8p-5f, /* 0.5, 0.16668, 0.0416707 */
};
static const T EXPM1_POLY[3] ALIGNED = {
    0x1p-1f, 0x1.555c88p-3f, 0x1.555db8p-5f, /* 0.5, 0.16668, 0.0416707 */
};
#define EXP_DEGREE 2
#define EXPM1_DEGREE 2
#elif PRECISION == 64 && V_TABLE == 8
#define EXP_STEPS 0x1.71547652b82fep+3 /* 11.5415603 */
#define EXP_STEP_HIGH 0x1.62e42fefa39efp-4 /* 0.0866433976 */
#define EXP_STEP_LOW 0x1.abc9e3b39803fp-59 /* 2.89880852e-18 */
#define EXP_SHIFT 49 /* from the index to the exponent */
static const TBITS EXP_POWER_BITS[8] ALIGNED = {
    UINT64_C(0x3ff0000000000000), UINT64_C(0x3fef72b840000000),
    UINT64_C(0x3fef06fe08000000), UINT64_C(0x3feebfdad8000000),
    UINT64_C(0x3feea09e68000000), UINT64_C(0x3feeace540000000),
    UINT64_C(0x3feee89f98000000), UINT64_C(0x3fef5818e0000000),
};
static const T EXP_LOG_REST[8] ALIGNED = {
    0x0p+0, -0x1.9c0c2141fef92p-27, /* 0, -1.19922e-08 */
    0x1.d8582233b51e8p-28, -0x1.13389d0c95ep-27, /* 6.87351e-09, -8.00999e-09 */
    -0x1.101228eded968p-28, 0x1.67a1ca1d9d84ap-28, /* -3.95915e-09, 5.23333e-09 */
    0x1.9c72f009003bfp-29, -0x1.a5217cbeba37ep-28, /* 3.00096e-09, -6.12826e-09 */
};
static const T EXP_POLY[6] ALIGNED = {
    0x1.000000000010ep-1, 0x1.555555555566p-3, /* 0.5, 0.166667 */
    0x1.55555547f9cc6p-5, 0x1.11111107d383ep-7, /* 0.0416667, 0.00833333 */
    0x1.6c1cc1059d26p-10, 0x1.a02076bc047a4p-13, /* 0.00138898, 0.000198425 */
};
static const T EXPM1_POLY[7] ALIGNED = {
    0x1p-1, 0x1.55555555555fap-3, /* 0.5, 0.166667 */
    0x1.555555555562ap-5, 0x1.1111110a18586p-7, /* 0.0416667, 0.00833333 */
    0x1.6c16c1622d46p-10, 0x1.a01fb2eb37ed3p-13, /* 0.00138889, 0.000198423 */
    0x1.a01fc5c70111fp-16, /* 2.48029e-05 */
};
#define EXP_DEGREE 5
#define EXPM1_DEGREE 6
#define EXPM1_SIXTH_HIGH 0x1.5555555555555p-3 /* 0.166666667 */
#define EXPM1_SIXTH_LOW 0x1.5555555555555p-57 /* 9.25185854e-18 */
static const T EXPM1_FINE_POLY[7] ALIGNED = {
    0x1.5555555555555p-5, 0x1.1111111111134p-7, /* 0.0416667, 0.00833333 */
    0x1.6c16c16c16c62p-10, 0x1.a01a019b24b09p-13, /* 0.00138889, 0.000198413 */
    0x1.a01a019a35033p-16, 0x1.71e1d5edeffa6p-19, /* 2.48016e-05, 2.75584e-06 */
    0x1.27e8078076f7ap-22, /* 2.75584e-07 */
};
#define EXPM1_FINE_DEGREE 6
#endif
