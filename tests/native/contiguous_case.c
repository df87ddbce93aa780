/* Cases of contiguous operands: the entry points that small calls take.
 *
 * Every element must have the bits that it has alone. Outputs lie in place of an array, or
 * apart; where one is shifted against an array, the core must say so, and nothing runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case.h"
#include "element.h"
#include "view.h"

enum { MOST = 600 }; /* elements of a job */

typedef struct {
    fa_op op;
    const fa_activation *row;
    Setting setting;
    int operands;
    fa_dtype dtype;
    ptrdiff_t length;
    View view[FA_MAX_OPERANDS];
    char *copy[FA_MAX_OPERANDS]; /* of the inputs; and what the outputs should be */
    int host; /* the array in whose arena the first output lies, or -1 ... */
    ptrdiff_t shift; /* ... and how many elements after it */
} Case;

static bool is_parameter(const Case *c, int k)
{
    return k >= c->op.arrays && k < c->op.inputs;
}

/* ---- choices ---- */

static void choose_op(Case *c, Source *source)
{
    int activation = below(source, FA_ACTIVATIONS);
    c->row = &fa_activations[activation];
    fa_form form = (fa_form)below(source, FA_FORMS);
    if (!fa_has_form(c->row, form)) form = FA_VALUE;
    c->dtype = one_in(source, 2) ? FA_FLOAT32 : FA_FLOAT64;
    c->op = fa_make_op(activation, form, c->dtype, c->dtype);
    c->operands = c->op.inputs + c->op.outputs;
}

/* Against the guard page behind the arena, but for the output that lies with an array. */
static void choose_layout(Case *c, Source *source)
{
    c->length = below(source, one_in(source, 2) ? 70 : MOST);
    c->host = one_in(source, 2) ? below(source, c->op.arrays) : -1;
    c->shift = one_in(source, 2) ? 0 : below(source, 2 * MOST) - MOST;
    for (int k = 0; k < c->operands; k++) {
        ptrdiff_t item = c->op.bytes[k];
        ptrdiff_t count = is_parameter(c, k) ? 1 : c->length;
        View *view = &c->view[k];
        *view = (View){.dtype = c->dtype, .dims = 1, .shape = {count}};
        view->strides[0] = item;
        view->high = count * item;
        view->arena = arena(k);
        view->data = view->arena + ARENA_BYTES - view->high;
        c->copy[k] = arena(FA_MAX_OPERANDS + k);
    }
    if (c->host < 0) return;
    View *host = &c->view[c->host], *out = &c->view[c->op.inputs];
    host->data = host->arena + ARENA_BYTES / 2;
    out->arena = host->arena;
    out->data = host->data + c->shift * c->op.bytes[c->host];
}

static void fill_inputs(Case *c, Source *source)
{
    int mode = below(source, ELEMENT_MODES);
    for (int k = 0; k < c->op.inputs; k++) {
        const View *view = &c->view[k];
        int parameter = k - c->op.arrays;
        for (ptrdiff_t i = 0; i < view->shape[0]; i++) {
            uint64_t bits = random_element(source, c->dtype, mode);
            if (parameter >= 0)
                bits =
                    element_bits(c->dtype, random_parameter(source, c->row, parameter));
            view_put(view, i, bits);
        }
        view_copy(view, c->copy[k]);
    }
}

/* ---- what must hold ---- */

static bool fails(const Case *c, const char *what, ptrdiff_t at)
{
    fprintf(stderr, "%s form %d dtype %d, %s, %d threads, %td contiguous elements",
            c->row->name, c->op.form, c->dtype, fa_isas[c->setting.isa].name,
            c->setting.threads, c->length);
    if (c->host >= 0)
        fprintf(stderr, ", the output %td after operand %d", c->shift, c->host);
    fprintf(stderr, "\n%s at %td\n", what, at);
    return false;
}

/* Each element by itself, from the copies into the copies; whether one overflows. */
static bool run_alone(const Case *c)
{
    bool overflowed = false;
    for (ptrdiff_t i = 0; i < c->length; i++) {
        fa_job job = {.op = &c->op, .dims = 1, .shape = {1}};
        for (int k = 0; k < c->operands; k++)
            job.data[k] = c->copy[k] + (is_parameter(c, k) ? 0 : i * c->op.bytes[k]);
        overflowed |= fa_run(&job);
    }
    return overflowed;
}

static bool runs_right(const Case *c, void *const *data, bool small)
{
    for (int k = c->op.inputs; k < c->operands; k++)
        if (c->host < 0) set_canaries(&c->view[k]);
    fa_control standard = control_read();
    control_write(c->setting.environment);
    soil_stack();
    bool overflowed =
        (small ? fa_run_small : fa_run_contiguous)(&c->op, data, c->length);
    bool kept = control_read() == c->setting.environment;
    bool alone = run_alone(c);
    control_write(standard);
    if (!kept) return fails(c, "another control word or flag", -1);
    if (overflowed != alone) return fails(c, "an overflow only in one of them", -1);
    for (int k = 0; k < c->operands; k++) {
        const View *view = &c->view[k];
        if (k == c->host && c->shift == 0) continue;
        for (ptrdiff_t i = 0; i < view->shape[0]; i++)
            if (!elements_alike(c->dtype, view_get(view, i),
                                element_at(c->dtype, c->copy[k], i)))
                return fails(c, k < c->op.inputs ? "an input changed" : "other bits",
                             i);
    }
    for (int k = c->op.inputs; k < c->operands; k++)
        if (c->host < 0 && !canaries_live(&c->view[k]))
            return fails(c, "a stray byte", -1);
    return true;
}

bool contiguous_case_holds(Source *source)
{
    Case c = {.setting = choose_setting(source)};
    choose_op(&c, source);
    choose_layout(&c, source);
    fill_inputs(&c, source);
    case_elements += (uint64_t)c.length;
    void *data[FA_MAX_OPERANDS];
    for (int k = 0; k < c.operands; k++) data[k] = c.view[k].data;
    bool overlaps = c.host >= 0 && c.shift != 0 && labs(c.shift) < c.length;
    if (fa_contiguous_overlap(&c.op, data, c.length) != overlaps)
        return fails(&c, overlaps ? "an overlap that is not told" : "one that is none",
                     -1);
    return overlaps || runs_right(&c, data, one_in(source, 2));
}
