/* Rows with parameters, what the loops of a target share: whether the kernel is right for them,
 * and what else is to be done. */
#include "../simd/simd.h"
#ifdef V_AVAILABLE
#include "../simd/fenv.h"
#include "../simd/vector.h"
#include "../simd/wide.h"

#include "../math/extreme.h"
#include "domain.h"
#include "elementwise.h"
#include "roots.h"

/* ---- sizes for which kernels are right ---- */

/* The kernel is right where a parameter, or its magnitude, is from least to most; `zero`
 * says that it is right at 0, too. */
typedef struct {
    float least, most;
    bool positive; /* the parameter itself */
    bool zero;
} Range;
#define SIZE 0x1p-60f, 0x1p60f
#define MODERATE_SIZE 0x1p-10f, 0x1p10f
#define FACTOR 0, 0x1p60f, .zero = true
#define ANY 0, INFINITY, .zero = true

/* `same_sign` says that the argument must not have the other sign than the parameter, which
 * no value of softplus has. */
typedef struct {
    int ranges; /* of so many parameters; 0: the kernel takes all */
    bool same_sign;
    Range range[FA_MAX_PARAMETERS];
} Domain;

static const Domain DOMAINS[FA_ACTIVATIONS] = {
    [FA_ROW_elu] = {1, .range = {{SIZE, .zero = true}}},
    [FA_ROW_celu] = {1, .range = {{0x1p-40f, 0x1p60f, .positive = true}}},
    [FA_ROW_softplus] = {1, .range = {{SIZE}}},
    [FA_ROW_swish] = {1, .range = {{SIZE}}},
    [FA_ROW_softcap] = {1, .range = {{SIZE}}},
    [FA_ROW_dyt] = {1, .range = {{SIZE}}},
    [FA_ROW_gaussian] = {1, .range = {{SIZE}}},
    [FA_ROW_snake] = {1, .range = {{SIZE}}},
    [FA_ROW_squareplus] = {1,
                           .range = {{C(0x1p-10, 0x1p-60), C(0x1p24, 0x1p60), true}}},
    [FA_ROW_smelu] = {1, .range = {{SIZE, .positive = true}}},
    [FA_ROW_isru] = {1, .range = {{0x1p-60f, C(0x1p46, 0x1p60), .positive = true}}},
    [FA_ROW_isrlu] = {1, .range = {{0x1p-60f, C(0x1p46, 0x1p60), .positive = true}}},
    [FA_ROW_star_relu] = {2,
                          .range = {{C(0.0, 0x1p-120), 0x1p60f, .zero = true},
                                    {0, 0x1p100f, .zero = true}}},
    [FA_ROW_laplace] = {2, .range = {{FACTOR}, {SIZE}}},
    [FA_ROW_snake_beta] = {2, .range = {{SIZE, .zero = true}, {SIZE}}},
    [FA_ROW_acon_c] = {3,
                       .range = {{SIZE, .zero = true},
                                 {SIZE, .zero = true},
                                 {SIZE, .zero = PRECISION == 32}}},
    [FA_ROW_aptx] = {3,
                     .range = {{SIZE, .zero = true},
                               {SIZE, .zero = true},
                               {SIZE, .zero = true}}},
    [FA_ROW_xielu] = {4,
                      .range = {{SIZE, .zero = true},
                                {SIZE, .zero = true},
                                {SIZE, .zero = true},
                                {ANY}}},
};

/* Of a derivative times g, or one by a parameter, the kernel is right at all results for these;
 * for others where no operand or result is small or large, see is_moderate. */
#define BLEND_SIZE C(0x1p-60, 0x1p-9), C(0x1p60, 0x1p28)
static const Domain DOMAINS_OF_PRODUCTS[FA_ACTIVATIONS] = {
    [FA_ROW_elu] = {1, .range = {{MODERATE_SIZE, .zero = true}}},
    [FA_ROW_celu] = {1, .range = {{MODERATE_SIZE, .positive = true}}},
    [FA_ROW_softplus] = {1, .range = {{MODERATE_SIZE}}},
    [FA_ROW_swish] = {1, .range = {{MODERATE_SIZE}}},
    [FA_ROW_acon_c] = {3,
                       .range = {{BLEND_SIZE, .zero = true},
                                 {BLEND_SIZE, .zero = true},
                                 {BLEND_SIZE, .zero = PRECISION == 32}}},
    [FA_ROW_aptx] = {3,
                     .range = {{BLEND_SIZE, .zero = true},
                               {BLEND_SIZE, .zero = true},
                               {BLEND_SIZE, .zero = true}}},
};
static const Domain SOFTPLUS_FROM_OUTPUT = {1, true, {{MODERATE_SIZE}}};

