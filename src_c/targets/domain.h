/* Parameters of extreme size: there a function of one parameter is computed element by
 * element (math/extreme.h); the kernel takes the elements between them. */
#ifndef FA_DOMAIN_H
#define FA_DOMAIN_H

#include "../math/extreme.h"
#include "elementwise.h"

/* The kernel is right where the parameter, or its magnitude, is from least to most; `zero`
 * says that it is right at 0, too, and `same_sign` that the argument must not have the
 * other sign, which no value of softplus has. */
typedef struct {
    fa_extreme_function function;
    bool positive; /* the parameter itself */
    T least, most;
    bool zero, same_sign;
} Domain;

/* Of a derivative times g, or one by the parameter, a small or large parameter makes a
 * product that underflows on the way. */
INLINE Domain domain_of(int activation, fa_form form)
{
    bool product = form == FA_GRAD_PARAMETER || takes_gradient(form);
    T least = product ? 0x1p-10 : 0x1p-60, most = product ? 0x1p10 : 0x1p60;
    switch (activation) {
    case FA_ROW_elu: return (Domain){FA_EXTREME_ELU, false, least, most, true};
    case FA_ROW_celu:
        return (Domain){FA_EXTREME_CELU, true, product ? least : 0x1p-40, most, false};
    case FA_ROW_softplus: {
        bool from_output = form == FA_BACKWARD_FROM_OUTPUT;
        return (Domain){FA_EXTREME_SOFTPLUS, false, least, most, false, from_output};
    }
    case FA_ROW_swish: return (Domain){FA_EXTREME_SWISH, false, least, most, false};
    default: return (Domain){.function = FA_EXTREME_NONE};
    }
}

/* A NaN is not extreme. */
INLINE bool is_extreme(const Domain *domain, T x, T p)
{
    T size = domain->positive || p >= 0 ? p : -p;
    if (domain->same_sign && ((x < 0 && p > 0) || (x > 0 && p < 0))) return true;
    if (domain->zero && size == 0) return false;
    return size < domain->least || size > domain->most;
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
static bool any_extreme(const Domain *domain, const T *p, ptrdiff_t count)
{
    V least = v_set(domain->least), most = v_set(domain->most), one = v_set(1);
    for (ptrdiff_t i = 0; i < count; i += V_WIDTH) {
        bool whole = count - i >= V_WIDTH;
        V size = whole ? v_load(p + i) : v_load_part(p + i, count - i, one);
        if (!domain->positive) size = v_abs(size);
        if (domain->zero) size = v_select(v_lt(v_set(0), size), size, one);
        if (v_any(v_or(v_lt(size, least), v_lt(most, size)))) return true;
    }
    return false;
}

/* Elements [from, to) of a row. An output may be an input. */
static COLD void run_extreme(const Domain *domain, fa_form form, Operands operands,
                             const fa_rows *rows, ptrdiff_t row, ptrdiff_t from,
                             ptrdiff_t to)
{
    int parameter = operands.arrays;
    bool broadcast = rows->broadcast[parameter];
    fa_form first = form, second = FA_GRAD;
    if (form == FA_VALUE_AND_GRAD) first = FA_VALUE;
    if (form == FA_BACKWARD) first = FA_GRAD, second = FA_GRAD_PARAMETER;
    for (ptrdiff_t i = from; i < to; i++) {
        double g = takes_gradient(form) ? (double)row_of(rows, row, 0)[i] : 1;
        double x = row_of(rows, row, parameter - 1)[i];
        double p = row_of(rows, row, parameter)[broadcast ? 0 : i];
        T y = (T)fa_extreme(domain->function, first, g, x, p);
        if (operands.outputs == 2)
            row_of(rows, row, parameter + 2)[i] =
                (T)fa_extreme(domain->function, second, g, x, p);
        row_of(rows, row, parameter + 1)[i] = y;
    }
}

/* The kernel on elements [from, to) of a row. */
static bool run_between(fa_kernel *kernel, Operands operands, const fa_rows *rows,
                        ptrdiff_t row, ptrdiff_t from, ptrdiff_t to)
{
    fa_rows part = *rows;
    int parameter = operands.arrays;
    for (int k = 0; k < parameter + 1 + operands.outputs; k++) {
        bool broadcast = k == parameter && rows->broadcast[k];
        part.at[k] = row_of(rows, row, k) + (broadcast ? 0 : from);
    }
    return kernel(&part, 1, to - from, FA_CACHED);
}

/* Rows with extreme elements among others. */
static COLD bool run_mixed(const Domain *domain, fa_kernel *kernel, fa_form form,
                           Operands operands, const fa_rows *rows, ptrdiff_t count,
                           ptrdiff_t length)
{
    bool broadcast = rows->broadcast[operands.arrays], overflowed = false;
    for (ptrdiff_t row = 0; row < count; row++) {
        const T *x = row_of(rows, row, operands.arrays - 1);
        const T *p = row_of(rows, row, operands.arrays);
        for (ptrdiff_t from = 0, to; from < length; from = to) {
            bool extreme = is_extreme(domain, x[from], p[broadcast ? 0 : from]);
            for (to = from + 1; to < length; to++)
                if (is_extreme(domain, x[to], p[broadcast ? 0 : to]) != extreme) break;
            if (extreme)
                run_extreme(domain, form, operands, rows, row, from, to);
            else
                overflowed |= run_between(kernel, operands, rows, row, from, to);
        }
    }
    return overflowed;
}

/* Whether all elements have the same parameter, and that is not extreme. */
INLINE bool is_usual(Domain domain, Operands operands, const fa_rows *rows,
                     ptrdiff_t count)
{
    int parameter = operands.arrays;
    return !domain.same_sign && rows->broadcast[parameter]
        && (count == 1 || rows->step[parameter] == 0)
        && !is_extreme(&domain, 0, *(const T *)rows->at[parameter]);
}

/* The kernel on all, where no element is extreme. */
static __attribute__((noinline, unused)) bool run_in_domain(
    Domain domain, fa_kernel *kernel, fa_form form, Operands operands,
    const fa_rows *rows, ptrdiff_t count, ptrdiff_t length, fa_memory memory)
{
    int parameter = operands.arrays;
    bool repeated = count == 1 || rows->step[parameter] == 0, extreme = false;
    for (ptrdiff_t row = 0; row < (repeated ? 1 : count) && !extreme; row++) {
        const T *p = row_of(rows, row, parameter);
        extreme = rows->broadcast[parameter] ? is_extreme(&domain, 0, *p)
                                             : any_extreme(&domain, p, length);
    }
    for (ptrdiff_t row = 0; domain.same_sign && row < count && !extreme; row++)
        extreme = any_of_other_sign(row_of(rows, row, parameter - 1),
                                    row_of(rows, row, parameter),
                                    rows->broadcast[parameter], length);
    return extreme ? run_mixed(&domain, kernel, form, operands, rows, count, length)
                   : kernel(rows, count, length, memory);
}

#endif
