/* Snakes at parameters of extreme size, see extreme.c. */
#include "double_double.h"
#include "extreme.h"
#include "reduction.h"

/* r - r^3/3! + ... and 1 - r^2/2! + ... for |r| <= pi/2, by all terms that count */
static Wide series(Wide r, int last)
{
    Wide minus_square = negative(times(r, r)), one = wide(1), sum = one;
    for (int n = last; n > 1; n -= 2)
        sum = plus(one, over(times(minus_square, sum), wide(n * (n - 1))));
    return sum;
}

/* sin(z + offset pi) and cos(z + offset pi), but for the sign of both, for z = alpha x */
typedef struct {
    Wide sine, cosine;
} Circle;
static Circle circle(double x, double alpha, double offset)
{
    Wide z = times(wide(alpha), wide(x)), r = z;
    if (offset != 0 || (is_plain(z) && z.exponent > 0)) {
        fa_reduced near = fa_reduce(x, alpha, offset);
        r = wide_of(near.hi, near.lo, 0);
    }
    return (Circle){times(r, series(r, 37)), series(r, 38)};
}

/* sin(2z), and cos(2z) as sin(2(z + pi/4)) */
static Wide twofold(Circle c) { return scaled(times(c.sine, c.cosine), 1); }

/* 1 + alpha/beta sin(2z), which about a root of it is by S = sin(z + pi/4)
 * ((beta - alpha) + 2 alpha S^2)/beta for positive alpha and beta */
static Wide rising(double x, double alpha, double beta)
{
    Wide product = over(times(wide(alpha), twofold(circle(x, alpha, 0))), wide(beta));
    Wide sum = one_plus(product);
    if (sum.exponent > -20) return sum;
    Wide a = wide(fabs(alpha)), b = wide(fabs(beta));
    double mirrored = beta < 0 ? -x : x;
    Wide s = circle(mirrored, fabs(alpha), 0.25).sine;
    Wide base = plus(b, negative(a));
    return over(plus(base, scaled(times(a, times(s, s)), 1)), b);
}

/* x + s^2/beta for a sine s of z = alpha x. Where z is small s^2 is z^2 less
 * (z - s)(z + s) = z^4/3 - ..., so that x and z^2/beta may cancel. */
static Wide value(double x, Wide z, Wide alpha, Wide beta, Wide s)
{
    if (z.hi != 0 && z.exponent > -8) return plus(wide(x), over(times(s, s), beta));
    Wide square = times(z, z), rest = wide(1);
    for (int n = 21; n > 3; n -= 2)
        rest = plus(wide(1), negative(over(times(square, rest), wide(n * (n - 1)))));
    rest = times(over(times(times(square, z), rest), wide(6)), plus(z, s));
    Wide sum = times(wide(x), plus(beta, times(alpha, z)));
    return over(plus(sum, negative(rest)), beta);
}

/* The forms that snake has, too, and the derivative by the first parameter */
static Wide snake_form(fa_form form, double x, double alpha, double beta)
{
    Wide by = wide(beta), a = wide(alpha);
    if (form == FA_GRAD) return rising(x, alpha, beta);
    if (form == FA_GRAD_GRAD) {
        Wide z = times(a, wide(x)), s = circle(x, alpha, 0).sine;
        Wide cosine = z.hi == 0 || z.exponent < 0
            ? plus(wide(1), negative(scaled(times(s, s), 1)))
            : twofold(circle(x, alpha, 0.25));
        return over(scaled(times(times(a, a), cosine), 1), by);
    }
    Circle c = circle(x, alpha, 0);
    if (form == FA_VALUE) return value(x, times(a, wide(x)), a, by, c.sine);
    return over(times(wide(x), twofold(c)), by);
}

Wide fa_wide_snake(fa_form form, double x, const double *p)
{
    double alpha = p[0];
    if (form == FA_VALUE && (x == 0 || isinf(x) || alpha == 0 || isinf(alpha)))
        return wide(x);
    if (isinf(alpha) || isinf(x)) return wide(NAN);
    if (alpha == 0) {
        if (form == FA_GRAD_PARAMETER) return times(wide(x), wide(x));
        return wide(form == FA_GRAD ? 1 : 0);
    }
    if (form != FA_GRAD_PARAMETER) return snake_form(form, x, alpha, alpha);
    /* sin(z) (2 z cos(z) - sin(z))/alpha^2 */
    Circle c = circle(x, alpha, 0);
    Wide a = wide(alpha), z = times(wide(x), a);
    Wide sum = plus(scaled(times(z, c.cosine), 1), negative(c.sine));
    return over(times(c.sine, sum), times(a, a));
}

Wide fa_wide_snake_beta(fa_form form, double x, const double *p)
{
    double alpha = p[0], beta = p[1];
    if (beta == 0) return wide(NAN);
    if (form == FA_VALUE && (x == 0 || isinf(x) || isinf(beta))) return wide(x);
    if (isinf(alpha) || isinf(x)) return wide(NAN);
    if (isinf(beta)) return wide(form == FA_GRAD ? 1 : 0);
    if (form != FA_GRAD_PARAMETER + 1) return snake_form(form, x, alpha, beta);
    Wide ratio = over(circle(x, alpha, 0).sine, wide(beta));
    return negative(times(ratio, ratio));
}

fa_words fa_snake_dalpha(double x, double alpha, double rest)
{
    Wide f = over(fa_wide_snake(FA_GRAD_PARAMETER, x, &alpha), wide(rest));
    return (fa_words){ldexp(f.hi, f.exponent), ldexp(f.lo, f.exponent)};
}
