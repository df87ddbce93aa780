/* Gates become loops: of kernels in float64 lanes as those of other functions; of kernels in
 * pairs with a second, slower kernel for rare lanes.
 *
 * The usual kernel is right where no factor is large, no result tiny and no gate nearly
 * shut. A vector with another lane is computed by both, in a call of its own: inlined, the
 * second would take the registers of the first. What neither can do, extreme parameters and
 * two large factors at a closed gate, is computed element by element. */
#ifndef FA_GATE_LOOP_H
#define FA_GATE_LOOP_H

#include "../kernels/gates.h"
#include "elementwise.h"

typedef Gate GateKernel(bool special_case, V g, V a, V b, const V *p);

INLINE Results form_of_gate(Gate f, fa_form form)
{
    return form == FA_VALUE ? (Results){{f.y}} : (Results){{f.ga, f.gb}};
}

#if WIDE_IS_FASTER
#include "../kernels/wide_gates.h"

#define SPECIAL_CASES(name, parameters)
#define RUN_COSTLY_GATE(name, form, operands, rows, count, length, memory) \
    (run_costly(name##_compute, form, operands, false, rows, count, length, memory), \
     false)
#else
#include "../kernels/pair_gates.h"
#include "../math/extreme.h"
#include "../simd/fenv.h"

#define SPECIAL_CASES(name, parameters) \
    static COLD bool name##_special(fa_form form, const Row *row, ptrdiff_t i, \
                                    bool streaming) \
    { \
        Operands operands = operands_of(form, 2, parameters, FA_FIXED, true); \
        return special_cases(name##_gate, extreme_gate_of(FA_ROW_##name), form, \
                             operands, row, i, streaming); \
    }
