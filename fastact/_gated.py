"""Gates on one packed array, which holds both of their operands along an axis.

A packed array is cut into views, and the gate's ufunc runs on these: nothing is copied, and every
dtype, layout and thread is the ufunc's own affair.
"""

from __future__ import annotations

import functools
import operator
import sys
from typing import TYPE_CHECKING

import numpy as np

from fastact import _ufuncs
from fastact._arguments import check_out
from fastact._containers import (
    apply_in_xarray,
    is_dask,
    is_pandas,
    is_xarray,
    overrides,
    relabelled,
    unwrapped,
    values_in_pandas,
)

if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    from numpy.typing import ArrayLike, NDArray

    Layout: TypeAlias = Literal["halves", "swapped", "interleaved"]
    _Cut: TypeAlias = tuple[slice, ...]

__all__ = ["gated", "gated_backward"]

_BACKWARD = {
    _ufuncs.UFUNCS[name]: _ufuncs.UFUNCS[f"{name}_backward"]
    for name, row in _ufuncs.ACTIVATIONS.items()
    if row["arrays"] == 2
}


def gated(
    ufunc: np.ufunc,
    x: ArrayLike,
    axis: int = -1,
    layout: Layout = "halves",
    out: NDArray[Any] | None = None,
    **parameters: Any,
) -> NDArray[Any]:
    """Apply a gate to one array that holds both of its operands.

    Parameters
    ----------
    ufunc : numpy.ufunc
        A gate: `glu`, `swiglu`, `geglu`, `geglu_tanh`, `reglu`, `bilinear` or `swiglu_clamped`.
    x : array_like, shape (..., 2 n, ...)
        The packed array; bool, integer or floating.
    axis : int, default -1
        The axis along which `x` is packed.
    layout : {"halves", "swapped", "interleaved"}, default "halves"
        Where the gate's operands lie: a in the first half and b in the second, the other way
        round, or a in the even places and b in the odd ones.
    out : ndarray, shape (..., n, ...), optional
        Where the result goes. A fresh array by default.
    **parameters
        The gate's parameters, and keywords of `numpy.ufunc`.

    Returns
    -------
    ndarray, shape (..., n, ...)
        The gate's value. What wraps an array comes back as it came, as from a ufunc; labels along
        `axis`, of which each result has two, go away.

    Raises
    ------
    TypeError
        If `ufunc` is no gate or `axis` no integer, for dtypes that the gate does not take, and for
        an `out` that is no array or of another dtype.
    ValueError
        If `axis` is out of range, `x` has an odd length there, the layout is unknown, or `out` has
        another shape.

    See Also
    --------
    gated_backward : The gradient.

    Notes
    -----
    ``torch.nn.functional.glu(x, dim)`` is ``gated(glu, x, dim)``: its second half is the gate. The
    usual feed-forward layer, silu of the first half times the second, is ``gated(swiglu, x)``.
    gpt-oss has ``gated(swiglu_clamped, x, layout="interleaved")``.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> x = np.array([-1.0, 0.5, 2.0, 3.0])
    >>> fa.gated(fa.reglu, x)
    array([0. , 1.5])
    >>> fa.gated(fa.reglu, x, layout="interleaved")
    array([0., 6.])
    """
    _backward_of(ufunc)
    packed = x if type(x) is np.ndarray else _packed(x)
    if packed is None:
        labelled: NDArray[Any] = _gated_in_container(ufunc, x, axis, layout, out, parameters)
        return labelled
    first, second = _cuts(packed, axis, layout)
    a, b = packed[first], packed[second]
    if out is not None:
        check_out(out, a.shape)
    result: NDArray[Any] = ufunc(a, b, out=out, **parameters)
    return result


