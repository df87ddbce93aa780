"""Functions along an axis whose result has another length, or is a place: maxout, crelu, hardmax.

They are made of NumPy's maxima and of this package's ufuncs, on views.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from fastact import _ufuncs
from fastact._affine import affine
from fastact._arguments import check_out, value_dtype
from fastact._containers import is_dask, is_pandas, is_xarray, overrides, unwrapped

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    _Array: TypeAlias = NDArray[Any]

__all__ = ["crelu", "crelu_backward", "hardmax", "hardmax_backward", "maxout", "maxout_backward"]


def hardmax(
    x: ArrayLike, axis: int | tuple[int, ...] | None = -1, out: _Array | None = None
) -> Any:
    """Return 1 at the first of the largest elements along an axis, and 0 elsewhere.

    Parameters
    ----------
    x : array_like, shape (..., n, ...)
        Elements; bool, integer or floating.
    axis : int, tuple of int or None, default -1
        The axis along which the function works; None for all of them together.
    out : ndarray, optional
        Where the result goes; it may be `x`.

    Returns
    -------
    ndarray
        Of the shape of `x`, in the dtype of `softmax`. What wraps an array comes back as it came.

    Raises
    ------
    TypeError
        If `x` is of a dtype that `softmax` does not take, or `out` of one that cannot hold it.
    ValueError
        If there is no such axis or `out` has another shape.

    See Also
    --------
    softmax : Its limit for large multiples of `x` is this, but for ties.

    Notes
    -----
    A row with NaN in it is NaN throughout.

    Examples
    --------
    >>> import fastact as fa
    >>> fa.hardmax([[1.0, 3.0, 2.0], [5.0, 5.0, 0.0]])
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    array, wrap = _array(x, "x")
    rows = _rows(array, axis)
    if out is not None:
        check_out(out, array.shape, value_dtype(array))
    y = np.zeros(rows.shape, value_dtype(array))
    if y.size:
        largest = np.argmax(rows, axis=-1)[..., np.newaxis]  # of NaN the first
        missing = np.isnan(np.take_along_axis(rows, largest, -1).astype(np.float64))
        np.put_along_axis(y, largest, 1, -1)
        if missing.any():
            y[missing[..., 0]] = np.nan
    result = _restored(y, array.shape, axis)
    if out is not None:
        np.copyto(out, result, casting="same_kind")
        return out
    return wrap(result)


def hardmax_backward(g: ArrayLike, y: ArrayLike, axis: int | tuple[int, ...] | None = -1) -> Any:
    """Return the gradient product of `hardmax`, which is 0: the result is constant but for jumps.

    Parameters
    ----------
    g : array_like, shape (..., n, ...)
        Gradient with respect to y; floating.
    y : array_like, shape (..., n, ...)
        What `hardmax` returned.
    axis : int, tuple of int or None, default -1
        The axis along which the function works.

    Returns
    -------
    ndarray
        Zeros of the shape of `g`; NaN where `g` or `y` is.

    Examples
    --------
    >>> import fastact as fa
    >>> fa.hardmax_backward([1.0, 2.0], [0.0, 1.0])
    array([0., 0.])
    """
    array, wrap = _array(g, "g")
    _rows(array, axis)
    finite = np.where(np.isinf(array), 1, array).astype(value_dtype(array), copy=False)
    return wrap(_ufuncs.UFUNCS["bilinear"](finite, np.asarray(y, finite.dtype)) * 0)


