/* Cases of activations and gates, in all forms; of activations behind an affine map, too.
 *
 * Values are compared with the plain-C target in float64: for float32 and the halves that
 * is the truth, for float64 each side may use up its bound. An output that overlaps the
 * input is as if written element by element. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "case.h"
#include "element.h"
#include "view.h"

enum { MOST = 4096 }; /* elements of a job */

/* Which arena is for what, by operand. */
static char *contiguous(int k) { return arena(FA_MAX_OPERANDS + k); }
static double *wide(int k) { return (double *)(void *)arena(2 * FA_MAX_OPERANDS + k); }

typedef struct {
    fa_op op;
    const fa_activation *row;
    Setting setting;
    int operands, mode;
    int kernel_inputs; /* without scale and shift */
    ptrdiff_t count;
    View view[FA_MAX_OPERANDS];
    bool in_order; /* the first output lies in the arena of x */
} Case;

/* ---- choices ---- */

static bool is_parameter(const Case *c, int k)
{
    return k >= c->op.arrays && k < c->op.inputs;
}

static int place_of_x(const Case *c) { return fa_takes_gradient(c->op.form); }

/* An input of another dtype than the result, that the precision can take. Parameters are
 * no whole numbers. */
static fa_dtype other_dtype(const Case *c, Source *source, int k)
{
    fa_dtype most = c->op.precision ? FA_UINT64 : FA_UINT16;
    fa_dtype dtype = (fa_dtype)below(source, is_parameter(c, k) ? FA_BOOL : most + 1);
    return dtype == FA_FLOAT64 && !c->op.precision ? FA_FLOAT32 : dtype;
}

static void choose_op(Case *c, Source *source)
{
    int activation = below(source, FA_ACTIVATIONS);
    c->row = &fa_activations[activation];
    fa_form form = (fa_form)below(source, FA_FORMS);
    if (!fa_has_form(c->row, form)) form = FA_VALUE;
    fa_dtype x = (fa_dtype)below(source, FA_DTYPES), rest = x;
    if (fa_takes_gradient(form)) x = rest = (fa_dtype)(x % FA_BOOL);
    if (x >= FA_BOOL) rest = x <= FA_UINT16 ? FA_FLOAT32 : FA_FLOAT64;
    c->op = fa_make_op(activation, form, x, rest);
    c->kernel_inputs = c->op.inputs;
    if (c->row->arrays == 1 && form != FA_BACKWARD_FROM_OUTPUT && one_in(source, 4))
        c->op = fa_with_affine_map(&c->op);
    c->operands = c->op.inputs + c->op.outputs;
    bool mixed = one_in(source, 4);
    for (int k = 0; mixed && k < c->op.inputs; k++)
        fa_set_dtype(&c->op, k, other_dtype(c, source, k));
}

static void choose_shape(Case *c, Source *source)
{
    static const int longest[MOST_DIMS] = {MOST, 64, 16, 8};
    View all = {.dims = below(source, 2) ? 1 : 1 + below(source, MOST_DIMS)};
    for (int d = 0; d < all.dims; d++) {
        int most = longest[all.dims - 1];
        if (all.dims == 1 && below(source, 4)) most = 300;
        all.shape[d] = 1 + below(source, most);
    }
    c->count = view_count(&all);
    for (int k = 0; k < c->operands; k++) {
        c->view[k] = all;
        c->view[k].dtype = c->op.dtype[k];
    }
}

static void choose_layouts(Case *c, Source *source)
{
    for (int k = 0; k < c->operands; k++)
        lay_view(&c->view[k], source, arena(k),
                 ODD | (k < c->op.inputs ? REPEATED : 0)
                     | (is_parameter(c, k) ? CONSTANT : 0));
}

/* Moves the first output of a one-dimensional job into the arena of x. */
static void choose_overlap(Case *c, Source *source)
{
    View *x = &c->view[place_of_x(c)], *out = &c->view[c->op.inputs];
    c->in_order =
        one_in(source, 8) && x->dims == 1 && c->count <= 300 && x->dtype == out->dtype;
    if (!c->in_order) return;
    for (int k = 0; k < c->operands; k++) c->view[k].swapped = false;
    ptrdiff_t item = fa_item_bytes(x->dtype);
    out->arena = x->arena;
    x->data = x->arena + ARENA_BYTES / 2;
    out->data = x->data + (below(source, 141) - 70) * item;
}