def gated_backward(
    ufunc: np.ufunc,
    g: ArrayLike,
    x: ArrayLike,
    axis: int = -1,
    layout: Layout = "halves",
    out: NDArray[Any] | None = None,
    **parameters: Any,
) -> NDArray[Any]:
    """Return the gradient of a gate with respect to the packed array, packed likewise.

    Parameters
    ----------
    ufunc : numpy.ufunc
        A gate, as `gated` takes it.
    g : array_like, shape (..., n, ...)
        Gradient with respect to the gate's value; broadcast to its shape.
    x : array_like, shape (..., 2 n, ...)
        The packed array.
    axis : int, default -1
        The axis along which `x` is packed.
    layout : {"halves", "swapped", "interleaved"}, default "halves"
        Where the gate's operands lie, see `gated`.
    out : ndarray, shape (..., 2 n, ...), optional
        Where the gradient goes, possibly `x` itself. A fresh array by default.
    **parameters
        The gate's parameters, and keywords of `numpy.ufunc`.

    Returns
    -------
    ndarray, shape (..., 2 n, ...)
        The derivatives of the gate times g, wrapped like `x`.

    Raises
    ------
    TypeError, ValueError
        As `gated`, and if `g` cannot be broadcast.

    See Also
    --------
    gated : The value.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> x = np.array([-1.0, 0.5, 2.0, 3.0])
    >>> fa.gated_backward(fa.reglu, np.ones(2), x)
    array([0. , 3. , 0. , 0.5])
    """
    backward = _backward_of(ufunc)
    if not (type(g) is type(x) is np.ndarray) and (_is_container(g) or _is_container(x)):
        contained: NDArray[Any] = _backward_in_container(ufunc, g, x, axis, layout, out, parameters)
        return contained
    packed, g = np.asarray(x), np.asarray(g)
    first, second = _cuts(packed, axis, layout)
    a, b = packed[first], packed[second]
    if g.shape != a.shape:
        g = _broadcast(g, a.shape)
    if out is not None:
        check_out(out, packed.shape)
    else:
        out = np.empty_like(packed, _dtype(backward, g, packed, parameters), subok=False)
    backward(g, a, b, out=(out[first], out[second]), **parameters)
    return out


def _is_container(operand: Any) -> bool:
    """Return whether an operand is more than the array that NumPy would make of it."""
    return (isinstance(operand, np.ndarray) and type(operand) is not np.ndarray) or (
        overrides(operand)
    )


def _packed(x: Any) -> Any:
    """Return what can be cut in two as an array is; None for what has labels on its axes."""
    if is_pandas(x) or is_xarray(x):
        return None
    if overrides(x) and not (hasattr(x, "shape") and hasattr(x, "__getitem__")):
        return np.asarray(unwrapped(x, "x")[0])
    return x if overrides(x) else np.asanyarray(x)


def _gated_in_container(
    ufunc: np.ufunc,
    x: Any,
    axis: int,
    layout: Layout,
    out: Any,
    parameters: dict[str, Any],
) -> Any:
    """Apply a gate to an object with labels, of which those along the axis go away."""
    if is_pandas(x):
        result = gated(ufunc, values_in_pandas(x), axis, layout, out, **parameters)
        kept = [None if d == axis % x.ndim else d for d in range(x.ndim)]
        return result if out is not None else relabelled(x, result, kept)
    if out is not None:
        raise TypeError("gated() has no out= for xarray objects; give it the arrays in them")
    _cuts(x, axis, layout)
    dim = x.dims[axis]
    result = apply_in_xarray(
        lambda array: gated(ufunc, array, -1, layout, **parameters), [x], [dim], [dim], [dim]
    )
    return result.transpose(*x.dims)


def _backward_in_container(
    ufunc: np.ufunc,
    g: Any,
    x: Any,
    axis: int,
    layout: Layout,
    out: Any,
    parameters: dict[str, Any],
) -> Any:
    """Return the gradient in the container of x, or as an array where x is one."""
    if is_xarray(x) and is_xarray(g):
        g = g.transpose(*x.dims)
    if is_dask(x) or is_dask(g):
        return _backward_in_dask(ufunc, g, x, axis, layout, out, parameters)
    gradient, wrapped = _parts(g, "g")[0], _parts(x, "x")
    packed, mask, wrap = wrapped
    result = gated_backward(ufunc, gradient, packed, axis, layout, out, **parameters)
    if out is not None:
        return result
    missing = _parts(g, "g")[1]
    if mask is None and missing is None:
        return wrap(result)
    first, second = _cuts(packed, axis, layout)
    either = np.zeros(packed.shape, np.bool_)
    for cut in (first, second):
        either[cut] = False if missing is None else np.broadcast_to(missing, either[cut].shape)
        if mask is not None:
            either[cut] |= mask[first] | mask[second]
    masked = np.ma.array(result, mask=either)
    return masked if isinstance(x, np.ma.MaskedArray) or not _is_container(x) else wrap(masked)


