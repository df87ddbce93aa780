"""The value at an element depends on that element alone, not on place, layout or thread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cases import CASES, Case, assert_same, every, every_case, outputs, sample

FLOATS = [np.float32, np.float64, np.float16]


def padded(case: Case, dtype: type) -> tuple[list[np.ndarray], tuple[np.ndarray, ...]]:
    """Operands and their results, each computed by itself."""
    operands = sample(case, 200, dtype, seed=9)
    alone = [outputs(case.ufunc(*[o[i : i + 1] for o in operands])) for i in range(200)]
    return operands, tuple(np.concatenate(ys) for ys in zip(*alone, strict=True))


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
def test_length_and_position(case: Case, dtype: type, isa: str) -> None:
    operands, want = padded(case, dtype)
    for length in [*range(1, 71), *range(71, 201, 7), 127, 128, 129, 200]:
        start = (200 - length) // 2
        part = slice(start, start + length)
        assert_same(case.ufunc(*[o[part] for o in operands]), tuple(y[part] for y in want))


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
def test_stride(case: Case, dtype: type, isa: str) -> None:
    operands, want = padded(case, dtype)
    for stride in (-1, 2, 3, -7):
        for length in (3, 17, 28):
            part = np.arange(200)[::stride][:length]
            views = [o[::stride][:length] for o in operands]
            out = tuple(np.empty((length, 3), dtype)[:, 1] for _ in want)
            assert_same(case.ufunc(*views), tuple(y[part] for y in want))
            case.ufunc(*views, out=out)
            assert_same(tuple(o.copy() for o in out), tuple(y[part] for y in want))


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.filterwarnings("ignore:overflow")  # of 90^3 in float16
def test_threads(case: Case, dtype: type, threads: Callable[[int], None]) -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    size = case.size_for(8)
    operands = [np.resize(o, size) for o in sample(case, 9973, dtype)]
    threads(1)
    want = outputs(case.ufunc(*operands))
    with threadpoolctl.threadpool_limits(8, user_api="openmp"):
        for count in (2, 3, 5, 8):
            threads(count)
            assert_same(case.ufunc(*operands), want)
        cut = [o[3:-2] for o in operands]
        inner = tuple(y[3:-2] for y in want)
        assert_same(case.ufunc(*cut), inner)
        assert_same(case.ufunc(*cut, out=(cut[-1],) + (None,) * (case.ufunc.nout - 1)), inner)


@every(case for case in CASES if case.parameters)
def test_parameters_as_numbers_and_as_arrays(case: Case, isa: str) -> None:
    operands = sample(case, 100)
    numbers = [np.float32(p) for p in case.parameters.values()]
    want = case.ufunc(*operands, *numbers)
    assert_same(case.ufunc(*operands, *[np.full(100, p, np.float32) for p in numbers]), want)
    assert_same(case.ufunc(*operands, *[np.full(1, p, np.float32) for p in numbers]), want)
    assert_same(case.ufunc(*operands, *[np.full(200, p, np.float32)[::2] for p in numbers]), want)


@every(case for case in CASES if case.parameters)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("ignore:overflow")
def test_ones_as_numbers_and_as_arrays(case: Case, dtype: type, isa: str) -> None:
    # Kernels know of a parameter that is 1 throughout; the zeros of underflows keep their sign.
    info = np.finfo(dtype)
    rng = np.random.default_rng(9)
    exponents = rng.integers(info.minexp, 9, (case.arrays, 300))
    operands = np.ldexp(rng.normal(0, 1, exponents.shape), exponents).astype(dtype)
    want = case.ufunc(*operands, *[1.0] * len(case.parameters))
    assert_same(case.ufunc(*operands, *[np.ones(300, dtype)] * len(case.parameters)), want)


@every(case for case in CASES if case.name in ("relu", "swish"))
def test_beyond_the_caches(case: Case, threads: Callable[[int], None]) -> None:
    threads(2)
    operands = sample(case, 9_000_001)  # with two outputs more than most last caches: streamed
    with np.errstate(all="ignore"):
        whole = outputs(case.ufunc(*operands))
    for start in (0, 4_499_990, 8_999_900):
        part = slice(start, start + 101)
        assert_same(case.ufunc(*[o[part] for o in operands]), tuple(y[part] for y in whole))
