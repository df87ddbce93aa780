# The functions along an axis: generalized ufuncs, and the hook that takes plain arrays of any
# layout to the core in one job. NumPy would hand over one outer axis at a time, and copy where
# the result goes to an operand.

cdef long NO_AXIS = -10000
cdef str TEMPERATURE = "temperature"


cdef object _axis_vectorcall(object self, PyObject *const *args, size_t nargsf, PyObject *kwnames):
    cdef PyUFuncObject *ufunc = <PyUFuncObject *> self
    cdef Py_ssize_t given = PyVectorcall_NARGS(nargsf)
    cdef Py_ssize_t keywords = 0 if kwnames == NULL else PyTuple_GET_SIZE(<object> kwnames)
    cdef int nin = ufunc.nin
    cdef PyObject *out = NULL
    cdef PyObject *value
    cdef Py_ssize_t i
    cdef long axis = -1
    cdef double temperature = 1
    cdef object name, result
    cdef bint simple = nin <= given <= nin + 1
    if given == nin + 1:
        check_output(self, <object> args[nin])
        if <object> args[nin] is not None:
            out = args[nin]
    for i in range(keywords):
        if not simple:
            break
        name = <object> PyTuple_GET_ITEM(<object> kwnames, i)
        value = args[given + i]
        if PyUnicode_Compare(name, "axis") == 0 and PyLong_CheckExact(<object> value):
            axis = as_axis(<object> value)
        elif PyUnicode_Compare(name, TEMPERATURE) == 0:
            temperature = as_temperature(<object> value)
        elif PyUnicode_Compare(name, OUT) == 0 and given == nin:
            if PyTuple_CheckExact(<object> value) and PyTuple_GET_SIZE(<object> value) == 1:
                value = <PyObject *> PyTuple_GET_ITEM(<object> value, 0)
            if <object> value is not None:
                out = value
        else:
            simple = False
    if simple:
        result = axis_call(ufunc, args, out, axis, temperature)
        if result is not NotImplemented:
            return result
    if given < nin or given > nin + 1 or is_usual_call(args, given, kwnames):
        return numpy_call(self, args, nargsf, kwnames)
    return along_axis(self, args, given, kwnames)


cdef int check_output(object ufunc, object out) except -1:
    """Raise for what stands in the place of an output and was meant as an axis."""
    if (out is None or PyLong_CheckExact(out) or isinstance(out, (numpy.integer, range))
            or PyTuple_CheckExact(out) and all(PyLong_CheckExact(axis) for axis in out)):
        raise TypeError(f"{ufunc.__name__}() takes its axis by name: axis={out}")
    return 0


cdef bint is_usual_call(PyObject *const *args, Py_ssize_t given, PyObject *kwnames) except -1:
    """Whether it has nothing but plain arrays and one axis, and NumPy can do it alone."""
    cdef Py_ssize_t i
    for i in range(given):
        if not is_usual(<object> args[i]):
            return False
    for i in range(0 if kwnames == NULL else PyTuple_GET_SIZE(<object> kwnames)):
        name = <object> PyTuple_GET_ITEM(<object> kwnames, i)
        value = <object> args[given + i]
        if name in ("where", TEMPERATURE) or name == "axis" and not PyLong_CheckExact(value):
            return False
        if name == OUT:
            if type(value) is tuple and len(value) == 1:
                value = value[0]
            if not is_usual(value):
                return False
    return True


cdef object along_axis(
        object self, PyObject *const *args, Py_ssize_t given, PyObject *kwnames):
    """A call that takes more than that, by `_along`."""
    cdef int nin = (<PyUFuncObject *> self).nin
    cdef Py_ssize_t i
    cdef dict keywords = {}
    if given > nin:
        keywords[OUT] = <object> args[nin]
    for i in range(0 if kwnames == NULL else PyTuple_GET_SIZE(<object> kwnames)):
        name = <object> PyTuple_GET_ITEM(<object> kwnames, i)
        if name in keywords:
            raise TypeError(f"{self.__name__}() got multiple values for argument '{name}'")
        keywords[name] = <object> args[given + i]
    inputs = tuple([<object> args[i] for i in range(nin)])
    from fastact import _along
    return _along.along_axis(self, call_numpy, inputs, keywords)


