"""The formulas over mpmath, as the reference for float64: true values kept to far below an ulp."""

import math
from collections.abc import Iterable
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
from mpmath import mp, mpf
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fastact.cli import reference

# Of precision: 53 for the result, 53 lost about a root, the rest to spare.
BITS = 240

# Functions that it has by the names of the formulas, and is quick at wherever they are asked for.
_SAME = ("cos", "erf", "expm1", "log1p", "sin", "sqrt", "tanh")

# The bits of a result that no rounding on the way has spoilt, so that a tie is known for one.
_RELIABLE = BITS - 40


class Exact:
    """True values, numbers of mpmath."""

    def __init__(self, values: Iterable[Any]) -> None:
        self._values = list(values)

    @cached_property
    def nearest(self) -> NDArray[np.float64]:
        """The float64 nearest to each."""
        return self.rounded_to(np.float64)

    def rounded_to(self, dtype: DTypeLike) -> NDArray[Any]:
        """Return the true values correctly rounded to a dtype."""
        bits, smallest, _ = reference.number_format(np.dtype(dtype))
        with mp.workprec(_RELIABLE):
            rounded = [_rounded(+value, bits, smallest) for value in self._values]
        with np.errstate(over="ignore"):
            return np.array(rounded, np.float64).astype(dtype)

    def ulp_error(self, got: ArrayLike, dtype: DTypeLike = np.float64) -> NDArray[np.float64]:
        """Return how far results are from the true values, in ulps of a dtype."""
        got = np.broadcast_to(np.asarray(got, dtype=np.float64), self.nearest.shape)
        bits, smallest, largest = reference.number_format(np.dtype(dtype))
        error = reference.ulp_error(got, self.nearest)
        for k in np.flatnonzero(np.isfinite(got) & np.isfinite(self.nearest)):
            ulp = min(_unit(self._values[k], bits, smallest), math.frexp(largest)[1] - bits)
            error[k] = mp.ldexp(abs(mpf(float(got[k])) - self._values[k]), -ulp)
        return error


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
    return Exact(values)


def _unit(value: Any, bits: int, smallest: int) -> int:
    """Return the exponent of the last of so many bits of a number, not below the smallest."""
    return int(max(mp.mag(value) - bits, smallest))


def _rounded(value: Any, bits: int, smallest: int) -> float:
    """Return the nearest number of so many bits, none of them below 2^smallest."""
    if value == 0 or not mp.isfinite(value):
        return float(value)
    unit = _unit(value, bits, smallest)
    return math.copysign(mp.ldexp(mp.nint(mp.ldexp(value, -unit)), unit), value)


@cache
def namespace() -> Any:
    """Return the functions that the formulas are written in, for one mpmath number.

    Arguments beyond every dtype are cut: mpmath would take its time over the digits of nothing.
    """

    # Of its own type: comparisons convert nothing.
    zero, one, large, far = map(mpf, (0, 1, 1e3, -1e6))
    tail = mpf(-1e20)  # below it, the asymptotic forms have more digits than mpmath

    def exp(x: Any) -> Any:
        return zero if x < far else mp.exp(x)

    def expit(x: Any) -> Any:
        decay = exp(-abs(x))
        return (one if x >= zero else decay) / (one + decay)

    @cache
    def number(text: str) -> Any:
        with mp.workprec(2 * BITS):
            return mpf(text)

    def log_ndtr(x: Any) -> Any:
        if x > zero:
            return mp.log1p(-mp.ncdf(-min(x, large)))
        return mp.log(mp.ncdf(x)) if x > tail else -x * x / 2 - mp.log(-x * mp.sqrt(2 * mp.pi))

    def ndtr_ratio(x: Any) -> Any:
        z = min(x, large)
        return mp.npdf(z) / mp.ncdf(z) if x > tail else -x

    def tanh_rest(x: Any) -> Any:
        with mp.workprec(mp.prec + (4 - 2 * int(mp.mag(x)) if 0 < abs(x) <= 1 else 0)):
            return x - mp.tanh(x)

    return SimpleNamespace(
        abs=abs,
        exp=exp,
        erfc=lambda x: mp.erfc(min(x, large)),
        **{name: getattr(mp, name) for name in _SAME},
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
