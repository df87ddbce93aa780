"""Nothing raises a floating-point error, except a finite result that truly overflows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from cases import CASES, Case, every, every_case, outputs
from reference import all_halves

import fastact as fa
from fastact.cli.reference import evaluate, round_to

LARGE = 300_000  # elements: enough for two threads, of any function


def specials(dtype: type) -> np.ndarray:
    """Values that bring out spurious flags."""
    info = np.finfo(dtype)
    kind = np.dtype(f"u{np.dtype(dtype).itemsize}")
    quiet = np.array(np.nan, dtype=dtype).view(kind)
    signalling = ((quiet ^ kind.type(1 << (info.nmant - 1))) | kind.type(1)).view(dtype)
    tiny = info.smallest_subnormal
    exact = [0, 1, 2, 3, 6, 0.5, 1e-3, 9.1, 17, 44, 60, 80, 87.5, 88.8, 100, 104, 110, 150]
    exact += [300, 709, 710, 745.2, 800, 1e4, info.smallest_normal, tiny, 3 * tiny, np.inf]
    found = np.array(exact, dtype=dtype)
    return np.concatenate([found, -found, [dtype(np.nan), signalling]]).astype(dtype)


def huge(dtype: type) -> np.ndarray:
    info = np.finfo(dtype)
    sizes = np.array([info.max, info.max / 16, 1e30, info.max**0.5], dtype=dtype)
    return np.concatenate([sizes, -sizes])


def without_overflow(case: Case, x: np.ndarray) -> np.ndarray:
    """Those x whose results are not too large; a form that takes the value is given that of x."""
    ones = [np.ones_like(x)] * (case.arrays - 1)
    with np.errstate(over="ignore"):
        wanted = [*outputs(evaluate(case.name, case.form, *ones, case.last_operand(x)))]
    if case.form == "backward_from_output":
        wanted.append(evaluate(case.name, "value", x))
    large = np.any([np.isinf(round_to(y, x.dtype)) for y in wanted], axis=0)
    kept = x[~large | ~np.isfinite(x)]
    assert np.count_nonzero(np.isfinite(kept)) > x.size / 4
    return kept


@cache
def quiet_halves(case: Case) -> np.ndarray:
    return without_overflow(case, all_halves(np.dtype(np.float16)))


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_values_in_every_lane(case: Case, dtype: type, isa: str) -> None:
    values = without_overflow(case, np.concatenate([specials(dtype), huge(dtype)]))
    with np.errstate(all="raise"):
        for length in (1, 3, 19, 33):
            for value in values:
                x = case.last_operand(np.full(length, value))
                case.ufunc(*[np.ones_like(x)] * (case.arrays - 1), x)
        mixed = case.last_operand(np.resize(values, 257))
        for lane in range(40):
            case.ufunc(*[np.full(257 - lane, 0.5, dtype)] * (case.arrays - 1), mixed[lane:])
            case.ufunc(
                *[np.full(129, 0.5, dtype)] * (case.arrays - 1), np.resize(mixed[lane:], 129)
            )


@every(case for case in CASES if case.arrays == 2)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_values_times_special_values(case: Case, dtype: type, isa: str) -> None:
    x = np.concatenate([specials(dtype), np.linspace(-1500, 20, 400, dtype=dtype)])
    x = case.last_operand(x)
    with np.errstate(all="raise"):
        for g in (np.inf, -np.inf, np.nan, 0.0, -0.0, np.finfo(dtype).smallest_subnormal):
            operands = [np.full_like(x, g), *[np.ones_like(x)] * (case.arrays - 2), x]
            case.ufunc(*operands)
            for parameter in (2.0**-9, 2.0**9):
                case.ufunc(*operands, *[dtype(parameter)] * len(case.parameters))


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_special_values_in_threads(case: Case, dtype: type, threads: Callable[[int], None]) -> None:
    threads(2)
    values = without_overflow(case, specials(dtype))
    x = case.last_operand(np.resize(values, 2 * case.size_for(2)))
    with np.errstate(all="raise"):
        case.ufunc(*[np.ones_like(x)] * (case.arrays - 1), x)
        case.ufunc(*[np.ones_like(x[::2])] * (case.arrays - 1), x[::-2])


@every_case
def test_other_dtypes_and_layouts(case: Case) -> None:
    with np.errstate(all="raise"):
        for dtype in (bool, np.int8, np.uint16, np.int32, np.uint64):
            x = np.array([0, 1, 1, 0, 1], dtype=dtype)
            case.ufunc(*[np.ones(5, np.float32)] * (case.arrays - 1), x)
        x = case.last_operand(np.resize(specials(np.float32), 130)).reshape(10, 13)
        for view in (x.T, x[::-1, ::2], x.astype(">f4"), x[:0], x[0, 0]):
            case.ufunc(*[np.ones_like(view)] * (case.arrays - 1), view)


@every_case
def test_halves(case: Case, isa: str) -> None:
    quiet = case.last_operand(quiet_halves(case))
    with np.errstate(all="raise"):
        case.ufunc(*[np.ones_like(quiet)] * (case.arrays - 1), quiet)


def overflow_of_squared_relu(size: int, spot: int) -> None:
    x = np.ones(size, dtype=np.float32)
    x[spot] = 1e30
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        fa.squared_relu(x)
    with np.errstate(over="warn"), pytest.warns(RuntimeWarning, match="overflow"):
        y = fa.squared_relu(x)
    with np.errstate(over="ignore"):
        fa.squared_relu(x)
    assert y[spot] == np.inf
    assert np.isfinite(y).sum() == size - 1


@pytest.mark.parametrize("size", [1, 5, 100, 5000])
def test_a_true_overflow_is_told(size: int, isa: str) -> None:
    overflow_of_squared_relu(size, size - 1)


@pytest.mark.parametrize("spot", [0, 4 * LARGE - 1])
def test_a_true_overflow_is_told_from_each_thread(
    spot: int, threads: Callable[[int], None]
) -> None:
    threads(2)
    overflow_of_squared_relu(4 * LARGE, spot)


def test_a_true_overflow_is_told_on_every_road(isa: str) -> None:
    x = np.full((4, 6), 1e30, dtype=np.float32)
    for view in (x, x.T, x[:, ::2], x.astype(">f4"), x[0, 0]):
        with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
            fa.squared_relu(view)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        fa.squared_relu(np.full(3, 300, dtype=np.float16))


def test_an_overflow_of_the_rounding_is_told(isa: str) -> None:
    # The product is finite in float32 and beyond the largest bfloat16.
    ml_dtypes = pytest.importorskip("ml_dtypes")
    x, a = (np.full(5, v, ml_dtypes.bfloat16) for v in (-129 * 2.0**120, 254 / 128))
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        fa.prelu(x, a)


def test_an_infinite_operand_is_no_overflow() -> None:
    with np.errstate(all="raise"):
        assert fa.squared_relu(np.float32(np.inf)) == np.inf


def test_flags_of_the_caller_stay_out_of_it() -> None:
    # An error pending from before is not taken for one of the call.
    with np.errstate(all="ignore"):
        np.exp(np.full(4, 1e4))
    with np.errstate(all="raise"):
        for case in CASES:
            case.ufunc(*[np.ones(8, np.float32)] * case.arrays)
