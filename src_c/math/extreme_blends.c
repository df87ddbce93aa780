/* Blends of two slopes at parameters of extreme size, see extreme.c. */
#include "double_double.h"

/* The argument of a gate, NaN at the kink of one that is infinitely steep */
static Wide stretched(Wide steepness, double x)
{
    return steepness.hi == 0 ? wide(0) : times(steepness, wide(x));
}

/* slope x, 0 where a slope becomes 0 even if x is infinite */
static Wide along(Wide slope, double x)
{
    return slope.hi == 0 ? wide(copysign(0, x)) : times(slope, wide(x));
}

/* (z s(z))', or its limit */
static Wide silu_slope(Wide z)
{
    return isinf(z.hi) ? wide(z.hi > 0) : fa_wide_silu_derivative(z);
}

/* t - tanh(t), near 0 by its series */
static Wide tanh_rest(Wide t)
{
    if (t.hi != 0 && t.exponent > -8) return plus(t, negative(tanh_of(t)));
    static const double above[] = {1, -2, 17, -62, 1382},
                        below[] = {3, 15, 315, 2835, 155925};
    Wide square = times(t, t), sum = wide(0);
    for (int n = 4; n >= 0; n--)
        sum = plus(over(wide(above[n]), wide(below[n])), times(square, sum));
    return times(times(square, t), sum);
}

/* Two slopes, their mean and half of p1 - p2 */
typedef struct {
    Wide p1, p2, mean, half_rise;
} Slopes;

/* p1 h(z) + p2 h(-z) for h = s or (z s(z))'. In the middle, where both are about 1/2, it is by
 * t = z/2 the mean of the slopes and half of their rise times
 * tanh(t) = t - (t - tanh(t)), or t (1 - tanh(t)^2) more. */
static Wide blended(fa_form form, Slopes slopes, Wide z)
{
    if (isinf(z.hi)) return z.hi > 0 ? slopes.p1 : slopes.p2;
    bool value = form == FA_VALUE;
    if (z.hi == 0 || z.exponent < 0) {
        Wide t = scaled(z, -1), rest = tanh_rest(t), linear = scaled(t, value ? 0 : 1);
        if (!value) rest = plus(rest, times(t, times(tanh_of(t), tanh_of(t))));
        Wide about = plus(slopes.mean, times(slopes.half_rise, linear));
        return plus(about, negative(times(slopes.half_rise, rest)));
    }
    Wide minus_z = negative(z);
    Wide first = value ? logistic(z) : fa_wide_silu_derivative(z);
    Wide second = value ? logistic(minus_z) : fa_wide_silu_derivative(minus_z);
    return plus(times(slopes.p1, first), times(slopes.p2, second));
}

/* By p1, p2 and beta the derivatives are x (z s(z))', the same at -z, and (p1 - p2)^2 x^2 s'(z). */
Wide fa_wide_acon_c(fa_form form, double x, const double *p)
{
    Wide p1 = wide(p[0]), p2 = wide(p[1]), rise = sum_of(p1, negative(p2));
    Wide steepness = times(wide(p[2]), rise), root = times(rise, wide(x));
    if (isnan(steepness.hi) || (x == 0 && isinf(rise.hi))) return wide(NAN);
    bool kink = form == FA_GRAD || form == FA_GRAD_GRAD;
    if (x == 0 && !kink) return wide(form == FA_VALUE ? x : 0);
    Wide z = stretched(steepness, x);
    if (isnan(z.hi)) return z;
    bool flat = isinf(z.hi) || rise.hi == 0;
    Slopes slopes = {p1, p2, scaled(sum_of(p1, p2), -1), scaled(rise, -1)};
    switch ((int)form) {
    case FA_VALUE: return along(blended(form, slopes, z), x);
    case FA_GRAD: return blended(form, slopes, z);
    case FA_GRAD_PARAMETER: return along(silu_slope(z), x);
    case FA_GRAD_PARAMETER + 1: return along(silu_slope(negative(z)), x);
    case FA_GRAD_GRAD:
        if (flat || steepness.hi == 0) return wide(0);
        return times(times(steepness, rise), fa_wide_silu_second_derivative(z));
    default: return flat ? wide(0) : times(times(root, root), logistic_derivative(z));
    }
}

Wide fa_wide_aptx(fa_form form, double x, const double *p)
{
    Wide alpha = wide(p[0]), beta = wide(p[1]), factor = wide(p[2]), one = wide(1);
    bool value = form == FA_VALUE;
    Wide z = x == 0 && value ? wide(0) : stretched(scaled(beta, 1), x);
    if (isnan(z.hi)) return z;
    if (form == FA_GRAD_GRAD) {
        if (isinf(z.hi) || beta.hi == 0) return times(factor, wide(0));
        return times(factor, times(scaled(beta, 2), fa_wide_silu_second_derivative(z)));
    }
    Slopes slopes = {plus(alpha, one), plus(alpha, negative(one)), alpha, one};
    Wide slope = times(factor, isinf(p[0]) ? alpha : blended(form, slopes, z));
    return value ? along(slope, x) : slope;
}
