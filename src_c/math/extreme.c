/* Functions at parameters of extreme size: huge, tiny, 0, infinite or, for some, negative.
 *
 * There an intermediate product overflows or underflows although the result does not, or a
 * limit replaces the formula. Such parameters are rare, so they are computed one element at a
 * time, in double-double arithmetic with a separate exponent, which cannot overflow: results
 * are nearly correctly rounded, and raise the overflow flag where they overflow. */
#include <math.h>

#include "extreme.h"
#include "double_double.h"
#include "reduction.h"

/* 0, 1/2 or 1: what a sigmoid is where its argument has the sign of two factors, one of them
 * infinite; NaN where the other is 0. */
static double step(double x, double p)
{
    if (x == 0 || p == 0) return NAN;
    return (x > 0) == (p > 0) ? 1 : 0;
}

/* ---- elu, celu ---- */

static Wide elu(fa_form form, double x, const double *p)
{
    double alpha = p[0];
    if (form == FA_GRAD_PARAMETER) return x > 0 ? wide(0) : expm1_of(wide(x));
    if (form == FA_BACKWARD_FROM_OUTPUT && x <= 0) {
        bool finite = isfinite(x) && isfinite(alpha);
        return finite ? plus(wide(x), wide(alpha)) : wide(x + alpha);
    }
    if (form == FA_BACKWARD_FROM_OUTPUT) return wide(1);
    if (form == FA_VALUE && x >= 0) return wide(x);
    if (x > 0) return wide(form == FA_GRAD ? 1 : 0);
    if (form != FA_VALUE) return times(wide(alpha), exp_of(wide(x)));
    return isinf(x) ? wide(-alpha) : times(wide(alpha), expm1_of(wide(x)));
}

/* e^z - 1 - z e^z, near 0 the series of -z^2 (n + 1)/(n + 2)! z^n */
static Wide celu_by_alpha(Wide z)
{
    if (z.exponent > -2) return plus(expm1_of(z), negative(times(z, exp_of(z))));
    Wide sum = wide(0), factor = wide(-0.5), term = factor;
    for (int n = 0; n < 30; n++) {
        sum = plus(sum, times(term, wide(n + 1)));
        term = over(times(term, z), wide(n + 3));
    }
    return times(times(z, z), sum);
}

static Wide celu(fa_form form, double x, const double *p)
{
    double alpha = p[0];
    if (form == FA_VALUE && (x >= 0 || isinf(alpha))) return wide(x);
    if (x > 0 || (x == 0 && form != FA_GRAD_GRAD)) return wide(form == FA_GRAD ? 1 : 0);
    bool undefined = form == FA_GRAD_GRAD && x == 0;
    if (alpha == 0) /* relu */
        return wide(undefined ? NAN : form == FA_GRAD_PARAMETER ? -1 : 0);
    if (isinf(alpha)) /* identity */
        return wide(isinf(x) ? NAN : form == FA_GRAD ? 1 : 0);
    if (isinf(x)) {
        double growth = alpha > 0 ? 0 : INFINITY;
        switch (form) {
        case FA_VALUE: return wide(alpha > 0 ? -alpha : -INFINITY);
        case FA_GRAD: return wide(growth);
        case FA_GRAD_PARAMETER: return wide(alpha > 0 ? -1 : -INFINITY);
        default: return wide(-growth);
        }
    }
    Wide z = x == 0 ? wide(0) : over(wide(x), wide(alpha));
    switch (form) {
    case FA_VALUE: return times(wide(alpha), expm1_of(z));
    case FA_GRAD: return exp_of(z);
    case FA_GRAD_PARAMETER: return celu_by_alpha(z);
    default: return over(exp_of(z), wide(alpha));
    }
}

/* ---- softplus ---- */

static Wide softplus(fa_form form, double x, const double *p)
{
    double beta = p[0];
    bool defined = beta != 0 || form == FA_GRAD || form == FA_GRAD_GRAD;
    if (!defined && form != FA_BACKWARD_FROM_OUTPUT) return wide(NAN);
    if (isinf(x) || isinf(beta)) {
        bool right = (x > 0) == (beta > 0);
        switch (form) {
        case FA_VALUE: return wide(right ? x : 0);
        case FA_GRAD: return wide(step(x, beta));
        case FA_BACKWARD_FROM_OUTPUT: {
            if (x == 0 || beta == 0) return wide(NAN);
            return wide(right ? 1 : -INFINITY);
        }
        case FA_GRAD_PARAMETER: return wide(-0.0);
        default: return wide(x == 0 ? NAN : 0);
        }
    }
    Wide z = times(wide(beta), wide(x));
    if (form == FA_BACKWARD_FROM_OUTPUT) return negative(expm1_of(negative(z)));
    if (form == FA_GRAD) return logistic(z);
    if (form == FA_GRAD_GRAD) return times(wide(beta), logistic_derivative(z));
    Wide w = exp_of(minus_magnitude(z)), log = log1p_of(w), by = wide(beta);
    if (form == FA_VALUE) return plus(wide(z.hi > 0 ? x : 0), over(log, by));
    Wide entropy = plus(over(times(negative(minus_magnitude(z)), w), one_plus(w)), log);
    return negative(over(entropy, times(by, by)));
}

