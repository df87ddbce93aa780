# The C interface, which fastact/include/fastact_api.h describes: what makes an op of a name, and
# what runs it without Python.

# What the public name stands for.
ctypedef struct Op:
    fa_op op
    char defaults[FA_MAX_PARAMETERS][8]     # of the parameters, in the op's dtype

cdef dict found_ops = {}    # (name, dtype) -> address of the Op


cdef const fastact_op *api_find(const char *name, const char *dtype) except NULL:
    return <const fastact_op *> <size_t> find_op(name.decode(), dtype.decode())


cdef int api_inputs(const fastact_op *op) noexcept nogil:
    return (<const Op *> op).op.inputs


cdef int api_outputs(const fastact_op *op) noexcept nogil:
    return (<const Op *> op).op.outputs


cdef int api_run(const fastact_op *op, void *const *operands, ptrdiff_t count) noexcept nogil:
    cdef const Op *it = <const Op *> op
    cdef const fa_activation *row = &fa_activations[it.op.activation]
    cdef int arrays = it.op.arrays
    cdef void *data[FA_MAX_OPERANDS]
    cdef int k
    for k in range(it.op.inputs + it.op.outputs):
        data[k] = operands[k]
        if data[k] == NULL and arrays <= k < it.op.inputs:
            data[k] = <void *> it.defaults[k - arrays]
    # The kernels themselves know two dtypes; the way to the others is the core's.
    if it.op.dtype[0] <= FA_FLOAT64 and count * row.cost < SMALL_WORK:
        return fa_run_small(&it.op, data, count)
    return fa_run_contiguous(&it.op, data, count)


cdef int api_limit_threads(int threads) noexcept nogil:
    return fa_swap_local_threads(threads)


cdef fastact_api api
api.version = FASTACT_API_VERSION
api.find = api_find
api.inputs = api_inputs
api.outputs = api_outputs
api.run = api_run
api.limit_threads = api_limit_threads
_C_API = PyCapsule_New(&api, FASTACT_API_CAPSULE, NULL)
API_ADDRESSES = {
    "inputs": <size_t> api.inputs,
    "outputs": <size_t> api.outputs,
    "run": <size_t> api.run,
    "limit_threads": <size_t> api.limit_threads,
}


def find_op(str name, str dtype):
    """The address of the op of a ufunc on a dtype, made at the first call."""
    cdef fa_dtype number_
    cdef Entry *entry
    cdef Op *made
    cdef int k
    cdef bytes default
    if (name, dtype) in found_ops:
        return found_ops[name, dtype]
    if name not in UFUNCS:
        raise ValueError(f"no function is named {name!r}{nearest(name)}")
    bfloat16()  # is known from here on
    known = {str(descriptor): number for number, descriptor in descriptors.items()
             if number in (FA_FLOAT32, FA_FLOAT64, FA_FLOAT16, FA_BFLOAT16)}
    if dtype not in known:
        raise ValueError(f"dtype must be one of {', '.join(known)}, got {dtype!r}"
                         + "; install ml_dtypes for bfloat16" * (dtype == "bfloat16"))
    number_ = known[dtype]
    entry = <Entry *> (<PyUFuncObject *> UFUNCS[name]).data[0]
    made = <Op *> calloc(1, sizeof(Op))     # for ever
    if made == NULL:
        raise MemoryError
    made.op = fa_make_op(entry.op[0].activation, entry.op[0].form, number_, number_)
    for k in range(entry.parameters):
        default = numpy.asarray(entry.defaults[k], descriptors[number_]).tobytes()
        memcpy(made.defaults[k], <char *> default, len(default))
    return found_ops.setdefault((name, dtype), <size_t> made)


def nearest(str name):
    """What somebody who typed this name may have meant, as the end of a sentence."""
    from difflib import get_close_matches

    names = get_close_matches(name, UFUNCS, n=3)
    return f"; did you mean {' or '.join(names)}?" if names else "; fastact.__all__ lists them"
