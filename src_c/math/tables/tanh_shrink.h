/* x - tanh(x) near 0.
 *
 * Printed by math/coefficients/tanh_shrink.py. */
#if PRECISION == 64
static const T TANH_SHRINK[13] ALIGNED = {
    0x1.5555555555555p-2, -0x1.1111111111111p-3, /* 0.333333, -0.133333 */
    0x1.ba1ba1ba1ba01p-5, -0x1.664f4882bfe6ep-6, /* 0.0539683, -0.0218695 */
    0x1.226e355e01b5cp-7, -0x1.d6d3d0b3d56f6p-9, /* 0.00886324, -0.00359213 */
    0x1.7da35e1096acdp-10, -0x1.35579071871b9p-11, /* 0.00145583, -0.000590023 */
    0x1.f56aa780ee676p-13, -0x1.95aa94b2820bep-14, /* 0.000239094, -9.67184e-05 */
    0x1.43239de69b2e4p-15, -0x1.d58b60a618433p-17, /* 3.85212e-05, -1.39935e-05 */
    0x1.caf282de31848p-19, /* 3.41942e-06 */
};
#define TANH_SHRINK_LOW 0x1.55526d2a29bp-56 /* 1.85031015e-17 */
#define TANH_SHRINK_DEGREE 12
#endif
