"""NaN, infinities, the largest numbers, subnormals, signed zeros and kinks, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from cases import (
    ACTIVATIONS,
    OF_ONE_ARRAY,
    Case,
    bits,
    every_activation,
    every_case,
    form,
    outputs,
    sample,
)

ml_dtypes = pytest.importorskip("ml_dtypes")
INF = np.inf
DTYPES = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16]

# f(-inf), f(inf), f'(-inf), f'(inf); -0.0 is meant.
LIMITS = {
    "identity": (-INF, INF, 1, 1),
    "binary_step": (0, 1, 0, 0),
    "sigmoid": (0, 1, 0, 0),
    "tanh": (-1, 1, 0, 0),
    "relu": (0, INF, 0, 1),
    "leaky_relu": (-INF, INF, 0.01, 1),
    "prelu": (-INF, INF, 0.25, 1),
    "relu6": (0, 6, 0, 0),
    "hard_tanh": (-1, 1, 0, 0),
    "elu": (-1, INF, 0, 1),
    "selu": (-1.7580993408473768, INF, 0, 1.0507009873554805),
    "celu": (-1, INF, 0, 1),
    "gelu": (-0.0, INF, -0.0, 1),
    "gelu_tanh": (-0.0, INF, -0.0, 1),
    "quick_gelu": (-0.0, INF, -0.0, 1),
    "silu": (-0.0, INF, -0.0, 1),
    "swish": (-0.0, INF, -0.0, 1),
    "mish": (-0.0, INF, -0.0, 1),
    "softplus": (0, INF, 0, 1),
    "log_sigmoid": (-INF, -0.0, 1, 0),
    "softsign": (-1, 1, 0, 0),
    "hard_sigmoid": (0, 1, 0, 0),
    "hard_swish": (-0.0, INF, 0, 1),
    "hard_shrink": (-INF, INF, 1, 1),
    "soft_shrink": (-INF, INF, 1, 1),
    "tanh_shrink": (-INF, INF, 1, 1),
    "threshold": (0, INF, 0, 1),
    "squared_relu": (0, INF, 0, INF),
}

# (f, x): f'(x) as PyTorch has it
KINKS = {
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
    ("threshold", 1): 0,
    ("squared_relu", 0): 0,
    ("binary_step", 0): 0,
    ("elu", 0): 1,
    ("celu", 0): 1,
    ("selu", 0): 1.7580993408473768,
}

ODD_AT_ZERO = [
    "identity", "tanh", "leaky_relu", "prelu", "hard_tanh", "elu", "selu", "celu", "gelu",
    "gelu_tanh", "quick_gelu", "silu", "swish", "mish", "softsign", "hard_swish", "tanh_shrink",
]  # fmt: skip
CUT_TO_PLUS_ZERO = ["relu", "relu6", "hard_shrink", "soft_shrink", "squared_relu"]

# f(-4) where a gate is shut or a part cut away
SHUT = {"hard_swish": -0.0, "relu": 0.0, "relu6": 0.0, "squared_relu": 0.0, "hard_sigmoid": 0.0}


def present(names: object) -> list[str]:
    return [name for name in names if name in ACTIVATIONS]


def exactly(got: np.ndarray, want: object) -> None:
    """Equal with the sign of zero."""
    want = np.asarray(want).astype(got.dtype)
    np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


def test_every_activation_has_its_limits_here() -> None:
    assert set(OF_ONE_ARRAY) <= set(LIMITS)


@pytest.mark.parametrize("name", present(LIMITS))
@pytest.mark.parametrize("dtype", DTYPES)
def test_infinities(name: str, dtype: type, isa: str) -> None:
    x = np.tile(np.array([-INF, INF], dtype=dtype), 20)
    low, high, grad_low, grad_high = LIMITS[name]
    values = np.tile([low, high], 20)
    slopes = np.tile(np.array([grad_low, grad_high], dtype=dtype), 20)
    for road in ({}, {"where": True}):
        exactly(form(name, "value")(x, **road), values)
        np.testing.assert_array_equal(form(name, "grad")(x, **road), slopes)
        value, slope = form(name, "value_and_grad")(x, **road)
        exactly(value, values)
        np.testing.assert_array_equal(slope, slopes)
        product = outputs(form(name, "backward")(np.full_like(x, -1), x, **road))[0]
        np.testing.assert_array_equal(product, -slopes)


# df/dp at -inf and inf
PARAMETER_LIMITS = {
    "swish": (0, 0),
    "elu": (-1, 0),
    "celu": (-1, 0),
    "softplus": (0, 0),
    "leaky_relu": (-INF, 0),
    "prelu": (-INF, 0),
}


@pytest.mark.parametrize("name", present(PARAMETER_LIMITS))
@pytest.mark.parametrize("dtype", DTYPES)
def test_parameter_derivative_at_infinities(name: str, dtype: type, isa: str) -> None:
    got = form(name, "grad_parameter")(np.array([-INF, INF], dtype=dtype))
    np.testing.assert_array_equal(got, PARAMETER_LIMITS[name])


@pytest.mark.parametrize(("name", "x"), [key for key in KINKS if key[0] in ACTIVATIONS])
@pytest.mark.parametrize("dtype", DTYPES)
def test_kinks(name: str, x: float, dtype: type, isa: str) -> None:
    at = np.full(37, x, dtype=dtype)
    want = np.full(37, KINKS[name, x], dtype=dtype)
    np.testing.assert_array_equal(form(name, "grad")(at), want)
    np.testing.assert_array_equal(form(name, "value_and_grad")(at)[1], want)
    backward = outputs(form(name, "backward")(np.full(37, 2, dtype=dtype), at))[0]
    if want[0] * 2 == np.float64(KINKS[name, x]) * 2:
        np.testing.assert_array_equal(backward, want * 2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_signed_zeros(dtype: type, isa: str) -> None:
    zeros = np.tile(np.array([0.0, -0.0], dtype=dtype), 20)
    for name in present(ODD_AT_ZERO):
        exactly(form(name, "value")(zeros), zeros)
    for name in present(CUT_TO_PLUS_ZERO):
        exactly(form(name, "value")(zeros), np.abs(zeros))
    for name in present(SHUT):
        exactly(form(name, "value")(np.full(20, -4, dtype=dtype)), np.full(20, SHUT[name]))


@every_case
@pytest.mark.parametrize("dtype", DTYPES)
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


@every_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_nan_in_the_cotangent(case: Case, dtype: type, isa: str) -> None:
    if case.arrays == 1:
        return
    x = np.array([-1.25, 0.25, 2.5], dtype=dtype)
    arrays = [x] * (case.arrays - 1)
    for y in outputs(case.ufunc(np.full(3, np.nan, dtype=dtype), *arrays)):
        assert np.isnan(y).all()


@every_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_nan_in_every_lane_of_three_vectors(case: Case, dtype: type, isa: str) -> None:
    length = 145  # three of the widest vectors and one element
    kind = np.dtype(f"u{np.dtype(dtype).itemsize}")
    operands = sample(case, length, dtype)
    clean = outputs(case.ufunc(*operands))
    for lane in range(length):
        before = operands[-1][lane]
        operands[-1][lane] = np.nan
        for y, want in zip(outputs(case.ufunc(*operands)), clean, strict=True):
            assert np.isnan(y[lane])
            y.view(kind)[lane] = want.view(kind)[lane]
            assert y.tobytes() == want.tobytes(), lane
        operands[-1][lane] = before


@every_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_nan_leaves_its_neighbours_alone(case: Case, dtype: type, isa: str) -> None:
    for length in (1, 2, 3, 7, 16, 17, 31, 48, 67):
        operands = sample(case, length, dtype, seed=length)
        clean = outputs(case.ufunc(*operands))
        for lane in {0, length // 2, length - 1}:
            spoilt = [o.copy() for o in operands]
            spoilt[-1][lane] = np.nan
            others = np.arange(length) != lane
            for y, want in zip(outputs(case.ufunc(*spoilt)), clean, strict=True):
                assert np.isnan(y[lane])
                np.testing.assert_array_equal(bits(y[others]), bits(want[others]))


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_subnormals_are_not_flushed(name: str, dtype: type, isa: str) -> None:
    if name not in ODD_AT_ZERO or name == "tanh_shrink":
        return
    tiny = np.finfo(dtype).smallest_subnormal
    x = np.array([tiny * 1024, -tiny * 1024], dtype=dtype)
    assert (form(name, "value")(x) != 0).all()


@pytest.mark.parametrize("name", present(["identity", "relu", "hard_shrink", "threshold"]))
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_largest_numbers_pass(name: str, dtype: type, isa: str) -> None:
    largest = ml_dtypes.finfo(dtype).max
    x = np.full(33, largest, dtype=dtype)
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(form(name, "value")(x), x)
