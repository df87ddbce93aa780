"""The formulas over mpmath, as the reference for float64: true values kept to far below an ulp.

A true value is (high + low) 2^exponent, so that an error can be told to a small part of an ulp, in
the subnormal range too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastact.cli import reference

__all__ = ["BITS", "Exact", "available", "evaluate", "namespace"]

# Of precision: 53 for the result, 53 lost about a root, the rest to spare.
BITS = 240

# What is less is an error of the last bits.
_NOTHING = 2.0 ** (40 - BITS)

# No float64 result has a smaller binary exponent in the sense of frexp; all below is 0.
_LEAST_EXPONENT = -1085


@dataclass(frozen=True)
class Exact:
    """True values (high + low) 2^exponent.

    Attributes
    ----------
    nearest : ndarray of float64
        The true values correctly rounded.
    high, low : ndarray of float64
        A number of magnitude in [1/2, 1), or smaller where the exponent is the least, and what
        is left of it.
    exponent : ndarray of int64
    """

    nearest: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    exponent: NDArray[np.int64]

    def rounded_to_odd(self) -> NDArray[np.float64]:
        """Return a float64 beside each true value that no second rounding takes for a tie."""
        with np.errstate(all="ignore"):
            left = (self.high - np.ldexp(self.nearest, -self.exponent)) + self.low
            beside = np.nextafter(self.nearest, np.copysign(np.inf, left))
        even = self.nearest.view(np.int64) % 2 == 0
        return np.where(even & (np.abs(left) > _NOTHING), beside, self.nearest)

    def ulp_error(self, got: ArrayLike, dtype: DTypeLike = np.float64) -> NDArray[np.float64]:
        """Return how far results are from the true values, in ulps of a dtype."""
        got = np.asarray(got, dtype=np.float64)
        bits, smallest, largest = reference.number_format(np.dtype(dtype))
        ulp = np.clip(self.exponent - bits, smallest, math.frexp(largest)[1] - bits)
        with np.errstate(all="ignore"):
            scaled = np.ldexp(got, -self.exponent)
            error = np.ldexp(np.abs((scaled - self.high) - self.low), self.exponent - ulp)
        plain = np.isfinite(got) & np.isfinite(self.nearest)
        return np.where(plain, error, reference.ulp_error(got, self.nearest))


def available() -> bool:
    """Tell whether mpmath is installed."""
    return find_spec("mpmath") is not None


def evaluate(name: str, form: str, *operands: ArrayLike) -> Exact:
    """Return the true values of an activation's form, flat.

    Parameters
    ----------
    name : str
        A key of `fastact._activations.ENTRIES`.
    form : str
        One of those with one result. ``"backward"`` is the first result of that form, and
        ``"backward_parameter"`` the second.
    *operands : array_like
        As in `reference.evaluate`.

    Raises
    ------
    ModuleNotFoundError
        If mpmath is not installed.
    """
    from mpmath import mp, mpf

    formula = reference.formula(name, form)
    g, arrays, parameters = reference.arguments(name, form, operands)
    factors, *columns = (
        column.ravel().tolist()
        for column in np.broadcast_arrays(1.0 if g is None else g, *arrays, *parameters)
    )
    parts = []
    with mp.workprec(BITS):
        for factor, *numbers in zip(factors, *columns, strict=True):
            if any(number != number for number in (factor, *numbers)):
                parts.append((np.nan, np.nan, 0.0, _LEAST_EXPONENT))
            else:
                value = formula(namespace(), *map(mpf, numbers))
                parts.append(_split(mpf(value) * factor))
    nearest, high, low, exponent = (np.array(column) for column in zip(*parts, strict=True))
    return Exact(nearest, high, low, exponent.astype(np.int64))


def _split(value: Any) -> tuple[float, float, float, int]:
    """Return a true value's parts: nearest, high, low, exponent."""
    from mpmath import mp, mpf

    if not mp.isfinite(value) or value == 0:
        return float(value), float(value), 0.0, _LEAST_EXPONENT
    mantissa, exponent = mp.frexp(value)
    # A subnormal is rounded once, to its fewer bits; float() would round twice.
    subnormal = exponent < -1021
    nearest = math.ldexp(int(mp.nint(mp.ldexp(value, 1074))), -1074) if subnormal else float(value)
    kept = max(int(exponent), _LEAST_EXPONENT)
    dropped = kept - int(exponent)
    mantissa = mp.ldexp(mantissa, -dropped) if dropped < 400 else mpf(0)
    high = float(mantissa)
    return nearest, high, float(mantissa - high), kept


@cache
def namespace() -> Any:
    """Return the functions that the formulas are written in, for one mpmath number.

    Arguments beyond every dtype are cut: mpmath would take its time over the digits of nothing.
    """
    from mpmath import mp, mpf

    def exp(x: Any) -> Any:
        return mpf(0) if x < -1e6 else mp.exp(x)

    def expm1(x: Any) -> Any:
        return mpf(-1) if x < -1e6 else mp.expm1(x)

    def tanh(x: Any) -> Any:
        return mp.tanh(max(min(x, mpf(1e4)), mpf(-1e4)))

    def expit(x: Any) -> Any:
        decay = exp(-abs(x))
        return (1 if x >= 0 else decay) / (1 + decay)

    @cache
    def number(text: str) -> Any:
        with mp.workprec(2 * BITS):
            return mpf(text)

    def tail_ratio(t: Any) -> Any:
        """Return Phi(-t) sqrt(2 pi) e^(t^2/2) for t >= 0, Mills' ratio."""
        if t < 30:
            return mp.sqrt(mp.pi / 2) * mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2)
        fraction = t  # t + 1/(t + 2/(t + 3/(t + ...)))
        for k in range(min(800, int(40000 / t) + 20), 0, -1):
            fraction = t + k / fraction
        return 1 / fraction

    def log_ndtr(x: Any) -> Any:
        if x > 0:
            return mp.log1p(-mp.erfc(min(x, mpf(1e3)) / mp.sqrt(2)) / 2)
        if mp.isinf(x):
            return x
        return mp.log(tail_ratio(-x) / mp.sqrt(2 * mp.pi)) - x * x / 2

    def ndtr_ratio(x: Any) -> Any:
        if x <= 0:
            return -x if mp.isinf(x) else 1 / tail_ratio(-x)
        z = min(x, mpf(1e3))
        return mp.npdf(z) / mp.ncdf(z)

    def tanh_rest(x: Any) -> Any:
        if abs(x) > 1:
            return x - tanh(x)
        with mp.workprec(mp.prec + (0 if x == 0 else 4 - 2 * int(mp.mag(x)))):
            return x - mp.tanh(x)

    return SimpleNamespace(
        abs=abs,
        exp=exp,
        expm1=expm1,
        log1p=mp.log1p,
        sqrt=mp.sqrt,
        tanh=tanh,
        erf=lambda x: mp.erf(max(min(x, mpf(1e3)), mpf(-1e3))),
        erfc=lambda x: mp.erfc(max(min(x, mpf(1e3)), mpf(-1e3))),
        expit=expit,
        where=lambda condition, yes, no: yes if condition else no,
        minimum=min,
        maximum=max,
        log_ndtr=log_ndtr,
        ndtr_ratio=ndtr_ratio,
        number=number,
        minus=lambda x, text: x - number(text),
        about=lambda x, root, taylor, elsewhere: elsewhere,
        exp_rest=lambda x: x * x / 2 * mp.hyp1f1(1, 3, x),
        tanh_rest=tanh_rest,
    )