static uint64_t chosen_element(Case *c, Source *source, int k)
{
    fa_dtype dtype = c->op.dtype[k];
    if (k >= c->kernel_inputs) /* scale or shift, which may be anything */
        return random_element(source, dtype, one_in(source, 8) ? c->mode : ORDINARY);
    if (is_parameter(c, k))
        return element_bits(dtype, random_parameter(source, c->row, k - c->op.arrays));
    int item = fa_item_bytes(dtype);
    bool spelt = k == place_of_x(c) && source->end - source->at >= item;
    return spelt && dtype != FA_BOOL ? take(source, item)
                                     : random_element(source, dtype, c->mode);
}

/* ---- jobs ---- */

static fa_job job_of(const Case *c)
{
    fa_job job = {.op = &c->op, .dims = c->view[0].dims};
    memcpy(job.shape, c->view[0].shape, sizeof c->view[0].shape);
    for (int k = 0; k < c->operands; k++) {
        job.data[k] = c->view[k].data;
        job.swapped[k] = c->view[k].swapped;
        memcpy(job.strides[k], c->view[k].strides, sizeof c->view[k].strides);
    }
    return job;
}

/* Elements of contiguous arrays on this thread, of some the first one alone; whether one
 * overflows. */
static bool run_contiguous(const fa_op *op, char *const *at, const bool *constant,
                           ptrdiff_t start, ptrdiff_t count)
{
    fa_job job = {.op = op, .dims = 1, .shape = {count}};
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        job.strides[k][0] = constant[k] ? 0 : fa_item_bytes(op->dtype[k]);
        job.data[k] = at[k] + start * job.strides[k][0];
    }
    int before = fa_swap_local_threads(1);
    bool overflowed = fa_run(&job);
    fa_swap_local_threads(before);
    return overflowed;
}

static bool is_constant(const View *view)
{
    bool constant = true;
    for (int d = 0; d < view->dims; d++) constant &= view->strides[d] == 0;
    return constant;
}

/* Where results are not rounded to nearest, a parameter of 1 that is a number may give other
 * bits than one in an array: nothing is multiplied by it. */
static bool run_copies(const Case *c, ptrdiff_t start, ptrdiff_t count)
{
    char *at[FA_MAX_OPERANDS];
    bool constant[FA_MAX_OPERANDS] = {false};
    for (int k = 0; k < c->operands; k++) {
        at[k] = contiguous(k);
        constant[k] =
            !c->setting.usual && is_parameter(c, k) && is_constant(&c->view[k]);
    }
    return run_contiguous(&c->op, at, constant, start, count);
}

/* ---- what must hold ---- */

static bool fails(const Case *c, const char *what, ptrdiff_t at)
{
    fprintf(stderr, "%s form %d dtypes", c->row->name, c->op.form);
    for (int k = 0; k < c->operands; k++)
        fprintf(stderr, "%s %d", k == c->op.inputs ? " ->" : "", c->op.dtype[k]);
    fprintf(stderr, ", %s, %d threads, %td elements", fa_isas[c->setting.isa].name,
            c->setting.threads, c->count);
    for (int d = 0; d < c->view[0].dims; d++) {
        fprintf(stderr, "%s%td (", d ? ", " : ": ", c->view[0].shape[d]);
        for (int k = 0; k < c->operands; k++)
            fprintf(stderr, "%s%td", k ? " " : "", c->view[k].strides[d]);
        fprintf(stderr, ")");
    }
    fprintf(stderr, "\n%s at %td:", what, at);
    for (int k = 0; k < c->operands && at >= 0; k++)
        fprintf(stderr, " %a",
                element_value(c->op.dtype[k],
                              k < c->op.inputs
                                  ? element_at(c->op.dtype[k], contiguous(k), at)
                                  : view_get(&c->view[k], at)));
    fprintf(stderr, "\n");
    return false;
}

/* The bound in ulp that the table gives for output number `which`. */
static double promised(const Case *c, int which)
{
    const fa_bound *bound = &c->row->ulp[c->op.precision];
    double extra = fa_extra_ulp(c->row, c->op.form, c->op.precision);
    if (extra > 0) return extra;
    switch (c->op.form) {
    case FA_VALUE: return bound->value;
    case FA_VALUE_AND_GRAD: return which == 0 ? bound->value : bound->derivative;
    case FA_BACKWARD: return 1.0;
    default: return bound->derivative;
    }
}

