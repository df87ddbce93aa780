"""NaN, infinities, the largest numbers, subnormals, signed zeros and kinks.

What is right there is what the formulas of `fastact._activations` give; that those are limits, and
their kinks PyTorch's, test_reference.py sees to.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from cases import (
    CASES,
    OF_ONE_ARRAY,
    Case,
    derivatives,
    every,
    every_activation,
    every_case,
    form,
    of_x,
    outputs,
    sample,
)
from reference import bound, errors

from fastact.cli import exact
from fastact.cli.landmarks import kinks
from fastact.cli.reference import evaluate, round_to

ml_dtypes = pytest.importorskip("ml_dtypes")
INF = np.inf
DTYPES = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16]

every_dtype = pytest.mark.parametrize("dtype", DTYPES)


def correctly_rounded(name: str, form: str, x: np.ndarray) -> np.ndarray:
    """What the formula gives, rounded to the dtype of x, with the sign of zeros."""
    with np.errstate(over="ignore"):
        nearest = exact.evaluate(name, form, x).nearest.astype(x.dtype)
    return np.where(nearest == 0, round_to(evaluate(name, form, x), x.dtype), nearest)


def assert_same_numbers(got: np.ndarray, want: np.ndarray) -> None:
    """Among them NaN, which a bfloat16 does not compare as NumPy's dtypes do."""
    np.testing.assert_array_equal(got.astype(np.float64), want.astype(np.float64))


def same_signs(got: np.ndarray, want: np.ndarray) -> None:
    np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


@every_activation
@every_dtype
def test_infinities(name: str, dtype: type, isa: str) -> None:
    x = np.tile(np.array([-INF, INF], dtype), 20)
    want = {f: np.tile(correctly_rounded(name, f, x[:2]), 20) for f in of_x(name)}
    for road in ({}, {"where": True}):
        got = {f: form(name, f)(x, **road) for f in want}
        value, grad = form(name, "value_and_grad")(x, **road)
        for f, y in [*got.items(), ("value", value), ("grad", grad)]:
            assert_same_numbers(y, want[f])
        same_signs(got["value"], want["value"])
        same_signs(value, want["value"])
        products = outputs(form(name, "backward")(np.full_like(x, -1), x, **road))
        for product, f in zip(products, derivatives(name), strict=True):
            assert_same_numbers(product, -want[f])


@pytest.mark.parametrize("name", [name for name in OF_ONE_ARRAY if kinks(name).size])
@every_dtype
def test_kinks(name: str, dtype: type, isa: str) -> None:
    """At each kink and on both sides of it."""
    at = kinks(name).astype(dtype)
    beside = [np.nextafter(at, dtype(far)) for far in (-INF, INF)]
    x = np.repeat(np.concatenate([at, *beside]), 37)
    value, grad = form(name, "value_and_grad")(x)
    got = [(f, form(name, f)(x)) for f in of_x(name)] + [("value", value), ("grad", grad)]
    for f, y in got:
        assert errors(name, f, y, x).max() <= bound(name, f, dtype), f
    g = np.full_like(x, 2)
    product = outputs(form(name, "backward")(g, x))[0]
    assert errors(name, "backward", product, g, x).max() <= bound(name, "grad", dtype)


# f'(x) as PyTorch has it, whatever the formulas say
PYTORCH = {
    ("relu", 0): 0,
    ("leaky_relu", 0): 0.01,
    ("prelu", 0): 0.25,
    ("relu6", 0): 0,
    ("relu6", 6): 0,
    ("hard_tanh", -1): 0,
    ("hard_tanh", 1): 0,
    ("hard_sigmoid", -3): 0,
    ("hard_sigmoid", 3): 0,
    ("hard_swish", -3): 0,
    ("hard_swish", 3): 1,
    ("hard_shrink", -0.5): 0,
    ("hard_shrink", 0.5): 0,
    ("soft_shrink", -0.5): 0,
    ("soft_shrink", 0.5): 0,
    ("shrink", -0.5): 0,
    ("shrink", 0.5): 0,
    ("hard_mish", -2): -1,
    ("hard_mish", 0): 1,
    ("threshold", 1): 0,
    ("squared_relu", 0): 0,
    ("binary_step", 0): 0,
    ("elu", 0): 1,
    ("celu", 0): 1,
    ("selu", 0): 1.7580993408473768,
}


@pytest.mark.parametrize(("name", "x"), PYTORCH)
@every_dtype
def test_kinks_are_those_of_pytorch(name: str, x: float, dtype: type, isa: str) -> None:
    at = np.full(37, x, dtype)
    want = np.full(37, PYTORCH[name, x], dtype)
    np.testing.assert_array_equal(form(name, "grad")(at), want)
    np.testing.assert_array_equal(form(name, "value_and_grad")(at)[1], want)


