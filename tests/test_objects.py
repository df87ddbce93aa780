"""What takes a ufunc takes these: pickle, pandas, xarray, dask, masked arrays, overrides."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from cases import CASES, WITH_PARAMETERS, Case, assert_same, every_case, form, outputs, sample

import fastact as fa

X = np.linspace(-4, 4, 12, dtype=np.float32)


@every_case
def test_pickle_and_copy(case: Case) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(case.ufunc, protocol)) is case.ufunc
    assert copy.copy(case.ufunc) is case.ufunc
    assert copy.deepcopy(case.ufunc) is case.ufunc


def test_the_pickle_names_the_package() -> None:
    assert b"fastact" in pickle.dumps(fa.silu)


class Tagged(np.ndarray):
    """A subclass that keeps a tag."""

    tag = None

    def __array_finalize__(self, other: object) -> None:
        self.tag = getattr(other, "tag", None)


@every_case
def test_subclasses_are_kept(case: Case) -> None:
    operands = [o.view(Tagged) for o in sample(case, 10)]
    operands[0].tag = "mine"
    for y, want in zip(
        outputs(case.ufunc(*operands)), outputs(case.ufunc(*sample(case, 10))), strict=True
    ):
        assert type(y) is Tagged
        assert_same(np.asarray(y), want)
    assert outputs(case.ufunc(*operands))[0].tag == "mine"


class Override:
    """Records what a ufunc hands over."""

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: object, **kwargs: object
    ) -> object:
        return ufunc, method, inputs, kwargs


def test_overrides() -> None:
    thing = Override()
    assert fa.silu(thing) == (fa.silu, "__call__", (thing,), {})
    ufunc, method, inputs, kwargs = fa.prelu(thing)
    assert (ufunc, method, inputs[0]) == (fa.prelu, "__call__", thing)
    assert inputs[1:] in ((), (0.25,))
    assert fa.prelu(X, thing)[2][1] is thing
    ufunc, _, inputs, kwargs = fa.prelu(thing, a=0.5)
    assert inputs[1:] == (0.5,) or kwargs == {"a": 0.5}
    assert fa.silu(X, out=thing)[3] == {"out": (thing,)}
    assert fa.silu_value_and_grad(X, out=(None, thing))[3] == {"out": (None, thing)}
    assert fa.silu_backward(X, thing)[2][1] is thing
    assert fa.prelu.accumulate(thing)[1] == "accumulate"


class Refusal:
    """Wants nothing to do with ufuncs."""

    __array_ufunc__ = None


def test_refusals() -> None:
    for ufunc in (fa.silu, fa.prelu):
        with pytest.raises(TypeError, match="does not support ufuncs"):
            ufunc(Refusal())


class Convertible:
    """Something that turns into an array."""

    def __array__(self, dtype: object = None, copy: object = None) -> np.ndarray:
        return X


def test_convertible_objects() -> None:
    assert_same(fa.silu(Convertible()), fa.silu(X))
    assert_same(np.asarray(fa.prelu(Convertible())), fa.prelu(X))
    assert_same(fa.silu(memoryview(X)), fa.silu(X))


@every_case
def test_masked_arrays(case: Case) -> None:
    operands = [np.ma.array(o, mask=[True, False] * 5) for o in sample(case, 10)]
    for y, want in zip(
        outputs(case.ufunc(*operands)), outputs(case.ufunc(*sample(case, 10))), strict=True
    ):
        assert isinstance(y, np.ma.MaskedArray)
        assert y.mask.tolist() == [True, False] * 5
        assert_same(y.data[1::2].copy(), want[1::2].copy())


def test_matrix_and_scalars() -> None:
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix([[1.0, -1.0]])
    assert type(fa.relu(matrix)) is np.matrix
    assert isinstance(fa.relu(np.float32(1)), np.float32)


@every_case
def test_pandas(case: Case) -> None:
    pandas = pytest.importorskip("pandas")
    want = outputs(case.ufunc(*sample(case, 10)))
    series = [pandas.Series(o, index=range(5, 15), name="x") for o in sample(case, 10)]
    for y, w in zip(outputs(case.ufunc(*series)), want, strict=True):
        assert isinstance(y, pandas.Series)
        assert y.index.tolist() == list(range(5, 15))
        assert_same(y.to_numpy(), w)
    frames = [pandas.DataFrame(o.reshape(5, 2), columns=["a", "b"]) for o in sample(case, 10)]
    if case.ufunc.nout == 1:
        # pandas makes a float64 array of a Python number, so the default too is given as float32.
        frame = case.ufunc(*frames, *map(np.float32, case.parameters.values()))
        assert list(frame.columns) == ["a", "b"]
        assert_same(frame.to_numpy(), want[0].reshape(5, 2))


def test_pandas_with_a_parameter_by_name() -> None:
    pandas = pytest.importorskip("pandas")
    for name in WITH_PARAMETERS:
        series = pandas.Series(X)
        parameter = next(c.parameters for c in CASES if c.name == name)
        keyword = {next(iter(parameter)): 0.75}
        assert_same(
            form(name, "value")(series, **keyword).to_numpy(), form(name, "value")(X, **keyword)
        )


@every_case
def test_xarray(case: Case) -> None:
    xarray = pytest.importorskip("xarray")
    want = outputs(case.ufunc(*sample(case, (3, 4))))
    arrays = [xarray.DataArray(o, dims=("row", "column")) for o in sample(case, (3, 4))]
    if case.ufunc.nout > 1:
        got = xarray.apply_ufunc(case.ufunc, *arrays, output_core_dims=[[]] * case.ufunc.nout)
    else:
        got = case.ufunc(*arrays)
    for y, w in zip(outputs(got), want, strict=True):
        assert y.dims == ("row", "column")
        assert_same(y.to_numpy(), w)


@pytest.mark.parametrize("name", ["silu", "prelu", "swish", "hard_tanh"])
def test_dask(name: str) -> None:
    dask_array = pytest.importorskip("dask.array")
    x = np.random.default_rng(0).normal(0, 3, (60, 40)).astype(np.float32)
    lazy = form(name, "value")(dask_array.from_array(x, chunks=(17, 13)))
    assert isinstance(lazy, dask_array.Array)
    assert lazy.dtype == np.float32
    assert_same(lazy.compute(), form(name, "value")(x))


def test_it_is_told_from_other_ufuncs_by_name() -> None:
    assert repr(fa.silu) == "<ufunc 'silu'>"
    assert fa.silu.__name__ == "silu"
    assert fa.silu is not fa.swish
    assert len({id(case.ufunc) for case in CASES}) == len(CASES)
    assert np.frompyfunc(fa.silu, 1, 1)(0.0) == 0