cdef inline bint is_usual(object operand):
    """Whether NumPy makes a plain array of it, or it is one."""
    return (np.PyArray_CheckExact(operand) or operand is None
            or type(operand) in (list, tuple, float, int, bool)
            or isinstance(operand, numpy.generic))


def call_numpy(ufunc, tuple inputs, dict keywords):
    """NumPy's own call of a ufunc."""
    cdef PyObject *arguments[FA_AXIS_OPERANDS + 16]
    cdef tuple names = tuple(keywords)
    cdef list values = [*inputs, *keywords.values()]
    cdef Py_ssize_t i
    if len(names) > 16:
        raise TypeError(f"{ufunc.__name__}() got too many keyword arguments")
    for i in range(len(values)):
        arguments[i] = <PyObject *> values[i]
    return numpy_call(ufunc, arguments, len(inputs), <PyObject *> names if names else NULL)


cdef long as_axis(object value):
    """A Python int as a C one, NO_AXIS where it is too large for an axis."""
    return value if -NPY_MAXDIMS <= value < NPY_MAXDIMS else NO_AXIS


def as_temperature(object value):
    """A temperature as a float, if it is one."""
    if isinstance(value, (numpy.ndarray, str, bytes, bool)) or not hasattr(value, "__float__"):
        raise TypeError(f"temperature must be a number, got {value!r}; divide by an array before")
    cdef double number_ = float(value)
    if not (0 < number_ and isfinite(number_) and isfinite(1 / number_)):
        raise ValueError(f"temperature must be positive and finite, got {value!r}")
    return number_


cdef inline bint is_aligned_native(PyObject *thing) noexcept:
    return (np.PyArray_CheckExact(<object> thing)
            and np.PyArray_ISBEHAVED_RO(<np.ndarray> thing))


cdef object axis_call(
        PyUFuncObject *ufunc, PyObject *const *args, PyObject *out, long axis, double temperature):
    """The result for plain arrays of one shape; NotImplemented where NumPy has to see to it."""
    cdef const fa_axis_op *known = <const fa_axis_op *> ufunc.data[0]
    cdef const fa_axis_function *function = &fa_axis_functions[known.function]
    cdef int nin = function.inputs
    cdef int dtype, loop, k, d
    cdef bint whole
    cdef np.ndarray x, result
    if not is_aligned_native(args[0]):
        return NotImplemented
    x = <np.ndarray> args[0]
    cdef int ndim = np.PyArray_NDIM(x)
    if not -ndim <= axis < ndim:
        return NotImplemented
    if axis < 0:
        axis += ndim
    dtype = dtype_in_core(args[0])
    if dtype < 0 or np.PyArray_SIZE(x) == 0:
        return NotImplemented
    loop = loop_dtype(&dtype, 1)
    if nin == 2 and not (
            dtype == loop and is_aligned_native(args[1]) and dtype_in_core(args[1]) == dtype
            and np.PyArray_SAMESHAPE(x, <np.ndarray> args[1])):
        return NotImplemented

    if out == NULL:
        result = result_along(x, axis, function.whole, descriptors[loop])
    else:
        if not (is_aligned_native(out) and dtype_in_core(out) == loop
                and np.PyArray_ISWRITEABLE(<np.ndarray> out)):
            return NotImplemented
        result = <np.ndarray> out
        if not fits(x, result, axis, function.whole):
            return NotImplemented

    cdef fa_axis_op op = fa_make_axis_op(
        known.function, <fa_dtype> dtype, <fa_dtype> loop)
    cdef fa_axis_job job
    cdef np.ndarray operand
    cdef bint overflowed
    job.op = &op
    job.factor = 1 / temperature
    job.dims = ndim
    job.axis = axis
    for d in range(ndim):
        job.shape[d] = np.PyArray_DIM(x, d)
    for k in range(nin + 1):
        operand = result if k == nin else <np.ndarray> args[k]
        job.data[k] = np.PyArray_BYTES(operand)
        whole = k < nin or function.whole
        for d in range(ndim):
            if whole:
                job.strides[k][d] = np.PyArray_STRIDE(operand, d)
            elif d == axis:
                job.strides[k][d] = 0
            else:
                job.strides[k][d] = np.PyArray_STRIDE(operand, d if d < axis else d - 1)
    if out != NULL and fa_axis_overlap(&job):
        return NotImplemented
    if np.PyArray_SIZE(x) * function.cost < SMALL_WORK:
        overflowed = fa_run_axis(&job)
    else:
        with nogil:
            overflowed = fa_run_axis(&job)
    if overflowed:
        PyUFunc_GiveFloatingpointErrors(ufunc.name, NPY_FPE_OVERFLOW)
    if out == NULL and np.PyArray_NDIM(result) == 0:
        return result[()]
    return result


