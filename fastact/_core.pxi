# What C gives: the core by fastact.h, and the parts of CPython and NumPy that Cython lacks.

cdef extern from "fastact.h":
    enum:
        FA_MAX_PARAMETERS
        FA_MAX_RESULTS
        FA_MAX_OPERANDS
    ctypedef enum fa_role:
        FA_FIXED
        FA_TUNABLE
        FA_LEARNABLE
    ctypedef struct fa_bound:
        double value
        double derivative
    ctypedef struct fa_activation:
        const char *name
        const char *aliases
        int arrays
        int parameters
        const char *parameter[4]
        double defaults[4]
        fa_role role
        double cost
        fa_bound ulp[2]
    const fa_activation fa_activations[]
    const char *fa_family_names[]
    int fa_family_of(int)
    enum:
        FA_ACTIVATIONS
    ctypedef enum fa_form:
        FA_VALUE
        FA_GRAD
        FA_VALUE_AND_GRAD
        FA_BACKWARD
        FA_GRAD_PARAMETER
        FA_BACKWARD_FROM_OUTPUT
        FA_GRAD_GRAD
        FA_FORMS
    bint fa_has_form(const fa_activation *, fa_form)
    bint fa_takes_gradient(fa_form)
    int fa_inputs(const fa_activation *, fa_form)
    int fa_outputs(const fa_activation *, fa_form)
    double fa_extra_ulp(const fa_activation *, fa_form, int)
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
        FA_DTYPES
    ctypedef struct fa_isa:
        const char *name
    const fa_isa fa_isas[]
    const int fa_isa_count
    bint fa_isa_available(int)
    int fa_active_isa()
    void fa_use_isa(int)
    bint fa_has_openmp()
    int fa_default_threads()
    double fa_streaming_bytes()
    void fa_set_streaming_bytes(double)
    int fa_usable_threads()
    void fa_set_threads(int)
    int fa_swap_local_threads(int) nogil
    ctypedef struct fa_op:
        int activation
        fa_form form
        int arrays
        int inputs
        int outputs
        int precision
        fa_dtype dtype[FA_MAX_OPERANDS]
    fa_op fa_make_op(int, fa_form, fa_dtype, fa_dtype)
    void fa_set_dtype(fa_op *, int, fa_dtype)
    enum:
        FA_AFFINE_INPUTS
    fa_op fa_with_affine_map(const fa_op *)
    ctypedef struct fa_job:
        const fa_op *op
        int dims
        ptrdiff_t shape[64]
        char *data[FA_MAX_OPERANDS]
        ptrdiff_t strides[FA_MAX_OPERANDS][64]
        bint swapped[FA_MAX_OPERANDS]
    bint fa_run(fa_job *) nogil
    bint fa_run_small(const fa_op *, void *const *, ptrdiff_t) nogil
    bint fa_run_contiguous(const fa_op *, void *const *, ptrdiff_t) nogil
    bint fa_contiguous_overlap(const fa_op *, void *const *, ptrdiff_t) nogil
    void fa_loop(char **, const intptr_t *, const intptr_t *, void *) noexcept
    enum:
        FA_AXIS_OPERANDS
    ctypedef struct fa_axis_function:
        const char *name
        int inputs
        bint whole
        double cost
    const fa_axis_function fa_axis_functions[]
    const int fa_axis_function_count
    ctypedef struct fa_axis_op:
        int function
        int precision
        fa_dtype dtype[3]
    fa_axis_op fa_make_axis_op(int, fa_dtype, fa_dtype)
    ctypedef struct fa_axis_job:
        const fa_axis_op *op
        int dims
        int axis
        ptrdiff_t shape[64]
        char *data[3]
        ptrdiff_t strides[3][64]
        double factor
    bint fa_axis_overlap(const fa_axis_job *)
    bint fa_run_axis(const fa_axis_job *) nogil
    void fa_axis_loop(char **, const intptr_t *, const intptr_t *, void *) noexcept

cdef extern from "fastact_api.h":
    enum:
        FASTACT_API_VERSION
    const char *FASTACT_API_CAPSULE

cdef extern from "Python.h":
    ctypedef object (*vectorcallfunc)(object, PyObject *const *, size_t, PyObject *)
    Py_ssize_t PyVectorcall_NARGS(size_t)
    object PyFloat_FromDouble(double)

cdef extern from "numpy/ndarraytypes.h":
    enum:
        NPY_MAXDIMS
cdef extern from "numpy/arrayobject.h":
    object PyArray_NewLikeArray(np.ndarray, np.NPY_ORDER, np.PyArray_Descr *, int)
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
    object PyUFunc_FromFuncAndDataAndSignature(
        PyUFuncGenericFunction *, void **, const char *, int, int, int, int,
        const char *, const char *, int, const char *)
    int PyUFunc_RegisterLoopForType(
        PyUFuncObject *, int, PyUFuncGenericFunction, const int *, void *) except -1
    int PyUFunc_GiveFloatingpointErrors(const char *, int) except -1
