/* Cases of the functions along an axis.
 *
 * Where the axis stands among the others, and where it lies in memory, is drawn. Each row must
 * have the bits that it has alone, and be within the bounds of _axis_docs.py of sums in
 * long double. The core wants elements aligned and in this machine's byte order, and the
 * result in place of an input or apart from both; of rows of the result that lie on each
 * other the last one stays. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "axis_reference.h"
#include "case.h"
#include "element.h"
#include "view.h"

enum {
    USUAL = 4096, /* elements of a job */
    LONG = 3 << 16, /* of a row that is summed in parts */
    VALUES_OF_ALL = 3000, /* elements of a job of which each row is compared */
};

static char *contiguous(int k) { return arena(FA_MAX_OPERANDS + k); }

typedef struct {
    fa_axis_op op;
    const fa_axis_function *function;
    Setting setting;
    int result; /* number of that operand */
    double factor; /* of the first operand, as by a temperature */
    ptrdiff_t rows, length;
    View view[FA_AXIS_OPERANDS]; /* of these the axis is the last one ... */
    int axis; /* ... and here is where the job has it */
    bool in_place;
} Case;

/* ---- choices ---- */

static void choose_op(Case *c, Source *source)
{
    int function = below(source, fa_axis_function_count);
    c->function = &fa_axis_functions[function];
    c->result = c->function->inputs;
    fa_dtype x = (fa_dtype)below(source, c->result == 1 ? FA_DTYPES : FA_BOOL),
             rest = x;
    if (x >= FA_BOOL) rest = x <= FA_UINT16 ? FA_FLOAT32 : FA_FLOAT64;
    c->op = fa_make_axis_op(function, x, rest);
    c->factor = one_in(source, 8) ? 4 * next_unit(source) : 1;
}

/* Short, about the ends of vectors, blocks, scratch and parts, or long. */
static ptrdiff_t chosen_length(Source *source)
{
    static const int ends[] = {8, 16, 32, 64, 256, 1024, 2048, 4096, 8192};
    static const int long_ends[] = {16384, 1 << 16, 2 << 16};
    switch (below(source, 8)) {
    case 0: return one_in(source, 8) ? 0 : 1 + below(source, 4);
    case 1:
    case 2: return 1 + below(source, 70);
    case 3: return 1 + below(source, 600);
    case 4: return 1 + below(source, 3000);
    case 5:
        if (!one_in(source, 16)) return 1 + below(source, 1200);
        if (one_in(source, 2)) return 1 + (ptrdiff_t)(next_random(source) % LONG);
        return long_ends[below(source, 3)] + below(source, 5) - 2;
    default: return ends[below(source, 9)] + below(source, 5) - 2;
    }
}

static void choose_shape(Case *c, Source *source)
{
    View all = {.dims = 1 + below(source, MOST_DIMS)};
    ptrdiff_t room = 2;
    c->length = chosen_length(source);
    if (c->length < USUAL) room = USUAL / (c->length + 1);
    for (int d = 0; d < all.dims - 1; d++) {
        all.shape[d] = 1 + below(source, one_in(source, 2) ? 6 : 70);
        if (all.shape[d] > room) all.shape[d] = room;
        room /= all.shape[d];
    }
    all.shape[all.dims - 1] = 1;
    c->rows = view_count(&all);
    c->axis = below(source, all.dims);
    all.shape[all.dims - 1] = c->length;
    for (int k = 0; k <= c->result; k++) {
        c->view[k] = all;
        c->view[k].dtype = c->op.dtype[k];
    }
    if (!c->function->whole) c->view[c->result].dims--;
}

static bool is_same_view(const View *a, const View *b)
{
    bool same = a->data == b->data && a->dtype == b->dtype;
    for (int d = 0; d < a->dims; d++) same &= a->strides[d] == b->strides[d];
    return same;
}

/* Whether no two elements of a view lie on each other. */
static bool is_apart(const View *view)
{
    for (int d = 0; d < view->dims; d++)
        if (view->strides[d] == 0 && view->shape[d] > 1) return false;
    return true;
}