static double bound_of(const Case *c, int k)
{
    double bound = promised(c, k - c->op.inputs) + 1e-6;
    /* The table's is for default parameters. */
    if (c->row->parameters > 0 && bound > 0.51) bound = fmax(bound, 1 + 1e-6);
    switch (c->op.dtype[k]) {
    case FA_FLOAT16:
    case FA_BFLOAT16: /* what is correctly rounded to float32 is rounded twice */
        return 0.5 + (bound > 0.51 ? 0x1p-30 : 0x1p-12);
    case FA_FLOAT64: return bound * 2;
    default: return bound;
    }
}

/* The argument of the activation, rounded as the map rounds it. */
static double mapped(const Case *c, ptrdiff_t i)
{
    double x = wide(place_of_x(c))[i];
    if (!c->op.affine) return x;
    double scale = wide(c->kernel_inputs)[i], shift = wide(c->kernel_inputs + 1)[i];
    return c->op.precision ? fma(scale, x, shift)
                           : fmaf((float)scale, (float)x, (float)shift);
}

/* What the plain-C target gives for every element numbered by a multiple of step. */
static void compute_wide(const Case *c, ptrdiff_t step, ptrdiff_t count)
{
    fa_op op = fa_make_op(c->op.activation, c->op.form, FA_FLOAT64, FA_FLOAT64);
    char *at[FA_MAX_OPERANDS];
    const bool constant[FA_MAX_OPERANDS] = {false};
    for (int k = 0; k < c->op.inputs; k++) {
        fa_dtype dtype = c->op.dtype[k];
        for (ptrdiff_t i = 0; i < count; i++)
            wide(k)[i] =
                element_value(dtype, element_at(dtype, contiguous(k), i * step));
    }
    for (int k = 0; k < op.inputs + op.outputs; k++)
        at[k] = (char *)wide(k < op.inputs ? k : k - op.inputs + c->op.inputs);
    if (c->op.affine) {
        at[place_of_x(c)] = (char *)wide(c->operands);
        for (ptrdiff_t i = 0; i < count; i++) wide(c->operands)[i] = mapped(c, i);
    }
    fa_use_isa(fa_isa_count - 1);
    run_contiguous(&op, at, constant, 0, count);
    fa_use_isa(c->setting.isa);
}

/* Compares with the plain-C target in float64, one element of every seven of long jobs. */
static bool values_hold(const Case *c, bool overflowed)
{
    ptrdiff_t step = c->count > 1000 ? 7 : 1, count = (c->count + step - 1) / step;
    compute_wide(c, step, count);
    bool may_overflow = false, must_overflow = false;
    for (ptrdiff_t i = 0; i < count; i++) {
        int infinite = 0;
        bool moderate = true;
        for (int k = 0; k < c->op.inputs; k++) {
            infinite += !isfinite(wide(k)[i]);
            moderate &= fabs(wide(k)[i]) < 0x1p60;
        }
        bool finite = infinite == 0;
        /* A gradient of a gate may be the product of two of g, a and b, and a gate with
         * limits takes an infinity for the limit. */
        /* Nor does it matter what an infinite argument is the sum of. */
        int of_no_account = 0;
        if (c->row->arrays == 2)
            of_no_account =
                (c->op.form == FA_BACKWARD) + (c->row->parameters > 0 ? 2 : 0);
        if (c->op.affine) of_no_account = 3;
        double x = mapped(c, i);
        /* Beyond 2^60 nothing is promised for activations with parameters, and of gates
         * not all. */
        bool bound_known = c->row->arrays == 2
            ? moderate
            : c->row->parameters == 0 || fabs(x) < 0x1p60;
        /* Nor what infinity times a derivative is that only one precision takes for 0. */
        if (place_of_x(c) && isinf(wide(0)[i])) bound_known = false;
        /* Nor where y is not what any activation gives. */
        if (c->op.form == FA_BACKWARD_FROM_OUTPUT && !(0 <= x && x <= 1)) {
            may_overflow = true;
            continue;
        }
        for (int k = c->op.inputs; k < c->operands; k++) {
            fa_dtype dtype = c->op.dtype[k];
            double got = element_value(dtype, view_get(&c->view[k], i * step));
            double want = wide(k)[i], most = format_of(dtype).most;
            if (infinite <= of_no_account && fabs(want) >= most * (1 - 0x1p-20))
                may_overflow = true;
            if (finite && isinf(got) && fabs(want) > most * (1 + 0x1p-7))
                must_overflow = true;
            if (!bound_known) continue;
            case_values++;
            if (!close_enough(dtype, got, want, bound_of(c, k) * ulp_of(dtype, want))) {
                fprintf(stderr, "want %a, got %a\n", want, got);
                return fails(c, "beyond the bound", i * step);
            }
        }
    }
    if (must_overflow && !overflowed)
        return fails(c, "an overflow that is not told", -1);
    if (overflowed && !may_overflow && step == 1) {
        ptrdiff_t culprit = 0;
        while (culprit < count - 1 && !run_copies(c, culprit, 1)) culprit++;
        return fails(c, "an overflow that is none", culprit);
    }
    return true;
}

