/* The tables as data. */
#include "table.h"

/* clang-format off */
#define EXACT {0.5, 0.5}
#define ULP(value, derivative) {value, derivative}
#define NONE 0, {0}, {0}
#define ONE(name, value) 1, {#name}, {value}
#define TWO(a, a_value, b, b_value) 2, {#a, #b}, {a_value, b_value}
#define THREE(a, a_value, b, b_value, c, c_value) \
    3, {#a, #b, #c}, {a_value, b_value, c_value}
#define FOUR(a, a_value, b, b_value, c, c_value, d, d_value) \
    4, {#a, #b, #c, #d}, {a_value, b_value, c_value, d_value}
/* clang-format on */
#define ACTIVATION(name, kernel, aliases, parameters, role, cost, f32, f64) \
    {#name, aliases, 1, parameters, FA_##role, cost, {f32, f64}},
#define GATE(name, kernel, aliases, parameters, cost, f32, f64) \
    {#name, aliases, 2, parameters, FA_FIXED, cost, {f32, f64}},
const fa_activation fa_activations[FA_ACTIVATIONS] = {
#include "activations.def"
};

const int fa_first_of_family[FA_FAMILIES] = {
#define FAMILY(name) FA_FIRST_##name,
#include "activations.def"
};

const char *const fa_family_names[FA_FAMILIES] = {
#define FAMILY(name) #name,
#include "activations.def"
};

int fa_family_of(int activation)
{
    int family = FA_FAMILIES - 1;
    while (activation < fa_first_of_family[family]) family--;
    return family;
}

static const struct {
    int row;
    fa_form form;
    double ulp[2];
} extras[] = {
#define EXTRA(name, form, kernel, f32, f64) {FA_ROW_##name, FA_##form, {f32, f64}},
#include "activations.def"
};

double fa_extra_ulp(const fa_activation *activation, fa_form form, int precision)
{
    for (size_t k = 0; k < sizeof extras / sizeof *extras; k++)
        if (extras[k].form == form && &fa_activations[extras[k].row] == activation)
            return extras[k].ulp[precision];
    return 0;
}

const fa_axis_function fa_axis_functions[] = {
#define AXIS(name, inputs, whole, overflows, cost, reduce, finish) \
    {#name, inputs, whole, overflows, cost},
#define AXIS_IN_ROUNDS(name, inputs, kind, cost) \
    {#name, inputs, true, (inputs) == 2, cost},
#include "axis.def"
#undef AXIS
};
const int fa_axis_function_count = sizeof fa_axis_functions / sizeof *fa_axis_functions;

bool fa_has_form(const fa_activation *activation, fa_form form)
{
    if (activation->arrays == 2) return form == FA_VALUE || form == FA_BACKWARD;
    if (form < FA_GRAD_PARAMETER) return true;
    if (form >= FA_BACKWARD_FROM_OUTPUT) return fa_extra_ulp(activation, form, 0) > 0;
    int parameter = (int)form - FA_GRAD_PARAMETER;
    return activation->role != FA_FIXED && parameter < activation->parameters;
}

bool fa_takes_gradient(fa_form form)
{
    return form == FA_BACKWARD || form == FA_BACKWARD_FROM_OUTPUT;
}

int fa_inputs(const fa_activation *activation, fa_form form)
{
    return fa_takes_gradient(form) + activation->arrays + activation->parameters;
}

int fa_outputs(const fa_activation *activation, fa_form form)
{
    if (form == FA_VALUE_AND_GRAD) return 2;
    if (form != FA_BACKWARD) return 1;
    bool learnable = activation->role == FA_LEARNABLE;
    return activation->arrays + (learnable ? activation->parameters : 0);
}

uint8_t fa_item_bytes(fa_dtype dtype)
{
    static const uint8_t bytes[FA_DTYPES] = {
        [FA_FLOAT32] = 4, [FA_FLOAT64] = 8, [FA_FLOAT16] = 2, [FA_BFLOAT16] = 2,
        [FA_BOOL] = 1,    [FA_INT8] = 1,    [FA_UINT8] = 1,   [FA_INT16] = 2,
        [FA_UINT16] = 2,  [FA_INT32] = 4,   [FA_UINT32] = 4,  [FA_INT64] = 8,
        [FA_UINT64] = 8,
    };
    return bytes[dtype];
}
