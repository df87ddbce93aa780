# cython: language_level=3, boundscheck=False, wraparound=False, binding=False
"""Makes a ufunc of every activation and form in the C table, and installs the call hook.

A ufunc has no default arguments, and NumPy hands an inner loop an awkward array in pieces.
Both are mended in one place: PyUFuncObject keeps the function that a call goes to, and `_hook`
stands in front of NumPy's. It fills in parameters, takes plain arrays of one dtype straight to the
kernels, and gives everything else to NumPy unchanged.
"""

from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact
from cpython.long cimport PyLong_AsDouble, PyLong_CheckExact
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE
from cpython.unicode cimport PyUnicode_Compare
from libc.math cimport fabs, isfinite
from libc.stdint cimport intptr_t
from libc.stdlib cimport calloc

cimport numpy as np

import numpy

from fastact import _docs


cdef extern from "fastact.h":
    enum:
        FA_MAX_PARAMETERS
        FA_MAX_OPERANDS
    ctypedef enum fa_role:
        FA_FIXED
        FA_TUNABLE
        FA_LEARNABLE
    ctypedef struct fa_bound:
        double value
        double slope
    ctypedef struct fa_activation:
        const char *name
        const char *aliases
        int parameters
        const char *parameter[2]
        double defaults[2]
        fa_role role
        double cost
        fa_bound ulp[2]
    const fa_activation fa_activations[]
    const int fa_activation_count
    ctypedef enum fa_form:
        FA_VALUE
        FA_GRAD
        FA_VALUE_AND_GRAD
        FA_BACKWARD
        FA_GRAD_PARAMETER
        FA_FORMS
    bint fa_has_form(const fa_activation *, fa_form)
    int fa_inputs(const fa_activation *, fa_form)
    int fa_outputs(const fa_activation *, fa_form)
    ctypedef enum fa_dtype:
        FA_FLOAT32
        FA_FLOAT64
        FA_FLOAT16
        FA_BFLOAT16
        FA_BOOL
        FA_INT8
        FA_UINT8
        FA_INT16
        FA_UINT16
        FA_INT32
        FA_UINT32
        FA_INT64
        FA_UINT64
    ctypedef struct fa_isa:
        const char *name
    const fa_isa fa_isas[]
    const int fa_isa_count
    bint fa_isa_available(int)
    int fa_active_isa()
    void fa_use_isa(int)
    bint fa_has_openmp()
    int fa_default_threads()
    int fa_get_threads()
    void fa_set_threads(int)
    int fa_swap_local_threads(int)
    ctypedef struct fa_op:
        int activation
        fa_form form
        int inputs
        int outputs
        int precision
        fa_dtype dtype[6]
    ctypedef struct fa_job:
        const fa_op *op
        int dims
        ptrdiff_t shape[64]
        char *data[6]
        ptrdiff_t strides[6][64]
    bint fa_run(fa_job *) nogil
    bint fa_run_small(const fa_op *, void **, ptrdiff_t)
    void fa_loop(char **, const intptr_t *, const intptr_t *, void *) noexcept

cdef extern from "Python.h":
    ctypedef object (*vectorcallfunc)(object, PyObject *const *, size_t, PyObject *)
    Py_ssize_t PyVectorcall_NARGS(size_t)
    object PyFloat_FromDouble(double)

cdef extern from "numpy/ndarraytypes.h":
    enum:
        NPY_MAXDIMS
cdef extern from "numpy/ufuncobject.h":
    enum:
        NPY_FPE_OVERFLOW
        PyUFunc_None
    ctypedef void (*PyUFuncGenericFunction)(
        char **, const intptr_t *, const intptr_t *, void *) noexcept
    ctypedef struct PyUFuncObject:
        int nin
        int nout
        const char *name
        void **data
        vectorcallfunc vectorcall
    int _import_umath() except -1
    object PyUFunc_FromFuncAndData(
        PyUFuncGenericFunction *, void **, const char *, int, int, int, int,
        const char *, const char *, int)
    int PyUFunc_RegisterLoopForType(
        PyUFuncObject *, int, PyUFuncGenericFunction, const int *, void *) except -1
    int PyUFunc_GiveFloatingpointErrors(const char *, int) except -1