def _parts(operand: Any, name: str) -> tuple[NDArray[Any], NDArray[Any] | None, Any]:
    """Return the elements, which of them are masked if any, and what wraps a result."""
    array, wrap = unwrapped(operand, name)
    mask = np.ma.getmaskarray(array) if isinstance(array, np.ma.MaskedArray) else None
    return np.asarray(np.ma.getdata(array)), mask, wrap


def _backward_in_dask(
    ufunc: np.ufunc,
    g: Any,
    x: Any,
    axis: int,
    layout: Layout,
    out: Any,
    parameters: dict[str, Any],
) -> Any:
    """Return the gradient block by block; dask refuses an axis that is cut into chunks."""
    if out is not None:
        raise TypeError("gated_backward() has no out= for dask arrays; store its result instead")
    dask: Any = sys.modules["dask.array"]
    x = dask.asanyarray(x)
    _cuts(x, axis, layout)
    x = dask.moveaxis(x, axis, -1)
    g = dask.asanyarray(g)
    if g.ndim == x.ndim:
        g = dask.moveaxis(g, axis, -1)
    g = dask.broadcast_to(g, (*x.shape[:-1], x.shape[-1] // 2)).rechunk((*x.chunks[:-1], -1))
    result = dask.apply_gufunc(
        lambda g, x: gated_backward(ufunc, g, x, -1, layout, **parameters),
        "(n),(m)->(m)",
        g,
        x,
        output_dtypes=_dtype(_BACKWARD[ufunc], g, x, parameters),
    )
    return dask.moveaxis(result, -1, axis)


def _backward_of(ufunc: np.ufunc) -> np.ufunc:
    """Return the backward form of a gate."""
    try:
        return _BACKWARD[ufunc]
    except (KeyError, TypeError):
        names = ", ".join(gate.__name__ for gate in _BACKWARD)
        raise TypeError(f"ufunc must be a gate ({names}), got {ufunc!r}") from None


def _cuts(x: NDArray[Any], axis: int, layout: Layout) -> tuple[_Cut, _Cut]:
    """Return where a and b lie in a packed array."""
    try:
        axis = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be an integer, got {axis!r}") from None
    if layout not in ("halves", "swapped", "interleaved"):
        raise ValueError(f"layout must be 'halves', 'swapped' or 'interleaved', got {layout!r}")
    return _cuts_of_shape(x.shape, axis, layout)


@functools.lru_cache  # a call with small arrays takes a quarter less
def _cuts_of_shape(shape: tuple[int, ...], axis: int, layout: Layout) -> tuple[_Cut, _Cut]:
    ndim = len(shape)
    if ndim == 0:
        raise ValueError("x must have at least one axis, got a scalar")
    if not -ndim <= axis < ndim:
        raise ValueError(f"axis {axis} is out of range for x of {ndim} dimensions")
    length = shape[axis]
    if length % 2:
        raise ValueError(
            f"x must have an even length along axis {axis}, which holds two operands, got {length}"
        )
    before = (slice(None),) * (axis % ndim)
    if layout == "interleaved":
        return (*before, slice(0, None, 2)), (*before, slice(1, None, 2))
    first, second = (*before, slice(length // 2)), (*before, slice(length // 2, None))
    return (first, second) if layout == "halves" else (second, first)


def _broadcast(g: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    try:
        return np.broadcast_to(g, shape)
    except ValueError:
        raise ValueError(
            f"g must have the shape of the gate's value, {shape}, or broadcast to it, got {g.shape}"
        ) from None


def _dtype(
    backward: np.ufunc, g: NDArray[Any], x: NDArray[Any], parameters: dict[str, Any]
) -> np.dtype[Any]:
    """Return the dtype of the gradient, which is what the ufunc makes of these operands."""
    if g.dtype == x.dtype == np.float32 and not parameters:
        return x.dtype
    few = {key: np.ravel(p)[:0] if np.ndim(p) else p for key, p in parameters.items()}
    none = np.empty(0, x.dtype)
    gradient: NDArray[Any] = backward(np.empty(0, g.dtype), none, none, **few)[0]
    return gradient.dtype
