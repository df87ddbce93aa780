# The two fast paths of a call: contiguous arrays straight to the kernels, and views of any
# layout by a walk of the core. Each returns NotImplemented where NumPy has to see to it.

# ---- contiguous arrays ----

cdef inline bint is_simple(PyObject *thing, int dtype) noexcept:
    """Whether thing is an exact, aligned, native array of the dtype, contiguous in some order."""
    return (
        np.PyArray_CheckExact(<object> thing)
        and np.PyArray_TYPE(<np.ndarray> thing) == dtype
        and np.PyArray_ISBEHAVED_RO(<np.ndarray> thing)
        and (np.PyArray_FLAGS(<np.ndarray> thing)
             & (np.NPY_ARRAY_C_CONTIGUOUS | np.NPY_ARRAY_F_CONTIGUOUS)) != 0
    )


cdef inline bint same_layout(np.ndarray a, np.ndarray b) noexcept:
    """Whether two contiguous arrays have one shape and one order in memory."""
    cdef int order = np.NPY_ARRAY_C_CONTIGUOUS | np.NPY_ARRAY_F_CONTIGUOUS
    return (
        np.PyArray_SAMESHAPE(a, b)
        and (np.PyArray_FLAGS(a) & np.PyArray_FLAGS(b) & order) != 0
    )


cdef long long EXACT_IN_SINGLE = 1 << 24


cdef inline bint is_number(PyObject *thing) noexcept:
    return PyFloat_CheckExact(<object> thing) or PyLong_CheckExact(<object> thing)


cdef inline bint number(PyObject *thing, int precision, double *value) noexcept:
    """Whether thing is a Python number that becomes a finite element without a warning."""
    cdef int overflow
    cdef long long integer
    if PyFloat_CheckExact(<object> thing):
        value[0] = PyFloat_AS_DOUBLE(<object> thing)
        return precision == 1 or fabs(value[0]) <= 3.4028234663852886e38 or not isfinite(value[0])
    if PyLong_CheckExact(<object> thing):
        integer = PyLong_AsLongLongAndOverflow(<object> thing, &overflow)
        value[0] = <double> integer
        return overflow == 0 and -EXACT_IN_SINGLE <= integer <= EXACT_IN_SINGLE
    return False


cdef object contiguous_call(
        PyUFuncObject *ufunc, Entry *entry, PyObject **inputs, PyObject **outputs):
    """The result for plain arrays; NotImplemented where NumPy has to see to it.

    `inputs` holds an entry per input, NULL for a parameter left at its default; `outputs` one per
    output, NULL to be allocated.
    """
    cdef int k, precision
    cdef int dtype
    cdef np.ndarray x
    if not np.PyArray_CheckExact(<object> inputs[0]):
        return NotImplemented
    x = <np.ndarray> inputs[0]
    dtype = np.PyArray_TYPE(x)
    if dtype == np.NPY_FLOAT32:
        precision = 0
    elif dtype == np.NPY_FLOAT64:
        precision = 1
    else:
        return NotImplemented
    if np.PyArray_NDIM(x) == 0 or not is_simple(inputs[0], dtype):
        return NotImplemented
    for k in range(1, entry.arrays):
        if not (is_simple(inputs[k], dtype) and same_layout(x, <np.ndarray> inputs[k])):
            return NotImplemented

    cdef fa_op *op = &entry.op[precision]
    cdef void *data[FA_MAX_OPERANDS]
    cdef double values[FA_MAX_PARAMETERS]
    cdef float singles[FA_MAX_PARAMETERS]
    for k in range(entry.arrays):
        data[k] = np.PyArray_DATA(<np.ndarray> inputs[k])
    for k in range(entry.parameters):
        if inputs[entry.arrays + k] == NULL:
            values[k] = entry.defaults[k]
        elif not number(inputs[entry.arrays + k], precision, &values[k]):
            return NotImplemented
        singles[k] = <float> values[k]
        data[entry.arrays + k] = <void *> &values[k] if precision else <void *> &singles[k]

    cdef bint given = False
    for k in range(op.outputs):
        data[op.inputs + k] = NULL
        if outputs[k] == NULL:
            continue
        if not (is_simple(outputs[k], dtype) and same_layout(x, <np.ndarray> outputs[k])
                and np.PyArray_ISWRITEABLE(<np.ndarray> outputs[k])):
            return NotImplemented
        data[op.inputs + k] = np.PyArray_DATA(<np.ndarray> outputs[k])
        given = True
    cdef ptrdiff_t count = np.PyArray_SIZE(x)
    if given and fa_contiguous_overlap(op, data, count):
        return NotImplemented

    # From here on nothing is handed back.
    cdef object result
    cdef tuple results = None if op.outputs == 1 else PyTuple_New(op.outputs)
    for k in range(op.outputs):
        result = output_for(x, outputs[k], dtype)
        data[op.inputs + k] = np.PyArray_DATA(<np.ndarray> result)
        if results is not None:
            Py_INCREF(result)
            PyTuple_SET_ITEM(results, k, result)

    cdef bint overflowed
    if count * entry.cost < SMALL_WORK:
        overflowed = fa_run_small(op, data, count)
    else:
        with nogil:
            overflowed = fa_run_contiguous(op, data, count)
    if overflowed:
        PyUFunc_GiveFloatingpointErrors(ufunc.name, NPY_FPE_OVERFLOW)
    return result if results is None else results