@every_activation
@every_dtype
def test_signs_of_zeros(name: str, dtype: type, isa: str) -> None:
    x = np.array([0.0, -0.0, 4.0, -4.0], dtype)  # at -4 much is cut away
    want = round_to(evaluate(name, "value", x), dtype)
    got = form(name, "value")(np.repeat(x, 20)).reshape(4, 20)
    zero = want == 0
    assert (got[zero] == 0).all()
    assert (got[~zero] != 0).all()
    same_signs(got, np.repeat(want, 20).reshape(4, 20))


@every_case
@every_dtype
def test_nan_gives_a_quiet_nan(case: Case, dtype: type, isa: str) -> None:
    kind = np.dtype(f"u{np.dtype(dtype).itemsize}")
    quiet = np.array(np.nan, dtype=dtype).view(kind)
    info = ml_dtypes.finfo(dtype)
    signalling = (quiet ^ kind.type(1 << (info.nmant - 1))) | kind.type(1)
    for pattern in (quiet, signalling, quiet | kind.type(1 << (info.bits - 1))):
        x = np.full(5, pattern, dtype=kind).view(dtype)
        operands = [np.ones(5, dtype=dtype)] * (case.arrays - 1) + [x]
        for y in outputs(case.ufunc(*operands)):
            patterns = y.view(kind)
            assert np.isnan(y).all()
            assert (patterns & kind.type(1 << (info.nmant - 1))).all(), "a signalling NaN"


@every_case
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_of_every_kind(case: Case, dtype: type, isa: str) -> None:
    # What is done to the bits of an exponent must not depend on those of a NaN.
    info = np.finfo(dtype)
    kind = np.dtype(f"u{info.bits // 8}").type
    payloads = np.arange(4096, dtype=kind) << kind(info.nmant - 12)
    payloads = np.concatenate([payloads[1:], payloads + kind(1), payloads[1:] - kind(1)])
    patterns = np.array(np.inf, dtype).view(kind) | payloads
    x = np.concatenate([patterns, patterns | kind(1 << (info.bits - 1))]).view(dtype)
    for y in outputs(case.ufunc(*[np.ones_like(x)] * (case.arrays - 1), x)):
        assert np.isnan(y).all()


@every(case for case in CASES if case.arrays > 1)
@every_dtype
def test_nan_in_the_first_operand(case: Case, dtype: type, isa: str) -> None:
    x = np.array([-1.25, 0.25, 2.5], dtype=dtype)
    arrays = [x] * (case.arrays - 1)
    for y in outputs(case.ufunc(np.full(3, np.nan, dtype=dtype), *arrays)):
        assert np.isnan(y).all()


def spoil_lanes(case: Case, operands: list[np.ndarray], lanes: Iterable[int]) -> None:
    """With a NaN in one lane, the results of the others keep their bits."""
    kind = np.dtype(f"u{operands[-1].itemsize}")
    clean = outputs(case.ufunc(*operands))
    for lane in lanes:
        before = operands[-1][lane]
        operands[-1][lane] = np.nan
        for y, want in zip(outputs(case.ufunc(*operands)), clean, strict=True):
            assert np.isnan(y[lane])
            y.view(kind)[lane] = want.view(kind)[lane]
            assert y.tobytes() == want.tobytes(), lane
        operands[-1][lane] = before


@every_case
@every_dtype
@pytest.mark.filterwarnings("ignore:overflow")  # of 90^3 in float16
def test_a_nan_in_every_lane_of_three_vectors(case: Case, dtype: type, isa: str) -> None:
    length = 145  # three bundles of the widest vectors and one element
    spoil_lanes(case, sample(case, length, dtype), range(length))


@every_case
@every_dtype
def test_a_nan_in_short_arrays(case: Case, dtype: type, isa: str) -> None:
    operands = sample(case, 67, dtype)
    for length in (1, 2, 3, 7, 16, 17, 31, 48, 67):
        spoil_lanes(case, [o[:length] for o in operands], {0, length // 2, length - 1})


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_subnormals_are_not_flushed(name: str, dtype: type, isa: str) -> None:
    tiny = np.finfo(dtype).smallest_subnormal
    x = np.array([tiny, -tiny, tiny * 1024, -tiny * 1024], dtype)
    for f in of_x(name):
        assert errors(name, f, form(name, f)(x), x).max() <= bound(name, f, dtype), f


@every_activation
@every_dtype
def test_the_largest_numbers(name: str, dtype: type, isa: str) -> None:
    """Nothing overflows on the way to a finite result."""
    largest = ml_dtypes.finfo(dtype).max
    for f in of_x(name):
        x = np.array([largest, -largest, largest / 2, -largest / 2], dtype)
        x = np.repeat(x[np.isfinite(round_to(evaluate(name, f, x), dtype))], 33)
        with np.errstate(all="raise"):
            got = form(name, f)(x)
        assert errors(name, f, got, x).max(initial=0) <= bound(name, f, dtype), f
