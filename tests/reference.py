"""The formulas of fastact.cli.reference in mpmath, and the points where they are compared.

A true value is kept as (high + low) 2^exponent, so that an error can be told to a small part of an
ulp of any dtype, in the subnormal range too.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from mpmath import mp, mpf

from fastact import _ufuncs
from fastact.cli.exact import namespace
from fastact.cli.reference import (
    GELU_ROOT,
    GELU_TANH_CURVE_ROOT,
    GELU_TANH_ROOT,
    MISH_CURVE_ROOT_LEFT,
    MISH_CURVE_ROOT_RIGHT,
    MISH_ROOT,
    QUICK_GELU_CURVE_ROOT,
    QUICK_GELU_ROOT,
    REFERENCES,
    SILU_CURVE_ROOT,
    SILU_ROOT,
    defaults,
)

BITS = 240  # of precision: 53 for the result, 53 lost about a root, the rest to spare


PRECISE = namespace()  # of the formulas, for one mpmath number


class True_(NamedTuple):
    """Exact values (high + low) 2^exponent."""

    high: np.ndarray
    low: np.ndarray
    exponent: np.ndarray

    def rounded(self) -> np.ndarray:
        """In float64."""
        with np.errstate(all="ignore"):
            return np.ldexp(self.high, self.exponent)


def _split(value: Any) -> tuple[float, float, int]:
    if not mp.isfinite(value) or value == 0:
        return float(value), 0.0, -1085
    mantissa, exponent = mp.frexp(value)
    kept = max(int(exponent), -1085)
    mantissa = mp.ldexp(mantissa, int(exponent) - kept) if exponent - kept > -400 else mpf(0)
    high = float(mantissa)
    return high, float(mantissa - high), kept


def true_values(name: str, form: str, *operands: Any) -> True_:
    """Evaluate the reference with mpmath.

    `form` is "value", "grad", "grad_parameter", "backward" (g x ...), "backward_parameter" or
    "backward_from_output" (g y ...), "grad_grad".
    """
    formula = {
        "value": REFERENCES[name].value,
        "grad": REFERENCES[name].grad,
        "backward": REFERENCES[name].grad,
        "grad_parameter": REFERENCES[name].grad_parameter,
        "backward_parameter": REFERENCES[name].grad_parameter,
        "backward_from_output": REFERENCES[name].from_output,
        "grad_grad": REFERENCES[name].grad_grad,
    }[form]
    arrays = np.broadcast_arrays(*(np.asarray(o, dtype=np.float64) for o in operands))
    scaled = form.startswith("backward")
    found = []
    with mp.workprec(BITS):
        for row in zip(*(a.ravel().tolist() for a in arrays), strict=True):
            if any(v != v for v in row):
                found.append((np.nan, 0.0, -1085))
                continue
            numbers = [mpf(v) for v in row]
            g = numbers.pop(0) if scaled else 1
            found.append(_split(mpf(formula(PRECISE, *numbers)) * g))
    high, low, exponent = zip(*found, strict=True)
    return True_(np.array(high), np.array(low), np.array(exponent, dtype=np.int64))


def true_error(got: np.ndarray, want: True_, dtype: Any = np.float64) -> np.ndarray:
    """Return |got - want| in ulps of dtype (float64 or float32), as ulp_error does."""
    bits, smallest, top = {"float64": (53, -1074, 1024), "float32": (24, -149, 128)}[
        np.dtype(dtype).name
    ]
    got = np.asarray(got, dtype=np.float64).ravel()
    ulp = np.minimum(np.maximum(want.exponent - bits, smallest), top - bits)
    with np.errstate(all="ignore"):
        scaled = np.ldexp(got, -want.exponent)
        error = np.ldexp(np.abs((scaled - want.high) - want.low), want.exponent - ulp)
        infinite = (want.exponent > top) | ((want.exponent == top) & (want.high.round(16) >= 1))
        infinite |= np.isinf(want.high)
        right = infinite & (np.sign(got) == np.sign(want.high))
        error = np.where(np.isinf(got), np.where(right, 0.0, np.inf), error)
    nan = np.isnan(got)
    return np.where(
        nan | np.isnan(want.high), np.where(nan & np.isnan(want.high), 0, np.inf), error
    )


# ---- points ----

SWITCHES = (
    *(0.1, 0.25, 0.35, 0.5, 0.625, 0.7, 1, 1.5, 2, 3, 4, 6, 8, 9.1, 10, 11.25, 12.5, 14, 17, 18.4),
    *(19.1, 20, 28, 36.7, 38.5, 40, 44, 52, 60, 64, 73, 80, 87.3, 88.7, 104, 110, 128, 372, 512),
    *(703, 708.4, 709.8, 745.2, 750, 1024),
    *(float(SILU_ROOT), -float(GELU_ROOT), -float(GELU_TANH_ROOT)),
    *(-float(MISH_CURVE_ROOT_LEFT), float(MISH_CURVE_ROOT_RIGHT)),
    *(2**0.5, float(SILU_CURVE_ROOT), float(QUICK_GELU_CURVE_ROOT), float(GELU_TANH_CURVE_ROOT)),
    *(-float(MISH_ROOT), -float(QUICK_GELU_ROOT), -float(QUICK_GELU_ROOT) * 1.702),
)


def _steps(x: np.ndarray, steps: int) -> np.ndarray:
    """Each positive x with its neighbours up to so many steps of its dtype away."""
    bits = x.view(f"i{x.itemsize}")
    return (bits[:, None] + np.arange(-steps, steps + 1, dtype=bits.dtype)).ravel().view(x.dtype)


@lru_cache
def grid(dtype: type, dense: bool) -> np.ndarray:
    """Designed points: all magnitudes, both signs, about each switch, the ends of the format."""
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
        magnitudes = np.concatenate([rng.choice(magnitudes, 700, replace=False), magnitudes[::7]])
    tiny = info.smallest_subnormal * np.array([1, 2, 3, 5, 7, 1000], dtype=dtype)
    switches = _steps(np.array(SWITCHES, dtype=dtype), 40 if dense else 3)
    ends = _steps(np.array([info.smallest_normal, info.max / 4], dtype=dtype), 3)
    normal = np.abs(rng.normal(0, 1, 60_000 if dense else 250)).astype(dtype)
    wide = rng.uniform(0, 120 if dense else 760, 60_000 if dense else 250).astype(dtype)
    around = np.exp2(rng.uniform(-6, 10, 60_000 if dense else 500)).astype(dtype)
    positive = np.concatenate([magnitudes, tiny, switches, ends, normal, wide, around])
    last = np.array([0, info.max, np.nextafter(info.max, dtype(0)), np.inf], dtype=dtype)
    return np.concatenate([positive, -positive, last, -last, np.array([np.nan], dtype=dtype)])


@lru_cache
def all_halves(dtype: np.dtype) -> np.ndarray:
    """All 65,536 values of a 16-bit dtype."""
    return np.arange(65536, dtype=np.uint16).view(dtype)


@cache
def grid_truth(name: str, form: str) -> True_:
    """The true values on the float64 grid, with default parameters."""
    return true_values(name, form, grid(np.float64, False), *defaults(name))


def parameter_sets(name: str) -> list[tuple[float, ...]]:
    """Parameters other than the defaults, exact in every dtype."""
    usual = list(_ufuncs.ACTIVATIONS[name]["parameters"].values())
    if not usual:
        return []
    sets = [tuple(round(p * f * 64) / 64 if p else f for p in usual) for f in (0.5, 3.0)]
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
