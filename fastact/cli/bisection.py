"""Intervals halved until their ends are neighbouring floats, many at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = Callable[[Floats], Floats]
_Rule = Callable[[Floats, Floats, Floats], Any]  # whether to go on at the left


def steepest(function: Function, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return neighbours between which a function jumps, if it does so in an interval."""
    return _bisected(function, low, high, lambda a, middle, b: abs(middle - a) >= abs(b - middle))


def change_of_sign(function: Function, low: Floats, high: Floats) -> Floats:
    """Return where a function of different signs at the ends of an interval changes its sign."""
    return _bisected(function, low, high, lambda a, middle, _: np.sign(middle) != np.sign(a))[0]


def _bisected(
    function: Function, low: Floats, high: Floats, on_the_left: _Rule
) -> tuple[Floats, Floats]:
    """Halve intervals until their ends are neighbours; the rule chooses from three results."""
    at_low, at_high = function(low), function(high)
    for _ in range(64):
        first, last = _flipped(low.view(np.int64)), _flipped(high.view(np.int64))
        middle = _flipped(first + (last - first) // 2).view(np.float64)
        at_middle = function(middle)
        left = on_the_left(at_low, at_middle, at_high)
        low, at_low = np.where(left, low, middle), np.where(left, at_low, at_middle)
        high, at_high = np.where(left, middle, high), np.where(left, at_middle, at_high)
    return low, high


def _flipped(bits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Turn the bits of floats into numbers that count them, 0 for 0, and those into bits."""
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)
