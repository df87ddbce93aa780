"""What wraps arrays: along an axis, and in the helpers, the values are those of the plain arrays.

No test array is symmetric, so that an axis is never taken for another.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.lib.array_utils import normalize_axis_tuple

import fastact as fa

pandas = pytest.importorskip("pandas")
xarray = pytest.importorskip("xarray")
dask_array = pytest.importorskip("dask.array")

# What in_numpy knows; test_sparsemax has the others.
FORWARD = ["softmax", "softmin", "log_softmax", "logsumexp"]
NAMES = [*FORWARD, "softmax_backward", "softmin_backward", "log_softmax_backward"]
AXES: list[Any] = [-1, 0, 1, None, (0, 1), (-1, 0)]
X = np.random.default_rng(0).normal(0, 3, (3, 4))
KEPT = np.random.default_rng(1).random((3, 4)) < 0.6
KEPT[1] = False  # nothing of a row
ROWS, COLUMNS = ["x", "y", "z"], list("abcd")

every_name = pytest.mark.parametrize("name", NAMES)
every_axis = pytest.mark.parametrize("axis", AXES, ids=str)


class Tagged(np.ndarray):
    """A subclass with an attribute of its own."""

    tag = "none"

    def __array_finalize__(self, other: object) -> None:
        self.tag = getattr(other, "tag", "none")


class Own:
    """Something that carries out ufuncs itself, and writes down what it was called with."""

    def __init__(self, data: np.ndarray) -> None:
        self.data = data
        self.seen: dict[str, Any] = {}

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    def __getitem__(self, key: object) -> Own:
        return Own(self.data[key])

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return self.data

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        for operand in inputs:
            if isinstance(operand, Own):
                operand.seen = keywords
        if "out" in keywords:
            keywords = keywords | {"out": tuple(getattr(o, "data", o) for o in keywords["out"])}
        return Own(getattr(ufunc, method)(*[getattr(i, "data", i) for i in inputs], **keywords))


def tagged(x: np.ndarray) -> Tagged:
    made = x.view(Tagged)
    made.tag = "mine"
    return made


def framed(x: np.ndarray) -> Any:
    return pandas.DataFrame(x, index=ROWS[: len(x)], columns=COLUMNS[: x.shape[1]])


def labelled(x: np.ndarray) -> Any:
    rows, columns = range(10, 10 + len(x)), COLUMNS[: x.shape[1]]
    coordinates = {"row": rows, "column": columns}
    return xarray.DataArray(x, dims=("row", "column"), coords=coordinates, name="n")


WRAPPERS: dict[str, Callable[[np.ndarray], Any]] = {
    "subclass": tagged,
    "masked": lambda x: np.ma.array(x),
    "pandas": framed,
    "xarray": labelled,
    "variable": lambda x: xarray.Variable(("row", "column"), x),
    "dask": lambda x: dask_array.from_array(x, chunks=-1),
    "own": Own,
}
every_wrapper = pytest.mark.parametrize("kind", WRAPPERS)


def bare(y: Any) -> np.ndarray:
    return np.asarray(y.data if isinstance(y, Own) else y)


def operands(name: str, x: np.ndarray = X) -> list[np.ndarray]:
    if not name.endswith("_backward"):
        return [x]
    return [np.sin(7 * x), getattr(fa, name.removesuffix("_backward"))(x)]


def in_numpy(name: str, arrays: list[np.ndarray], axis: Any, part: np.ndarray | None) -> np.ndarray:
    """The function by NumPy's sums, over the elements that take part alone."""
    arrays = [np.asarray(a, np.float64) for a in arrays]
    shape = arrays[0].shape
    axes = tuple(range(len(shape))) if axis is None else normalize_axis_tuple(axis, len(shape))
    part = np.broadcast_to(True if part is None else part, shape)
    sums = {"axis": axes, "keepdims": True, "where": part}
    *g, y = arrays
    with np.errstate(all="ignore"):
        if name == "log_softmax_backward":
            return np.where(part, g[0] - np.exp(y) * np.sum(g[0], **sums), 0)
        if g:
            gx = y * (g[0] - np.sum(g[0] * y, **sums))
            return np.where(part, -gx if name == "softmin_backward" else gx, 0)
        x = -y if name == "softmin" else y
        top = np.max(np.where(part, x, -np.inf), axis=axes, keepdims=True)
        top = np.where(np.isinf(top), 0, top)
        total = np.sum(np.exp(x - top), **sums)
        if name == "logsumexp":
            return (np.log(total) + top).squeeze(axes)
        log = x - top - np.log(total)
        return np.where(part, log, -np.inf) if "log" in name else np.where(part, np.exp(log), 0)


