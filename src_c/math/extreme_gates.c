/* Gates where two large factors meet a gate that is nearly closed, as in 1e38 1e38 1e-70, and
 * swiglu_clamped at parameters of extreme size; one element at a time, as in extreme.c. */
#include "extreme.h"
#include "double_double.h"

/* An activation and its derivative */
typedef struct {
    Wide y, dx;
} WideDual;

/* x s(z), where z' is the derivative of z */
static WideDual wide_gate(Wide x, Wide z, Wide slope)
{
    Wide s = logistic(z), ds = logistic_derivative(z);
    return (WideDual){times(x, s), plus(s, times(times(x, slope), ds))};
}

/* z = sqrt(8/pi) (x + 0.044715 x^3) */
static WideDual wide_gelu_tanh(double x)
{
    static const Wide STEEPNESS = {0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55, 1};
    static const Wide CUBIC = {0x1.6e4e26d4801f7p-1, 0x1.441355475a31ap-55, -4};
    Wide square = times(wide(x), wide(x)), cubic = times(CUBIC, square);
    Wide z = times(times(STEEPNESS, wide(x)), one_plus(cubic));
    Wide slope = times(STEEPNESS, one_plus(times(wide(3), cubic)));
    return wide_gate(wide(x), z, slope);
}

/* gelu(-t) = -phi(t) S and gelu'(-t) = phi(t) (S/t - t), S = 1 - 1/t^2 + 3/t^4 - ... */
static WideDual wide_gelu_tail(double t)
{
    static const Wide DENSITY = {0x1.9884533d43651p-1, -0x1.cbc0d30ebfd15p-55, -1};
    Wide square = times(wide(t), wide(t)), series = wide(1), term = wide(1);
    for (int n = 1; n < 40; n += 2) {
        term = over(times(wide(-n), term), square);
        series = plus(series, term);
    }
    Wide density = times(DENSITY, exp_of(times(wide(-0.5), square)));
    Wide by_x = plus(over(series, wide(t)), wide(-t));
    return (WideDual){negative(times(density, series)), times(density, by_x)};
}

static WideDual activated(fa_extreme_gate_function function, double a, double alpha)
{
    if (isinf(a) && function != FA_EXTREME_SWIGLU_CLAMPED)
        return (WideDual){wide(a > 0 ? a : -0.0), wide(a > 0)};
    switch (function) {
    case FA_EXTREME_GEGLU: return wide_gelu_tail(-a);
    case FA_EXTREME_GEGLU_TANH: return wide_gelu_tanh(a);
    default:
        return (WideDual){fa_wide_swish(FA_VALUE, a, &alpha),
                          fa_wide_swish(FA_GRAD, a, &alpha)};
    }
}

static fa_extreme_gate_results times_gradient(double g, Wide y, Wide da, Wide db)
{
    return (fa_extreme_gate_results){rounded(y), rounded(times(wide(g), da)),
                                     rounded(times(wide(g), db))};
}

/* a s(b) */
static fa_extreme_gate_results glu(double g, double a, double b)
{
    bool far = isinf(b);
    Wide s = far ? wide(b > 0) : logistic(wide(b));
    Wide ds = far ? wide(0) : logistic_derivative(wide(b));
    return times_gradient(g, times(wide(a), s), s, times(wide(a), ds));
}

fa_extreme_gate_results fa_extreme_gate(fa_extreme_gate_function function, double g,
                                        double a, double b, const double *parameters)
{
    if (isnan(a) || isnan(b)) return (fa_extreme_gate_results){NAN, NAN, NAN};
    if (function == FA_EXTREME_GLU) return glu(g, a, b);
    double u = a, v = b, alpha = 1, shift = 0;
    if (function == FA_EXTREME_SWIGLU_CLAMPED) {
        double limit = parameters[2];
        alpha = parameters[0], shift = parameters[1];
        bool undefined = isnan(alpha) || isnan(shift) || !(limit >= 0);
        if (undefined) return (fa_extreme_gate_results){NAN, NAN, NAN};
        u = fmin(a, limit), v = fmax(-limit, fmin(b, limit));
    }
    WideDual f = activated(function, u, alpha);
    Wide factor = sum_of(wide(v), wide(shift)), zero = wide(0);
    return times_gradient(g, times(f.y, factor), u == a ? times(f.dx, factor) : zero,
                          v == b ? f.y : zero);
}
