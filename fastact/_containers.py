"""What holds arrays: masked arrays, pandas, xarray, dask. How to look into them and wrap again.

None of the packages is imported here: who brings an object of theirs has imported it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    _Array: TypeAlias = NDArray[Any]

__all__ = [
    "apply_in_xarray",
    "expand_in_xarray",
    "is_dask",
    "is_labelled",
    "is_pandas",
    "is_xarray",
    "overrides",
    "relabelled",
    "same_labels",
    "unwrapped",
    "values_in_pandas",
]


def overrides(operand: Any) -> bool:
    """Return whether ufuncs are the operand's own affair (NEP 13)."""
    base = np.ndarray.__array_ufunc__
    return getattr(type(operand), "__array_ufunc__", base) is not base


def _is_from(module: str, names: tuple[str, ...], operand: Any) -> bool:
    """Return whether an operand is of these types of a package, which may not be imported."""
    package = sys.modules.get(module)
    return any(isinstance(operand, getattr(package, name, ())) for name in names)


def unwrapped(operand: Any, name: str) -> tuple[_Array, Callable[[_Array], Any]]:
    """Return an array, and what makes a result of its shape one of the operand's kind.

    A masked array and a pandas object with NA in it give a masked array.
    """
    if isinstance(operand, np.ma.MaskedArray):
        return operand, lambda result: _remasked(operand, result)
    if is_pandas(operand):
        values = values_in_pandas(operand)
        if isinstance(values, np.ma.MaskedArray):
            return values, lambda result: relabelled(operand, _remasked(values, result), (0, 1))
        return values, lambda result: relabelled(operand, result, (0, 1))
    if is_xarray(operand):
        return np.asarray(operand), lambda result: operand.copy(data=result)
    if is_dask(operand):
        chunks = operand.chunks
        return np.asarray(operand), lambda result: sys.modules["dask.array"].from_array(
            result, chunks
        )
    if overrides(operand) and not hasattr(operand, "__array__"):
        raise TypeError(f"{name} must be an array or be made one, not {type(operand).__name__}")
    if type(operand) is np.ndarray or isinstance(operand, np.generic):
        return np.asarray(operand), lambda result: result
    return np.asarray(operand), getattr(operand, "__array_wrap__", lambda result: result)


def _remasked(like: Any, result: Any) -> Any:
    """Return a masked array of the kind of another one, and with its mask."""
    wrapped = like.__array_wrap__(np.asarray(result))
    wrapped.mask = np.ma.getmaskarray(like)
    return wrapped


# ---- pandas ----


def is_pandas(operand: Any) -> bool:
    """Return whether it is what pandas has for elements in a row or table."""
    return is_labelled(operand) or _is_array_of_pandas(operand)


def is_labelled(operand: Any) -> bool:
    """Return whether it is such an object with labels."""
    return _is_from("pandas", ("DataFrame", "Series"), operand)


def _is_array_of_pandas(operand: Any) -> bool:
    return _is_from("pandas.api.extensions", ("ExtensionArray",), operand)


def same_labels(a: Any, b: Any) -> bool:
    """Return whether two pandas objects have the same axes."""
    return len(a.axes) == len(b.axes) and all(
        p.equals(q) for p, q in zip(a.axes, b.axes, strict=True)
    )


def values_in_pandas(operand: Any) -> Any:
    """Return the elements as an array, a masked one where pandas' NA is among them."""
    if not is_pandas(operand):
        return operand
    if getattr(operand, "ndim", 1) == 1:
        return _column(operand)
    if all(isinstance(dtype, np.dtype) for dtype in operand.dtypes):
        return operand.to_numpy()
    columns = [_column(operand.iloc[:, k]) for k in range(operand.shape[1])]
    masked = any(isinstance(column, np.ma.MaskedArray) for column in columns)
    return (np.ma.stack if masked else np.stack)(columns, axis=1)


def _column(column: Any) -> Any:
    """Return a Series or an extension array as an array of one of NumPy's dtypes."""
    own = getattr(column.dtype, "numpy_dtype", None)
    if own is None or isinstance(column.dtype, np.dtype):
        return np.asarray(column)
    missing = np.asarray(column.isna())
    if not missing.any():
        return column.to_numpy(own)
    return np.ma.array(column.to_numpy(own, na_value=own.type(0)), mask=missing)


def relabelled(like: Any, result: Any, axes: Sequence[int | None]) -> Any:
    """Return a result with the labels that an object has on the axes named; None: with none."""
    missing = isinstance(result, np.ma.MaskedArray)
    nullable = "Float32" if np.dtype(result.dtype).itemsize <= 4 else "Float64"
    if _is_array_of_pandas(like):
        return sys.modules["pandas"].Series(_filled(result)).astype(nullable).array
    labels = [None if axis is None else like.axes[axis] for axis in axes[: result.ndim]]
    shrunk = result.ndim < like.ndim
    make = like._constructor_sliced if shrunk else like._constructor
    made = make(_filled(result), **dict(zip(("index", "columns"), labels, strict=False)))
    if missing:
        made = made.astype(nullable)
    return made if shrunk else made.__finalize__(like)


def _filled(values: Any) -> Any:
    return values.filled(np.nan) if isinstance(values, np.ma.MaskedArray) else values


# ---- xarray ----


def is_xarray(operand: Any) -> bool:
    """Return whether it is what xarray has for an array with named dimensions."""
    return _is_from("xarray", ("DataArray", "Variable"), operand)


def apply_in_xarray(
    function: Callable[..., Any],
    inputs: Iterable[Any],
    names: Sequence[Any],
    kept: Sequence[Any],
    changed: Iterable[Any] = (),
    results: int = 1,
) -> Any:
    """Apply a function of arrays whose last axes are the dimensions named.

    Parameters
    ----------
    function : callable
        Of as many arrays as there are inputs.
    inputs : iterable of DataArray or Variable
        The operands.
    names : sequence
        The dimensions that stand last in what the function is given.
    kept : sequence
        Those that are there in its result.
    changed : iterable
        Those whose length may differ among operands and result.
    results : int
        How many arrays the function returns.
    """
    xarray: Any = sys.modules["xarray"]
    inputs = list(inputs)
    keep = xarray.get_options()["keep_attrs"]
    return xarray.apply_ufunc(
        function,
        *inputs,
        input_core_dims=[list(names)] * len(inputs),
        output_core_dims=[list(kept)] * results,
        exclude_dims=set(changed),
        join="exact",
        keep_attrs=True if keep == "default" else keep,
        dask="allowed",
    )


def expand_in_xarray(operand: Any, names: Sequence[Any]) -> Any:
    """Return it with further dimensions, of length 1."""
    if hasattr(operand, "set_dims"):  # a Variable
        return operand.set_dims(dict.fromkeys(names, 1) | dict(operand.sizes))
    return operand.expand_dims(list(names))


# ---- dask ----


def is_dask(operand: Any) -> bool:
    """Return whether it is an array of dask."""
    return _is_from("dask.array", ("Array",), operand)