# ---- along an axis ----


@every_name
@every_axis
def test_plain_arrays(name: str, axis: Any) -> None:
    arrays = operands(name)
    want = in_numpy(name, arrays, axis, None)
    np.testing.assert_allclose(getattr(fa, name)(*arrays, axis=axis), want, rtol=1e-13, atol=1e-15)
    out = np.empty(want.shape)
    if want.shape:
        assert getattr(fa, name)(*arrays, axis=axis, out=out) is out
        np.testing.assert_allclose(out, want, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", FORWARD)
@pytest.mark.parametrize("axis", [(0, 2), (1, 2), (2, 0), (1,), None], ids=str)
def test_tuples_of_axes(name: str, axis: Any) -> None:
    x = np.random.default_rng(3).normal(0, 3, (2, 3, 4))
    for layout in (x, np.asfortranarray(x), x[:, ::-1]):
        got = getattr(fa, name)(layout, axis=axis)
        want = in_numpy(name, [layout], axis, None)
        np.testing.assert_allclose(got, want, rtol=1e-13, atol=1e-15)
        if got.shape == x.shape:
            assert got.strides == np.empty_like(layout).strides
    if name == "logsumexp":
        kept = fa.logsumexp(x, axis=axis, keepdims=True)
        assert kept.shape == np.sum(x, axis=axis, keepdims=True).shape


@every_wrapper
@every_name
@pytest.mark.parametrize("axis", ["default", *AXES], ids=str)
def test_wrapped_arrays(kind: str, name: str, axis: Any) -> None:
    arrays = operands(name)
    given = {} if axis == "default" else {"axis": axis}
    want = getattr(fa, name)(*arrays, **given)
    wrapped = [WRAPPERS[kind](a) for a in arrays]
    got = getattr(fa, name)(*wrapped, **given)
    np.testing.assert_allclose(bare(got), want, rtol=1e-14)
    if np.shape(want) == X.shape:
        assert type(got) is type(wrapped[0])
    if kind == "own":
        assert wrapped[0].seen["axis"] == (-1 if axis == "default" else axis)
    if kind == "subclass" and np.ndim(want):
        assert got.tag == "mine"


@every_name
def test_labels(name: str) -> None:
    for axis, kept in ((1, ROWS), (0, COLUMNS)):
        got = getattr(fa, name)(*map(framed, operands(name)), axis=axis)
        if name == "logsumexp":
            assert isinstance(got, pandas.Series)
            assert list(got.index) == kept
        else:
            assert (list(got.index), list(got.columns)) == (ROWS, COLUMNS)
        got = getattr(fa, name)(*map(labelled, operands(name)), axis=axis)
        dims = ("row", "column") if name != "logsumexp" else (("row", "column")[1 - axis],)
        assert got.dims == dims
        assert all(len(got.coords[dim]) for dim in dims)
        assert got.name == "n"


def test_frames_of_every_kind() -> None:
    df = pandas.DataFrame({"a": [1.0, 2.0, 3.0], "b": [10.0, 0.0, 5.0]})
    np.testing.assert_allclose(fa.softmax(df).sum(axis=1), 1)
    np.testing.assert_allclose(fa.softmax(df).iloc[0], [1.234e-4, 0.99988], rtol=1e-3)
    mixed = pandas.DataFrame({"a": np.float32([1, 2, 3]), "b": [10, 0, 5], "c": [0.5, -1, 2]})
    np.testing.assert_array_equal(fa.softmax(mixed), fa.softmax(mixed.to_numpy()))
    many = pandas.DataFrame(X.T, columns=pandas.MultiIndex.from_product([["p"], ROWS]))
    assert fa.softmax(many).columns.equals(many.columns)
    other = df[["b", "a"]]  # aligned by label, as by every ufunc
    np.testing.assert_array_equal(fa.softmax_backward(df, other), fa.softmax_backward(df, df))
    series = df["b"]
    assert fa.logsumexp(series) == fa.logsumexp(series.to_numpy())
    assert fa.logsumexp(series, keepdims=True).shape == (1,)
    np.testing.assert_array_equal(fa.logsumexp(df, keepdims=True)[:, 0], fa.logsumexp(df))
    with pytest.raises(TypeError, match="two DataFrames or two Series"):
        fa.softmax_backward(df, series)

    class Geometry(pandas.DataFrame):
        @property
        def _constructor(self) -> type:
            return Geometry

    assert type(fa.softmax(Geometry(df))) is Geometry


def test_frames_as_out() -> None:
    want = fa.softmax(X, axis=0)
    for x in (X, framed(X)):
        out = framed(np.zeros_like(X))
        assert fa.softmax(x, axis=0, out=out) is out
        np.testing.assert_array_equal(out, want)
    plain = np.empty_like(X)
    assert fa.softmax(framed(X), axis=0, out=plain) is plain
    np.testing.assert_array_equal(plain, want)
    with pytest.raises(TypeError, match="no out= for xarray"):
        fa.softmax(labelled(X), out=plain)
    with pytest.raises(TypeError, match="no out= for dask"):
        fa.softmax(dask_array.from_array(X), out=plain)


def test_missing_values_of_pandas() -> None:
    series = pandas.Series([1, None, 3], dtype="Float64", index=ROWS)
    got = fa.softmax(series)
    assert got.isna().tolist() == [False, True, False]
    np.testing.assert_allclose(got.dropna().astype(float), fa.softmax([1.0, 3.0]))
    assert fa.logsumexp(series) == pytest.approx(fa.logsumexp([1.0, 3.0]))
    frame = pandas.DataFrame({"a": series, "b": [0.0, 1.0, 2.0]})
    assert fa.softmax(frame).iloc[1, 1] == 1
    np.testing.assert_allclose(fa.softmax(series.array).dropna(), fa.softmax([1.0, 3.0]))
    sparse = pandas.Series(pandas.arrays.SparseArray([0.0, 0.0, 3.0]))
    np.testing.assert_allclose(fa.softmax(sparse), fa.softmax([0.0, 0.0, 3.0]))


def test_dimensions_of_xarray() -> None:
    g, y = operands("softmax_backward")
    turned = labelled(y).transpose("column", "row")
    got = fa.softmax_backward(labelled(g), turned)
    np.testing.assert_array_equal(got, fa.softmax_backward(g, y))
    assert fa.logsumexp(labelled(X), axis=0, keepdims=True).dims == ("row", "column")
    lazy = labelled(X).chunk({"row": 2})
    np.testing.assert_array_equal(fa.softmax(lazy).compute(), fa.softmax(X))
    with pytest.raises(ValueError, match="join"):
        fa.softmax_backward(labelled(g), labelled(y).assign_coords(row=[1, 2, 3]))
    with pytest.raises(NotImplementedError, match="apply_ufunc"):
        fa.softmax(xarray.Dataset({"x": labelled(X)}))


@every_name
def test_chunks_of_dask(name: str) -> None:
    """Along the axis they are refused, across it they do no harm."""
    arrays = operands(name)
    for chunks, axis in (((2, 4), 1), ((3, 2), 0)):
        got = getattr(fa, name)(*(dask_array.from_array(a, chunks) for a in arrays), axis=axis)
        np.testing.assert_array_equal(got.compute(), getattr(fa, name)(*arrays, axis=axis))
        for other in (1 - axis, None):
            with pytest.raises(ValueError, match="multiple chunks"):
                getattr(fa, name)(*(dask_array.from_array(a, chunks) for a in arrays), axis=other)
    if len(arrays) == 2:  # one of them only is lazy
        got = getattr(fa, name)(arrays[0], dask_array.from_array(arrays[1], (2, 4)))
        np.testing.assert_array_equal(got.compute(), getattr(fa, name)(*arrays))


# ---- elements that take no part ----

FLOATS = [np.float64, np.float32, np.float16]
TOLERANCE = {np.float64: 1e-12, np.float32: 2e-6, np.float16: 4e-3}


@every_name
@pytest.mark.parametrize("axis", [-1, 0, None, (0, 1)], ids=str)
@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("under", [np.nan, np.inf, -np.inf, 3e4, 0.0])
def test_masked_and_left_out(name: str, axis: Any, dtype: type, under: float) -> None:
    arrays = [a.astype(dtype) for a in operands(name)]
    want = in_numpy(name, arrays, axis, KEPT)
    for a in arrays:
        a[~KEPT] = under
    tolerance = {"rtol": TOLERANCE[dtype], "atol": TOLERANCE[dtype]}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = getattr(fa, name)(*arrays, axis=axis, where=KEPT)
        masked = getattr(fa, name)(*(np.ma.array(a, mask=~KEPT) for a in arrays), axis=axis)
    assert got.dtype == masked.dtype == dtype
    np.testing.assert_allclose(got, want, **tolerance)
    if name == "logsumexp":
        empty = ~KEPT.any(axis=axis)
        np.testing.assert_array_equal(np.ma.getmaskarray(masked), empty)
        np.testing.assert_allclose(np.ma.getdata(masked)[~empty], want[~empty], **tolerance)
        return
    np.testing.assert_array_equal(masked.mask, ~KEPT)
    np.testing.assert_allclose(masked.data[KEPT], want[KEPT], **tolerance)
    for out in (np.full(X.shape, 7, dtype), np.ma.array(np.full(X.shape, 7, dtype))):
        assert getattr(fa, name)(*arrays, axis=axis, where=KEPT, out=out) is out
        assert (np.ma.getdata(out)[~KEPT] == 7).all()
        np.testing.assert_array_equal(np.ma.getdata(out)[KEPT], got[KEPT])


@every_wrapper
@every_name
def test_left_out_of_wrapped_arrays(kind: str, name: str) -> None:
    arrays = operands(name)
    want = getattr(fa, name)(*arrays, where=KEPT)
    got = getattr(fa, name)(*map(WRAPPERS[kind], arrays), where=KEPT)
    got = got.data if isinstance(got, np.ma.MaskedArray) else bare(got)
    if kind == "masked" and name == "logsumexp":  # nothing of a row is a masked sum
        got = np.where(KEPT.any(-1), got, -np.inf)
    np.testing.assert_allclose(got, want)


def test_where_with_labels() -> None:
    want = fa.softmax(X, where=KEPT)
    np.testing.assert_array_equal(fa.softmax(framed(X), where=framed(KEPT)), want)
    np.testing.assert_array_equal(fa.softmax(labelled(X), where=labelled(KEPT)), want)
    np.testing.assert_array_equal(fa.softmax(labelled(X), where=labelled(KEPT).T), want)
    with pytest.raises(ValueError, match="labels"):
        fa.softmax(framed(X), where=framed(KEPT)[list("dcba")])
    lazy = dask_array.from_array(X, (2, 4))
    np.testing.assert_array_equal(fa.softmax(lazy, where=KEPT).compute(), want)
    np.testing.assert_array_equal(
        fa.softmax(lazy, where=dask_array.from_array(KEPT, (3, 2))).compute(), want
    )


def test_where_is_broadcast_and_checked() -> None:
    row = np.array([True, False, True, True])
    np.testing.assert_array_equal(
        fa.softmax(X, where=row), fa.softmax(X, where=np.broadcast_to(row, X.shape))
    )
    np.testing.assert_array_equal(fa.softmax(X, where=True), fa.softmax(X))
    assert (fa.softmax(X, where=False) == 0).all()
    with pytest.raises(ValueError, match=r"where must broadcast.*\(3, 4\), got \(3,\)"):
        fa.softmax(X, where=np.ones(3, bool))
    with pytest.raises(TypeError, match="where must be of booleans"):
        fa.softmax(X, where=[0, 1, 1, 0])
    whole = fa.softmax(np.int8([[1, 2, 3]]), where=[True, False, True])
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, [[0.11920292, 0, 0.88079708]], rtol=1e-6)


