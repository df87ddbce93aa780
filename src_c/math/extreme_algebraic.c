/* Roots and parabolas at parameters of extreme size, see extreme.c. */
#include "double_double.h"
#include "extreme.h"

static Wide square_of(double x) { return times(wide(x), wide(x)); }

/* ---- x/sqrt(w), w = 1 + alpha x^2 ---- */

/* w with as many bits as count where a negative alpha makes the terms cancel: alpha times the
 * second word of x^2 is not dropped. */
static Wide isru_square(double x, double alpha)
{
    Wide square = square_of(x), by = wide(alpha);
    Wide head = {square.hi, 0, square.exponent},
         tail = wide_of(square.lo, 0, square.exponent);
    return plus(plus(wide(1), times(by, head)), times(by, tail));
}

Wide fa_wide_isru(fa_form form, double x, const double *p)
{
    double alpha = p[0];
    bool value = form == FA_VALUE;
    if (alpha == 0) return wide(value ? x : form == FA_GRAD ? 1 : 0);
    if (isinf(alpha) || (alpha < 0 && isinf(x)))
        return wide(alpha > 0 && (value || x != 0) ? copysign(0, x) : NAN);
    if (isinf(x))
        return value ? over(wide(copysign(1, x)), root_of(wide(alpha))) : wide(0);
    if (value && x == 0) return wide(x);
    Wide w = isru_square(x, alpha);
    if (w.hi <= 0) return wide(NAN);
    Wide root = root_of(w), cube = times(w, root);
    switch (form) {
    case FA_VALUE: return over(wide(x), root);
    case FA_GRAD: return over(wide(1), cube);
    default: return over(times(times(wide(-3), wide(alpha)), wide(x)), times(w, cube));
    }
}

Wide fa_wide_isrlu(fa_form form, double x, const double *p)
{
    if (x < 0) return fa_wide_isru(form, x, p);
    return wide(form == FA_VALUE ? x : form == FA_GRAD ? 1 : 0);
}

/* ---- (x + r)/2, r = sqrt(x^2 + b) ---- */

Wide fa_wide_squareplus(fa_form form, double x, const double *p)
{
    double b = p[0];
    bool value = form == FA_VALUE;
    double level = x > 0 ? (value ? x : 1) : 0; /* the limit, relu or its derivative */
    if (form == FA_GRAD_GRAD) level = 0;
    if (b == 0) return wide(x == 0 && !value ? NAN : level);
    if (isinf(b) && b > 0) return wide(value ? INFINITY : form == FA_GRAD ? 0.5 : 0);
    if (isinf(b)) return wide(NAN);
    if (isinf(x)) return wide(level);
    Wide square = plus(square_of(x), wide(b));
    if (square.hi == 0 && value) return scaled(wide(x), -1);
    if (square.hi <= 0) return wide(NAN);
    Wide r = root_of(square);
    if (form == FA_GRAD_GRAD) return over(scaled(wide(b), -1), times(square, r));
    Wide y = scaled(plus(wide(fabs(x)), r), -1);
    if (x < 0) y = over(scaled(wide(b), -2), y);
    return value ? y : over(y, r);
}

/* ---- parabolas ---- */

Wide fa_wide_smelu(fa_form form, double x, const double *p)
{
    double beta = p[0];
    bool value = form == FA_VALUE;
    if (beta < 0) return wide(NAN);
    if (isinf(beta)) return wide(value ? INFINITY : 0.5);
    if (!value && x == 0 && beta == 0) return wide(NAN);
    if (fabs(x) >= beta) return wide(x > 0 ? (value ? x : 1) : 0);
    Wide sum = plus(wide(x), wide(beta)), ratio = over(sum, scaled(wide(beta), 1));
    return value ? scaled(times(ratio, sum), -1) : ratio;
}

Wide fa_wide_star_relu(fa_form form, double x, const double *p)
{
    Wide r = wide(x > 0 ? x : 0), square = times(r, r);
    switch ((int)form) {
    case FA_VALUE: return sum_of(times(wide(p[0]), square), wide(p[1]));
    case FA_GRAD: return scaled(times(wide(p[0]), r), 1);
    case FA_GRAD_PARAMETER: return square;
    default: return wide(1);
    }
}

/* ---- xielu ---- */

/* e^x - 1 - x, near 0 by its series */
static Wide exp_rest(Wide x)
{
    if (x.exponent > -2) return plus(expm1_of(x), negative(x));
    Wide sum = wide(1);
    for (int n = 30; n > 2; n--) sum = plus(wide(1), over(times(x, sum), wide(n)));
    return scaled(times(times(x, x), sum), -1);
}

/* alpha (e^m - 1 - x) + beta x, or alpha (e^m - 1) + beta, for finite numbers */
static Wide xielu_left(fa_form form, double x, double m, double alpha, double beta)
{
    Wide a = wide(alpha), b = wide(beta), by_x = wide(x), bend = expm1_of(wide(m));
    if (form != FA_VALUE) return plus(times(a, bend), b);
    if (x < -2) return plus(times(a, bend), times(plus(b, negative(a)), by_x));
    Wide rest = m < x ? plus(bend, negative(by_x)) : exp_rest(by_x);
    return plus(times(a, rest), times(b, by_x));
}
fa_words fa_xielu_left(fa_form form, double x, double m, double alpha, double beta)
{
    /* About the root of the derivative e^m is more accurate than e^m - 1. */
    Wide rest = plus(wide(beta), wide(-alpha));
    Wide f = form == FA_VALUE ? xielu_left(form, x, m, alpha, beta)
                              : plus(times(wide(alpha), exp_of(wide(m))), rest);
    return (fa_words){ldexp(f.hi, f.exponent), ldexp(f.lo, f.exponent)};
}

Wide fa_wide_xielu(fa_form form, double x, const double *p)
{
    Wide alpha_p = wide(p[0]), alpha_n = wide(p[1]), beta = wide(p[2]), by_x = wide(x);
    bool value = form == FA_VALUE;
    if (x > 0) {
        Wide slope = sum_of(scaled(times(alpha_p, by_x), !value), beta);
        return value ? times(by_x, slope) : slope;
    }
    double eps = p[3], m = fmin(x, eps);
    Wide bend = expm1_of(wide(m));
    if (!value) return sum_of(times(alpha_n, x <= eps ? bend : wide(-1)), beta);
    bool finite = isfinite(p[1]) && isfinite(p[2]);
    if (finite && isfinite(x)) return xielu_left(form, x, m, p[1], p[2]);
    if (finite) { /* x is -inf */
        Wide slope = plus(beta, negative(alpha_n));
        return slope.hi == 0 ? times(alpha_n, bend) : wide(-INFINITY * slope.hi);
    }
    Wide rest = m < x || isinf(x) ? sum_of(bend, negative(by_x)) : exp_rest(by_x);
    return sum_of(times(alpha_n, rest), times(beta, by_x));
}
