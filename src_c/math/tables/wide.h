/* Coefficients of math/wide.h.
 *
 * Printed by math/coefficients/wide.py. */
#define WIDE_LOG2_E 0x1.71547652b82fep+0 /* 1.44269504 */
static const double WIDE_EXP2M1[6] ALIGNED = {
    0x1.62e4302fe5047p-1, 0x1.ebfbe07df9f66p-3, /* 0.693147, 0.240227 */
    0x1.c6af6c8838d67p-5, 0x1.3b29e3787810ap-7, /* 0.0555036, 0.00961803 */
    0x1.5f08c583e0b3p-10, 0x1.446cc37ed6cc7p-13, /* 0.00133909, 0.000154698 */
};
static const double WIDE_EXP2M1_FINE[11] ALIGNED = {
    0x1.62e42fefa39efp-1, 0x1.ebfbdff82c598p-3, /* 0.693147, 0.240227 */
    0x1.c6b08d704a0cbp-5, 0x1.3b2ab6fba1dc1p-7, /* 0.0555041, 0.00961813 */
    0x1.5d87fe78a2ca1p-10, 0x1.4309130976656p-13, /* 0.00133336, 0.000154035 */
    0x1.ffcbfc744c08bp-17, 0x1.62bfd463984d5p-20, /* 1.52527e-05, 1.32154e-06 */
    0x1.b524dc9fc7f47p-24, 0x1.e60666ff551e1p-28, /* 1.01781e-07, 7.07259e-09 */
    0x1.ea047015a104ap-32, /* 4.45668e-10 */
};
#define WIDE_NORMAL_SCALE 0x1.98858022584e3p-2 /* 0.398946764 */
static const double WIDE_NORMAL_ABOVE[4] ALIGNED = {
    0x1.e417791ad4635p+6, 0x1.a8be29972451ep+6, /* 121.023, 106.186 */
    0x1.6364cb7952f8fp+5, 0x1.3b82d5dbe68bbp+3, /* 44.4242, 9.85972 */
};
static const double WIDE_NORMAL_BELOW[5] ALIGNED = {
    0x1.8240ed993a911p+6, 0x1.438af24fd2781p+7, /* 96.5634, 161.771 */
    0x1.d0f43a91165d7p+6, 0x1.6b48ad1e12812p+5, /* 116.239, 45.4105 */
    0x1.3b88bc238369ep+3, /* 9.86044 */
};
#define WIDE_DENSITY 0x1.9884533d43651p-2 /* 0.39894228 */
#define WIDE_GELU_ROOT 0x1.80ead197f00b4p-1 /* 0.751791525 */
#define WIDE_GELU_SCALE 0x1.9884a4de7dp-2 /* 0.398943497 */
static const double WIDE_GELU_ABOVE[4] ALIGNED = {
    0x1.e2c2a84f53876p+5, 0x1.14df5d4c8a21bp+6, /* 60.345, 69.2181 */
    0x1.18d98477616dp+5, 0x1.203b7a9bf3944p+3, /* 35.1062, 9.00726 */
};
static const double WIDE_GELU_BELOW[4] ALIGNED = {
    0x1.2194ccc4529d6p+5, 0x1.9913ceef13209p+5, /* 36.1977, 51.1347 */
    0x1.d54a394ce019ap+4, 0x1.082e6fc9a22f4p+3, /* 29.3306, 8.25567 */
};
#define WIDE_GATE_SCALE 0x1.98844a821271bp-2 /* 0.39894215 */
static const double WIDE_GATE_ABOVE[5] ALIGNED = {
    0x1.e8cac95d361bdp+8, 0x1.fdf234ffddd78p+8, /* 488.792, 509.946 */
    0x1.0169f4bf6c6bap+8, 0x1.2c391b73d77bfp+6, /* 257.414, 75.0558 */
    0x1.9366f345439e7p+3, /* 12.6063 */
};
static const double WIDE_GATE_BELOW[6] ALIGNED = {
    0x1.85ffe3e125b26p+8, 0x1.6706bcab4c2b2p+9, /* 390, 718.053 */
    0x1.23a7ac1f9f35dp+9, 0x1.0dff6b74cf1cep+8, /* 583.31, 269.998 */
    0x1.303a28c5e7587p+6, 0x1.9366af4984586p+3, /* 76.0568, 12.6063 */
};
#define WIDE_GATE_SLOPE_SCALE 0x1.98844efd61d5bp-2 /* 0.398942217 */
static const double WIDE_GATE_SLOPE_ABOVE[5] ALIGNED = {
    0x1.e1ad36f925babp+7, 0x1.3e1af966d4501p+8, /* 240.838, 318.105 */
    0x1.7fb84abbd8243p+7, 0x1.00ba7578562b8p+6, /* 191.86, 64.1821 */
    0x1.7d6dbdd28acacp+3, /* 11.9196 */
};
static const double WIDE_GATE_SLOPE_BELOW[5] ALIGNED = {
    0x1.20ee239c47671p+7, 0x1.ca5ebce6152dbp+7, /* 144.465, 229.185 */
    0x1.35895c2535d47p+7, 0x1.c1c5727189c41p+5, /* 154.768, 56.2214 */
    0x1.655ef2b5a9a83p+3, /* 11.1678 */
};
static const double WIDE_ERF_ABOVE[6] ALIGNED = {
    0x1.1036e0242b06ep+22, 0x1.73bc8fe09638fp+19, /* 4.45996e+06, 761316 */
    0x1.ad8a94fbd218cp+17, 0x1.03c15382b573dp+14, /* 219925, 16624.3 */
    0x1.92d339756678ep+10, 0x1.a51e4cf9a4ef4p+4, /* 1611.3, 26.3199 */
};
static const double WIDE_ERF_BELOW[6] ALIGNED = {
    0x1.e27cc548cd017p+21, 0x1.e6613c326b076p+20, /* 3.95254e+06, 1.99221e+06 */
    0x1.c4d989fc6ba2p+18, 0x1.f58d1170b525p+15, /* 463718, 64198.5 */
    0x1.5ce5c5f57a6eap+12, 0x1.1b0eac7a6e091p+8, /* 5582.36, 283.057 */
};
#define WIDE_ERF_SLOPE 0x1.20dd750429b6dp+0 /* 1.12837917 */
static const double WIDE_TANH_ABOVE[6] ALIGNED = {
    0x1.8a09a73aa001ep+19, 0x1.ae5b249db9dfep+16, /* 806989, 110171 */
    0x1.82b51b20200cap+11, 0x1.60a71881861cap+4, /* 3093.66, 22.0408 */
    0x1.7eadb4fdcf83ap-6, -0x1.2a5fd96f33d45p-17, /* 0.0233568, -8.89225e-06 */
};
static const double WIDE_TANH_BELOW[4] ALIGNED = {
    0x1.8a09a74bbd446p+19, 0x1.7247e21b595eep+18, /* 806989, 379168 */
    0x1.55f13704a4dc8p+14, 0x1.38ea72fc09072p+8, /* 21884.3, 312.916 */
};
static const double WIDE_TANH_SHRINK_ABOVE[5] ALIGNED = {
    0x1.ec2a103fc7b05p+17, 0x1.14fb3284e6379p+14, /* 251988, 17726.8 */
    0x1.17b29bf6d3bb8p+8, 0x1.f3b5145cfcd09p-1, /* 279.698, 0.975991 */
    0x1.497d0eaef88a9p-17, /* 9.81952e-06 */
};
static const double WIDE_TANH_SHRINK_BELOW[4] ALIGNED = {
    0x1.711f8c33f597dp+19, 0x1.5b3b89641350ap+18, /* 755964, 355566 */
    0x1.42fd4b5d2ee39p+14, 0x1.2d43d97bf6355p+8, /* 20671.3, 301.265 */
};
static const double WIDE_LISHT_ABOVE[7] ALIGNED = {
    0x1.1c7cd924989b5p+37, 0x1.2912e68882ca9p+35, /* 1.52733e+11, 3.98726e+10 */
    0x1.9c7e7b9d4f49cp+32, 0x1.5967641b5cb9ap+28, /* 6.9205e+09, 3.62182e+08 */
    0x1.f56c8b892a0c4p+22, 0x1.c8960c0604f46p+15, /* 8.21533e+06, 58443 */
    0x1.39b16c70db6aap+6, /* 78.4233 */
};
static const double WIDE_LISHT_BELOW[7] ALIGNED = {
    0x1.1c7cd928a655fp+36, 0x1.07ed4a02badb3p+36, /* 7.63666e+10, 7.08473e+10 */
    0x1.2c2fc861b1533p+34, 0x1.a314a1e106638p+30, /* 2.01452e+10, 1.75775e+09 */
    0x1.d494ee46ec671p+25, 0x1.9151fe1147da6p+19, /* 6.14179e+07, 821904 */
    0x1.5a7e040d084f2p+11, /* 2771.94 */
};
#define WIDE_SILU_ROOT 0x1.474973c84120bp+0 /* 1.27846454 */
#define WIDE_SILU_DECAY 0x1.1d25cf210482ep-2 /* 0.278464543 */
#define WIDE_QUICK_GELU 0x1.b3b645a1cac08p+0 /* 1.702 */
#define WIDE_QUICK_GELU_ROOT 0x1.80974a62be3dfp-1 /* 0.751154255 */
#define WIDE_GELU_TANH_LINEAR 0x1.9884533d43651p+0 /* 1.59576912 */
#define WIDE_GELU_TANH_CUBIC 0x1.2444f2a4d8b4bp-4 /* 0.0713548163 */
#define WIDE_GELU_TANH_ROOT 0x1.81429f9e97e4dp-1 /* 0.752461422 */
#define WIDE_GELU_TANH_DECAY 0x1.2af64e9c485eep-2 /* 0.291955212 */
#define WIDE_MISH_ROOT -0x1.31432c0d12d84p+0 /* -1.19243121 */
#define WIDE_MISH_DECAY 0x1.36c4202fc3eccp-2 /* 0.303482535 */
#define WIDE_MISH_CONSTANT 0x1.44a5b49f64236p+1 /* 2.53630693 */