def test_masked_arrays_of_every_kind() -> None:
    x = np.ma.array([1.0, 2.0, 1e20], mask=[0, 0, 1])
    np.testing.assert_allclose(fa.softmax(x).compressed(), [0.26894142, 0.73105858])
    assert fa.softmax(x).mask.tolist() == [False, False, True]
    assert fa.logsumexp(x) == pytest.approx(np.logaddexp(1, 2))
    nothing = np.ma.array([1.0, 2.0], mask=True)
    assert fa.softmax(nothing).mask.all()
    assert fa.logsumexp(nothing) is np.ma.masked
    x.fill_value = -5
    assert fa.softmax(x).fill_value == -5
    g = np.ma.array(operands("softmax_backward")[0], mask=~KEPT)
    y = np.ma.array(fa.softmax(X), mask=KEPT & (X > 0))
    got = fa.softmax_backward(g, y)
    both = ~g.mask & ~y.mask
    np.testing.assert_array_equal(got.mask, ~both)
    want = in_numpy("softmax_backward", [g.data, y.data], -1, both)
    np.testing.assert_allclose(got.data[both], want[both])


# ---- arguments ----


@pytest.mark.parametrize("axis", [0, None, (0, 1), np.int64(0)], ids=repr)
def test_an_axis_by_position_is_told_by_name(axis: Any) -> None:
    with pytest.raises(TypeError, match="takes its axis by name: axis="):
        fa.softmax(X, axis)


