"""Where errors are likely: where kernels change formulas, at kinks, where a derivative vanishes.

Kinks and roots are found by bisection, in the formulas of `fastact._activations`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastact import _ufuncs
from fastact._activations import entry_of
from fastact.cli import reference

_Floats = NDArray[np.float64]
_Rule = Callable[[_Floats, _Floats, _Floats], Any]  # whether to go on at the left

# Where kernels change formulas, and where an exponential reaches the end of a format.
_SWITCHES = (
    *(0.1, 0.25, 0.35, 0.5, 0.625, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 9.1, 10.0, 11.25, 12.5),
    *(14.0, 17.0, 18.4, 19.1, 20.0, 28.0, 36.7, 38.5, 40.0, 44.0, 52.0, 60.0, 64.0, 73.0, 80.0),
    *(87.3, 88.7, 104.0, 110.0, 128.0, 372.0, 512.0, 703.0, 708.4, 709.8, 745.2, 750.0, 1024.0),
)

# Between two of these there is at most one kink and one root.
_RIGHT = np.concatenate([np.linspace(0, 16, 65), np.geomspace(16, 1024, 25)[1:]])
_POINTS = np.concatenate([-_RIGHT[:0:-1], _RIGHT])

# The least jump of a derivative that makes a kink.
_JUMP = 1e-9


@cache
def landmarks() -> tuple[float, ...]:
    """Return the magnitudes of all landmarks of all activations of one array."""
    found = [np.array(_SWITCHES)]
    for name, row in _ufuncs.ACTIVATIONS.items():
        if row["arrays"] == 1:
            found += [np.abs(kinks(name)), np.abs(roots(name))]
    every = np.unique(np.concatenate(found))
    return tuple(every[every > 0].tolist())


@cache
def kinks(name: str) -> _Floats:
    """Return where an activation jumps, or its first or second derivative."""
    found = map(_kinks, _functions(name, "value", "grad", "grad_grad"))
    return np.unique(np.concatenate([*found]))


@cache
def roots(name: str) -> _Floats:
    """Return where the first derivative of an activation changes its sign, or the second."""
    return np.unique(np.concatenate([*map(_roots, _functions(name, "grad", "grad_grad"))]))


def _functions(name: str, *forms: str) -> list[Callable[[_Floats], Any]]:
    """Return those of the forms that an activation has."""
    return [partial(reference.evaluate, name, form) for form in forms if entry_of(name).form(form)]


def _kinks(function: Callable[[_Floats], _Floats]) -> _Floats:
    low, high = _bisected(
        function,
        _POINTS[:-1],
        _POINTS[1:],
        lambda low, middle, high: np.abs(middle - low) > np.abs(high - middle),
    )
    # The side that the derivative there is not taken from is one float away.
    jumps = np.abs(function(high) - function(low)) > _JUMP
    return np.where(np.abs(low) < np.abs(high), low, high)[jumps]


def _roots(function: Callable[[_Floats], _Floats]) -> _Floats:
    signs = np.sign(function(_POINTS))
    low, high = (ends[signs[:-1] * signs[1:] < 0] for ends in (_POINTS[:-1], _POINTS[1:]))
    return _bisected(function, low, high, lambda low, middle, _: np.sign(middle) != np.sign(low))[0]


def _bisected(
    function: Callable[[_Floats], _Floats], low: _Floats, high: _Floats, on_the_left: _Rule
) -> tuple[_Floats, _Floats]:
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


def _ranks(x: _Floats) -> NDArray[np.int64]:
    """Return integers that count the floats, 0 for 0."""
    bits = x.view(np.int64)
    return np.where(bits < 0, np.int64(-(2**63)) - bits, bits)


def _floats(ranks: NDArray[np.int64]) -> _Floats:
    """Return the floats of such integers."""
    bits = np.where(ranks < 0, np.int64(-(2**63)) - ranks, ranks)
    floats: _Floats = bits.view(np.float64)
    return floats
