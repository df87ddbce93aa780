"""The second derivatives: kinks, symmetry, zeros, and PyTorch's twice differentiated.

How exact they are is in test_accuracy.py, their limits are in test_limits.py.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from cases import ACTIVATIONS, form, forms

SECOND = [name for name in ACTIVATIONS if "grad_grad" in forms(name)]
EVEN = [
    *("silu", "swish", "gelu", "gelu_tanh", "quick_gelu", "softplus", "log_sigmoid"),
    *("squareplus", "lisht", "log_cosh", "acon_c", "aptx", "gaussian", "snake", "snake_beta"),
]
ODD = ["sigmoid", "tanh", "softsign", "tanh_shrink", "isru", "softcap", "dyt", "erf", "ndtr"]
DTYPES = [np.float32, np.float64]

every_second = pytest.mark.parametrize("name", SECOND)
every_dtype = pytest.mark.parametrize("dtype", DTYPES)


@pytest.mark.parametrize(
    ("name", "at_zero"),
    [("elu", 1.0), ("celu", 1.0), ("selu", 1.7580993408473768), ("softsign", 0.0)],
)
@every_dtype
def test_kinks(name: str, at_zero: float, dtype: type, isa: str) -> None:
    # On the left as the function is there; 0 where it jumps from 2 to -2.
    x = np.tile(np.array([0.0, -0.0], dtype), 20)
    got = form(name, "grad_grad")(x)
    np.testing.assert_array_equal(got, np.full(40, at_zero, dtype))
    above = form(name, "grad_grad")(np.full(40, 1e-30, dtype))
    np.testing.assert_array_equal(above, np.full(40, -2 if name == "softsign" else 0, dtype))


@every_dtype
def test_symmetry(dtype: type, isa: str) -> None:
    x = np.random.default_rng(1).normal(0, 4, 999).astype(dtype)
    for name in EVEN:
        second = form(name, "grad_grad")
        np.testing.assert_array_equal(second(-x), second(x))
    for name in ODD:
        second = form(name, "grad_grad")
        np.testing.assert_array_equal(second(-x), -second(x))


@every_dtype
def test_signed_zeros(dtype: type, isa: str) -> None:
    zeros = np.tile(np.array([0.0, -0.0], dtype), 20)
    for name, want in (("sigmoid", -zeros), ("tanh", -zeros), ("tanh_shrink", zeros)):
        got = form(name, "grad_grad")(zeros)
        np.testing.assert_array_equal(got, want)
        np.testing.assert_array_equal(np.signbit(got), np.signbit(want))


ROOTS = {
    "silu": ([2.3993572805154677], 1),
    "swish": ([2.3993572805154677 / 3], 3),
    "quick_gelu": ([1.4097281319127307], 1),
    "gelu": ([2**0.5], 1),
    "gelu_tanh": ([1.4185040087908284], 1),
    "mish": ([-2.2563763963607932, 1.4905711794854284], 1),
}


@pytest.mark.parametrize("name", ROOTS)
@every_dtype
def test_the_sign_changes_at_the_root(name: str, dtype: type, isa: str) -> None:
    roots, parameter = ROOTS[name]
    parameters = [dtype(parameter)] * len(ACTIVATIONS[name]["parameters"])
    for root in roots:
        x = np.nextafter(dtype(root), dtype([-9, 9]))
        low, high = form(name, "grad_grad")(x, *parameters)
        assert low * high < 0
        assert abs(high - low) < 9 * np.spacing(abs(dtype(root)))


def test_negative_steepness_mirrors_swish(isa: str) -> None:
    x = np.linspace(-9, 9, 301)
    second = form("swish", "grad_grad")
    np.testing.assert_array_equal(second(x, -1.5), -second(x, 1.5))


def of_torch() -> dict[str, Callable[[Any], Any]]:
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    return {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "silu": functional.silu,
        "swish": lambda x: x * torch.sigmoid(x),
        "elu": functional.elu,
        "selu": functional.selu,
        "celu": functional.celu,
        "gelu": functional.gelu,
        "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
        "quick_gelu": lambda x: x * torch.sigmoid(1.702 * x),
        "mish": functional.mish,
        "softplus": functional.softplus,
        "log_sigmoid": functional.logsigmoid,
        "softsign": functional.softsign,
        "tanh_shrink": functional.tanhshrink,
        "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
        "isru": lambda x: x * torch.rsqrt(1 + x * x),
        "isrlu": lambda x: torch.where(x > 0, x, x * torch.rsqrt(1 + x * x)),
        "softcap": lambda x: 30 * torch.tanh(x / 30),
        "dyt": lambda x: torch.tanh(0.5 * x),
        "lisht": lambda x: x * torch.tanh(x),
        "log_cosh": lambda x: torch.log(torch.cosh(x)),
        "acon_c": lambda x: x * torch.sigmoid(x),
        "aptx": lambda x: (1 + torch.tanh(x)) * 0.5 * x,
        "snake": lambda x: x + torch.sin(x) ** 2,
        "snake_beta": lambda x: x + torch.sin(x) ** 2,
        "erf": torch.erf,
        "ndtr": torch.special.ndtr,
        "laplace": lambda x: torch.special.ndtr((x - 0.707107) / 0.282095),
        "gaussian": lambda x: torch.exp(-x * x / 2),
    }


@every_second
def test_pytorch_differentiates_twice_to_the_same(name: str) -> None:
    torch = pytest.importorskip("torch")
    x = torch.linspace(-8, 8, 400, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(of_torch()[name](x).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(slope.sum(), x)
    got = form(name, "grad_grad")(x.detach().numpy())
    np.testing.assert_allclose(got, second.numpy(), rtol=1e-11, atol=1e-13)
