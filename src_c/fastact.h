/* The contract between the C core and its callers (Cython, the test harnesses).
 *
 * Nothing here knows NumPy. An activation comes in forms; a form on given dtypes is an
 * fa_op; an fa_op on given arrays is an fa_job, which fa_run carries out. */
#ifndef FASTACT_H
#define FASTACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FA_MAX_PARAMETERS = 3,
    FA_MAX_OPERANDS = 8, /* g, two arrays, parameters, two outputs */
    FA_MAX_DIMS = 64,
    FA_MAX_THREADS = 1024,
};

/* ---- the table ---- */

typedef enum { FA_FIXED, FA_TUNABLE, FA_LEARNABLE } fa_role;

typedef struct {
    double value, slope;
} fa_bound;

typedef struct {
    const char *name;
    const char *aliases; /* separated by spaces */
    int arrays; /* 2 for a gate */
    int parameters;
    const char *parameter[FA_MAX_PARAMETERS];
    double defaults[FA_MAX_PARAMETERS];
    fa_role role;  /* of the last parameter */
    double cost;   /* ns per float32 element */
    fa_bound ulp[2]; /* float32, float64 */
} fa_activation;

/* The index of each row. */
enum {
#define ACTIVATION(name, ...) FA_ROW_##name,
#define GATE(name, ...) FA_ROW_##name,
#include "activations.def"
};

extern const fa_activation fa_activations[];
extern const int fa_activation_count;

/* A gate has two arrays in place of x, and in its backward g da and g db. */
typedef enum {
    FA_VALUE,          /* x, p...    -> y     */
    FA_GRAD,           /* x, p...    -> dx    */
    FA_VALUE_AND_GRAD, /* x, p...    -> y, dx */
    FA_BACKWARD,       /* g, x, p... -> g dx, and g dp where p is learnable */
    FA_GRAD_PARAMETER, /* x, p...    -> dp    */
    FA_BACKWARD_FROM_OUTPUT, /* g, y, p... -> g dx, where y = f(x) */
    FA_GRAD_GRAD, /* x, p...    -> the second derivative */
    FA_FORMS
} fa_form;

/* Whether the activation has the form, and how many operands it takes; whether the first
 * of them is g. */
bool fa_has_form(const fa_activation *activation, fa_form form);
bool fa_takes_gradient(fa_form form);
int fa_inputs(const fa_activation *activation, fa_form form);
int fa_outputs(const fa_activation *activation, fa_form form);

/* The largest error in ulp of a form that only some activations have, for float32 or
 * float64; 0 where it does not exist or is no such form. */
double fa_extra_ulp(const fa_activation *activation, fa_form form, int precision);

/* ---- dtypes ---- */

typedef enum {
    FA_FLOAT32,
    FA_FLOAT64,
    FA_FLOAT16,
    FA_BFLOAT16,
    FA_BOOL,
    FA_INT8,
    FA_UINT8,
    FA_INT16,
    FA_UINT16,
    FA_INT32,
    FA_UINT32,
    FA_INT64,
    FA_UINT64,
    FA_DTYPES
} fa_dtype;

size_t fa_item_bytes(fa_dtype dtype);

/* ---- targets: what one (ISA, precision) object file exports ---- */

/* Rows of equal length: elements of a row are contiguous, steps lead from row to row, if
 * there is more than one, and are counted in elements. Operands in order, inputs before
 * outputs. */
typedef struct {
    void *at[FA_MAX_OPERANDS];
    ptrdiff_t step[FA_MAX_OPERANDS];
} fa_rows;

typedef enum {
    FA_NEAR, /* in a cache */
    FA_FAR, /* the kernel calls for what it will read in a while */
    FA_PAST, /* ... and stores past the caches, rows that are aligned to 64 bytes */
} fa_memory;

/* So many rows of the target's precision, none of them empty. A uniform kernel reads one
 * element of each parameter in a row. Overflow raises its flag, or is returned, by a kernel
 * that may clear the flag. */
typedef bool fa_kernel(const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                       fa_memory memory);

/* A kernel that costs more than this, in ns of a float32 element, fills the lanes that a
 * row leaves empty from the rows below; cheaper ones are done sooner than that. */
#define FA_WORTH_FILLING 0.15

typedef void fa_convert(void *to, const void *from, ptrdiff_t count);

/* Writes down which of some float32 results lie within an ulp of the middle between two
 * numbers of a shorter dtype; returns how many. */
typedef ptrdiff_t fa_doubt(uint16_t *which, const void *results, ptrdiff_t count);

/* ---- functions along an axis ---- */

enum {
    FA_AXIS_OPERANDS = 3,
    FA_AXIS_BLOCK = 1024, /* elements of a row over which its maximum rises once */
    FA_AXIS_CACHED = 16384, /* bytes that stay in the first cache */
    FA_AXIS_MAX_ROWS = 16, /* side by side */
    FA_AXIS_CARRY_BYTES = (2 * FA_AXIS_MAX_ROWS + 2) * 64,
    FA_AXIS_TOTAL_BYTES = 3 * 64,
};

