/* What the tables say: activations, their forms and their dtypes, and the functions along
 * an axis. */
#ifndef FA_TABLE_H
#define FA_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FA_MAX_PARAMETERS = 4,
    FA_MAX_RESULTS = 1 + FA_MAX_PARAMETERS,
    /* g, x, parameters, scale and shift, results */
    FA_MAX_OPERANDS = 4 + FA_MAX_PARAMETERS + FA_MAX_RESULTS,
    FA_AXIS_OPERANDS = 3,
};

/* ---- activations ---- */

typedef enum { FA_FIXED, FA_TUNABLE, FA_LEARNABLE } fa_role;

typedef struct {
    double value, derivative;
} fa_bound;

typedef struct {
    const char *name;
    const char *aliases; /* separated by spaces */
    int arrays; /* 2 for a gate */
    int parameters;
    const char *parameter[FA_MAX_PARAMETERS];
    double defaults[FA_MAX_PARAMETERS];
    fa_role role; /* of the parameters */
    double cost; /* ns per float32 element */
    fa_bound ulp[2]; /* float32, float64 */
} fa_activation;

/* The index of each family, and of its first row in the table; then of each row. */
enum {
#define FAMILY(name) FA_FAMILY_##name,
#include "activations.def"
    FA_FAMILIES
};
enum {
#define FAMILY(name) FA_FIRST_##name, FA_BEFORE_##name = FA_FIRST_##name - 1,
#define ACTIVATION(name, ...) FA_ROW_##name,
#define GATE(name, ...) FA_ROW_##name,
#include "activations.def"
    FA_ACTIVATIONS
};

extern const fa_activation fa_activations[FA_ACTIVATIONS];
extern const int fa_first_of_family[FA_FAMILIES];
extern const char *const fa_family_names[FA_FAMILIES];
int fa_family_of(int activation);

/* A gate has two arrays in place of x, and in its backward g da and g db. */
typedef enum {
    FA_VALUE, /* x, p...    -> y     */
    FA_GRAD, /* x, p...    -> dx    */
    FA_VALUE_AND_GRAD, /* x, p...    -> y, dx */
    FA_BACKWARD, /* g, x, p... -> g dx, and each g dp where they are learnable */
    FA_GRAD_PARAMETER, /* x, p...    -> dp of the first parameter; the others follow */
    FA_BACKWARD_FROM_OUTPUT = FA_GRAD_PARAMETER + FA_MAX_PARAMETERS,
    /* g, y, p... -> g dx, where y = f(x) */
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

/* ---- functions along an axis ---- */

typedef struct {
    const char *name;
    int inputs;
    bool whole; /* the result is as long as the row; otherwise one number */
    bool overflows; /* finite operands can have an infinite result */
    double cost; /* ns per float32 element */
} fa_axis_function;

extern const fa_axis_function fa_axis_functions[];
extern const int fa_axis_function_count;

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

uint8_t fa_item_bytes(fa_dtype dtype);

static inline bool fa_is_half(fa_dtype dtype)
{
    return dtype == FA_FLOAT16 || dtype == FA_BFLOAT16;
}

#endif