def maxout(x: ArrayLike, groups: int = 2, axis: int = -1, out: _Array | None = None) -> Any:
    """Return the largest element of each group of neighbours along an axis.

    Parameters
    ----------
    x : array_like, shape (..., n, ...)
        Elements; bool, integer or floating.
    groups : int, default 2
        How many elements are in a group; n must be a multiple.
    axis : int, default -1
        The axis along which the groups lie.
    out : ndarray, shape (..., n / groups, ...), optional
        Where the result goes.

    Returns
    -------
    ndarray, shape (..., n / groups, ...)
        In the dtype of `relu`. A group with NaN in it gives NaN.

    Raises
    ------
    TypeError
        If `x` is of a dtype that `relu` does not take, or `groups` or `axis` no integer.
    ValueError
        If n is no multiple of `groups`, or `out` has another shape.

    See Also
    --------
    maxout_backward : The gradient.

    References
    ----------
    .. [1] I. J. Goodfellow, D. Warde-Farley, M. Mirza, A. Courville, Y. Bengio, "Maxout networks",
       2013, arXiv:1302.4389.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> fa.maxout(np.array([1.0, 3.0, -2.0, -5.0]))
    array([ 3., -2.])
    """
    array, wrap = _array(x, "x")
    parts = _parts(array, groups, axis)
    if out is not None:
        check_out(out, parts[0].shape, value_dtype(array))
    y = parts[0].astype(value_dtype(array))
    for part in parts[1:]:
        np.maximum(y, part, out=y, casting="unsafe")
    if out is not None:
        np.copyto(out, y, casting="same_kind")
        return out
    return wrap(y)


def maxout_backward(g: ArrayLike, x: ArrayLike, groups: int = 2, axis: int = -1) -> Any:
    """Return the gradient of `maxout` with respect to x: g at the first maximum of each group.

    Parameters
    ----------
    g : array_like, shape (..., n / groups, ...)
        Gradient with respect to the result; floating.
    x : array_like, shape (..., n, ...)
        The argument of `maxout`.
    groups : int, default 2
        How many elements are in a group.
    axis : int, default -1
        The axis along which the groups lie.

    Returns
    -------
    ndarray, shape (..., n, ...)
        In the dtype of `g`; NaN where a group has NaN.

    Raises
    ------
    TypeError, ValueError
        As `maxout`, and if `g` has another shape than the result.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> fa.maxout_backward(np.array([10.0, 20.0]), np.array([1.0, 3.0, -2.0, -5.0]))
    array([ 0., 10., 20.,  0.])
    """
    array, wrap = _array(x, "x")
    gradient = np.asarray(_array(g, "g")[0])
    parts = _parts(array, groups, axis)
    if gradient.shape != parts[0].shape:
        raise ValueError(f"g must have the shape {parts[0].shape}, got {gradient.shape}")
    y = np.maximum.reduce(parts) if len(parts) > 1 else parts[0]
    gx = np.zeros(array.shape, value_dtype(gradient))
    left = np.ones(y.shape, np.bool_)  # groups whose maximum has not been met
    missing = y != y  # NaN, of whatever dtype
    for part, to in zip(parts, _parts(gx, groups, axis), strict=True):
        here = left & (part == y)
        np.copyto(to, gradient, where=here)
        np.copyto(to, np.nan, where=missing)
        left &= ~here
    return wrap(gx)


def crelu(x: ArrayLike, axis: int = -1, out: _Array | None = None) -> Any:
    """Return relu(x) and relu(-x), one behind the other along an axis.

    Parameters
    ----------
    x : array_like, shape (..., n, ...)
        Elements; bool, integer or floating.
    axis : int, default -1
        The axis that becomes twice as long.
    out : ndarray, shape (..., 2 n, ...), optional
        Where the result goes.

    Returns
    -------
    ndarray, shape (..., 2 n, ...)
        In the dtype of `relu`.

    Raises
    ------
    TypeError
        If `x` is of a dtype that `relu` does not take, or `axis` no integer.
    ValueError
        If there is no such axis, or `out` has another shape.

    See Also
    --------
    crelu_backward : The gradient.

    References
    ----------
    .. [1] W. Shang, K. Sohn, D. Almeida, H. Lee, "Understanding and improving convolutional neural
       networks via concatenated rectified linear units", 2016, arXiv:1603.05201.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> fa.crelu(np.array([1.0, -2.0]))
    array([1., 0., 0., 2.])
    """
    array, wrap = _array(x, "x")
    axis = _axis(axis, array.ndim)
    shape = (*array.shape[:axis], 2 * array.shape[axis], *array.shape[axis + 1 :])
    if out is not None:
        check_out(out, shape, value_dtype(array))
    direct = (
        out is not None and out.dtype == value_dtype(array) and not np.may_share_memory(out, array)
    )
    y = out if out is not None and direct else np.empty(shape, value_dtype(array))
    first, second = np.split(y, 2, axis)
    relu = _ufuncs.UFUNCS["relu"]
    relu(array, out=first)
    affine(relu, array, -1, out=second)
    if out is not None and not direct:
        np.copyto(out, y, casting="same_kind")
    return out if out is not None else wrap(y)


