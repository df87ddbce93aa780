"""Gates: values and gradients within 1 ulp, PyTorch's gradients, and gates of packed arrays."""

from __future__ import annotations

import tracemalloc
import warnings
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product

import numpy as np
import pytest
from cases import ACTIVATIONS, assert_same, every_gate, form, outputs
from mpmath import mp, mpf
from reference import all_halves, grid

import fastact as fa
from fastact.cli import exact
from fastact.cli.reference import defaults, evaluate, formula, ulp_error

ml_dtypes = pytest.importorskip("ml_dtypes")
INF = np.inf
DTYPES = [np.float32, np.float64, np.float16, ml_dtypes.bfloat16]
Isas = Callable[[], Iterator[str]]
LAYOUTS = ["halves", "swapped", "interleaved"]
every_layout = pytest.mark.parametrize("layout", LAYOUTS)


def check(error: np.ndarray, bound: float, *operands: object) -> None:
    worst = int(np.argmax(error))
    at = [np.broadcast_to(np.asarray(o), error.shape)[worst] for o in operands]
    assert error[worst] <= bound, f"{error[worst]:.4f} ulp at {at!r}"


# ---- accuracy ----


def any_size(rng: np.random.Generator, size: int, dtype: type) -> np.ndarray:
    """Numbers of every magnitude, some of them ordinary, some 0."""
    info = np.finfo(dtype)
    found = np.ldexp(rng.uniform(-2, 2, size), rng.integers(info.minexp - 24, info.maxexp, size))
    found[::2] = rng.normal(0, 1, found[::2].size)
    found[::89] = 0
    return found.astype(dtype)


