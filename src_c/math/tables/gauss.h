/* The normal tail.
 *
 * Printed by math/coefficients/gauss.py. */
#if PRECISION == 32 && V_TABLE == 16
#define GAUSS_VALUE_SCALE 0x1.0375ap+0f /* 1.01351357 */
#define GAUSS_VALUE_OFFSET 0x1p+0f /* 1 */
#define GAUSS_VALUE_BITS 21
#define GAUSS_VALUE_DEGREE 6
static const T GAUSS_VALUE_CENTRE[16] ALIGNED = {
    0x1.3bb1b2p+0f, 0x1.b9fdccp+0f, 0x1.1c22a4p+1f, /* 1.23318, 1.72653, 2.21981 */
    0x1.5b623ep+1f, 0x1.ba0f4ep+1f, 0x1.1c3666p+2f, /* 2.71394, 3.45359, 4.44082 */
    0x1.5b5a3ep+2f, 0x1.9a6708p+2f, 0x1.f91578p+2f, /* 5.42738, 6.41254, 7.89194 */
    0x1.3bd2a4p+3f, 0x1.7acd32p+3f, 0x1.ba0374p+3f, /* 9.86946, 11.8375, 13.8129 */
    0x0p+0f, 0x1.7adfbp-2f, 0x1.3bbb3p-1f, /* 0, 0.369994, 0.616663 */
    0x1.ba0932p-1f, /* 0.863351 */
};
static const T GAUSS_VALUE_VALUE[16] ALIGNED = {
    0x1.25c31ep-2f, 0x1.4a9cfep-2f, 0x1.60f3aep-2f, /* 0.286877, 0.322865, 0.34468 */
    0x1.6f49ap-2f, 0x1.7c862ep-2f, 0x1.865a58p-2f, /* 0.358679, 0.371606, 0.381204 */
    0x1.8bdd8p-2f, 0x1.8f3b3ap-2f, 0x1.92403ap-2f, /* 0.386587, 0.389874, 0.392823 */
    0x1.947228p-2f, 0x1.95a97p-2f, 0x1.96689ap-2f, /* 0.394967, 0.396154, 0.396883 */
    0x0p+0f, 0x1.209edp-3f, 0x1.9a74cp-3f, /* 0, 0.140928, 0.200418 */
    0x1.f1dde8p-3f, /* 0.243099 */
};
static const T GAUSS_VALUE_P0[16] ALIGNED = {
    0x1.82cebep-4f, 0x1.c7e5e2p-5f, 0x1.1d4296p-5f, /* 0.0944354, 0.0556516, 0.0348218 */
    0x1.770b64p-6f, 0x1.b035eap-7f, 0x1.cf3c8ep-8f, /* 0.0228909, 0.01319, 0.00706843 */
    0x1.117a8ap-8f, 0x1.5b658p-9f, 0x1.84d7f8p-10f, /* 0.00417295, 0.00265042, 0.00148332 */
    0x1.9a391cp-11f, 0x1.e3dd4ep-12f, 0x1.33d8dcp-12f, /* 0.000782438, 0.000461449, 0.000293586 */
    0x1p-1f, 0x1.24477p-2f, 0x1.9ee33ep-3f, /* 0.5, 0.285429, 0.202582 */
    0x1.2d1d48p-3f, /* 0.147029 */
};
static const T GAUSS_VALUE_P1[16] ALIGNED = {
    -0x1.b908d2p-5f, -0x1.cb565ep-6f, -0x1.ffa2cep-7f, /* -0.0538372, -0.0280357, -0.0156139 */
    -0x1.2d7daep-7f, -0x1.2adbc2p-8f, -0x1.0bd752p-9f, /* -0.00920077, -0.00456022, -0.00204347 */
    -0x1.0e474ep-10f, -0x1.2acf8p-11f, -0x1.16f176p-12f, /* -0.00103103, -0.000569936, -0.000266021 */
    -0x1.dffb06p-14f, -0x1.dd54b6p-15f, -0x1.0615a2p-15f, /* -0.000114436, -5.69023e-05, -3.12429e-05 */
    -0x1.988442p-2f, -0x1.a445ap-3f, -0x1.16a7a8p-3f, /* -0.398942, -0.205211, -0.136062 */
    -0x1.7a5dccp-4f, /* -0.0923746 */
};
static const T GAUSS_VALUE_P2[16] ALIGNED = {
    0x1.9b02cap-6f, 0x1.7f137ep-7f, 0x1.7fe01ap-8f, /* 0.0250861, 0.0116906, 0.00585747 */
    0x1.99339ep-9f, 0x1.6099c6p-10f, 0x1.0b023p-11f, /* 0.00312196, 0.00134506, 0.000509278 */
    0x1.cfe2c2p-13f, 0x1.c0a376p-14f, 0x1.5eff7ap-15f, /* 0.000221198, 0.000106964, 4.18422e-05 */
    0x1.eead48p-17f, 0x1.9fd538p-18f, 0x1.8ab8bep-19f, /* 1.47425e-05, 6.19639e-06, 2.94091e-06 */
    0x1.fff96ep-3f, 0x1.e0e3c8p-4f, 0x1.2c542ep-4f, /* 0.249987, 0.117405, 0.0733225 */
    0x1.8073a4p-5f, /* 0.0469301 */
};
static const T GAUSS_VALUE_P3[16] ALIGNED = {
    -0x1.4e936ap-7f, -0x1.19b9cap-8f, -0x1.00184p-9f, /* -0.0102104, -0.00429879, -0.00195385 */
    -0x1.f15f4ap-11f, -0x1.77da7ap-12f, -0x1.e530fp-14f, /* -0.000948662, -0.000358442, -0.000115679 */
    -0x1.6d1b0cp-15f, -0x1.36525cp-16f, -0x1.98eae4p-18f, /* -4.3524e-05, -1.84966e-05, -6.09335e-06 */
    -0x1.d9d1ap-20f, -0x1.517828p-21f, -0x1.15533ap-22f, /* -1.76511e-06, -6.28586e-07, -2.58279e-07 */
    -0x1.0fe602p-3f, -0x1.d762a4p-5f, -0x1.16ef54p-5f, /* -0.132763, -0.0575422, -0.0340497 */
    -0x1.5286a8p-6f, /* -0.020662 */
};
static const T GAUSS_VALUE_P4[16] ALIGNED = {
    0x1.f18e56p-9f, 0x1.7ca6f8p-10f, 0x1.3b82a2p-11f, /* 0.00379605, 0.00145207, 0.000601788 */
    0x1.186058p-12f, 0x1.7c2dcp-14f, 0x1.a32248p-16f, /* 0.000267388, 9.06417e-05, 2.49823e-05 */
    0x1.11b49cp-17f, 0x1.9927a6p-19f, 0x1.d1508p-21f, /* 8.15706e-06, 3.04844e-06, 8.66716e-07 */
    0x1.b8bf8p-23f, 0x1.0918aep-24f, 0x1.786414p-26f, /* 2.05239e-07, 6.17226e-08, 2.19088e-08 */
    0x1.f1c528p-5f, 0x1.9cb442p-6f, 0x1.d0abf6p-7f, /* 0.060763, 0.0251895, 0.0141807 */
    0x1.0c692ep-7f, /* 0.00819125 */
};
static const T GAUSS_VALUE_P5[16] ALIGNED = {
    -0x1.523fe2p-10f, -0x1.d92e78p-12f, -0x1.68035ap-13f, /* -0.00129032, -0.000451261, -0.000171668 */
    -0x1.268b6cp-14f, -0x1.640b5p-16f, -0x1.5328dcp-18f, /* -7.02249e-05, -2.12219e-05, -5.05387e-06 */
    -0x1.838fccp-20f, -0x1.fe1eb8p-22f, -0x1.f032cp-24f, /* -1.44378e-06, -4.75086e-07, -1.1553e-07 */
    -0x1.859292p-26f, -0x1.8dd7c8p-28f, -0x1.eaf89cp-30f, /* -2.26761e-08, -5.78938e-09, -1.78614e-09 */
    -0x1.47ed52p-6f, -0x1.499e3cp-7f, -0x1.6145f6p-8f, /* -0.0200151, -0.0100591, -0.00539052 */
    -0x1.859ddap-9f, /* -0.00297254 */
};
static const T *const GAUSS_VALUE_P[] = {GAUSS_VALUE_P0, GAUSS_VALUE_P1, GAUSS_VALUE_P2, GAUSS_VALUE_P3, GAUSS_VALUE_P4, GAUSS_VALUE_P5};
#define GAUSS_SHIFT 0x1.8p+1f /* 3 */
static const T GAUSS_SLOPE[11] ALIGNED = {
    0x1.e9c6dep-2f, -0x1.eb6b5cp-3f, 0x1.b70f3ap-3f, /* 0.478298, -0.239951, 0.214385 */
    -0x1.cd333ap-4f, 0x1.ab6b36p-9f, 0x1.1ee76p-5f, /* -0.112598, 0.00326095, 0.0350224 */
    -0x1.85b25ep-8f, -0x1.0c02dcp-6f, 0x1.84972p-11f, /* -0.0059463, -0.0163581, 0.000741177 */
    0x1.0bde34p-7f, 0x1.81c97ap-9f, /* 0.00817468, 0.00294332 */
};
#define GAUSS_SLOPE_LOW -0x1.a83936p-29f /* -3.08663198e-09 */
#define GAUSS_SLOPE_DEGREE 10
#define GAUSS_ROOT_HIGH 0x1.80ead2p-1f /* 0.751791537 */
#define GAUSS_ROOT_LOW -0x1.a03fd4p-27f /* -1.21144495e-08 */
#elif PRECISION == 32 && V_TABLE == 8
#define GAUSS_VALUE_SCALE 0x1.0375ap+0f /* 1.01351357 */
#define GAUSS_VALUE_OFFSET 0x1p+0f /* 1 */
#define GAUSS_VALUE_BITS 22
#define GAUSS_VALUE_DEGREE 8
static const T GAUSS_VALUE_CENTRE[8] ALIGNED = {
    0x1.7adebp+0f, 0x1.3bc256p+1f, 0x1.f91c92p+1f, /* 1.47996, 2.46687, 3.94618 */
    0x1.7ad1c2p+2f, 0x1.1c3998p+3f, 0x1.9a8624p+3f, /* 5.91905, 8.88203, 12.8289 */
    0x0p+0f, 0x1.7ad9e8p-1f, /* 0, 0.739944 */
};
static const T GAUSS_VALUE_VALUE[8] ALIGNED = {
    0x1.3a9e94p-2f, 0x1.68de7ap-2f, 0x1.82309p-2f, /* 0.307246, 0.352411, 0.377138 */
    0x1.8dbc4ap-2f, 0x1.938628p-2f, 0x1.961422p-2f, /* 0.388414, 0.394066, 0.396561 */
    0x0p+0f, 0x1.c9a288p-3f, /* 0, 0.223455 */
};
static const T GAUSS_VALUE_P0[8] ALIGNED = {
    0x1.267ccep-4f, 0x1.cbecfep-6f, 0x1.3838p-7f, /* 0.0718964, 0.0280716, 0.00952816 */
    0x1.b0a9e4p-9f, 0x1.15bb22p-10f, 0x1.7e6e9p-12f, /* 0.00330096, 0.00105946, 0.000364715 */
    0x1p-1f, 0x1.60899ep-3f, /* 0.5, 0.172137 */
};
static const T GAUSS_VALUE_P1[8] ALIGNED = {
    -0x1.3b5986p-5f, -0x1.8627a8p-7f, -0x1.89bc2ap-9f, /* -0.0384948, -0.0119066, -0.00300396 */
    -0x1.8e279p-11f, -0x1.6615bap-13f, -0x1.5d78b4p-15f, /* -0.00075942, -0.000170748, -4.16602e-05 */
    -0x1.988452p-2f, -0x1.c9f098p-4f, /* -0.398942, -0.111802 */
};
static const T GAUSS_VALUE_P2[8] ALIGNED = {
    0x1.15d718p-6f, 0x1.163634p-8f, 0x1.aa1978p-11f, /* 0.016958, 0.00424517, 0.00081272 */
    0x1.3f0c48p-13f, 0x1.96077p-16f, 0x1.1a49aep-18f, /* 0.000152134, 2.42012e-05, 4.20642e-06 */
    0x1.ffff88p-3f, 0x1.df2ceap-5f, /* 0.249999, 0.0584931 */
};
static const T GAUSS_VALUE_P3[8] ALIGNED = {
    -0x1.adbff4p-8f, -0x1.621ae4p-10f, -0x1.a28eeap-13f, /* -0.00655746, -0.0013508, -0.000199584 */
    -0x1.d61904p-16f, -0x1.ab215p-19f, -0x1.a92fe2p-22f, /* -2.802e-05, -3.18237e-06, -3.95986e-07 */
    -0x1.1050bp-3f, -0x1.b14e2ep-6f, /* -0.132966, -0.0264469 */
};
static const T GAUSS_VALUE_P4[8] ALIGNED = {
    0x1.2d0ad4p-9f, 0x1.9dda04p-12f, 0x1.7df77ap-15f, /* 0.00229677, 0.00039468, 4.5534e-05 */
    0x1.4609d6p-18f, 0x1.a8ca36p-22f, 0x1.315fd6p-25f, /* 4.85835e-06, 3.95616e-07, 3.55503e-08 */
    0x1.ff0df6p-5f, 0x1.5ee67p-7f, /* 0.0623846, 0.0107086 */
};
static const T GAUSS_VALUE_P5[8] ALIGNED = {
    -0x1.85d33cp-11f, -0x1.c3f364p-14f, -0x1.4a3742p-17f, /* -0.000743532, -0.000107753, -9.8412e-06 */
    -0x1.b04aap-21f, -0x1.97c756p-25f, -0x1.a8942cp-29f, /* -8.05206e-07, -4.74717e-08, -3.08922e-09 */
    -0x1.ab5ca8p-6f, -0x1.040abep-8f, /* -0.0260841, -0.00396793 */
};
static const T GAUSS_VALUE_P6[8] ALIGNED = {
    0x1.edd448p-13f, 0x1.e19232p-16f, 0x1.29b406p-19f, /* 0.000235476, 2.87039e-05, 2.21806e-06 */
    0x1.22effp-23f, 0x1.acfb48p-28f, 0x1.311cfp-32f, /* 1.35478e-07, 6.2425e-09, 2.77499e-10 */
    0x1.2ae3ap-7f, 0x1.6ab6b6p-10f, /* 0.00912137, 0.00138364 */
};
static const T GAUSS_VALUE_P7[8] ALIGNED = {
    -0x1.1e39eap-14f, -0x1.dc12dap-18f, -0x1.de9996p-22f, /* -6.82417e-05, -7.09405e-06, -4.45731e-07 */
    -0x1.6a69e6p-26f, -0x1.8ef544p-31f, -0x1.9802f6p-36f, /* -2.10953e-08, -7.257e-10, -2.31928e-11 */
    -0x1.031952p-9f, -0x1.d7f158p-12f, /* -0.00197677, -0.00045008 */
};
static const T *const GAUSS_VALUE_P[] = {GAUSS_VALUE_P0, GAUSS_VALUE_P1, GAUSS_VALUE_P2, GAUSS_VALUE_P3, GAUSS_VALUE_P4, GAUSS_VALUE_P5, GAUSS_VALUE_P6, GAUSS_VALUE_P7};
#define GAUSS_SHIFT 0x1.8p+1f /* 3 */
static const T GAUSS_SLOPE[11] ALIGNED = {
    0x1.e9c6dep-2f, -0x1.eb6b5cp-3f, 0x1.b70f3ap-3f, /* 0.478298, -0.239951, 0.214385 */
    -0x1.cd333ap-4f, 0x1.ab6b36p-9f, 0x1.1ee76p-5f, /* -0.112598, 0.00326095, 0.0350224 */
    -0x1.85b25ep-8f, -0x1.0c02dcp-6f, 0x1.84972p-11f, /* -0.0059463, -0.0163581, 0.000741177 */
    0x1.0bde34p-7f, 0x1.81c97ap-9f, /* 0.00817468, 0.00294332 */
};
#define GAUSS_SLOPE_LOW -0x1.a83936p-29f /* -3.08663198e-09 */
#define GAUSS_SLOPE_DEGREE 10
#define GAUSS_ROOT_HIGH 0x1.80ead2p-1f /* 0.751791537 */
#define GAUSS_ROOT_LOW -0x1.a03fd4p-27f /* -1.21144495e-08 */
#elif PRECISION == 64
static const T GAUSS_VALUE[29] ALIGNED = {
    0x1.f1b89c231e9b8p-1, -0x1.6b98062eae20cp-1, /* 0.972112, -0.710144 */
    0x1.81b4b0e9524a9p-1, -0x1.f6be0055d71b9p-10, /* 0.753332, -0.00191781 */
    -0x1.cbbf8275a9c81p-3, 0x1.2ec7394a61697p-3, /* -0.224486, 0.147841 */
    0x1.7d6fd934946fdp-3, -0x1.bd0262b0c3455p-5, /* 0.186248, -0.0543224 */
    -0x1.fb0e01233e5acp-4, 0x1.76ba66a6d216p-6, /* -0.123793, 0.0228716 */
    0x1.f73485e861e2cp-4, 0x1.769e11e2b0e7cp-5, /* 0.122853, 0.0457297 */
    -0x1.51e71b3109e5cp-4, -0x1.7e88f5d549cb4p-4, /* -0.0824958, -0.0933923 */
    0x1.1958aacebe22cp-6, 0x1.c1694697187b9p-4, /* 0.017172, 0.10972 */
    0x1.309603278ef0cp-4, -0x1.a5b2e2595d00cp-5, /* 0.0743618, -0.0514769 */
    -0x1.0cd891ea7f805p-3, -0x1.292dee9f18ddbp-4, /* -0.131272, -0.0725536 */
    0x1.5217cc2862d0ap-4, 0x1.717bd8778c6adp-3, /* 0.0825422, 0.180412 */
    0x1.3e3ad5f87ccc5p-4, -0x1.3cc8b64e7e39bp-3, /* 0.0776928, -0.15468 */
    -0x1.aaaa519d4f3a4p-3, 0x1.4910c19aae876p-7, /* -0.208333, 0.0100423 */
    0x1.37cdddae29c73p-3, 0x1.e77882c7ca3a7p-5, /* 0.152248, 0.0595057 */
    -0x1.bde2e09b8da18p-7, /* -0.0136074 */
};
#define GAUSS_VALUE_LOW -0x1.d9e071c9ba5cep-55 /* -5.13778187e-17 */
#define GAUSS_VALUE_DEGREE 28
#define GAUSS_SHIFT 0x1.8p+1 /* 3 */
static const T GAUSS_SLOPE[26] ALIGNED = {
    0x1.e9c6ddced89d9p-2, -0x1.eb6b5a7ded06ap-3, /* 0.478298, -0.239951 */
    0x1.b70f305de3645p-3, -0x1.cd33bfc5a04b7p-4, /* 0.214384, -0.112598 */
    0x1.abf7f884cbb8bp-9, 0x1.1f0ce8a5e6da4p-5, /* 0.00326514, 0.0350403 */
    -0x1.8a93447b03ec7p-8, -0x1.10ae41df1c928p-6, /* -0.00602074, -0.0166431 */
    0x1.3fbded088f6c7p-10, 0x1.5117de901b1e7p-7, /* 0.00121972, 0.0102873 */
    0x1.54dfc99d412e2p-9, -0x1.94e6cc8c7be27p-8, /* 0.00260066, -0.00617831 */
    -0x1.4c7d9e4c179bap-8, 0x1.0417694d0ffa9p-9, /* -0.00507341, 0.00198434 */
    0x1.6b72de2947079p-8, 0x1.25cd12a508c96p-9, /* 0.00554579, 0.00224152 */
    -0x1.b37a18907baadp-9, -0x1.44ed7837d3a1ap-8, /* -0.00332243, -0.004958 */
    -0x1.27ad0df98e236p-10, 0x1.18bbb5c26dab3p-8, /* -0.00112791, 0.00428365 */
    0x1.5a1391599970fp-8, -0x1.950c108a47c88p-12, /* 0.00528071, -0.000386283 */
    -0x1.7f70433255c54p-8, -0x1.899b90278850cp-9, /* -0.00585081, -0.00300299 */
    0x1.5f8c2eedf6d46p-9, 0x1.2cc815ac596b3p-9, /* 0.0026821, 0.00229478 */
};
#define GAUSS_SLOPE_LOW 0x1.3d032c07025adp-56 /* 1.71852761e-17 */
#define GAUSS_SLOPE_DEGREE 25
#define GAUSS_ROOT_HIGH 0x1.80ead197f00b4p-1 /* 0.751791525 */
#define GAUSS_ROOT_LOW -0x1.13e74c58cada8p-56 /* -1.49567592e-17 */
#endif
