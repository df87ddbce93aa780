"""How far off each library is, on inputs where that shows."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastact.cli import exact, reference, verify
from fastact.cli.catalogue import ACTIVATIONS
from fastact.cli.study.peers import Operation, Peer
from fastact.cli.study.results import Accuracy, Setting

_Array = NDArray[Any]

# Inputs are between -RANGE and RANGE.
RANGE = 100


def accuracy(setting: Setting, library: Peer) -> Accuracy | None:
    """Compare a library with the reference; None where it lacks the function.

    Counted are arguments and results that are 0 or normal: many libraries set subnormal numbers to
    0 on purpose. At a kink, where libraries differ in what a derivative is, there is no truth.
    """
    name, form, dtype = setting.function, setting.form, setting.dtype
    x, g, counted, error_of = _reference(name, form, dtype)
    call = library.prepare(Operation(ACTIVATIONS[name], form, x, g), setting.threads)
    if call is None:
        return None
    error = np.where(counted, error_of(library.result(call)), 0.0)
    worst = int(np.argmax(error))
    return Accuracy(name, form, dtype, library.name, float(error[worst]), float(x[worst]))


@lru_cache(maxsize=1)
def _reference(
    name: str, form: str, dtype: str
) -> tuple[_Array, _Array, _Array, Callable[[_Array], NDArray[np.float64]]]:
    """Return inputs, gradients, which count, and a function that tells results' errors in ulps."""
    x = _inputs(dtype)
    if form != "value":  # a derivative jumps between the two neighbours of a kink
        ends = (np.nextafter(x, x.dtype.type(end)) for end in (np.inf, -np.inf))
        right, left = (reference.evaluate(name, "grad", end) for end in ends)
        x = x[~(np.abs(right - left) > 1e-3)]
    g = np.resize(np.array([1.0, -0.7, 1.9], x.dtype), x.shape)
    operands = (g, x) if form == "backward" else (x,)
    if dtype == "float64":
        truth = exact.evaluate(name, form, *operands)
        return x, g, _plain(truth.nearest, x.dtype), truth.ulp_error
    want = reference.evaluate(name, form, *operands)
    first = want[0] if isinstance(want, tuple) else want
    return x, g, _plain(first, x.dtype), lambda got: reference.ulp_error(got, first)


@cache
def _inputs(dtype: str) -> _Array:
    """Return what ``fastact verify`` tries, of all magnitudes and about all landmarks, and grids.

    mpmath is slow: those of float64 are coarse.
    """
    designed = verify.designed(np.dtype(dtype))
    designed = designed[np.abs(designed) <= RANGE]
    points = 4001 if dtype == "float32" else 301
    grids = [np.linspace(-end, end, points).astype(dtype) for end in (RANGE, 8)]
    found = np.concatenate([designed, *grids])
    return found[_plain(found, found.dtype)]


def _plain(values: _Array, dtype: np.dtype[Any]) -> _Array:
    """Tell which values are 0 or normal in a dtype."""
    plain: _Array = (values == 0) | (np.abs(values) >= np.finfo(dtype).smallest_normal)
    return plain
