"""The formulas over mpmath, as the reference for float64: true values kept to far below an ulp.

A true value is (high + low) 2^exponent, so that an error can be told to a small part of an ulp, in
the subnormal range too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from mpmath import mp, mpf
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastact.cli import reference

# Of precision: 53 for the result, 53 lost about a root, the rest to spare.
BITS = 240

# What is less is an error of the last bits.
_NOTHING = 2.0 ** (40 - BITS)

# No float64 result has a smaller binary exponent in the sense of frexp; all below is 0.
_LEAST_EXPONENT = -1085


@dataclass(frozen=True)
class Exact:
    """True values (high + low) 2^exponent, and the float64 nearest to each.

    `high` has a magnitude in [1/2, 1), or smaller where the exponent is the least.
    """

    nearest: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    exponent: NDArray[np.int64]

    @classmethod
    def of(cls, values: Iterable[Any]) -> Exact:
        """Return the parts of numbers of mpmath."""
        nearest, high, low, exponent = zip(*map(_split, values), strict=True)
        return cls(np.array(nearest), np.array(high), np.array(low), np.array(exponent, np.int64))

    def rounded_to(self, dtype: DTypeLike) -> NDArray[Any]:
        """Return the true values correctly rounded to a dtype.

        Narrower ones by way of float64s beside them that no second rounding takes for a tie.
        """
        if np.dtype(dtype) == np.float64:
            return self.nearest
        with np.errstate(all="ignore"):
            left = (self.high - np.ldexp(self.nearest, -self.exponent)) + self.low
            beside = np.nextafter(self.nearest, np.copysign(np.inf, left))
        even = self.nearest.view(np.int64) % 2 == 0
        odd = np.where(even & (np.abs(left) > _NOTHING), beside, self.nearest)
        return reference.round_to(odd, dtype)

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


def evaluate(name: str, form: str, *operands: ArrayLike) -> Exact:
    """Return the true values of an activation's form of one result, flat.

    The operands are as in `reference.evaluate`, and the forms as in `reference.formula`.
    """
    formula = reference.formula(name, form)
    g, arrays, parameters = reference.arguments(name, form, operands)
    factors, *columns = (
        column.ravel().tolist()
        for column in np.broadcast_arrays(1.0 if g is None else g, *arrays, *parameters)
    )
    functions, values = namespace(), []
    with mp.workprec(BITS):
        for factor, *numbers in zip(factors, *columns, strict=True):
            if any(map(math.isnan, (factor, *numbers))):
                values.append(mp.nan)
            else:
                value = mpf(formula(functions, *map(mpf, numbers)))
                values.append(value if factor == 1 else value * factor)
    return Exact.of(values)


def _split(value: Any) -> tuple[float, float, float, int]:
    """Return a true value's parts: nearest, high, low, exponent."""
    # What mpmath's own functions would give, without a conversion at every step.
    sign, mantissa, power, bits = map(int, value._mpf_)
    if not mantissa:  # 0, infinite or NaN
        return float(value), float(value), 0.0, _LEAST_EXPONENT
    if sign:
        mantissa = -mantissa
    exponent = power + bits
    kept = max(exponent, _LEAST_EXPONENT)
    leading = float(mantissa)
    high = math.ldexp(leading, power - kept)
    low = math.ldexp(float(mantissa - int(leading)), power - kept)
    if exponent < -1021:
        return _rounded_once(value), high, low, kept
    if exponent > 1024 or (abs(high) == 1 and exponent == 1024):
        return math.copysign(math.inf, leading), high, low, kept
    return math.ldexp(leading, power), high, low, kept


def _rounded_once(value: Any) -> float:
    """Return the float64 nearest to a subnormal number: ldexp would round it twice."""
    return math.ldexp(int(mp.nint(mp.ldexp(value, 1074))), -1074)


@cache
def namespace() -> Any:
    """Return the functions that the formulas are written in, for one mpmath number.

    Arguments beyond every dtype are cut: mpmath would take its time over the digits of nothing.
    """

    zero, one, far = mpf(0), mpf(1), mpf(-1e6)  # of its own type: comparisons convert nothing

    def exp(x: Any) -> Any:
        return zero if x < far else mp.exp(x)

    def expm1(x: Any) -> Any:
        return -one if x < far else mp.expm1(x)

    def tanh(x: Any) -> Any:
        return mp.tanh(max(min(x, mpf(1e4)), mpf(-1e4)))

    def expit(x: Any) -> Any:
        decay = exp(-abs(x))
        return (one if x >= zero else decay) / (one + decay)

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
        sin=mp.sin,
        cos=mp.cos,
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