def test_axes_that_are_none() -> None:
    for axis in ((0, 2), 2, (-3,)):
        with pytest.raises(np.exceptions.AxisError):
            fa.softmax(X, axis=axis)
    with pytest.raises(ValueError, match="repeated axis"):
        fa.softmax(X, axis=(0, -2))
    with pytest.raises(ValueError, match=r"out must have the shape \(3, 4\), got \(4, 3\)"):
        fa.softmax(X, axis=None, out=np.empty((4, 3)))
    assert fa.softmax(2.0, axis=None) == 1
    assert fa.logsumexp(2.0, axis=None) == 2


def test_something_that_refuses() -> None:
    class Refusal:
        __array_ufunc__ = None

    class Silent:
        def __array_ufunc__(self, *args: object, **keywords: object) -> object:
            return NotImplemented

    for keywords in ({}, {"where": KEPT}, {"axis": None}):
        with pytest.raises(TypeError, match="does not support ufuncs"):
            fa.softmax(Refusal(), **keywords)
        with pytest.raises(TypeError):
            fa.softmax(Silent(), **keywords)


# ---- what is no ufunc ----


@every_wrapper
@pytest.mark.parametrize("layout", ["halves", "swapped", "interleaved"])
@pytest.mark.parametrize("axis", [-1, 1])
def test_gated(kind: str, layout: Any, axis: int) -> None:
    wrapped = WRAPPERS[kind](X)
    want = fa.gated(fa.swiglu, X, axis, layout)
    got = fa.gated(fa.swiglu, wrapped, axis, layout)
    assert type(got) is type(wrapped)
    np.testing.assert_allclose(bare(got), want)
    g = np.sin(want)
    want = fa.gated_backward(fa.swiglu, g, X, axis, layout)
    for gradient in (g, WRAPPERS[kind](g)):
        got = fa.gated_backward(
            fa.swiglu, bare(gradient) if kind == "own" else gradient, wrapped, axis, layout
        )
        np.testing.assert_allclose(bare(got), want)
        if kind != "own":
            assert type(got) is type(wrapped)


