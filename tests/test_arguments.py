"""Calls are NumPy's, with parameters that have names and defaults; so are results and errors."""

from __future__ import annotations

import re

import numpy as np
import pytest
from cases import (
    ACTIVATIONS,
    CASES,
    WITH_PARAMETERS,
    Case,
    assert_same,
    every,
    every_case,
    form,
    outputs,
    sample,
)

import fastact as fa
from fastact.cli.reference import evaluate

ml_dtypes = pytest.importorskip("ml_dtypes")
X = np.linspace(-4, 4, 23).astype(np.float32)
with_parameters = pytest.mark.parametrize("name", WITH_PARAMETERS)


# ---- parameters ----


@with_parameters
def test_defaults_are_those_of_the_table(name: str) -> None:
    defaults = ACTIVATIONS[name]["parameters"]
    assert_same(form(name, "value")(X), form(name, "value")(X, *defaults.values()))
    assert_same(form(name, "value")(X), form(name, "value")(X, **defaults))


@with_parameters
@pytest.mark.parametrize("path", ["fast", "numpy"])
def test_parameters_by_place_and_by_name(name: str, path: str) -> None:
    extra = {} if path == "fast" else {"where": True}
    names = list(ACTIVATIONS[name]["parameters"])
    values = [0.3125 + k for k in range(len(names))]
    for f in ("value", "grad", "value_and_grad", "backward"):
        ufunc = form(name, f)
        arrays = [X] * (ufunc.nin - len(names))
        want = ufunc(*arrays, *values)
        assert_same(ufunc(*arrays, **dict(zip(names, values, strict=True)), **extra), want)
        assert_same(
            ufunc(*arrays, values[0], **dict(zip(names[1:], values[1:], strict=True)), **extra),
            want,
        )
        assert_same(ufunc(*arrays, *(np.float32(v) for v in values), **extra), want)
        assert_same(ufunc(*arrays, *(np.full_like(X, v) for v in values), **extra), want)
    last = {names[-1]: values[-1]}
    np.testing.assert_array_equal(
        form(name, "value")(X, **last, **extra),
        form(name, "value")(X, *list(ACTIVATIONS[name]["parameters"].values())[:-1], values[-1]),
    )


@with_parameters
def test_a_parameter_given_twice(name: str) -> None:
    first = next(iter(ACTIVATIONS[name]["parameters"]))
    with pytest.raises(TypeError, match=rf"{name}.*multiple values.*'{first}'"):
        form(name, "value")(X, 0.5, **{first: 0.5})


def test_a_keyword_misspelt() -> None:
    for case in CASES:
        with pytest.raises(TypeError, match="alphabet"):
            case.ufunc(*sample(case, 5), alphabet=1.0)


@with_parameters
def test_a_parameter_without_an_array(name: str) -> None:
    first = next(iter(ACTIVATIONS[name]["parameters"]))
    with pytest.raises(TypeError, match=re.escape(f"{name}()")):
        form(name, "value")(**{first: 0.5})


@with_parameters
def test_a_parameter_of_the_wrong_kind(name: str) -> None:
    first = next(iter(ACTIVATIONS[name]["parameters"]))
    for wrong in ("one", None, 1j, object()):
        with pytest.raises((TypeError, ValueError)):
            form(name, "value")(X, **{first: wrong})


def test_parameters_broadcast() -> None:
    x = np.arange(-12, 12, dtype=np.float32).reshape(2, 3, 4)
    a = np.array([0.5, 0.25, 2], dtype=np.float32)[:, None]
    assert_same(fa.prelu(x, a), np.where(x > 0, x, a * x))
    assert_same(fa.prelu(x[0, 0], np.ones((5, 1), np.float32)), np.tile(x[0, 0], (5, 1)))
    dx, da = fa.prelu_backward(np.ones_like(x), x, a)
    assert_same(dx, np.where(x > 0, np.float32(1), np.broadcast_to(a, x.shape)))
    assert_same(da, np.minimum(x, 0))


