/* Reduction of huge arguments by pi, with as many bits of 2/pi as it takes.
 *
 * M. H. Payne, R. N. Hanek, "Radian reduction for trigonometric functions" (1983): of the bits
 * of 2/pi only a window counts. Those before it give multiples of 4 quarter turns, those behind
 * it are below the result. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "reduction.h"
#include "tables/two_over_pi.h"

enum { LIMBS = 6 };

/* Quarter turns modulo 4, a number in two's complement with two bits before the point, of 32 bits
 * each, least first. */
typedef struct {
    uint32_t limb[LIMBS];
} Turns;

static Turns negative(Turns a)
{
    uint64_t carry = 1;
    for (int k = 0; k < LIMBS; k++) {
        carry += (uint32_t)~a.limb[k];
        a.limb[k] = (uint32_t)carry;
        carry >>= 32;
    }
    return a;
}
static Turns sum(Turns a, Turns b)
{
    uint64_t carry = 0;
    for (int k = 0; k < LIMBS; k++) {
        carry += (uint64_t)a.limb[k] + b.limb[k];
        a.limb[k] = (uint32_t)carry;
        carry >>= 32;
    }
    return a;
}
static Turns twice(Turns a) { return sum(a, a); }

/* 32 bits of 2/pi from a place on; places before the first have zeros. */
static uint32_t bits_at(int place)
{
    int limb = (place + 3200) / 32 - 100, shift = (place + 3200) % 32;
    uint64_t first = limb >= 0 ? TWO_OVER_PI_BITS[limb] : 0;
    uint64_t second = limb + 1 >= 0 ? TWO_OVER_PI_BITS[limb + 1] : 0;
    return (uint32_t)((first << 32 | second) << shift >> 32);
}

/* Those of x 2^exponent */
static Turns turns(double x, int exponent)
{
    int own;
    uint64_t significand = (uint64_t)ldexp(frexp(fabs(x), &own), 53);
    int start = exponent + own - 53 - 2; /* places before it count multiples of 4 */
    Turns product = {{0}};
    for (int k = 0; k < LIMBS; k++) {
        uint64_t bits = bits_at(start + 32 * (LIMBS - 1 - k)), carry = 0;
        for (int j = 0; k + j < LIMBS; j++) {
            uint64_t digit = j < 2 ? (uint32_t)(significand >> 32 * j) : 0;
            carry += bits * digit + product.limb[k + j];
            product.limb[k + j] = (uint32_t)carry;
            carry >>= 32;
        }
    }
    return x < 0 ? negative(product) : product;
}

/* A number of [-1, 1) quarter turns, with one bit before the point, as an angle */
static fa_reduced angle(Turns t)
{
    static const fa_reduced HALF_PI = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
    bool below = t.limb[LIMBS - 1] >> 31;
    if (below) t = negative(t);
    fa_reduced q = {0, 0};
    for (int k = LIMBS - 1; k >= 0; k--) {
        double part = ldexp(t.limb[k], 32 * (k - LIMBS) + 1), hi = q.hi + part;
        q = (fa_reduced){hi, q.lo + (part - (hi - q.hi))};
    }
    double sign = below ? -1 : 1, hi = q.hi * HALF_PI.hi;
    double lo = fma(q.hi, HALF_PI.hi, -hi) + q.hi * HALF_PI.lo + q.lo * HALF_PI.hi;
    return (fa_reduced){sign * (hi + lo), sign * (lo - ((hi + lo) - hi))};
}

fa_reduced fa_reduce(double a, double b, double offset)
{
    if (!isfinite(a) || !isfinite(b)) return (fa_reduced){NAN, NAN};
    int a_exponent, b_exponent;
    a = frexp(a, &a_exponent);
    b = frexp(b, &b_exponent);
    double product = a * b, rest = fma(a, b, -product);
    int exponent = a_exponent + b_exponent;
    Turns t = sum(turns(product, exponent), turns(rest, exponent));
    Turns more = {.limb = {[LIMBS - 1] = (uint32_t)ldexp(offset, 31)}};
    return angle(twice(sum(t, more)));
}