cdef np.ndarray result_along(np.ndarray x, int axis, bint whole, np.dtype dtype):
    """An array for the result: of the shape and memory order of x, or without the axis."""
    cdef np.npy_intp shape[NPY_MAXDIMS]
    cdef int d
    if whole:
        Py_INCREF(dtype)  # the call takes it over
        return PyArray_NewLikeArray(x, np.NPY_KEEPORDER, <np.PyArray_Descr *> dtype, 0)
    for d in range(np.PyArray_NDIM(x) - 1):
        shape[d] = np.PyArray_DIM(x, d if d < axis else d + 1)
    return np.PyArray_EMPTY(np.PyArray_NDIM(x) - 1, shape, dtype.num, 0)


cdef bint fits(np.ndarray x, np.ndarray result, int axis, bint whole) noexcept:
    """Whether the result has the shape of x, or that without the axis."""
    cdef int d
    if whole:
        return np.PyArray_SAMESHAPE(x, result)
    if np.PyArray_NDIM(result) != np.PyArray_NDIM(x) - 1:
        return False
    for d in range(np.PyArray_NDIM(result)):
        if np.PyArray_DIM(result, d) != np.PyArray_DIM(x, d if d < axis else d + 1):
            return False
    return True


# ---- making them ----

def make_along_axis(int number_of_function):
    """One generalized ufunc. What NumPy keeps pointers to is allocated for ever."""
    from fastact import _axis_docs, _signatures

    cdef const fa_axis_function *function = &fa_axis_functions[number_of_function]
    cdef int nin = function.inputs
    cdef int k, loop
    bfloat16()  # is known from here on
    rows = [(number_, dtype, number_, dtype) for number_, dtype in FLOATS]
    if nin == 1:
        for number_, dtype in DIRECT:
            if dtype <= FA_UINT16:
                rows.append((number_, dtype, np.NPY_FLOAT32, FA_FLOAT32))
            else:
                rows.append((number_, dtype, np.NPY_FLOAT64, FA_FLOAT64))
    cdef int count = len(rows)
    cdef fa_axis_op *ops = <fa_axis_op *> calloc(count + 1, sizeof(fa_axis_op))
    cdef PyUFuncGenericFunction *loops = <PyUFuncGenericFunction *> calloc(
        count, sizeof(PyUFuncGenericFunction))
    cdef void **data = <void **> calloc(count, sizeof(void *))
    cdef char *types = <char *> calloc(count, nin + 1)
    if ops == NULL or loops == NULL or data == NULL or types == NULL:
        raise MemoryError
    for loop, (x_number, x, rest_number, rest) in enumerate(rows):
        ops[loop] = fa_make_axis_op(number_of_function, x, rest)
        data[loop] = &ops[loop]
        loops[loop] = &fa_axis_loop
        for k in range(nin + 1):
            types[loop * (nin + 1) + k] = x_number if k == 0 else rest_number

    name = function.name.decode()
    signature = ",".join(["(n)"] * nin) + ("->(n)" if function.whole else "->()")
    kept = (name.encode(), _axis_docs.docstring(name).encode(), signature.encode())
    Py_INCREF(kept)
    ufunc = PyUFunc_FromFuncAndDataAndSignature(
        loops, data, types, count, nin, 1, PyUFunc_None, kept[0], kept[1], 0, kept[2])
    cdef int numbers[FA_AXIS_OPERANDS]
    if bfloat_number >= 0:
        for k in range(nin + 1):
            numbers[k] = bfloat_number
        ops[count] = fa_make_axis_op(number_of_function, FA_BFLOAT16, FA_BFLOAT16)
        PyUFunc_RegisterLoopForType(
            <PyUFuncObject *> ufunc, bfloat_number, &fa_axis_loop, numbers, &ops[count])
    (<PyUFuncObject *> ufunc).vectorcall = &_axis_vectorcall
    _signatures.show(ufunc, ["x"] if nin == 1 else ["g", "y"], {})
    return ufunc