np.import_array()
_import_umath()

# Below this many ns of work a call keeps the GIL and skips all preparation.
cdef double SMALL_WORK = 4000


# What the hook knows of a ufunc; the data of its first loop, so that the ufunc leads here.
ctypedef struct Entry:
    fa_op op[2]                 # float32, float64
    int arrays                  # leading operands that are no parameters
    int parameters
    PyObject *names[2]          # interned
    double defaults[2]
    PyObject *boxed[2]          # the defaults as Python floats
    double cost

cdef vectorcallfunc numpy_call = (<PyUFuncObject *> numpy.exp).vectorcall
cdef str OUT = "out"
cdef frozenset CHOICES = frozenset(["dtype", "sig", "signature"])


# ---- the road for plain arrays ----

cdef inline bint plain(PyObject *thing, int dtype) noexcept:
    """Whether thing is an exact, aligned, native array of the dtype, contiguous in some order."""
    return (
        np.PyArray_CheckExact(<object> thing)
        and np.PyArray_TYPE(<np.ndarray> thing) == dtype
        and np.PyArray_ISBEHAVED_RO(<np.ndarray> thing)
        and (np.PyArray_FLAGS(<np.ndarray> thing)
             & (np.NPY_ARRAY_C_CONTIGUOUS | np.NPY_ARRAY_F_CONTIGUOUS)) != 0
    )


cdef inline bint alike(np.ndarray a, np.ndarray b) noexcept:
    """Whether two contiguous arrays have one shape and one order in memory."""
    cdef int order = np.NPY_ARRAY_C_CONTIGUOUS | np.NPY_ARRAY_F_CONTIGUOUS
    return (
        np.PyArray_SAMESHAPE(a, b)
        and (np.PyArray_FLAGS(a) & np.PyArray_FLAGS(b) & order) != 0
    )


cdef bint ordinary(np.ndarray a) noexcept:
    """Whether NumPy would give a result like a just the strides of C or Fortran order.

    Axes of length 1 have a stride of any value, which NumPy sorts by.
    """
    cdef int ndim = np.PyArray_NDIM(a)
    cdef bint c_order = np.PyArray_FLAGS(a) & np.NPY_ARRAY_C_CONTIGUOUS
    cdef np.npy_intp stride = np.PyArray_ITEMSIZE(a)
    cdef int d
    for d in range(ndim - 1, -1, -1):
        if np.PyArray_DIM(a, d) == 1 and not (c_order and np.PyArray_STRIDE(a, d) == stride):
            return False
        stride *= np.PyArray_DIM(a, d)
    return True


cdef inline bint apart_or_same(np.ndarray a, np.ndarray b) noexcept:
    """Whether two arrays of one size are the same memory or share none."""
    cdef char *first = np.PyArray_BYTES(a)
    cdef char *second = np.PyArray_BYTES(b)
    cdef Py_ssize_t size = np.PyArray_NBYTES(a)
    return first == second or first + size <= second or second + size <= first


cdef inline bint number(PyObject *thing, int precision, double *value) noexcept:
    """Whether thing is a Python number that becomes a finite element without a warning."""
    if PyFloat_CheckExact(<object> thing):
        value[0] = PyFloat_AS_DOUBLE(<object> thing)
        return precision == 1 or fabs(value[0]) <= 3.4028234663852886e38 or not isfinite(value[0])
    if PyLong_CheckExact(<object> thing):
        value[0] = PyLong_AsDouble(<object> thing)
        return fabs(value[0]) <= 2.0 ** 24
    return False


