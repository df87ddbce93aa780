/* Constants of the elu family.
 *
 * Printed by math/coefficients/celu.py. */
#if PRECISION == 32
static const T CELU_POLY[7] ALIGNED = {
    0x1p-1f, 0x1.555556p-2f, 0x1p-3f, /* 0.5, 0.333333, 0.125 */
    0x1.1110e8p-5f, 0x1.c71ce6p-8f, 0x1.38b52ep-10f, /* 0.0333333, 0.00694447, 0.00119289 */
    0x1.6bdb88p-13f, /* 0.000173501 */
};
#define CELU_DEGREE 6
#define SELU_LAMBDA 0x1.0cfabep+0f /* 1.05070102 */
#define SELU_LAMBDA_LOW -0x1.2adddap-25f /* -3.47926518e-08 */
#define SELU_LAMBDA_ALPHA 0x1.c212ccp+0f /* 1.75809932 */
#define SELU_LAMBDA_ALPHA_LOW 0x1.903c0cp-26f /* 2.32967177e-08 */
#elif PRECISION == 64
static const T CELU_POLY[13] ALIGNED = {
    0x1p-1, 0x1.5555555555555p-2, /* 0.5, 0.333333 */
    0x1p-3, 0x1.1111111111111p-5, /* 0.125, 0.0333333 */
    0x1.c71c71c71c71bp-8, 0x1.38138138135fep-10, /* 0.00694444, 0.00119048 */
    0x1.6c16c16c1774ep-13, 0x1.71de3a57362aep-16, /* 0.000173611, 2.20459e-05 */
    0x1.4ce19ae17d6fp-19, 0x1.0cfeaa1fcca72p-22, /* 2.48016e-06, 2.50521e-07 */
    0x1.8a86c228e8b39p-26, 0x1.0927c2abd7ef2p-29, /* 2.29645e-08, 1.92926e-09 */
    0x1.47cbf0f9c54b4p-33, /* 1.49065e-10 */
};
#define CELU_DEGREE 12
#define SELU_LAMBDA 0x1.0cfabd6a91132p+0 /* 1.05070099 */
#define SELU_LAMBDA_LOW 0x1.6fc7d272f2695p-55 /* 3.98748477e-17 */
#define SELU_LAMBDA_ALPHA 0x1.c212cc640f031p+0 /* 1.75809934 */
#define SELU_LAMBDA_ALPHA_LOW 0x1.05161b045a1fep-56 /* 1.41535194e-17 */
#endif
