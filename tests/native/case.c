#define _GNU_SOURCE
#include "case.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fastact.h"
#include "simd/control.h"

enum {
    ARENA_BYTES = 1 << 20,
    MOST = 4096,     /* elements of a job */
    MARGIN = 256,    /* bytes around an output that are watched */
    MOST_DIMS = 4,
    FILL = 0xa5,
};

uint64_t case_elements, case_values;

/* ---- choices ---- */

typedef struct {
    const uint8_t *at, *end;
    uint64_t random;
} Source;

static uint64_t take(Source *source, int bytes)
{
    uint64_t value = 0;
    for (int k = 0; k < bytes && source->at < source->end; k++)
        value |= (uint64_t)*source->at++ << 8 * k;
    return value;
}

static int below(Source *source, int limit)
{
    return (int)(take(source, 2) % (uint64_t)limit);
}

/* splitmix64, for what is too long to be spelt out in the bytes. */
static uint64_t next_random(Source *source)
{
    uint64_t z = source->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* ---- the elements ---- */

static double load(fa_dtype dtype, const void *from)
{
    union {
        uint64_t bits;
        float f;
        double d;
        int8_t b;
        int16_t h;
        int32_t i;
        int64_t l;
    } u = {0};
    memcpy(&u, from, fa_item_bytes(dtype));
    switch (dtype) {
    case FA_FLOAT32: return u.f;
    case FA_FLOAT64: return u.d;
    case FA_FLOAT16: {
        double sign = u.bits & 0x8000 ? -1 : 1;
        int exponent = (int)(u.bits >> 10 & 31), mantissa = (int)(u.bits & 0x3ff);
        if (exponent == 31) return mantissa ? NAN : sign * INFINITY;
        return sign
            * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
    }
    case FA_BFLOAT16: {
        float value;
        uint32_t bits = (uint32_t)u.bits << 16;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    case FA_INT8: return u.b;
    case FA_INT16: return u.h;
    case FA_INT32: return u.i;
    case FA_INT64: return (double)u.l;
    default: return (double)u.bits;
    }
}

typedef struct {
    int mantissa, least_exponent; /* significant bits; exponent of the least normal */
    double most;
} Format;

static Format format_of(fa_dtype dtype)
{
    switch (dtype) {
    case FA_FLOAT64: return (Format){53, -1022, 0x1.fffffffffffffp1023};
    case FA_FLOAT16: return (Format){11, -14, 65504};
    case FA_BFLOAT16: return (Format){8, -126, 0x1.fep127};
    default: return (Format){24, -126, 0x1.fffffep127};
    }
}

/* Exact for the values used here: float32 and float64, and halves that are representable
 * anyway. */
static void store(fa_dtype dtype, void *to, double value)
{
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    if (dtype == FA_FLOAT64) {
        memcpy(to, &value, sizeof value);
    } else if (dtype == FA_FLOAT32) {
        memcpy(to, &single, sizeof single);
    } else {
        uint16_t half = (uint16_t)(bits >> 16);
        if (dtype == FA_FLOAT16) { /* truncated to the nearest that there is */
            double size = fabs(value);
            int exponent = size > 0 ? ilogb(size) : -99;
            half = exponent < -14 ? 0
                : exponent > 15
                ? 0x7bff
                : (uint16_t)((exponent + 15) << 10
                             | ((int)ldexp(size, 10 - exponent) & 0x3ff));
            half |= (uint16_t)(signbit(value) ? 0x8000 : 0);
        }
        memcpy(to, &half, sizeof half);
    }
}

/* A value of x or g: any bits, or one of an ordinary size, or a special one. */
static void store_random(Source *source, fa_dtype dtype, void *to, int mode)
{
    static const double special[] = {
        0,  -0.0, 1,    -1,   0.5, 3,     -3,    6,    INFINITY, -INFINITY, NAN,
        90, -90,  -104, 1e-3, 17,  -745., 709.8, 1e30, -0.7518,  -1.2785,   -1.1926,
    };
    uint64_t random = next_random(source);
    if (dtype == FA_BOOL) random &= 1;
    if (mode == 0
        || (dtype != FA_FLOAT32 && dtype != FA_FLOAT64 && dtype != FA_FLOAT16)) {
        memcpy(to, &random, fa_item_bytes(dtype));
        return;
    }
    double unit = (double)(random >> 12) * 0x1p-52;
    if (mode == 1)
        store(dtype, to, (unit - 0.5) * 40);
    else if (mode == 2)
        store(dtype, to, ldexp(unit - 0.5, (int)(random % 40) - 30));
    else
        store(dtype, to, special[random % (sizeof special / sizeof *special)]);
}

/* A parameter, in the range for which the bounds are promised in every form. */
static double random_parameter(Source *source, const fa_activation *row, int k)
{
    uint64_t random = next_random(source);
    if (random % 4 == 0) return row->defaults[k];
    double value = ldexp(1 + (double)(random >> 40) * 0x1p-24,
                         (int)(random >> 8 & 0xffff) % 20 - 10);
    bool ordered = row->parameters == 2 && strcmp(row->parameter[0], "min_val") == 0;
    bool positive =
        strcmp(row->name, "softplus") == 0 || strcmp(row->name, "celu") == 0;
    if (ordered) return k == 0 ? -value : value;
    return random & 128 && !positive ? -value : value;
}

/* ---- the arenas ---- */

/* A megabyte between two pages that cannot be touched. */
static char *new_arena(void)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *all = mmap(NULL, ARENA_BYTES + 2 * page, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || mprotect(all, page, PROT_NONE)
        || mprotect(all + page + ARENA_BYTES, page, PROT_NONE)) {
        perror("arena");
        exit(2);
    }
    return all + page;
}

static char *arenas[FA_MAX_OPERANDS];
static char *copies[FA_MAX_OPERANDS]; /* contiguous operands for comparison */
static double *wide[FA_MAX_OPERANDS]; /* the same in float64 */

static void make_arenas(void)
{
    for (int k = 0; k < FA_MAX_OPERANDS; k++) {
        arenas[k] = new_arena();
        copies[k] = new_arena();
        wide[k] = (double *)(void *)new_arena();
    }
}

/* ---- the case ---- */

typedef struct {
    fa_op op;
    const fa_activation *row;
    int operands, dims, mode, isa, threads;
    ptrdiff_t shape[MOST_DIMS], count;
    ptrdiff_t strides[FA_MAX_OPERANDS][MOST_DIMS];
    char *data[FA_MAX_OPERANDS];
    ptrdiff_t low[FA_MAX_OPERANDS],
        high[FA_MAX_OPERANDS]; /* reach about data, in bytes */
    bool in_order; /* the first output lies in the arena of x */
    bool swapped[FA_MAX_OPERANDS]; /* of the other byte order */
    fa_control environment;
} Case;

static bool is_parameter(const Case *c, int k)
{
    return k >= c->op.inputs - c->row->parameters && k < c->op.inputs;
}

static int place_of_x(const Case *c) { return fa_takes_gradient(c->op.form); }

static void choose_op(Case *c, Source *source)
{
    fa_op *op = &c->op;
    op->activation = below(source, fa_activation_count);
    c->row = &fa_activations[op->activation];
    op->form = (fa_form)below(source, FA_FORMS);
    if (!fa_has_form(c->row, op->form)) op->form = FA_VALUE;
    op->inputs = fa_inputs(c->row, op->form);
    op->outputs = fa_outputs(c->row, op->form);
    c->operands = op->inputs + op->outputs;
    fa_dtype x = (fa_dtype)below(source, FA_DTYPES), rest = x;
    if (fa_takes_gradient(op->form)) x = rest = (fa_dtype)(x % FA_BOOL);
    if (x >= FA_BOOL) rest = x <= FA_UINT16 ? FA_FLOAT32 : FA_FLOAT64;
    op->precision = rest == FA_FLOAT64;
    for (int k = 0; k < c->operands; k++) op->dtype[k] = rest;
    op->dtype[0] = x;
}

static void choose_shape(Case *c, Source *source)
{
    static const int longest[MOST_DIMS] = {MOST, 64, 16, 8};
    c->dims = below(source, 2) ? 1 : 1 + below(source, MOST_DIMS);
    c->count = 1;
    for (int d = 0; d < c->dims; d++) {
        int most = longest[c->dims - 1];
        if (c->dims == 1 && below(source, 4)) most = 300;
        c->shape[d] = 1 + below(source, most);
        c->count *= c->shape[d];
    }
}

/* Strides of a view into an array whose axes were turned and stepped over. */
static void choose_layout(Case *c, Source *source, int k)
{
    static const int steps[] = {1, 1, 1, 1, 2, 3, -1, -2};
    bool input = k < c->op.inputs;
    ptrdiff_t item = (ptrdiff_t)fa_item_bytes(c->op.dtype[k]), stride = item;
    bool plain = below(source, 2) == 0,
         all_zero = is_parameter(c, k) && below(source, 2);
    int axes[MOST_DIMS] = {0, 1, 2, 3};
    for (int d = c->dims - 1; d > 0 && !plain; d--) {
        int other = below(source, d + 1), kept = axes[d];
        axes[d] = axes[other];
        axes[other] = kept;
    }
    c->low[k] = c->high[k] = 0;
    for (int a = c->dims - 1; a >= 0; a--) {
        int d = axes[a], step = plain ? 1 : steps[below(source, 8)];
        c->strides[k][d] = stride * step;
        stride *= c->shape[d] * abs(step);
        if (all_zero || (input && !plain && below(source, 8) == 0))
            c->strides[k][d] = 0;
        ptrdiff_t reach = c->strides[k][d] * (c->shape[d] - 1);
        *(reach < 0 ? &c->low[k] : &c->high[k]) += reach;
    }
    c->high[k] += item;
    ptrdiff_t slack = below(source, 2) ? 0 : below(source, 40) * item;
    if (below(source, 8) == 0) slack += below(source, 8); /* misaligned */
    c->swapped[k] = item > 1 && below(source, 8) == 0;
    c->data[k] = below(source, 2) ? arenas[k] + ARENA_BYTES - c->high[k] - slack
                                  : arenas[k] - c->low[k] + slack;
}

/* Moves the first output of a one-dimensional job into the arena of x. */
static void choose_overlap(Case *c, Source *source)
{
    int x = place_of_x(c), out = c->op.inputs;
    c->in_order = below(source, 8) == 0 && c->dims == 1 && c->shape[0] <= 300
        && c->op.dtype[x] == c->op.dtype[out];
    if (!c->in_order) return;
    memset(c->swapped, 0, sizeof c->swapped);
    ptrdiff_t item = (ptrdiff_t)fa_item_bytes(c->op.dtype[x]);
    ptrdiff_t middle = ARENA_BYTES / 2 / item * item;
    c->data[x] = arenas[x] + middle;
    c->data[out] = arenas[x] + middle + (below(source, 141) - 70) * item;
}

static fa_control chosen_environment(Source *source)
{
    fa_control now = control_read();
#if defined(__x86_64__)
    static const unsigned words[] = {0x8040, 0x2000, 0x4000, 0x6000};
    int which = below(source, 32);
    if (which >= 1 && which <= 4) return now | words[which - 1];
#endif
    (void)source;
    return now;
}

static ptrdiff_t offset_of(const Case *c, int k, ptrdiff_t place)
{
    ptrdiff_t offset = 0;
    for (int d = c->dims - 1; d >= 0; d--) {
        offset += place % c->shape[d] * c->strides[k][d];
        place /= c->shape[d];
    }
    return offset;
}

/* Between an element of an operand and one in this machine's byte order. */
static void copy_element(const Case *c, int k, void *to, const void *from)
{
    size_t item = fa_item_bytes(c->op.dtype[k]);
    for (size_t b = 0; b < item; b++)
        ((char *)to)[b] = ((const char *)from)[c->swapped[k] ? item - 1 - b : b];
}

/* Element i of an operand, in this machine's byte order. */
static const void *element(const Case *c, int k, ptrdiff_t i)
{
    static uint64_t native[2];
    static unsigned turn;
    void *to = &native[turn++ % 2];
    copy_element(c, k, to, c->data[k] + offset_of(c, k, i));
    return to;
}

static void fill_inputs(Case *c, Source *source)
{
    for (int k = 0; k < c->op.inputs; k++) {
        fa_dtype dtype = c->op.dtype[k];
        size_t item = fa_item_bytes(dtype);
        for (ptrdiff_t i = 0; i < c->count; i++) {
            uint64_t native = 0, *at = &native;
            if (is_parameter(c, k))
                store(dtype, at,
                      random_parameter(source, c->row,
                                       k + c->row->parameters - c->op.inputs));
            else if (k == place_of_x(c) && source->end - source->at >= (ptrdiff_t)item
                     && dtype != FA_BOOL) {
                uint64_t bits = take(source, (int)item);
                memcpy(at, &bits, item);
            } else
                store_random(source, dtype, at, c->mode);
            copy_element(c, k, c->data[k] + offset_of(c, k, i), at);
        }
    }
}

static fa_job job_of(Case *c)
{
    fa_job job = {.op = &c->op, .dims = c->dims};
    memcpy(job.shape, c->shape, sizeof c->shape);
    memcpy(job.swapped, c->swapped, sizeof c->swapped);
    for (int k = 0; k < c->operands; k++) {
        job.data[k] = c->data[k];
        memcpy(job.strides[k], c->strides[k], sizeof c->strides[k]);
    }
    return job;
}

/* ---- what must hold ---- */

static bool fails(const Case *c, const char *what, ptrdiff_t at)
{
    fprintf(stderr, "%s form %d dtypes %d -> %d, %s, %d threads, %td elements",
            c->row->name, c->op.form, c->op.dtype[0], c->op.dtype[c->op.inputs],
            fa_isas[c->isa].name, c->threads, c->count);
    for (int d = 0; d < c->dims; d++) {
        fprintf(stderr, "%s%td (", d ? ", " : ": ", c->shape[d]);
        for (int k = 0; k < c->operands; k++)
            fprintf(stderr, "%s%td", k ? " " : "", c->strides[k][d]);
        fprintf(stderr, ")");
    }
    fprintf(stderr, "\n%s at %td:", what, at);
    for (int k = 0; k < c->operands && at >= 0; k++)
        fprintf(stderr, " %a",
                load(c->op.dtype[k],
                     k < c->op.inputs
                         ? copies[k] + at * (ptrdiff_t)fa_item_bytes(c->op.dtype[k])
                         : element(c, k, at)));
    fprintf(stderr, "\n");
    return false;
}

static bool same(fa_dtype dtype, const void *a, const void *b)
{
    return memcmp(a, b, fa_item_bytes(dtype)) == 0
        || (isnan(load(dtype, a)) && isnan(load(dtype, b)));
}

/* One contiguous run of all elements on this thread, from and to the copies. */
static bool run_copies(Case *c, fa_op *op, char *const *at, ptrdiff_t count)
{
    fa_job job = {.op = op, .dims = 1, .shape = {count}};
    for (int k = 0; k < c->operands; k++) {
        job.data[k] = at[k];
        job.strides[k][0] = (ptrdiff_t)fa_item_bytes(op->dtype[k]);
    }
    int before = fa_swap_local_threads(1);
    bool overflowed = fa_run(&job);
    fa_swap_local_threads(before);
    return overflowed;
}

/* Whether element number i of the copies overflows by itself. */
static bool run_one(Case *c, ptrdiff_t i)
{
    char *at[FA_MAX_OPERANDS];
    for (int k = 0; k < c->operands; k++)
        at[k] = copies[k] + i * (ptrdiff_t)fa_item_bytes(c->op.dtype[k]);
    return run_copies(c, &c->op, at, 1);
}

/* The bound in ulp that the table gives for output number `which`. */
static double promised(const Case *c, int which)
{
    const fa_bound *bound = &c->row->ulp[c->op.precision];
    double extra = fa_extra_ulp(c->row, c->op.form, c->op.precision);
    if (extra > 0) return extra;
    switch (c->op.form) {
    case FA_VALUE: return bound->value;
    case FA_VALUE_AND_GRAD: return which == 0 ? bound->value : bound->slope;
    case FA_BACKWARD: return 1.0;
    default: return bound->slope;
    }
}

static bool close_enough(fa_dtype dtype, double got, double want, double bound)
{
    if (isnan(want) || isnan(got)) return isnan(want) && isnan(got);
    if (got == want) return true;
    Format format = format_of(dtype);
    int exponent = want == 0 || isinf(want) ? format.least_exponent : ilogb(want);
    if (exponent < format.least_exponent) exponent = format.least_exponent;
    double ulp = ldexp(1, exponent - format.mantissa + 1);
    if (isinf(got)) /* rounded past the largest? */
        return signbit(got) == signbit(want) && fabs(want) > format.most - bound * ulp;
    if (isinf(want)) return fabs(got) >= format.most * (1 - 0x1p-50);
    return fabs(got - want) <= bound * ulp;
}

/* Compares with the plain-C target in float64, one element of every seven of long jobs. */
static bool values_hold(Case *c, bool overflowed)
{
    fa_op op = c->op;
    op.precision = 1;
    for (int k = 0; k < c->operands; k++) op.dtype[k] = FA_FLOAT64;
    char *at[FA_MAX_OPERANDS];
    ptrdiff_t step = c->count > 1000 ? 7 : 1, count = (c->count + step - 1) / step;
    for (int k = 0; k < c->operands; k++) {
        at[k] = (char *)wide[k];
        fa_dtype dtype = c->op.dtype[k];
        for (ptrdiff_t i = 0; i < count && k < c->op.inputs; i++)
            wide[k][i] =
                load(dtype, copies[k] + i * step * (ptrdiff_t)fa_item_bytes(dtype));
    }
    fa_use_isa(fa_isa_count - 1);
    run_copies(c, &op, at, count);
    fa_use_isa(c->isa);
    bool may_overflow = false, must_overflow = false;
    for (ptrdiff_t i = 0; i < count; i++) {
        int infinite = 0;
        bool moderate = true;
        for (int k = 0; k < c->op.inputs; k++) {
            infinite += !isfinite(wide[k][i]);
            moderate &= fabs(wide[k][i]) < 0x1p60;
        }
        bool finite = infinite == 0;
        /* A gradient of a gate may be the product of two of g, a and b, and a gate with
         * limits takes an infinity for the limit. */
        int of_no_account = c->row->arrays == 1
            ? 0
            : (c->op.form == FA_BACKWARD) + (c->row->parameters > 0 ? 2 : 0);
        /* Beyond 2^60 nothing is promised for activations with parameters, and of gates
         * not all. */
        bool bound_known = c->row->arrays == 2
            ? moderate
            : c->row->parameters == 0 || fabs(wide[place_of_x(c)][i]) < 0x1p60;
        /* Nor what infinity times a derivative is that only one precision takes for 0. */
        if (place_of_x(c) && isinf(wide[0][i])) bound_known = false;
        /* Nor where y is not what any activation gives. */
        double y = wide[place_of_x(c)][i];
        if (c->op.form == FA_BACKWARD_FROM_OUTPUT && !(0 <= y && y <= 1)) {
            may_overflow = true;
            continue;
        }
        for (int k = c->op.inputs; k < c->operands; k++) {
            fa_dtype dtype = c->op.dtype[k];
            double got = load(dtype, element(c, k, i * step));
            double bound = promised(c, k - c->op.inputs) + 1e-6;
            if (dtype == FA_FLOAT16) bound = 0.5 + 0x1p-12;
            if (dtype == FA_BFLOAT16) bound = 0.5 + 0x1p-15;
            if (dtype == FA_FLOAT64) bound *= 2;
            double want = wide[k][i];
            Format format = format_of(dtype);
            if (infinite <= of_no_account && fabs(want) >= format.most * (1 - 0x1p-20))
                may_overflow = true;
            if (finite && isinf(got) && fabs(want) > format.most * (1 + 0x1p-7))
                must_overflow = true;
            if (!bound_known) continue;
            case_values++;
            if (!close_enough(dtype, got, want, bound)) {
                fprintf(stderr, "want %a, got %a\n", want, got);
                return fails(c, "beyond the bound", i * step);
            }
        }
    }
    if (must_overflow && !overflowed)
        return fails(c, "an overflow that is not told", -1);
    if (overflowed && !may_overflow && step == 1) {
        ptrdiff_t culprit = 0;
        while (culprit < count - 1 && !run_one(c, culprit)) culprit++;
        return fails(c, "an overflow that is none", culprit);
    }
    return true;
}

/* Whether all bytes about the outputs, and those between their elements, are as filled. */
static bool canaries_live(Case *c)
{
    for (int k = c->op.inputs; k < c->operands; k++) {
        size_t item = fa_item_bytes(c->op.dtype[k]);
        for (ptrdiff_t i = 0; i < c->count; i++)
            memset(c->data[k] + offset_of(c, k, i), FILL, item);
        const char *low = c->data[k] + c->low[k] - MARGIN;
        const char *high = c->data[k] + c->high[k] + MARGIN;
        if (low < arenas[k]) low = arenas[k];
        if (high > arenas[k] + ARENA_BYTES) high = arenas[k] + ARENA_BYTES;
        for (; low < high; low++)
            if ((uint8_t)*low != FILL) return fails(c, "a stray byte", -1);
    }
    return true;
}

static void set_canaries(const Case *c, int k)
{
    char *low = c->data[k] + c->low[k] - MARGIN,
         *high = c->data[k] + c->high[k] + MARGIN;
    if (low < arenas[k]) low = arenas[k];
    if (high > arenas[k] + ARENA_BYTES) high = arenas[k] + ARENA_BYTES;
    memset(low, FILL, (size_t)(high - low));
}

static void copy_inputs(const Case *c)
{
    for (int k = 0; k < c->op.inputs; k++) {
        size_t item = fa_item_bytes(c->op.dtype[k]);
        for (ptrdiff_t i = 0; i < c->count; i++)
            copy_element(c, k, copies[k] + i * (ptrdiff_t)item,
                         c->data[k] + offset_of(c, k, i));
    }
}

static bool apart_holds(Case *c)
{
    for (int k = c->op.inputs; k < c->operands; k++) set_canaries(c, k);
    copy_inputs(c);
    fa_control standard = control_read();
    control_write(c->environment);
    fa_job job = job_of(c);
    bool overflowed = fa_run(&job);
    bool kept = control_read() == c->environment;
    bool alone = run_copies(c, &c->op, copies, c->count);
    control_write(standard);
    if (!kept) return fails(c, "another control word or flag", -1);
    if (overflowed != alone) return fails(c, "an overflow only in one layout", -1);
    for (int k = 0; k < c->operands; k++) {
        size_t item = fa_item_bytes(c->op.dtype[k]);
        for (ptrdiff_t i = 0; i < c->count; i++)
            if (!same(c->op.dtype[k], element(c, k, i),
                      copies[k] + i * (ptrdiff_t)item))
                return fails(c, k < c->op.inputs ? "an input changed" : "other bits",
                             i);
    }
    if (c->environment == standard && !values_hold(c, overflowed)) return false;
    return canaries_live(c);
}

/* An overlapping job against the same, one element after the other, in a copy. */
static bool in_order_holds(Case *c)
{
    int x = place_of_x(c), out = c->op.inputs;
    size_t item = fa_item_bytes(c->op.dtype[x]);
    ptrdiff_t reach = 1024 * (ptrdiff_t)item * 2;
    char *from = arenas[x] + ARENA_BYTES / 2 - reach;
    char *twin = copies[x] + ARENA_BYTES / 2 - reach;
    memcpy(twin, from, (size_t)(2 * reach));
    Case one = *c;
    one.data[x] += twin - from;
    one.data[out] += twin - from;
    for (int k = out + 1; k < c->operands; k++) one.data[k] = copies[k];
    fa_job job = job_of(c);
    fa_run(&job);
    for (ptrdiff_t i = 0; i < c->count; i++) {
        fa_job step = job_of(&one);
        step.shape[0] = 1;
        for (int k = 0; k < c->operands; k++) step.data[k] += i * one.strides[k][0];
        if (out + 1 < c->operands)
            step.data[out + 1] = copies[out + 1] + i * (ptrdiff_t)item;
        fa_run(&step);
    }
    for (ptrdiff_t i = 0; i < 2 * reach; i += (ptrdiff_t)item)
        if (!same(c->op.dtype[x], from + i, twin + i))
            return fails(c, "another order", -1);
    return true;
}

bool case_holds(const uint8_t *bytes, size_t count)
{
    if (!arenas[0]) make_arenas();
    Source source = {bytes, bytes + count, 0};
    Case c = {0};
    choose_op(&c, &source);
    choose_shape(&c, &source);
    for (int k = 0; k < c.operands; k++) choose_layout(&c, &source, k);
    choose_overlap(&c, &source);
    do c.isa = below(&source, fa_isa_count);
    while (!fa_isa_available(c.isa));
    c.threads = 1 + below(&source, 4);
    c.mode = below(&source, 4);
    c.environment = chosen_environment(&source);
    source.random = take(&source, 4);
    fill_inputs(&c, &source);
    fa_use_isa(c.isa);
    fa_set_threads(c.threads);
    case_elements += (uint64_t)c.count;
    return c.in_order ? in_order_holds(&c) : apart_holds(&c);
}
