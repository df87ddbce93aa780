"""sparsemax, entmax15, softmax_one, temperature=, and hardmax, maxout and crelu along an axis."""

import numpy as np
import pytest
from cases import assert_same

import fastact as fa

PART = 65_536  # elements: longer rows are summed in parts
LENGTHS = [1, 2, 5, 17, 130, 1500]


def sparsemax(x):
    """By sorting [Martins 2016], in the widest precision there is."""
    x = x.astype(np.longdouble)
    x = x - x.max()
    z = np.sort(x)[::-1]
    sums, count = np.cumsum(z), np.arange(1, len(z) + 1)
    k = count[1 + count * z > sums][-1]
    return np.maximum(x - (sums[k - 1] - 1) / k, 0)


def entmax15(x):
    """By sorting [Peters 2019]."""
    x = (x.astype(np.longdouble) - x.max().astype(np.longdouble)) / 2
    z = np.sort(x)[::-1]
    count = np.arange(1, len(z) + 1)
    mean, square = np.cumsum(z) / count, np.cumsum(z * z) / count
    rest = (1 - count * (square - mean * mean)) / count
    t = mean - np.sqrt(np.maximum(rest, 0))
    return np.maximum(x - t[(t <= z).sum() - 1], 0) ** 2


@pytest.mark.parametrize("name", ["sparsemax", "entmax15"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("length", LENGTHS)
def test_values(name, dtype, length, isa):
    if np.finfo(np.longdouble).nmant < 60 and dtype == np.float64:
        pytest.skip("no precision beyond float64 here")
    rng = np.random.default_rng(length)
    f, reference = getattr(fa, name), globals()[name]
    bound = 1.6 if name == "entmax15" else 1.1
    # The reference in 64 bits bounds what can be seen in float64.
    least = 2.0**-40 if dtype == np.float32 else 2.0**-58
    for spread in (1e-3, 1, 10):
        for offset in (0, -7, 1e7):
            x = (rng.normal(size=length) * spread + offset).astype(dtype)
            want = reference(x)
            unit = np.spacing(want.astype(dtype)).astype(np.longdouble)
            allowed = np.maximum(bound * unit, least * max(1, abs(x.max())))
            assert (abs(f(x) - want) <= allowed).all()


@pytest.mark.parametrize("name", ["sparsemax", "entmax15"])
def test_values_of_rows_in_parts(name):
    x = np.random.default_rng(2).normal(size=2 * PART + 77).astype(np.float32)
    want = globals()[name](x)
    unit = np.maximum(1.6 * np.spacing(want.astype(np.float32)), 2.0**-40)
    assert (abs(getattr(fa, name)(x) - want) <= unit).all()


@pytest.mark.parametrize("name", ["sparsemax", "entmax15"])
def test_equal_elements_share_equally(name):
    for length in (3, 1000, 100_000, 3_000_000):
        y = getattr(fa, name)(np.full(length, 0.3, np.float32))
        np.testing.assert_allclose(y, 1 / length, rtol=2e-7)


@pytest.mark.parametrize("name", ["sparsemax", "entmax15", "softmax_one"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_limits(name, dtype, isa):
    f, inf, nan = getattr(fa, name), np.inf, np.nan
    for row in ([nan, 1], [inf, 1], [inf, inf], [inf, nan], [-inf, nan]):
        assert np.isnan(f(np.array(row, dtype))).all(), row
    alone = f(np.array([-inf, -inf], dtype))
    assert (alone == 0).all() if name == "softmax_one" else np.isnan(alone).all()
    beside = f(np.array([-inf, 300, -inf], dtype))
    np.testing.assert_array_equal(beside, [0, 1, 0])
    huge = np.finfo(dtype).max
    np.testing.assert_array_equal(f(np.array([huge, -huge], dtype)), [1, 0])
    np.testing.assert_array_equal(f(np.array([huge, huge], dtype)), [0.5, 0.5])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_one(dtype, isa):
    rng = np.random.default_rng(0)
    for length in (1, 3, 40, 1500):
        for spread, offset in ((1, 0), (10, -20), (1, 100)):
            x = (rng.normal(size=length) * spread + offset).astype(dtype)
            wide = x.astype(np.longdouble)
            highest = max(wide.max(), 0)
            power = np.exp(wide - highest)
            want = power / (np.exp(-highest) + power.sum())
            unit = np.spacing(want.astype(dtype)).astype(np.longdouble)
            assert (abs(fa.softmax_one(x) - want) <= 1.7 * unit).all()


@pytest.mark.parametrize("length", [1, 7, 300, PART + 9])
def test_gradients(length, isa):
    rng = np.random.default_rng(length)
    x, g = rng.normal(size=(2, length)).astype(np.float32)
    y = fa.sparsemax(x)
    inside = y > 0
    want = np.where(inside, g - g[inside].mean(dtype=np.float64), 0)
    np.testing.assert_allclose(fa.sparsemax_backward(g, y), want, rtol=3e-7, atol=1e-6)
    y = fa.entmax15(x)
    s = np.sqrt(y.astype(np.float64))
    want = s * (g - (g * s).sum() / s.sum())
    np.testing.assert_allclose(fa.entmax15_backward(g, y), want, rtol=3e-7, atol=1e-6)
    # An infinite gradient beside the support does not reach it.
    if length > 1 and not inside.all():
        g[~inside] = np.inf
        assert np.isfinite(fa.sparsemax_backward(g, fa.sparsemax(x))).all()


@pytest.mark.parametrize("name", ["sparsemax", "entmax15", "softmax_one"])
def test_axes_where_and_masks(name):
    f = getattr(fa, name)
    x = np.random.default_rng(0).normal(size=(4, 5, 6))
    assert_same(f(x, axis=None), f(x.ravel()).reshape(x.shape))
    assert_same(f(x, axis=(0, 2)), np.moveaxis(
        f(np.moveaxis(x, 1, 0).reshape(5, 24)).reshape(5, 4, 6), 0, 1))  # fmt: skip
    part = np.arange(6) < 4
    got = f(x, where=part)
    np.testing.assert_array_equal(got[..., 4:], 0)
    assert_same(got[..., :4].copy(), f(x[..., :4]))
    masked = f(np.ma.array(x, mask=np.broadcast_to(~part, x.shape)))
    assert_same(np.asarray(masked[..., :4]), f(x[..., :4]))


# ---- temperature ----

AXIS = ["softmax", "softmin", "log_softmax", "logsumexp", "softmax_one", "sparsemax", "entmax15"]


@pytest.mark.parametrize("name", AXIS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int8])
def test_temperature(name, dtype, isa):
    f = getattr(fa, name)
    for shape, axis in (((3, 40), -1), ((40, 3), 0), ((2, 1500), -1), ((1, PART + 9), 1)):
        x = (np.random.default_rng(0).normal(size=shape) * 3).astype(dtype)
        wide = fa.identity(x)
        assert_same(f(x, axis=axis, temperature=0.5), f(wide * 2, axis=axis))
        assert_same(f(x, axis=axis, temperature=1), f(x, axis=axis))
        out = np.empty_like(f(x, axis=axis))
        assert f(x, axis=axis, temperature=4, out=out) is out
        assert_same(out, f(wide / 4, axis=axis))
    y = f(x.tolist(), temperature=2.0)
    np.testing.assert_allclose(y, f(x.astype(np.float64) / 2), rtol=1e-12)
    where = np.arange(x.shape[-1]) % 2 == 0
    assert_same(f(wide, where=where, temperature=2), f(wide / 2, where=where))


def test_temperature_of_gradients():
    x, g = np.random.default_rng(0).normal(size=(2, 3, 40))
    y = fa.softmax(x, temperature=4)
    got = fa.softmax_backward(g, y, temperature=4)
    np.testing.assert_allclose(got, fa.softmax_backward(g, y) / 4, rtol=1e-14)


@pytest.mark.parametrize("bad", [0, -1.0, np.inf, np.nan])
def test_a_temperature_must_be_positive(bad):
    with pytest.raises(ValueError, match="temperature must be positive and finite"):
        fa.softmax(np.ones(3), temperature=bad)


@pytest.mark.parametrize("bad", ["1", None, np.ones(3), True])
def test_a_temperature_must_be_a_number(bad):
    with pytest.raises(TypeError, match="temperature must be a number"):
        fa.softmax(np.ones(3), temperature=bad)


# ---- hardmax, maxout, crelu ----


def test_hardmax():
    x = np.array([[1, 3, 3, 2], [np.nan, 1, np.inf, 0], [-np.inf] * 4])
    y = fa.hardmax(x)
    np.testing.assert_array_equal(y, [[0, 1, 0, 0], [np.nan] * 4, [1, 0, 0, 0]])
    assert_same(fa.hardmax(x[:1], axis=0), np.ones((1, 4)))
    assert fa.hardmax(x[:1], axis=None).sum() == 1
    assert fa.hardmax(x[:1].astype(np.int8)).dtype == np.float32
    np.testing.assert_array_equal(fa.hardmax_backward(x[:1], y[:1]), np.zeros((1, 4)))
    out = x[:1].copy()
    assert fa.hardmax(out, out=out) is out
    np.testing.assert_array_equal(out, y[:1])


@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("groups", [1, 2, 3])
def test_maxout(axis, groups):
    rng = np.random.default_rng(0)
    x = rng.integers(-4, 4, (6, 12)).astype(np.float32)
    y = fa.maxout(x, groups, axis)
    moved = np.moveaxis(x, axis, -1)
    split = moved.reshape(*moved.shape[:-1], -1, groups)
    assert_same(np.moveaxis(y, axis, -1).copy(), split.max(-1))
    g = rng.normal(size=y.shape).astype(np.float32)
    gx = fa.maxout_backward(g, x, groups, axis)
    first = np.arange(groups) == split.argmax(-1)[..., np.newaxis]
    want = np.where(first, np.moveaxis(g, axis, -1)[..., np.newaxis], 0).reshape(moved.shape)
    np.testing.assert_array_equal(np.moveaxis(gx, axis, -1), want)


@pytest.mark.parametrize("axis", [0, 1])
def test_crelu(axis):
    x = np.random.default_rng(0).integers(-3, 4, (4, 6)).astype(np.float32)
    y = fa.crelu(x, axis)
    np.testing.assert_array_equal(y, np.concatenate([fa.relu(x), fa.relu(-x)], axis))
    assert not np.signbit(y).any()
    g = np.random.default_rng(1).normal(size=y.shape).astype(np.float32)
    first, second = np.split(g, 2, axis)
    want = np.where(x > 0, first, np.where(x < 0, -second, 0))
    np.testing.assert_array_equal(fa.crelu_backward(g, x, axis), want)
    out = np.empty_like(y)
    assert fa.crelu(x, axis, out=out) is out
    assert_same(out, y)


WRONG = [
    (ValueError, "multiple of groups=2", lambda: fa.maxout(np.ones(3))),
    (TypeError, "groups must be an integer", lambda: fa.maxout(np.ones(4), 2.0)),
    (ValueError, "g must have the shape", lambda: fa.maxout_backward(np.ones(3), np.ones(4))),
    (ValueError, "g must have the shape", lambda: fa.crelu_backward(np.ones(3), np.ones(4))),
    (ValueError, "axis 2 is out of range", lambda: fa.crelu(np.ones(4), 2)),
    (TypeError, "not complex128", lambda: fa.hardmax(np.ones(3, complex))),
    (TypeError, "masked", lambda: fa.hardmax(np.ma.ones(3))),
]


@pytest.mark.parametrize(("error", "message", "call"), WRONG)
def test_errors(error, message, call):
    with pytest.raises(error, match=message):
        call()


# ---- gumbel_softmax ----


def test_gumbel_softmax():
    x = np.log(np.array([0.2, 0.5, 0.3]))
    draws = np.broadcast_to(x, (20_000, 3))
    category, y = fa.gumbel_softmax(draws, 1, temperature=0.5, hard=True)
    np.testing.assert_allclose(y.sum(-1), 1, rtol=1e-12)
    np.testing.assert_array_equal(category.argmax(-1), y.argmax(-1))
    np.testing.assert_allclose(category.mean(0), [0.2, 0.5, 0.3], atol=0.015)
    np.testing.assert_array_equal(fa.gumbel_softmax(draws, 1, temperature=0.5), y)
    assert fa.gumbel_softmax(draws.astype(np.float32), 1).dtype == np.float32