cdef object plain_call(PyUFuncObject *ufunc, Entry *entry, PyObject **inputs, PyObject **outputs):
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
    if np.PyArray_NDIM(x) == 0 or not plain(inputs[0], dtype):
        return NotImplemented
    if np.PyArray_NDIM(x) > 1 and not ordinary(x):
        return NotImplemented
    for k in range(1, entry.arrays):
        if not (plain(inputs[k], dtype) and alike(x, <np.ndarray> inputs[k])):
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

    cdef int other
    for k in range(op.outputs):
        if outputs[k] == NULL:
            continue
        if not (plain(outputs[k], dtype) and alike(x, <np.ndarray> outputs[k])
                and np.PyArray_ISWRITEABLE(<np.ndarray> outputs[k])):
            return NotImplemented
        for other in range(entry.arrays):
            if not apart_or_same(<np.ndarray> outputs[k], <np.ndarray> inputs[other]):
                return NotImplemented
        for other in range(k):
            if outputs[other] != NULL and not apart_or_same(
                    <np.ndarray> outputs[k], <np.ndarray> outputs[other]):
                return NotImplemented
    if op.outputs == 2 and outputs[0] != NULL and outputs[0] == outputs[1]:
        return NotImplemented

    # From here on nothing is handed back.
    cdef object first = output_for(x, outputs[0], dtype)
    cdef object second = None
    data[op.inputs] = np.PyArray_DATA(<np.ndarray> first)
    if op.outputs == 2:
        second = output_for(x, outputs[1], dtype)
        data[op.inputs + 1] = np.PyArray_DATA(<np.ndarray> second)

    cdef bint overflowed
    cdef ptrdiff_t count = np.PyArray_SIZE(x)
    if count * entry.cost < SMALL_WORK:
        overflowed = fa_run_small(op, data, count)
    else:
        overflowed = run_contiguous(op, data, count, entry.arrays)
    if overflowed:
        PyUFunc_GiveFloatingpointErrors(ufunc.name, NPY_FPE_OVERFLOW)
    return first if second is None else (first, second)


cdef inline object output_for(np.ndarray x, PyObject *given, int dtype):
    if given != NULL:
        return <object> given
    return np.PyArray_EMPTY(
        np.PyArray_NDIM(x), np.PyArray_DIMS(x), dtype,
        not (np.PyArray_FLAGS(x) & np.NPY_ARRAY_C_CONTIGUOUS))


cdef bint run_contiguous(fa_op *op, void **data, ptrdiff_t count, int arrays) noexcept:
    cdef fa_job job
    cdef int k
    cdef bint overflowed
    job.op = op
    job.dims = 1
    job.shape[0] = count
    for k in range(op.inputs + op.outputs):
        job.data[k] = <char *> data[k]
        # Parameters stand between the arrays and the outputs, one element each.
        job.strides[k][0] = 0 if arrays <= k < op.inputs else (8 if op.precision else 4)
    with nogil:
        overflowed = fa_run(&job)
    return overflowed


# ---- the hook ----

cdef object _hook(object self, PyObject *const *args, size_t nargsf, PyObject *kwnames):
    cdef PyUFuncObject *ufunc = <PyUFuncObject *> self
    cdef Entry *entry = <Entry *> ufunc.data[0]
    cdef Py_ssize_t given = PyVectorcall_NARGS(nargsf)
    cdef Py_ssize_t keywords = 0 if kwnames == NULL else PyTuple_GET_SIZE(<object> kwnames)
    cdef int nin = ufunc.nin
    cdef int nout = ufunc.nout
    cdef PyObject *inputs[FA_MAX_OPERANDS]
    cdef PyObject *outputs[2]
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
    outputs[0] = outputs[1] = NULL
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
        result = plain_call(ufunc, entry, inputs, outputs)
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
    """A Python number as a scalar of the computation's dtype, unless that loses its magnitude."""
    if element is None or not (PyFloat_CheckExact(value) or PyLong_CheckExact(value)):
        return value
    cdef object largest = element_types[element]
    if isfinite(<double> value) and not -largest <= value <= largest:
        return value
    return element(value)


# ---- making the ufuncs ----

cdef list FORM_NAMES = ["{}", "{}_grad", "{}_value_and_grad", "{}_backward", "{}_grad_{}"]

