"""Parameters of either sign and any size, 0, infinite and NaN: values and flags against mpmath.

Every function of one parameter in every form, to 1 ulp, but for widths, which are positive and not
extreme; overflow is told where a result overflows, and nowhere else. What has no defined value is
NaN, and stands in the docstrings.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cases import ACTIVATIONS, assert_same, form, forms
from mpmath import mp, mpf

import fastact as fa
from fastact.cli.reference import evaluate, ulp_error

INF, NAN = mpf("inf"), mpf("nan")
BITS = 400
HUGE, TINY = mpf("1e100000"), mpf("1e-100000")  # beyond every product with a float64
Formula = Callable[[Any, Any], Any]


def product(a: Any, b: Any) -> Any:
    """NaN for 0 times infinity."""
    undefined = (a == 0 and mp.isinf(b)) or (b == 0 and mp.isinf(a))
    return NAN if undefined else a * b


def exp(z: Any) -> Any:
    if abs(z) < 1e7:
        return mp.exp(z)
    return (INF if mp.isinf(z) else HUGE) if z > 0 else (mpf(0) if mp.isinf(z) else TINY)


def expm1(z: Any) -> Any:
    return mp.expm1(z) if abs(z) < 1e7 else exp(z) - 1


def logistic(z: Any) -> Any:
    decay = exp(-abs(z))
    return (1 if z >= 0 else decay) / (1 + decay)


def logistic_grad(z: Any) -> Any:
    decay = exp(-abs(z))
    return decay / (1 + decay) ** 2


def quotient(x: Any, alpha: Any) -> Any:
    """min(x, 0)/alpha, of celu: alpha = 0 is its limit from above."""
    if x >= 0:
        return mpf(0)
    if alpha == 0:
        return -INF
    return NAN if mp.isinf(x) and mp.isinf(alpha) else x / alpha


def celu(x: Any, alpha: Any) -> Any:
    if x >= 0 or mp.isinf(alpha):
        return x
    return mpf(0) if alpha == 0 else alpha * expm1(quotient(x, alpha))


def celu_grad(x: Any, alpha: Any) -> Any:
    z = quotient(x, alpha)
    return z if mp.isnan(z) else exp(z)


def celu_grad_alpha(x: Any, alpha: Any) -> Any:
    z = quotient(x, alpha)
    if mp.isnan(z) or z == 0:
        return z
    if abs(z) > 1e7:
        return -z * exp(z) if z > 0 else mpf(-1)
    with mp.workprec(2600):
        return mp.expm1(z) - z * mp.exp(z)


def celu_grad_grad(x: Any, alpha: Any) -> Any:
    if x > 0:
        return mpf(0)
    if alpha == 0:
        return NAN if x == 0 else mpf(0)
    if mp.isinf(alpha):
        return NAN if mp.isinf(x) else mpf(0)
    return exp(x / alpha) / alpha


def softplus(x: Any, beta: Any) -> Any:
    if mp.isinf(beta):
        return max(x, mpf(0)) if beta > 0 else min(x, mpf(0))
    if beta == 0:
        return NAN
    z = beta * x
    return (x if z > 0 else mpf(0)) + mp.log1p(exp(-abs(z))) / beta


def softplus_grad(x: Any, beta: Any) -> Any:
    z = product(beta, x)
    return z if mp.isnan(z) else logistic(z)


def softplus_grad_beta(x: Any, beta: Any) -> Any:
    if mp.isinf(beta) or (beta != 0 and mp.isinf(x)):
        return mpf(0)
    if beta == 0:
        return NAN
    z = abs(beta * x)
    return -(z * exp(-z) / (1 + exp(-z)) + mp.log1p(exp(-z))) / beta / beta


def softplus_grad_grad(x: Any, beta: Any) -> Any:
    if mp.isinf(beta):
        return NAN if x == 0 else mpf(0)
    return mpf(0) if beta == 0 else beta * logistic_grad(beta * x)


def softplus_from_output(y: Any, beta: Any) -> Any:
    z = product(beta, y)
    return z if mp.isnan(z) else -expm1(-z)


def swish(x: Any, beta: Any) -> Any:
    if x == 0 or beta == 0:
        return x / 2
    z = beta * x
    return (x if z > 0 else mpf(0)) if mp.isinf(z) else x * logistic(z)


def swish_grad(x: Any, beta: Any) -> Any:
    if beta == 0:
        return mpf("0.5")
    z = product(beta, x)
    if mp.isnan(z):
        return NAN
    if abs(z) > 1e7:
        return mpf(1) if z > 0 else mpf(0)
    return logistic(z) + z * logistic_grad(z)


def swish_grad_beta(x: Any, beta: Any) -> Any:
    if x == 0 or beta == 0:
        return x * x / 4
    return mpf(0) if mp.isinf(beta * x) else x * x * logistic_grad(beta * x)


def swish_grad_grad(x: Any, beta: Any) -> Any:
    if mp.isinf(beta):
        return NAN if x == 0 else mpf(0)
    z = abs(beta * x) if beta != 0 else mpf(0)
    if z > 1e7:
        return mpf(0)
    w = exp(-z)
    return beta * w * (2 * (1 + w) - z * (1 - w)) / (1 + w) ** 3


def soft_shrink(x: Any, lambd: Any) -> Any:
    if x == 0 or abs(x) <= lambd:
        return mpf(0)
    return x - lambd if x > 0 else x + lambd


def elu_from_output(y: Any, alpha: Any) -> Any:
    return mpf(1) if y > 0 else y + alpha


RELU: dict[str, Formula] = {
    "value": lambda x, a: x if x > 0 else product(a, x),
    "grad": lambda x, a: mpf(1) if x > 0 else a,
    "grad_parameter": lambda x, a: mpf(0) if x > 0 else x,
}
FORMULAS: dict[str, dict[str, Formula]] = {
    "leaky_relu": RELU | {"backward_from_output": RELU["grad"]},
    "prelu": RELU,
    "hard_shrink": {
        "value": lambda x, p: x if abs(x) > p else mpf(0),
        "grad": lambda x, p: mpf(abs(x) > p),
    },
    "soft_shrink": {"value": soft_shrink, "grad": lambda x, p: mpf(abs(x) > p)},
    "elu": {
        "value": lambda x, a: x if x >= 0 else product(a, expm1(x)),
        "grad": lambda x, a: mpf(1) if x > 0 else product(a, exp(x)),
        "grad_parameter": lambda x, a: mpf(0) if x > 0 else expm1(x),
        "grad_grad": lambda x, a: mpf(0) if x > 0 else product(a, exp(x)),
        "backward_from_output": elu_from_output,
    },
    "celu": {
        "value": celu,
        "grad": celu_grad,
        "grad_parameter": celu_grad_alpha,
        "grad_grad": celu_grad_grad,
    },
    "softplus": {
        "value": softplus,
        "grad": softplus_grad,
        "grad_parameter": softplus_grad_beta,
        "grad_grad": softplus_grad_grad,
        "backward_from_output": softplus_from_output,
    },
    "swish": {
        "value": swish,
        "grad": swish_grad,
        "grad_parameter": swish_grad_beta,
        "grad_grad": swish_grad_grad,
    },
}
# Not for every size and sign, but positive ones.
POSITIVE = ["smelu", "squareplus", "isru", "isrlu", "softcap", "dyt", "gaussian"]
EVERY = [(name, f) for name in FORMULAS for f in FORMULAS[name]]


def parameters(dtype: type) -> np.ndarray:
    """Of both signs: 0, subnormal, tiny, usual, huge, infinite."""
    info = np.finfo(dtype)
    far = 1e30 if dtype == np.float32 else 1e250
    least, largest = float(info.smallest_subnormal), float(info.max)
    sizes = [
        *(0, least, 1000 * least, 1.5 * float(info.tiny), 1 / far, 1.3 * 2.0**-61, 2.0**-60),
        *(2.0**-40, 1e-10, 1.1 * 2.0**-11, 0.01, 0.3, 0.7, 1, 1.3, 3, 50, 1100, 1.3e10),
        *(1.7 * 2.0**61, far, largest / 7, largest, np.inf),
    ]
    return np.concatenate([sizes, np.negative(sizes)]).astype(dtype)


def arguments(name: str, dtype: type, p: float, count: int) -> np.ndarray:
    """Where the function bends for this parameter, and everywhere."""
    info = np.finfo(dtype)
    rng = np.random.default_rng(count)
    share = count // 6
    z = np.concatenate(
        [
            rng.normal(0, 1, share),
            rng.normal(0, 30, share),
            rng.uniform(-1, 1, share) * (230 if dtype == np.float32 else 1600),
            np.exp2(rng.uniform(-40, 10, share)) * rng.choice([-1, 1], share),
        ]
    )
    anywhere = rng.uniform(info.minexp - info.nmant, info.maxexp, 2 * share)
    special = [0, info.max, info.tiny, info.smallest_subnormal, 1, np.inf]
    with np.errstate(all="ignore"):
        bent = z * p if name == "celu" else z / p if name in ("softplus", "swish") else z
        scattered = np.exp2(anywhere) * rng.choice([-1, 1], anywhere.size)
        x = np.concatenate([bent, scattered, special, np.negative(special)]).astype(dtype)
    return x[~np.isnan(x)]


def overflows(want: Any, dtype: type) -> bool:
    info = np.finfo(dtype)
    end = mpf(float(info.max)) + mpf(2) ** (info.maxexp - info.nmant - 2)
    return bool(mp.isfinite(want) and abs(want) >= end)


def error(got: Any, want: Any, dtype: type) -> float:
    """In ulp; an infinity stands for what rounds to it."""
    info = np.finfo(dtype)
    if mp.isnan(want) or np.isnan(got):
        return 0.0 if mp.isnan(want) and np.isnan(got) else np.inf
    if mp.isinf(want) or overflows(want, dtype) or np.isinf(got):
        right = np.isinf(got) and (got > 0) == (want > 0)
        return 0.0 if right and (mp.isinf(want) or overflows(want, dtype)) else np.inf
    exponent = int(mp.frexp(want)[1]) - 1 if want else info.minexp
    ulp = mpf(2) ** (max(exponent, info.minexp) - info.nmant)
    return float(abs(mpf(float(got)) - want) / ulp)


def call(name: str, f: str, x: np.ndarray, p: Any) -> np.ndarray:
    ufunc = form(name, f)
    return ufunc(np.ones_like(x), x, p) if f == "backward_from_output" else ufunc(x, p)


def sweep(name: str, f: str, dtype: type, count: int) -> None:
    formula = FORMULAS[name][f]
    for p in parameters(dtype):
        x = arguments(name, dtype, float(p), count)
        if name == "softplus" and f == "backward_from_output":
            x = x[(x == 0) | (np.sign(x) != -np.sign(p))]  # others are no values of softplus
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            with np.errstate(all="warn"):
                got = call(name, f, x, float(p))
        with np.errstate(all="ignore"):
            assert_same(call(name, f, x, np.full_like(x, p)), got)
        with mp.workprec(BITS):
            exact = [formula(mpf(float(v)), mpf(float(p))) for v in x]
            errors = [error(y, want, dtype) for y, want in zip(got, exact, strict=True)]
            worst = int(np.argmax(errors))
            assert errors[worst] <= 1, (p, x[worst], got[worst], exact[worst], errors[worst])
            too_large = any(overflows(want, dtype) for want in exact)
        assert ["overflow" in str(w.message) for w in told] == [True] * too_large, (p, told)


@pytest.mark.parametrize(("name", "f"), EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_size_and_sign(name: str, f: str, dtype: type, isa: str) -> None:
    sweep(name, f, dtype, 36)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "f"), EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_size_and_sign_at_many_places(name: str, f: str, dtype: type, isa: str) -> None:
    sweep(name, f, dtype, 400)


@pytest.mark.parametrize("name", POSITIVE)
@pytest.mark.filterwarnings("ignore:overflow")
def test_positive_parameters(name: str, isa: str) -> None:
    """Widths and slopes that have no meaning at 0 or below, over ten octaves each way."""
    rng = np.random.default_rng(5)
    p = np.exp2(rng.uniform(-10, 10, 4000)).astype(np.float32)
    scale = rng.normal(0, 3, p.size)
    for x in (scale * p, scale / p, scale * np.sqrt(p)):
        x = x.astype(np.float32)
        for f in set(forms(name)) - {"value_and_grad", "backward"}:
            error_ = ulp_error(form(name, f)(x, p), evaluate(name, f, x, p))
            assert error_.max() <= 1, (f, x[np.argmax(error_)], p[np.argmax(error_)])


def test_the_sweep_leaves_no_form_out() -> None:
    for name, formulas in FORMULAS.items():
        assert set(formulas) == set(forms(name)) - {"value_and_grad", "backward"}
    of_one = {name for name, row in ACTIVATIONS.items() if len(row["parameters"]) == 1}
    assert of_one == set(FORMULAS) | set(POSITIVE)


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_forms_of_two_results_agree(name: str, dtype: type, isa: str) -> None:
    """Also where usual and extreme parameters take turns, and in place."""
    rng = np.random.default_rng(2)
    with np.errstate(all="ignore"):
        p = rng.choice(parameters(np.float32), 300).astype(dtype)
        p[rng.random(300) < 0.5] = 1.5
        x = rng.normal(0, 4, 300).astype(dtype)
        value, grad = form(name, "value_and_grad")(x, p)
        assert_same((value, grad), (form(name, "value")(x, p), form(name, "grad")(x, p)))
        assert_same(np.array([form(name, "value")(a, b) for a, b in zip(x, p, strict=True)]), value)
        back = form(name, "backward")(np.ones_like(x), x, p)
        assert_same(back[0] if isinstance(back, tuple) else back, grad)
        if isinstance(back, tuple):
            assert_same(back[1], form(name, "grad_parameter")(x, p))
        inside = x.copy()
        assert form(name, "value")(inside, p, out=inside) is inside
        assert_same(inside, value)


@pytest.mark.parametrize("name", FORMULAS)
def test_nan_parameters(name: str) -> None:
    """NaN where the parameter counts."""
    x = np.array([-2.0, -0.5])
    for f in set(FORMULAS[name]) - {"grad_parameter"}:
        if name not in ("hard_shrink", "soft_shrink"):
            assert np.isnan(call(name, f, x, np.nan)).all(), f


def test_values_of_the_reports() -> None:
    single = np.float32
    with np.errstate(over="ignore"):
        assert fa.celu_grad(single([-88.4]), -1)[0] == pytest.approx(2.464e38, rel=1e-3)
        assert fa.celu_grad(single([-3.4e38]), -1)[0] == np.inf
        tiny = -8.673617379884035e-19
        assert fa.celu(-8.933825901280557e-17, tiny) == pytest.approx(-4.683e26, rel=1e-3)
        assert fa.celu(single([-26.58]), single(-0.3))[0] == pytest.approx(-9.028e37, rel=1e-3)
        assert fa.celu_grad_alpha(single([-84]), -1)[0] == pytest.approx(-83 * np.exp(84.0))
        assert fa.celu_grad_alpha(single([-86]), -1)[0] == -np.inf
    assert fa.celu_grad_alpha(single([-1]), single(8.67e-19))[0] == -1
    with pytest.warns(RuntimeWarning, match="overflow"):
        fa.celu_grad(single([-100]), -1)
    assert fa.soft_shrink(2.0, -1) == 3
    assert fa.soft_shrink(0.0, -1) == 0
    assert fa.softplus(-1.0, np.inf) == 0
    assert fa.hard_tanh(0.5, 2, 1) == np.clip(0.5, 2, 1) == 1


# ---- an infinite or NaN g ----


@pytest.mark.parametrize("g", [np.inf, -np.inf, np.nan])
def test_gradients_that_have_gone_wrong_are_not_hidden(g: float) -> None:
    """The product of IEEE arithmetic, also with a derivative of 0."""
    for name in ("relu", "relu6", "hard_tanh", "hard_shrink", "binary_step"):
        for dtype in (np.float16, np.float32, np.float64):
            x = np.array([0.25 if name == "hard_shrink" else -5, 0], dtype)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert np.isnan(form(name, "backward")(np.full(2, g, dtype), x)[0]), name
    assert np.isnan(fa.relu_backward_from_output(g, 0.0))
    assert "infinite or NaN g" in fa.relu_backward.__doc__


def test_from_output_says_for_which_parameters() -> None:
    for ufunc in (fa.leaky_relu_backward_from_output, fa.elu_backward_from_output):
        first_lines = ufunc.__doc__.split("Parameters")[0]
        assert ">= 0" in first_lines
        assert "PyTorch raises" in first_lines