static bool apart_holds(Case *c)
{
    for (int k = c->op.inputs; k < c->operands; k++) set_canaries(&c->view[k]);
    for (int k = 0; k < c->op.inputs; k++) view_copy(&c->view[k], contiguous(k));
    fa_control standard = control_read();
    control_write(c->setting.environment);
    fa_job job = job_of(c);
    soil_stack();
    bool overflowed = fa_run(&job);
    bool kept = control_read() == c->setting.environment;
    bool alone = run_copies(c, 0, c->count);
    control_write(standard);
    if (!kept) return fails(c, "another control word or flag", -1);
    if (overflowed != alone) return fails(c, "an overflow only in one layout", -1);
    for (int k = 0; k < c->operands; k++) {
        fa_dtype dtype = c->op.dtype[k];
        for (ptrdiff_t i = 0; i < c->count; i++)
            if (!elements_alike(dtype, view_get(&c->view[k], i),
                                element_at(dtype, contiguous(k), i)))
                return fails(c, k < c->op.inputs ? "an input changed" : "other bits",
                             i);
    }
    if (c->setting.usual && !values_hold(c, overflowed)) return false;
    for (int k = c->op.inputs; k < c->operands; k++)
        if (!canaries_live(&c->view[k])) return fails(c, "a stray byte", -1);
    return true;
}

/* An overlapping job against the same, one element after the other, in a copy. */
static bool in_order_holds(Case *c)
{
    int x = place_of_x(c), out = c->op.inputs;
    fa_dtype dtype = c->op.dtype[x];
    ptrdiff_t reach = 1024 * fa_item_bytes(dtype) * 2;
    char *from = arena(x) + ARENA_BYTES / 2 - reach;
    char *twin = contiguous(x) + ARENA_BYTES / 2 - reach;
    memcpy(twin, from, (size_t)(2 * reach));
    Case one = *c;
    one.view[x].data += twin - from;
    one.view[out].data += twin - from;
    fa_job job = job_of(c);
    fa_run(&job);
    for (ptrdiff_t i = 0; i < c->count; i++) {
        fa_job step = job_of(&one);
        step.shape[0] = 1;
        for (int k = 0; k < c->operands; k++)
            step.data[k] =
                k > out ? contiguous(k) : step.data[k] + i * step.strides[k][0];
        fa_run(&step);
    }
    ptrdiff_t count = 2 * reach / fa_item_bytes(dtype);
    for (ptrdiff_t i = 0; i < count; i++)
        if (!elements_alike(dtype, element_at(dtype, from, i),
                            element_at(dtype, twin, i)))
            return fails(c, "another order", -1);
    return true;
}

bool elementwise_case_holds(Source *source)
{
    Case c = {.setting = choose_setting(source)};
    choose_op(&c, source);
    choose_shape(&c, source);
    choose_layouts(&c, source);
    choose_overlap(&c, source);
    c.mode = below(source, ELEMENT_MODES);
    for (int k = 0; k < c.op.inputs; k++)
        for (ptrdiff_t i = 0; i < c.count; i++)
            view_put(&c.view[k], i, chosen_element(&c, source, k));
    case_elements += (uint64_t)c.count;
    return c.in_order ? in_order_holds(&c) : apart_holds(&c);
}
