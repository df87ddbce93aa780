/* Jobs: an operation on given arrays, and what runs it. */
#ifndef FA_JOB_H
#define FA_JOB_H

#include "../table/table.h"

enum { FA_MAX_DIMS = 64 };

/* ---- elementwise ---- */

typedef struct {
    int activation; /* index into fa_activations */
    int family, member; /* where its kernels are */
    fa_form form;
    int arrays, inputs, outputs; /* inputs are the arrays and the parameters ... */
    bool affine; /* ... then scale and shift: x is replaced by scale x + shift */
    int precision; /* of the computation: 0 float32, 1 float64 */
    fa_dtype dtype[FA_MAX_OPERANDS];
    uint8_t bytes[FA_MAX_OPERANDS]; /* of an element */
} fa_op;

/* The form on a first operand and others of these dtypes. */
fa_op fa_make_op(int activation, fa_form form, fa_dtype first, fa_dtype others);
void fa_set_dtype(fa_op *op, int operand, fa_dtype dtype);

/* An operation on one array x with an affine map in front: for scale and shift, which take
 * the place of parameters and the dtype of the outputs. */
fa_op fa_with_affine_map(const fa_op *op);
enum { FA_AFFINE_INPUTS = 2 };

static inline bool fa_is_parameter(const fa_op *op, int k)
{
    return k >= op->arrays && k < op->inputs;
}

typedef struct {
    const fa_op *op;
    int dims;
    ptrdiff_t shape[FA_MAX_DIMS];
    char *data[FA_MAX_OPERANDS];
    ptrdiff_t strides[FA_MAX_OPERANDS][FA_MAX_DIMS]; /* bytes */
    bool swapped[FA_MAX_OPERANDS]; /* of the other byte order */
} fa_job;

/* Returns whether a finite result overflowed. May reorder the axes of the job. */
bool fa_run(fa_job *job);

/* Contiguous operands of float32 or float64, but parameters of one element, on the calling
 * thread: fa_run without its preparations, for calls where those would show. */
bool fa_run_small(const fa_op *op, void *const *operands, ptrdiff_t length);

/* The same of any length and dtypes. */
bool fa_run_contiguous(const fa_op *op, void *const *operands, ptrdiff_t length);

/* Whether an output of such a call overlaps another operand otherwise than in place. */
bool fa_contiguous_overlap(const fa_op *op, void *const *operands, ptrdiff_t length);

/* A NumPy inner loop; data is an fa_op. */
void fa_loop(char **args, const intptr_t *dimensions, const intptr_t *steps,
             void *data);

/* ---- along an axis ---- */

typedef struct {
    int function; /* index into fa_axis_functions */
    int precision;
    fa_dtype dtype[FA_AXIS_OPERANDS];
    uint8_t bytes[FA_AXIS_OPERANDS];
} fa_axis_op;

fa_axis_op fa_make_axis_op(int function, fa_dtype first, fa_dtype others);

/* Aligned and of this machine's byte order. */
typedef struct {
    const fa_axis_op *op;
    int dims; /* of the operands; a result of one number a row has stride 0 along the axis */
    int axis;
    ptrdiff_t shape[FA_MAX_DIMS];
    char *data[FA_AXIS_OPERANDS];
    ptrdiff_t strides[FA_AXIS_OPERANDS][FA_MAX_DIMS]; /* bytes */
    double factor; /* of the first operand: 1, or one divided by a temperature */
} fa_axis_job;

/* Whether the result overlaps an operand otherwise than in place: no job for fa_run_axis. */
bool fa_axis_overlap(const fa_axis_job *job);
bool fa_run_axis(const fa_axis_job *job);
void fa_axis_loop(char **args, const intptr_t *dimensions, const intptr_t *steps,
                  void *data);

#endif