# Inputs that a loop takes directly, besides the three floating dtypes: (NumPy type number, dtype).
cdef list DIRECT = [
    (np.NPY_BOOL, FA_BOOL), (np.NPY_BYTE, FA_INT8), (np.NPY_UBYTE, FA_UINT8),
    (np.NPY_SHORT, FA_INT16), (np.NPY_USHORT, FA_UINT16),
    (np.NPY_INT, FA_INT32), (np.NPY_UINT, FA_UINT32),
    (np.NPY_LONG, FA_INT64 if sizeof(long) == 8 else FA_INT32),
    (np.NPY_ULONG, FA_UINT64 if sizeof(long) == 8 else FA_UINT32),
    (np.NPY_LONGLONG, FA_INT64), (np.NPY_ULONGLONG, FA_UINT64),
]


cdef void set_op(fa_op *op, int activation, fa_form form, fa_dtype x, fa_dtype rest) noexcept:
    cdef const fa_activation *row = &fa_activations[activation]
    cdef int k
    op.activation = activation
    op.form = form
    op.inputs = fa_inputs(row, form)
    op.outputs = fa_outputs(row, form)
    op.precision = 1 if rest == FA_FLOAT64 else 0
    for k in range(op.inputs + op.outputs):
        op.dtype[k] = rest
    op.dtype[0] = x


cdef object make(int activation, fa_form form, str name, int bfloat):
    """One ufunc. What NumPy keeps pointers to is allocated for ever."""
    cdef const fa_activation *row = &fa_activations[activation]
    cdef int nin = fa_inputs(row, form)
    cdef int nout = fa_outputs(row, form)
    cdef int nargs = nin + nout
    cdef int k, loop
    rows = [
        (np.NPY_FLOAT32, FA_FLOAT32, np.NPY_FLOAT32, FA_FLOAT32),
        (np.NPY_FLOAT64, FA_FLOAT64, np.NPY_FLOAT64, FA_FLOAT64),
        (np.NPY_FLOAT16, FA_FLOAT16, np.NPY_FLOAT16, FA_FLOAT16),
    ]
    if form != FA_BACKWARD:
        for number_, dtype in DIRECT:
            if dtype <= FA_UINT16:
                rows.append((number_, dtype, np.NPY_FLOAT32, FA_FLOAT32))
            else:
                rows.append((number_, dtype, np.NPY_FLOAT64, FA_FLOAT64))

    cdef Entry *entry = <Entry *> calloc(1, sizeof(Entry))
    cdef fa_op *ops = <fa_op *> calloc(len(rows) + 1, sizeof(fa_op))
    cdef PyUFuncGenericFunction *loops = <PyUFuncGenericFunction *> calloc(
        len(rows), sizeof(PyUFuncGenericFunction))
    cdef void **data = <void **> calloc(len(rows), sizeof(void *))
    cdef char *types = <char *> calloc(len(rows), nargs)
    if entry == NULL or ops == NULL or loops == NULL or data == NULL or types == NULL:
        raise MemoryError
    for loop, (x_number, x, rest_number, rest) in enumerate(rows):
        if loop < 2:
            set_op(&entry.op[loop], activation, form, x, rest)
            data[loop] = &entry.op[loop]
        else:
            set_op(&ops[loop], activation, form, x, rest)
            data[loop] = &ops[loop]
        loops[loop] = &fa_loop
        for k in range(nargs):
            types[loop * nargs + k] = x_number if k == 0 else rest_number

    entry.parameters = row.parameters
    entry.arrays = nin - row.parameters
    entry.cost = row.cost
    for k in range(row.parameters):
        parameter = row.parameter[k].decode()
        boxed = PyFloat_FromDouble(row.defaults[k])
        Py_INCREF(parameter)
        Py_INCREF(boxed)
        entry.names[k] = <PyObject *> parameter
        entry.boxed[k] = <PyObject *> boxed
        entry.defaults[k] = row.defaults[k]

    kept = (name.encode(), _docs.docstring(describe(activation), form, name).encode())
    Py_INCREF(kept)
    ufunc = PyUFunc_FromFuncAndData(
        loops, data, types, len(rows), nin, nout, PyUFunc_None, kept[0], kept[1], 0)
    cdef int numbers[FA_MAX_OPERANDS]
    if bfloat >= 0:
        for k in range(nargs):
            numbers[k] = bfloat
        set_op(&ops[len(rows)], activation, form, FA_BFLOAT16, FA_BFLOAT16)
        PyUFunc_RegisterLoopForType(
            <PyUFuncObject *> ufunc, bfloat, &fa_loop, numbers, &ops[len(rows)])
    (<PyUFuncObject *> ufunc).vectorcall = &_hook
    return ufunc


