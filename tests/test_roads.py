"""The hook's own road gives what NumPy's road gives: bits, dtype, shape and memory order."""

from __future__ import annotations

import numpy as np
import pytest
from cases import CASES, Case, assert_same, every_case, outputs, sample
from hypothesis import given, settings
from hypothesis import strategies as st

DTYPES = [
    np.float32,
    np.float64,
    np.float16,
    np.dtype(">f4"),
    np.int8,
    np.uint16,
    np.int64,
    np.bool,
]


@st.composite
def views(draw: st.DrawFn, case: Case) -> list[np.ndarray]:
    """Operands of one case as views: strided, turned, reversed, broadcast, empty, of no axes."""
    shape = draw(st.lists(st.integers(0, 6), max_size=4).map(tuple))
    found = []
    for k in range(case.ufunc.nin if draw(st.booleans()) else case.arrays):
        dtype = draw(
            st.sampled_from(
                DTYPES if k == case.ufunc.nin - len(case.parameters) - 1 else DTYPES[:3]
            )
        )
        mine = tuple(1 if n > 0 and draw(st.integers(0, 5)) == 0 else n for n in shape)
        if draw(st.integers(0, 9)) == 0:
            mine = mine[1:]
        axes = draw(st.permutations(range(len(mine))))
        steps = [draw(st.sampled_from([1, 1, 1, 2, 3, -1, -2])) for _ in mine]
        whole = np.empty([mine[a] * abs(steps[a]) for a in axes], dtype)
        values = np.random.default_rng(draw(st.integers(0, 99))).normal(0, 3, whole.shape)
        if np.dtype(dtype).kind in "ub":
            values = np.abs(values)
        whole[...] = values.astype(dtype)
        turned = whole.transpose(np.argsort(axes)) if mine else whole
        view = turned[tuple(slice(None, None, s) for s in steps)]
        assert view.shape == mine
        if draw(st.integers(0, 7)) == 0:
            view = np.broadcast_to(view, np.broadcast_shapes(mine, shape))
        found.append(view)
    return found


def strides(result: object) -> list[tuple[int, ...]]:
    return [y.strides if isinstance(y, np.ndarray) else () for y in outputs(result)]


@pytest.mark.parametrize("case", CASES[::1], ids=lambda case: case.ufunc.__name__)
@settings(max_examples=12, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_random_layouts(case: Case, data: st.DataObject) -> None:
    operands = data.draw(views(case))
    with np.errstate(all="ignore"):
        got = case.ufunc(*operands)
        # where= leads past the hook's road.
        want = case.ufunc(*operands, where=True)
        copies = case.ufunc(
            *[np.array(o, order="C", dtype=o.dtype.newbyteorder("=")) for o in operands]
        )
    assert_same(got, want)
    assert_same(got, copies)
    assert strides(got) == strides(want)
    assert [type(y) for y in outputs(got)] == [type(y) for y in outputs(want)]


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


def scipy_like(shape: tuple[int, ...], turn: tuple[int, ...]) -> np.ndarray:
    x = np.random.default_rng(1).normal(0, 3, shape).astype(np.float32)
    return x.transpose(turn)


@pytest.mark.parametrize("size", [100, 300_000])
def test_large_views(size: int) -> None:
    case = next(c for c in CASES if c.ufunc.__name__ == "silu_backward")
    side = int(size**0.5)
    g, x = sample(case, (side, side))
    for pair in ((g.T, x), (g[::-1], x[:, ::-1]), (g[:, ::2], x[:, 1::2]), (g[0], x), (g.T, x.T)):
        if pair[0].shape[-1] != pair[1].shape[-1]:
            continue
        got = case.ufunc(*pair)
        want = case.ufunc(*pair, where=True)
        copies = case.ufunc(*(p.copy() for p in np.broadcast_arrays(*pair)))
        assert_same(got, want)
        assert_same(got, copies)
        assert strides(got) == strides(want)
    cube = scipy_like((11, 13, max(1, size // 143)), (2, 0, 1))
    relu = next(c for c in CASES if c.ufunc.__name__ == "sigmoid")
    assert_same(relu.ufunc(cube), relu.ufunc(cube.copy()))
    assert strides(relu.ufunc(cube)) == strides(np.negative(cube))