def test_a_parameter_decides_the_dtype_as_any_operand_does() -> None:
    assert fa.prelu(X, np.float64(0.1)).dtype == np.float64
    assert fa.prelu(X, np.array([0.1])).dtype == np.float64
    assert fa.prelu(X, 0.1).dtype == np.float32
    assert fa.prelu(X.astype(np.float16), np.float32(0.1)).dtype == np.float32
    assert_same(fa.prelu(X, 0.1), fa.prelu(X, np.float32(0.1)))
    assert_same(
        fa.prelu(X.astype(np.float64), 0.1), fa.prelu(X.astype(np.float64), np.float64(0.1))
    )


@with_parameters
@pytest.mark.parametrize("value", [0.1, 3, True, 2**24 + 1, 1e-50, -7])
def test_a_number_is_the_same_on_both_paths(name: str, value: object) -> None:
    first = next(iter(ACTIVATIONS[name]["parameters"]))
    for dtype in (np.float32, np.float64):
        x = X.astype(dtype)
        assert_same(
            form(name, "value")(x, **{first: value}),
            form(name, "value")(x, where=True, **{first: value}),
        )


# ---- out, where, dtype ----


@every_case
def test_out(case: Case) -> None:
    operands = sample(case, 33)
    want = outputs(case.ufunc(*operands))
    for given in ("keyword", "tuple", "positional"):
        out = tuple(np.empty(33, np.float32) for _ in want)
        parameters = list(case.parameters.values())
        if given == "positional":
            got = case.ufunc(*operands, *parameters, *out)
        elif given == "tuple" or len(out) > 1:
            got = case.ufunc(*operands, out=out)
        else:
            got = case.ufunc(*operands, out=out[0])
        for a, b, c in zip(outputs(got), out, want, strict=True):
            assert a is b
            assert_same(a, c)


def test_one_output_of_two() -> None:
    want = fa.silu_value_and_grad(X)
    out = np.empty_like(X)
    y, dy = fa.silu_value_and_grad(X, out=(None, out))
    assert dy is out
    assert_same((y, dy), want)
    assert_same(fa.silu_value_and_grad(X, None, out), want)


def test_out_of_another_dtype_shape_or_layout() -> None:
    want = fa.sigmoid(X)
    out = np.empty(23)
    assert fa.sigmoid(X, out=out) is out
    np.testing.assert_array_equal(out, want.astype(np.float64))
    wide = np.empty((4, 23), np.float32)
    np.testing.assert_array_equal(fa.sigmoid(X, out=wide), np.tile(want, (4, 1)))
    strided = np.zeros((23, 3), np.float32)
    fa.sigmoid(X, out=strided[:, 1])
    assert_same(strided[:, 1].copy(), want)
    assert not strided[:, [0, 2]].any()


@every_case
def test_wrong_outs_are_refused_and_untouched(case: Case) -> None:
    operands = sample(case, 6)
    count = case.ufunc.nout

    def refused(error: type[Exception], out: object) -> None:
        with pytest.raises(error):
            case.ufunc(*operands, out=out)

    good = [np.full(6, 7, np.float32) for _ in range(count)]
    frozen = np.full(6, 7, np.float32)
    frozen.flags.writeable = False
    for error, wrong in (
        (ValueError, np.full(5, 7, np.float32)),
        (TypeError, np.full(6, 7, np.int32)),
        (ValueError, frozen),
    ):
        refused(error, (*good[1:], wrong))
        assert (wrong == 7).all()
    assert all((g == 7).all() for g in good)
    refused(ValueError, (*good, np.empty(6, np.float32)))
    refused(TypeError, [np.empty(6, np.float32)])
    refused(TypeError, "out")
    with pytest.raises(TypeError):
        case.ufunc(*operands, *case.parameters.values(), *good, good[0])


def test_out_given_twice() -> None:
    out = np.empty_like(X)
    with pytest.raises(TypeError, match="out"):
        fa.relu(X, out, out=out)


