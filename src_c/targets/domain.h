/* Where kernels are right: for parameters that are not of extreme size. Elsewhere functions
 * are computed element by element (math/extreme.h), the kernel takes what lies between. */
#ifndef FA_DOMAIN_H
#define FA_DOMAIN_H

#include "../math/extreme.h"
#include "elementwise.h"

/* The kernel is right where a parameter, or its magnitude, is from least to most; `zero`
 * says that it is right at 0, too. */
typedef struct {
    T least, most;
    bool positive; /* the parameter itself */
    bool zero;
} Range;

/* `same_sign` says that the argument must not have the other sign than the parameter, which
 * no value of softplus has. */
typedef struct {
    int ranges; /* of so many parameters; 0: the kernel takes all */
    bool same_sign;
    Range range[FA_MAX_PARAMETERS];
} Domain;

INLINE Range size_within(T least, T most) { return (Range){least, most}; }
INLINE Range size_up_to(T most) { return (Range){0, most, .zero = true}; }
INLINE Range within(T least, T most) { return (Range){least, most, .positive = true}; }
INLINE Range or_zero(Range range) { return range.zero = true, range; }

/* Of a derivative times g, or one by the parameter, a small or large parameter makes a
 * product that underflows on the way. */
INLINE Domain domain_of(int activation, fa_form form)
{
    bool product = form == FA_GRAD_PARAMETER || takes_gradient(form);
    T least = product ? 0x1p-10 : 0x1p-60, most = product ? 0x1p10 : 0x1p60;
    Range usual = size_within(least, most), size = size_within(0x1p-60, 0x1p60);
    Range width = within(0x1p-60, 0x1p60), factor = size_up_to(0x1p60);
    switch (activation) {
    case FA_ROW_elu: return (Domain){1, .range = {or_zero(usual)}};
    case FA_ROW_celu:
        return (Domain){1, .range = {within(product ? least : 0x1p-40, most)}};
    case FA_ROW_softplus: return (Domain){1, form == FA_BACKWARD_FROM_OUTPUT, {usual}};
    case FA_ROW_swish: return (Domain){1, .range = {usual}};
    case FA_ROW_softcap:
    case FA_ROW_dyt:
    case FA_ROW_gaussian:
    case FA_ROW_snake: return (Domain){1, .range = {size}};
    case FA_ROW_squareplus:
        return (Domain){1, .range = {within(C(0x1p-10, 0x1p-60), 0x1p60)}};
    case FA_ROW_smelu:
    case FA_ROW_isru:
    case FA_ROW_isrlu: return (Domain){1, .range = {width}};
    case FA_ROW_star_relu: return (Domain){2, .range = {factor, size_up_to(0x1p100)}};
    case FA_ROW_laplace: return (Domain){2, .range = {factor, size}};
    case FA_ROW_snake_beta: return (Domain){2, .range = {or_zero(size), size}};
    case FA_ROW_acon_c:
    case FA_ROW_aptx: {
        /* In float64 the tail of a derivative is scaled beside moderate factors. */
        bool tail = form == FA_BACKWARD && PRECISION == 64;
        if (tail) size = size_within(0x1p-9, 0x1p28);
        Range slope = or_zero(size);
        Range second = activation == FA_ROW_aptx ? size : slope;
        return (Domain){3, .range = {slope, second, size}};
    }
    case FA_ROW_xielu: {
        Range any = {0, INFINITY, .zero = true};
        return (Domain){4, .range = {or_zero(size), or_zero(size), or_zero(size), any}};
    }
    default: return (Domain){0};
    }
}

/* A NaN is not extreme. */
INLINE bool is_out_of(Range range, T p)
{
    T size = range.positive || p >= 0 ? p : -p;
    if (range.zero && size == 0) return false;
    return size < range.least || size > range.most;
}

/* Whether all elements have the same parameters, and those are not extreme. */
INLINE bool is_usual(Domain domain, Operands operands, const fa_rows *rows,
                     ptrdiff_t count)
{
    if (domain.same_sign) return false;
    bool usual = true;
    for (int k = 0; k < domain.ranges; k++) {
        int operand = operands.arrays + k;
        usual &= rows->broadcast[operand] && (count == 1 || rows->step[operand] == 0)
            && !is_out_of(domain.range[k], *(const T *)rows->at[operand]);
    }
    return usual;
}

/* The kernel on elements with usual parameters. */
#define run_in_domain PASTE(FA_SYMBOL, _run_in_domain)
bool run_in_domain(int activation, fa_form form, fa_kernel *kernel, Operands operands,
                   const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                   fa_memory memory);

#endif