static const Domain *domain_of(int activation, fa_form form)
{
    if (activation == FA_ROW_softplus && form == FA_BACKWARD_FROM_OUTPUT)
        return &SOFTPLUS_FROM_OUTPUT;
    return &DOMAINS[activation];
}
static bool is_product(int activation, fa_form form)
{
    bool from_output = activation == FA_ROW_softplus && form == FA_BACKWARD_FROM_OUTPUT;
    return form >= FA_BACKWARD && form <= FA_BACKWARD_FROM_OUTPUT && !from_output
        && DOMAINS_OF_PRODUCTS[activation].ranges > 0;
}

/* A NaN is not extreme. */
INLINE bool is_out_of(Range range, T p)
{
    T size = range.positive || p >= 0 ? p : -p;
    if (range.zero && size == 0) return false;
    return size < range.least || size > range.most;
}

/* ---- rows ---- */

/* Rows of a loop, and what is known of them */
typedef struct {
    int activation;
    fa_form form;
    fa_kernel *kernel;
    Operands operands;
    const fa_rows *rows;
    const Domain *usual; /* the kernel is right at all results for its parameters */
    const Domain *domain; /* for others it is where the results are moderate */
    /* whether any element is out of them, or may be near a root */
    bool unusual, extreme, rooted;
} Rows;

static const T *parameter_at(const Rows *r, ptrdiff_t row, int k)
{
    return row_of(r->rows, row, r->operands.arrays + k);
}
static bool is_broadcast(const Rows *r, int k)
{
    return r->rows->broadcast[r->operands.arrays + k];
}
static bool is_repeated(const Rows *r, int k, ptrdiff_t count)
{
    return count == 1 || r->rows->step[r->operands.arrays + k] == 0;
}

/* What result k of a form is, but for a factor of g */
static fa_form result_of(fa_form form, int k)
{
    if (form == FA_VALUE_AND_GRAD) return k == 0 ? FA_VALUE : FA_GRAD;
    if (form == FA_BACKWARD) return k == 0 ? FA_GRAD : FA_GRAD_PARAMETER + (k - 1);
    return form;
}

static bool has_roots(int activation)
{
    return activation == FA_ROW_acon_c || activation == FA_ROW_aptx
        || activation == FA_ROW_snake_beta;
}
static bool has_roots_in_row(const Rows *r, ptrdiff_t row, ptrdiff_t length)
{
    const T *p[FA_MAX_PARAMETERS];
    for (int k = 0; k < r->operands.parameters; k++) p[k] = parameter_at(r, row, k);
    return any_roots(r->activation, r->form, p, r->rows->broadcast + r->operands.arrays,
                     length);
}

/* Roots at the default parameters are known to the kernel. */
static bool are_defaults(const Rows *r)
{
    const double *defaults = fa_activations[r->activation].defaults;
    bool same = true;
    for (int k = 0; k < r->operands.parameters; k++)
        same &= *parameter_at(r, 0, k) == (T)defaults[k];
    return same;
}

/* Whether all elements have the same parameters, which the kernel takes. */
INLINE bool is_usual(const Rows *r, ptrdiff_t count)
{
    const Domain *domain = r->usual;
    if (domain->same_sign) return false;
    for (int k = 0; k < domain->ranges; k++)
        if (!is_broadcast(r, k) || !is_repeated(r, k, count)
            || is_out_of(domain->range[k], *parameter_at(r, 0, k)))
            return false;
    return !has_roots(r->activation) || are_defaults(r) || !has_roots_in_row(r, 0, 1);
}

/* ---- which elements are extreme ---- */

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
static bool any_outside(const Rows *r, const Domain *domain, ptrdiff_t count,
                        ptrdiff_t length)
{
    for (int k = 0; k < domain->ranges; k++) {
        ptrdiff_t some = is_broadcast(r, k) ? 1 : length;
        for (ptrdiff_t row = 0; row < (is_repeated(r, k, count) ? 1 : count); row++)
            if (any_out_of(domain->range[k], parameter_at(r, row, k), some))
                return true;
    }
    int x = r->operands.arrays - 1;
    for (ptrdiff_t row = 0; domain->same_sign && row < count; row++)
        if (any_of_other_sign(row_of(r->rows, row, x), parameter_at(r, row, 0),
                              is_broadcast(r, 0), length))
            return true;
    return false;
}

