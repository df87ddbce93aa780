#include "axis_reference.h"

#include <math.h>

#include "element.h"

static fa_dtype kernels_dtype(const Row *row)
{
    return row->precision ? FA_FLOAT64 : FA_FLOAT32;
}

/* ---- sums whose error does not grow with their length [Neumaier 1974] ---- */

typedef struct {
    long double sum, rest;
} Sum;

static long double error_of_sum(long double a, long double b, long double sum)
{
    long double of_b = sum - a;
    return (a - (sum - of_b)) + (b - of_b);
}

static void add(Sum *s, long double term)
{
    long double sum = s->sum + term;
    s->rest += error_of_sum(s->sum, term, sum);
    s->sum = sum;
}

static long double total(Sum s) { return isfinite(s.sum) ? s.sum + s.rest : s.sum; }

/* ---- rows ---- */

static bool is_backward(int function)
{
    return fa_axis_functions[function].inputs == 2;
}

static double argument(const Row *row, ptrdiff_t i)
{
    return row->function == AXIS_softmin ? -row->a[i] : row->a[i];
}

/* e^(x - highest), with what the difference is rounded by. */
static long double exp_below(long double x, long double highest)
{
    long double less = x - highest;
    if (isinf(less)) return 0;
    return expl(less) * (1 + error_of_sum(x, -highest, less));
}

static void find_normaliser(Row *row)
{
    bool nan = false;
    ptrdiff_t place = 0;
    row->highest = -INFINITY;
    for (ptrdiff_t i = 0; i < row->length; i++) {
        double x = argument(row, i);
        nan |= isnan(x);
        if (x > row->highest) row->highest = x, place = i;
    }
    if (nan) row->highest = NAN;
    row->proper = isfinite(row->highest);
    Sum others = {0};
    for (ptrdiff_t i = 0; row->proper && i < row->length; i++)
        if (i != place) add(&others, exp_below(argument(row, i), row->highest));
    row->others = total(others);
}

static bool is_beyond(long double value, long double most)
{
    return isfinite(value) && fabsl(value) > most;
}

static void find_sum(Row *row)
{
    double most = format_of(kernels_dtype(row)).most * 0x1p-8;
    bool products = row->function != AXIS_log_softmax_backward;
    Sum sum = {0}, terms = {0}, finite = {0};
    for (ptrdiff_t i = 0; i < row->length; i++) {
        long double g = row->a[i], y = row->b[i], term = products ? g * y : g;
        add(&sum, term);
        add(&terms, fabsl(term));
        if (isfinite(term)) add(&finite, fabsl(term));
        if (is_beyond(g, most) || is_beyond(y, most)) row->moderate = false;
        if (!products && y > 0) row->moderate = false; /* no logarithm of a share */
    }
    row->sum = total(sum);
    row->terms = total(terms);
    if (is_beyond(total(finite), most)) row->moderate = false;
}

Row row_of(int function, int precision, const double *a, const double *b,
           ptrdiff_t length)
{
    Row row = {function, precision, a, b, length, .moderate = true};
    if (is_backward(function))
        find_sum(&row);
    else
        find_normaliser(&row);
    return row;
}

/* ---- elements ---- */

/* Of a row without a finite highest element. */
static Exact improper(const Row *row)
{
    return (Exact){row->function == AXIS_logsumexp ? row->highest : NAN, 0, true};
}

static Exact exact_of_normaliser(const Row *row, ptrdiff_t i)
{
    if (!row->proper) return improper(row);
    const double own = 0x1p-7; /* ulp of float64 that the reference may be off by */
    fa_dtype dtype = kernels_dtype(row);
    long double log = log1pl(row->others), value, ulp;
    if (row->function == AXIS_logsumexp) {
        value = row->highest + log;
        ulp = fmaxl(ulp_of(dtype, value), log > 0 ? ulp_of(dtype, log) : 0);
        return (Exact){value, (1.2 + own) * ulp, true};
    }
    double x = argument(row, i);
    if (row->function == AXIS_log_softmax) {
        long double less = x - row->highest;
        value =
            isinf(less) ? less : less - (log - error_of_sum(x, -row->highest, less));
        long double error = (2 + own) * ulp_of(dtype, value);
        return (Exact){value, fmaxl(error, row->precision ? 0x1p-90L : 0x1p-40L), true};
    }
    value = exp_below(x, row->highest) / (1 + row->others);
    /* In ulp of the result, which may be past the next power of 2. */
    ulp = ulp_of(dtype, value * (1 + (row->precision ? 0x1p-50L : 0x1p-21L)));
    return (Exact){value, (1.6 + own) * ulp, true};
}

static Exact exact_of_gradient(const Row *row, ptrdiff_t i)
{
    fa_dtype dtype = kernels_dtype(row);
    Format format = format_of(dtype);
    long double g = row->a[i], y = row->b[i], weight = y, value;
    long double normal = ldexpl(1, format.least_exponent), lost = 0;
    bool known = row->moderate;
    if (row->function == AXIS_log_softmax_backward) {
        weight = expl(y);
        value = g - weight * row->sum;
        /* An e^y that about leaves the normal range may count as 0. */
        if (weight < 2 * normal) lost = weight * row->terms;
        known &= weight >= 2 * normal || isfinite(row->sum);
    } else {
        value = (g - row->sum) * y;
        if (row->function == AXIS_softmin_backward) value = -value;
    }
    long double of_sum = 3 * ldexpl(1, -format.mantissa) * row->terms;
    of_sum += (long double)row->length * ulp_of(dtype, 0);
    long double error = fabsl(weight) * of_sum + 2 * ulp_of(dtype, value) + lost;
    return (Exact){value, error, known};
}

Exact exact_element(const Row *row, ptrdiff_t i)
{
    return is_backward(row->function) ? exact_of_gradient(row, i)
                                      : exact_of_normaliser(row, i);
}
