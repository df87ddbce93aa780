/* Operations, as the tables have them. */
#include "job.h"

void fa_set_dtype(fa_op *op, int operand, fa_dtype dtype)
{
    op->dtype[operand] = dtype;
    op->bytes[operand] = fa_item_bytes(dtype);
}

fa_op fa_make_op(int activation, fa_form form, fa_dtype first, fa_dtype others)
{
    const fa_activation *row = &fa_activations[activation];
    int inputs = fa_inputs(row, form), family = fa_family_of(activation);
    fa_op op = {
        .activation = activation,
        .family = family,
        .member = activation - fa_first_of_family[family],
        .form = form,
        .arrays = inputs - row->parameters,
        .inputs = inputs,
        .outputs = fa_outputs(row, form),
        .precision = others == FA_FLOAT64,
    };
    for (int k = 0; k < op.inputs + op.outputs; k++)
        fa_set_dtype(&op, k, k == 0 ? first : others);
    return op;
}

fa_op fa_with_affine_map(const fa_op *op)
{
    fa_op mapped = *op;
    mapped.affine = true;
    mapped.inputs += FA_AFFINE_INPUTS;
    for (int k = op->inputs; k < mapped.inputs + mapped.outputs; k++)
        fa_set_dtype(&mapped, k, op->dtype[op->inputs]);
    return mapped;
}

fa_axis_op fa_make_axis_op(int function, fa_dtype first, fa_dtype others)
{
    fa_axis_op op = {.function = function, .precision = others == FA_FLOAT64};
    for (int k = 0; k < FA_AXIS_OPERANDS; k++) {
        op.dtype[k] = k == 0 ? first : others;
        op.bytes[k] = fa_item_bytes(op.dtype[k]);
    }
    return op;
}