static bool any_rooted(const Rows *r, ptrdiff_t count, ptrdiff_t length)
{
    if (!has_roots(r->activation)) return false;
    bool broadcast = true, repeated = true;
    for (int k = 0; k < r->operands.parameters; k++) {
        broadcast &= is_broadcast(r, k);
        repeated &= is_repeated(r, k, count);
    }
    for (ptrdiff_t row = 0; row < (repeated ? 1 : count); row++)
        if (has_roots_in_row(r, row, broadcast ? 1 : length)) return true;
    return false;
}

/* ---- elements ---- */

static void copy(T *to, const T *from, ptrdiff_t count)
{
    memcpy(to, from, (size_t)count * sizeof(T));
    v_store(to + count, v_set(1));
}
static void copy_elements(Elements *to, const Rows *r, ptrdiff_t row, ptrdiff_t from,
                          ptrdiff_t count)
{
    const T *x = row_of(r->rows, row, r->operands.arrays - 1);
    if (takes_gradient(r->form)) copy(to->g, row_of(r->rows, row, 0) + from, count);
    copy(to->x, x + from, count);
    bool filled = from > 0 && !r->extreme;
    for (int k = 0; k < r->operands.parameters; k++) {
        V constant = v_set(*parameter_at(r, row, k));
        if (!is_broadcast(r, k)) copy(to->p[k], parameter_at(r, row, k) + from, count);
        for (ptrdiff_t i = 0; is_broadcast(r, k) && !filled && i < count; i += V_WIDTH)
            v_store(to->p[k] + i, constant);
        if (r->extreme) v_store(to->p[k] + count, v_set(1));
    }
}

static bool is_outside(const Domain *domain, const Elements *e, ptrdiff_t i)
{
    T x = e->x[i], first = e->p[0][i];
    bool other_sign = (x < 0 && first > 0) || (x > 0 && first < 0), extreme = false;
    for (int k = 0; k < domain->ranges; k++)
        extreme |= is_out_of(domain->range[k], e->p[k][i]);
    return extreme || (domain->same_sign && other_sign);
}

static T exact_result(const Rows *r, const Elements *e, ptrdiff_t i, int result)
{
    double p[FA_MAX_PARAMETERS], g = takes_gradient(r->form) ? (double)e->g[i] : 1;
    for (int k = 0; k < r->operands.parameters; k++) p[k] = e->p[k][i];
    return (T)fa_extreme(r->activation, result_of(r->form, result), g, e->x[i], p);
}
/* An extreme element. What follows finds usual parameters in its place, and no argument. */
static void compute_element(const Rows *r, Elements *e, ptrdiff_t i, T *const *y)
{
    for (int k = 0; k < r->operands.outputs; k++) y[k][i] = exact_result(r, e, i, k);
    for (int k = 0; k < r->operands.parameters; k++) e->p[k][i] = 1;
    e->x[i] = NAN;
}

/* Whether no factor of a product, as a kernel forms it, is so small or large that it
 * underflows on the way or has lost its scale; or the product is 0 as g is, or g is 1 beside
 * a derivative, which has all sizes. */
INLINE M is_moderate(V g, V y, bool derivative)
{
    V size = v_abs(y), factor = v_abs(g), zero = v_set(0), one = v_set(1);
    M moderate = v_and(v_le(v_set(C(0x1p-80, 0x1p-500)), size),
                       v_le(size, v_set(C(0x1p100, 0x1p900))));
    moderate = v_and(moderate, v_le(factor, v_set(C(0x1p16, 0x1p200))));
    moderate = v_or(moderate, v_le(v_max(size, factor), zero));
    if (!derivative) return moderate;
    return v_or(moderate, v_and(v_le(g, one), v_le(one, g)));
}
/* Result k of so many elements, where it is not moderate for parameters that are not usual */
static void mend_products(const Rows *r, const Elements *e, ptrdiff_t count, int k,
                          T *y)
{
    bool derivative = result_of(r->form, k) == FA_GRAD;
    V one = v_set(1);
    T far[V_WIDTH] ALIGNED;
    for (ptrdiff_t i = 0; i < count; i += V_WIDTH) {
        ptrdiff_t some = count - i < V_WIDTH ? count - i : V_WIDTH;
        V result = some == V_WIDTH ? v_load(y + i) : v_load_part(y + i, some, one);
        V g = takes_gradient(r->form) ? v_load(e->g + i) : one;
        M moderate = is_moderate(g, result, derivative && takes_gradient(r->form));
        if (v_all(moderate)) continue;
        v_store(far, v_select(moderate, v_set(0), one));
        for (ptrdiff_t j = 0; j < some; j++)
            if (far[j] != 0 && is_outside(r->usual, e, i + j))
                y[i + j] = exact_result(r, e, i + j, k);
    }
}

