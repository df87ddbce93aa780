"""Argument checks for the plain functions, which are not ufuncs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
