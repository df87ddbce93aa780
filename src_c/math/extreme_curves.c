/* Curves that a parameter stretches or moves, at parameters of extreme size, see extreme.c. */
#include "double_double.h"

/* The derivative of what is level but for a step or a kink at 0 */
static Wide at_a_kink(double x) { return wide(x == 0 ? NAN : 0); }

/* ---- tanh(alpha x), cap tanh(x/cap) ---- */

/* tanh, its first or second derivative */
static Wide tanh_form(fa_form form, Wide z)
{
    if (form == FA_VALUE) return tanh_of(z);
    Wide slope = tanh_derivative(z);
    return form == FA_GRAD_GRAD ? scaled(negative(times(tanh_of(z), slope)), 1) : slope;
}

Wide fa_wide_dyt(fa_form form, double x, const double *p)
{
    double alpha = p[0], sign = copysign(1, x) * copysign(1, alpha);
    bool value = form == FA_VALUE, by_alpha = form == FA_GRAD_PARAMETER;
    if (value && (x == 0 || alpha == 0)) return wide(copysign(0, sign));
    if (value && (isinf(x) || isinf(alpha))) return wide(sign);
    if (by_alpha && (x == 0 || alpha == 0)) return wide(x);
    if (isinf(alpha)) return by_alpha ? wide(0) : at_a_kink(x);
    if (alpha == 0 || isinf(x)) return wide(0);
    Wide f = tanh_form(form, times(wide(alpha), wide(x)));
    switch (form) {
    case FA_VALUE: return f;
    case FA_GRAD: return times(wide(alpha), f);
    case FA_GRAD_PARAMETER: return times(wide(x), f);
    default: return times(times(wide(alpha), wide(alpha)), f);
    }
}

Wide fa_wide_softcap(fa_form form, double x, const double *p)
{
    double cap = p[0];
    if (isinf(cap)) return wide(form == FA_VALUE ? x : form == FA_GRAD ? 1 : 0);
    if (cap == 0) return form == FA_VALUE ? wide(copysign(0, x)) : at_a_kink(x);
    if (isinf(x)) return wide(form == FA_VALUE ? copysign(cap, x) : 0);
    if (x == 0 && form == FA_VALUE) return wide(x);
    Wide f = tanh_form(form, over(wide(x), wide(cap)));
    switch (form) {
    case FA_VALUE: return times(wide(cap), f);
    case FA_GRAD: return f;
    default: return over(f, wide(cap));
    }
}

/* ---- the bell curve and its integral ---- */

/* e^(-u^2/2) */
static Wide bell(Wide u) { return exp_of(scaled(negative(times(u, u)), -1)); }

Wide fa_wide_gaussian(fa_form form, double x, const double *p)
{
    double sigma = p[0];
    if (isinf(sigma)) return wide(form == FA_VALUE ? 1 : 0);
    if (sigma == 0) return form == FA_VALUE ? wide(x == 0) : at_a_kink(x);
    if (isinf(x)) return wide(0);
    Wide by = wide(sigma), u = over(wide(x), by), y = bell(u);
    if (form == FA_VALUE) return y;
    if (form == FA_GRAD) return over(negative(times(u, y)), by);
    Wide left = plus(wide(x), negative(by)), right = plus(wide(x), by);
    return times(times(over(over(left, by), by), over(over(right, by), by)), y);
}

/* phi(u) */
static Wide density(Wide u)
{
    static const Wide AT_0 = {0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55, -1};
    return times(AT_0, bell(u));
}

/* phi(u) (u + u^3/3 + u^5/(3 5) + ...) */
static Wide normal_less_half(Wide u)
{
    Wide square = times(u, u), term = u, sum = u;
    for (int n = 3; is_plain(term) && term.exponent > sum.exponent - 110; n += 2) {
        term = over(times(term, square), wide(n));
        sum = plus(sum, term);
    }
    return times(density(u), sum);
}

/* Phi(-t) = phi(t)/(t + 1/(t + 2/(t + 3/...))) for t >= 4 */
static Wide normal_tail(Wide t)
{
    Wide fraction = t;
    for (int n = 60; n > 0; n--) fraction = plus(t, over(wide(n), fraction));
    return over(density(t), fraction);
}

static Wide normal(Wide u)
{
    if (u.exponent < 3) return plus(wide(0.5), normal_less_half(u));
    return u.hi < 0 ? normal_tail(negative(u))
                    : plus(wide(1), negative(normal_tail(u)));
}

/* Phi(u), u = (x - mu)/sigma; sigma = 0 is its limit from above. */
Wide fa_wide_laplace(fa_form form, double x, const double *p)
{
    double mu = p[0], sigma = p[1];
    bool value = form == FA_VALUE;
    if (isinf(mu) && (isinf(sigma) || x == mu)) return wide(NAN);
    if (isinf(sigma)) return wide(value ? 0.5 : 0);
    if (x == mu && sigma == 0) return wide(value ? 0.5 : NAN);
    if (isinf(mu) || isinf(x) || sigma == 0) {
        bool right = isinf(mu) ? mu < 0 : x > mu;
        return wide(value && right == (sigma >= 0));
    }
    Wide by = wide(sigma), u = over(plus(wide(x), wide(-mu)), by);
    switch (form) {
    case FA_VALUE: return normal(u);
    case FA_GRAD: return over(density(u), by);
    default: return over(over(negative(times(u, density(u))), by), by);
    }
}