def test_labels_of_gated() -> None:
    assert fa.gated(fa.swiglu, framed(X)).index.tolist() == ROWS
    assert fa.gated(fa.swiglu, framed(X[:2]), axis=0).columns.tolist() == COLUMNS
    got = fa.gated(fa.swiglu, labelled(X))
    assert got.dims == ("row", "column")
    assert list(got.coords) == ["row"]
    back = fa.gated_backward(fa.swiglu, np.ones((3, 2)), labelled(X))
    assert back.coords.equals(labelled(X).coords)


def test_masks_of_gated() -> None:
    x = np.ma.array(X, mask=X > 2)
    got = fa.gated(fa.swiglu, x)
    either = x.mask[:, :2] | x.mask[:, 2:]
    np.testing.assert_array_equal(got.mask, either)
    g = np.ma.array(np.ones((3, 2)), mask=[[1, 0], [0, 0], [0, 0]])
    back = fa.gated_backward(fa.swiglu, g, x)
    np.testing.assert_array_equal(back.mask, np.tile(either | g.mask, 2))
    plain = fa.gated_backward(fa.swiglu, np.ones((3, 2)), X)
    np.testing.assert_array_equal(back.data[~back.mask], plain[~back.mask])


@every_wrapper
@pytest.mark.parametrize("shape", [(4,), (3, 1), (1, 4), (1,), (), (3, 4)], ids=str)
def test_sum_to(kind: str, shape: tuple[int, ...]) -> None:
    got = fa.sum_to(WRAPPERS[kind](X), shape)
    np.testing.assert_allclose(bare(got), fa.sum_to(X, shape), rtol=1e-14)
    assert np.shape(bare(got)) == shape
    if kind in ("subclass", "masked", "xarray", "dask") and shape:
        assert type(got) is type(WRAPPERS[kind](X))


