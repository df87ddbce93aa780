"""The hook's own road gives what NumPy's road gives: bits, dtype, shape and memory order."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pytest
from cases import Case, assert_same, every_case, outputs, sample
from hypothesis import given, settings
from hypothesis import strategies as st

import fastact as fa

try:
    from ml_dtypes import bfloat16
except ImportError:
    bfloat16 = np.float16

FLOATS = [np.dtype(t) for t in (np.float32, np.float64, np.float16, bfloat16)]
# bool and the integers, in both byte orders.
OTHERS = [np.dtype(order + code) for order in "<>" for code in "?bBhHiIlLqQ"]
SWAPPED = [np.dtype(">f4"), np.dtype(">f8"), np.dtype(">f2")]


def misaligned(x: np.ndarray) -> np.ndarray:
    """A copy of the same strides whose elements start one byte behind where they should."""
    room = np.empty(x.nbytes + 1, np.uint8)
    view = room[1:].view(x.dtype).reshape(x.shape)
    view[...] = x
    return view


@st.composite
def views(draw: st.DrawFn, case: Case) -> list[np.ndarray]:
    """Operands as views: strided, turned, reversed, broadcast, empty, of no axes, of any dtype."""
    shape = draw(st.lists(st.integers(0, 6), max_size=4).map(tuple))
    if draw(st.integers(0, 3)) == 0:
        shape = (*shape[:2], draw(st.integers(200, 700)))  # rows of more than one block
    alike = draw(st.sampled_from([None, None, *FLOATS]))
    found = []
    for _ in range(case.ufunc.nin if draw(st.booleans()) else case.arrays):
        dtype = alike or draw(st.sampled_from(FLOATS + OTHERS + SWAPPED))
        mine = tuple(1 if n > 0 and draw(st.integers(0, 5)) == 0 else n for n in shape)
        if draw(st.integers(0, 9)) == 0:
            mine = mine[1:]
        axes = draw(st.permutations(range(len(mine))))
        steps = [draw(st.sampled_from([1, 1, 1, 2, 3, -1, -2])) for _ in mine]
        whole = np.empty([mine[a] * abs(steps[a]) for a in axes], dtype)
        values = np.random.default_rng(draw(st.integers(0, 99))).normal(0, 3, whole.shape)
        if dtype.kind in "ub":
            values = np.abs(values)
        whole[...] = values.astype(dtype)
        if whole.size and draw(st.integers(0, 3)) == 0:
            whole = misaligned(whole)
        turned = whole.transpose(np.argsort(axes)) if mine else whole
        view = turned[tuple(slice(None, None, s) for s in steps)]
        assert view.shape == mine
        if draw(st.integers(0, 7)) == 0:
            view = np.broadcast_to(view, np.broadcast_shapes(mine, shape))
        found.append(view)
    return found


def strides(result: object) -> list[list[int]]:
    """Steps along axes of one element mean nothing: NumPy's depend on whether where= is given."""
    return [
        [step for n, step in zip(np.shape(y), np.asarray(y).strides, strict=True) if n > 1]
        for y in outputs(result)
    ]


