/* Double-double arithmetic with a separate exponent, which cannot overflow, and the
 * exponential, logarithm and logistic function in it. Of one element: where it is wanted,
 * speed does not matter. */
#ifndef FA_DOUBLE_DOUBLE_H
#define FA_DOUBLE_DOUBLE_H

#include <math.h>
#include <stdbool.h>

#include "../table/table.h"

/* (hi + lo) 2^exponent with 1/2 <= |hi| < 1; or hi is 0, infinite or NaN, and all there is. */
typedef struct {
    double hi, lo;
    int exponent;
} Wide;

static inline Wide wide_of(double hi, double lo, int exponent)
{
    double sum = hi + lo, rest = lo - (sum - hi);
    int shift;
    double head = frexp(sum, &shift);
    if (sum == 0 || !isfinite(sum)) return (Wide){.hi = sum};
    return (Wide){head, ldexp(rest, -shift), exponent + shift};
}
static inline Wide wide(double x) { return wide_of(x, 0, 0); }
static inline bool is_plain(Wide a) { return a.hi != 0 && isfinite(a.hi); }

static inline Wide negative(Wide a) { return (Wide){-a.hi, -a.lo, a.exponent}; }

static inline Wide times(Wide a, Wide b)
{
    if (!is_plain(a) || !is_plain(b)) return (Wide){.hi = a.hi * b.hi};
    double hi = a.hi * b.hi;
    double lo = fma(a.hi, b.hi, -hi) + (a.hi * b.lo + a.lo * b.hi);
    return wide_of(hi, lo, a.exponent + b.exponent);
}

static inline Wide over(Wide a, Wide b)
{
    double hi = a.hi / b.hi;
    double rest = fma(-hi, b.hi, a.hi) + (a.lo - hi * b.lo);
    return wide_of(hi, rest / b.hi, a.exponent - b.exponent);
}

static inline Wide plus(Wide a, Wide b)
{
    if (!is_plain(b)) return a;
    if (!is_plain(a)) return b;
    if (a.exponent < b.exponent) {
        Wide swap = a;
        a = b, b = swap;
    }
    int shift = b.exponent - a.exponent;
    if (shift < -120) return a;
    double other = ldexp(b.hi, shift);
    double sum = a.hi + other, part = sum - a.hi;
    double rest = (a.hi - (sum - part)) + (other - part);
    return wide_of(sum, rest + (a.lo + ldexp(b.lo, shift)), a.exponent);
}

/* The same, where one of them is infinite or NaN by IEEE arithmetic */
static inline Wide sum_of(Wide a, Wide b)
{
    return isfinite(a.hi) && isfinite(b.hi) ? plus(a, b) : wide(a.hi + b.hi);
}

/* The nearest double, and whether that or a float overflows is told by the usual flag. */
static inline double rounded(Wide a) { return ldexp(a.hi + a.lo, a.exponent); }

/* From here on e^z is 0 or infinite beside every other factor. */
enum { FAR = 24, END = 1 << 26 };

/* e^r - 1 for |r| < 0.4: a series at r/256, and eight times the formula for the double. */
static inline Wide expm1_near(Wide r)
{
    if (!is_plain(r) || r.exponent < -110) return r;
    r.exponent -= 8;
    Wide one = wide(1), sum = one;
    for (int n = 11; n > 1; n--) sum = plus(one, over(times(r, sum), wide(n)));
    Wide e = times(r, sum);
    for (int n = 0; n < 8; n++) {
        Wide twice = {e.hi, e.lo, e.exponent + 1};
        e = plus(twice, times(e, e));
    }
    return e;
}

/* z - n log(2) and n */
static inline Wide reduced(Wide z, int *n)
{
    static const Wide LOG2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56, 0};
    *n = (int)rint(ldexp(z.hi, z.exponent) / LOG2.hi);
    return plus(z, negative(times(wide(*n), LOG2)));
}

static inline Wide exp_of(Wide z)
{
    if (!is_plain(z)) return wide(z.hi == 0 ? 1 : exp(z.hi));
    if (z.exponent > FAR) return (Wide){0.5, 0, z.hi > 0 ? END : -END};
    int n;
    Wide e = plus(wide(1), expm1_near(reduced(z, &n)));
    e.exponent += n;
    return e;
}

static inline Wide expm1_of(Wide z)
{
    if (is_plain(z) && z.exponent < -1) return expm1_near(z);
    return plus(exp_of(z), wide(-1));
}

/* log(1 + w) for 0 < w <= 1, by Newton's step from a double */
static inline Wide log1p_of(Wide w)
{
    if (w.exponent < -110) return w;
    Wide y = wide(log1p(rounded(w)));
    Wide excess = plus(expm1_of(y), negative(w));
    return plus(y, negative(over(excess, exp_of(y))));
}

static inline Wide minus_magnitude(Wide z) { return z.hi > 0 ? negative(z) : z; }
static inline Wide one_plus(Wide w) { return plus(wide(1), w); }

/* 1/(1 + e^-z) and its derivative, for a finite z */
static inline Wide logistic(Wide z)
{
    Wide w = exp_of(minus_magnitude(z));
    return over(z.hi < 0 ? w : wide(1), one_plus(w));
}
static inline Wide logistic_derivative(Wide z)
{
    Wide w = exp_of(minus_magnitude(z)), divisor = one_plus(w);
    return over(w, times(divisor, divisor));
}

/* sqrt(a) for a > 0, by Newton's step from a double */
static inline Wide root_of(Wide a)
{
    int odd = a.exponent & 1;
    double hi = ldexp(a.hi, -odd), lo = ldexp(a.lo, -odd), root = sqrt(hi);
    double rest = fma(-root, root, hi) + lo;
    return wide_of(root, rest / (2 * root), (a.exponent + odd) / 2);
}

/* a 2^n */
static inline Wide scaled(Wide a, int n) { return (Wide){a.hi, a.lo, a.exponent + n}; }

/* tanh(z) and its derivative, for a finite z */
static inline Wide tanh_of(Wide z)
{
    Wide e = expm1_of(scaled(minus_magnitude(z), 1));
    Wide tanh = over(e, plus(wide(2), e));
    return z.hi > 0 ? negative(tanh) : tanh;
}
static inline Wide tanh_derivative(Wide z)
{
    return scaled(logistic_derivative(scaled(z, 1)), 2);
}

/* ---- the activations of a family in extreme*.c, their parameters being of any size ---- */

Wide fa_wide_dyt(fa_form form, double x, const double *p);
Wide fa_wide_softcap(fa_form form, double x, const double *p);
Wide fa_wide_gaussian(fa_form form, double x, const double *p);
Wide fa_wide_laplace(fa_form form, double x, const double *p);
Wide fa_wide_isru(fa_form form, double x, const double *p);
Wide fa_wide_isrlu(fa_form form, double x, const double *p);
Wide fa_wide_squareplus(fa_form form, double x, const double *p);
Wide fa_wide_smelu(fa_form form, double x, const double *p);
Wide fa_wide_star_relu(fa_form form, double x, const double *p);
Wide fa_wide_xielu(fa_form form, double x, const double *p);
Wide fa_wide_acon_c(fa_form form, double x, const double *p);
Wide fa_wide_aptx(fa_form form, double x, const double *p);
Wide fa_wide_snake(fa_form form, double x, const double *p);
Wide fa_wide_snake_beta(fa_form form, double x, const double *p);
Wide fa_wide_swish(fa_form form, double x, const double *p);

/* (z s(z))' and (z s(z))'' for a finite z */
Wide fa_wide_silu_derivative(Wide z);
Wide fa_wide_silu_second_derivative(Wide z);

#endif
