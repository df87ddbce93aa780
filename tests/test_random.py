"""stochastic_gelu and rrelu: their laws, their streams, what they refuse."""

from __future__ import annotations

import math

import ml_dtypes
import numpy as np
import pytest

import fastact as fa

DTYPES = [np.float16, ml_dtypes.bfloat16, np.float32, np.float64]
BOTH = pytest.mark.parametrize("function", [fa.stochastic_gelu, fa.rrelu])


def values(result):
    """The first of one result or two."""
    return result[0] if isinstance(result, tuple) else result


def phi(x):
    """Distribution function of the standard normal law."""
    return math.erfc(-x / math.sqrt(2)) / 2


# ---- stochastic_gelu ----


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("x", [-3.0, -1.0, -0.125, 0.5, 1.0, 2.5])
def test_stochastic_gelu_is_gelu_on_average(x, dtype):
    draws = 100_000
    y = fa.stochastic_gelu(np.full(draws, x, dtype), rng=7)
    assert y.dtype == dtype
    assert set(y.tolist()) == {x, 0.0}
    p = phi(x)
    five_sigma = 5 * math.sqrt(p * (1 - p) / draws)
    assert np.count_nonzero(y) / draws == pytest.approx(p, abs=five_sigma)
    mean = float(fa.gelu(np.float64(x)))
    assert float(y.sum(dtype=np.float64)) / draws == pytest.approx(mean, abs=abs(x) * five_sigma)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stochastic_gelu_keeps_what_is_below_phi(dtype):
    x = np.random.default_rng(0).normal(0, 2, (50, 3000)).astype(dtype)
    u = np.random.default_rng(5).random(x.shape)
    p = np.vectorize(phi)(x.astype(float))
    y = fa.stochastic_gelu(x, rng=5)
    clear = abs(u - p) > 1e-6 * p  # gelu(x) / x has roundings
    assert clear.mean() > 0.99
    np.testing.assert_array_equal(y[clear], np.where(u < p, x, 0)[clear])


def test_stochastic_gelu_drops_the_far_tail():
    assert not fa.stochastic_gelu(np.full(10**6, -12, np.float32), rng=1).any()


@pytest.mark.parametrize("dtype", DTYPES)
def test_stochastic_gelu_at_the_ends(dtype):
    large = float(ml_dtypes.finfo(dtype).max)
    x = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, large, -large], dtype)
    with np.errstate(all="raise"):
        for seed in range(9):
            y = fa.stochastic_gelu(x, rng=seed).astype(float)
            np.testing.assert_array_equal(y, [np.inf, 0, np.nan, 0, 0, large, 0])
            np.testing.assert_array_equal(np.signbit(y[[1, 3, 4, 6]]), [True, False, True, True])


def test_the_gradient_of_stochastic_gelu_is_the_mask():
    x = np.random.default_rng(0).normal(size=1000)
    y = fa.stochastic_gelu(x, rng=3)
    again = fa.stochastic_gelu(x * (1 + 1e-9), rng=3)
    np.testing.assert_allclose((again - y) / (x * 1e-9), y != 0, atol=1e-6)


# ---- rrelu ----


@pytest.mark.parametrize("dtype", DTYPES)
def test_rrelu_is_leaky_relu_on_average(dtype):
    draws = 100_000
    y, slope = fa.rrelu(np.full(draws, -1, dtype), rng=7)
    assert y.dtype == slope.dtype == dtype
    slope = slope.astype(float)
    five_sigma = 5 * (1 / 3 - 1 / 8) / math.sqrt(12 * draws)
    rounding = float(ml_dtypes.finfo(dtype).eps) / 2
    assert slope.mean() == pytest.approx(11 / 48, abs=five_sigma + rounding / 4)
    assert 1 / 8 <= slope.min() < 0.126
    assert 0.332 < slope.max() <= 1 / 3 + rounding
    mean = float(fa.leaky_relu(-1.0, (1 / 8 + 1 / 3) / 2))
    assert y.astype(float).mean() == pytest.approx(mean, abs=five_sigma + rounding / 4)


def test_rrelu_spreads_its_slopes_evenly():
    _, slope = fa.rrelu(np.full(100_000, -1.0), rng=11, lower=-2, upper=6)
    counts, _ = np.histogram(slope, bins=8, range=(-2, 6))
    sigma = math.sqrt(100_000 / 8 * 7 / 8)
    assert abs(counts - 100_000 / 8).max() < 5 * sigma


def test_rrelu_draws_for_every_element():
    x = np.random.default_rng(0).normal(size=(40, 50))
    y, slope = fa.rrelu(x, rng=5, lower=0.25, upper=0.75)
    drawn = 0.25 + 0.5 * np.random.default_rng(5).random(x.shape)
    np.testing.assert_array_equal(slope, np.where(x > 0, 1, drawn))
    np.testing.assert_array_equal(y, x * slope)


def test_rrelu_with_one_slope_is_leaky_relu():
    x = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    y, slope = fa.rrelu(x, lower=0.25, upper=0.25)
    np.testing.assert_array_equal(y, fa.leaky_relu(x, 0.25))
    np.testing.assert_array_equal(slope, fa.leaky_relu_grad(x, 0.25))