static void choose_layouts(Case *c, Source *source)
{
    View *out = &c->view[c->result];
    for (int k = 0; k <= c->result; k++)
        lay_view(&c->view[k], source, arena(k), k < c->result ? REPEATED : 0);
    const View *in = &c->view[below(source, c->result)];
    c->in_place = one_in(source, 4) && c->function->whole && in->dtype == out->dtype
        && is_apart(in);
    bool coincide = !c->in_place && one_in(source, 16);
    if (c->in_place) *out = *in;
    for (int d = 0; coincide && d < c->view[0].dims - 1; d++)
        if (below(source, 2)) out->strides[d] = 0;
}

/* Moves the result of a small job to an input, where it may overlap that. */
static bool choose_overlap(Case *c, Source *source)
{
    View *in = &c->view[below(source, c->result)], *out = &c->view[c->result];
    if (c->rows * c->length > 300 || !one_in(source, 4)) return false;
    in->data = in->arena + ARENA_BYTES / 2;
    out->arena = in->arena;
    out->data = in->data + (below(source, 601) - 300) * fa_item_bytes(out->dtype);
    return true;
}

/* Values of x or g beside those of any element. */
enum { ENORMOUS = ELEMENT_MODES, RISING, WIDE, LEVEL, MODES };

static uint64_t value_along(Source *source, fa_dtype dtype, int mode, ptrdiff_t i)
{
    if (mode < ELEMENT_MODES || (dtype != FA_FLOAT64 && dtype >= FA_BOOL))
        return random_element(source, dtype, mode);
    double unit = next_unit(source);
    switch (mode) {
    case ENORMOUS: return element_bits(dtype, 2 * (unit - 0.5) * format_of(dtype).most);
    case RISING: return element_bits(dtype, 0.05 * (double)i + unit);
    case WIDE:
        return element_bits(dtype, (unit - 0.5) * (dtype == FA_FLOAT64 ? 3200 : 400));
    default: return element_bits(dtype, -7.25);
    }
}

/* What softmax gives, or its logarithm; of sparse functions most outputs are 0. */
static uint64_t output_value(Source *source, const Case *c)
{
    double unit = next_unit(source);
    if (is_sparse(c->op.function) && unit < 0.6) unit = 0;
    int magnitude = (int)(next_random(source) % 30);
    return element_bits(c->op.dtype[1],
                        c->op.function == AXIS_log_softmax_backward
                            ? -ldexp(unit, magnitude % 11)
                            : ldexp(unit, -magnitude));
}

/* Some rows have one element, or all, of a kind that decides for the others. */
static void spoil(const View *view, Source *source, ptrdiff_t row, ptrdiff_t length)
{
    static const double of_all[] = {-INFINITY, INFINITY, NAN};
    uint64_t random = next_random(source);
    if (view->dtype >= FA_BOOL || length == 0 || random % 8 > 1) return;
    bool whole = random % 8 == 1 && random >> 3 & 1;
    double most = format_of(view->dtype).most,
           kinds[] = {-INFINITY, INFINITY, NAN, most, -most};
    uint64_t bits = element_bits(
        view->dtype, whole ? of_all[(random >> 8) % 3] : kinds[(random >> 8) % 5]);
    ptrdiff_t first = whole ? 0 : (ptrdiff_t)((random >> 16) % (uint64_t)length);
    for (ptrdiff_t i = first; i < (whole ? length : first + 1); i++)
        view_put(view, row * length + i, bits);
}

static void fill_inputs(const Case *c, Source *source)
{
    int mode = below(source, MODES);
    bool any_output = one_in(source, 4), spoilt = one_in(source, 3);
    for (int k = 0; k < c->result; k++) {
        const View *view = &c->view[k];
        for (ptrdiff_t row = 0; row < c->rows; row++) {
            for (ptrdiff_t i = 0; i < c->length; i++)
                view_put(view, row * c->length + i,
                         k == 1 && !any_output
                             ? output_value(source, c)
                             : value_along(source, view->dtype, mode, i));
            if (spoilt) spoil(view, source, row, c->length);
        }
        view_copy(view, contiguous(k));
    }
}

/* ---- jobs ---- */