def describe(int activation):
    """The table's row as a dict."""
    cdef const fa_activation *row = &fa_activations[activation]
    return {
        "name": row.name.decode(),
        "aliases": row.aliases.decode().split(),
        "parameters": {row.parameter[k].decode(): row.defaults[k] for k in range(row.parameters)},
        "role": ("fixed", "tunable", "learnable")[row.role],
        "cost": row.cost,
        "ulp": {
            "float32": (row.ulp[0].value, row.ulp[0].slope),
            "float64": (row.ulp[1].value, row.ulp[1].slope),
        },
    }


def _bfloat16():
    """The dtype of ml_dtypes, where that is installed."""
    try:
        from ml_dtypes import bfloat16
    except ImportError:
        return None
    return numpy.dtype(bfloat16)


def _make_all():
    """Name -> ufunc, for every activation, form and alias."""
    cdef int activation, form
    bfloat = _bfloat16()
    made = {}
    for activation in range(fa_activation_count):
        row = describe(activation)
        for form in range(<int> FA_FORMS):
            if not fa_has_form(&fa_activations[activation], <fa_form> form):
                continue
            *_, parameter = row["parameters"] or [""]
            full_name = FORM_NAMES[form].format(row["name"], parameter)
            number_of_bfloat = -1 if bfloat is None else bfloat.num
            ufunc = make(activation, <fa_form> form, full_name, number_of_bfloat)
            for name in [row["name"], *row["aliases"]]:
                made[FORM_NAMES[form].format(name, parameter)] = ufunc
    for dtype in "?bBhH":
        element_types[numpy.dtype(dtype)] = numpy.float32
    for dtype in "iIlLqQ":
        element_types[numpy.dtype(dtype)] = numpy.float64
    for dtype in "efd":
        element_types[numpy.dtype(dtype)] = numpy.dtype(dtype).type
        element_types[numpy.dtype(dtype).type] = float(numpy.finfo(dtype).max)
    if bfloat is not None:
        element_types[bfloat] = bfloat.type
        element_types[bfloat.type] = float.fromhex("0x1.fep127")
    return made


ACTIVATIONS = {row["name"]: row for row in map(describe, range(fa_activation_count))}
UFUNCS = _make_all()
HAS_BFLOAT16 = _bfloat16() is not None


# ---- what _runtime.py is made of ----

def isas():
    """Name -> whether it is available, best first."""
    return {fa_isas[i].name.decode(): fa_isa_available(i) for i in range(fa_isa_count)}


def active_isa():
    """The name of the ISA in use."""
    return fa_isas[fa_active_isa()].name.decode()


def use_isa(int index):
    """Switch to an ISA, which must be available."""
    fa_use_isa(index)


def has_openmp():
    """Whether the core was compiled with OpenMP."""
    return fa_has_openmp()


def default_threads():
    """The CPUs that affinity and quota leave to this process."""
    return fa_default_threads()


def get_threads():
    """The limit for calls from this thread."""
    return fa_get_threads()


def set_threads(int threads):
    """Set the limit of the process."""
    fa_set_threads(threads)


def swap_local_threads(int threads):
    """Set the limit of this thread, 0 for none; returns the one before."""
    return fa_swap_local_threads(threads)