/* Elements from `start` of a row on, by the kernel */
static bool run_kernel(const Rows *r, ptrdiff_t row, ptrdiff_t start, ptrdiff_t count)
{
    fa_rows part = *r->rows;
    int inputs = r->operands.arrays + r->operands.parameters;
    for (int k = 0; k < inputs + r->operands.outputs; k++) {
        bool broadcast = k >= r->operands.arrays && k < inputs && part.broadcast[k];
        part.at[k] = row_of(r->rows, row, k) + (broadcast ? 0 : start);
    }
    return r->kernel(&part, 1, count, FA_CACHED);
}

/* Whether an overflow has been told, which then is not. */
static bool take_overflow(void)
{
    fa_control control = control_read();
    if (!(control & CONTROL_OVERFLOW)) return false;
    control_write(control & ~(fa_control)CONTROL_OVERFLOW);
    return true;
}
static bool any_overflows(const Rows *r, const Elements *e, ptrdiff_t count,
                          T *const *y)
{
    bool any = false;
    for (ptrdiff_t i = 0; i < count; i++) {
        if (!isfinite(e->x[i]) || (takes_gradient(r->form) && !isfinite(e->g[i])))
            continue;
        for (int k = 0; k < r->operands.outputs; k++) any |= isinf(y[k][i]);
    }
    return any;
}

/* What overflows in a result that is computed again tells nothing. */
static bool run_elements(const Rows *r, Elements *e, ptrdiff_t row, ptrdiff_t start,
                         ptrdiff_t count)
{
    T *y[FA_MAX_RESULTS];
    int inputs = r->operands.arrays + r->operands.parameters;
    for (int k = 0; k < r->operands.outputs; k++)
        y[k] = row_of(r->rows, row, inputs + k) + start;
    bool overflowed = take_overflow(), doubtful = false;
    for (ptrdiff_t i = 0, from = 0; from < count; from = i) {
        if (!r->extreme) i = count;
        while (i < count && !is_outside(r->domain, e, i)) i++;
        if (i > from) {
            overflowed |= run_kernel(r, row, start + from, i - from);
            doubtful |= take_overflow();
        } else {
            compute_element(r, e, i++, y);
            overflowed |= take_overflow();
        }
    }
    for (int k = 0; r->unusual && k < r->operands.outputs; k++)
        mend_products(r, e, count, k, y[k]);
    for (int k = 0; r->rooted && k < r->operands.outputs; k++) {
        fa_form result = result_of(r->form, k);
        if (result == FA_VALUE || result == FA_GRAD)
            mend_near_roots(r->activation, result == FA_GRAD, takes_gradient(r->form),
                            e, count, y[k]);
    }
    doubtful |= take_overflow();
    return overflowed || (doubtful && any_overflows(r, e, count, y));
}

static bool run_pieces(const Rows *r, ptrdiff_t count, ptrdiff_t length)
{
    Elements elements;
    bool overflowed = false;
    for (ptrdiff_t row = 0; row < count; row++)
        for (ptrdiff_t start = 0; start < length; start += CHUNK) {
            ptrdiff_t some = length - start < CHUNK ? length - start : CHUNK;
            copy_elements(&elements, r, row, start, some);
            overflowed |= run_elements(r, &elements, row, start, some);
        }
    return overflowed;
}

/* Not inline: registers that it saves would be saved before every call. */
static __attribute__((noinline)) bool run_unusual(Rows r, ptrdiff_t count,
                                                  ptrdiff_t length, fa_memory memory)
{
    r.domain = domain_of(r.activation, r.form);
    r.extreme = any_outside(&r, r.domain, count, length);
    r.unusual = r.usual != r.domain && any_outside(&r, r.usual, count, length);
    r.rooted = any_rooted(&r, count, length);
    if (r.extreme || r.unusual || r.rooted) return run_pieces(&r, count, length);
    return r.kernel(r.rows, count, length, memory);
}

bool run_in_domain(int activation, fa_form form, fa_kernel *kernel, Operands operands,
                   const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                   fa_memory memory)
{
    const Domain *usual = is_product(activation, form)
        ? &DOMAINS_OF_PRODUCTS[activation]
        : domain_of(activation, form);
    if (usual->ranges == 0) return kernel(rows, count, length, memory);
    Rows r = {activation, form, kernel, operands, rows, usual};
    if (is_usual(&r, count)) return kernel(rows, count, length, memory);
    return run_unusual(r, count, length, memory);
}

#endif
