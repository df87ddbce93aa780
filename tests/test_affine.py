"""affine: a function of scale x + shift, the map rounded once; affine_backward: its gradients."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastact as fa
from fastact import _ufuncs

RANDOM = np.random.default_rng(7)
BEGINNING = RANDOM.bit_generator.state
GATES = {name for name, row in _ufuncs.ACTIVATIONS.items() if row["arrays"] == 2}
MAPPED = {
    ufunc.__name__: ufunc
    for ufunc in _ufuncs.UFUNCS.values()
    if "_backward" not in ufunc.__name__ and ufunc.__name__ not in GATES
}


@pytest.fixture(autouse=True)
def begin_again():
    """No test depends on those before it."""
    RANDOM.bit_generator.state = BEGINNING


def mapped(x, scale, shift, dtype=np.float32):
    """Return scale x + shift, rounded once to float32; to float64 without the fused rounding."""
    return (np.asarray(x, np.float64) * scale + shift).astype(dtype)


def draw(shape, dtype, rng=RANDOM):
    if np.dtype(dtype).kind in "biu":
        return rng.integers(0, 2 if dtype == np.bool_ else 100, shape).astype(dtype)
    return rng.normal(scale=2, size=shape).astype(dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", sorted(MAPPED))
def test_every_function_and_form(name, dtype, isas):
    f = MAPPED[name]
    x = draw((3, 700), dtype)
    # Products of these are exact: the sum alone is rounded.
    scale, shift = np.array([[2], [-0.5], [0]], dtype), draw(700, dtype)
    for _ in isas():
        got = fa.affine(f, x, scale, shift)
        np.testing.assert_array_equal(got, f(mapped(x, scale, shift, dtype)))


@pytest.mark.parametrize("dtype", ["?", "b", "B", "h", "H", "i", "I", "q", "Q", "e", "f", "d"])
@pytest.mark.parametrize("coefficient", ["number", "e", "f", "d"])
def test_dtypes(dtype, coefficient):
    x = (np.round(draw((5, 600), dtype) * 64) / 64).astype(dtype)
    scale, shift = (1.5, -0.25)
    if coefficient != "number":
        scale, shift = np.full(600, scale, coefficient), np.full((5, 1), shift, coefficient)
    got = fa.affine(fa.silu, x, scale, shift)
    # Products of these numbers are exact in float64, and so is the sum.
    wide = np.asarray(x, np.float64) * 1.5 - 0.25
    expected = fa.silu(wide.astype(np.float64 if got.dtype == np.float64 else np.float32))
    by_numpy = fa.silu(x[:0]).dtype
    if coefficient != "number":
        by_numpy = np.result_type(by_numpy, coefficient)
    assert got.dtype == by_numpy
    if got.dtype == np.float16:
        expected = fa.silu(wide).astype(np.float16)
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("first", [np.float16, np.float32, np.float64, np.uint8])
def test_one_rounding(first):
    # 1 + 2^-12 squared: the product needs 25 bits, and subtracting 1 uncovers the last one.
    x = np.full(40, 1 + 2.0**-12 if first != np.uint8 else 255).astype(first)
    if first == np.float32:
        got = fa.affine(fa.identity, x, np.float32(1 + 2.0**-12), -1.0)
        assert got[0] == np.float32(2.0**-11 + 2.0**-24)
    if first == np.uint8:
        got = fa.affine(fa.identity, x, 1 / 255, -1.0)
        assert (got == np.float32(255.0 * np.float64(np.float32(1 / 255)) - 1)).all()


shapes = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)


@given(shape=shapes, data=st.data())
def test_layouts(shape, data):
    """Any strides and any broadcasting of any operand give the bits of copies."""

    def part():
        cut = tuple(n if data.draw(st.booleans()) else 1 for n in shape)
        cut = cut[data.draw(st.integers(0, len(cut))) :]
        array = draw(tuple(2 * n for n in cut), data.draw(st.sampled_from(["f", "B", "e"])))
        steps = tuple(slice(None, None, data.draw(st.sampled_from([2, -2]))) for _ in cut)
        return np.moveaxis(array[steps], 0, -1).reshape(cut) if cut else array

    x, scale, shift = part(), part(), part()
    got = fa.affine(fa.elu, x, scale, shift, alpha=0.5)
    every = [np.array(a) for a in np.broadcast_arrays(x, scale, shift)]
    single = [a.astype(np.float32) for a in every]
    expected = fa.elu(mapped(*(s.astype(np.float64) for s in single)), 0.5)
    assert got.shape == expected.shape
    np.testing.assert_array_equal(got, expected.astype(got.dtype))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_large_arrays(threads):
    x, shift = draw((1500, 1111), np.float32), draw(1111, np.float32)
    scale = draw((1500, 1), np.float32)
    out = np.empty((1500, 1112), np.float32)[:, 1:]
    with fa.num_threads(threads):
        assert fa.affine(fa.gelu, x, scale, shift, out=out) is out
        np.testing.assert_array_equal(out, fa.gelu(mapped(x, scale.astype(np.float64), shift)))
        y = x.copy()
        fa.affine(fa.gelu, y, scale, shift, out=y)
        np.testing.assert_array_equal(y, out)
        fa.affine(fa.gelu, y[1:], out=y[:-1])
        np.testing.assert_array_equal(y[:-1], fa.gelu(out[1:]))
        channels = draw((20, 3, 200, 111), np.uint8)
        per_channel = draw((3, 1, 1), np.float32)
        np.testing.assert_array_equal(
            fa.affine(fa.relu, channels, per_channel, -1),
            fa.relu(mapped(channels, per_channel.astype(np.float64), -1)),
        )


def test_halves():
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    x = np.tile(every[np.isfinite(every)], 12)  # long enough for a table of all results
    with np.errstate(over="ignore"):
        got = fa.affine(fa.gelu, x, 0.5, 0.125)
        expected = fa.gelu(mapped(x, 0.5, 0.125).astype(np.float64)).astype(np.float16)
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(fa.affine(fa.gelu, x[:100], 0.5, 0.125), expected[:100])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_overflow_of_the_map(dtype):
    huge = np.finfo(dtype).max
    x = np.array([huge, 1, -huge, np.inf, np.nan], dtype)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(
            fa.affine(fa.sigmoid, x, 2)[[0, 2, 3, 4]], np.array([1, 0, 1, np.nan], dtype)
        )
        np.testing.assert_array_equal(fa.affine(fa.relu, x[3:], 2), x[3:])
        for out in (None, x.copy()):
            with pytest.raises(FloatingPointError, match="overflow"):
                fa.affine(fa.relu, x if out is None else out, 2, out=out)
        assert np.isnan(fa.affine(fa.relu, x[3:4], 0)).all()


def test_scalars_and_empty_arrays():
    assert fa.affine(fa.gelu, 2.0, 3, 1) == fa.gelu(7.0)
    assert isinstance(fa.affine(fa.gelu, np.float32(2)), np.float32)
    assert fa.affine(fa.gelu, np.zeros((0, 3), np.uint8), np.ones(3)).shape == (0, 3)
    assert fa.affine(fa.gelu, [[1, 2]], 2).tolist() == fa.gelu([[2.0, 4.0]]).tolist()
    out = np.empty((), np.float64)
    assert fa.affine(fa.gelu, 2.0, out=out) is out
    assert out == fa.gelu(2.0)


def test_parameters_may_be_bound():
    x = draw(50, np.float64)
    bound = functools.partial(fa.elu, alpha=0.5)
    np.testing.assert_array_equal(fa.affine(bound, x, 2), fa.elu(2 * x, 0.5))
    np.testing.assert_array_equal(fa.affine(bound, x, 2, alpha=3.0), fa.elu(2 * x, 3.0))


X = np.ones((4, 3))
WRONG = [
    (TypeError, "elementwise function.*fa.get", lambda: fa.affine("gelu", X)),
    (TypeError, "affine_backward", lambda: fa.affine(fa.gelu_backward, X)),
    (TypeError, "affine.fa.identity", lambda: fa.affine(fa.glu, X)),
    (TypeError, "affine.fa.identity", lambda: fa.affine(fa.softmax, X)),
    (TypeError, "elementwise function", lambda: fa.affine(np.exp, X)),
    (TypeError, "no parameters.*'alpha'", lambda: fa.affine(fa.gelu, X, alpha=1)),
    (TypeError, "x must be.*complex128.*astype", lambda: fa.affine(fa.gelu, X + 1j)),
    (TypeError, "scale must be", lambda: fa.affine(fa.gelu, X, "2")),
    (ValueError, r"scale \(4,\).*\(C, 1, 1\)", lambda: fa.affine(fa.gelu, X, np.ones(4))),
    (ValueError, "out must have the shape", lambda: fa.affine(fa.gelu, X, out=np.ones(3))),
    (TypeError, "cannot be cast", lambda: fa.affine(fa.gelu, X, out=np.ones((4, 3), int))),
    (ValueError, "tuple of 2", lambda: fa.affine(fa.gelu_value_and_grad, X, out=X)),
    (TypeError, "f must be a value", lambda: fa.affine_backward(fa.gelu_grad, X, X)),
]


@pytest.mark.parametrize(("error", "message", "call"), WRONG)
def test_errors_name_the_argument(error, message, call):
    with pytest.raises(error, match=message):
        call()


# ---- gradients ----


@pytest.mark.parametrize("name", ["gelu", "relu", "elu", "prelu", "swish"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint8])
def test_gradients(name, dtype):
    f = getattr(fa, name)
    x, g = draw((6, 5, 40), dtype), draw((6, 5, 40), np.float64)
    if dtype == np.float32:
        g = g.astype(dtype)
    scale, shift = draw((5, 1), g.dtype), draw(40, g.dtype)
    gx, gscale, gshift = fa.affine_backward(f, g, x, scale, shift)
    wide = [a.astype(np.float64) for a in (g, x, scale, shift)]
    d = wide[0] * getattr(fa, f"{name}_grad")(wide[2] * wide[1] + wide[3])
    rounding = 1e-5 if dtype == np.float32 else 1e-12
    np.testing.assert_allclose(gx, d * wide[2], rtol=rounding, atol=rounding)
    for got, terms, axes in ((gscale, d * x, (0, 2)), (gshift, d, (0, 1))):
        error = np.abs(got.ravel() - terms.sum(axes))
        assert np.all(error <= rounding * np.abs(terms).sum(axes))
    assert gx.dtype == gscale.dtype == gshift.dtype == g.dtype


def test_gradients_of_numbers_and_of_a_broadcast_argument():
    x, g = draw((1, 30), np.float64), draw((20, 30), np.float64)
    gx, gscale, gshift = fa.affine_backward(fa.tanh, g, x, 0.5, 1)
    d = g * fa.tanh_grad(0.5 * x + 1)
    np.testing.assert_allclose(gx, 0.5 * d.sum(0, keepdims=True), rtol=1e-12)
    assert np.ndim(gscale) == np.ndim(gshift) == 0
    np.testing.assert_allclose([gscale, gshift], [(d * x).sum(), d.sum()], rtol=1e-10)


def test_sums_of_many_small_gradients_keep_their_digits():
    n = 1 << 20
    x = np.full((n, 2), np.float32(1 / 3))
    _, gscale, gshift = fa.affine_backward(fa.identity, np.ones_like(x), x, np.ones(2, np.float32))
    assert (gscale == np.float32(n * np.float64(x[0, 0]))).all()
    assert gshift == 2 * n


# ---- containers ----


def test_masked_arrays_and_subclasses():
    class Mine(np.ndarray):
        pass

    x = draw((4, 3), np.float64)
    masked = np.ma.array(x, mask=x > 1)
    shift = np.ma.array([1.0, 2.0, 3.0], mask=[False, True, False])
    y = fa.affine(fa.gelu, masked, 2, shift)
    np.testing.assert_array_equal(np.ma.getmaskarray(y), (x > 1) | shift.mask)
    np.testing.assert_array_equal(y.compressed(), fa.gelu(2 * x + shift.data)[~y.mask])
    gx, _, gshift = fa.affine_backward(fa.gelu, np.ones_like(x), masked, 2, np.zeros(3))
    assert (gx.mask == masked.mask).all()
    kept = np.where(masked.mask, 0, fa.gelu_grad(2 * x)).sum(0)
    np.testing.assert_allclose(np.ma.filled(gshift, 0), kept, rtol=1e-12)
    assert type(fa.affine(fa.gelu, x.view(Mine), 2)) is Mine


def test_pandas():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(draw((4, 3), np.float64), columns=list("abc"))
    scale = pd.Series([1.0, 2.0, 3.0], index=list("abc"))
    y = fa.affine(fa.gelu, frame, scale)
    pd.testing.assert_frame_equal(y, fa.gelu(frame * scale))
    gx, gscale, _ = fa.affine_backward(fa.relu, frame, frame, scale)
    assert list(gx.columns) == list(gscale.index) == list("abc")
    with pytest.raises(ValueError, match="scale must have the labels"):
        fa.affine(fa.gelu, frame, pd.Series([1.0, 2.0, 3.0], index=list("xyz")))
    with pytest.raises(TypeError, match="no out="):
        fa.affine(fa.gelu, frame, out=np.empty((4, 3)))


def test_xarray_and_dask():
    xr = pytest.importorskip("xarray")
    x, scale = draw((4, 3, 5), np.float64), draw(3, np.float64)
    array = xr.DataArray(x, dims=["n", "c", "w"], attrs={"unit": "V"})
    by_channel = xr.DataArray(scale, dims=["c"])
    expected = fa.affine(fa.silu, x, scale[:, None])
    y = fa.affine(fa.silu, array, by_channel)
    assert y.dims == array.dims
    assert y.attrs == array.attrs
    np.testing.assert_array_equal(y, expected)
    value, slope = fa.affine(fa.silu_value_and_grad, array, by_channel)
    np.testing.assert_array_equal(value, expected)
    assert slope.dims == array.dims
    _, gscale, gshift = fa.affine_backward(fa.silu, array, array, by_channel)
    plain = fa.affine_backward(fa.silu, x, x, scale[:, None])
    assert gscale.dims == ("c",)
    np.testing.assert_allclose(gscale, plain[1][:, 0], rtol=1e-12)
    np.testing.assert_allclose(gshift, plain[2], rtol=1e-12)
    da = pytest.importorskip("dask.array")
    blocks = da.from_array(x, chunks=(2, 3, 5))
    lazy = fa.affine(fa.silu, blocks, scale[:, None])
    assert isinstance(lazy, da.Array)
    np.testing.assert_array_equal(lazy.compute(), expected)
