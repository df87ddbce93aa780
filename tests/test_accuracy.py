"""Every value and derivative is within the bound that the table promises, and within 1 ulp.

float32 against float64, float64 against mpmath, half precision on all its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from cases import (
    ACTIVATIONS,
    WITH_PARAMETERS,
    bits,
    derivatives,
    every_activation,
    form,
    forms,
    of_x,
)
from reference import all_halves, bound, grid, parameter_sets

import fastact as fa
from fastact.cli import exact, verify
from fastact.cli.reference import evaluate, results, ulp_error

ml_dtypes = pytest.importorskip("ml_dtypes")
Isas = Callable[[], Iterator[str]]
HALVES = [np.dtype(np.float16), np.dtype(ml_dtypes.bfloat16)]


def check(error: np.ndarray, bound: float, *operands: object) -> None:
    worst = int(np.argmax(error.ravel()))
    at = [np.broadcast_to(np.asarray(o), error.shape).ravel()[worst] for o in operands]
    assert error.ravel()[worst] <= bound, f"{error.ravel()[worst]:.4f} ulp at {at!r}"


@every_activation
@pytest.mark.filterwarnings("ignore:overflow")
def test_float32(name: str, isas: Isas) -> None:
    x = grid(np.float32, True)
    for f in of_x(name):
        want = evaluate(name, f, x)
        for _ in isas():
            check(ulp_error(form(name, f)(x), want), bound(name, f, "float32"), x)


@every_activation
@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize("step", [3, pytest.param(1, marks=pytest.mark.slow)])
def test_float64(name: str, step: int, isas: Isas) -> None:
    x = grid(np.float64, False)[::step]
    for f in of_x(name):
        truth = exact.evaluate(name, f, x)
        for _ in isas():
            check(truth.ulp_error(form(name, f)(x)), bound(name, f, "float64"), x)


@every_activation
@pytest.mark.slow
def test_float64_at_many_points(name: str) -> None:
    for f in set(verify.ACTIVATIONS[name].forms) & set(verify.FORMS):
        job = verify.Job(name, f, "float64", fa.available_isas())
        for block in verify.blocks("float64", exhaustive=False, points=4000):
            for isa, found in verify.check(job, block).items():
                assert found.max_ulp <= bound(name, f, "float64"), (f, isa, found)


def test_known_hard_cases_float64(isa: str) -> None:
    """Where a low word that counted by the wrong derivative made up to 1.19 ulp."""
    x = np.array([-23.1284989, -23.2466884, -30.0139062, -34.1993537])
    hard = ("0x1.54973d26c6862p+4", "0x1.e038f5b215aa3p+4", "0x1.720e54dcd9b7cp+4")
    x = np.append(x, [-float.fromhex(text) for text in (*hard, "0x1.73f26f8daf73cp+4")])
    check(exact.evaluate("gelu", "value", x).ulp_error(fa.gelu(x)), 0.9, x)


@every_activation
@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_all_halves_are_correctly_rounded(name: str, dtype: np.dtype) -> None:
    for f in set(verify.ACTIVATIONS[name].forms) & set(verify.FORMS):
        job = verify.Job(name, f, dtype.name, fa.available_isas())
        for isa, found in verify.check(job, range(1 << 16)).items():
            assert found.tried == 1 << 16
            # A tie that is none by less than float64 can tell can go either way.
            assert found.max_ulp <= 0.5 + 2.0**-40, (f, isa, found)
            ties = dtype != np.float16 or name == "xielu"  # whose terms, but e^x, have few bits
            assert found.correct == found.tried or ties, (f, isa, found)


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64, *HALVES], ids=str)
@pytest.mark.filterwarnings("ignore:overflow")
def test_value_and_grad_is_value_and_grad(name: str, dtype: object, isa: str) -> None:
    x = grid(np.float32, True)[::3] if dtype == np.float32 else grid(np.float64, False)
    x = x if np.dtype(dtype).itemsize > 2 else all_halves(np.dtype(dtype))
    value, grad = form(name, "value_and_grad")(x)
    np.testing.assert_array_equal(bits(value), bits(form(name, "value")(x)))
    np.testing.assert_array_equal(bits(grad), bits(form(name, "grad")(x)))


def cotangents(x: np.ndarray) -> np.ndarray:
    """Random g of ordinary, huge and tiny size, 0 and 1."""
    rng = np.random.default_rng(3)
    info = np.finfo(x.dtype)
    g = rng.normal(0, 1, x.size)
    g[1::4] = np.ldexp(g[1::4], rng.integers(info.minexp - 20, info.maxexp - 3, g[1::4].size))
    g[::97] = 0
    g[1::97] = 1
    return g.astype(x.dtype)


@every_activation
@pytest.mark.filterwarnings("ignore:overflow")
def test_backward_float32(name: str, isas: Isas) -> None:
    x = grid(np.float32, True)
    x = x[np.abs(x) < 1e18]  # so that g times a large derivative is finite in float64
    g = cotangents(x)
    want = evaluate(name, "backward", g, x)
    for _ in isas():
        got = form(name, "backward")(g, x)
        for a, b in zip(np.atleast_2d(got), np.atleast_2d(want), strict=True):
            check(ulp_error(a, b), 1.0, g, x)


@every_activation
@pytest.mark.filterwarnings("ignore:overflow")
def test_backward_float64(name: str, isas: Isas) -> None:
    x = grid(np.float64, False)[::3]
    finite = np.isfinite(x)
    g = cotangents(x)
    wanted = [exact.evaluate(name, f, g, x) for f in results(name, "backward")]
    for _ in isas():
        got = form(name, "backward")(g, x)
        for a, want in zip(np.atleast_2d(got), wanted, strict=True):
            check(want.ulp_error(a)[finite], 1.0, g[finite], x[finite])


@every_activation
def test_backward_of_an_infinite_cotangent(name: str, isa: str) -> None:
    x = np.array([-70.0, -5.0, -1.9, -0.3, 0.2, 1.1, 2.5, 40.0], dtype=np.float32)
    derivative = form(name, "grad")(x)
    got = np.atleast_2d(form(name, "backward")(np.full_like(x, -np.inf), x))[0]
    np.testing.assert_array_equal(
        got[derivative != 0], -np.inf * np.sign(derivative[derivative != 0])
    )


@every_activation
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("ignore:overflow")
def test_backward_overflows_to_the_right_side(name: str, dtype: type, isa: str) -> None:
    largest = np.finfo(dtype).maxexp
    for scale in (largest // 8, largest // 5, largest // 3):
        x = np.ldexp(np.linspace(-1, 1, 41), scale).astype(dtype)
        # So small that no gate is shut, however large x.
        parameters = [dtype(2.0**-scale)] * len(ACTIVATIONS[name]["parameters"])
        slopes = [form(name, f)(x, *parameters) for f in derivatives(name)]
        for g in np.ldexp(dtype([1, -1]), largest - 8):
            products = np.atleast_2d(form(name, "backward")(np.full_like(x, g), x, *parameters))
            for product, slope in zip(products, slopes, strict=True):
                np.testing.assert_array_equal(np.sign(product), np.sign(g) * np.sign(slope))


FROM_OUTPUT = [name for name in ACTIVATIONS if "backward_from_output" in forms(name)]


def values(name: str, x: np.ndarray, *parameters: float) -> np.ndarray:
    """What the activation gives, with many near the ends of its range."""
    y = form(name, "value")(x, *parameters)
    return y[np.isfinite(y)]


@pytest.mark.parametrize("name", FROM_OUTPUT)
@pytest.mark.filterwarnings("ignore:overflow")
def test_backward_from_output_float32(name: str, isas: Isas) -> None:
    x = grid(np.float32, True)
    # Where a parameter is negative, y does not tell the sign of x.
    positive = [p for p in parameter_sets(name) if min(p) >= 0]
    for parameters in [(), *positive]:
        rounded = [np.float32(p) for p in parameters]
        y = values(name, x, *rounded)
        g = cotangents(y)
        want = evaluate(name, "backward_from_output", g, y, *rounded)
        for _ in isas():
            got = form(name, "backward_from_output")(g, y, *rounded)
            check(ulp_error(got, want), 1.0, g, y)


@pytest.mark.parametrize("name", FROM_OUTPUT)
@pytest.mark.filterwarnings("ignore:overflow")
def test_backward_from_output_float64(name: str, isas: Isas) -> None:
    y = values(name, grid(np.float64, False))
    g = cotangents(y)
    want = exact.evaluate(name, "backward_from_output", g, y)
    for _ in isas():
        check(want.ulp_error(form(name, "backward_from_output")(g, y)), 1.0, g, y)


@pytest.mark.parametrize("name", FROM_OUTPUT)
def test_backward_from_output_is_the_backward_form(name: str, isa: str) -> None:
    # Where y, rounded, still has the derivative in it.
    x = np.linspace(-2, 8, 999)
    g = np.random.default_rng(6).normal(0, 1, x.size)
    got = form(name, "backward_from_output")(g, form(name, "value")(x))
    np.testing.assert_allclose(got, form(name, "backward")(g, x), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", FROM_OUTPUT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.filterwarnings("ignore:overflow")
def test_what_no_activation_gives_goes_by_the_formula(name: str, dtype: type, isa: str) -> None:
    y = np.array([-20, -3, -1.5, -1, -0.25, 0.5, 1, 1.5, 7, 20, np.inf, -np.inf], dtype)
    g = np.linspace(0.5, 2, y.size, dtype=dtype)
    got = form(name, "backward_from_output")(g, y)
    want = evaluate(name, "backward_from_output", g, y)
    np.testing.assert_array_equal(got[-2:], want[-2:])
    check(ulp_error(got, want), 1.01 if dtype == np.float32 else 2.0, y)


@pytest.mark.parametrize("name", FROM_OUTPUT)
def test_backward_from_output_of_an_infinite_cotangent(name: str, isa: str) -> None:
    y = np.array([0.25, 0.5, 0.999], dtype=np.float32)
    got = form(name, "backward_from_output")(np.full_like(y, -np.inf), y)
    np.testing.assert_array_equal(got, np.full_like(y, -np.inf))


@pytest.mark.parametrize("name", WITH_PARAMETERS)
@pytest.mark.filterwarnings("ignore:overflow")
def test_other_parameters_float32(name: str, isas: Isas) -> None:
    x = grid(np.float32, True)[::3]
    x = x[np.isfinite(x)]
    for parameters in parameter_sets(name):
        single_parameters = [np.float32(p) for p in parameters]
        for f in of_x(name):
            want = evaluate(name, f, x, *single_parameters)
            for _ in isas():
                error = ulp_error(form(name, f)(x, *parameters), want)
                check(error, bound(name, f, "float32"), x, *parameters)


@pytest.mark.parametrize("name", WITH_PARAMETERS)
@pytest.mark.filterwarnings("ignore:overflow")
def test_other_parameters_float64(name: str, isas: Isas) -> None:
    x = grid(np.float64, False)[::7]
    x = x[np.isfinite(x)]
    for parameters in parameter_sets(name):
        for f in of_x(name):
            truth = exact.evaluate(name, f, x, *parameters)
            for _ in isas():
                error = truth.ulp_error(form(name, f)(x, *parameters))
                check(error, bound(name, f, "float64"), x, *parameters)


@pytest.mark.parametrize("name", WITH_PARAMETERS)
@pytest.mark.filterwarnings("ignore:overflow")
def test_parameters_may_be_arrays(name: str, isa: str) -> None:
    x = grid(np.float32, True)[::5]
    x = x[np.abs(x) < 1e18]
    rng = np.random.default_rng(4)
    parameters = [
        rng.permutation(np.linspace(p - 0.4, p + 0.4, x.size) + (p == 0)).astype(np.float32)
        for p in ACTIVATIONS[name]["parameters"].values()
    ]
    for f in of_x(name):
        want = evaluate(name, f, x, *parameters)
        got = form(name, f)(x, *parameters)
        check(ulp_error(got, want), bound(name, f, "float32"), x, *parameters)
    g = cotangents(x)
    got = np.atleast_2d(form(name, "backward")(g, x, *parameters))
    want = np.atleast_2d(evaluate(name, "backward", g, x, *parameters))
    for a, b in zip(got, want, strict=True):
        check(ulp_error(a, b), 1.0, g, x, *parameters)


def test_subnormal_products_are_rounded_once(isa: str) -> None:
    rng = np.random.default_rng(9)
    exponents = rng.integers(-149, 24, 50_000)
    x = np.ldexp(rng.uniform(1, 2, exponents.size), exponents).astype(np.float32)
    g = np.ldexp(rng.uniform(-2, 2, x.size), -135 - exponents).astype(np.float32)
    want = (2 * g.astype(np.float64) * x).astype(np.float32)
    assert ((want != 0) & (abs(want) < np.finfo(np.float32).tiny)).mean() > 0.5
    np.testing.assert_array_equal(fa.squared_relu_backward(g, x), want)


@pytest.mark.parametrize("name", ["swish", "elu", "celu", "softplus"])
def test_small_products_beside_parameters_are_rounded_once(name: str, isa: str) -> None:
    rng = np.random.default_rng(12)
    size = 1_000_000
    x = (np.exp2(rng.uniform(-6, 7, size)) * rng.choice([-1, 1], size)).astype(np.float32)
    p = np.exp2(rng.uniform(-6, 4, size)).astype(np.float32)
    with np.errstate(all="ignore"):
        derivative = np.maximum(1e-37, abs(np.atleast_2d(evaluate(name, "grad", x, p))[0]))
        g = np.minimum(rng.normal(0, 1e-38, size) / derivative, 1e30).astype(np.float32)
        wanted = np.atleast_2d(evaluate(name, "backward", g, x, p))
    got = np.atleast_2d(form(name, "backward")(g, x, p))
    for a, want in zip(got, wanted, strict=True):
        check(ulp_error(a, want), 0.9, g, x, p)


EXTREME = [n for n in ("swish", "softplus", "celu", "elu", "leaky_relu") if n in ACTIVATIONS]


@pytest.mark.parametrize("name", EXTREME)
@pytest.mark.parametrize("moderate", [True, False], ids=["moderate", "any"])
@pytest.mark.filterwarnings("ignore:overflow")
def test_parameters_of_every_magnitude(name: str, moderate: bool, isa: str) -> None:
    """Within what the reference can hold; test_parameters.py goes on to every size."""
    rng = np.random.default_rng(8)
    patterns = rng.integers(0, 2**32, (2, 60_000), dtype=np.uint64).astype(np.uint32)
    with np.errstate(all="ignore"):
        x, p = patterns.view(np.float32).astype(np.float64)
        if moderate:  # the argument of the exponential
            z = rng.normal(0, 30, x.size)
            p = x / z if name == "celu" else z / x
        x, p = x.astype(np.float32), p.astype(np.float32)
    if name in ("softplus", "celu"):
        p = np.abs(p)
    usable = np.isfinite(x) & np.isfinite(p) & (x != 0) & (p != 0)
    x, p = x[usable], p[usable]
    for f in of_x(name):
        error = ulp_error(form(name, f)(x, p), evaluate(name, f, x, p))
        check(error, bound(name, f, "float32"), x, p)
    g = np.ldexp(rng.normal(0, 1, x.size), rng.integers(-100, 100, x.size)).astype(np.float32)
    got = np.atleast_2d(form(name, "backward")(g, x, p))
    want = np.atleast_2d(evaluate(name, "backward", g, x, p))
    for a, b in zip(got, want, strict=True):
        check(ulp_error(a, b), 1.0, g, x, p)


@pytest.mark.parametrize(
    ("name", "f", "x", "p"),
    [
        pytest.param("swish", "grad_beta", 1.6695923e34, 1.2639221e-32, id="x-beyond-2^63"),
        pytest.param("celu", "grad", -8.361118e-39, 1.35143e-39, id="alpha-subnormal"),
    ],
)
def test_parameters_of_extreme_size(name: str, f: str, x: float, p: float) -> None:
    a, b = np.float32([x]), np.float32([p])
    error = ulp_error(form(name, f)(a, b), evaluate(name, f, a, b))
    assert error.max() <= 1.0
