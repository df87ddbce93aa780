# The C interface for `cimport`; fastact_api.h says what each part does.
# Compile with fastact.capi.get_include() among the include directories.

cdef extern from "fastact_api.h":
    ctypedef struct fastact_op:
        pass
    ctypedef struct fastact_api:
        int version
        const fastact_op *(*find)(const char *name, const char *dtype) except NULL
        int (*inputs)(const fastact_op *op) noexcept nogil
        int (*outputs)(const fastact_op *op) noexcept nogil
        int (*run)(const fastact_op *op, void *const *operands, ptrdiff_t count) noexcept nogil
        int (*limit_threads)(int threads) noexcept nogil
    const fastact_api *fastact_import() except NULL
