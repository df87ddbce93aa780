# cython: language_level=3, boundscheck=False, wraparound=False, binding=False
# cython: freethreading_compatible=True
"""Makes a ufunc of every activation and form in the C table, and overrides its vectorcall slot.

A ufunc has no default arguments, and NumPy hands an inner loop an awkward array in pieces.
Both are mended in one place: PyUFuncObject keeps the function that a call goes to, and
`_vectorcall` stands in front of NumPy's. It fills in parameters, takes plain arrays of one dtype
straight to the kernels, and gives everything else to NumPy unchanged.

A ufunc is made when it is first asked for: all of them, with their docstrings, would take half as
long as the import of NumPy.
"""

from cpython.float cimport PyFloat_AS_DOUBLE, PyFloat_CheckExact
from cpython.long cimport PyLong_AsLongLongAndOverflow, PyLong_CheckExact
from cpython.object cimport PyObject
from cpython.pycapsule cimport PyCapsule_New
from cpython.ref cimport Py_INCREF
from cpython.tuple cimport (
    PyTuple_CheckExact, PyTuple_GET_ITEM, PyTuple_GET_SIZE, PyTuple_New, PyTuple_SET_ITEM)
from cpython.unicode cimport PyUnicode_Compare
from libc.math cimport fabs, isfinite
from libc.stdint cimport intptr_t
from libc.stdlib cimport calloc
from libc.string cimport memcpy

cimport numpy as np

from fastact.capi cimport fastact_api, fastact_op

import numpy

import functools
from collections.abc import Mapping


include "_core.pxi"

np.import_array()
_import_umath()

# Below this many ns of work a call keeps the GIL and skips all preparation.
cdef double SMALL_WORK = 4000


# What the override knows of a ufunc; the data of its first loop, so that the ufunc leads here.
ctypedef struct Entry:
    fa_op op[2]                 # float32, float64
    int arrays                  # leading operands that are no parameters
    int parameters
    PyObject *names[4]          # interned
    double defaults[4]
    PyObject *boxed[4]          # the defaults as Python floats
    double cost

cdef vectorcallfunc numpy_call = (<PyUFuncObject *> numpy.exp).vectorcall
cdef str OUT = "out"
cdef frozenset CHOICES = frozenset(["dtype", "sig", "signature"])


include "_fast_paths.pxi"
include "_vectorcall.pxi"


# ---- making the ufuncs ----

# What the forms are called; the braces stand for a parameter.
cdef list FORM_NAMES = [
    "value", "grad", "value_and_grad", "backward",
    *[f"grad_{{{k}}}" for k in range(<int> FA_MAX_PARAMETERS)],
    "backward_from_output", "grad_grad"]

# The floating dtypes of loops, in NumPy's order of search, and inputs that a loop takes directly
# besides: (NumPy type number, dtype).
cdef list FLOATS = [
    (np.NPY_FLOAT32, FA_FLOAT32), (np.NPY_FLOAT64, FA_FLOAT64), (np.NPY_FLOAT16, FA_FLOAT16)]
cdef list DIRECT = [
    (np.NPY_BOOL, FA_BOOL), (np.NPY_BYTE, FA_INT8), (np.NPY_UBYTE, FA_UINT8),
    (np.NPY_SHORT, FA_INT16), (np.NPY_USHORT, FA_UINT16),
    (np.NPY_INT, FA_INT32), (np.NPY_UINT, FA_UINT32),
    (np.NPY_LONG, FA_INT64 if sizeof(long) == 8 else FA_INT32),
    (np.NPY_ULONG, FA_UINT64 if sizeof(long) == 8 else FA_UINT32),
    (np.NPY_LONGLONG, FA_INT64), (np.NPY_ULONGLONG, FA_UINT64),
]


class Ufuncs(Mapping):
    """Ufuncs by name, each made when it is first asked for."""

    def __init__(self, makers):
        """Take name -> function and its arguments; names of the same ufunc have equal ones."""
        self._makers = makers
        self._made = {}

    def __getitem__(self, name):
        """Of two threads that make a ufunc at once, both get the same."""
        maker = self._makers[name]
        found = self._made.get(maker)
        if found is None:
            function, *arguments = maker
            found = self._made.setdefault(maker, function(*arguments))
        return found

    def __contains__(self, name):
        """Whether there is one, without making it."""
        return name in self._makers

    def __iter__(self):
        """All names."""
        return iter(self._makers)

    def __len__(self):
        """The number of names."""
        return len(self._makers)