WHERE = {
    "none": np.zeros((6, 10), bool),
    "all": np.ones((6, 10), bool),
    "alternating": np.arange(60).reshape(6, 10) % 2 == 0,
    "column": np.array([True, False] * 3)[:, None],
}


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_where_leaves_the_rest(case: Case, dtype: type) -> None:
    kind = np.dtype(f"u{np.dtype(dtype).itemsize}")
    operands = sample(case, (6, 10), dtype)
    want = outputs(case.ufunc(*operands))
    for mask in WHERE.values():
        out = tuple(np.full((6, 10), 0x4242, kind).view(dtype) for _ in want)
        case.ufunc(*operands, out=out, where=mask)
        chosen = np.broadcast_to(mask, (6, 10))
        for y, w in zip(out, want, strict=True):
            assert_same(y[chosen], w[chosen])
            assert (y.view(kind)[~chosen] == 0x4242).all()


@pytest.mark.parametrize("mask", WHERE)
def test_where(mask: str) -> None:
    x = np.linspace(-4, 4, 60, dtype=np.float32).reshape(6, 10)
    where = WHERE[mask]
    out = np.full(x.shape, 0x7FC0BEEF, np.uint32).view(np.float32)
    fa.swish(x, 2.0, out=out, where=where)
    where = np.broadcast_to(where, x.shape)
    np.testing.assert_array_equal(out[where], fa.swish(x, 2.0)[where])
    assert (out.view(np.uint32)[~where] == 0x7FC0BEEF).all()


def test_dtype_and_casting() -> None:
    assert_same(fa.silu(X, dtype=np.float64), fa.silu(X.astype(np.float64)))
    assert_same(fa.silu(X, dtype="f8"), fa.silu(X.astype(np.float64)))
    assert_same(fa.silu(X, signature="d->d"), fa.silu(X.astype(np.float64)))
    assert_same(fa.prelu(X, 0.1, dtype=np.float64), fa.prelu(X.astype(np.float64), 0.1))
    assert_same(fa.prelu(X, dtype=np.float64), fa.prelu(X.astype(np.float64)))
    wide = X.astype(np.float64)
    assert_same(fa.silu(wide, dtype=np.float32, casting="same_kind"), fa.silu(X))
    with pytest.raises(TypeError, match="cast"):
        fa.silu(wide, dtype=np.float32, casting="safe")


@pytest.mark.parametrize(
    "wrong",
    [{"casting": "loose"}, {"order": "Z"}, {"dtype": "i4"}, {"dtype": "nothing"}, {"axis": 0},
     {"signature": "f,f,f->f"}, {"keepdims": True}],
)  # fmt: skip
def test_keywords_that_numpy_refuses(wrong: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError)) as ours:
        fa.silu(X, **wrong)
    with pytest.raises(type(ours.value)):
        np.exp(X, **wrong)


@every_case
def test_too_few_and_too_many(case: Case) -> None:
    with pytest.raises(TypeError, match=case.ufunc.__name__):
        case.ufunc()
    with pytest.raises(TypeError):
        case.ufunc(*[X] * (case.ufunc.nin + case.ufunc.nout + 1))
    if case.arrays > 1:
        with pytest.raises(TypeError):
            case.ufunc(X)


# ---- result types ----

RESULTS = {
    "?": "f", "b": "f", "B": "f", "h": "f", "H": "f", "i": "d", "I": "d", "l": "d", "L": "d",
    "q": "d", "Q": "d", "e": "e", "f": "f", "d": "d",
}  # fmt: skip


@every_case
def test_result_types(case: Case) -> None:
    for char, result in RESULTS.items():
        x = np.array([0, 1, 1, 0, 1], dtype=char)
        if char in "bhilq":
            x[1] = -3
        wide = x.astype(result)
        if case.arrays == 1:
            assert_same(case.ufunc(x), case.ufunc(wide))
            for y in outputs(case.ufunc(x)):
                assert y.dtype.char == result
        else:
            g = [np.array([2, 1, 3, -1, 0], result)] * (case.arrays - 1)
            assert_same(case.ufunc(*g, x), case.ufunc(*g, wide))


