"""The points where results are compared with the references, and parameters for them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from fastact import _ufuncs
from fastact.cli import exact
from fastact.cli.landmarks import landmarks
from fastact.cli.reference import evaluate, ulp_error


def _steps(x: np.ndarray, steps: int) -> np.ndarray:
    """Each positive x with its neighbours up to so many steps of its dtype away."""
    bits = x.view(f"i{x.itemsize}")
    return (bits[:, None] + np.arange(-steps, steps + 1, dtype=bits.dtype)).ravel().view(x.dtype)


@lru_cache
def grid(dtype: type, dense: bool) -> np.ndarray:
    """Designed points: all magnitudes, both signs, about each landmark, the ends of the format."""
    rng = np.random.default_rng(7)
    info = np.finfo(dtype)
    exponents = np.arange(info.minexp - info.nmant, info.maxexp)
    if not dense:
        near = (exponents > -70) & (exponents < 11)
        exponents = exponents[near | (exponents % 29 == 0) | (exponents < info.minexp + 2)]
    each = 24 if dense else 3
    mantissas = np.concatenate([[1.0, 2 - info.eps], rng.uniform(1, 2, each)])
    magnitudes = np.ldexp(mantissas, exponents[:, None]).ravel().astype(dtype)
    if not dense:
        magnitudes = np.concatenate([rng.choice(magnitudes, 300, replace=False), magnitudes[::11]])
    tiny = info.smallest_subnormal * np.array([1, 2, 3, 5, 7, 1000], dtype=dtype)
    around = _steps(np.array(landmarks(), dtype=dtype), 40 if dense else 3)
    ends = _steps(np.array([info.smallest_normal, info.max / 4], dtype=dtype), 3)
    normal = np.abs(rng.normal(0, 1, 60_000 if dense else 120)).astype(dtype)
    wide = rng.uniform(0, 120 if dense else 760, 60_000 if dense else 120).astype(dtype)
    octaves = np.exp2(rng.uniform(-6, 10, 60_000 if dense else 250)).astype(dtype)
    positive = np.concatenate([magnitudes, tiny, around, ends, normal, wide, octaves])
    last = np.array([0, info.max, np.nextafter(info.max, dtype(0)), np.inf], dtype=dtype)
    return np.concatenate([positive, -positive, last, -last, np.array([np.nan], dtype=dtype)])


def errors(name: str, form: str, got: np.ndarray, *operands: np.ndarray) -> np.ndarray:
    """How far the results of a form, of two the first, are from the true values, in ulps."""
    if got.dtype == np.float64:
        return exact.evaluate(name, form, *operands).ulp_error(got)
    want = evaluate(name, form, *operands)
    return ulp_error(got, want[0] if isinstance(want, tuple) else want)


def bound(name: str, form: str, dtype: object) -> float:
    """The error that the table promises; results of half precision are correctly rounded."""
    dtype = np.dtype(dtype).name
    row = _ufuncs.ACTIVATIONS[name]
    if dtype not in row["ulp"]:
        return 0.5 + 2.0**-40  # a tie that is none by less than float64 can tell can go either way
    extra = row["extra"].get(form)
    return extra[dtype] if extra else row["ulp"][dtype][form != "value"]


@lru_cache
def all_halves(dtype: np.dtype) -> np.ndarray:
    """All 65,536 values of a 16-bit dtype."""
    return np.arange(65536, dtype=np.uint16).view(dtype)


def parameter_sets(name: str) -> list[tuple[float, ...]]:
    """Parameters other than the defaults, exact in every dtype."""
    usual = list(_ufuncs.ACTIVATIONS[name]["parameters"].values())
    if not usual:
        return []
    sets = [tuple(round(p * f * 64) / 64 if p else f for p in usual) for f in (0.5, 3.0)]
    if name == "aptx":  # with alpha below 1 it vanishes besides at 0, where terms cancel
        sets = [(1.0, 0.5, 0.25), (3.0, 3.0, 1.5)]
    own = {
        "leaky_relu": [(-0.5,), (0.0,), (2.0,)],
        "prelu": [(-0.5,), (0.0,), (2.0,)],
        "elu": [(-1.5,), (0.0,), (1e3,)],
        "swish": [(-1.0,), (1.703125,), (2.0**-20,), (1e3,)],
        "softplus": [(20.0,), (0.0625,)],
        "celu": [(10.0,), (0.0625,)],
        "hard_tanh": [(-2.0, 0.5), (0.0, 6.0)],
        "threshold": [(-1.0, -7.0), (0.0, 20.0)],
    }
    return sets + own.get(name, [])
