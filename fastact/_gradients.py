"""Gradients of broadcast parameters: sums over the axes along which NumPy repeated them."""

from __future__ import annotations

import contextvars
import operator
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, SupportsIndex

import numpy as np

from fastact import _runtime
from fastact._arguments import check_out
from fastact._containers import (
    apply_in_xarray,
    expand_in_xarray,
    is_dask,
    is_pandas,
    is_xarray,
    overrides,
    relabelled,
    unwrapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeAlias

    from numpy.typing import ArrayLike, NDArray

    _Array: TypeAlias = NDArray[Any]

__all__ = ["sum_to"]

# Elements that are summed at once. Smaller blocks would fit a nearer cache, and were slower.
_BLOCK = 1 << 18

# A thread takes about 0.1 ms to start, in which one sums so many elements.
_WORTH_A_THREAD = 1 << 18


def sum_to(
    grad: ArrayLike, shape: SupportsIndex | Sequence[SupportsIndex], out: _Array | None = None
) -> _Array:
    """Sum a gradient to the shape of a parameter that was broadcast.

    It undoes broadcasting: what one element of the parameter got as gradients wherever NumPy
    repeated it is added up.

    Parameters
    ----------
    grad : array_like, shape (...)
        Gradient at each element of the broadcast result; integers count as in every function.
    shape : int or sequence of int
        Shape of the parameter; it must broadcast to that of `grad`.
    out : ndarray, optional
        Where the result is stored, of the given shape. It may overlap `grad`.

    Returns
    -------
    ndarray
        The sums, in the dtype of `grad`, with the given shape. An array that has this shape
        already comes back itself. Masked elements do not count; labels stay on the axes that do.

    Raises
    ------
    TypeError
        If `grad` is of no real dtype up to float64, or the sums cannot be cast to that of `out`.
    ValueError
        If `shape` does not broadcast to the shape of `grad`, or `out` has another shape.

    See Also
    --------
    prelu_backward, swish_backward : They give such gradients.

    Notes
    -----
    Sums are formed in float64, in pairs, and rounded once to the dtype of the result. Before that
    the error is at most (20 + 1.3 log2 n) 2^-53 times the sum of the n magnitudes. The result does
    not depend on the number of threads or on the memory layout.

    Examples
    --------
    One slope per channel:

    >>> import numpy as np
    >>> import fastact as fa
    >>> x = np.array([[-1.0, 2.0], [-3.0, -4.0]])
    >>> a = np.array([0.25, 0.1])
    >>> gx, ga = fa.prelu_backward(np.ones_like(x), x, a)
    >>> fa.sum_to(ga, a.shape)
    array([-4., -4.])
    """
    sizes = _sizes(shape)
    given: Any = grad
    if (
        not isinstance(given, np.generic)
        and type(given) is not np.ndarray
        and (overrides(given) or hasattr(given, "__array_wrap__"))
    ):
        wrapped: _Array = _sum_in_container(given, sizes, out)
        return wrapped
    array = _floating(grad)
    _check_broadcast(sizes, array.shape)
    padded = (1,) * (array.ndim - len(sizes)) + sizes
    if out is not None:
        check_out(out, sizes, array.dtype)
    elif grad is array and sizes == array.shape and array.dtype.isnative:
        return array  # nothing to sum
    sums = np.zeros(padded)
    if array.size:
        threads = min(_runtime.get_num_threads(), array.size // _WORTH_A_THREAD)
        with np.errstate(invalid="ignore"):  # inf - inf is NaN and no surprise
            _add_up(sums, array, np.empty(min(array.size, _BLOCK)), threads)
    sums = sums.reshape(sizes)
    if out is None:
        return sums.astype(array.dtype.newbyteorder("="), copy=False)
    np.copyto(out, sums, casting="same_kind")
    return out


def sum_products_to(grad: _Array, factor: _Array | None, shape: tuple[int, ...]) -> _Array:
    """Sum a gradient times a factor to a shape, the products in float64 and not stored.

    Parameters
    ----------
    grad : ndarray
        Gradient; floating, and not scalar unless the factor is.
    factor : ndarray or None
        What broadcasts to the shape of `grad`; None for 1.
    shape : tuple of int
        Shape of the result.

    Returns
    -------
    ndarray
        The sums, in the dtype of `grad`.
    """
    if factor is None:
        return sum_to(grad, shape)
    padded = (1,) * (grad.ndim - len(shape)) + shape
    sums = np.zeros(padded)
    if grad.size:
        threads = min(_runtime.get_num_threads(), grad.size // _WORTH_A_THREAD)
        scratch = np.empty(min(grad.size, _BLOCK))
        with np.errstate(invalid="ignore", over="ignore"):
            _add_up(sums, grad, scratch, threads, np.broadcast_to(factor, grad.shape))
    return sums.reshape(shape).astype(grad.dtype.newbyteorder("="), copy=False)


def _floating(operand: ArrayLike) -> _Array:
    """Return an array of the dtype in which the functions give their results."""
    array = np.asarray(operand)
    if array.dtype.kind in "biu":
        return array.astype(np.float32 if array.dtype.itemsize <= 2 else np.float64)
    if not _is_floating(array.dtype):
        raise TypeError(f"grad must be real and at most float64, not {array.dtype}")
    return array


def _is_floating(dtype: Any) -> bool:
    # Not by np.floating, among which NumPy does not count the bfloat16 of ml_dtypes.
    if not isinstance(dtype, np.dtype) or dtype.kind in "biu":
        return False
    return bool(np.can_cast(dtype, np.float64))


def _sum_in_container(grad: Any, sizes: tuple[int, ...], out: Any) -> Any:
    """Return the sums in what `grad` is held in."""
    if out is None and np.shape(grad) == sizes and _is_floating(getattr(grad, "dtype", None)):
        return grad
    if is_xarray(grad):
        return _sum_in_xarray(grad, sizes, out)
    if is_dask(grad) and out is None:
        return _sum_in_dask(grad, sizes)
    array, wrap = unwrapped(grad, "grad")
    if isinstance(array, np.ma.MaskedArray):
        return _sum_of_masked(grad, array, sizes, out)
    sums = sum_to(np.asarray(array), sizes, out)
    if out is not None or not sums.shape:
        return sums if out is not None else sums[()]
    return _labelled(grad, sums) if is_pandas(grad) else wrap(sums)


def _sum_of_masked(grad: Any, array: Any, sizes: tuple[int, ...], out: Any) -> Any:
    counted = ~np.ma.getmaskarray(array)
    zero = np.zeros((), array.dtype)
    sums = sum_to(np.where(counted, np.ma.getdata(array), zero), sizes, out)
    if out is not None:
        return sums
    masked = np.ma.array(sums, mask=sum_to(counted, sizes) == 0)
    if not masked.ndim:
        return masked[()]
    if is_pandas(grad):
        return _labelled(grad, masked)
    wrapped = grad.__array_wrap__(sums)
    wrapped.mask = masked.mask
    return wrapped


def _labelled(grad: Any, sums: Any) -> Any:
    """Return sums over whole axes with the labels of the others; with length 1 there are none."""
    if sums.shape == grad.shape:
        return relabelled(grad, sums, (0, 1))
    if sums.ndim == 1 and sums.shape == grad.shape[-1:]:
        return relabelled(grad, sums, (grad.ndim - 1,))
    return sums


def _sum_in_xarray(grad: Any, sizes: tuple[int, ...], out: Any) -> Any:
    if out is not None:
        raise TypeError("sum_to() has no out= for xarray objects; give it the arrays in them")
    _check_broadcast(sizes, grad.shape)
    lost = grad.dims[: grad.ndim - len(sizes)]
    left = grad.dims[len(lost) :]
    summed = [d for d, n in zip(left, sizes, strict=True) if n != grad.sizes[d]]
    kept = [d for d in left if d not in summed]

    def on_array(array: Any) -> Any:
        return np.reshape(sum_to(array, sizes), [grad.sizes[d] for d in kept])

    result = apply_in_xarray(on_array, [grad], grad.dims, kept)
    return expand_in_xarray(result, summed).transpose(*left) if summed else result


def _sum_in_dask(grad: Any, sizes: tuple[int, ...]) -> Any:
    _check_broadcast(sizes, grad.shape)
    result = _floating(np.empty(0, grad.dtype)).dtype
    lost = grad.ndim - len(sizes)
    summed = [d for d, n in enumerate(grad.shape) if d >= lost and n != sizes[d - lost]]
    wide = grad.astype(np.float64).sum(axis=(*range(lost), *summed), keepdims=True)
    return wide.astype(result)[(0,) * lost]


def _check_broadcast(sizes: tuple[int, ...], shape: tuple[int, ...]) -> None:
    padded = (1,) * (len(shape) - len(sizes)) + sizes
    if len(padded) != len(shape) or any(
        n not in (1, size) for n, size in zip(padded, shape, strict=True)
    ):
        raise ValueError(f"shape {sizes} does not broadcast to {shape}, the shape of grad")


def _sizes(shape: SupportsIndex | Sequence[SupportsIndex]) -> tuple[int, ...]:
    try:
        given = (shape,) if isinstance(shape, SupportsIndex) else tuple(shape)
        return tuple(operator.index(size) for size in given)
    except TypeError:
        raise TypeError(f"shape must be an int or a sequence of ints, not {shape!r}") from None


def _add_up(
    sums: _Array, grad: _Array, scratch: _Array, threads: int, factor: _Array | None = None
) -> None:
    """Sum over the axes that have length 1 in `sums`, by halves that depend on the shape alone."""
    if grad.size <= _BLOCK:
        sums[...] = _block_sums(sums.shape, grad, scratch, factor).reshape(sums.shape)
        return
    # Halves along an axis that is kept need no second array of sums, which here would be large.
    any_axis = sums.size <= _BLOCK
    axis = next(
        axis
        for axis, size in enumerate(grad.shape)
        if size > 1 and (any_axis or sums.shape[axis] > 1)
    )
    middle = (grad.shape[axis] + 1) // 2
    front = (*(slice(None),) * axis, slice(middle))
    back = (*(slice(None),) * axis, slice(middle, None))
    kept = sums.shape[axis] > 1
    targets = (sums[front], sums[back]) if kept else (sums, np.empty_like(sums))
    others = threads // 2
    factors = (None, None) if factor is None else (factor[front], factor[back])
    first = partial(_add_up, targets[0], grad[front], scratch, threads - others, factors[0])
    if others:
        more = np.empty_like(scratch)
        second = partial(_add_up, targets[1], grad[back], more, others, factors[1])
        _at_once(first, second)
    else:
        first()
        _add_up(targets[1], grad[back], scratch, threads, factors[1])
    if not kept:
        sums += targets[1]


def _block_sums(
    shape: tuple[int, ...], grad: _Array, scratch: _Array, factor: _Array | None
) -> _Array:
    """Return the sums of a block, in the order of its elements in C and with no particular shape.

    The copy makes the bits those of a C-contiguous array, whatever the layout was.
    """
    block = scratch[: grad.size].reshape(grad.shape)
    if factor is None:
        np.copyto(block, grad)
    else:
        np.multiply(grad, factor, out=block, dtype=np.float64, casting="same_kind")
    sizes: list[int] = []
    summed: list[bool] = []
    for size, target in zip(grad.shape, shape, strict=True):
        if size == 1:
            continue
        if summed and summed[-1] == (target == 1):  # neighbours of one fate are one axis
            sizes[-1] *= size
        else:
            sizes.append(size)
            summed.append(target == 1)
    block = block.reshape(sizes)
    if summed and summed[-1]:
        block = np.add.reduce(block, axis=-1)  # pairwise along a contiguous axis
        summed.pop()
    for axis in reversed(range(len(summed))):
        if summed[axis]:
            block = _folded(block, axis)
    return block


def _folded(block: _Array, axis: int) -> _Array:
    """Sum over an axis by adding the back half to the front half; the block is used up."""
    block = np.moveaxis(block, axis, 0)
    while len(block) > 1:
        middle = (len(block) + 1) // 2
        block[: len(block) - middle] += block[middle:]
        block = block[:middle]
    folded: _Array = block[0]
    return folded


def _at_once(first: Callable[[], None], second: Callable[[], None]) -> None:
    """Call both, the second in a thread of its own where one can be had."""
    failed: list[BaseException] = []
    context = contextvars.copy_context()  # which holds the errstate of NumPy

    def run() -> None:
        try:
            context.run(second)
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=run)
    try:
        thread.start()
    except RuntimeError:  # no more threads
        second()
        first()
        return
    try:
        first()
    finally:
        thread.join()
    if failed:
        raise failed[0]