def make(int activation, fa_form form, str name):
    """One ufunc. What NumPy keeps pointers to is allocated for ever."""
    from fastact import _docs, _signatures

    cdef const fa_activation *row = &fa_activations[activation]
    cdef int nin = fa_inputs(row, form)
    cdef int nout = fa_outputs(row, form)
    cdef int nargs = nin + nout
    cdef int k, loop
    bfloat16()  # is known from here on
    rows = [(number_, dtype, number_, dtype) for number_, dtype in FLOATS]
    if not fa_takes_gradient(form) and row.arrays == 1:
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
            entry.op[loop] = fa_make_op(activation, form, x, rest)
            data[loop] = &entry.op[loop]
        else:
            ops[loop] = fa_make_op(activation, form, x, rest)
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

    described = describe(activation)
    kept = (
        name.encode(), _docs.docstring(described, form_name(activation, form), name).encode())
    Py_INCREF(kept)
    ufunc = PyUFunc_FromFuncAndData(
        loops, data, types, len(rows), nin, nout, PyUFunc_None, kept[0], kept[1], 0)
    cdef int numbers[FA_MAX_OPERANDS]
    if bfloat_number >= 0:
        for k in range(nargs):
            numbers[k] = bfloat_number
        ops[len(rows)] = fa_make_op(activation, form, FA_BFLOAT16, FA_BFLOAT16)
        PyUFunc_RegisterLoopForType(
            <PyUFuncObject *> ufunc, bfloat_number, &fa_loop, numbers, &ops[len(rows)])
    (<PyUFuncObject *> ufunc).vectorcall = &_vectorcall
    arrays = ["x"] if row.arrays == 1 else ["a", "b"]
    if form == FA_BACKWARD_FROM_OUTPUT:
        arrays = ["y"]
    _signatures.show(
        ufunc, ["g"] * fa_takes_gradient(form) + arrays, described["parameters"])
    return ufunc


cdef str form_name(int activation, int form):
    """What a form of an activation is called, in the names of ufuncs and elsewhere."""
    cdef const fa_activation *row = &fa_activations[activation]
    return FORM_NAMES[form].format(*[row.parameter[k].decode() for k in range(row.parameters)])


def describe(int activation):
    """The table's row as a dict; of its forms, the numbers in the core."""
    cdef const fa_activation *row = &fa_activations[activation]
    cdef int form
    forms = {
        form_name(activation, form): form
        for form in range(<int> FA_FORMS) if fa_has_form(row, <fa_form> form)
    }
    return {
        "name": row.name.decode(),
        "family": fa_family_names[fa_family_of(activation)].decode(),
        "aliases": row.aliases.decode().split(),
        "arrays": row.arrays,
        "parameters": {row.parameter[k].decode(): row.defaults[k] for k in range(row.parameters)},
        "role": ("fixed", "tunable", "learnable")[row.role],
        "forms": forms,
        "cost": row.cost,
        "ulp": {
            "float32": (row.ulp[0].value, row.ulp[0].derivative),
            "float64": (row.ulp[1].value, row.ulp[1].derivative),
        },
        "extra": {  # the forms that only some activations have, with their bounds
            name: {
                dtype: fa_extra_ulp(row, <fa_form> form, precision)
                for precision, dtype in enumerate(["float32", "float64"])
            }
            for name, form in forms.items() if form >= FA_BACKWARD_FROM_OUTPUT
        },
    }


def form_suffix(str form):
    """What a form adds to the name of an activation."""
    return "" if form == "value" else f"_{form}"


@functools.cache
def bfloat16():
    """The dtype of ml_dtypes, where that is installed; the fast paths learn of it here."""
    global bfloat_number
    try:
        from ml_dtypes import bfloat16 as element
    except ImportError:
        return None
    found = numpy.dtype(element)
    bfloat_number = found.num
    descriptors[<int> FA_BFLOAT16] = found
    element_types[found] = found.type
    element_types[found.type] = float.fromhex("0x1.fep127")
    return found


cdef void remember_dtypes():
    """What the fast paths know of NumPy's dtypes."""
    cdef int k
    for k in range(<int> np.NPY_NTYPES_LEGACY):
        dtype_of_number[k] = -1
    for number_, dtype in FLOATS + DIRECT:
        dtype_of_number[<int> number_] = dtype
        descriptors[dtype] = np.PyArray_DescrFromType(number_)
    for dtype in "?bBhH":
        element_types[numpy.dtype(dtype)] = numpy.float32
    for dtype in "iIlLqQ":
        element_types[numpy.dtype(dtype)] = numpy.float64
    for dtype in "efd":
        element_types[numpy.dtype(dtype)] = numpy.dtype(dtype).type
        element_types[numpy.dtype(dtype).type] = float(numpy.finfo(dtype).max)


def _makers():
    """Name -> what makes the ufunc, for every activation, form and alias."""
    makers = {}
    for activation, row in enumerate(ACTIVATIONS.values()):
        for form, number_ in row["forms"].items():
            suffix = form_suffix(form)
            maker = make, activation, number_, row["name"] + suffix
            for name in [row["name"], *row["aliases"]]:
                makers[name + suffix] = maker
    return makers


include "_axis.pxi"


ACTIVATIONS = {row["name"]: row for row in map(describe, range(FA_ACTIVATIONS))}
remember_dtypes()
UFUNCS = Ufuncs(_makers())
AXIS_UFUNCS = Ufuncs({
    fa_axis_functions[k].name.decode(): (make_along_axis, k)
    for k in range(fa_axis_function_count)
})


include "_capi.pxi"


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


def streaming_bytes():
    """How many bytes a call reads and writes at most before its stores pass the caches."""
    return fa_streaming_bytes()


def set_streaming_bytes(double count):
    """Set that number for the process."""
    fa_set_streaming_bytes(count)


def get_threads():
    """The limit for calls from this thread, or what OpenMP leaves of it."""
    return fa_usable_threads()


def set_threads(int threads):
    """Set the limit of the process."""
    fa_set_threads(threads)


def swap_local_threads(int threads):
    """Set the limit of this thread, 0 for none; returns the one before."""
    return fa_swap_local_threads(threads)
