"""Argument checks for the plain functions, which are not ufuncs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fastact import _ufuncs

if TYPE_CHECKING:
    from typing import Any


def check_out(out: object, shape: tuple[int, ...], dtype: np.dtype[Any] | None = None) -> None:
    """Raise unless `out` is an array of this shape to which the dtype, if given, can be cast."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be an ndarray, got {type(out).__name__}")
    if out.shape != shape:
        raise ValueError(f"out must have the shape {shape}, got {out.shape}")
    if dtype is not None and not np.can_cast(dtype, out.dtype, "same_kind"):
        raise TypeError(f"out has dtype {out.dtype}, to which {dtype} cannot be cast")


def value_dtype(x: np.ndarray[Any, Any], name: str = "x") -> np.dtype[Any]:
    """Return the dtype in which every activation gives its value, or raise if there is none."""
    try:
        _, result = _ufuncs.UFUNCS["relu"].resolve_dtypes((x.dtype, None))
    except TypeError:
        raise TypeError(
            f"{name} must be bool, integer or floating up to float64, not {x.dtype}"
        ) from None
    return result