static fa_axis_job job_of(const Case *c)
{
    int last = c->view[0].dims - 1;
    fa_axis_job job = {
        .op = &c->op, .dims = last + 1, .axis = c->axis, .factor = c->factor};
    for (int d = 0; d <= last; d++) {
        int from = d == c->axis ? last : d < c->axis ? d : d - 1;
        job.shape[d] = c->view[0].shape[from];
        for (int k = 0; k <= c->result; k++)
            job.strides[k][d] = from < c->view[k].dims ? c->view[k].strides[from] : 0;
    }
    for (int k = 0; k <= c->result; k++) job.data[k] = c->view[k].data;
    return job;
}

static ptrdiff_t length_of(const Case *c, int k)
{
    return k < c->result || c->function->whole ? c->length : 1;
}

/* Every row for itself, contiguous, on this thread; whether one overflows. */
static bool run_alone(const Case *c)
{
    fa_axis_job job = {
        .op = &c->op, .dims = 1, .shape = {c->length}, .factor = c->factor};
    bool overflowed = false;
    int before = fa_swap_local_threads(1);
    for (ptrdiff_t row = 0; row < c->rows; row++) {
        for (int k = 0; k <= c->result; k++) {
            ptrdiff_t item = c->op.bytes[k], length = length_of(c, k);
            job.strides[k][0] = k < c->result || c->function->whole ? item : 0;
            job.data[k] = contiguous(k) + row * length * item;
        }
        overflowed |= fa_run_axis(&job);
    }
    fa_swap_local_threads(before);
    return overflowed;
}

/* ---- what must hold ---- */

static bool fails(const Case *c, const char *what, ptrdiff_t row, ptrdiff_t at)
{
    fprintf(stderr, "%s dtypes %d -> %d, %s, %d threads%s, %td rows of %td",
            c->function->name, c->op.dtype[0], c->op.dtype[c->result],
            fa_isas[c->setting.isa].name, c->setting.threads,
            c->in_place ? ", in place" : "", c->rows, c->length);
    for (int d = 0; d < c->view[0].dims; d++) {
        fprintf(stderr, "%s%td (", d ? ", " : ": ", c->view[0].shape[d]);
        for (int k = 0; k <= c->result; k++)
            fprintf(stderr, "%s%td", k ? " " : "",
                    d < c->view[k].dims ? c->view[k].strides[d] : 0);
        fprintf(stderr, ")");
    }
    fprintf(stderr, "\n%s in row %td at %td\n", what, row, at);
    return false;
}

/* Whether no later row of the result lies on this one. */
static bool stays(const Case *c, ptrdiff_t row)
{
    const View *out = &c->view[c->result];
    for (int d = c->view[0].dims - 2; d >= 0; d--) {
        if (out->strides[d] == 0 && row % out->shape[d] != out->shape[d] - 1)
            return false;
        row /= out->shape[d];
    }
    return true;
}

/* An operand against its contiguous copy. */
static bool is_as_alone(const Case *c, int k)
{
    fa_dtype dtype = c->op.dtype[k];
    ptrdiff_t length = length_of(c, k);
    for (ptrdiff_t row = 0; row < c->rows; row++) {
        if (k == c->result && !stays(c, row)) continue;
        for (ptrdiff_t i = row * length; i < (row + 1) * length; i++)
            if (!elements_alike(dtype, view_get(&c->view[k], i),
                                element_at(dtype, contiguous(k), i)))
                return fails(c, k < c->result ? "an input changed" : "other bits", row,
                             i - row * length);
    }
    return true;
}

/* An operand times the factor, as rounded before anything else is computed. */
static double scaled(const Case *c, double x)
{
    return c->op.precision ? c->factor * x : (float)c->factor * (float)x;
}

static const double *widened(const Case *c, int k, ptrdiff_t row)
{
    fa_dtype dtype = c->op.dtype[k];
    double *wide = (double *)(void *)arena(2 * FA_MAX_OPERANDS + k);
    for (ptrdiff_t i = 0; i < c->length; i++) {
        double x =
            element_value(dtype, element_at(dtype, contiguous(k), row * c->length + i));
        wide[i] = k == 0 && c->factor != 1 ? scaled(c, x) : x;
    }
    return wide;
}

typedef struct {
    bool may, must;
} Overflow;

