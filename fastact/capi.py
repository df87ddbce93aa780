"""The functions for compiled code: where the C header is, and the C interface as addresses.

C and Cython take the interface from a capsule, see ``fastact_api.h`` and ``capi.pxd``. What has
neither, such as numba, calls the same functions through the `ctypes` objects here.
"""

from __future__ import annotations

import ctypes
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from fastact import _ufuncs

__all__ = ["find", "get_include", "inputs", "limit_threads", "outputs", "run"]


def get_include() -> str:
    """Return the directory of ``fastact_api.h``, for the include path of a compiler.

    Returns
    -------
    str
        An absolute path.
    """
    return str(Path(__file__).parent / "include")


def find(name: str, dtype: DTypeLike) -> int:
    """Return the address that stands for a function on a dtype in `run`.

    Parameters
    ----------
    name : str
        The name in Python, with its form: ``"silu"``, ``"gelu_backward"``.
    dtype : dtype
        One of float16, float32, float64, and bfloat16 if ml_dtypes is installed.

    Returns
    -------
    int
        The address of a ``fastact_op``. It is valid as long as the process lives.

    Raises
    ------
    ValueError
        If there is no such function, or not on this dtype.

    Examples
    --------
    >>> from fastact import capi
    >>> capi.inputs(capi.find("silu_backward", "float32"))
    2
    """
    described = np.dtype(dtype)
    if not described.isnative:
        raise ValueError(f"dtype must have the byte order of this machine, got {described.str!r}")
    return _ufuncs.find_op(name, described.name)


def _function(name: str, *arguments: type) -> ctypes._CFunctionType:
    prototype = ctypes.CFUNCTYPE(ctypes.c_int, *arguments)
    return prototype(_ufuncs.API_ADDRESSES[name])


# Addresses of ops are integers to ctypes, so that numba can pass them on.
inputs = _function("inputs", ctypes.c_size_t)
outputs = _function("outputs", ctypes.c_size_t)
run = _function("run", ctypes.c_size_t, ctypes.c_void_p, ctypes.c_ssize_t)
limit_threads = _function("limit_threads", ctypes.c_int)
