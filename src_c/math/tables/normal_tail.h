/* The normal tail.
 *
 * Printed by math/coefficients/normal_tail.py. */
#if PRECISION == 32
#define NORMAL_DENSITY_0_HIGH 0x1.988454p-2f /* 0.398942292 */
#define NORMAL_DENSITY_0_LOW -0x1.857936p-27f /* -1.13351701e-08 */
#elif PRECISION == 64
#define NORMAL_DENSITY_0_HIGH 0x1.9884533d43651p-2 /* 0.39894228 */
#define NORMAL_DENSITY_0_LOW -0x1.cbc0d30ebfd15p-56 /* -2.4923272e-17 */
static const T NORMAL_TAIL_VALUE[29] ALIGNED = {
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
static const T NORMAL_TAIL_VALUE_LOW[2] ALIGNED = {
    -0x1.d9e071c9ba5cep-55, -0x1.730a7a83ac86ep-55, /* -5.13778e-17, -4.02283e-17 */
};
#define NORMAL_TAIL_VALUE_DEGREE 28
#define NORMAL_TAIL_SHIFT 0x1.8p+1 /* 3 */
static const T NORMAL_TAIL_DERIV[26] ALIGNED = {
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
static const T NORMAL_TAIL_DERIV_LOW[2] ALIGNED = {
    0x1.3d032c07025adp-56, 0x1.7825be22e8d29p-57, /* 1.71853e-17, 1.01955e-17 */
};
#define NORMAL_TAIL_DERIV_DEGREE 25
#define NORMAL_TAIL_ROOT_HIGH 0x1.80ead197f00b4p-1 /* 0.751791525 */
#define NORMAL_TAIL_ROOT_LOW -0x1.13e74c58cada8p-56 /* -1.49567592e-17 */
#endif