cdef inline object output_for(np.ndarray x, PyObject *given, int dtype):
    if given != NULL:
        return <object> given
    return np.PyArray_EMPTY(
        np.PyArray_NDIM(x), np.PyArray_DIMS(x), dtype,
        not (np.PyArray_FLAGS(x) & np.NPY_ARRAY_C_CONTIGUOUS))


# ---- views ----

# NumPy's type number -> the core's dtype, or -1.
cdef int dtype_of_number[<int> np.NPY_NTYPES_LEGACY]
cdef int bfloat_number = -1


cdef inline int dtype_in_core(PyObject *thing) noexcept:
    """The core's dtype of an exact array; -1 for what is none or of a dtype that it lacks."""
    cdef int type_number
    if not np.PyArray_CheckExact(<object> thing):
        return -1
    type_number = np.PyArray_TYPE(<np.ndarray> thing)
    if type_number < <int> np.NPY_NTYPES_LEGACY:
        return dtype_of_number[type_number]
    return <int> FA_BFLOAT16 if type_number == bfloat_number else -1


cdef int loop_dtype(int *dtypes, int count) noexcept:
    """What NumPy's first loop that all these dtypes cast to safely returns.

    -1 where the core lacks one of them, and for bfloat16 beside bytes, which has rules of its own.
    """
    cdef bint same = True, wide = False, bfloat = False, byte = False
    cdef int k
    for k in range(count):
        if dtypes[k] < 0:
            return -1
        same = same and dtypes[k] == dtypes[0]
        wide = wide or dtypes[k] == <int> FA_FLOAT64 or dtypes[k] >= <int> FA_INT32
        bfloat = bfloat or dtypes[k] == <int> FA_BFLOAT16
        byte = byte or <int> FA_BOOL <= dtypes[k] <= <int> FA_UINT8
    if same and (dtypes[0] == <int> FA_FLOAT16 or bfloat):
        return dtypes[0]
    if bfloat and byte:
        return -1
    return <int> FA_FLOAT64 if wide else <int> FA_FLOAT32


cdef bint number_beside(PyObject *thing, int element, double *value):
    """`number`, rounded as `as_element` does beside arrays of a dtype."""
    if not number(thing, element == <int> FA_FLOAT64, value):
        return False
    if element == <int> FA_FLOAT16 or element == <int> FA_BFLOAT16:
        half = descriptors[element].type
        if isfinite(value[0]) and fabs(value[0]) > <double> element_types[half]:
            return False  # as_element warns
        value[0] = half(value[0])
    if element == <int> FA_FLOAT32:
        value[0] = <float> value[0]
    return True