typedef struct {
    const char *name;
    int inputs;
    bool whole; /* the result is as long as the row; otherwise one number */
    bool overflows; /* finite operands can have an infinite result */
    double cost; /* ns per float32 element */
} fa_axis_function;

extern const fa_axis_function fa_axis_functions[];
extern const int fa_axis_function_count;

/* All of any number of rows, or of columns: rows shorter than a block that are neighbours in
 * memory, where steps lead from element to element. Or, of at most `side_by_side` rows,
 * what they come to in pieces of FA_AXIS_BLOCK elements (but for the last), joined with
 * that of other parts of the same rows, finished, and then the elements. The memory
 * between is the kernel's. */
typedef struct {
    void (*rows)(const fa_rows *rows, ptrdiff_t count, ptrdiff_t length,
                 fa_memory memory);
    void (*columns)(const fa_rows *columns, ptrdiff_t count, ptrdiff_t length);
    void (*reduce)(void *carry, const fa_rows *rows, int count, ptrdiff_t length);
    void (*total)(void *total, void *carry, int count);
    void (*join)(void *total, const void *with);
    void (*finish)(void *total);
    void (*map)(const void *total, const fa_rows *rows, int count, ptrdiff_t length,
                fa_memory memory);
} fa_axis_kernel;

typedef struct {
    int side_by_side; /* at most FA_AXIS_MAX_ROWS */
    void (*start)(void *carry);
    /* Lines of elements become columns; steps in elements. */
    void (*turn)(void *to, ptrdiff_t to_step, const void *from, ptrdiff_t from_step,
                 ptrdiff_t lines, ptrdiff_t length);
    const fa_axis_kernel *kernels; /* by function */
} fa_axis_target;

/* ---- a target ---- */

typedef struct {
    bool available; /* compiled in */
    int width; /* elements that a kernel takes at once, ... */
    int lanes; /* ... and one of its registers */
    fa_kernel *const (*kernels)[FA_FORMS][2]; /* [activation][form][uniform] */
    fa_convert *widen[FA_DTYPES]; /* to the precision of the target */
    fa_convert *narrow[FA_DTYPES]; /* from it */
    fa_doubt *doubt[FA_DTYPES]; /* about the rounding in that */
    void (*swap_bytes)(void *items, size_t bytes, ptrdiff_t count);
    void (*stream)(void *to, const void *from, size_t bytes); /* past the caches */
    void (*fence)(void); /* after the last stream */
    const fa_axis_target *axis;
} fa_target;

typedef struct {
    const char *name;
    const fa_target *target[2]; /* float32, float64 */
    bool (*cpu_has_it)(void);
} fa_isa;

/* Best first; scalar, the last, is always available. */
extern const fa_isa fa_isas[];
extern const int fa_isa_count;
bool fa_isa_available(int isa);
int fa_active_isa(void);
void fa_use_isa(int isa);

/* ---- threads ---- */

bool fa_has_openmp(void);
int fa_default_threads(void); /* CPUs by affinity and quota */
int fa_get_threads(void); /* the limit for calls from this thread */
void fa_set_threads(int threads); /* for all threads without a limit of their own */
int fa_swap_local_threads(int threads); /* for this thread; 0: none; returns the old */
int fa_borrow_team(double ns_of_work); /* members for this call, the caller included */
void fa_return_team(int members);

/* ---- work ---- */

typedef struct {
    int activation; /* index into fa_activations */
    fa_form form;
    int inputs, outputs;
    int precision; /* of the computation: 0 float32, 1 float64 */
    fa_dtype dtype[FA_MAX_OPERANDS];
} fa_op;

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

/* One row of float32 or float64 on the calling thread: fa_run without its preparations, for
 * calls where those would show. */
bool fa_run_small(const fa_op *op, const fa_rows *row, ptrdiff_t length);

/* A NumPy inner loop; data is an fa_op. */
void fa_loop(char **args, const intptr_t *dimensions, const intptr_t *steps,
             void *data);

typedef struct {
    int function; /* index into fa_axis_functions */
    int precision;
    fa_dtype dtype[FA_AXIS_OPERANDS];
} fa_axis_op;

/* Aligned and of this machine's byte order; the result is one of the inputs, or apart from
 * both. */
typedef struct {
    const fa_axis_op *op;
    fa_job rows; /* the other axes */
    ptrdiff_t length; /* of a row */
    ptrdiff_t stride[FA_AXIS_OPERANDS]; /* bytes along it */
} fa_axis_job;

/* The same for a function along an axis. */
bool fa_run_axis(fa_axis_job *job);
void fa_axis_loop(char **args, const intptr_t *dimensions, const intptr_t *steps,
                  void *data);

#endif
