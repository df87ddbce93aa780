/* Rows with extreme parameters: what the loops of a target share. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "domain.h"

/* ---- which elements are extreme ---- */

static bool is_extreme(const Domain *domain, T x, const T *p)
{
    bool other_sign = (x < 0 && *p > 0) || (x > 0 && *p < 0), extreme = false;
    for (int k = 0; k < domain->ranges; k++)
        extreme |= is_out_of(domain->range[k], p[k]);
    return extreme || (domain->same_sign && other_sign);
}
static bool any_out_of(Range range, const T *p, ptrdiff_t count)
{
    V least = v_set(range.least), most = v_set(range.most), one = v_set(1);
    for (ptrdiff_t i = 0; i < count; i += V_WIDTH) {
        bool whole = count - i >= V_WIDTH;
        V size = whole ? v_load(p + i) : v_load_part(p + i, count - i, one);
        if (!range.positive) size = v_abs(size);
        if (range.zero) size = v_select(v_lt(v_set(0), v_abs(size)), size, least);
        if (v_any(v_or(v_lt(size, least), v_lt(most, size)))) return true;
    }
    return false;
}
static bool any_of_other_sign(const T *x, const T *p, bool broadcast, ptrdiff_t count)
{
    V zero = v_set(0), constant = v_set(*p);
    for (ptrdiff_t i = 0; i < count; i += V_WIDTH) {
        bool whole = count - i >= V_WIDTH;
        V argument = whole ? v_load(x + i) : v_load_part(x + i, count - i, zero);
        V factor = constant;
        if (!broadcast)
            factor = whole ? v_load(p + i) : v_load_part(p + i, count - i, zero);
        M left = v_and(v_lt(argument, zero), v_lt(zero, factor));
        M right = v_and(v_lt(zero, argument), v_lt(factor, zero));
        if (v_any(v_or(left, right))) return true;
    }
    return false;
}

/* Whether any element is extreme, of those whose parameters differ */
static bool any_extreme(const Domain *domain, Operands operands, const fa_rows *rows,
                        ptrdiff_t count, ptrdiff_t length)
{
    int first = operands.arrays;
    for (int k = 0; k < domain->ranges; k++) {
        int operand = first + k;
        bool repeated = count == 1 || rows->step[operand] == 0;
        ptrdiff_t some = rows->broadcast[operand] ? 1 : length;
        for (ptrdiff_t row = 0; row < (repeated ? 1 : count); row++)
            if (any_out_of(domain->range[k], row_of(rows, row, operand), some))
                return true;
    }
    for (ptrdiff_t row = 0; domain->same_sign && row < count; row++)
        if (any_of_other_sign(row_of(rows, row, first - 1), row_of(rows, row, first),
                              rows->broadcast[first], length))
            return true;
    return false;
}

/* ---- rows ---- */

/* What result k of a form is, but for a factor of g */
static fa_form result_of(fa_form form, int k)
{
    if (form == FA_VALUE_AND_GRAD) return k == 0 ? FA_VALUE : FA_GRAD;
    if (form == FA_BACKWARD) return k == 0 ? FA_GRAD : FA_GRAD_PARAMETER + (k - 1);
    return form;
}

static void parameters_at(T *p, Operands operands, const fa_rows *rows, ptrdiff_t row,
                          ptrdiff_t i)
{
    for (int k = 0; k < operands.parameters; k++) {
        int operand = operands.arrays + k;
        p[k] = row_of(rows, row, operand)[rows->broadcast[operand] ? 0 : i];
    }
}

/* An element. An output may be an input. */
static void compute_element(int activation, fa_form form, Operands operands,
                            const fa_rows *rows, ptrdiff_t row, ptrdiff_t i)
{
    int inputs = operands.arrays + operands.parameters;
    T of_element[FA_MAX_PARAMETERS], y[FA_MAX_RESULTS];
    double p[FA_MAX_PARAMETERS];
    parameters_at(of_element, operands, rows, row, i);
    for (int k = 0; k < operands.parameters; k++) p[k] = of_element[k];
    double g = takes_gradient(form) ? (double)row_of(rows, row, 0)[i] : 1;
    double x = row_of(rows, row, operands.arrays - 1)[i];
    for (int k = 0; k < operands.outputs; k++)
        y[k] = (T)fa_extreme(activation, result_of(form, k), g, x, p);
    for (int k = 0; k < operands.outputs; k++) row_of(rows, row, inputs + k)[i] = y[k];
}

/* The kernel on elements [from, to) of a row. */
static bool run_between(fa_kernel *kernel, Operands operands, const fa_rows *rows,
                        ptrdiff_t row, ptrdiff_t from, ptrdiff_t to)
{
    fa_rows part = *rows;
    int inputs = operands.arrays + operands.parameters;
    for (int k = 0; k < inputs + operands.outputs; k++) {
        bool broadcast = k >= operands.arrays && k < inputs && rows->broadcast[k];
        part.at[k] = row_of(rows, row, k) + (broadcast ? 0 : from);
    }
    return kernel(&part, 1, to - from, FA_CACHED);
}

/* Rows with extreme elements among others. */
static COLD bool run_mixed(const Domain *domain, int activation, fa_form form,
                           fa_kernel *kernel, Operands operands, const fa_rows *rows,
                           ptrdiff_t count, ptrdiff_t length)
{
    bool overflowed = false;
    T p[FA_MAX_PARAMETERS];
    for (ptrdiff_t row = 0; row < count; row++) {
        const T *x = row_of(rows, row, operands.arrays - 1);
        for (ptrdiff_t i = 0, from = 0; from < length; from = i) {
            for (; i < length; i++) {
                parameters_at(p, operands, rows, row, i);
                if (is_extreme(domain, x[i], p)) break;
            }
            if (i > from)
                overflowed |= run_between(kernel, operands, rows, row, from, i);
            else
                compute_element(activation, form, operands, rows, row, i++);
        }
    }
    return overflowed;
}

bool run_in_domain(int activation, fa_form form, fa_kernel *kernel, Operands operands,
                   const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                   fa_memory memory)
{
    Domain domain = domain_of(activation, form);
    if (!any_extreme(&domain, operands, rows, count, length))
        return kernel(rows, count, length, memory);
    return run_mixed(&domain, activation, form, kernel, operands, rows, count, length);
}

#endif