/* ---- swish ---- */

/* t less a root that is given in three doubles */
static Wide distance(Wide t, const double root[3])
{
    Wide d = plus(t, wide(-root[0]));
    return plus(plus(d, wide(-root[1])), wide(-root[2]));
}

/* The root t of silu'(-t), where e^-t = t - 1. */
static const double ROOT[3] = {0x1.474973c84120bp+0, 0x1.f8d74bc9ac154p-54,
                               0x1.44a50180ba780p-108};

/* (z s(z))' for a finite z: for z < 0 by the distance to its root */
Wide fa_wide_silu_derivative(Wide z)
{
    Wide w = exp_of(minus_magnitude(z)), divisor = one_plus(w), n;
    if (z.hi < 0) {
        Wide d = distance(negative(z), ROOT);
        Wide gap = plus(wide(ROOT[0] - 1), wide(ROOT[1]));
        n = times(w, plus(times(gap, expm1_of(negative(d))), negative(d)));
    } else {
        n = plus(one_plus(w), times(z, w));
    }
    return over(n, times(divisor, divisor));
}

/* The root t of silu''(t), where e^-t = (t - 2)/(t + 2). */
static const double BEND[3] = {0x1.331e23ad9de11p+1, 0x1.a9c55ef03c74ap-53,
                               0x1.672af2735d856p-110};

/* w (2 (1 + w) - t (1 - w)) / (1 + w)^3, t = |z|, w = e^-t, by the distance to the root */
Wide fa_wide_silu_second_derivative(Wide z)
{
    Wide minus_t = minus_magnitude(z), w = exp_of(minus_t), divisor = one_plus(w);
    Wide d = distance(negative(minus_t), BEND);
    Wide gap = plus(wide(BEND[0] - 2), wide(BEND[1]));
    Wide bracket = plus(times(gap, expm1_of(negative(d))), times(d, expm1_of(minus_t)));
    return over(times(w, bracket), times(divisor, times(divisor, divisor)));
}

Wide fa_wide_swish(fa_form form, double x, const double *p)
{
    double beta = p[0];
    if (beta == 0) {
        switch (form) {
        case FA_VALUE: return times(wide(x), wide(0.5));
        case FA_GRAD: return wide(0.5);
        case FA_GRAD_PARAMETER: return times(times(wide(x), wide(x)), wide(0.25));
        default: return wide(0);
        }
    }
    if (x == 0 && (form == FA_VALUE || form == FA_GRAD_PARAMETER))
        return wide(form == FA_VALUE ? x : 0);
    if (isinf(x) || isinf(beta)) {
        switch (form) {
        case FA_VALUE: return wide((x > 0) == (beta > 0) ? x : 0);
        case FA_GRAD: return wide(step(x, beta));
        case FA_GRAD_PARAMETER: return wide(0);
        default: return wide(x == 0 ? NAN : 0);
        }
    }
    Wide z = times(wide(beta), wide(x)), square = times(wide(x), wide(x));
    switch (form) {
    case FA_VALUE: return times(wide(x), logistic(z));
    case FA_GRAD: return fa_wide_silu_derivative(z);
    case FA_GRAD_PARAMETER: return times(square, logistic_derivative(z));
    default: return times(wide(beta), fa_wide_silu_second_derivative(z));
    }
}

/* ---- all ---- */

static Wide activated(int activation, fa_form form, double x, const double *p)
{
    switch (activation) {
    case FA_ROW_elu: return elu(form, x, p);
    case FA_ROW_celu: return celu(form, x, p);
    case FA_ROW_xielu: return fa_wide_xielu(form, x, p);
    case FA_ROW_softplus: return softplus(form, x, p);
    case FA_ROW_swish: return fa_wide_swish(form, x, p);
    case FA_ROW_acon_c: return fa_wide_acon_c(form, x, p);
    case FA_ROW_aptx: return fa_wide_aptx(form, x, p);
    case FA_ROW_softcap: return fa_wide_softcap(form, x, p);
    case FA_ROW_dyt: return fa_wide_dyt(form, x, p);
    case FA_ROW_gaussian: return fa_wide_gaussian(form, x, p);
    case FA_ROW_laplace: return fa_wide_laplace(form, x, p);
    case FA_ROW_squareplus: return fa_wide_squareplus(form, x, p);
    case FA_ROW_isru: return fa_wide_isru(form, x, p);
    case FA_ROW_isrlu: return fa_wide_isrlu(form, x, p);
    case FA_ROW_smelu: return fa_wide_smelu(form, x, p);
    case FA_ROW_star_relu: return fa_wide_star_relu(form, x, p);
    case FA_ROW_snake: return fa_wide_snake(form, x, p);
    case FA_ROW_snake_beta: return fa_wide_snake_beta(form, x, p);
    default: return wide(NAN);
    }
}

double fa_extreme(int activation, fa_form form, double g, double x, const double *p)
{
    bool any_nan = isnan(x);
    for (int k = 0; k < fa_activations[activation].parameters; k++)
        any_nan |= isnan(p[k]);
    if (any_nan) return NAN;
    return rounded(times(wide(g), activated(activation, form, x, p)));
}
