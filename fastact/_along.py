"""Calls along an axis that the kernels do not take: axis=None, tuples of axes, where=, containers.

Whatever comes in ends as rows: the axes stand last and are one, and what takes no part is replaced
by an element that adds nothing. Containers get back what they brought: labels, masks, dimensions.
"""

from __future__ import annotations

import functools
import math
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from fastact import _ufuncs
from fastact._containers import (
    apply_in_xarray,
    expand_in_xarray,
    is_dask,
    is_labelled,
    is_pandas,
    is_xarray,
    overrides,
    relabelled,
    same_labels,
    values_in_pandas,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    _Array: TypeAlias = NDArray[Any]
    _Axis: TypeAlias = int | tuple[int, ...] | None

__all__ = ["along_axis"]

# What stands for an operand that takes no part, and what the result is there.
_NEUTRAL = {
    "softmax": (-math.inf,),
    "softmin": (math.inf,),
    "log_softmax": (-math.inf,),
    "logsumexp": (-math.inf,),
    "softmax_backward": (0.0, 0.0),
    "softmin_backward": (0.0, 0.0),
    "log_softmax_backward": (0.0, -math.inf),
    "softmax_one": (-math.inf,),
    "softmax_one_backward": (0.0, 0.0),
    "sparsemax": (-math.inf,),
    "sparsemax_backward": (0.0, 0.0),
    "entmax15": (-math.inf,),
    "entmax15_backward": (0.0, 0.0),
}
_LEFT_OUT = {"log_softmax": -math.inf}


class _Call(NamedTuple):
    """A call of a ufunc along an axis, its arguments sorted."""

    ufunc: np.ufunc
    numpy_call: Callable[[np.ufunc, tuple[Any, ...], dict[str, Any]], Any]
    inputs: tuple[Any, ...]
    out: Any
    axis: _Axis
    where: Any
    keepdims: bool
    rest: dict[str, Any]  # what is NumPy's own affair

    @property
    def whole(self) -> bool:
        """Whether the result has the shape of the operands."""
        return self.ufunc.__name__ != "logsumexp"

    @property
    def simple(self) -> bool:
        """Whether NumPy understands the call as it is."""
        return self.where is True and not (self.axis is None or isinstance(self.axis, tuple))

    @property
    def keywords(self) -> dict[str, Any]:
        """The keywords of the call, without what is left at its default; the axis always."""
        given: dict[str, Any] = (
            dict(self.rest) if "axes" in self.rest else self.rest | {"axis": self.axis}
        )
        if self.keepdims:
            given["keepdims"] = True
        if self.out is not None:
            given["out"] = (self.out,)
        if self.where is not True:
            given["where"] = self.where
        return given

    def plain(self) -> Any:
        """Let NumPy do it."""
        return self.numpy_call(self.ufunc, self.inputs, self.keywords)


def along_axis(
    ufunc: np.ufunc,
    numpy_call: Callable[[np.ufunc, tuple[Any, ...], dict[str, Any]], Any],
    inputs: tuple[Any, ...],
    keywords: dict[str, Any],
) -> Any:
    """Carry out a call that is not one of plain arrays along one axis.

    Parameters
    ----------
    ufunc : numpy.ufunc
        One of the functions along an axis.
    numpy_call : callable
        NumPy's own call of a ufunc: of the ufunc, its operands and keywords.
    inputs : tuple
        The operands.
    keywords : dict
        The keywords of the call; `out`, if there is one, among them.
    """
    rest = dict(keywords)
    out = rest.pop("out", None)
    if isinstance(out, tuple) and len(out) == 1:
        (out,) = out
    call = _Call(
        ufunc,
        numpy_call,
        inputs,
        out,
        rest.pop("axis", -1),
        _condition(rest.pop("where", True)),
        rest.pop("keepdims", False) if ufunc.__name__ == "logsumexp" else False,
        rest,
    )
    operands = (*inputs, out)
    handle = _handler(operands)
    if handle is not None:
        return handle(call)
    if any(map(overrides, operands)):
        return call.plain() if call.where is True else _ask(call)
    if call.simple and "temperature" in call.rest:
        return _with_temperature(call)
    if call.simple:
        return call.plain()
    return _on_arrays(call)


def _condition(where: Any) -> Any:
    """Return where=, checked as far as its dtype is known; True for everything."""
    if where is True or where is np.True_:
        return True
    if not overrides(where):
        where = np.asanyarray(where)
    dtype = getattr(where, "dtype", None)
    if dtype is not None and dtype != np.bool_:
        raise TypeError(f"where must be of booleans, not of {dtype}")
    return where


# ---- arrays ----


def _with_temperature(call: _Call) -> Any:
    """Give the core fresh arrays, as NumPy's own call knows of no temperature."""
    arrays = [np.array(x, dtype=np.asarray(x).dtype.newbyteorder("=")) for x in call.inputs]
    rest = {key: value for key, value in call.rest.items() if key in ("temperature",)}
    others = {key: value for key, value in call.rest.items() if key not in rest}
    temperature = _ufuncs.as_temperature(rest["temperature"])
    known = call._replace(rest=others)
    empty = any(x.size == 0 or x.ndim == 0 for x in arrays)
    floating = all(np.can_cast(x.dtype, np.float64) for x in arrays)
    if temperature == 1 or empty or others or not floating:
        if others and temperature != 1:
            raise TypeError(f"temperature cannot be given beside {sorted(others)[0]}")
        return known.plain()
    same = [np.array(x) for x in np.broadcast_arrays(*arrays)]
    y = call.ufunc(*same, axis=call.axis, temperature=temperature)
    if call.keepdims and isinstance(call.axis, int):
        y = np.expand_dims(y, call.axis)
    if call.out is None:
        return _wrapped(call, y)
    _store(call, y, call.out, None)
    return call.out


class _Rows(NamedTuple):
    """The operands with their axes last and merged, and where the axes were."""

    arrays: list[_Array]
    left_out: list[_Array | None]  # by a mask
    outer: tuple[int, ...]  # shape without the axes
    core: tuple[int, ...]  # their lengths
    axes: tuple[int, ...]  # their places in the result

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the operands, broadcast."""
        sizes = iter(self.outer)
        at = dict(zip(self.axes, self.core, strict=True))
        return tuple(
            at[d] if d in at else next(sizes) for d in range(len(self.outer) + len(self.core))
        )

    def merge(self, array: Any) -> Any:
        """Bring an array of `shape` into the form of rows."""
        return _merged(array, self.axes)

    def restore(self, array: Any) -> Any:
        """Bring rows into the shape of the operands."""
        unfolded = array.reshape(array.shape[:-1] + self.core)
        return np.moveaxis(unfolded, range(-len(self.core), 0), self.axes)


def _merged(array: Any, axes: tuple[int, ...]) -> Any:
    """Move axes to the end and make one of them."""
    moved = np.moveaxis(array, axes, range(-len(axes), 0))
    outer = moved.shape[: moved.ndim - len(axes)]
    return moved.reshape((*outer, math.prod(moved.shape[moved.ndim - len(axes) :])))


def _axes_of(axis: _Axis, ndim: int) -> tuple[int, ...]:
    if axis is None:
        return tuple(range(ndim))
    return tuple(normalize_axis_tuple(axis, ndim, "axis"))


def _rows(call: _Call, arrays: list[Any], masks: list[Any]) -> _Rows:
    if "axes" in call.rest:
        raise TypeError(
            f"{call.ufunc.__name__}() takes axes= for plain arrays only; give one axis= here"
        )
    axes = [_axes_of(call.axis, array.ndim) for array in arrays]
    cores = [tuple(a.shape[d] for d in own) for a, own in zip(arrays, axes, strict=True)]
    if cores[0] != cores[-1]:
        raise ValueError(
            f"{call.ufunc.__name__}() takes operands of one length along the axis, got shapes"
            f" {arrays[0].shape} and {arrays[-1].shape}"
        )
    merged = [_merged(a, own) for a, own in zip(arrays, axes, strict=True)]
    left_out = [
        None if mask is None else _merged(mask, own) for mask, own in zip(masks, axes, strict=True)
    ]
    try:
        outer = np.broadcast_shapes(*(m.shape[:-1] for m in merged))
    except ValueError:
        raise ValueError(
            f"{call.ufunc.__name__}() cannot broadcast the shapes"
            f" {arrays[0].shape} and {arrays[-1].shape}"
        ) from None
    return _Rows(merged, left_out, outer, cores[0], _axes_of(call.axis, len(outer) + len(cores[0])))


def _on_arrays(call: _Call) -> Any:
    """Carry out the call for what NumPy makes arrays of."""
    arrays = [np.asarray(operand) for operand in call.inputs]
    rows = _rows(call, arrays, [None] * len(arrays))
    result, _ = _computed(call, rows, call.out)
    if call.out is not None:
        return call.out
    return _wrapped(call, result)


def _computed(call: _Call, rows: _Rows, out: _Array | None) -> tuple[Any, Any]:
    """Return the result, and what took part in it: None for everything."""
    part = _part(call, rows)
    rest = {key: value for key, value in call.rest.items() if key not in ("order", "subok")}
    operands: list[_Array] = rows.arrays
    if part is not None:
        few = tuple(np.empty((0, 1), array.dtype) for array in operands)
        known = {key: value for key, value in rest.items() if key != "temperature"}
        loop = call.numpy_call(call.ufunc, few, known).dtype
        neutral = _NEUTRAL[call.ufunc.__name__]
        operands = [
            _replaced(array, part, value, loop)
            for array, value in zip(operands, neutral, strict=True)
        ]
    y = call.ufunc(*operands, **rest)
    if call.whole and part is not None and out is None:
        y[~part] = _LEFT_OUT.get(call.ufunc.__name__, 0)
    result = rows.restore(np.asarray(y)) if call.whole else np.asarray(y)
    if not call.whole and call.keepdims:
        result = np.expand_dims(result, rows.axes)
    chosen = None if part is None or not call.whole else rows.restore(part)
    if out is not None:
        _store(call, result, out, chosen)
    elif call.whole:
        result = _laid_out(call, result)
    return result, part


def _part(call: _Call, rows: _Rows) -> _Array | None:
    """Return which elements of the rows take part; None for all."""
    shape = (*rows.outer, math.prod(rows.core))
    part = None
    if call.where is not True:
        try:
            part = rows.merge(np.broadcast_to(np.asarray(call.where), rows.shape))
        except ValueError:
            raise ValueError(
                f"where must broadcast to the shape of the operands, {rows.shape}, got"
                f" {np.shape(call.where)}"
            ) from None
    for mask in rows.left_out:
        if mask is not None:
            kept = np.broadcast_to(~mask, shape)
            part = kept if part is None else part & kept
    return part


def _replaced(array: _Array, part: _Array, value: float, dtype: np.dtype[Any]) -> _Array:
    """Return a copy with a neutral element for everything that takes no part."""
    filled = np.full(part.shape, value, dtype)
    np.copyto(filled, array, where=part, casting="same_kind")
    return filled


def _store(call: _Call, result: _Array, out: _Array, part: _Array | None) -> None:
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be an array, got {type(out).__name__}")
    if out.shape != result.shape:
        raise ValueError(f"out must have the shape {result.shape}, got {out.shape}")
    casting = call.rest.get("casting", "same_kind")
    np.copyto(out, result, casting=casting, where=True if part is None else part)


def _laid_out(call: _Call, result: _Array) -> _Array:
    """Return the result in the memory order that NumPy would give it."""
    order = call.rest.get("order", "K")
    like = np.asarray(call.inputs[0])
    if order in ("C", "F") or like.shape != result.shape:
        return np.asarray(result, order=order if order in ("C", "F") else None)
    fresh = np.empty_like(like, result.dtype, order=order or "K", subok=False)
    if fresh.strides == result.strides:
        return result
    fresh[...] = result
    return fresh


def _wrapped(call: _Call, result: _Array) -> Any:
    """Return the result as the subclass that has most to say among the operands."""
    wrappers = [x for x in call.inputs if hasattr(x, "__array_wrap__") and not _is_base(x)]
    if wrappers and call.rest.get("subok", True):
        first = max(wrappers, key=lambda x: getattr(x, "__array_priority__", 0.0))
        return first.__array_wrap__(result)
    return result[()] if result.ndim == 0 else result


def _is_base(operand: Any) -> bool:
    return type(operand) is np.ndarray or isinstance(operand, np.generic)


# ---- masked arrays ----


def _on_masked(call: _Call) -> Any:
    """Masked elements take no part, and stay masked."""
    if any(map(overrides, (*call.inputs, call.out))):
        return _ask(call)
    arrays = [np.asarray(np.ma.getdata(operand)) for operand in call.inputs]
    masks = [
        np.ma.getmaskarray(operand) if np.ma.is_masked(operand) else None for operand in call.inputs
    ]
    rows = _rows(call, arrays, masks)
    masked_out = isinstance(call.out, np.ma.MaskedArray)
    target = call.out.data if masked_out else call.out
    result, part = _computed(call, rows, target)
    mask = _mask_of_result(call, rows, part)
    if call.out is not None and not masked_out:
        return call.out
    if masked_out:
        call.out.mask = mask
        return call.out
    if result.ndim == 0:
        return np.ma.masked if mask.any() else result[()]
    first = max(
        (x for x in call.inputs if isinstance(x, np.ma.MaskedArray)),
        key=lambda x: x.__array_priority__,
    )
    wrapped = first.__array_wrap__(result)
    wrapped.mask = mask
    return wrapped


def _mask_of_result(call: _Call, rows: _Rows, part: _Array | None) -> _Array:
    if not call.whole:
        mask = np.zeros(rows.outer, np.bool_) if part is None else np.asarray(~part.any(-1))
        return np.expand_dims(mask, rows.axes) if call.keepdims else mask
    mask = np.zeros((*rows.outer, math.prod(rows.core)), np.bool_)
    for own in rows.left_out:
        if own is not None:
            mask |= own
    whole: _Array = rows.restore(mask)
    return whole


# ---- containers ----


def _on_pandas(call: _Call) -> Any:
    """Labels stay; a sum along an axis is labelled by the other one."""
    if any(overrides(x) and not is_pandas(x) for x in (*call.inputs, call.out)):
        return _ask(call)
    inputs = _aligned(call)
    like: Any = next((x for x in inputs if is_pandas(x)), None)
    where = call.where
    if is_labelled(where):
        if like is not None and not same_labels(where, like):
            raise ValueError("where must have the labels of the operands")
        where = where.to_numpy(np.bool_)
    out = call.out
    pandas_out = is_pandas(out)
    bare = call._replace(where=where, out=None if pandas_out else out)
    result = call.ufunc(*map(values_in_pandas, inputs), **bare.keywords)
    if pandas_out:
        _store_in_pandas(out, result, where)
        return out
    if out is not None or like is None:
        return result
    if call.whole:
        return relabelled(like, result, (0, 1))
    if call.keepdims or np.ndim(result) != 1:  # no label goes with a length of 1
        return result
    (kept,) = {0, 1} - set(_axes_of(call.axis, like.ndim))
    return relabelled(like, result, (kept,))


def _aligned(call: _Call) -> tuple[Any, ...]:
    """Align two labelled operands, as pandas does it for every ufunc."""
    if len(call.inputs) < 2 or not all(is_labelled(x) for x in call.inputs):
        return call.inputs
    g, y = call.inputs
    if g.ndim != y.ndim:
        raise TypeError(
            f"{call.ufunc.__name__}() takes two DataFrames or two Series, not one of each"
        )
    return (g, y) if same_labels(g, y) else tuple(g.align(y, join="outer"))


def _store_in_pandas(out: Any, result: Any, where: Any) -> None:
    if np.shape(result) != out.shape:
        raise ValueError(f"out must have the shape {np.shape(result)}, got {out.shape}")
    if where is not True:
        result = np.where(np.broadcast_to(where, out.shape), result, values_in_pandas(out))
    out[:] = result


def _on_xarray(call: _Call) -> Any:
    """The axis is one of the first operand's dimensions, whose order stays."""
    name = call.ufunc.__name__
    if call.out is not None:
        raise TypeError(f"{name}() has no out= for xarray objects; give it the arrays in them")
    first: Any = next(x for x in call.inputs if is_xarray(x))
    names = [first.dims[axis] for axis in _axes_of(call.axis, first.ndim)]
    last = tuple(range(-len(names), 0))
    inputs = [_in_xarray(x, first) for x in call.inputs]
    if call.where is not True:
        inputs.append(_broadcast_in_xarray(_in_xarray(call.where, first), first))

    def on_arrays(*arrays: Any) -> Any:
        given = call.rest if call.where is True else call.rest | {"where": arrays[-1]}
        return call.ufunc(*arrays[: call.ufunc.nin], axis=last, **given)

    result = apply_in_xarray(on_arrays, inputs, names, names if call.whole else [])
    if not call.whole and call.keepdims:
        result = expand_in_xarray(result, names)
    return result.transpose(*(dim for dim in first.dims if dim in result.dims))


def _in_xarray(operand: Any, like: Any) -> Any:
    if is_xarray(operand):
        return operand
    return like.copy(data=np.broadcast_to(operand, like.shape))


def _broadcast_in_xarray(operand: Any, like: Any) -> Any:
    if hasattr(operand, "set_dims"):  # a Variable
        return operand.set_dims(like.sizes)
    return sys.modules["xarray"].broadcast(operand, like)[0]


def _on_dask(call: _Call) -> Any:
    """Blocks hold whole rows; dask refuses an axis that is cut into chunks."""
    if call.out is not None:
        raise TypeError(
            f"{call.ufunc.__name__}() has no out= for dask arrays; store its result instead"
        )
    dask: Any = sys.modules["dask.array"]
    arrays = [dask.asanyarray(operand) for operand in call.inputs]
    rows = _rows(call, arrays, [None] * len(arrays))
    operands: list[Any] = list(rows.arrays)
    if call.where is not True:
        where = rows.merge(dask.broadcast_to(dask.asarray(call.where), rows.shape))
        operands.append(where.rechunk({where.ndim - 1: -1}))
    loops = [(*range(-x.ndim, -1), f"core {k}") for k, x in enumerate(operands)]
    pairs = (part for pair in zip(operands, loops, strict=True) for part in pair)
    _, operands = dask.core.unify_chunks(*pairs)

    @functools.wraps(call.ufunc, updated=())
    def on_blocks(*blocks: Any) -> Any:
        given = call.rest if call.where is True else call.rest | {"where": blocks[-1]}
        return call.ufunc(*blocks[: call.ufunc.nin], axis=-1, **given)

    signature = ",".join(["(n)"] * len(operands)) + ("->(n)" if call.whole else "->()")
    y = dask.apply_gufunc(on_blocks, signature, *operands)
    if call.whole:
        return rows.restore(y)
    return np.expand_dims(y, rows.axes) if call.keepdims else y


# ---- anything else ----


def _is_masked(operand: Any) -> bool:
    return isinstance(operand, np.ma.MaskedArray)


def _ask(call: _Call) -> Any:
    """Ask the operands, as NumPy would if a ufunc along an axis had where=."""
    asked: list[Any] = []
    for operand in (*call.inputs, call.out):
        if overrides(operand) and type(operand) not in map(type, asked):
            place = next(
                (k for k, other in enumerate(asked) if isinstance(operand, type(other))), len(asked)
            )
            asked.insert(place, operand)
    for operand in asked:
        override = type(operand).__array_ufunc__
        if override is None:
            raise TypeError(f"operand {type(operand).__name__!r} does not support ufuncs")
        result = override(operand, call.ufunc, "__call__", *call.inputs, **call.keywords)
        if result is not NotImplemented:
            return result
    names = ", ".join(type(operand).__name__ for operand in asked)
    raise TypeError(f"{call.ufunc.__name__}() is not implemented for {names}")


def _handler(operands: tuple[Any, ...]) -> Callable[[_Call], Any] | None:
    """Return what handles the operands, by the outermost container among them."""
    for handle, belongs in (
        (_on_xarray, is_xarray),
        (_on_pandas, is_pandas),
        (_on_dask, is_dask),
        (_on_masked, _is_masked),
    ):
        if any(map(belongs, operands)):
            return handle
    return None
