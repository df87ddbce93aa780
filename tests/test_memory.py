"""No byte is read or written outside the operands: guard pages for reads, canaries for writes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from cases import Case, assert_same, every_case, outputs, sample

import fastact as fa

FLOATS = [np.float32, np.float64, np.float16]


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
def test_guard_pages(case: Case, dtype: type, isa: str, guarded: Callable[..., np.ndarray]) -> None:
    longest = 200
    operands = sample(case, longest, dtype)
    want = outputs(case.ufunc(*operands))
    for at_end in (True, False):
        rooms = [guarded(longest, dtype, at_end) for _ in range(case.arrays + case.ufunc.nout)]
        for length in [*range(1, 70), 95, 96, 97, 127, 128, 129, 199, 200]:
            part = slice(longest - length, None) if at_end else slice(None, length)
            arrays = [room[part] for room in rooms]
            for array, operand in zip(arrays, operands, strict=False):
                array[...] = operand[:length]
            got = case.ufunc(*arrays[: case.arrays], out=tuple(arrays[case.arrays :]))
            assert_same(got, tuple(y[:length] for y in want))


@pytest.mark.parametrize("dtype", [np.bool, np.int8, np.uint16, np.int32, np.uint64])
def test_guard_pages_of_integers(dtype: type, isa: str, guarded: Callable[..., np.ndarray]) -> None:
    x = guarded(200, dtype)
    for length in range(1, 201):
        part = x[200 - length :]
        part[...] = 1
        assert (fa.relu(part) == 1).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_guard_pages_of_large_arrays(
    dtype: type, guarded: Callable[..., np.ndarray], threads: Callable[[int], None]
) -> None:
    threads(2)
    for length in (300_000, 300_007):
        x, y = guarded(length, dtype), guarded(length, dtype)
        x[...] = 0.5
        assert (fa.silu(x, out=y) == fa.silu(x[:1])).all()
        assert (fa.silu(x[::-1], out=y[::-1]) == y[0]).all()


@every_case
@pytest.mark.parametrize("dtype", FLOATS)
def test_canaries(case: Case, dtype: type, isa: str) -> None:
    operands = sample(case, 130, dtype)
    want = outputs(case.ufunc(*operands))
    for length in [*range(1, 70), 129]:
        for start in (3, 16):
            rooms = [np.full(200, 0xA5, np.uint8).repeat(8).view(dtype) for _ in want]
            out = tuple(room[start : start + length] for room in rooms)
            case.ufunc(*[o[:length] for o in operands], out=out)
            assert_same(out, tuple(y[:length] for y in want))
            for room in rooms:
                kept = np.delete(room.view(f"u{room.itemsize}"), slice(start, start + length))
                assert (kept == kept[-1]).all()