#define RUN_COSTLY_GATE(name, form, operands, rows, count, length, memory) \
    run_gate(name##_gate, name##_special, form, operands, rows, count, length, memory)

/* The form of a gate on one vector; where it has no g, that is 0. */
INLINE Inputs load_gate(const Row *row, fa_form form, Operands operands, ptrdiff_t i)
{
    Inputs in = load_inputs(row, form, operands, false, false, NULL, i, V_WIDTH);
    if (form != FA_BACKWARD) in.g = v_set(0);
    return in;
}

/* Lanes that the usual kernel is not given at all. In the others it cannot overflow. */
INLINE M is_special_input(GateKernel *kernel, fa_form form, const Inputs *in)
{
    V largest = v_max(v_abs(in->a), v_abs(in->b));
    if (form == FA_BACKWARD) largest = v_max(largest, v_abs(in->g));
    M special_input = kernel(false, in->g, in->a, in->b, in->p).is_special;
    return v_or(special_input, v_lt(v_set(MODERATE), largest));
}

/* These, and those whose results are tiny. */
INLINE M is_special(fa_form form, M special_input, Gate f)
{
    M tiny = form == FA_VALUE ? is_tiny(f.y) : v_or(is_tiny(f.ga), is_tiny(f.gb));
    return v_or(special_input, tiny);
}

/* Whether finite factors have an infinite product. The flag would tell as well of
 * arithmetic whose result is not used, which some compilers leave in. */
INLINE bool overflows(V product, V factor, V other)
{
    V larger = v_max(v_abs(factor), v_abs(other));
    return v_any(v_and(is_infinite(product), v_le(larger, v_set(T_MAX))));
}

/* Products of one factor and bilinear ones have no extreme lanes. */
INLINE fa_extreme_gate_function extreme_gate_of(int activation)
{
    switch (activation) {
    case FA_ROW_glu: return FA_EXTREME_GLU;
    case FA_ROW_swiglu: return FA_EXTREME_SWIGLU;
    case FA_ROW_geglu: return FA_EXTREME_GEGLU;
    case FA_ROW_geglu_tanh: return FA_EXTREME_GEGLU_TANH;
    case FA_ROW_swiglu_clamped: return FA_EXTREME_SWIGLU_CLAMPED;
    default: return FA_EXTREME_NO_GATE;
    }
}

static bool is_extreme_overflow(T result, T factor, T other, T shift)
{
    return isinf(result) && isfinite(factor) && isfinite(other) && isfinite(shift);
}

/* The results in these lanes; returns whether one overflows. */
static COLD bool extreme_lanes(fa_extreme_gate_function function, fa_form form,
                               const Inputs *in, int parameters, M lanes, Gate *f)
{
    T g[V_WIDTH] ALIGNED, a[V_WIDTH] ALIGNED, b[V_WIDTH] ALIGNED, is[V_WIDTH] ALIGNED;
    T y[V_WIDTH] ALIGNED, ga[V_WIDTH] ALIGNED, gb[V_WIDTH] ALIGNED;
    T p[FA_MAX_PARAMETERS][V_WIDTH] ALIGNED;
    v_store(g, in->g), v_store(a, in->a), v_store(b, in->b);
    v_store(y, f->y), v_store(ga, f->ga), v_store(gb, f->gb);
    v_store(is, v_where(lanes, v_set(1)));
    for (int k = 0; k < parameters; k++) v_store(p[k], in->p[k]);
    bool overflowed = false;
    for (int i = 0; i < V_WIDTH; i++) {
        if (is[i] == 0) continue;
        double of_lane[FA_MAX_PARAMETERS];
        for (int k = 0; k < parameters; k++) of_lane[k] = p[k][i];
        fa_extreme_gate_results r =
            fa_extreme_gate(function, g[i], a[i], b[i], of_lane);
        y[i] = (T)r.y, ga[i] = (T)r.ga, gb[i] = (T)r.gb;
        T shift = parameters > 1 ? p[1][i] : 0;
        overflowed |= form == FA_VALUE ? is_extreme_overflow(y[i], a[i], b[i], shift)
                                       : is_extreme_overflow(ga[i], g[i], b[i], shift)
                || is_extreme_overflow(gb[i], g[i], a[i], shift);
    }
    f->y = v_load(y), f->ga = v_load(ga), f->gb = v_load(gb);
    return overflowed;
}

/* One vector by both kernels; returns whether a result overflows. The flag is cleared: the
 * usual kernel has raised it in lanes where that means nothing, and never in others. */
typedef bool SpecialCases(fa_form form, const Row *row, ptrdiff_t i, bool streaming);
INLINE bool special_cases(GateKernel *kernel, fa_extreme_gate_function function,
                          fa_form form, Operands operands, const Row *row, ptrdiff_t i,
                          bool streaming)
{
    Inputs in = load_gate(row, form, operands, i);
    M special_input = is_special_input(kernel, form, &in);
    Gate f = kernel(false, v_unless(special_input, in.g), v_unless(special_input, in.a),
                    v_unless(special_input, in.b), in.p);
    M over = is_special(form, special_input, f);
    Gate right = kernel(true, in.g, in.a, in.b, in.p);
    f.y = v_select(over, right.y, f.y);
    f.ga = v_select(over, right.ga, f.ga);
    f.gb = v_select(over, right.gb, f.gb);
    bool overflowed = false;
    if (function != FA_EXTREME_NO_GATE) {
        M extreme = v_and(over, right.is_extreme);
        if (v_any(extreme))
            overflowed =
                extreme_lanes(function, form, &in, operands.parameters, extreme, &f);
    }
    overflowed |= form == FA_VALUE
        ? overflows(f.y, right.u, right.v)
        : overflows(f.ga, in.g, right.v) || overflows(f.gb, in.g, right.u);
    store_results(row, operands, form_of_gate(f, form), i, streaming);
    control_write(control_read() & ~(fa_control)CONTROL_OVERFLOW);
    return overflowed;
}

INLINE bool run_gate_segment(GateKernel *kernel, SpecialCases *special, fa_form form,
                             Operands operands, const Segments *s, bool streaming)
{
    bool overflowed = false;
    T constants[FA_MAX_PARAMETERS][V_WIDTH] ALIGNED;
    T *at[FA_MAX_OPERANDS];
    for (ptrdiff_t line = 0; line < s->lines; line++) {
        for (int k = 0; k < operands.arrays + operands.parameters + operands.outputs;
             k++)
            at[k] = s->at[k] + (line > 0 ? line * s->step[k] : 0);
        Row row = take_row(at, s->broadcast, operands, false, constants);
        for (ptrdiff_t i = 0; i < s->length; i += V_WIDTH) {
            Inputs in = load_gate(&row, form, operands, i);
            M special_input = is_special_input(kernel, form, &in);
            Gate f = kernel(false, in.g, in.a, in.b, in.p);
            if (v_any(is_special(form, special_input, f)))
                overflowed |= special(form, &row, i, streaming);
            else
                store_results(&row, operands, form_of_gate(f, form), i, streaming);
        }
    }
    return overflowed;
}

INLINE bool run_gate(GateKernel *kernel, SpecialCases *special, fa_form form,
                     Operands operands, const fa_rows *rows, ptrdiff_t count,
                     ptrdiff_t length, fa_memory memory)
{
    bool overflowed = false;
    Segments s;
    first_segment(&s, operands, rows, count, length, memory);
    do {
        bool streaming = memory == FA_NONTEMPORAL && !s.packed;
        overflowed |= run_gate_segment(kernel, special, form, operands, &s, streaming);
    } while (another_segment(&s));
    return overflowed;
}

#endif

#endif
