"""No byte is read or written outside the operands: guard pages for reads, canaries for writes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from cases import (
    ACTIVATIONS,
    WITH_PARAMETERS,
    Case,
    assert_same,
    every_activation,
    every_case,
    form,
    outputs,
    sample,
)

import fastact as fa

ml_dtypes = pytest.importorskip("ml_dtypes")
FLOATS = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16]
INTEGERS = [np.bool, *(np.dtype(char) for char in "bBhHiIlL")]
# Three of the widest vectors are 144 elements, a block of conversion 512.
LENGTHS = [
    *range(50),
    63,
    64,
    65,
    95,
    96,
    97,
    127,
    128,
    129,
    143,
    144,
    145,
    199,
    255,
    256,
    257,
    299,
    300,
]
Guarded = Callable[..., np.ndarray]

every_float = pytest.mark.parametrize("dtype", FLOATS, ids=lambda t: np.dtype(t).name)
both_ends = pytest.mark.parametrize("at_end", [True, False], ids=["end", "start"])


def call_between_guards(
    case: Case, operands: Sequence[np.ndarray], rooms: Sequence[np.ndarray]
) -> tuple[np.ndarray, ...]:
    """The results for operands put into the first rooms, written to the last ones."""
    inputs, results = rooms[: len(operands)], rooms[len(operands) :]
    for room, operand in zip(inputs, operands, strict=True):
        room[...] = operand
    return outputs(case.ufunc(*inputs, out=tuple(results)))


@every_case
@every_float
@both_ends
def test_guard_pages(case: Case, dtype: type, at_end: bool, isa: str, guarded: Guarded) -> None:
    longest = LENGTHS[-1]
    operands = sample(case, longest, dtype)
    want = outputs(case.ufunc(*operands))
    rooms = [guarded(longest, dtype, at_end) for _ in range(case.arrays + case.ufunc.nout)]
    for length in LENGTHS:
        part = slice(longest - length, None) if at_end else slice(None, length)
        got = call_between_guards(case, [o[:length] for o in operands], [r[part] for r in rooms])
        assert_same(got, tuple(y[:length] for y in want))


@every_case
@every_float
@pytest.mark.filterwarnings("ignore:overflow")  # of 90^3 in float16
def test_guard_pages_of_views(case: Case, dtype: type, isa: str, guarded: Guarded) -> None:
    operands = sample(case, 145, dtype)
    want = outputs(case.ufunc(*operands))
    for at_end in (True, False):
        rooms = [guarded(145 * 3, dtype, at_end) for _ in range(case.arrays + case.ufunc.nout)]
        for stride in (-1, 2, -3):
            for length in (1, 2, 17, 50, 145):
                reach = (length - 1) * abs(stride) + 1
                part = slice(-reach, None) if at_end else slice(None, reach)
                views = [room[part][::stride] for room in rooms]
                got = call_between_guards(case, [o[:length] for o in operands], views)
                assert_same(tuple(y.copy() for y in got), tuple(y[:length] for y in want))


@every_case
@every_float
def test_guard_pages_of_short_rows(case: Case, dtype: type, guarded: Guarded) -> None:
    for rows, columns in ((1, 1), (3, 5), (40, 7), (9, 63)):
        operands = sample(case, (rows, columns), dtype)
        for at_end in (True, False):
            rooms = [
                guarded(rows * (columns + 1), dtype, at_end).reshape(rows, columns + 1)[
                    :, at_end : columns + at_end
                ]
                for _ in range(case.arrays + case.ufunc.nout)
            ]
            got = call_between_guards(case, operands, rooms)
            assert_same(tuple(y.copy() for y in got), case.ufunc(*operands))


@pytest.mark.parametrize("name", WITH_PARAMETERS)
@every_float
def test_guard_pages_of_parameters(name: str, dtype: type, isa: str, guarded: Guarded) -> None:
    x = np.linspace(-3, 3, 150).astype(dtype)
    for length in (1, 2, 16, 17, 48, 49, 100, 150):
        arrays, numbers = [], []
        for value in ACTIVATIONS[name]["parameters"].values():
            arrays.append(guarded(length, dtype))
            arrays[-1][...] = value
            numbers.append(arrays[-1][:1].copy())
        for f in ("value", "grad", "value_and_grad"):
            want = form(name, f)(x[:length], *numbers)
            assert_same(form(name, f)(x[:length], *arrays), want)
            assert_same(form(name, f)(x[:length], *(a[-1:] for a in arrays)), want)


@pytest.mark.parametrize("dtype", INTEGERS, ids=lambda t: np.dtype(t).name)
def test_guard_pages_of_integers(dtype: type, isa: str, guarded: Guarded) -> None:
    longest = 600
    for at_end in (True, False):
        x = guarded(longest, dtype, at_end)
        for length in (*range(70), 143, 144, 145, 300, 511, 512, 513, 600):
            part = x[longest - length :] if at_end else x[:length]
            part[...] = 1
            assert (fa.relu(part) == 1).all()
            assert (fa.relu(part[::-2]) == 1).all()


@every_activation
@every_float
def test_guard_pages_of_threads(
    name: str, dtype: type, guarded: Guarded, threads: Callable[[int], None]
) -> None:
    case = Case(name, "value_and_grad", form(name, "value_and_grad"))
    for count, odd in ((2, 0), (3, 7)):
        length = case.size_for(count) + odd
        operands = [np.resize(o, length) for o in sample(case, 997, dtype)]
        threads(1)
        want = case.ufunc(*operands)
        threads(count)
        rooms = [guarded(length, dtype) for _ in range(3)]
        assert_same(call_between_guards(case, operands, rooms), want)
        reverse = [room[::-1] for room in rooms]
        got = call_between_guards(case, operands, reverse)
        assert_same(tuple(y.copy() for y in got), want)


PLACES = [(3, 1), (16, 1), (5, 2)]  # start and step


@every_case
@every_float
@pytest.mark.parametrize("in_turn", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_canaries(case: Case, dtype: type, in_turn: bool, isa: str) -> None:
    longest = LENGTHS[-1]
    operands = sample(case, longest, dtype)
    want = outputs(case.ufunc(*operands))
    item = np.dtype(dtype).itemsize
    for length in LENGTHS:
        for start, step in [PLACES[length % 3]] if in_turn else PLACES:
            rooms = [np.full((longest * 2 + 40) * item, 0xA5, np.uint8) for _ in want]
            inside = slice(start, start + length * step, step)
            out = tuple(room.view(dtype)[inside] for room in rooms)
            case.ufunc(*[o[:length] for o in operands], out=out)
            assert_same(tuple(o.copy() for o in out), tuple(y[:length] for y in want))
            for room in rooms:
                room.view(f"u{item}")[inside] = np.uint64(0xA5A5A5A5A5A5A5A5).astype(f"u{item}")
                assert (room == 0xA5).all()