cdef dict descriptors = {}   # the core's dtype -> NumPy's


cdef object strided_call(
        PyUFuncObject *ufunc, Entry *entry, PyObject **inputs, PyObject **outputs, bint affine):
    """The result for arrays in any layout, of any dtypes; NotImplemented for what is no array.

    NumPy's iterator decides what only NumPy should: the broadcast shape, the layout of new
    outputs, and copies where operands overlap. The walk itself is the core's, in parallel. Scale
    and shift of an affine map in front stand behind the parameters.
    """
    cdef int nin = ufunc.nin + (<int> FA_AFFINE_INPUTS if affine else 0)
    cdef int nout = ufunc.nout
    cdef PyObject *arrays[FA_MAX_OPERANDS]     # what the iterator walks: arrays, ...
    cdef int place[FA_MAX_OPERANDS]            # ... which operand each is ...
    cdef int dtypes[FA_MAX_OPERANDS]           # ... and its dtype
    cdef int count = 0, k, p
    cdef bint scalar = True, numbers = False, mixed = False
    cdef object parameter
    cdef list alive = []
    for k in range(nin):
        arrays[count] = inputs[k]
        if k >= entry.arrays:
            if inputs[k] == NULL or is_number(inputs[k]):
                numbers = True
                continue
            if isinstance(<object> inputs[k], numpy.generic):
                parameter = numpy.asarray(<object> inputs[k])
                alive.append(parameter)
                arrays[count] = <PyObject *> parameter
        dtypes[count] = dtype_in_core(arrays[count])
        if dtypes[count] < 0:
            return NotImplemented
        scalar = scalar and np.PyArray_NDIM(<np.ndarray> arrays[count]) == 0
        mixed = mixed or (k < entry.arrays and dtypes[k] != dtypes[0])
        place[count] = k
        count += 1
    # Of what dtype the arrays are by themselves decides what a number is rounded to.
    cdef int element = loop_dtype(dtypes, entry.arrays)
    cdef int loop = loop_dtype(dtypes, count)
    if scalar or loop < 0 or (numbers and mixed and element != loop):
        return NotImplemented

    cdef int precision = 1 if loop == <int> FA_FLOAT64 else 0
    cdef fa_op op = entry.op[precision]
    cdef fa_job job
    cdef double values[<int> FA_MAX_PARAMETERS + <int> FA_AFFINE_INPUTS]
    cdef float singles[<int> FA_MAX_PARAMETERS + <int> FA_AFFINE_INPUTS]
    if affine:
        op = fa_with_affine_map(&op)
    job.op = &op
    for k in range(entry.arrays, nin):
        p = k - entry.arrays
        if inputs[k] != NULL and not is_number(inputs[k]):
            continue
        if not number_beside(
                entry.boxed[p] if inputs[k] == NULL else inputs[k], element, &values[p]):
            return NotImplemented
        singles[p] = <float> values[p]
        # Not walked: stride 0 on every axis.
        job.data[k] = <char *> &values[p] if precision else <char *> &singles[p]
        job.swapped[k] = False

    cdef int walked_inputs = count
    cdef np.npy_uint32 flags[FA_MAX_OPERANDS]
    cdef PyObject *wanted[FA_MAX_OPERANDS]
    cdef np.dtype fresh = descriptors[loop]
    for k in range(count):
        fa_set_dtype(&op, place[k], <fa_dtype> dtypes[k])
        flags[k] = np.NPY_ITER_OVERLAP_ASSUME_ELEMENTWISE | np.NPY_ITER_READONLY
        wanted[k] = NULL
    for k in range(nout):
        if outputs[k] != NULL and not (
                dtype_in_core(outputs[k]) == loop
                and np.PyArray_ISWRITEABLE(<np.ndarray> outputs[k])):
            return NotImplemented
        fa_set_dtype(&op, nin + k, <fa_dtype> loop)
        arrays[count] = outputs[k]
        place[count] = nin + k
        flags[count] = (np.NPY_ITER_OVERLAP_ASSUME_ELEMENTWISE | np.NPY_ITER_WRITEONLY
                        | np.NPY_ITER_ALLOCATE | np.NPY_ITER_NO_BROADCAST
                        | np.NPY_ITER_NO_SUBTYPE)
        wanted[count] = <PyObject *> fresh if outputs[k] == NULL else NULL
        count += 1

    cdef np.NpyIter *iterator
    try:
        iterator = np.NpyIter_MultiNew(
            count, <np.PyArrayObject **> arrays,
            np.NPY_ITER_MULTI_INDEX | np.NPY_ITER_ZEROSIZE_OK | np.NPY_ITER_COPY_IF_OVERLAP,
            np.NPY_KEEPORDER, np.NPY_NO_CASTING, flags, <np.PyArray_Descr **> wanted)
    except (TypeError, ValueError):
        return NotImplemented  # for NumPy to say in its own words
    if np.NpyIter_GetIterSize(iterator) == 0:
        np.NpyIter_Deallocate(iterator)
        return NotImplemented

    describe_job(&job, iterator, place, count, nin + nout)
    cdef bint overflowed
    with nogil:
        overflowed = fa_run(&job)
    results = [
        <object> (<PyObject **> np.NpyIter_GetOperandArray(iterator))[walked_inputs + k]
        if outputs[k] == NULL else <object> outputs[k]
        for k in range(nout)
    ]
    np.NpyIter_Deallocate(iterator)
    if overflowed:
        PyUFunc_GiveFloatingpointErrors(ufunc.name, NPY_FPE_OVERFLOW)
    return results[0] if nout == 1 else tuple(results)