@every_case
def test_integers_are_cast_first(case: Case, isa: str) -> None:
    for char in "bBhHiIlLqQ":
        info = np.iinfo(char)
        middle = [info.min + 1, -2, -1, 0, 1, 2, 3, 6, 7, 90, info.max // 2, info.max - 1]
        x = np.array([info.min, *(m for m in middle if m >= info.min), info.max], dtype=char)
        x = np.resize(x, 60)
        g = [np.linspace(-2, 2, 60, dtype=RESULTS[char])] * (case.arrays - 1)
        with np.errstate(over="ignore"):  # of squares
            assert_same(case.ufunc(*g, x), case.ufunc(*g, x.astype(RESULTS[char])))


@every_case
def test_bfloat16(case: Case) -> None:
    x = np.linspace(-3, 3, 40).astype(ml_dtypes.bfloat16)
    for y in outputs(case.ufunc(*[x] * case.arrays)):
        assert y.dtype == ml_dtypes.bfloat16
        assert y.shape == (40,)


@every(case for case in CASES if case.arrays == 1)
def test_scalars_and_lists(case: Case) -> None:
    for x, kind in (
        (0.5, np.float64),
        (2, np.float64),
        (True, np.float32),
        (np.float32(0.5), np.float32),
        (np.float16(0.5), np.float16),
        (np.array(0.5, np.float32), np.float32),
    ):
        for y in outputs(case.ufunc(x)):
            assert type(y) is kind
    for y in outputs(case.ufunc([[0.5, 1], [2, 3]])):
        assert y.shape == (2, 2)
        assert y.dtype == np.float64
    assert_same(case.ufunc([0.5, 1.5]), case.ufunc(np.array([0.5, 1.5])))


@every_case
def test_empty(case: Case) -> None:
    for shape in ((0,), (0, 5), (3, 0, 2)):
        for y in outputs(case.ufunc(*[np.empty(shape, np.float32)] * case.arrays)):
            assert y.shape == shape
            assert y.dtype == np.float32


@pytest.mark.parametrize(
    "x",
    [
        np.zeros(3, np.complex64),
        np.zeros(3, np.longdouble),
        np.array(["a", "b"]),
        np.zeros(2, "M8[s]"),
        np.zeros(2, "m8[s]"),
        np.zeros(2, [("a", "f4")]),
        None,
        "text",
        1j,
        10**400,
        [[1.0], [1.0, 2.0]],
        object(),
    ],
    ids=lambda x: type(x).__name__ if not isinstance(x, np.ndarray) else str(x.dtype),
)
def test_what_is_not_supported(x: object) -> None:
    for case in CASES:
        for k in range(case.arrays):
            operands: list[object] = [X] * case.arrays
            operands[k] = x
            with pytest.raises((TypeError, ValueError, OverflowError)):
                case.ufunc(*operands)


# ---- the ufunc itself ----


@every_case
def test_they_are_ufuncs(case: Case) -> None:
    assert isinstance(case.ufunc, np.ufunc)
    assert case.ufunc.__name__ in fa.__all__
    assert getattr(fa, case.ufunc.__name__) is case.ufunc
    assert case.ufunc.nin == case.arrays + len(case.parameters)
    assert case.ufunc.signature is None


def test_aliases_are_the_same_object() -> None:
    for name, row in ACTIVATIONS.items():
        for alias in row["aliases"]:
            assert getattr(fa, alias) is getattr(fa, name)
            assert getattr(fa, f"{alias}_backward") is getattr(fa, f"{name}_backward")


def test_outer_and_at_take_all_operands() -> None:
    x = np.array([-1.0, 2.0], np.float32)
    a = np.array([0.5, 0.25, 2.0], np.float32)
    assert_same(fa.prelu.outer(x, a), np.where(x[:, None] > 0, x[:, None], a * x[:, None]))
    y = np.array([-1.0, -2.0, 3.0], np.float32)
    fa.relu.at(y, [0, 2, 0])
    assert_same(y, np.array([0, -2, 3], np.float32))


def test_evaluate_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ValueError, match="form"):
        evaluate("relu", "slope", X)
    with pytest.raises(ValueError, match="relu has no form grad_alpha"):
        evaluate("relu", "grad_alpha", X)
