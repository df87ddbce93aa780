/* The error function.
 *
 * Printed by math/coefficients/erf.py. */
#if PRECISION == 32
#define ERF_SLOPE_HIGH 0x1.20dd76p+0f /* 1.12837923 */
#define ERF_SLOPE_LOW -0x1.f7ac92p-25f /* -5.86353834e-08 */
#define ROOT_2_HIGH 0x1.6a09e6p+0f /* 1.41421354 */
#define ROOT_2_LOW 0x1.9fcef4p-26f /* 2.42032342e-08 */
static const Piecewise NORMAL_RATIO = {
    .scale = 0x1.014c0cp+1f, .offset = 0x1.2p+1f,
    .scale_left = 0x0p+0f, .offset_left = 0x1.2p+1f,
    .first = 0x0p+0f, .last = 0x1.d9999ap+3f,
    .middle = 0x1p+3f,
    .shift = 21, .degree = 6, .upper_first = false,
    .rooted = false,
    .row = {
        {0x1.04e096p-4f, 0x1.044b8p-2f, 0x1.0137c6p-1f, 0x1.8067e4p-1f, 0x1.2c2642p+0f, 0x1.a131a4p+0f, 0x1.101e0ep+1f, 0x1.4f944ap+1f, 0x1.b1ed54p+1f, 0x1.1846d6p+2f, 0x1.57af1ap+2f, 0x1.970f4cp+2f, 0x1.f13a14p+2f, 0x1.3c0114p+3f, 0x1.7b614ep+3f, 0x1.bad9c6p+3f},
        {0x1.e6fc4ep-2f, 0x1.a6b3fcp-2f, 0x1.6576e6p-2f, 0x1.334c0cp-2f, 0x1.eabb3ap-3f, 0x1.8ea00ep-3f, 0x1.48c27ap-3f, 0x1.167a12p-3f, 0x1.bff418p-4f, 0x1.6420bap-4f, 0x1.26aee6p-4f, 0x1.f5f91ep-5f, 0x1.9e018p-5f, 0x1.47a6d6p-5f, 0x1.11bd84p-5f, 0x1.d5e07p-6f},
        {-0x1.79801cp-2f, -0x1.2d1176p-2f, -0x1.c9de68p-3f, -0x1.6399ep-3f, -0x1.e357dp-4f, -0x1.4ed148p-4f, -0x1.d878c6p-5f, -0x1.5bca34p-5f, -0x1.cdec1p-6f, -0x1.29dfd2p-6f, -0x1.9ccdb2p-7f, -0x1.2db992p-7f, -0x1.9d3a0ap-8f, -0x1.044076p-8f, -0x1.6c5a4ep-9f, -0x1.0cdb9cp-9f},
        {0x1.5e4f32p-28f, 0x1.b58742p-29f, -0x1.3a6df2p-28f, 0x1.8d2986p-28f, -0x1.6a947ep-29f, 0x1.037e8cp-31f, -0x1.283b56p-29f, -0x1.1576cp-29f, -0x1.48dd0ap-28f, -0x1.ccf16ep-30f, -0x1.90cc98p-31f, -0x1.b6e93ep-32f, -0x1.a0f1eap-30f, -0x1.947514p-33f, 0x1.73943ap-40f, -0x1.c7e822p-36f},
        {0x1.cef138p-3f, 0x1.5a2c5ap-3f, 0x1.e4e7c8p-4f, 0x1.5b9c8ap-4f, 0x1.9ec374p-5f, 0x1.f7389cp-6f, 0x1.369a54p-6f, 0x1.94345p-7f, 0x1.c3beecp-8f, 0x1.e0180ep-9f, 0x1.195ebcp-9f, 0x1.6350eap-10f, 0x1.967902p-11f, 0x1.998b38p-12f, 0x1.e1b6a2p-13f, 0x1.3223a6p-13f},
        {-0x1.e3ad4ap-4f, -0x1.56c254p-4f, -0x1.c015fcp-5f, -0x1.2c24fap-5f, -0x1.404276p-6f, -0x1.5a1e1ap-7f, -0x1.7b7f52p-8f, -0x1.b9ee44p-9f, -0x1.a59e62p-10f, -0x1.75fd9ap-11f, -0x1.75f5dap-12f, -0x1.9a565cp-13f, -0x1.8a35c6p-14f, -0x1.3f439ep-15f, -0x1.3c560cp-16f, -0x1.5ade6cp-17f},
        {0x1.bf98aep-5f, 0x1.2e9c5ep-5f, 0x1.74590ap-6f, 0x1.d5d8f6p-7f, 0x1.c5b63cp-8f, 0x1.ba4f2p-9f, 0x1.b393dcp-10f, 0x1.ca25eep-11f, 0x1.794d4ap-12f, 0x1.1a5e56p-13f, 0x1.e55342p-15f, 0x1.d12b56p-16f, 0x1.798acp-17f, 0x1.ed3924p-19f, 0x1.9cbfccp-20f, 0x1.87180ap-21f},
        {-0x1.77f852p-6f, -0x1.e89a08p-7f, -0x1.1c8d3p-7f, -0x1.5410d6p-8f, -0x1.2ce7bp-9f, -0x1.0b9ccp-10f, -0x1.dccd26p-12f, -0x1.c7d428p-13f, -0x1.4b542cp-14f, -0x1.a413ecp-16f, -0x1.373974p-17f, -0x1.052c2ep-18f, -0x1.6c48d8p-20f, -0x1.7fbfaep-22f, -0x1.0ea522p-23f, -0x1.ba9b3ep-25f},
        {0x1.f9cb0ap-8f, 0x1.6b62f6p-8f, 0x1.940d6ep-9f, 0x1.d41508p-10f, 0x1.9f08fap-11f, 0x1.35eb6cp-12f, 0x1.f5719cp-14f, 0x1.b77c0cp-15f, 0x1.1df546p-16f, 0x1.340d56p-18f, 0x1.8a700cp-20f, 0x1.21b3p-21f, 0x1.43b8aap-23f, 0x1.2b6cccp-25f, 0x1.635bd2p-27f, 0x1.f466fep-29f},
    },
};
static const Piecewise ERF_OVER_X = {
    .scale = 0x1.7fffe8p+1f, .offset = 0x1p+2f,
    .scale_left = 0x0p+0f, .offset_left = 0x1p+2f,
    .first = 0x0p+0f, .last = 0x1p+2f,
    .middle = 0x1p+3f,
    .shift = 20, .degree = 6, .upper_first = true,
    .rooted = false,
    .row = {
        {0x1.81f34p+0f, 0x1.d62fdap+0f, 0x1.1611fap+1f, 0x1.409f9ep+1f, 0x1.6b48ecp+1f, 0x1.95dd38p+1f, 0x1.c08a96p+1f, 0x1.eb0ff4p+1f, 0x1.562996p-4f, 0x1.009012p-2f, 0x1.b2579ep-2f, 0x1.2b4fa2p-1f, 0x1.80d0f6p-1f, 0x1.d64904p-1f, 0x1.15c8f4p+0f, 0x1.406c5ep+0f},
        {0x1.4866dcp-1f, 0x1.1425c4p-1f, 0x1.d65c92p-2f, 0x1.98a432p-2f, 0x1.68c674p-2f, 0x1.42f172p-2f, 0x1.2437d6p-2f, 0x1.0aea4ap-2f, 0x1.2031cep+0f, 0x1.1aeec6p+0f, 0x1.107014p+0f, 0x1.03134p+0f, 0x1.e5265ep-1f, 0x1.c14e5cp-1f, 0x1.9ceac4p-1f, 0x1.79ae1ep-1f},
        {-0x1.64b4fp-2f, -0x1.17247ap-2f, -0x1.a78a54p-3f, -0x1.448a0ep-3f, -0x1.fbf23p-4f, -0x1.9754fep-4f, -0x1.4d8deap-4f, -0x1.164b9ap-4f, -0x1.005152p-4f, -0x1.73c838p-3f, -0x1.25a10ap-2f, -0x1.7050e6p-2f, -0x1.a12148p-2f, -0x1.b53fdep-2f, -0x1.b1066cp-2f, -0x1.9ac95cp-2f},
        {-0x1.0ad8dep-26f, -0x1.f065d4p-27f, -0x1.6758eap-28f, -0x1.29f0dep-28f, 0x1.73a3a8p-29f, 0x1.99f79p-29f, -0x1.2d7bfep-29f, 0x1.7fc38cp-29f, 0x1.b3f4d8p-29f, -0x1.dece4p-28f, 0x1.bf7dbcp-28f, 0x1.949712p-28f, 0x1.b39688p-27f, 0x1.925e7cp-29f, -0x1.14cebap-27f, -0x1.621e48p-27f},
        {0x1.d64ec6p-4f, 0x1.c18538p-4f, 0x1.5cb22cp-4f, 0x1.f4d69ap-5f, 0x1.63016ap-5f, 0x1.00873cp-5f, 0x1.7ca8b6p-6f, 0x1.222754p-6f, -0x1.7c55ecp-2f, -0x1.573904p-2f, -0x1.10f2d6p-2f, -0x1.7de4bap-3f, -0x1.972cb2p-4f, -0x1.4f40a8p-6f, 0x1.58d9p-5f, 0x1.5bfd38p-4f},
        {0x1.ea807p-7f, -0x1.3e1d7cp-6f, -0x1.ac837cp-6f, -0x1.5a5f46p-6f, -0x1.df819ep-7f, -0x1.406b06p-7f, -0x1.b1be4p-8f, -0x1.2e734p-8f, 0x1.325056p-5f, 0x1.adbd78p-4f, 0x1.3bd594p-3f, 0x1.64efd4p-3f, 0x1.5a7bfcp-3f, 0x1.259224p-3f, 0x1.b1b5a4p-4f, 0x1.0e188cp-4f},
        {-0x1.46b2ep-5f, -0x1.bcfffcp-7f, 0x1.449e5ap-10f, 0x1.4b73p-8f, 0x1.1ea02p-8f, 0x1.8219p-9f, 0x1.ea295ap-10f, 0x1.3ad4acp-10f, 0x1.c2bd3p-4f, 0x1.6c53aep-4f, 0x1.a3621p-5f, 0x1.75efeap-7f, -0x1.9c70a2p-6f, -0x1.98a6b2p-5f, -0x1.ed380cp-5f, -0x1.da7086p-5f},
        {0x1.161cbep-6f, 0x1.aa095cp-7f, 0x1.4467e8p-8f, 0x1.bead5p-12f, -0x1.b37a42p-11f, -0x1.998fbap-11f, -0x1.0c3d0cp-11f, -0x1.4641eep-12f, -0x1.b253dap-7f, -0x1.25fb8ep-5f, -0x1.8eb2cp-5f, -0x1.8c4d0cp-5f, -0x1.343874p-5f, -0x1.586e32p-6f, -0x1.1244d6p-8f, 0x1.1c777ap-7f},
        {0x1.870444p-10f, -0x1.088d94p-8f, -0x1.b9ad5p-9f, -0x1.54a516p-10f, -0x1.64caa8p-13f, 0x1.01201p-13f, 0x1.05d1ep-13f, 0x1.42b20ap-14f, -0x1.a749eep-6f, -0x1.3a58eap-6f, -0x1.bae89ap-8f, 0x1.760e8ap-8f, 0x1.ddb0dcp-7f, 0x1.22f1f8p-6f, 0x1.fd068p-7f, 0x1.49c14p-7f},
    },
};
#elif PRECISION == 64
#define ERF_SLOPE_HIGH 0x1.20dd750429b6dp+0 /* 1.12837917 */
#define ERF_SLOPE_LOW 0x1.1ae3a914fed8p-56 /* 1.53354596e-17 */
#define ROOT_2_HIGH 0x1.6a09e667f3bcdp+0 /* 1.41421356 */
#define ROOT_2_LOW -0x1.bdd3413b26456p-54 /* -9.66729331e-17 */
static const T ERF[12] ALIGNED = {
    0x1.20dd750429b6dp+0, -0x1.812746b0379e7p-2, /* 1.12838, -0.376126 */
    0x1.ce2f21a042be2p-4, -0x1.b82ce31288b4ep-6, /* 0.112838, -0.0268662 */
    0x1.565bcd0e6a38p-8, -0x1.c02db4002ce74p-11, /* 0.00522398, -0.000854833 */
    0x1.f9a326f0cb505p-14, -0x1.f4d25997b623cp-17, /* 0.000120553, -1.49256e-05 */
    0x1.b9e6435bf8c98p-20, -0x1.5f62874b56c93p-23, /* 1.6462e-06, -1.63626e-07 */
    0x1.f9d1dfc966f49p-27, -0x1.2d2f14d987614p-30, /* 1.47213e-08, -1.0957e-09 */
};
#define ERF_LOW 0x1.1ae3a8549de4ep-56 /* 1.5335459e-17 */
#define ERF_DEGREE 11
#define ERF_FAR_SHIFT 0x1.8p+1 /* 3 */
#define ERF_FAR_END 0x1.8p+2 /* 6 */
#define ERF_FAR_CENTRE 0x1.9659659659659p-3 /* 0.198412698 */
static const T ERF_FAR[18] ALIGNED = {
    0x1.4418541085705p+0, 0x1.b7e08eab972d3p+2, /* 1.266, 6.87308 */
    0x1.ca3102fdbd96ep+4, 0x1.6310c42fd4426p+6, /* 28.637, 88.7664 */
    0x1.74529d6d94012p+7, 0x1.65396d67af968p+7, /* 186.161, 178.612 */
    -0x1.069c38c552c7bp+8, -0x1.e0cd6476fe992p+9, /* -262.61, -961.605 */
    0x1.82f353978ea8bp+6, 0x1.f7ea49d567abbp+11, /* 96.7376, 4031.32 */
    0x1.ad684a3998a66p+9, -0x1.26f48dde63342p+14, /* 858.815, -18877.1 */
    -0x1.66ba4a234ad77p+9, 0x1.7f1b9d48eb6dfp+16, /* -717.455, 98075.6 */
    -0x1.a0b3d9c1a62fdp+15, -0x1.edd9a108497b1p+18, /* -53337.9, -505703 */
    0x1.207fd0faa554ep+19, 0x1.f963a90295373p+20, /* 590847, 2.07007e+06 */
};
static const T ERF_FAR_LOW[2] ALIGNED = {
    0x1.f2b36af58b91fp-54, -0x1.716eefcb72e63p-54, /* 1.08139e-16, -8.01081e-17 */
};
#define ERF_FAR_DEGREE 17
#endif
