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

bool is_sparse(int function)
{
    return function >= AXIS_sparsemax && function <= AXIS_entmax15_backward;
}

static bool is_squared(int function)
{
    return function == AXIS_entmax15 || function == AXIS_entmax15_backward;
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
    bool nan = false, has_zero = row->function == AXIS_softmax_one;
    ptrdiff_t place = has_zero ? -1 : 0;
    row->highest = has_zero ? 0 : -INFINITY;
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
    if (has_zero && place >= 0) add(&others, exp_below(0, row->highest));
    row->others = total(others);
}

/* ---- thresholds ---- */

/* By how much an element is above the threshold, which is so far below the highest. */
static long double distance(const Row *row, ptrdiff_t i)
{
    long double less = row->a[i] - row->highest;
    if (is_squared(row->function)) less /= 2;
    return less > row->threshold ? less - row->threshold : 0;
}

/* Newton's steps, from below. The sum of squares is no polynomial of pieces whose number
 * decides when to end: there its root is what is nearly linear. */
static void find_threshold(Row *row)
{
    find_normaliser(row);
    row->threshold = -1;
    for (int step = 0; row->proper && step < 200; step++) {
        Sum sum = {0}, weight = {0};
        for (ptrdiff_t i = 0; i < row->length; i++) {
            long double d = distance(row, i);
            add(&sum, is_squared(row->function) ? d * d : d);
            add(&weight, is_squared(row->function) ? d : d > 0);
        }
        long double root = sqrtl(total(sum)), excess = total(sum) - 1;
        if (is_squared(row->function)) excess *= root / (root + 1);
        long double next = row->threshold + excess / total(weight);
        if (next <= row->threshold) return;
        row->threshold = next;
    }
}

static bool is_beyond(long double value, long double most)
{
    return isfinite(value) && fabsl(value) > most;
}

/* What an output weighs the gradient with. */
static long double weight_of(const Row *row, double y)
{
    switch (row->function) {
    case AXIS_log_softmax_backward: return 1;
    case AXIS_sparsemax_backward: return y > 0 ? 1 : 0 * y;
    case AXIS_entmax15_backward: return sqrtl(y);
    default: return y;
    }
}

static void find_sum(Row *row)
{
    double most = format_of(kernels_dtype(row)).most * 0x1p-8;
    bool products = row->function != AXIS_log_softmax_backward;
    Sum sum = {0}, terms = {0}, finite = {0}, weights = {0};
    for (ptrdiff_t i = 0; i < row->length; i++) {
        long double g = row->a[i], y = row->b[i], weight = weight_of(row, row->b[i]);
        bool none = is_sparse(row->function) && weight <= 0;
        long double term = none ? 0 : g * weight;
        add(&weights, weight);
        add(&sum, term);
        add(&terms, fabsl(term));
        if (isfinite(term)) add(&finite, fabsl(term));
        if (is_beyond(g, most) || is_beyond(y, most)) row->moderate = false;
        if (!products && y > 0) row->moderate = false; /* no logarithm of a share */
    }
    long double all = is_sparse(row->function) ? total(weights) : 1;
    row->sum = total(sum) / all;
    row->terms = total(terms) / all;
    if (is_beyond(total(finite), most)) row->moderate = false;
}

Row row_of(int function, int precision, const double *a, const double *b,
           ptrdiff_t length)
{
    Row row = {function, precision, a, b, length, .moderate = true};
    if (is_backward(function))
        find_sum(&row);
    else if (is_sparse(function))
        find_threshold(&row);
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

static Exact exact_of_share(const Row *row, ptrdiff_t i)
{
    if (!row->proper) return improper(row);
    fa_dtype dtype = kernels_dtype(row);
    bool squared = is_squared(row->function);
    long double d = distance(row, i), value = squared ? d * d : d;
    /* The reference has 64 bits, and no more. */
    long double least = row->precision ? 0x1p-58L : 0x1p-40L;
    least *= fmaxl(1, fabsl(row->highest));
    long double ulp = ulp_of(dtype, value);
    return (Exact){value, fmaxl((squared ? 1.6L : 1.1L) * ulp, least), true};
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
    } else if (is_sparse(row->function)) {
        weight = weight_of(row, row->b[i]);
        value = weight <= 0 ? weight : weight * (g - row->sum);
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
    if (is_backward(row->function)) return exact_of_gradient(row, i);
    return is_sparse(row->function) ? exact_of_share(row, i)
                                    : exact_of_normaliser(row, i);
}
