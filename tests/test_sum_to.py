"""sum_to: right to its bound, the same for every layout and number of threads, clear errors."""

from __future__ import annotations

import math
import tracemalloc
from threading import Thread

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastact as fa
from fastact import _gradients

SHAPES = [
    ((4096, 3), (3,)),
    ((3, 4096), (3, 1)),
    ((2, 5, 31, 17), (5, 1, 1)),
    ((2, 5, 31, 17), (2, 1, 31, 1)),
    ((2, 5, 31, 17), (5, 1, 17)),
    ((2, 5, 31, 17), (1, 1, 1, 17)),
    ((2, 5, 31, 17), (2, 5, 31, 17)),
    ((6173,), ()),
    ((6173,), (1,)),
    ((3, 1, 401, 2, 1), (401, 1, 1)),
    ((5, 1201), (1201,)),
]


@pytest.fixture(params=[None, 500])
def block(request, monkeypatch):
    """Blocks as they are, and so small that there are many, each worth a thread."""
    if request.param:
        monkeypatch.setattr(_gradients, "_BLOCK", request.param)
        monkeypatch.setattr(_gradients, "_WORTH_A_THREAD", request.param)


def by_numpy(grad: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Sum in float64 over the axes that broadcasting would have repeated."""
    padded = (1,) * (grad.ndim - len(shape)) + shape
    axes = tuple(k for k, n in enumerate(padded) if n == 1)
    return np.add.reduce(grad, axes, np.float64, keepdims=True).reshape(shape)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize(("full", "shape"), SHAPES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16])
def test_whole_numbers_are_summed_exactly(full, shape, dtype):
    grad = np.random.default_rng(0).integers(-9, 10, full).astype(dtype)
    result = fa.sum_to(grad, shape)
    assert result.dtype == dtype
    assert result.shape == shape
    np.testing.assert_array_equal(result, by_numpy(grad, shape).astype(dtype))


@given(st.data())
def test_any_shape_that_broadcasts(data):
    full = data.draw(st.lists(st.integers(0, 5), max_size=5).map(tuple))
    kept = data.draw(st.lists(st.booleans(), min_size=len(full), max_size=len(full)))
    first = data.draw(st.integers(0, len(full)))
    shape = tuple(n if keep else 1 for n, keep in zip(full, kept, strict=True))[first:]
    grad = np.random.default_rng(0).integers(-9, 10, full).astype(np.float32)
    np.testing.assert_array_equal(fa.sum_to(grad, shape), by_numpy(grad, shape))


def test_it_undoes_broadcasting_of_prelu():
    rng = np.random.default_rng(1)
    g, x = rng.normal(size=(2, 3, 4, 5, 6))
    a = rng.uniform(0, 1, (4, 1, 1))
    step = 1e-6
    moved = [np.vdot(g, fa.prelu(x, a + sign * step)) for sign in (1, -1)]
    _, ga = fa.prelu_backward(g, x, a)
    assert fa.sum_to(ga, a.shape).sum() == pytest.approx((moved[0] - moved[1]) / (2 * step))


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize("kept", [1, 7])
def test_the_bound_holds_under_cancellation(kept):
    rng = np.random.default_rng(2)
    grad = rng.normal(size=(30011, kept)) * 10.0 ** rng.uniform(-8, 8, (30011, kept))
    grad[1::2] = -grad[:-1:2] * (1 + rng.normal(size=grad[1::2].shape) * 1e-12)
    result = fa.sum_to(grad, (kept,))
    for k in range(kept):
        bound = (20 + 1.3 * math.log2(len(grad))) * 2.0**-53 * math.fsum(abs(grad[:, k]))
        exact = math.fsum(grad[:, k])
        assert abs(result[k] - exact) <= bound
        assert abs(exact) < bound * 2**40  # it does cancel


def test_float32_is_rounded_once():
    grad = np.full((100_003, 1), 0.1, np.float32)
    assert fa.sum_to(grad, ())[()] == np.float32(100_003 * float(np.float32(0.1)))


def layouts(grad):
    yield "C", np.ascontiguousarray(grad)
    yield "F", np.asfortranarray(grad)
    yield "reversed", grad[::-1].copy()[::-1]
    yield "every second", np.repeat(grad, 2, axis=-1)[..., ::2]
    yield "big-endian", grad.astype(grad.dtype.newbyteorder(">"))
    yield "channels last", np.moveaxis(np.moveaxis(grad, 0, -1).copy(), -1, 0)


@pytest.mark.usefixtures("block")
@pytest.mark.parametrize(("full", "shape"), [*SHAPES, ((3, 300_007), (3, 1))])
def test_bits_do_not_depend_on_layout_or_threads(full, shape, threads):
    grad = np.random.default_rng(3).normal(size=full)
    threads(1)
    want = fa.sum_to(grad, shape)
    for count in (1, 2, 3, 8):
        threads(count)
        for name, array in layouts(grad):
            assert fa.sum_to(array, shape).tobytes() == want.tobytes(), (name, count)


@pytest.mark.usefixtures("block")
def test_a_broadcast_gradient():
    grad = np.broadcast_to(np.float32(0.5), (1000, 1000))
    np.testing.assert_array_equal(fa.sum_to(grad, 1000), np.full(1000, 500, np.float32))


def test_wide_sums_take_one_array_of_float64():
    grad = np.broadcast_to(np.float32(1), (4, 1_000_000))
    tracemalloc.start()
    try:
        with fa.num_threads(1):  # each other thread has blocks of its own
            fa.sum_to(grad, grad.shape[1])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8e6 + 4e6 + 8 * _gradients._BLOCK + 1e5


def test_out_is_returned_and_may_overlap():
    grad = np.ones((5, 3), np.float32)
    out = np.empty(3)
    assert fa.sum_to(grad, 3, out=out) is out
    assert fa.sum_to(grad, (3,), out=grad[1]).base is grad
    np.testing.assert_array_equal(grad[:3], [[1, 1, 1], [5, 5, 5], [1, 1, 1]])
    assert fa.sum_to(grad, grad.shape) is grad


def test_empty_sums_are_zero():
    np.testing.assert_array_equal(fa.sum_to(np.empty((0, 3), np.float32), 3), np.zeros(3))
    assert fa.sum_to(np.empty((3, 0)), (1, 0)).shape == (1, 0)
    assert fa.sum_to(1.5, ()) == 1.5


@pytest.mark.usefixtures("block")
def test_infinities_and_nan():
    grad = np.ones((1000, 4))
    grad[500, 1:] = np.inf, np.inf, np.nan
    grad[700, 2] = -np.inf
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(fa.sum_to(grad, 4), [1000, np.inf, np.nan, np.nan])


@pytest.mark.usefixtures("block")
def test_an_overflow_is_told_from_any_thread(threads):
    threads(4)
    grad = np.zeros(1_048_576)
    grad[-2:] = 1.5e308
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        fa.sum_to(grad, ())
    with np.errstate(over="ignore"):
        assert fa.sum_to(grad, ()) == np.inf
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert fa.sum_to(np.full(100, 60000, np.float16), ()) == np.inf


def test_threads_that_cannot_be_had(threads, monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    threads(4)
    monkeypatch.setattr(Thread, "start", start)
    assert fa.sum_to(np.ones(1 << 20), ()) == 1 << 20


def test_an_error_in_a_thread_comes_out():
    def fail():
        raise MemoryError("no more")

    with pytest.raises(MemoryError, match="no more"):
        _gradients._at_once(lambda: None, fail)


@pytest.mark.parametrize(
    ("error", "words", "arguments"),
    [
        (ValueError, r"shape \(4,\) does not broadcast to \(2, 3\)", ((2, 3), 4)),
        (ValueError, r"shape \(1, 2, 3\) does not broadcast", ((2, 3), (1, 2, 3))),
        (ValueError, r"shape \(-1,\) does not broadcast", ((2, 3), -1)),
        (ValueError, r"shape \(0,\) does not broadcast", ((2, 3), 0)),
        (TypeError, "shape must be an int or a sequence", ((2, 3), 1.5)),
        (TypeError, "shape must be an int or a sequence", ((2, 3), None)),
        (TypeError, "shape must be an int or a sequence", ((2, 3), "3")),
        (ValueError, r"out must have the shape \(3,\), got \(2,\)", ((2, 3), 3, np.empty(2))),
        (TypeError, "out must be an ndarray, got list", ((2, 3), 3, [0, 0, 0])),
        (TypeError, "out has dtype int64", ((2, 3), 3, np.empty(3, np.int64))),
    ],
)
def test_errors_name_the_argument(error, words, arguments):
    full, *rest = arguments
    with pytest.raises(error, match=words):
        fa.sum_to(np.ones(full, np.float32), *rest)


@pytest.mark.parametrize("dtype", ["c8", "O", "U3", "M8[s]", "g"])
def test_other_dtypes_are_refused(dtype):
    if dtype == "g" and np.dtype("g") == np.dtype("d"):
        pytest.skip("long double is float64")
    with pytest.raises(TypeError, match="grad must be real"):
        fa.sum_to(np.zeros(3, dtype), ())
