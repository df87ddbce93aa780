"""An affine map in front of a function, ``f(scale x + shift)``, in one pass over memory.

Plain arrays and numbers go to the core as they are; what else comes is made arrays first, and gets
back what it brought: labels, masks, dimensions.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from fastact import _ufuncs
from fastact._arguments import check_out
from fastact._containers import (
    apply_in_xarray,
    is_dask,
    is_labelled,
    is_pandas,
    is_xarray,
    overrides,
    relabelled,
    same_labels,
    unwrapped,
    values_in_pandas,
)
from fastact._gradients import sum_products_to, sum_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    _Array: TypeAlias = NDArray[Any]

__all__ = ["affine", "affine_backward"]


class _Function(NamedTuple):
    """What can stand behind an affine map."""

    ufunc: np.ufunc
    parameters: tuple[str, ...]
    backward: np.ufunc | None  # of a value


@functools.cache
def _described(f: np.ufunc) -> _Function:
    """Return a form of one array as what it is, or raise."""
    name = f.__name__
    if _ufuncs.UFUNCS.get(name) is f and "_backward" not in name:
        for base, row in _ufuncs.ACTIVATIONS.items():
            forms = [base + _ufuncs.form_suffix(form) for form in row["forms"]]
            if name in forms and row["arrays"] == 1:
                backward = _ufuncs.UFUNCS[f"{base}_backward"] if name == base else None
                return _Function(f, tuple(row["parameters"]), backward)
    raise TypeError(_no_function(f))


def affine(
    f: Callable[..., Any],
    x: ArrayLike,
    scale: ArrayLike = 1,
    shift: ArrayLike = 0,
    out: Any = None,
    **parameters: Any,
) -> Any:
    """Apply a function behind an affine map, ``f(scale x + shift)``, in one pass.

    Parameters
    ----------
    f : numpy.ufunc
        An elementwise function of one array, as `gelu`, or a form of one array, as `gelu_grad`
        and `gelu_value_and_grad`; or one with parameters bound to it, as `get` returns.
    x : array_like, shape (...)
        Argument of the map; bool, integer or floating.
    scale, shift : array_like, default 1 and 0
        Numbers, or arrays that broadcast with `x`: ``(C, 1, 1)`` for one value per channel of
        images, ``(C,)`` for one per column.
    out : ndarray or tuple of ndarrays, optional
        Where the result goes, of the shape to which all operands broadcast. It may be `x`.
    **parameters
        Parameters of `f`, by name.

    Returns
    -------
    ndarray
        The value of `f`, or a tuple where `f` returns two. Its dtype is that of `f` for operands
        of these dtypes: uint8 beside numbers or float32 gives float32, beside float64 float64.
        What wraps an array comes back as it came.

    Raises
    ------
    TypeError
        If `f` is no such function or has no such parameter, or for dtypes that `f` does not take.
    ValueError
        If the operands do not broadcast, or `out` has another shape.

    See Also
    --------
    affine_backward : The gradients.

    Notes
    -----
    ``scale x + shift`` is computed with one rounding, in float64 for results in float64 and in
    float32 for all smaller ones, in pieces that stay in the first cache: integers need no
    temporary array. `f` adds its own error to that of the rounded argument. Where the map
    overflows, `f` has its limit there, without a warning unless the result is infinite.

    Batch normalisation after training is such a map, with ``scale = gamma / sqrt(var + eps)`` and
    ``shift = beta - mean * scale``.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> x = np.array([[0, 128, 255]], np.uint8)
    >>> fa.affine(fa.relu, x, 1 / 128, -1)
    array([[0.       , 0.       , 0.9921875]], dtype=float32)

    A bias for each column of a matrix product:

    >>> h = np.array([[1.0, -2.0], [0.5, 3.0]]) @ np.eye(2)
    >>> fa.affine(fa.leaky_relu, h, shift=np.array([1.0, -4.0]), negative_slope=0.1)
    array([[ 2. , -0.6],
           [ 1.5, -0.1]])
    """
    function, ordered = _function(f, parameters)
    operands = (x, *ordered, scale, shift)
    outs = _outputs(function.ufunc, out)
    result = _ufuncs.call_affine(function.ufunc, operands, outs)
    if result is not NotImplemented:
        return result
    return _Call(function.ufunc, ("x", *function.parameters, "scale", "shift"), outs).run(operands)


def affine_backward(
    f: Callable[..., Any],
    g: ArrayLike,
    x: ArrayLike,
    scale: ArrayLike = 1,
    shift: ArrayLike = 0,
    **parameters: Any,
) -> tuple[Any, Any, Any]:
    """Return the gradients of ``f(scale x + shift)`` with respect to x, scale and shift.

    Parameters
    ----------
    f : numpy.ufunc
        An elementwise function of one array, as `gelu`; or one with parameters bound to it.
    g : array_like, shape (...)
        Gradient with respect to the result of `affine`; it broadcasts with the other operands.
    x : array_like, shape (...)
        Argument of the map.
    scale, shift : array_like, default 1 and 0
        Of the map.
    **parameters
        Parameters of `f`, by name.

    Returns
    -------
    gx : ndarray
        The gradient with respect to `x`, of its shape.
    gscale, gshift : ndarray
        Those with respect to `scale` and `shift`, of their shapes, scalars for numbers: what
        broadcasting repeated is summed, see `sum_to`.

    Raises
    ------
    TypeError, ValueError
        As `affine`.

    See Also
    --------
    affine : The value.
    sum_to : The sums.

    Notes
    -----
    With ``d = g f'(scale x + shift)``, in one pass and rounded to the dtype of the result,
    ``gx = scale d``, ``gscale = sum(d x)`` and ``gshift = sum(d)``. Terms and sums are
    formed in float64, and the sums rounded once. For the gradient with respect to a parameter of
    `f`, use ``sum_to(g * affine(f_grad_<parameter>, x, scale, shift), shape)``.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> x = np.array([[1.0, -2.0], [0.5, 3.0]])
    >>> g, shift = np.ones((2, 2)), np.array([0.0, 1.0])
    >>> gx, gscale, gshift = fa.affine_backward(fa.relu, g, x, 2.0, shift)
    >>> gx
    array([[2., 0.],
           [2., 2.]])
    >>> gscale, gshift
    (np.float64(4.5), array([2., 1.]))
    """
    function, ordered = _function(f, parameters)
    if function.backward is None:
        raise TypeError(f"f must be a value, such as fa.gelu, to have a gradient; got {_name(f)}")
    operands = (g, x, *ordered, scale, shift)
    outs = (None,) * function.backward.nout
    d = _ufuncs.call_affine(function.backward, operands, outs)
    if d is NotImplemented:
        names = ("g", "x", *function.parameters, "scale", "shift")
        d = _Call(function.backward, names, outs).run(operands)
    if isinstance(d, tuple):  # g times the derivatives by parameters comes with it
        d = d[0]
    return _times(d, scale, x), _summed(d, x, scale), _summed(d, None, shift)


# ---- arguments ----


def _function(f: Any, given: dict[str, Any]) -> tuple[_Function, list[Any]]:
    """Return what `f` is, and its parameters in order, None where one is left at its default."""
    while isinstance(f, functools.partial):
        given = f.keywords | given
        f = f.func
    if not isinstance(f, np.ufunc):
        raise TypeError(_no_function(f))
    function = _described(f)
    unknown = set(given) - set(function.parameters)
    if unknown:
        known = ", ".join(function.parameters) or "no parameters"
        raise TypeError(
            f"{_name(f)} takes {known}; affine() got an unexpected keyword {sorted(unknown)[0]!r}"
        )
    return function, [given.get(name) for name in function.parameters]


def _no_function(f: Any) -> str:
    told = f"f must be an elementwise function of one array, such as fa.gelu, not {_name(f)}"
    if isinstance(f, str):
        return f"{told}; fa.get({f!r}) finds a function by its name"
    if not isinstance(f, np.ufunc):
        return told
    if f.__name__.endswith("_backward"):
        return f"{told}; affine_backward() gives gradients"
    if f.signature is not None or _ufuncs.UFUNCS.get(f.__name__) is f:
        return f"{told}; apply affine(fa.identity, ...) first"
    return told


def _name(f: Any) -> str:
    known = isinstance(f, np.ufunc) and f.__name__ in {*_ufuncs.UFUNCS, *_ufuncs.AXIS_UFUNCS}
    return f"fa.{f.__name__}" if known else repr(f)


def _outputs(ufunc: np.ufunc, out: Any) -> tuple[Any, ...]:
    if out is None:
        return (None,) * ufunc.nout
    outs = out if isinstance(out, tuple) else (out,)
    if len(outs) != ufunc.nout:
        raise ValueError(
            f"out must be {'an array' if ufunc.nout == 1 else f'a tuple of {ufunc.nout} arrays'},"
            f" as many as {ufunc.__name__} has results, got {len(outs)}"
        )
    return outs


# ---- calls that the core does not take as they are ----


class _Call(NamedTuple):
    """A call of a ufunc behind an affine map: its arguments by name."""

    ufunc: np.ufunc
    names: tuple[str, ...]
    outs: tuple[Any, ...]

    def run(self, operands: tuple[Any, ...]) -> Any:
        """Find out what the operands are in, and leave it to that."""
        for belongs, on in (
            (is_xarray, self.on_xarray),
            (is_pandas, self.on_pandas),
            (is_dask, self.on_dask),
        ):
            if any(map(belongs, operands)):
                return on(operands)
        if any(isinstance(operand, np.ma.MaskedArray) for operand in operands):
            return self.on_masked(operands)
        wrapped = [
            unwrapped(x, name) if _wraps(x) else (x, None) for x, name in self.named(operands)
        ]
        arrays = tuple(array for array, _ in wrapped)
        result = self.on_arrays(arrays)
        wrap = next((wrap for _, wrap in wrapped if wrap is not None), None)
        if wrap is None or any(out is not None for out in self.outs):
            return result
        return tuple(map(wrap, result)) if isinstance(result, tuple) else wrap(result)

    def named(self, operands: tuple[Any, ...]) -> list[tuple[Any, str]]:
        """Pair operands with their names."""
        return list(zip(operands, self.names, strict=True))

    @property
    def arrays(self) -> int:
        """How many of the operands are no parameters, scale or shift."""
        return 2 if self.names[0] == "g" else 1

    def without_out(self, what: str) -> None:
        """Raise where out= is given beside a container that has its own way to store."""
        if any(out is not None for out in self.outs):
            raise TypeError(f"affine() has no out= for {what}; give it the arrays in them")

    def on_arrays(self, operands: tuple[Any, ...]) -> Any:
        """Carry out the call for what NumPy makes arrays of."""
        made = [
            x if x is None or (k >= self.arrays and type(x) in (int, float)) else np.asarray(x)
            for k, x in enumerate(operands)
        ]
        for array, name in zip(made, self.names, strict=True):
            if isinstance(array, np.ndarray):
                _check_dtype(array.dtype, name)
        shape = self.shape(made)
        loop = self.loop(made)
        for out in self.outs:
            if out is not None:
                check_out(out, shape, loop)
        size_one = [x if not isinstance(x, np.ndarray) or shape else x.reshape(1) for x in made]
        results = self.computed(size_one, shape, loop)
        if any(out is not None for out in self.outs):
            results = tuple(
                result if out is None else _stored(result, out)
                for result, out in zip(results, self.outs, strict=True)
            )
        elif not shape:
            results = tuple(result[()] for result in results)
        return results[0] if len(results) == 1 else results

    def shape(self, made: list[Any]) -> tuple[int, ...]:
        """Return the shape of the result."""
        try:
            return np.broadcast_shapes(*(x.shape for x in made if isinstance(x, np.ndarray)))
        except ValueError:
            shapes = ", ".join(
                f"{name} {x.shape}"
                for x, name in zip(made, self.names, strict=True)
                if isinstance(x, np.ndarray)
            )
            raise ValueError(
                f"the operands must broadcast, got the shapes {shapes}; one value per channel"
                " needs the shape (C, 1, 1)"
            ) from None

    def loop(self, made: list[Any]) -> np.dtype[Any]:
        """Return the dtype of the results: numbers do not count."""
        dtypes = [_element(x.dtype) for x in made if isinstance(x, np.ndarray)]
        return functools.reduce(_promoted, dtypes)

    def computed(self, made: list[Any], shape: tuple[int, ...], loop: np.dtype[Any]) -> Any:
        """Return fresh results, in one dtype if the core refuses the operands as they are."""
        if 0 in shape:
            return tuple(np.empty(shape, loop) for _ in self.outs)
        fresh = (None,) * len(self.outs)
        result = _ufuncs.call_affine(self.ufunc, tuple(made), fresh)
        if result is NotImplemented:
            cast = tuple(None if x is None else np.asarray(x).astype(loop) for x in made)
            result = _ufuncs.call_affine(self.ufunc, cast, fresh)
        results = result if isinstance(result, tuple) else (result,)
        return results if shape else tuple(result.reshape(()) for result in results)

    def on_masked(self, operands: tuple[Any, ...]) -> Any:
        """Masked in the result is what is masked in an operand."""
        result = self.on_arrays(
            tuple(np.ma.getdata(x) if isinstance(x, np.ma.MaskedArray) else x for x in operands)
        )
        first = next(x for x in operands if isinstance(x, np.ma.MaskedArray))
        masks = [np.ma.getmaskarray(x) for x in operands if isinstance(x, np.ma.MaskedArray)]
        mask = functools.reduce(np.logical_or, masks)

        def wrap(values: Any, out: Any) -> Any:
            if out is not None and not isinstance(out, np.ma.MaskedArray):
                return out
            if not np.ndim(values):
                return np.ma.masked if mask.any() else values
            wrapped = first.__array_wrap__(np.asarray(values)) if out is None else out
            wrapped.mask = np.broadcast_to(mask, wrapped.shape)
            return wrapped

        if isinstance(result, tuple):
            return tuple(map(wrap, result, self.outs))
        return wrap(result, self.outs[0])

    def on_pandas(self, operands: tuple[Any, ...]) -> Any:
        """Labels stay; operands with other ones are refused."""
        if any(out is not None for out in self.outs):
            raise TypeError("affine() has no out= for pandas objects; give it the arrays in them")
        like: Any = next(x for x in operands if is_pandas(x))
        values = tuple(_beside(x, like, name) for x, name in self.named(operands))
        result = self.run(values)

        def wrap(part: Any) -> Any:
            return relabelled(like, part, (0, 1)) if np.shape(part) == like.shape else part

        return tuple(map(wrap, result)) if isinstance(result, tuple) else wrap(result)

    def on_xarray(self, operands: tuple[Any, ...]) -> Any:
        """Dimensions broadcast by name."""
        self.without_out("xarray objects")
        given = [k for k, x in enumerate(operands) if x is not None]

        def on_arrays(*arrays: Any) -> Any:
            every = dict(zip(given, arrays, strict=True))
            return self.run(tuple(every.get(k) for k in range(len(operands))))

        return apply_in_xarray(
            on_arrays, [operands[k] for k in given], [], [], results=len(self.outs)
        )

    def on_dask(self, operands: tuple[Any, ...]) -> Any:
        """Block by block."""
        self.without_out("dask arrays")
        if len(self.outs) > 1:
            raise TypeError(
                f"affine() has no {self.ufunc.__name__} for dask arrays, which hold one result;"
                " apply value and derivative one by one"
            )
        dask: Any = sys.modules["dask.array"]
        given = [k for k, x in enumerate(operands) if x is not None]

        def on_blocks(*blocks: Any) -> Any:
            every = dict(zip(given, blocks, strict=True))
            return self.run(tuple(every.get(k) for k in range(len(operands))))

        return dask.core.elemwise(on_blocks, *(operands[k] for k in given))


def _wraps(operand: Any) -> bool:
    """Return whether an operand is more than the array that NumPy would make of it."""
    if operand is None or type(operand) is np.ndarray or isinstance(operand, np.generic):
        return False
    return overrides(operand) or hasattr(operand, "__array_wrap__")


def _element(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype in which the functions give their values."""
    if dtype.kind in "biu":
        return np.dtype(np.float32 if dtype.itemsize <= 2 else np.float64)
    return dtype.newbyteorder("=")


