/* fastact for compiled code: its functions on contiguous memory, without Python objects.
 *
 *     const fastact_api *api = fastact_import();               needs the GIL
 *     const fastact_op *silu = api->find("silu", "float32");   needs the GIL
 *     void *operands[] = {x, y};
 *     api->run(silu, operands, count);                         does not
 *
 * The directory of this file is fastact.capi.get_include(). */
#ifndef FASTACT_API_H
#define FASTACT_API_H

#include <Python.h>
#include <stddef.h>

/* Raised when members are added, always at the end: code compiled with this header runs
 * with this version of the structure and with later ones. */
#define FASTACT_API_VERSION 1
#define FASTACT_API_CAPSULE "fastact._ufuncs._C_API"

/* One function on one dtype. It lives as long as the process and never changes. */
typedef struct fastact_op fastact_op;

typedef struct {
    int version;

    /* The function of a name as in Python, for example "gelu_backward", on float16,
     * float32, float64 or bfloat16. NULL and a Python exception if there is none. */
    const fastact_op *(*find)(const char *name, const char *dtype);

    /* How many operands it has. Inputs stand in the order of the Python function, outputs
     * behind them. */
    int (*inputs)(const fastact_op *op);
    int (*outputs)(const fastact_op *op);

    /* Computes count elements. Arrays and outputs are contiguous and aligned to their
     * elements; an output may be an input but not overlap one otherwise. Of a parameter,
     * such as alpha, one element is read, and NULL stands for the default. Returns 1 if a
     * finite result overflowed, otherwise 0. Safe in any number of threads. */
    int (*run)(const fastact_op *op, void *const *operands, ptrdiff_t count);

    /* Sets how many threads a run from this thread may use; 0 stands for the limit of the
     * process. Returns what it was. */
    int (*limit_threads)(int threads);
} fastact_api;

/* The functions, or NULL and a Python exception. */
static inline const fastact_api *fastact_import(void)
{
    const fastact_api *api =
        (const fastact_api *)PyCapsule_Import(FASTACT_API_CAPSULE, 0);
    if (api && api->version < FASTACT_API_VERSION) {
        PyErr_Format(
            PyExc_ImportError,
            "compiled for version %d of fastact's C interface, but the fastact "
            "that is installed has version %d: install a newer fastact",
            FASTACT_API_VERSION, api->version);
        return NULL;
    }
    return api;
}

#endif
