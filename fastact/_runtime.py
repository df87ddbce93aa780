"""Threads, the instruction set in use, and a summary of both."""

from __future__ import annotations

import os
import platform
import re
import threading
import warnings
from types import TracebackType
from typing import Any

from fastact import _ufuncs

__all__ = [
    "available_isas",
    "get_num_threads",
    "isa",
    "num_threads",
    "set_num_threads",
    "show_runtime",
    "use_isa",
]

_MOST_THREADS = 1024


def _checked(threads: object) -> int:
    """Return threads as an int, or raise an error that names the argument."""
    if isinstance(threads, bool) or not hasattr(threads, "__index__"):
        raise TypeError(f"threads must be an integer, not {type(threads).__name__}")
    count = int(threads.__index__())
    if not 1 <= count <= _MOST_THREADS:
        raise ValueError(f"threads must be between 1 and {_MOST_THREADS}, got {count}")
    return count


def set_num_threads(threads: int) -> None:
    """Set how many threads a call may use, for every thread of the process.

    Parameters
    ----------
    threads : int
        Between 1 and 1024. Calls with little work use fewer.

    Raises
    ------
    TypeError
        If `threads` is not an integer.
    ValueError
        If it is out of range.

    See Also
    --------
    num_threads : The same for a block of code in one thread.

    Examples
    --------
    >>> import fastact as fa
    >>> before = fa.get_num_threads()
    >>> fa.set_num_threads(1)
    >>> fa.get_num_threads()
    1
    >>> fa.set_num_threads(before)
    """
    _ufuncs.set_threads(_checked(threads))


def get_num_threads() -> int:
    """Return how many threads a call from this thread may use.

    Returns
    -------
    int
        The limit of the innermost `num_threads` of this thread, else that of the process; less
        where OpenMP's limit has been lowered since the start, as threadpoolctl does it, and 1 in a
        parallel region of OpenMP.

    Notes
    -----
    After ``import fastact.threadpool`` the limit of the process stands among those that
    ``threadpoolctl.threadpool_info()`` lists.
    """
    return int(_ufuncs.get_threads())


class num_threads:
    """Context manager that limits the threads of calls from the current thread.

    Parameters
    ----------
    threads : int
        Between 1 and 1024.

    Examples
    --------
    >>> import fastact as fa
    >>> with fa.num_threads(1):
    ...     fa.get_num_threads()
    1
    """

    def __init__(self, threads: int) -> None:
        self._threads = _checked(threads)
        self._before = threading.local()  # one object may serve several threads

    def __enter__(self) -> num_threads:
        before = _ufuncs.swap_local_threads(self._threads)
        vars(self._before).setdefault("limits", []).append(before)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _ufuncs.swap_local_threads(self._before.limits.pop())


def available_isas() -> tuple[str, ...]:
    """Return the instruction sets that can be used here, best first.

    Returns
    -------
    tuple of str
        Names as in `isa` and `use_isa`; the last is ``"scalar"``, plain C.

    Examples
    --------
    >>> import fastact as fa
    >>> fa.available_isas()[-1]
    'scalar'
    """
    return tuple(name for name, available in _ufuncs.isas().items() if available)


def isa() -> str:
    """Return the name of the instruction set in use.

    Returns
    -------
    str
        One of `available_isas`.
    """
    return str(_ufuncs.active_isa())


def use_isa(name: str) -> None:
    """Use another instruction set from the next call on, in all threads.

    Results may differ between instruction sets within the documented error bounds.

    Parameters
    ----------
    name : str
        One of `available_isas()`.

    Raises
    ------
    ValueError
        If it is not available here.
    """
    if name not in available_isas():
        raise ValueError(
            f"name must be one of {', '.join(available_isas())} on this machine, got {name!r}"
        )
    _ufuncs.use_isa(list(_ufuncs.isas()).index(name))


def show_runtime() -> dict[str, Any]:
    """Return what fastact runs on: version, instruction sets, threads.

    Returns
    -------
    dict
        ``version``, ``numpy``, ``isa``, ``available_isas``, ``threads``, ``default_threads``,
        ``openmp``, ``bfloat16`` (whether ml_dtypes is installed) and
        ``streaming_bytes``: a call that reads and writes more than that stores past the caches.
    """
    import numpy

    return {
        "version": _version(),
        "numpy": numpy.__version__,
        "python": platform.python_version(),
        "isa": isa(),
        "available_isas": available_isas(),
        "threads": get_num_threads(),
        "default_threads": int(_ufuncs.default_threads()),
        "openmp": bool(_ufuncs.has_openmp()),
        "bfloat16": _ufuncs.bfloat16() is not None,
        "streaming_bytes": int(_ufuncs.streaming_bytes()),
    }


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("fastact")
    except PackageNotFoundError:
        return "unknown"


def _threads_from_environment() -> None:
    """Honour FASTACT_NUM_THREADS, then OMP_NUM_THREADS; warn of what cannot be meant."""
    for variable in ("FASTACT_NUM_THREADS", "OMP_NUM_THREADS"):
        text = os.environ.get(variable)
        if text is None:
            continue
        first = text.split(",")[0].strip()  # OpenMP gives one number per level
        if first.isdecimal() and int(first) > 0:
            # Room for a deliberate few more than there are CPUs, not for a slip.
            most = min(_MOST_THREADS, 4 * int(_ufuncs.default_threads()))
            _ufuncs.set_threads(min(int(first), most))
            return
        if variable == "FASTACT_NUM_THREADS":
            warnings.warn(
                f"FASTACT_NUM_THREADS={text!r} is not a positive number and is ignored",
                RuntimeWarning,
                stacklevel=2,
            )


def _isa_from_environment() -> None:
    """Honour FASTACT_ISA."""
    name = os.environ.get("FASTACT_ISA")
    if not name:
        return
    if name.lower() in available_isas():
        use_isa(name.lower())
    else:
        warnings.warn(
            f"FASTACT_ISA={name!r} is not available here and is ignored;"
            f" {', '.join(available_isas())} are",
            RuntimeWarning,
            stacklevel=2,
        )


def _streaming_from_environment() -> None:
    """Honour FASTACT_STREAMING_BYTES, a number that may end in K, M or G."""
    text = os.environ.get("FASTACT_STREAMING_BYTES")
    if not text:
        return
    number = re.fullmatch(r"(\d+)([KMG]?)", text.strip().upper())
    if number:
        _ufuncs.set_streaming_bytes(float(int(number[1]) << 10 * " KMG".index(number[2] or " ")))
    else:
        warnings.warn(
            f"FASTACT_STREAMING_BYTES={text!r} is not a number of bytes such as 48M and is ignored",
            RuntimeWarning,
            stacklevel=2,
        )


_threads_from_environment()
_isa_from_environment()
_streaming_from_environment()
