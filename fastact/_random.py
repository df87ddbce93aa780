"""Activations that draw random numbers: the regularisers behind gelu and leaky_relu."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fastact import _ufuncs
from fastact._arguments import check_out, value_dtype
from fastact._containers import unwrapped
from fastact._groups import hardmax

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from numpy.typing import ArrayLike, NDArray

    _Array: TypeAlias = NDArray[Any]
    _Seed: TypeAlias = (
        int | np.random.Generator | np.random.BitGenerator | np.random.SeedSequence | None
    )

__all__ = ["gumbel_softmax", "rrelu", "stochastic_gelu"]

# What is drawn, compared and stored at once stays in the second cache.
_BLOCK = 1 << 15


def stochastic_gelu(x: ArrayLike, rng: _Seed = None, out: _Array | None = None) -> Any:
    """Keep each element with the probability Phi(x), and let the others be 0.

    The mean over the random numbers is `gelu`. Phi is the distribution function of the standard
    normal law.

    Parameters
    ----------
    x : array_like, shape (...)
        Argument; bool, integer or floating.
    rng : numpy.random.Generator, int or None, default None
        Source of random numbers, or the seed of one, or None for a seed from the system: what
        `numpy.random.default_rng` takes.
    out : ndarray, optional
        Where the result is stored, of the shape of `x`. It may be `x`.

    Returns
    -------
    ndarray
        The argument times a Bernoulli variable; in the dtype of `gelu`, a scalar for a scalar. What
        wraps an array comes back as it came; a dask array is computed at once.

    Raises
    ------
    TypeError
        If `x` is of a dtype that `gelu` does not take, `rng` is no source of random numbers, or
        the result cannot be cast to the dtype of `out`.
    ValueError
        If `out` has another shape, or a seed is negative.

    See Also
    --------
    gelu : The mean, for inference.
    rrelu : Leaky rectifier with random slopes.

    Notes
    -----
    x is kept where a number from ``rng.random(x.shape)`` is below Phi(x). So a seed gives the same
    result for any number of threads and any memory layout. The derivative is 1 where x was kept and
    0 elsewhere: the gradient is ``g * (y != 0)``. A 0 has the sign of x, and NaN stays NaN.

    References
    ----------
    .. [1] D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", 2016, arXiv:1606.08415.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> fa.stochastic_gelu(np.array([-9.0, -0.5, 0.5, 9.0]), rng=1)
    array([-0. , -0. ,  0.5,  9. ])
    """
    generator = _generator(rng)
    array, wrap = unwrapped(x, "x")
    x = np.asarray(array)
    dtype = value_dtype(x)
    if out is not None:
        check_out(out, x.shape, dtype)
    flat = x.ravel()
    y = np.empty(x.size, dtype)
    for start in range(0, x.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        y[part] = _keep(flat[part], generator)
    y = y.reshape(x.shape)
    if out is not None:
        out[...] = y
        return out
    if not x.flags.c_contiguous:
        laid_out = np.empty_like(x, dtype)
        laid_out[...] = y
        y = laid_out
    return wrap(y) if x.ndim else y[()]


def rrelu(
    x: ArrayLike,
    rng: _Seed = None,
    lower: float = 1 / 8,
    upper: float = 1 / 3,
    out: tuple[_Array | None, _Array | None] | None = None,
) -> tuple[Any, Any]:
    """Rectified linear unit with a random slope for negative numbers.

    Parameters
    ----------
    x : array_like, shape (...)
        Argument; bool, integer or floating.
    rng : numpy.random.Generator, int or None, default None
        Source of random numbers, or the seed of one, or None for a seed from the system: what
        `numpy.random.default_rng` takes.
    lower, upper : float, default 1/8 and 1/3
        Ends of the interval from which the slopes are drawn.
    out : tuple of two ndarrays, optional
        Where the results are stored. The first may be `x`.

    Returns
    -------
    y : ndarray
        The argument times the slope, in the dtype of `prelu`. What wraps an array comes back as it
        came; a dask array is computed at once.
    slope : ndarray
        The derivative: 1 for positive numbers, else what was drawn. The gradient is ``g * slope``.

    Raises
    ------
    TypeError
        If `x` is of a dtype that `prelu` does not take, `rng` is no source of random numbers, or
        `lower` or `upper` is no number.
    ValueError
        If not ``lower <= upper``, both finite, or a seed is negative.

    See Also
    --------
    leaky_relu : For inference, with the mean slope: ``leaky_relu(x, (lower + upper) / 2)``.

    Notes
    -----
    The slopes are ``lower + (upper - lower) * rng.random(x.shape)``, drawn for positive numbers
    too, in float64 for float64 and in float32 for smaller dtypes. So a seed gives the same result
    for any number of threads and any memory layout.

    References
    ----------
    .. [1] B. Xu, N. Wang, T. Chen, M. Li, "Empirical evaluation of rectified activations in
       convolutional network", 2015, arXiv:1505.00853.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> y, slope = fa.rrelu(np.array([-2.0, -2.0, 2.0]), rng=1)
    >>> slope
    array([0.23162951, 0.32301327, 1.        ])
    """
    generator = _generator(rng)
    low, high = _number("lower", lower), _number("upper", upper)
    if low > high or not math.isfinite(high - low):
        raise ValueError(f"lower <= upper must be finite, got lower={lower} and upper={upper}")
    array, wrap = unwrapped(x, "x")
    x = np.asarray(array)
    dtype = value_dtype(x)
    drawn = generator.random(x.shape, np.float64 if dtype == np.float64 else np.float32)
    slopes = np.empty_like(x, dtype)
    slopes[...] = low + (high - low) * drawn
    y, slope = _ufuncs.UFUNCS["prelu_value_and_grad"](x, slopes, out=out or (None, None))
    first, second = out or (None, None)
    if x.ndim:
        y = y if first is not None else wrap(y)
        slope = slope if second is not None else wrap(slope)
    return y, slope


def gumbel_softmax(
    x: ArrayLike,
    rng: _Seed = None,
    temperature: float = 1,
    hard: bool = False,
    axis: int | tuple[int, ...] | None = -1,
) -> Any:
    """Draw a category along an axis, relaxed to shares: the softmax of x plus Gumbel noise.

    Parameters
    ----------
    x : array_like, shape (..., n, ...)
        Logarithms of probabilities, but for a constant; bool, integer or floating.
    rng : numpy.random.Generator, int or None, default None
        Source of random numbers, or the seed of one, or None for a seed from the system: what
        `numpy.random.default_rng` takes.
    temperature : float, default 1
        The lower, the nearer are the shares to 0 and 1.
    hard : bool, default False
        Whether to return the category that has been drawn, too.
    axis : int, tuple of int or None, default -1
        The axis along which categories lie.

    Returns
    -------
    y : ndarray
        The shares, in the dtype of `softmax`. For gradients through them see `softmax_backward`,
        which takes the temperature, too.
    category : ndarray
        1 at the largest share and 0 elsewhere; only with ``hard``, as the first of two.

    Raises
    ------
    TypeError
        If `x` is of a dtype that `softmax` does not take, or `rng` is no source of random numbers.
    ValueError
        If there is no such axis, the temperature is not positive, or a seed is negative.

    See Also
    --------
    softmax : Without noise.
    hardmax : What makes the category.

    Notes
    -----
    The noise is ``-log(rng.standard_exponential(x.shape))``, in float64 for float64 and in float32
    for smaller dtypes. So a seed gives the same result for any number of threads and any memory
    layout.

    References
    ----------
    .. [1] E. Jang, S. Gu, B. Poole, "Categorical reparameterization with Gumbel-softmax", 2017,
       arXiv:1611.01144.

    Examples
    --------
    >>> import numpy as np
    >>> import fastact as fa
    >>> x = np.array([1.0, 2.0, 3.0])
    >>> category, y = fa.gumbel_softmax(x, rng=1, temperature=0.5, hard=True)
    >>> category
    array([0., 1., 0.])
    """
    generator = _generator(rng)
    array, wrap = unwrapped(x, "x")
    x = np.asarray(array)
    dtype = value_dtype(x)
    wide: Any = np.float64 if dtype == np.float64 else np.float32
    noise = generator.standard_exponential(x.shape, wide)
    with np.errstate(divide="ignore"):  # of the number 0
        np.log(noise, out=noise)
    shifted = np.subtract(x, noise, dtype=wide)
    softmax = _ufuncs.AXIS_UFUNCS["softmax"]
    y = softmax(shifted, axis=axis, temperature=temperature).astype(dtype, copy=False)
    if not hard:
        return wrap(y)
    return wrap(hardmax(shifted, axis).astype(dtype, copy=False)), wrap(y)


def _keep(x: _Array, generator: np.random.Generator) -> _Array:
    """Multiply each element of a block by 0 or 1."""
    x = x.astype(np.float64 if value_dtype(x) == np.float64 else np.float32, copy=False)
    # 0 and inf over themselves are NaN, which nothing reaches: they are kept, like NaN.
    with np.errstate(all="ignore"):
        dropped = generator.random(x.size) >= _ufuncs.UFUNCS["gelu"](x) / x
    kept: _Array = np.maximum(x, np.finfo(x.dtype).min) * ~dropped  # no infinity times 0
    return kept


def _generator(rng: _Seed) -> np.random.Generator:
    try:
        return np.random.default_rng(rng)
    except TypeError:
        raise TypeError(
            f"rng must be a numpy.random.Generator, a seed or None, not {rng!r}"
        ) from None
    except ValueError as error:
        raise ValueError(f"rng={rng!r} is no seed: {error}") from None


def _number(name: str, value: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, not {value!r}") from None
