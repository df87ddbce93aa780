/* The element type of a target: PRECISION is 32 or 64.
 *
 * T is the element, TBITS the integer of its width; the rest are the facts of the
 * IEEE format that formulas need. */
#ifndef FA_PRECISION_H
#define FA_PRECISION_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))
#define COLD __attribute__((noinline, cold))
#define ALIGNED __attribute__((aligned(64)))

#define PASTE_(a, b) a##b
#define PASTE(a, b) PASTE_(a, b)

#if PRECISION == 32
typedef float T;
typedef uint32_t TBITS;
typedef int32_t TINT;
#define T_MANTISSA 24                 /* significant bits, the hidden one included */
#define T_MAX 0x1.fffffep127f         /* largest finite value */
#define T_MIN 0x1p-126f               /* smallest normal value */
#define T_SIGN UINT32_C(0x80000000)
#define T_UPPER_HALF UINT32_C(0xfffff000) /* keeps 12 significant bits */
#define T_UPPER_QUARTER UINT32_C(0xfffc0000) /* keeps 6 significant bits */
#else
typedef double T;
typedef uint64_t TBITS;
typedef int64_t TINT;
#define T_MANTISSA 53
#define T_MAX 0x1.fffffffffffffp1023
#define T_MIN 0x1p-1022
#define T_SIGN UINT64_C(0x8000000000000000)
#define T_UPPER_HALF UINT64_C(0xfffffffff8000000) /* keeps 26 significant bits */
#define T_UPPER_QUARTER UINT64_C(0xffffff0000000000) /* keeps 13 significant bits */
#endif

/* A constant of either precision: C(float32, float64). */
#if PRECISION == 32
#define C(f32, f64) f32##f
#else
#define C(f32, f64) f64
#endif

#endif