cdef int describe_job(
        fa_job *job, np.NpyIter *iterator, int *place, int count, int operands) except -1:
    """Axes, pointers and strides of the job."""
    cdef np.npy_intp *steps
    cdef char **data = np.NpyIter_GetInitialDataPtrArray(iterator)
    cdef PyObject **walked = <PyObject **> np.NpyIter_GetOperandArray(iterator)
    cdef int d, k
    job.dims = np.NpyIter_GetNDim(iterator)
    np.NpyIter_GetShape(iterator, <np.npy_intp *> job.shape)
    for d in range(job.dims):
        for k in range(operands):
            job.strides[k][d] = 0
        steps = np.NpyIter_GetAxisStrideArray(iterator, d)
        for k in range(count):
            job.strides[place[k]][d] = steps[k]
    for k in range(count):
        job.data[place[k]] = data[k]
        job.swapped[place[k]] = np.PyArray_ISBYTESWAPPED(<np.ndarray> walked[k])
    return 0


# ---- behind an affine map ----

def call_affine(ufunc, tuple operands, tuple out):
    """The ufunc of scale x + shift, for arrays and numbers; NotImplemented for what is neither.

    `operands` are those of the ufunc, None for a parameter left at its default, then scale and
    shift; `out` has an array or None for each result.
    """
    cdef PyUFuncObject *it = <PyUFuncObject *> ufunc
    cdef PyObject *inputs[FA_MAX_OPERANDS]
    cdef PyObject *outputs[FA_MAX_RESULTS]
    cdef int k
    for k in range(it.nin + <int> FA_AFFINE_INPUTS):
        inputs[k] = NULL if operands[k] is None else <PyObject *> operands[k]
    for k in range(it.nout):
        outputs[k] = NULL if out[k] is None else <PyObject *> out[k]
    return strided_call(it, <Entry *> it.data[0], inputs, outputs, True)