def crelu_backward(g: ArrayLike, x: ArrayLike, axis: int = -1) -> Any:
    """Return the gradient of `crelu` with respect to x.

    Parameters
    ----------
    g : array_like, shape (..., 2 n, ...)
        Gradient with respect to the result; floating.
    x : array_like, shape (..., n, ...)
        The argument of `crelu`.
    axis : int, default -1
        The axis that is twice as long in `g`.

    Returns
    -------
    ndarray, shape (..., n, ...)
        The first half of g where x > 0, the second, negated, where x < 0, and 0 at 0.

    Raises
    ------
    TypeError, ValueError
        As `crelu`, and if `g` has another shape than the result.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> fa.crelu_backward(np.array([10.0, 20.0, 30.0, 40.0]), np.array([1.0, -2.0]))
    array([ 10., -40.])
    """
    array, wrap = _array(x, "x")
    gradient = np.asarray(_array(g, "g")[0])
    axis = _axis(axis, array.ndim)
    shape = (*array.shape[:axis], 2 * array.shape[axis], *array.shape[axis + 1 :])
    if gradient.shape != shape:
        raise ValueError(f"g must have the shape {shape}, got {gradient.shape}")
    first, second = np.split(gradient, 2, axis)
    backward = _ufuncs.UFUNCS["relu_backward"]
    elements = array.astype(gradient.dtype, copy=False)
    gx = backward(first, elements)
    gx -= backward(second, -elements)
    return wrap(gx)


# ---- arguments ----


def _array(operand: Any, name: str) -> tuple[_Array, Any]:
    """Return an array, and what wraps a result like the operand."""
    if is_pandas(operand) or is_xarray(operand) or is_dask(operand):
        raise TypeError(f"{name} must be an array: give it {name}.to_numpy() or {name}.compute()")
    if isinstance(operand, np.ma.MaskedArray):
        raise TypeError(f"{name} must not be masked: fill it, with -inf for maxima")
    mine = isinstance(operand, np.ndarray) and type(operand) is not np.ndarray
    wraps = mine or overrides(operand)
    array, wrap = unwrapped(operand, name) if wraps else (np.asarray(operand), None)
    array = np.asarray(array)
    value_dtype(array, name)
    return array, wrap or (lambda result: result)


def _axis(axis: int, ndim: int) -> int:
    try:
        axis = operator.index(axis)
    except TypeError:
        raise TypeError(f"axis must be an integer, got {axis!r}") from None
    if not -ndim <= axis < ndim:
        raise ValueError(f"axis {axis} is out of range for x of {ndim} dimensions")
    return axis % ndim


def _parts(x: _Array, groups: int, axis: int) -> list[_Array]:
    """Return the first elements of all groups, the second ones and so on."""
    axis = _axis(axis, x.ndim)
    try:
        groups = operator.index(groups)
    except TypeError:
        raise TypeError(f"groups must be an integer, got {groups!r}") from None
    if groups < 1 or x.shape[axis] % groups:
        raise ValueError(
            f"x must have a multiple of groups={groups} elements along axis {axis}, got"
            f" {x.shape[axis]}"
        )
    before = (slice(None),) * axis
    return [x[(*before, slice(k, None, groups))] for k in range(groups)]


def _axes(axis: Any, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(_axis(d, ndim) for d in axes)


def _rows(x: _Array, axis: Any) -> _Array:
    """Return x with its axes last and one."""
    axes = _axes(axis, x.ndim)
    moved = np.moveaxis(x, axes, range(-len(axes), 0))
    return moved.reshape((*moved.shape[: x.ndim - len(axes)], -1))


def _restored(rows: _Array, shape: tuple[int, ...], axis: Any) -> _Array:
    axes = _axes(axis, len(shape))
    core = tuple(shape[d] for d in axes)
    return np.moveaxis(rows.reshape(rows.shape[:-1] + core), range(-len(axes), 0), axes)
