"""Where errors are likely: where kernels change formulas, at kinks, where a derivative vanishes.

Kinks and roots are found by bisection, in the formulas of `fastact._activations`.
"""

from collections.abc import Callable
from functools import cache, partial

import numpy as np

from fastact import _ufuncs
from fastact._activations import entry_of
from fastact.cli import reference
from fastact.cli.bisection import Floats, Function, change_of_sign, steepest

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
def kinks(name: str) -> Floats:
    """Return where an activation jumps, or its first or second derivative."""

    def found(function: Function) -> Floats:
        low, high = steepest(function, _POINTS[:-1], _POINTS[1:])
        # The side that the derivative there is not taken from is one float away.
        nearer = np.where(np.abs(low) < np.abs(high), low, high)
        return nearer[np.abs(function(high) - function(low)) > _JUMP]

    return _all(found, name, "value", "grad", "grad_grad")


@cache
def roots(name: str) -> Floats:
    """Return where the first derivative of an activation changes its sign, or the second."""

    def found(function: Function) -> Floats:
        signs = np.sign(function(_POINTS))
        low, high = (ends[signs[:-1] * signs[1:] < 0] for ends in (_POINTS[:-1], _POINTS[1:]))
        return change_of_sign(function, low, high)

    return _all(found, name, "grad", "grad_grad")


def _all(found: Callable[[Function], Floats], name: str, *forms: str) -> Floats:
    """Return what is found in those of the forms that an activation has."""
    there = [partial(reference.evaluate, name, f) for f in forms if entry_of(name).form(f)]
    every: Floats = np.unique(np.concatenate([*map(found, there)]))
    return every
