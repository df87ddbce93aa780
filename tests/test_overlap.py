"""Outputs that share memory with inputs: as if the inputs had been copied first."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
import pytest
from cases import TWO_OPERANDS, Case, assert_same, every, every_case, sample
from numpy.lib.stride_tricks import as_strided

import fastact as fa

two_operands = every(TWO_OPERANDS)
LARGE = 300_000


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
@pytest.mark.filterwarnings("ignore:overflow")  # of 90^3 in float16
def test_exactly_in_place(case: Case, dtype: type, isa: str) -> None:
    for length in (1, 2, 15, 16, 17, 100, 1000):
        operands = sample(case, length, dtype)
        want = case.ufunc(*operands)
        for k in range(case.arrays):
            used = [o.copy() for o in operands]
            out = (used[k],) + (None,) * (case.ufunc.nout - 1)
            assert_same(case.ufunc(*used, out=out), want)
        if case.ufunc.nout == 2 and case.arrays == 2:
            used = [o.copy() for o in operands]
            assert_same(case.ufunc(*used, out=tuple(used)), want)


@every_case
def test_partly(case: Case) -> None:
    length = 150
    for apart, forward in product([1, 2, 3, 7, 8, 15, 16, 31, 64], [True, False]):
        operands = sample(case, length + apart)
        ahead, behind = slice(apart, None), slice(None, length)
        source, target = (ahead, behind) if forward else (behind, ahead)
        views = [o[source] for o in operands]
        want = case.ufunc(*[v.copy() for v in views])
        out = (operands[-1][target],) + (None,) * (case.ufunc.nout - 1)
        assert_same(case.ufunc(*views, out=out), want)


@pytest.mark.parametrize("apart", [1, 5, 16, 64])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_partly_in_threads(apart: int, dtype: type, threads: Callable[[int], None]) -> None:
    threads(2)
    x = np.random.default_rng(0).normal(0, 3, LARGE + apart).astype(dtype)
    for ufunc in (fa.silu, fa.relu, fa.swish):
        for source, target in ((x[apart:], x[:LARGE]), (x[:LARGE], x[apart:])):
            before = x.copy()
            want = ufunc(source.copy())
            ufunc(source, out=target)
            assert_same(target, want)
            x[...] = before


def test_interleaved_and_reversed() -> None:
    for size in (40, LARGE):
        x = np.random.default_rng(0).normal(0, 3, size).astype(np.float32)
        for read, write in (
            (slice(None, None, 2), slice(1, None, 2)),
            (slice(None, None, -1), slice(None)),
            (slice(None, size // 2), slice(None, None, 2)),
            (slice(None, None, 2), slice(None, size // 2)),
        ):
            y = x.copy()
            want = fa.sigmoid(y[read].copy())
            fa.sigmoid(y[read], out=y[write])
            assert_same(y[write].copy(), want)
        side = int(size**0.5)
        square = x[: side * side].reshape(side, side).copy()
        want = fa.sigmoid(square.T.copy())
        fa.sigmoid(square.T, out=square)
        assert_same(square, want)


@pytest.mark.parametrize("size", [40, LARGE])
def test_casts_in_place(size: int, threads: Callable[[int], None]) -> None:
    threads(2)
    side = int(size**0.5)
    values = np.random.default_rng(0).normal(0, 3, (side, side))
    for dtype in ("f2", ">f2", ">f4", ">f8"):
        for cut in (np.s_[:, :], np.s_[:, ::2], np.s_[::-1, : side // 2]):
            x = values.astype(dtype)
            want = fa.sigmoid(x[cut].copy())
            fa.sigmoid(x[cut], out=x[cut])
            assert_same(x[cut].astype(want.dtype), want)
    for dtype in ("i4", ">f4", "i2", "?"):  # memory read as one dtype and written as another
        for forward in (True, False):
            room = np.zeros(2 * size, np.float32)
            x = room.view(dtype)[:size] if forward else room.view(dtype)[::-1][:size]
            x[...] = np.arange(size) % 7
            out = room.view(np.dtype(fa.sigmoid(x[:1]).dtype))[: 2 * size : 2][:size]
            want = fa.sigmoid(x.copy())[: len(out)]
            fa.sigmoid(x[: len(out)], out=out)
            assert_same(out.copy(), want)


def test_two_outputs_that_overlap() -> None:
    x = np.linspace(-3, 3, 40, dtype=np.float32)
    value, slope = fa.silu_value_and_grad(x)
    room = np.zeros(80, np.float32)
    fa.silu_value_and_grad(x, out=(room[::2], room[1::2]))
    assert_same(room[::2].copy(), value)
    assert_same(room[1::2].copy(), slope)
    assert_same(fa.silu_value_and_grad(x.copy(), out=(None, x))[0], value)
    assert_same(x, slope)


@pytest.mark.parametrize("size", [7, 5000, LARGE])
def test_an_output_of_stride_zero_keeps_the_last(size: int, threads: Callable[[int], None]) -> None:
    threads(2)
    x = np.random.default_rng(0).normal(0, 3, size).astype(np.float32)
    room = np.zeros(1, np.float32)
    fa.silu(x, out=as_strided(room, (size,), (0,)))
    assert room[0] == fa.silu(x)[-1]


@two_operands
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("ignore:overflow")  # e^(x/alpha) for a small negative alpha
def test_reductions_are_python_loops(case: Case, dtype: type) -> None:
    f = case.ufunc
    x = np.random.default_rng(5).normal(0, 1, (23, 4)).astype(dtype)

    def folded(column: np.ndarray) -> list[np.ndarray]:
        found = [column[0]]
        for value in column[1:]:
            found.append(f(np.array([found[-1]]), np.array([value]))[0])
        return found

    want = np.array([folded(x[:, k]) for k in range(4)]).T
    assert_same(f.accumulate(x), want)
    assert_same(f.accumulate(x[:, 0]), want[:, 0].copy())
    assert_same(
        f.reduceat(x[:, 1].copy(), [0, 5, 2]),
        np.array([folded(x[a:b, 1])[-1] for a, b in ((0, 5), (5, 6), (2, 23))]),
    )
    assert_same(f.outer(x[0], x[:, 1]), f(x[0][:, None], x[:, 1][None, :]))
    if f.identity is None:
        assert_same(f.reduce(x[:, 2].copy()), want[-1, 2])
        assert_same(f.accumulate(np.asfortranarray(x)), want)


@two_operands
def test_at(case: Case) -> None:
    f = case.ufunc
    x = np.random.default_rng(6).normal(0, 1, 9).astype(np.float32)
    index, values = [0, 3, 3, 8, 0, 3], np.linspace(-1, 1, 6, dtype=np.float32)
    want = x.copy()
    for i, value in zip(index, values, strict=True):
        want[i] = f(want[i : i + 1], np.array([value]))[0]
    f.at(x, index, values)
    assert_same(x, want)


def test_parameters_that_overlap_the_output() -> None:
    x = np.random.default_rng(0).normal(0, 3, 200).astype(np.float32)
    a = np.random.default_rng(1).normal(0, 1, 203).astype(np.float32)
    want = fa.prelu(x, a[3:].copy())
    fa.prelu(x, a[3:], out=a[:200])
    assert_same(a[:200], want)
    a = np.full(200, 0.5, np.float32)
    want = fa.prelu(x, np.float32(0.5))
    fa.prelu(x, a[7:8], out=a)  # a parameter of one element inside the output
    assert_same(a, want)
