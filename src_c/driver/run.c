/* The entry points of elementwise operations: a plan is made, then carried out. */
#include "../simd/fenv.h"
#include "../runtime/runtime.h"
#include "execute.h"
#include "half_table.h"
#include "job.h"
#include "layout.h"

static bool run_planned(fa_job *job, bool allow_table)
{
    fa_plan plan; /* not cleared: kilobytes, of which most jobs need a few words */
    fa_make_plan(&plan, job, allow_table);
    bool done = plan.by_table && fa_execute_by_table(&plan);
    bool overflowed = !done && !plan.by_table && fa_execute(&plan, plan.members);
    fa_end_plan(&plan);
    return plan.by_table && !done ? run_planned(job, false) : overflowed;
}

bool fa_run(fa_job *job)
{
    if (fa_job_size(job) == 0) return false;
    fa_control callers = control_read();
    bool overflowed = run_planned(job, true);
    /* Arithmetic on sizes and costs raises flags, too. */
    if (control_read() != callers) control_write(callers);
    return overflowed;
}

bool fa_run_small(const fa_op *op, void *const *operands, ptrdiff_t length)
{
    if (length == 0) return false;
    fa_rows row;
    row.map = NULL;
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        row.at[k] = operands[k];
        row.broadcast[k] = fa_is_parameter(op, k);
    }
    fa_kernel *kernel =
        fa_kernel_of(op, fa_isas[fa_active_isa()].target[op->precision]);
    fa_control before = control_enter(control_read());
    bool overflowed = kernel(&row, 1, length, FA_CACHED);
    return control_leave(before) != 0 || overflowed;
}

bool fa_run_contiguous(const fa_op *op, void *const *operands, ptrdiff_t length)
{
    fa_job job; /* not cleared, likewise */
    job.op = op;
    job.dims = 1;
    job.shape[0] = length;
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        job.data[k] = operands[k];
        job.strides[k][0] = fa_is_parameter(op, k) ? 0 : op->bytes[k];
        job.swapped[k] = false;
    }
    return fa_run(&job);
}

void fa_loop(char **args, const intptr_t *dimensions, const intptr_t *steps, void *data)
{
    const fa_op *op = data;
    fa_job job; /* not cleared, likewise */
    job.op = op;
    job.dims = 1;
    job.shape[0] = dimensions[0];
    for (int k = 0; k < op->inputs + op->outputs; k++) {
        job.data[k] = args[k];
        job.swapped[k] = false;
        job.strides[k][0] = steps[k];
    }
    if (fa_run(&job)) control_write(control_read() | CONTROL_OVERFLOW);
}
