# The vectorcall override: sorts the arguments of a call, tries the fast paths, and else hands NumPy
# the arguments with the parameters in their places.

cdef object _vectorcall(object self, PyObject *const *args, size_t nargsf, PyObject *kwnames):
    cdef PyUFuncObject *ufunc = <PyUFuncObject *> self
    cdef Entry *entry = <Entry *> ufunc.data[0]
    cdef Py_ssize_t given = PyVectorcall_NARGS(nargsf)
    cdef Py_ssize_t keywords = 0 if kwnames == NULL else PyTuple_GET_SIZE(<object> kwnames)
    cdef int nin = ufunc.nin
    cdef int nout = ufunc.nout
    cdef PyObject *inputs[FA_MAX_OPERANDS]
    cdef PyObject *outputs[FA_MAX_RESULTS]
    cdef PyObject *out
    cdef bint simple = True      # nothing but inputs and out=
    cdef Py_ssize_t i
    cdef int k
    cdef object name
    if given > nin + nout or given < entry.arrays:
        if keywords and given < entry.arrays and names_parameter(entry, <object> kwnames):
            raise TypeError(
                f"{self.__name__}() takes {entry.arrays} array argument"
                f"{'s' if entry.arrays > 1 else ''} before its parameters, but {given} given")
        return numpy_call(self, args, nargsf, kwnames)
    for k in range(nin):
        inputs[k] = args[k] if k < given else NULL
    for k in range(nout):
        outputs[k] = NULL
    for i in range(nin, given):
        if <object> args[i] is not None:
            outputs[i - nin] = args[i]
    for i in range(keywords):
        name = <object> PyTuple_GET_ITEM(<object> kwnames, i)
        k = parameter_index(entry, name)
        if k >= 0:
            if inputs[entry.arrays + k] != NULL:
                raise TypeError(f"{self.__name__}() got multiple values for argument '{name}'")
            inputs[entry.arrays + k] = args[given + i]
        elif PyUnicode_Compare(name, OUT) == 0 and given <= nin:
            out = args[given + i]
            if PyTuple_CheckExact(<object> out) and PyTuple_GET_SIZE(<object> out) == nout:
                for k in range(nout):
                    if <object> PyTuple_GET_ITEM(<object> out, k) is not None:
                        outputs[k] = <PyObject *> PyTuple_GET_ITEM(<object> out, k)
            elif nout == 1 and np.PyArray_CheckExact(<object> out):
                outputs[0] = out
            elif <object> out is not None:
                simple = False
        else:
            simple = False
    if simple:
        result = contiguous_call(ufunc, entry, inputs, outputs)
        if result is NotImplemented:
            result = strided_call(ufunc, entry, inputs, outputs, False)
        if result is not NotImplemented:
            return result
    if entry.parameters == 0:
        return numpy_call(self, args, nargsf, kwnames)
    return numpy_with_parameters(self, entry, inputs, args, given, kwnames)


cdef inline int parameter_index(Entry *entry, object name):
    cdef int k
    for k in range(entry.parameters):
        if (<PyObject *> name == entry.names[k]
                or PyUnicode_Compare(name, <object> entry.names[k]) == 0):
            return k
    return -1


cdef bint names_parameter(Entry *entry, object kwnames):
    return any(parameter_index(entry, name) >= 0 for name in kwnames)


cdef object numpy_with_parameters(
        object self, Entry *entry, PyObject **inputs, PyObject *const *args, Py_ssize_t given,
        PyObject *kwnames):
    """NumPy's call with the parameters in their places and no longer among the keywords."""
    cdef int nin = (<PyUFuncObject *> self).nin
    cdef PyObject *arguments[FA_MAX_OPERANDS + 16]
    cdef Py_ssize_t count = 0, i
    cdef list names = []
    cdef list alive = []
    cdef int k
    cdef object value
    cdef PyObject *given_here
    # A dtype that the caller chose decides by itself what a Python number becomes.
    cdef bint chosen = kwnames != NULL and not CHOICES.isdisjoint(<tuple> kwnames)
    cdef type weak = None if chosen else element_type(inputs, entry.arrays)
    for k in range(nin):
        if k < entry.arrays:
            arguments[k] = inputs[k]
            continue
        given_here = inputs[k] if inputs[k] != NULL else entry.boxed[k - entry.arrays]
        value = as_element(<object> given_here, weak)
        alive.append(value)
        arguments[k] = <PyObject *> value
    count = nin
    for i in range(nin, given):
        arguments[count] = args[i]
        count += 1
    cdef Py_ssize_t positional = count
    if kwnames != NULL:
        if PyTuple_GET_SIZE(<object> kwnames) > 16:
            raise TypeError(f"{self.__name__}() got too many keyword arguments")
        for i in range(PyTuple_GET_SIZE(<object> kwnames)):
            name = <object> PyTuple_GET_ITEM(<object> kwnames, i)
            if parameter_index(entry, name) < 0:
                names.append(name)
                arguments[count] = args[given + i]
                count += 1
    cdef tuple remaining = tuple(names)
    return numpy_call(
        self, arguments, positional, <PyObject *> remaining if names else NULL)


cdef dict element_types = {}   # dtype of the array -> scalar type of the parameters


cdef type element_type(PyObject **inputs, int arrays):
    """The type that Python numbers take beside these arrays, or None to leave it to NumPy."""
    cdef int k
    found = None
    for k in range(arrays):
        here = element_types.get(dtype_of(<object> inputs[k]))
        if here is None or (found is not None and here is not found):
            return None
        found = here
    return found


cdef object dtype_of(object thing):
    """The dtype, native, that NumPy will see in an operand; None where that is not known."""
    if np.PyArray_Check(thing) or isinstance(thing, numpy.generic):
        return thing.dtype.newbyteorder("=")
    if type(thing) in (list, tuple, bool):
        try:
            return numpy.asarray(thing).dtype
        except ValueError:  # ragged: for NumPy to say
            return None
    return None


cdef object as_element(object value, type element):
    """A Python number as a scalar of the computation's dtype: where it is too large, infinity.

    That overflow is reported as NumPy reports its own.
    """
    cdef double number_
    if element is None or not (PyFloat_CheckExact(value) or PyLong_CheckExact(value)):
        return value
    number_ = value
    if isfinite(number_) and fabs(number_) > <double> element_types[element]:
        with numpy.errstate(over="ignore"):
            scalar = element(number_)
        if not isfinite(<double> scalar):
            PyUFunc_GiveFloatingpointErrors("cast", NPY_FPE_OVERFLOW)
        return scalar
    return element(number_)