def operands(name: str, dtype: type, thin: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """g, a, b: designed points for the operand that is activated, the others of any size.

    Where a gate is shut, ga is promised for g b that is finite.
    """
    rng = np.random.default_rng(11)
    dense = dtype == np.float32
    activated = grid(dtype, dense)
    shutting = np.linspace(-330 if dense else -1600, -60, activated.size // 8).astype(dtype)
    activated = np.concatenate([activated, shutting])[rng.integers(0, thin) :: thin]
    activated = activated[np.isfinite(activated)]
    g, other = (any_size(rng, activated.size, dtype) for _ in range(2))
    with np.errstate(over="ignore"):
        g = np.where(np.isfinite(g * other), g, dtype(1))
    return (g, other, activated) if name == "glu" else (g, activated, other)


@every_gate
@pytest.mark.filterwarnings("ignore:overflow")
def test_float32(name: str, isa: str) -> None:
    g, a, b = operands(name, np.float32, 1)
    value, derivative = ACTIVATIONS[name]["ulp"]["float32"]
    check(ulp_error(form(name, "value")(a, b), evaluate(name, "value", a, b)), value, a, b)
    got = form(name, "backward")(g, a, b)
    for gradient, want in zip(got, evaluate(name, "backward", g, a, b), strict=True):
        check(ulp_error(gradient, want), derivative, g, a, b)


@cache
def truth(name: str) -> list[exact.Exact]:
    g, a, b = operands(name, np.float64, 3)
    gradients = [exact.evaluate(name, f, g, a, b) for f in ("backward", "backward_b")]
    return [exact.evaluate(name, "value", a, b), *gradients]


@every_gate
@pytest.mark.filterwarnings("ignore:overflow")
def test_float64(name: str, isa: str) -> None:
    g, a, b = operands(name, np.float64, 3)
    bounds = ACTIVATIONS[name]["ulp"]["float64"]
    got = [form(name, "value")(a, b), *form(name, "backward")(g, a, b)]
    for y, want, bound in zip(got, truth(name), (bounds[0], *bounds[1:] * 2), strict=True):
        check(want.ulp_error(y), bound, g, a, b)


def huge_factors(name: str, dtype: type) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """g, a, b: two large factors at a gate that closes, so that their product may be anything."""
    info, size = np.finfo(dtype), 300
    rng = np.random.default_rng(7)
    closing = -20 - rng.uniform(0, 1, size) ** 2 * (310 if dtype == np.float32 else 1580)
    if name.startswith("geglu"):
        closing = -np.sqrt(-2 * closing) if name == "geglu" else -2.5 * np.cbrt(-closing)
    closing[::10] = -info.max, *(-np.exp2(rng.uniform(5, info.maxexp, size // 10 - 1)))
    least = np.where(rng.random((2, size)) < 0.5, info.maxexp * 3 / 4, 0)
    sizes = np.exp2(rng.uniform(least, info.maxexp)) * rng.choice([-1, 1], (2, size))
    g, other = np.clip(sizes, info.min, info.max).astype(dtype)
    activated = closing.astype(dtype)
    return (g, other, activated) if name == "glu" else (g, activated, other)


@every_gate
@pytest.mark.parametrize("dtype", DTYPES[:2])
def test_huge_factors_at_a_closing_gate(name: str, dtype: type, isas: Isas) -> None:
    g, a, b = huge_factors(name, dtype)
    derivatives = [exact.evaluate(name, f, g, a, b) for f in ("backward", "backward_b")]
    for ufunc, arrays, truths in (
        (form(name, "value"), (a, b), [exact.evaluate(name, "value", a, b)]),
        (form(name, "backward"), (g, a, b), derivatives),
    ):
        nearest = [truth.rounded_to(dtype) for truth in truths]
        for _ in isas():
            with warnings.catch_warnings(record=True) as told, np.errstate(all="warn"):
                warnings.simplefilter("always")
                got = outputs(ufunc(*arrays))
            for y, truth, right in zip(got, truths, nearest, strict=True):
                error = np.where(y == right, 0, truth.ulp_error(y, dtype))
                check(error, 1, *arrays, y, right)
            overflows = any(np.isinf(right).any() for right in nearest)
            assert ["overflow" in str(w.message) for w in told] == [True] * overflows


@every_gate
@pytest.mark.parametrize("dtype", DTYPES[2:], ids=str)
@pytest.mark.filterwarnings("ignore:overflow")
def test_halves_are_rounded_once(name: str, dtype: type, isa: str) -> None:
    rng = np.random.default_rng(2)
    a = all_halves(np.dtype(dtype))
    with np.errstate(all="ignore"):
        a = a[np.isfinite(a.astype(np.float32))]
        b, g = rng.permutation(a), rng.permutation(a)
        finite = np.isfinite(g.astype(np.float32) * (a if name == "glu" else b).astype(np.float32))
    a, b, g = a[finite], b[finite], g[finite]
    got = [form(name, "value")(a, b), *form(name, "backward")(g, a, b)]
    wanted = [evaluate(name, "value", a, b), *evaluate(name, "backward", g, a, b)]
    for y, want in zip(got, wanted, strict=True):
        assert y.dtype == dtype
        check(ulp_error(y, want), 0.5 + 2.0**-40, g, a, b)


@pytest.mark.parametrize(
    "parameters",
    [(1.0, 0.0, 10.0), (1.703125, 1.0, 7.0), (0.5, -1.0, 1.0), (3.0, 0.25, INF), (-1.0, 1.0, 4.0)],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_other_parameters(parameters: tuple[float, ...], isa: str) -> None:
    g, a, b = operands("swiglu_clamped", np.float32, 3)
    derivative = ACTIVATIONS["swiglu_clamped"]["ulp"]["float32"][1]
    numbers = [np.float32(p) for p in parameters]
    want = evaluate("swiglu_clamped", "value", a, b, *numbers)
    check(ulp_error(fa.swiglu_clamped(a, b, *parameters), want), 1.0, a, b)
    wanted = evaluate("swiglu_clamped", "backward", g, a, b, *numbers)
    with np.errstate(over="ignore"):
        finite = np.isfinite(g * (np.clip(b, -numbers[2], numbers[2]) + numbers[1]))
    for y, want in zip(fa.swiglu_clamped_backward(g, a, b, *parameters), wanted, strict=True):
        check(np.where(finite, ulp_error(y, want), 0), derivative, g, a, b)


def test_names_of_the_models() -> None:
    a, b = np.random.default_rng(0).normal(0, 5, (2, 50)).astype(np.float32)
    assert fa.swigluoai is fa.swiglu_clamped
    deepseek = fa.swiglu_clamped(a, b, alpha=1, shift=0, limit=10)
    np.testing.assert_allclose(
        deepseek, fa.silu(np.minimum(a, 10)) * np.clip(b, -10, 10), rtol=1e-6, atol=1e-40
    )


# ---- gradients ----


@every_gate
def test_gradients_are_finite_differences(name: str) -> None:
    rng = np.random.default_rng(8)
    a, b = rng.normal(0, 3, (2, 12))
    ga, gb = form(name, "backward")(np.ones(12), a, b)
    with mp.workprec(exact.BITS):
        rest = [mpf(p) for p in defaults(name)]
        value = partial(formula(name, "value"), exact.namespace())
        for k in range(12):
            x, y = mpf(a[k]), mpf(b[k])
            by_a = mp.diff(lambda t: value(t, y, *rest), x)  # noqa: B023
            by_b = mp.diff(lambda t: value(x, t, *rest), y)  # noqa: B023
            assert abs(by_a - ga[k]) <= 1e-15 * max(1, abs(by_a))
            assert abs(by_b - gb[k]) <= 1e-15 * max(1, abs(by_b))


def in_torch(name: str, a: object, b: object) -> object:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    if name == "glu":
        return a * torch.sigmoid(b)
    if name == "swiglu_clamped":
        u, v = a.clamp(max=7), b.clamp(-7, 7)
        return u * torch.sigmoid(1.702 * u) * (v + 1)
    activation = {
        "swiglu": functional.silu,
        "geglu": functional.gelu,
        "geglu_tanh": partial(functional.gelu, approximate="tanh"),
        "reglu": functional.relu,
        "bilinear": lambda x: x,
    }[name]
    return activation(a) * b


def in_torch_packed(name: str, x: object, axis: int, layout: str) -> object:
    if layout == "interleaved":
        paired = x.unflatten(axis, (-1, 2)).movedim(axis if axis < 0 else axis + 1, 0)
        return in_torch(name, paired[0], paired[1])
    first, second = x.chunk(2, axis)
    return in_torch(name, *((first, second) if layout == "halves" else (second, first)))


@every_gate
@every_layout
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_gradients_are_those_of_torch(name: str, layout: str) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(4)
    for _ in range(12):
        shape = rng.integers(1, 7, rng.integers(1, 5))
        axis = int(rng.integers(-len(shape), len(shape)))
        shape[axis] *= 2
        x = rng.normal(0, 4, shape)
        x.flat[:1] = 0  # a kink
        packed = torch.tensor(x, requires_grad=True)
        y = in_torch_packed(name, packed, axis, layout)
        g = rng.normal(0, 1, tuple(y.shape))
        y.backward(torch.from_numpy(g))
        gate = getattr(fa, name)
        close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-12)
        close(fa.gated(gate, x, axis, layout), y.detach().numpy())
        close(fa.gated_backward(gate, g, x, axis, layout), packed.grad.numpy())


def test_glu_is_that_of_torch() -> None:
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(4).normal(0, 4, (3, 8, 5))
    for axis in (1, -2):
        want = torch.nn.functional.glu(torch.from_numpy(x), axis).numpy()
        np.testing.assert_allclose(fa.gated(fa.glu, x, axis), want, rtol=1e-14)


# ---- limits ----

HUGE = 1e30  # stands for a number of the dtype whose square overflows

# (gate, a, b): value and gradients for g = 1
LIMITS = {
    ("glu", 2, INF): (2, 1, 0),
    ("glu", 2, -INF): (0, 0, 0),
    ("glu", -2, -INF): (-0.0, 0, -0.0),
    ("glu", INF, 0): (INF, 0.5, INF),
    ("glu", INF, -INF): (np.nan, 0, np.nan),
    ("swiglu", -INF, 2): (-0.0, -0.0, -0.0),
    ("swiglu", INF, 2): (INF, 2, INF),
    ("swiglu", INF, -2): (-INF, -2, INF),
    ("swiglu", HUGE, HUGE): (INF, HUGE, HUGE),
    ("swiglu", -HUGE, HUGE): (-0.0, -0.0, -0.0),
    ("swiglu", -INF, INF): (np.nan, np.nan, -0.0),
    ("geglu", -INF, 2): (-0.0, -0.0, -0.0),
    ("geglu", INF, -2): (-INF, -2, INF),
    ("geglu_tanh", -INF, 2): (-0.0, -0.0, -0.0),
    ("geglu_tanh", INF, -2): (-INF, -2, INF),
    ("reglu", -INF, 2): (0, 0, 0),
    ("reglu", INF, 2): (INF, 2, INF),
    ("reglu", -1, INF): (np.nan, np.nan, 0),
    ("reglu", 0, 3): (0, 0, 0),
    ("bilinear", INF, 0): (np.nan, 0, INF),
    ("bilinear", INF, -2): (-INF, -2, INF),
    ("swiglu_clamped", -INF, 2): (-0.0, -0.0, -0.0),
    ("swiglu_clamped", INF, INF): (7 * 8, 0, 0),
    ("swiglu_clamped", INF, -INF): (-7 * 6, -0.0, 0),
}


@pytest.mark.parametrize(("name", "a", "b"), LIMITS)
@pytest.mark.parametrize("dtype", DTYPES[:2])
@pytest.mark.filterwarnings("ignore:overflow")
def test_limits(name: str, a: float, b: float, dtype: type, isa: str) -> None:
    huge = float(np.finfo(dtype).max) ** 0.75
    a, b, *wanted = (
        np.copysign(huge, v) if abs(v) == HUGE else v for v in (a, b, *LIMITS[name, a, b])
    )
    x, y = (np.full(37, v, dtype) for v in (a, b))
    got = [form(name, "value")(x, y), *form(name, "backward")(np.ones(37, dtype), x, y)]
    for found, want in zip(got, wanted, strict=True):
        # 7 s(1.702 7) is not 7 to the last bit.
        np.testing.assert_allclose(found, np.full(37, want, dtype), rtol=1e-5)
        if want == want:
            np.testing.assert_array_equal(np.signbit(found), np.signbit(np.full(37, want)))


@every_gate
@pytest.mark.parametrize("dtype", DTYPES)
def test_zeros_keep_their_signs(name: str, dtype: type, isa: str) -> None:
    numbers = np.array([0.0, -0.0, 1.5, -1.5, 90, -90], dtype)
    if name in ("reglu", "swiglu_clamped"):
        numbers = np.abs(numbers)  # relu(-0) is 0, and b + 1 is not odd
    a, b = (v.ravel() for v in np.meshgrid(numbers, numbers))
    y = form(name, "value")(a, b)
    sign = np.signbit(a) if name == "glu" else np.signbit(a) ^ np.signbit(b)
    np.testing.assert_array_equal(np.signbit(y), sign)


@every_gate
@pytest.mark.parametrize("dtype", DTYPES)
def test_a_nan_in_any_operand_is_one_in_all_results(name: str, dtype: type, isa: str) -> None:
    for k in range(3):
        numbers = [np.full(40, v, dtype) for v in (1, 2, 3)]
        numbers[k][17] = np.nan
        results = form(name, "backward")(*numbers)
        results += () if k == 0 else (form(name, "value")(*numbers[1:]),)
        for y in results:
            np.testing.assert_array_equal(np.isnan(y), np.arange(40) == 17)


def made_infinite(result: np.ndarray, *factors: np.ndarray) -> bool:
    """Whether finite factors have an infinite product."""
    return bool(np.isinf(result).any() and np.isfinite(factors).all())


@every_gate
@pytest.mark.parametrize("dtype", DTYPES[:2])
def test_no_overflow_but_a_true_one(name: str, dtype: type, isa: str) -> None:
    largest = np.finfo(dtype).max / 4
    for numbers in product(
        [0, 1e-30, -1, largest, -INF],
        [1, 1e-30, largest, INF],
        [5, -5, -20, -85, -150, -1e30, largest, -largest, INF, -INF],
    ):
        g, other, z = (np.full(3, number, dtype) for number in numbers)
        a, b = (other, z) if name == "glu" else (z, other)
        with np.errstate(all="ignore"):
            value, (ga, gb) = form(name, "value")(a, b), form(name, "backward")(g, a, b)
        by_other, by_activated = (ga, gb) if name == "glu" else (gb, ga)
        with np.errstate(all="raise"):
            if not made_infinite(value, other, z):
                form(name, "value")(a, b)
            # Derivatives are bounded, and what is clamped is so, too.
            clamped = name == "swiglu_clamped"
            if not (
                made_infinite(by_other, g, g if clamped else z)
                or made_infinite(by_activated, g, g if clamped else other)
            ):
                form(name, "backward")(g, a, b)


def test_a_true_overflow_is_told(isa: str, threads: Callable[[int], None]) -> None:
    threads(2)
    a, b = np.ones((2, 300_001), np.float32)
    for spot in (0, 150_000, 300_000):
        a[spot], b[spot] = 1e20, 1e20
        with np.errstate(over="raise"):
            with pytest.raises(FloatingPointError, match="overflow"):
                fa.swiglu(a, b)
            with pytest.raises(FloatingPointError, match="overflow"):
                fa.swiglu(a[spot : spot + 1], b[spot : spot + 1])
            a[spot], b[spot] = -200, 1e38
            fa.swiglu(a, b)
        a[spot] = b[spot] = 1


def test_an_infinity_through_an_open_gate_is_no_overflow(isa: str) -> None:
    with np.errstate(all="raise"):
        assert fa.swiglu_clamped(np.float32(-INF), np.float32(17), -5.0) == -INF


def test_what_overflows_is_the_clamped_and_shifted(isa: str) -> None:
    g, one = np.float32(3e38), np.float32(1)
    with np.errstate(all="raise"):
        assert fa.swiglu_clamped(one, one, shift=INF) == INF
        assert fa.swiglu_clamped_backward(one, one, one, shift=INF)[0] == INF
        for a, b in ((5, INF), (INF, 5)):
            with pytest.raises(FloatingPointError, match="overflow"):
                fa.swiglu_clamped_backward(g, np.float32(a), np.float32(b))


def test_a_special_case_keeps_an_earlier_overflow(isa: str) -> None:
    a, b = np.ones((2, 5000), np.float16)
    a[0] = b[0] = 60000  # a float16 overflows when its block is rounded,
    a[2000] = -12  # and this gate is shut, in a block after it
    told = pytest.raises(FloatingPointError, match="overflow")
    with fa.num_threads(1), np.errstate(over="raise"), told:
        fa.geglu_tanh(a, b)


@every_gate
def test_neighbours_of_special_lanes_keep_their_bits(name: str, isa: str) -> None:
    rng = np.random.default_rng(1)
    g, a, b = rng.normal(0, 2, (3, 200)).astype(np.float32)
    value, gradients = form(name, "value")(a, b), form(name, "backward")(g, a, b)
    for number in (1e35, 1e-44, -150.0, INF, -1e-30):
        for k in range(3):
            spoilt = [g.copy(), a.copy(), b.copy()]
            spoilt[k][::23] = number
            others = np.arange(200) % 23 != 0
            with np.errstate(over="ignore"):
                assert_same(form(name, "value")(*spoilt[1:])[others], value[others])
                for y, want in zip(form(name, "backward")(*spoilt), gradients, strict=True):
                    assert_same(y[others], want[others])


# ---- packed arrays ----


def parts(x: np.ndarray, axis: int, layout: str) -> tuple[np.ndarray, np.ndarray]:
    """The operands in a packed array, copied."""
    if layout == "interleaved":
        return np.moveaxis(x, axis, 0)[::2].copy(), np.moveaxis(x, axis, 0)[1::2].copy()
    first, second = np.split(np.moveaxis(x, axis, 0), 2)
    return (first, second) if layout == "halves" else (second, first)


@every_gate
@every_layout
@pytest.mark.parametrize("dtype", [*DTYPES, np.int8, ">f4"], ids=lambda d: np.dtype(d).name)
def test_packed(name: str, layout: str, dtype: object) -> None:
    rng = np.random.default_rng(6)
    gate = getattr(fa, name)
    for shape, axis in [
        ((8,), 0),
        ((3, 10), -1),
        ((6, 5), 0),
        ((2, 4, 3), 1),
        ((0, 4), 1),
        ((4, 0), 1),
    ]:
        whole = rng.normal(0, 3, [2 * n for n in shape]).astype(dtype)
        for x in (
            whole[tuple(slice(n) for n in shape)],
            np.asfortranarray(whole)[tuple(slice(None, None, -2) for _ in shape)],
        ):
            a, b = parts(x, axis, layout)
            y = fa.gated(gate, x, axis, layout)
            assert_same(np.moveaxis(y, axis, 0), gate(a, b))
            g = rng.normal(0, 1, y.shape).astype(y.dtype)
            gx = fa.gated_backward(gate, g, x, axis, layout)
            assert gx.shape == x.shape
            want = form(name, "backward")(np.moveaxis(g, axis, 0), a, b)
            assert_same(tuple(p.copy() for p in parts(gx, axis, layout)), want)
            out, into = np.empty_like(y), np.empty_like(gx)
            assert fa.gated(gate, x, axis, layout, out=out) is out
            assert fa.gated_backward(gate, g, x, axis, layout, out=into) is into
            assert_same((out, into), (y, gx))


@every_gate
@every_layout
def test_packed_in_place(name: str, layout: str) -> None:
    gate = getattr(fa, name)
    for shape, axis in (((300, 64), 1), ((64, 300), 0)):
        x = np.random.default_rng(0).normal(0, 3, shape).astype(np.float32)
        g = fa.gated(fa.glu, x, axis)
        want = fa.gated_backward(gate, g, x, axis, layout)
        assert fa.gated_backward(gate, g, x, axis, layout, out=x) is x
        assert_same(x, want)


@every_layout
def test_packed_in_threads(layout: str, threads: Callable[[int], None]) -> None:
    x = np.random.default_rng(0).normal(0, 3, (700, 1000)).astype(np.float32)
    for axis in (0, 1):
        threads(1)
        y = fa.gated(fa.swiglu, x, axis, layout)
        gx = fa.gated_backward(fa.swiglu, y, x, axis, layout)
        for count in (2, 3, 8):
            threads(count)
            assert_same(fa.gated(fa.swiglu, x, axis, layout), y)
            assert_same(fa.gated_backward(fa.swiglu, y, x, axis, layout), gx)


@every_layout
@pytest.mark.parametrize("axis", [0, 1])
def test_nothing_is_copied(layout: str, axis: int) -> None:
    x = np.random.default_rng(0).normal(0, 3, (400, 600)).astype(np.float32)
    y = fa.gated(fa.swiglu, x, axis, layout)
    gx = np.empty_like(x)
    tracemalloc.start()
    fa.gated(fa.swiglu, x, axis, layout, out=y)
    fa.gated_backward(fa.swiglu, y, x, axis, layout, out=gx)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20_000


def test_parameters_of_packed_gates() -> None:
    x = np.random.default_rng(0).normal(0, 5, (4, 6))
    a, b = x[:, ::2], x[:, 1::2]
    y = fa.gated(fa.swigluoai, x, layout="interleaved", limit=2.0, alpha=1)
    assert_same(y, fa.swiglu_clamped(a, b, alpha=1, limit=2.0))
    gx = fa.gated_backward(fa.swigluoai, y, x, layout="interleaved", limit=2.0, alpha=1)
    ga, gb = fa.swiglu_clamped_backward(y, a, b, alpha=1, limit=2.0)
    assert_same((gx[:, ::2].copy(), gx[:, 1::2].copy()), (ga, gb))
    per_row = np.array([[1.0], [2.0], [3.0], [4.0]])
    gx = fa.gated_backward(fa.swigluoai, 1.0, x, limit=per_row)
    assert_same(
        gx[:, :3].copy(), fa.swiglu_clamped_backward(1.0, x[:, :3], x[:, 3:], limit=per_row)[0]
    )
    wide = fa.gated_backward(fa.swigluoai, np.float32(1), x.astype(np.float32), limit=per_row)
    assert wide.dtype == np.float64


def test_packed_lists_and_broadcast_gradients() -> None:
    assert_same(fa.gated(fa.bilinear, [1, 2, 3, 4]), np.array([3.0, 8.0]))
    x = np.arange(8.0).reshape(2, 4)
    for g in (2.0, np.full(2, 2.0), np.full((2, 1), 2.0)):
        gx = fa.gated_backward(fa.bilinear, g, x)
        assert_same(gx, 2 * np.roll(x, 2, 1))


def test_errors_of_packed_gates() -> None:
    x, g = np.ones((2, 6), np.float32), np.ones((2, 3), np.float32)
    for call in (partial(fa.gated, fa.glu), partial(fa.gated_backward, fa.glu, g)):
        with pytest.raises(ValueError, match="even length along axis 1"):
            call(x[:, :5], 1)
        with pytest.raises(ValueError, match="axis 2 is out of range"):
            call(x, 2)
        with pytest.raises(TypeError, match=r"axis must be an integer, got 0\.5"):
            call(x, 0.5)
        with pytest.raises(ValueError, match="at least one axis"):
            call(np.float32(1))
        with pytest.raises(ValueError, match="'interleaved', got 'halvez'"):
            call(x, layout="halvez")
        with pytest.raises(ValueError, match="out must have the shape"):
            call(x, out=np.empty((1, 3), np.float32))
        with pytest.raises(TypeError, match="out must be an ndarray, got list"):
            call(x, out=[1.0])
        shape = g.shape if call.func is fa.gated else x.shape
        with pytest.raises(TypeError):
            call(x, out=np.empty(shape, np.int32))
        with pytest.raises(TypeError, match="alpha"):
            call(x, alpha=1.0)
        with pytest.raises(TypeError):
            call(x.astype(complex))
    with pytest.raises(ValueError, match="g must have the shape"):
        fa.gated_backward(fa.glu, x, x)
    for bad in (fa.silu, np.multiply, "glu", fa.glu_backward, [fa.glu]):
        with pytest.raises(TypeError, match="must be a gate"):
            fa.gated(bad, x)
        with pytest.raises(TypeError, match="must be a gate"):
            fa.gated_backward(bad, g, x)


# ---- outputs that take turns in one buffer ----


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("cut", ["halves", "interleaved", "reversed", "mixed"])
def test_outputs_that_take_turns(axis: int, cut: str, threads: Callable[[int], None]) -> None:
    g, a, b = np.random.default_rng(3).normal(0, 2, (3, 40, 30, 20)).astype(np.float32)
    want = fa.swiglu_backward(g, a, b)
    n = a.shape[axis]
    first, second = {
        "halves": (slice(n), slice(n, None)),
        "interleaved": (slice(0, None, 2), slice(1, None, 2)),
        "reversed": (slice(None, None, -2), slice(-2, None, -2)),
        "mixed": (slice(0, None, 2), slice(None, None, -2)),
    }[cut]
    for count in (1, 3):
        threads(count)
        room = np.zeros([m * (1 + (d == axis)) for d, m in enumerate(a.shape)], np.float32)
        turned = np.moveaxis(room, axis, 0)
        out = tuple(np.moveaxis(turned[part], 0, axis) for part in (first, second))
        fa.swiglu_backward(g, a, b, out=out)
        assert_same(tuple(y.copy() for y in out), want)
