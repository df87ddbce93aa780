/* subnormals: whether a kernel meets a subnormal number on the way from usual arguments to
 * usual results. Intel's CPUs take 150 cycles for each instruction with one. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <xmmintrin.h>

#include "fastact.h"

enum { COUNT = 1 << 14, SUBNORMAL_OPERAND = 0x02, UNDERFLOW = 0x10 };
static const char *const FORMS[FA_FORMS] = {
    "value",
    "grad",
    "value_and_grad",
    "backward",
    [FA_BACKWARD_FROM_OUTPUT] = "backward_from_output",
    [FA_GRAD_GRAD] = "grad_grad",
};

typedef union {
    float f32[COUNT];
    double f64[COUNT];
} Array;
static _Alignas(64) Array arrays[FA_MAX_OPERANDS];

static void put(Array *array, int precision, ptrdiff_t i, double value)
{
    if (precision == 64)
        array->f64[i] = value;
    else
        array->f32[i] = (float)value;
}

/* Of both signs, from 2^-12 to 2^2.8 = 7 times a scale; each array in another order */
static void fill(Array *array, int precision, unsigned seed, double scale)
{
    srand(seed);
    for (ptrdiff_t i = 0; i < COUNT; i++) {
        double size = scale * exp2(-12 + 14.8 * rand() / RAND_MAX);
        put(array, precision, i, rand() % 2 ? size : -size);
    }
}

/* The outputs of elementary functions from 2^-12 to almost 1, where the domain ends. */
static void fill_output(Array *array, int precision)
{
    for (ptrdiff_t i = 0; i < COUNT; i++)
        put(array, precision, i, exp2(-12 + 11.9 * rand() / RAND_MAX));
}

/* Returns the flags that the kernel has raised. */
static unsigned flags_of(fa_kernel *kernel, const fa_activation *activation,
                         fa_form form, int precision)
{
    fa_rows rows = {0};
    int inputs = fa_inputs(activation, form), outputs = fa_outputs(activation, form);
    int first = inputs - activation->parameters;
    bool is_laplace = activation == &fa_activations[FA_ROW_laplace];
    double scale = is_laplace ? activation->defaults[1] : 1;
    for (int k = 0; k < first; k++) fill(&arrays[k], precision, (unsigned)k + 1, scale);
    if (form == FA_BACKWARD_FROM_OUTPUT) fill_output(&arrays[first - 1], precision);
    for (int k = first; k < inputs; k++) {
        put(&arrays[k], precision, 0, activation->defaults[k - first]);
        rows.broadcast[k] = true;
    }
    for (int k = 0; k < inputs + outputs; k++) rows.at[k] = &arrays[k];
    unsigned before = _mm_getcsr();
    _mm_setcsr(before & ~0x3fu);
    kernel(&rows, 1, COUNT, FA_CACHED);
    unsigned raised = _mm_getcsr() & (SUBNORMAL_OPERAND | UNDERFLOW);
    _mm_setcsr(before);
    return raised;
}

int main(void)
{
    int tried = 0, found = 0;
    for (int isa = 0; isa < fa_isa_count - 1; isa++)
        for (int wide = 0; wide < 2 && fa_isa_available(isa); wide++)
            for (int row = 0; row < FA_ACTIVATIONS; row++)
                for (int form = 0; form < FA_FORMS; form++) {
                    const fa_activation *activation = &fa_activations[row];
                    if (!fa_has_form(activation, form)) continue;
                    int family = fa_family_of(row);
                    fa_kernel *kernel =
                        fa_isas[isa]
                            .target[wide]
                            ->families[family][row - fa_first_of_family[family]][form];
                    int precision = wide ? 64 : 32;
                    unsigned raised = flags_of(kernel, activation, form, precision);
                    tried++;
                    if (!raised) continue;
                    found++;
                    printf("%s float%d %s %s%s%s\n", fa_isas[isa].name, precision,
                           activation->name,
                           FORMS[form] ? FORMS[form] : "derivative by a parameter",
                           raised & SUBNORMAL_OPERAND ? ", an operand" : "",
                           raised & UNDERFLOW ? ", a result" : "");
                }
    printf("%d kernels, %d with subnormal numbers\n", tried, found);
    return found > 0;
}