static bool row_holds(const Case *c, ptrdiff_t number, Overflow *overflow)
{
    fa_dtype dtype = c->op.dtype[c->result];
    double most = format_of(dtype).most;
    const double *a = widened(c, 0, number),
                 *b = c->result > 1 ? widened(c, 1, number) : a;
    Row row = row_of(c->op.function, c->op.precision, a, b, c->length);
    overflow->may |= !row.moderate || c->factor > 1;
    ptrdiff_t count = length_of(c, c->result);
    for (ptrdiff_t i = 0; i < count; i++) {
        double got = element_value(
            dtype, element_at(dtype, contiguous(c->result), number * count + i));
        Exact want = exact_element(&row, i);
        bool large = isfinite(want.value) && fabsl(want.value) >= most * (1 - 0x1p-20);
        overflow->may |= large;
        overflow->must |=
            large && isinf(got) && fabsl(want.value) > most * (1 + 0x1p-7);
        if (!want.known) continue;
        case_values++;
        long double allowed = want.error;
        if (dtype == FA_FLOAT16 || dtype == FA_BFLOAT16)
            allowed += ulp_of(dtype, fabsl(want.value) + want.error) / 2;
        if (!close_enough(dtype, got, want.value, allowed)) {
            fprintf(stderr, "want %La, got %a, error of %Lg of what is allowed\n",
                    want.value, got, fabsl(got - want.value) / allowed);
            return fails(c, "beyond the bound", number, i);
        }
    }
    return true;
}

/* One row of every seven of large jobs. */
static bool values_hold(const Case *c, bool overflowed)
{
    ptrdiff_t step = c->rows * c->length > VALUES_OF_ALL ? 7 : 1;
    Overflow overflow = {0};
    for (ptrdiff_t row = 0; row < c->rows && (c->length > 0 || !c->function->whole);
         row += step)
        if (!row_holds(c, row, &overflow)) return false;
    if (overflow.must && !overflowed)
        return fails(c, "an overflow that is not told", -1, -1);
    bool all = step == 1 || c->rows == 1;
    if (all && overflowed && !overflow.may)
        return fails(c, "an overflow that is none", -1, -1);
    return true;
}

static bool holds(const Case *c)
{
    fa_control standard = control_read();
    control_write(c->setting.environment);
    fa_axis_job job = job_of(c);
    soil_stack();
    bool overflowed = fa_run_axis(&job);
    bool kept = control_read() == c->setting.environment;
    bool alone = run_alone(c);
    control_write(standard);
    if (!kept) return fails(c, "another control word or flag", -1, -1);
    if (overflowed != alone) return fails(c, "an overflow only in one layout", -1, -1);
    for (int k = 0; k <= c->result; k++) {
        bool written = c->in_place && c->view[k].data == c->view[c->result].data;
        if ((k == c->result || !written) && !is_as_alone(c, k)) return false;
    }
    if (c->setting.usual && !values_hold(c, overflowed)) return false;
    return canaries_live(&c->view[c->result]) || fails(c, "a stray byte", -1, -1);
}

/* The core may take operands that interleave for overlapping ones; nothing is run. */
static bool overlap_is_told(const Case *c)
{
    if (c->rows * c->length == 0) return true;
    fa_axis_job job = job_of(c);
    bool told = fa_axis_overlap(&job), shared = false, meet = false;
    const View *out = &c->view[c->result];
    for (int k = 0; k < c->result; k++) {
        const View *in = &c->view[k];
        if (c->function->whole && is_same_view(in, out)) continue;
        if (in->data + in->low >= out->data + out->high) continue;
        if (out->data + out->low >= in->data + in->high) continue;
        meet = true;
        shared |= views_share(in, out);
    }
    if (shared && !told) return fails(c, "an overlap that is not told", -1, -1);
    if (told && !meet) return fails(c, "an overlap that is none", -1, -1);
    return true;
}

bool axis_case_holds(Source *source)
{
    Case c = {.setting = choose_setting(source)};
    choose_op(&c, source);
    choose_shape(&c, source);
    choose_layouts(&c, source);
    bool overlapping = choose_overlap(&c, source);
    if (!overlap_is_told(&c)) return false;
    if (overlapping) return true;
    set_canaries(&c.view[c.result]);
    fill_inputs(&c, source);
    case_elements += (uint64_t)(c.rows * c.length);
    return holds(&c);
}