def _promoted(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    if a == b:
        return a
    return np.dtype(np.float64 if np.float64 in (a, b) else np.float32)


def _check_dtype(dtype: np.dtype[Any], name: str) -> None:
    bfloat = _ufuncs.bfloat16()
    half = bfloat is not None and dtype == bfloat
    if not (half or dtype.kind in "biu" or (dtype.kind == "f" and dtype.itemsize <= 8)):
        raise TypeError(
            f"{name} must be bool, integer or floating up to float64, not {dtype}; convert it with"
            " astype"
        )


def _stored(result: Any, out: Any) -> Any:
    np.copyto(out, result, casting="same_kind")
    return out


def _beside(operand: Any, like: Any, name: str) -> Any:
    """Return what is in a pandas object, or belongs to its columns."""
    if not is_labelled(operand):
        return values_in_pandas(operand)
    if is_labelled(like):
        per_column = like.ndim == 2 and operand.ndim == 1
        if same_labels(operand, like) if not per_column else operand.index.equals(like.columns):
            return values_in_pandas(operand)
    raise ValueError(f"{name} must have the labels of the first operand; or give it as an array")


# ---- gradients ----


def _times(d: Any, scale: Any, x: Any) -> Any:
    """Return scale d, summed to the shape of x."""
    if type(d) is not np.ndarray or _wraps(scale):
        gradient = d if _is_one(scale) else d * scale
        return gradient if np.shape(gradient) == np.shape(x) else _sum_like(gradient, x)
    if not _is_one(scale):
        factor = np.asarray(scale, d.dtype)
        d = _ufuncs.UFUNCS["bilinear"](d, np.broadcast_to(factor, d.shape))
    return _scalar(sum_to(d, np.shape(x)))


def _is_one(scale: Any) -> bool:
    return type(scale) in (int, float) and scale == 1


def _summed(d: Any, factor: Any, like: Any) -> Any:
    """Return the sum of d, or of d times a factor, with the shape of an operand."""
    if type(d) is np.ndarray and not _wraps(factor) and not _wraps(like):
        values = None if factor is None else np.asarray(factor)
        return _scalar(sum_products_to(d, values, np.shape(like)))
    return _sum_like(d if factor is None else d * factor, like)


def _sum_like(d: Any, like: Any) -> Any:
    """Return the sums in the container of an operand."""
    if is_xarray(like):
        others = [dim for dim in d.dims if dim not in like.dims]
        return sum_to(d.transpose(*others, *like.dims), like.shape)
    if is_xarray(d):
        d = d.to_numpy()
    sums = sum_to(d, np.shape(like))
    if is_labelled(like) and not is_labelled(sums):
        return relabelled(like, np.asarray(sums), (0, 1))
    return _scalar(sums)


def _scalar(sums: Any) -> Any:
    return sums if np.ndim(sums) else sums[()]
