/* The table as data. */
#include "fastact.h"

/* clang-format off */
#define EXACT {0.5, 0.5}
#define ULP(value, slope) {value, slope}
#define NONE 0, {0}, {0}
#define ONE(name, value) 1, {#name}, {value}
#define TWO(a, a_value, b, b_value) 2, {#a, #b}, {a_value, b_value}
/* clang-format on */
#define ACTIVATION(name, kernel, aliases, parameters, role, cost, single, twice) \
    {#name, aliases, parameters, FA_##role, cost, {single, twice}},

const fa_activation fa_activations[] = {
#include "activations.def"
};
const int fa_activation_count = sizeof fa_activations / sizeof *fa_activations;

bool fa_has_form(const fa_activation *activation, fa_form form)
{
    return form != FA_GRAD_PARAMETER || activation->role != FA_FIXED;
}

int fa_inputs(const fa_activation *activation, fa_form form)
{
    return (form == FA_BACKWARD) + 1 + activation->parameters;
}

int fa_outputs(const fa_activation *activation, fa_form form)
{
    bool two = form == FA_VALUE_AND_GRAD
        || (form == FA_BACKWARD && activation->role == FA_LEARNABLE);
    return two ? 2 : 1;
}

size_t fa_item_bytes(fa_dtype dtype)
{
    static const uint8_t bytes[FA_DTYPES] = {
        [FA_FLOAT32] = 4, [FA_FLOAT64] = 8, [FA_FLOAT16] = 2, [FA_BFLOAT16] = 2,
        [FA_BOOL] = 1,    [FA_INT8] = 1,    [FA_UINT8] = 1,   [FA_INT16] = 2,
        [FA_UINT16] = 2,  [FA_INT32] = 4,   [FA_UINT32] = 4,  [FA_INT64] = 8,
        [FA_UINT64] = 8,
    };
    return bytes[dtype];
}
