"""The functions along an axis: values, limits, layouts, memory, threads, flags, errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import mpmath
import numpy as np
import pytest
import scipy.special
from cases import assert_same
from hypothesis import given, settings
from hypothesis import strategies as st

import fastact as fa
from fastact import _ufuncs

NAMES = list(_ufuncs.AXIS_UFUNCS)
ELEMENTWISE = [name for name in NAMES if name != "logsumexp"]
BACKWARD = [name for name in NAMES if name.endswith("_backward")]
FORWARD = [name for name in NAMES if name not in BACKWARD]
EXPONENTIAL = ["softmax", "softmin", "log_softmax", "logsumexp"]
FROM_SHARES = ["softmax_backward", "softmin_backward", "log_softmax_backward"]
FLOATS = [np.float32, np.float64, np.float16]
LENGTHS = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 1023, 1024, 1025, 2100]
PART = 65_536  # elements: longer rows are summed in parts

every_name = pytest.mark.parametrize("name", NAMES)
every_float = pytest.mark.parametrize("dtype", FLOATS)


def operands(name: str, shape: object, dtype: object = np.float32, seed: int = 0):
    """Random operands: x, or g and an output y."""
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 3, shape).astype(dtype)
    if name not in BACKWARD:
        return [x]
    y = scipy.special.softmax(x.astype(np.float64), -1)
    y = np.log(y) if name == "log_softmax_backward" else y
    return [rng.normal(0, 1, shape).astype(dtype), y.astype(dtype)]


def apply(name: str, *arrays: np.ndarray, **keywords: object) -> np.ndarray:
    return getattr(fa, name)(*arrays, **keywords)


# ---- values ----


@cache
def exact(name: str, row: tuple[float, ...]) -> tuple[list, mpmath.mpf]:
    """The function of a row, and the logarithm of its sum beside the maximum."""
    x = [mpmath.mpf(v) * (-1 if name == "softmin" else 1) for v in row]
    highest = max(x)
    others = mpmath.fsum(mpmath.exp(v - highest) for v in x) - 1
    log = mpmath.log1p(others)
    if name == "logsumexp":
        return [highest + log], log
    if name == "log_softmax":
        return [v - highest - log for v in x], log
    return [mpmath.exp(v - highest - log) for v in x], log


def ulp_of(value: mpmath.mpf, dtype: type) -> mpmath.mpf:
    info = np.finfo(dtype)
    size = max(abs(value), mpmath.mpf(float(info.smallest_normal)))
    return mpmath.mpf(2) ** (mpmath.floor(mpmath.log(size, 2)) - info.nmant)


@pytest.mark.parametrize("name", ["softmax", "softmin"])
def test_no_share_is_above_1(name: str, isa: str) -> None:
    x = np.random.default_rng(0).normal(0, 10, (400_000, 2)).astype(np.float32)
    share = apply(name, x)
    assert (share == 1).any()
    assert share.max() == 1


@pytest.mark.parametrize("name", EXPONENTIAL)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("spread", [0, 1e-3, 1, 30])
@pytest.mark.parametrize("offset", [0, -7, 100, -3e4])
def test_against_mpmath(name: str, dtype: type, spread: float, offset: float, isa: str) -> None:
    bound = {"softmax": 1.6, "softmin": 1.6, "log_softmax": 2, "logsumexp": 1.2}[name]
    least = 2.0 ** (-40 if dtype == np.float32 else -90) if name == "log_softmax" else 0
    rng = np.random.default_rng(5)
    with mpmath.workprec(200):
        for length in (1, 2, 3, 17, 130):
            x = (rng.normal(0, 1, length) * spread + offset).astype(dtype)
            want, log = exact(name, tuple(x.tolist()))
            got = np.atleast_1d(apply(name, x))
            for a, b in zip(got, want, strict=True):
                scale = ulp_of(b, dtype)
                if name == "logsumexp":
                    scale = max(scale, ulp_of(log, dtype) if log > 0 else 0)
                assert abs(mpmath.mpf(float(a)) - b) <= max(bound * scale, least), (x, a, b)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logsumexp_that_cancels_to_little(dtype: type, isa: str) -> None:
    """One element is 0, and the result is what the others add, however little."""
    with mpmath.workprec(1200):
        for far in np.linspace(1, 87 if dtype == np.float32 else 708, 60):
            x = np.array([0, -far], dtype)
            want = exact("logsumexp", tuple(x.tolist()))[0][0]
            assert abs(mpmath.mpf(float(fa.logsumexp(x))) - want) <= 1.2 * ulp_of(want, dtype)


@pytest.mark.parametrize(
    "length", [PART - 1, PART + 1, 400_003, pytest.param(5_000_000, marks=pytest.mark.slow)]
)
def test_the_error_does_not_grow_with_the_length(length: int, isa: str) -> None:
    x = np.random.default_rng(3).normal(0, 1, length)
    for row in (x, np.full(length, 0.1), np.sort(x), np.sort(x)[::-1], np.r_[20, x - 1]):
        single = row.astype(np.float32)
        wide = single.astype(np.float64)
        want = scipy.special.logsumexp(wide)
        assert abs(fa.logsumexp(single) - want) <= 1.2 * np.spacing(np.float32(want))
        y = fa.softmax(single)
        want = np.exp(wide - want)
        assert (np.abs(y - want) <= 1.6 * np.spacing(want.astype(np.float32))).all()


def test_results_in_the_subnormal_range(isa: str) -> None:
    for dtype, deep in ((np.float32, 104), (np.float64, 745)):
        x = np.append(np.linspace(-deep - 5, -deep + 25, 400), 0).astype(dtype)
        y = fa.softmax(x)
        tiny = np.finfo(dtype).smallest_subnormal
        with mpmath.workprec(120):
            want, _ = exact("softmax", tuple(x.tolist()))
            worst = max(
                abs(mpmath.mpf(float(a)) - b) / ulp_of(b, dtype)
                for a, b in zip(y, want, strict=True)
            )
        assert worst <= 1.6
        assert y[0] == 0
        assert tiny in y


@pytest.mark.parametrize("name", EXPONENTIAL)
def test_against_scipy(name: str, isa: str) -> None:
    reference = {
        "softmax": scipy.special.softmax,
        "softmin": lambda x, axis: scipy.special.softmax(-x, axis),
        "log_softmax": scipy.special.log_softmax,
        "logsumexp": scipy.special.logsumexp,
    }[name]
    for shape in ((5,), (3, 4), (2, 300, 7), (3, 2, 1500), (2, PART + 5), (2, 3, 4, 5)):
        x = np.random.default_rng(0).normal(0, 3, shape)
        for axis in range(-len(shape), len(shape)):
            got = apply(name, x, axis=axis)
            np.testing.assert_allclose(got, reference(x, axis), rtol=2e-14, atol=1e-15)
            single = x.astype(np.float32)
            want = reference(single.astype(np.float64), axis)
            np.testing.assert_allclose(apply(name, single, axis=axis), want, rtol=1e-6, atol=1e-7)


@given(
    shape=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    axis=st.integers(-4, 3),
    seed=st.integers(0, 2**32 - 1),
    scale=st.sampled_from([0.01, 1, 10]),
)
@settings(max_examples=60, deadline=None)
def test_gradients_against_torch(shape: list[int], axis: int, seed: int, scale: float) -> None:
    torch = pytest.importorskip("torch")
    axis = axis % len(shape)
    rng = np.random.default_rng(seed)
    x, g = rng.normal(0, scale, shape), rng.normal(0, 1, shape)
    functions = {
        "softmax": torch.softmax,
        "softmin": torch.nn.functional.softmin,
        "log_softmax": torch.log_softmax,
    }
    for name, function in functions.items():
        leaf = torch.tensor(x, requires_grad=True)
        function(leaf, dim=axis).backward(torch.tensor(g))
        y = apply(name, x, axis=axis)
        got = apply(f"{name}_backward", g, y, axis=axis)
        np.testing.assert_allclose(got, leaf.grad.numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", [*FROM_SHARES, "softmax_one_backward"])
@pytest.mark.parametrize("length", [1, 5, 64, 1000, PART + 1000])
def test_gradients_within_their_bound(name: str, length: int, isa: str) -> None:
    for seed in range(5):
        g, y = operands(name, length, seed=seed)
        wide_g, wide_y = g.astype(np.float64), y.astype(np.float64)
        if name == "log_softmax_backward":
            want = wide_g - np.exp(wide_y) * wide_g.sum()
            weight, terms = np.exp(wide_y), np.abs(wide_g).sum()
        else:
            sign = -1 if name.startswith("softmin") else 1
            want = sign * wide_y * (wide_g - wide_g @ wide_y)
            weight, terms = np.abs(wide_y), np.abs(wide_g * wide_y).sum()
        error = np.abs(apply(name, g, y) - want)
        unit = 2.0**-24
        allowed = 3 * unit * terms * weight + 4 * unit * (np.abs(want) + weight * terms)
        assert (error <= allowed).all()


# ---- limits ----

LIMITS = [
    ([1, np.inf, 2], "nan", "nan", np.inf),
    ([np.inf, np.inf], "nan", "nan", np.inf),
    ([np.inf, -np.inf], "nan", "nan", np.inf),
    ([-np.inf, -np.inf], "nan", "nan", -np.inf),
    ([1, np.nan, 2], "nan", "nan", np.nan),
    ([np.inf, np.nan], "nan", "nan", np.nan),
    ([np.nan, np.inf], "nan", "nan", np.nan),
    ([-np.inf, np.nan], "nan", "nan", np.nan),
    ([-np.inf, 3], [0, 1], [-np.inf, 0], 3),
    ([-np.inf], "nan", "nan", -np.inf),
    ([7], [1], [0], 7),
    ([0.0, -0.0], [0.5, 0.5], [-np.log(2)] * 2, np.log(2)),
]


@every_float
@pytest.mark.parametrize("length", [0, 1, 20, 1024, 1500])
def test_limits(dtype: type, length: int, isa: str) -> None:
    check_limits(dtype, length)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_limits_of_rows_in_parts(dtype: type) -> None:
    check_limits(dtype, PART + 20)


def check_limits(dtype: type, length: int) -> None:
    """Each row alone, and with -inf before, between and behind its elements."""
    info = np.finfo(dtype)
    largest = [([info.max, info.max], [0.5, 0.5], [-np.log(2)] * 2, info.max)]
    for row, soft, log, sum_ in LIMITS + largest:
        row = np.array(row, dtype)
        x = np.full(len(row) + length, -np.inf, dtype)
        places = np.linspace(0, len(x) - 1, len(row)).astype(int)
        x[places] = row
        for name, want in (("softmax", soft), ("log_softmax", log)):
            y = apply(name, x)
            if isinstance(want, str):
                assert np.isnan(y).all(), (name, row)
                continue
            np.testing.assert_allclose(y[places], np.array(want, dtype), rtol=2 * info.eps)
            rest = np.delete(y, places)
            assert (rest == (0 if name == "softmax" else -np.inf)).all()
        np.testing.assert_allclose(fa.logsumexp(x), np.array(sum_, dtype), rtol=2 * info.eps)
        assert_same(fa.softmin(-x), fa.softmax(x))


def test_rows_far_below_and_far_above(isa: str) -> None:
    for dtype in (np.float32, np.float64):
        largest = np.finfo(dtype).max
        x = np.array([largest, -largest, 0], dtype)
        assert_same(fa.softmax(x), np.array([1, 0, 0], dtype))
        assert_same(fa.softmax(np.full(4, -largest, dtype)), np.full(4, 0.25, dtype))
        assert fa.logsumexp(x) == largest
        rises = np.repeat(np.array([-largest, -1e30, -500, 0, 600, 1e30], dtype), 1024)
        assert fa.logsumexp(rises) == dtype(1e30)
        np.testing.assert_allclose(fa.softmax(rises)[-1024:], 1 / 1024)
        assert (fa.softmax(rises)[:-1024] == 0).all()


@pytest.mark.parametrize("name", [*FROM_SHARES, "softmax_one_backward"])
def test_nan_and_infinite_gradients(name: str, isa: str) -> None:
    g, y = operands(name, 40)
    bad = g.copy()
    bad[7] = np.nan
    assert np.isnan(apply(name, bad, y)).all()
    bad[7] = np.inf
    got = apply(name, bad, y)
    assert np.isnan(got[7])
    assert np.isinf(np.delete(got, 7)).all()
    if name == "log_softmax_backward":
        y[3] = -np.inf  # a probability of 0
        assert apply(name, g, y)[3] == g[3]


# ---- the same bits ----


@every_name
@every_float
def test_layouts(name: str, dtype: type, isa: str) -> None:
    for length in LENGTHS:
        rows = 40 if length <= 100 else 3
        contiguous = operands(name, (rows, length), dtype, seed=length)
        want = apply(name, *contiguous)
        for row in range(rows):
            assert_same(apply(name, *[o[row] for o in contiguous]), want[row])
        columns = [np.ascontiguousarray(o.T) for o in contiguous]
        assert_same(apply(name, *columns, axis=0), want.T if name != "logsumexp" else want)
        wide = [np.full((rows, 2 * length + 3), np.nan, dtype) for _ in contiguous]
        for room, o in zip(wide, contiguous, strict=True):
            room[:, 1 : 1 + 2 * length : 2] = o
        strided = [room[:, 1 : 1 + 2 * length : 2] for room in wide]
        assert_same(apply(name, *strided), want)
        backwards = [o[::-1, ::-1].copy()[::-1, ::-1] for o in contiguous]
        assert_same(apply(name, *backwards), want)


@every_name
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("ignore:overflow")
def test_columns_of_any_values(name: str, dtype: type, isa: str) -> None:
    huge = np.finfo(dtype).max
    special = [np.inf, -np.inf, np.nan, huge, -huge, 0.0, -0.0, 200, 1e-45]
    rng = np.random.default_rng(6)
    for length in (2, 3, 16, 21, 64, 65, 130, 511, 512, 513):
        arrays = operands(name, (45, length), dtype, seed=length)
        for o in arrays:
            spoilt = rng.random(o.shape) < 1 / length
            o[spoilt] = rng.choice(special, spoilt.sum())
            o[0], o[1] = -np.inf, np.inf
        images = [np.ascontiguousarray(o.reshape(3, 15, length).swapaxes(1, 2)) for o in arrays]
        want = apply(name, *arrays)
        got = apply(name, *images, axis=1)
        assert_same(
            got.reshape(45) if want.ndim == 1 else got.swapaxes(1, 2),
            want.reshape(45 if want.ndim == 1 else (3, 15, length)),
        )


@every_name
@every_float
def test_columns_of_far_elements(name: str, dtype: type, isa: str) -> None:
    """Steps of more than a kilobyte, and as many columns as fill vectors or do not."""
    for length in (3, 9, 21, 130, 512):
        for columns in (288, 1025):
            arrays = operands(name, (columns, length), dtype, seed=length)
            want = apply(name, *arrays)
            far = [np.ascontiguousarray(o.T) for o in arrays]
            assert_same(apply(name, *far, axis=0), want.T)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_layout(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    dtype = np.dtype(data.draw(st.sampled_from(["f4", "f8", "f2", ">f4", ">f8"])))
    shape = data.draw(st.lists(st.sampled_from([1, 2, 3, 5, 17, 40]), min_size=1, max_size=4))
    while np.prod(shape) > 20_000:
        shape.pop()
    axis = data.draw(st.integers(0, len(shape) - 1))
    views = []
    for operand in operands(name, [2 * n for n in shape], dtype):
        order = data.draw(st.permutations(range(len(shape))))
        room = np.ascontiguousarray(operand.transpose(order)).transpose(np.argsort(order))
        steps = [data.draw(st.sampled_from([1, 2, -1, -2])) for _ in shape]
        cut = [slice(None, None, step) for step in steps]
        views.append(room[tuple(cut)][tuple(slice(0, n) for n in shape)])
    rows = [np.ascontiguousarray(np.moveaxis(v, axis, -1), dtype.newbyteorder("=")) for v in views]
    want = np.asarray(apply(name, *rows))
    got = np.asarray(apply(name, *views, axis=axis))
    assert_same(got if name == "logsumexp" else np.moveaxis(got, axis, -1), want)


@every_name
@every_float
def test_threads(name: str, dtype: type, threads: Callable[[int], None]) -> None:
    for shape, axis in (
        ((700, 300), -1),
        ((700, 300), 0),
        ((3, 2 * PART + 77), 1),
        ((1, 5 * PART), -1),
        ((3 * PART, 2), 0),
    ):
        arrays = operands(name, shape, dtype)
        threads(1)
        want = apply(name, *arrays, axis=axis)
        for count in (2, 3, 8):
            threads(count)
            assert_same(apply(name, *arrays, axis=axis), want)


def test_beyond_the_caches(threads: Callable[[int], None]) -> None:
    threads(2)
    for shape in ((12_000, 1000), (40, 300_001)):
        x = operands("softmax", shape)[0]
        whole = fa.softmax(x)  # streamed
        for row in (0, shape[0] // 2, shape[0] - 1):
            assert_same(whole[row], fa.softmax(x[row]))
    x = operands("softmax", (21, 600_001))[0]
    whole = fa.softmax(x, axis=0)
    for column in (0, 70_001, 600_000):
        assert_same(whole[:, column], fa.softmax(x[:, column].copy()))


# ---- memory ----


@pytest.mark.parametrize("name", ELEMENTWISE)
@every_float
def test_in_place(name: str, dtype: type, isa: str) -> None:
    for shape, axis in (((9, 40), -1), ((9, 40), 0), ((2, 1500), 1), ((3, PART + 5), 1)):
        arrays = operands(name, shape, dtype)
        want = apply(name, *arrays, axis=axis)
        for k in range(len(arrays)):
            used = [o.copy() for o in arrays]
            assert apply(name, *used, axis=axis, out=used[k]) is used[k]
            assert_same(used[k], want)


@every_name
def test_overlap(name: str) -> None:
    for apart in (1, 3, 16, 100):
        room = [np.concatenate([o, o]) for o in operands(name, (200, 50))]
        flat = [o.reshape(-1) for o in room]
        views = [o[apart : apart + 5000].reshape(100, 50) for o in flat]
        want = apply(name, *[v.copy() for v in views])
        out = flat[0][: want.size].reshape(want.shape)
        assert_same(apply(name, *views, out=out).copy(), want)
    square = operands(name, (60, 60))
    want = apply(name, *[o.copy() for o in square])
    out = square[-1].T if want.ndim == 2 else square[-1][:, 0]
    apply(name, *square, out=out)
    assert_same(out.copy(), want)


@every_name
@every_float
@pytest.mark.parametrize("at_end", [True, False], ids=["end", "start"])
def test_guard_pages(
    name: str, dtype: type, at_end: bool, isa: str, guarded: Callable[..., np.ndarray]
) -> None:
    longest = 300
    arrays = operands(name, longest, dtype)
    rooms = [guarded(longest, dtype, at_end) for _ in range(len(arrays) + 1)]
    for length in [*range(1, 70), 127, 128, 129, 255, 300]:
        part = slice(longest - length, None) if at_end else slice(None, length)
        for room, o in zip(rooms, arrays, strict=False):
            room[part] = o[:length]
        inputs = [room[part] for room in rooms[:-1]]
        want = apply(name, *[o[:length].copy() for o in arrays])
        out = rooms[-1][part] if name != "logsumexp" else rooms[-1][part][:1].reshape(())
        assert_same(apply(name, *inputs, out=out).copy(), want)
        rows = [np.reshape(i, (1, -1)) for i in inputs]
        columns = apply(name, *[np.repeat(r, 2, 0) for r in rows])
        assert_same(columns[1], want)


@every_name
@every_float
@pytest.mark.parametrize("at_end", [True, False], ids=["end", "start"])
def test_guard_pages_of_columns(
    name: str, dtype: type, at_end: bool, isa: str, guarded: Callable[..., np.ndarray]
) -> None:
    for rows, length in ((1, 7), (5, 3), (16, 16), (17, 33), (40, 21), (3, 1100), (20, 1500)):
        arrays = [np.ascontiguousarray(o.T) for o in operands(name, (rows, length), dtype)]
        want = apply(name, *[o.copy() for o in arrays], axis=0)
        rooms = [guarded(o.size, dtype, at_end).reshape(o.shape) for o in arrays]
        for room, o in zip(rooms, arrays, strict=True):
            room[...] = o
        out = guarded(want.size, dtype, at_end).reshape(want.shape)
        assert_same(apply(name, *rooms, axis=0, out=out).copy(), want)


@every_name
def test_canaries(name: str, isa: str) -> None:
    for length in (1, 5, 16, 40, 100):
        for rows in (1, 3, 20):
            arrays = operands(name, (rows, length))
            want = apply(name, *arrays)
            shape = want.shape if want.ndim == 2 else (rows, 1)
            room = np.full((shape[0] + 2, shape[1] + 5), 777, np.float32)
            inside = room[1:-1, 2:-3]
            apply(name, *arrays, out=inside if want.ndim == 2 else inside[:, 0])
            assert_same(inside.reshape(want.shape).copy(), want)
            inside[...] = 777
            assert (room == 777).all()


# ---- flags, dtypes, errors ----


@every_name
@every_float
def test_silence(name: str, dtype: type, isa: str, threads: Callable[[int], None]) -> None:
    info = np.finfo(dtype)
    special = [0, -0.0, 1, -1, 80, -90, -110, -800, np.inf, -np.inf, np.nan, info.max / 4]
    special += [-info.max / 4, info.tiny, info.smallest_subnormal, -info.smallest_subnormal]
    special = np.array(special, dtype)
    rng = np.random.default_rng(2)
    if name in BACKWARD:
        y = rng.uniform(0, 1, (600, 40)).astype(dtype)
        y = np.log(y) if name == "log_softmax_backward" else y
        g = rng.choice(special[np.abs(special) != info.max / 4], (600, 40))
        arrays = [g, y]
    else:
        arrays = [rng.choice(special, (600, 40))]
    for count in (1, 2):
        threads(count)
        with np.errstate(all="raise"):
            apply(name, *arrays)
            apply(name, *arrays, axis=0)
            apply(name, *[o[:3, ::2] for o in arrays])
            for k in range(40):
                apply(name, *[o[k] for o in arrays])


def test_only_true_overflow_is_told(isa: str) -> None:
    for dtype in (np.float32, np.float64):
        largest = np.finfo(dtype).max
        x = np.array([largest, -largest], dtype)
        with np.errstate(all="raise"):
            fa.softmax(x)
            fa.logsumexp(x)
            with pytest.raises(FloatingPointError, match="overflow"):
                fa.log_softmax(x)
            with pytest.raises(FloatingPointError, match="overflow"):
                fa.log_softmax(np.tile(x, (3, 1)).T, axis=0)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError, match="overflow"):
        fa.log_softmax(np.array([6e4, -6e4], np.float16))


@pytest.mark.parametrize("name", FORWARD)
def test_dtypes(name: str) -> None:
    values = np.array([[0, 1, 1], [1, 0, 1]])
    for char, result in zip("?bBhHiIlLqQ", "fffffdddddd", strict=True):
        x = values.astype(char)
        want = apply(name, values.astype(result))
        assert_same(apply(name, x), want)
        assert_same(apply(name, x.T, axis=0), want.T if want.ndim == 2 else want)
        assert_same(apply(name, [list(row) for row in x]), want)
    ml_dtypes = pytest.importorskip("ml_dtypes")
    for dtype in (np.float16, ml_dtypes.bfloat16):
        x = operands(name, (20, 77), np.float32)[0].astype(dtype)
        assert_same(apply(name, x), apply(name, x.astype(np.float32)).astype(dtype))


@pytest.mark.parametrize("length", [3, 40, 1030])
def test_no_overflow_is_told_of_a_row_of_nan(length: int, isa: str) -> None:
    """Its elements are further apart than the largest number, but no result is infinite."""
    for dtype in (np.float32, np.float64):
        most = np.finfo(dtype).max
        for large in (most, most * np.finfo(dtype).eps * 2**20, most / 5):
            for place in (0, 1, 2):
                x = np.zeros(length, dtype)
                x[: length // 3 * 3 : 3], x[1 : length // 3 * 3 : 3] = -most, large
                x[-1 - place] = np.nan
                with np.errstate(all="raise"):
                    assert np.isnan(fa.log_softmax(x)).all()


def test_an_axis_by_position_is_told_its_name() -> None:
    with pytest.raises(TypeError, match=r"softmax\(\) takes its axis by name: axis=1"):
        fa.softmax(np.ones((2, 3)), 1)


def test_other_dtypes_are_type_errors() -> None:
    for bad in (np.ones(3, complex), np.ones(3, "g"), np.array(["a"]), np.array([None, 1])):
        with pytest.raises(TypeError):
            fa.softmax(bad)
    with pytest.raises(TypeError):
        fa.softmax()
    with pytest.raises(TypeError):
        fa.softmax(np.ones(3), axes=1, axis=1)
    with pytest.raises(TypeError):
        fa.softmax(np.ones(3), keepdims=True)
    with pytest.raises(TypeError):
        fa.softmax(np.ones(3), dim=0)


def test_shapes_that_do_not_fit() -> None:
    for axis in (1, -2, 100, 10**30):
        with pytest.raises((ValueError, OverflowError)):  # AxisError is a ValueError
            fa.softmax(np.ones(3), axis=axis)
    with pytest.raises(ValueError, match="not have enough dimensions"):
        fa.softmax(np.float64(1))
    with pytest.raises(ValueError, match="mismatch"):
        fa.softmax_backward(np.ones(3), np.ones(4))
    for out in (np.ones(4), np.ones((1, 2)), np.ones(1)):
        with pytest.raises(ValueError, match=r"mismatch|broadcast"):
            fa.softmax(np.ones(3), out=out)
    fixed = np.ones(3)
    fixed.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        fa.softmax(np.ones(3), out=fixed)


def test_empty() -> None:
    for shape in ((0,), (3, 0), (0, 3), (2, 0, 3)):
        x = np.ones(shape, np.float32)
        for axis in range(x.ndim):
            assert_same(fa.softmax(x, axis=axis), x)
            assert_same(fa.softmax_backward(x, x, axis=axis), x)
            rest = tuple(n for d, n in enumerate(shape) if d != axis)
            want = np.full(rest, -np.inf, np.float32)
            assert_same(np.asarray(fa.logsumexp(x, axis=axis)), want)


# ---- as NumPy has it ----


@every_name
def test_they_are_generalized_ufuncs(name: str) -> None:
    f = getattr(fa, name)
    assert isinstance(f, np.ufunc)
    assert name in fa.__all__
    inputs = "(n),(n)" if name in BACKWARD else "(n)"
    assert f.signature == inputs + ("->()" if name == "logsumexp" else "->(n)")


@every_name
def test_both_roads(name: str) -> None:
    f = getattr(fa, name)
    for shape, axis in (((6,), 0), ((4, 6), 0), ((4, 6), 1), ((3, 4, 6), 1)):
        arrays = operands(name, shape)
        want = f(*arrays, axis=axis)
        core = (axis,)
        axes = [core] * f.nin + [() if name == "logsumexp" else core]
        assert_same(f(*arrays, axes=axes), want)
        assert_same(f(*[o.astype(">f4") for o in arrays], axis=axis), want)
        assert_same(f(*arrays, axis=np.int64(axis)), want)
        wide = f(*arrays, axis=axis, dtype=np.float64)
        assert wide.dtype == np.float64
        np.testing.assert_allclose(wide, want, rtol=1e-5, atol=1e-6)
        out = np.empty(want.shape, want.dtype)
        assert f(*arrays, out, axis=axis) is out
        assert_same(out, want)
    assert type(fa.logsumexp(np.ones(3, np.float32))) is np.float32


def test_keepdims() -> None:
    x = operands("logsumexp", (3, 4, 5))[0]
    for axis in range(-3, 3):
        want = np.expand_dims(fa.logsumexp(x, axis=axis), axis)
        assert_same(fa.logsumexp(x, axis=axis, keepdims=True), want)


def test_broadcasting_gradients() -> None:
    g, y = operands("softmax_backward", (5, 7))
    want = fa.softmax_backward(np.broadcast_to(g[2], (5, 7)).copy(), y)
    assert_same(fa.softmax_backward(g[2], y), want)
    assert_same(fa.softmax_backward(np.broadcast_to(g[2], (5, 7)), y), want)


def test_results_keep_the_order_of_memory() -> None:
    x = operands("softmax", (4, 5, 6))[0]
    for view in (x, x.T, x.transpose(1, 0, 2), np.asfortranarray(x)):
        for axis in range(3):
            assert fa.softmax(view, axis=axis).strides == np.empty_like(view).strides


def test_outputs_of_stride_zero_keep_the_last_row() -> None:
    x = operands("softmax", (5000, 40))[0]
    room = np.zeros(40, np.float32)
    out = np.lib.stride_tricks.as_strided(room, x.shape, (0, 4))
    fa.softmax(x, out=out)
    assert_same(room, fa.softmax(x[-1]))


def test_subclasses_and_others() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(np.eye(3), index=list("abc"))
    np.testing.assert_array_equal(np.asarray(fa.softmax(frame)), fa.softmax(np.eye(3)))
    matrix = np.eye(3).view(type("Mine", (np.ndarray,), {}))
    assert type(fa.softmax(matrix)).__name__ == "Mine"