def test_labels_and_masks_of_sum_to() -> None:
    assert fa.sum_to(framed(X), (4,)).index.tolist() == COLUMNS
    assert fa.sum_to(labelled(X), (4,)).dims == ("column",)
    assert list(fa.sum_to(labelled(X), (3, 1)).coords) == ["row"]
    x = np.ma.array(X, mask=~KEPT)
    np.testing.assert_allclose(fa.sum_to(x, (4,)), x.sum(axis=0))
    np.testing.assert_array_equal(fa.sum_to(x, (3, 1)).mask[:, 0], ~KEPT.any(-1))
    assert fa.sum_to(np.ma.array(X, mask=True), ()) is np.ma.masked


def test_sum_to_of_integers_and_of_nothing_to_sum() -> None:
    assert fa.sum_to([1, 2, 3], ()) == 6
    assert fa.sum_to([1, 2, 3], ()).dtype == np.float64
    assert fa.sum_to(np.int8([1, 2]), 1).dtype == np.float32
    assert fa.sum_to([True, True], ()) == 2
    for x in (X, tagged(X), np.ma.array(X), labelled(X)):
        assert fa.sum_to(x, (3, 4)) is x


@every_wrapper
def test_random_functions(kind: str) -> None:
    wrapped = WRAPPERS[kind](X)
    got = fa.stochastic_gelu(wrapped, 1)
    np.testing.assert_array_equal(bare(got), fa.stochastic_gelu(X, 1))
    pairs = zip(fa.rrelu(wrapped, 1), fa.rrelu(X, 1), strict=True)
    for y, want in pairs:
        np.testing.assert_array_equal(bare(y), want)
        if kind != "own":
            assert type(y) is type(got) is type(wrapped)
    masked = np.ma.array(X, mask=~KEPT)
    for y in (fa.stochastic_gelu(masked, 1), *fa.rrelu(masked, 1)):
        np.testing.assert_array_equal(y.mask, ~KEPT)
    assert fa.stochastic_gelu(framed(X), 1).index.tolist() == ROWS


# ---- float16 ----


@pytest.mark.parametrize("name", ["softmax", "softmin"])
def test_shares_in_float16_are_correctly_rounded(name: str) -> None:
    """So 100,000 of them that are alike add up to 1.0014."""
    x = np.random.default_rng(0).normal(0, 1, 100_000).astype(np.float16)
    got = getattr(fa, name)(x)
    exact = getattr(fa, name)(x.astype(np.float64))
    spacing = np.spacing(np.abs(exact.astype(np.float16))).astype(np.float64)
    assert (np.abs(got.astype(np.float64) - exact) <= spacing * (0.5 + 2.0**-10)).all()
    alike = getattr(fa, name)(np.zeros(100_000, np.float16))
    assert alike.astype(np.float64).sum() == pytest.approx(1.0014, abs=1e-4)