def test_rrelu_at_the_ends():
    y, slope = fa.rrelu(np.array([np.inf, -np.inf, np.nan, 0.0, -0.0]), rng=0)
    np.testing.assert_array_equal(y, [np.inf, -np.inf, np.nan, 0, 0])
    np.testing.assert_array_equal(np.signbit(y[3:]), [False, True])
    assert slope[0] == 1
    assert np.isnan(slope[2])
    assert (slope[[1, 3, 4]] < 0.34).all()


# ---- both ----


@BOTH
def test_a_seed_gives_the_same_bits(function, threads):
    x = np.random.default_rng(0).normal(size=(200, 500)).astype(np.float32)
    want = values(function(x, rng=3))
    assert not np.array_equal(want, values(function(x, rng=4)))
    for count in (1, 2, 8):
        threads(count)
        for same in (x, np.asfortranarray(x), x[::-1].copy()[::-1], np.repeat(x, 2, 1)[:, ::2]):
            assert values(function(same, rng=3)).tobytes() == want.tobytes()
    assert values(function(x.astype(">f4"), np.random.default_rng(3))).tobytes() == want.tobytes()


@BOTH
def test_a_generator_moves_on(function):
    x = np.full(1000, -0.5)
    generator = np.random.default_rng(3)
    first, second = (values(function(x, generator)) for _ in range(2))
    assert not np.array_equal(first, second)
    at_once = values(function(np.full(2000, -0.5), np.random.default_rng(3)))
    np.testing.assert_array_equal(at_once, np.concatenate([first, second]))
    assert not np.array_equal(values(function(x)), values(function(x)))


@BOTH
@pytest.mark.parametrize("bits", [np.random.PCG64, np.random.Philox, np.random.MT19937])
def test_any_bit_generator(function, bits):
    x = np.full(100, -0.5)
    np.testing.assert_array_equal(
        values(function(x, np.random.Generator(bits(1)))), values(function(x, bits(1)))
    )


@BOTH
def test_result_types(function):
    for dtype in (bool, np.int8, np.uint16, np.int32, np.uint64, *DTYPES):
        assert values(function(np.ones(3, dtype), 0)).dtype == fa.gelu(np.ones(3, dtype)).dtype
    assert isinstance(values(function(1, 0)), np.float64)
    assert isinstance(values(function(np.float32(1), 0)), np.float32)
    assert values(function([1.0, -1.0], 0)).shape == (2,)
    assert values(function(np.ones((0, 3)), 0)).shape == (0, 3)
    assert values(function(np.ones((2, 3), order="F"), 0)).flags.f_contiguous


def test_out_of_stochastic_gelu():
    x = np.random.default_rng(0).normal(size=1000)
    want = fa.stochastic_gelu(x, 3)
    out = np.empty(1000, np.float32)
    assert fa.stochastic_gelu(x, 3, out) is out
    np.testing.assert_array_equal(out, want.astype(np.float32))
    shifted = np.concatenate([[0.0], x])
    fa.stochastic_gelu(shifted[1:], 3, out=shifted[:-1])
    np.testing.assert_array_equal(shifted[:-1], want)
    fa.stochastic_gelu(x, 3, out=x)
    np.testing.assert_array_equal(x, want)


def test_out_of_rrelu():
    x = np.random.default_rng(0).normal(size=1000)
    want = fa.rrelu(x, 3)
    slope = np.empty(1000)
    got = fa.rrelu(x, 3, out=(x, slope))
    assert got[0] is x
    assert got[1] is slope
    np.testing.assert_array_equal(got, want)


@BOTH
@pytest.mark.parametrize("rng", ["1", 1.5, np.random, object()])
def test_what_is_no_source_of_random_numbers(function, rng):
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator, a seed or None"):
        function(np.ones(3), rng)


@BOTH
def test_a_negative_seed(function):
    with pytest.raises(ValueError, match="rng=-1 is no seed"):
        function(np.ones(3), -1)


@BOTH
@pytest.mark.parametrize("dtype", ["c8", "O", "U3", "M8[s]"])
def test_other_dtypes_are_refused(function, dtype):
    with pytest.raises(TypeError, match="x must be bool, integer or floating"):
        function(np.zeros(3, dtype), 0)


@pytest.mark.parametrize(
    ("error", "words", "out"),
    [
        (TypeError, "out must be an ndarray, got list", [0, 0, 0]),
        (ValueError, r"out must have the shape \(3,\), got \(2,\)", np.empty(2)),
        (TypeError, "out has dtype int64", np.empty(3, np.int64)),
    ],
)
def test_bad_out(error, words, out):
    with pytest.raises(error, match=words):
        fa.stochastic_gelu(np.ones(3), 0, out)


@pytest.mark.parametrize(
    ("error", "words", "bounds"),
    [
        (ValueError, "lower <= upper must be finite", (0.5, 0.25)),
        (ValueError, "lower <= upper must be finite", (0, math.inf)),
        (ValueError, "lower <= upper must be finite", (math.nan, 1)),
        (TypeError, "lower must be a number", ("a", 1)),
        (TypeError, "upper must be a number", (0, None)),
    ],
)
def test_bad_bounds_of_rrelu(error, words, bounds):
    with pytest.raises(error, match=words):
        fa.rrelu(np.ones(3), 0, *bounds)
