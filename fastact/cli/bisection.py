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

    def on_the_left(low: Floats, middle: Floats, high: Floats) -> Any:
        return np.abs(middle - low) >= np.abs(high - middle)

    return _bisected(function, low, high, on_the_left)


def change_of_sign(function: Function, low: Floats, high: Floats) -> Floats:
    """Return where a function of different signs at the ends of an interval changes its sign."""
    return _bisected(function, low, high, lambda a, middle, _: np.sign(middle) != np.sign(a))[0]


def _bisected(
    function: Function, low: Floats, high: Floats, on_the_left: _Rule
) -> tuple[Floats, Floats]:
    """Halve intervals until their ends are neighbours; the rule chooses from three results."""
    at_low, at_high = function(low), function(high)
    for _ in range(64):
        first, last = _ranks(low), _ranks(high)
        middle = _floats(first + (last - first) // 2)
        at_middle = function(middle)
        left = on_the_left(at_low, at_middle, at_high)
        low, at_low = np.where(left, low, middle), np.where(left, at_low, at_middle)
        high, at_high = np.where(left, middle, high), np.where(left, at_middle, at_high)
    return low, high


def _ranks(x: Floats) -> NDArray[np.int64]:
    """Return integers that count the floats, 0 for 0."""
    bits = x.view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def _floats(ranks: NDArray[np.int64]) -> Floats:
    """Return the floats of such integers."""
    floats: Floats = np.where(ranks < 0, np.int64(-(2**63)) - ranks, ranks).view(np.float64)
    return floats