@every_case
@settings(max_examples=12, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_random_layouts(case: Case, data: st.DataObject) -> None:
    operands = data.draw(views(case))
    with np.errstate(all="ignore"):
        got = case.ufunc(*operands)
        # where= leads past the fast paths.
        want = case.ufunc(*operands, where=True)
        copies = case.ufunc(
            *[np.array(o, order="C", dtype=o.dtype.newbyteorder("=")) for o in operands]
        )
    assert_same(got, want)
    assert_same(got, copies)
    assert strides(got) == strides(want)
    assert [type(y) for y in outputs(got)] == [type(y) for y in outputs(want)]


@st.composite
def rooms(draw: st.DrawFn, result: np.ndarray) -> np.ndarray:
    """An output for a result: of any layout, alignment and byte order."""
    dtype = draw(st.sampled_from([result.dtype, result.dtype.newbyteorder("S")]))
    steps = [draw(st.sampled_from([1, 2, -1])) for _ in result.shape]
    lengths = [n * abs(step) for n, step in zip(result.shape, steps, strict=True)]
    room = np.zeros(lengths, dtype, order=draw(st.sampled_from("CF")))
    if draw(st.integers(0, 3)) == 0:
        room = misaligned(room)
    return room[(..., *(slice(None, None, step) for step in steps))]


@every_case
@settings(max_examples=6, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_random_outputs(case: Case, data: st.DataObject) -> None:
    operands = data.draw(views(case))
    with np.errstate(all="ignore"):
        want = outputs(case.ufunc(*operands, where=True))
        out = tuple(data.draw(rooms(y)) for y in want)
        got = outputs(case.ufunc(*operands, out=out))
    assert all(y is mine for y, mine in zip(got, out, strict=True))
    assert_same(tuple(y.astype(y.dtype.newbyteorder("=")) for y in out), want)


@every_case
def test_orders_of_contiguous_arrays(case: Case) -> None:
    for shape in ((3, 4), (2, 3, 4), (1, 5, 1), (70, 90)):
        for order in ("C", "F"):
            operands = [np.asarray(o, order=order) for o in sample(case, shape)]
            got = case.ufunc(*operands)
            want = case.ufunc(*operands, where=True)
            assert_same(got, want)
            assert strides(got) == strides(want)
            out = tuple(np.empty(shape, np.float32, order="F") for _ in outputs(got))
            assert_same(case.ufunc(*operands, out=out), want)
            if case.arrays == 2:
                mixed = [operands[0], np.asarray(operands[1], order="F")]
                assert strides(case.ufunc(*mixed)) == strides(case.ufunc(*mixed, where=True))


@pytest.mark.parametrize("size", [100, 300_000])
def test_large_views(size: int) -> None:
    rng = np.random.default_rng(1)
    side = int(size**0.5) // 2 * 2
    g, x = rng.normal(0, 3, (2, side, side)).astype(np.float32)
    for pair in ((g.T, x), (g[::-1], x[:, ::-1]), (g[:, ::2], x[:, 1::2]), (g[0], x), (g.T, x.T)):
        got = fa.silu_backward(*pair)
        want = fa.silu_backward(*pair, where=True)
        copies = fa.silu_backward(*(p.copy() for p in np.broadcast_arrays(*pair)))
        assert_same(got, want)
        assert_same(got, copies)
        assert strides(got) == strides(want)
    cube = rng.normal(0, 3, (11, 13, size // 143 + 1)).astype(np.float32).transpose(2, 0, 1)
    assert_same(fa.sigmoid(cube), fa.sigmoid(cube.copy()))
    assert strides(fa.sigmoid(cube)) == strides(np.negative(cube))


@pytest.mark.parametrize("dtype", [*FLOATS, *SWAPPED, *map(np.dtype, "?bHiQ")])
@pytest.mark.parametrize("size", [1000, 300_000])
def test_large_views_of_any_dtype(
    dtype: np.dtype, size: int, threads: Callable[[int], None]
) -> None:
    threads(2)
    side = int(size**0.5)
    x = np.abs(np.random.default_rng(3).normal(0, 3, (side, side))).astype(dtype)
    a = np.linspace(-1, 1, side, dtype=np.float32)
    for view in (x, x.T, x[:, ::2], x[::-3], x[:, : side // 2], x[:, :13], misaligned(x)):
        assert_same(fa.gelu(view), fa.gelu(view, where=True))
        assert strides(fa.gelu(view)) == strides(fa.gelu(view, where=True))
        columns = a[: view.shape[1]]
        assert_same(fa.prelu(view, columns), fa.prelu(view, columns, where=True))
        rows = a[: len(view), None]
        assert_same(fa.prelu(view, rows), fa.prelu(view, rows, where=True))


@pytest.mark.parametrize("dtype", [*FLOATS, np.dtype("b"), np.dtype(">f4")])
@pytest.mark.parametrize(
    "shape", [(700, 130), (9, 3000), (257, 512), (6, 400, 150), (2, 70, 3, 501)]
)
@pytest.mark.parametrize("members", [1, 2])
def test_operands_across_each_other(
    shape: tuple[int, ...], dtype: np.dtype, members: int, threads: Callable[[int], None]
) -> None:
    threads(members)
    x, g = (np.random.default_rng(k).normal(0, 30, shape).astype(dtype) for k in range(2))
    for view in (x.T, x[::-1].T, x[..., ::2].T, np.moveaxis(x, -1, 0)):
        got, line = fa.silu(view, order="C"), np.ascontiguousarray(view)
        assert got.flags.c_contiguous
        assert_same(got, fa.silu(line))
        out = np.zeros((*view.shape[:-1], view.shape[-1] + 3), got.dtype)
        assert fa.silu(view, out=out[..., :-3]).base is out
        assert_same(out[..., :-3], got)
        assert not out[..., -3:].any()
    assert_same(fa.silu_backward(g, x.T.copy().T), fa.silu_backward(g, x))
    slope = np.linspace(-1, 1, shape[0], dtype=np.float32)
    assert_same(fa.prelu(x.T, slope, order="C"), fa.prelu(x.T.copy(), slope))


@pytest.mark.parametrize("dtype", [*FLOATS, *SWAPPED])
@pytest.mark.parametrize("length", [2, 7, 48, 100, 255])
@pytest.mark.parametrize("members", [1, 3])
def test_one_row_for_all(
    length: int, dtype: np.dtype, members: int, threads: Callable[[int], None]
) -> None:
    threads(members)
    rng = np.random.default_rng(length)
    x = rng.normal(0, 3, (200_000 // length, length)).astype(dtype)
    row = rng.normal(0, 1, length).astype(dtype)
    whole = np.broadcast_to(row, x.shape).copy()
    want = fa.prelu(x, whole)
    assert_same(fa.prelu(x, row), want)
    assert_same(fa.prelu(x[::2], row), want[::2])
    assert_same(fa.prelu(x.reshape(-1, 1, length), row[::-1]), fa.prelu(x, whole[:, ::-1])[:, None])
    assert_same(fa.silu_backward(row, x), fa.silu_backward(whole, x))
    want = fa.prelu(x, np.broadcast_to(x[0], x.shape).copy())
    fa.prelu(x, x[0], out=x)
    assert_same(x.astype(want.dtype), want)


@pytest.mark.parametrize("dtype", [np.dtype("f2"), np.dtype(bfloat16), np.dtype(">f2")])
@pytest.mark.parametrize("members", [1, 2])
def test_long_arrays_of_halves(
    dtype: np.dtype, members: int, isa: str, threads: Callable[[int], None]
) -> None:
    threads(members)
    bits = np.random.default_rng(5).integers(0, 1 << 16, 1 << 20, dtype=np.uint16)
    x = bits.view(dtype).reshape(512, 2048)

    def by_rows(ufunc: np.ufunc, x: np.ndarray, *parameters: float) -> np.ndarray:
        return np.array([ufunc(row, *parameters) for row in x])

    for ufunc in (fa.mish, fa.gelu_grad, fa.tanh_shrink_grad_grad):
        with np.errstate(invalid="ignore"):  # signalling NaNs
            want = by_rows(ufunc, x)
            for view in (slice(None), (slice(None), slice(None, None, -1))):
                assert_same(ufunc(x[view]), want[view])
            assert_same(ufunc(x.T, order="C"), np.ascontiguousarray(want.T))
            mine = x.copy()
            assert ufunc(mine, out=mine) is mine
        assert_same(mine.astype(want.dtype), want)
    assert_same(fa.softplus(x, 0.5), by_rows(fa.softplus, x, 0.5))


def test_a_table_tells_no_overflow_that_is_none(threads: Callable[[int], None]) -> None:
    threads(1)
    x = np.linspace(-100, 100, 1 << 21).astype(np.float16)
    np.testing.assert_array_equal(fa.swish_grad_beta(x, 0), (x.astype(float) ** 2 / 4).astype("f2"))
    x[12345] = 60000
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert fa.swish_grad_beta(x, 0)[12345] == np.inf


@pytest.mark.parametrize("first", [*FLOATS, np.dtype(">f2"), np.dtype("b"), np.dtype("i")])
@pytest.mark.parametrize("second", [*FLOATS, np.dtype("?"), np.dtype("H"), np.dtype("q")])
def test_numbers_beside_arrays_of_any_dtype(first: np.dtype, second: np.dtype) -> None:
    g = np.arange(6).reshape(2, 3).astype(first)
    x = (np.arange(6).reshape(2, 3) - 3).astype(second)
    calls = [(fa.elu, (g, second.type(1))), (fa.leaky_relu_backward, (g, x))]
    for value in (0.1, 3, True, 1e5, 1e39, -0.0, np.nan, 2**30):
        calls += [
            (fa.leaky_relu_backward, (g, x, value)),
            (fa.hard_tanh, (g, value, np.linspace(0, 1, 3).astype(second))),
            (fa.hard_tanh, (g, np.float32(-0.3), value)),
            (fa.elu, (g, value)),
        ]
    for ufunc, operands in calls:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            assert_same(ufunc(*operands), ufunc(*operands, where=True))
