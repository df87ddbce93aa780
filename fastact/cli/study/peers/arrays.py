"""NumPy and SciPy: the expressions that their users type, of several temporaries each."""

import math
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np

from fastact.cli.study.peers.base import (
    QUICK,
    SELU_ALPHA,
    SELU_SCALE,
    Call,
    Operation,
    Peer,
    Table,
    expressions,
)


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _silu_backward(g: Any, x: Any, beta: float = 1.0, sigmoid: Any = _sigmoid) -> Any:
    s = sigmoid(beta * x)
    return g * (s + beta * x * s * (1 - s))


def _swish_backward(g: Any, x: Any, beta: Any, sigmoid: Any = _sigmoid) -> tuple[Any, Any]:
    s = sigmoid(beta * x)
    slope = g * x * s * (1 - s)
    return g * s + beta * slope, np.sum(x * slope)


def _gelu_tanh_backward(g: Any, x: Any) -> Any:
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (x + 0.044715 * x * x * x))
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x))


def _mish_backward(g: Any, x: Any) -> Any:
    t = np.tanh(np.log1p(np.exp(x)))
    return g * (t + x * (1 - t * t) * _sigmoid(x))


_FUNCTIONS = SimpleNamespace(**vars(np), relu=lambda x: np.maximum(x, 0), sigmoid=_sigmoid)

_VALUE: Table = {
    **expressions(_FUNCTIONS),
    "identity": lambda x: x.copy(),
    "binary_step": lambda x: (x >= 0).astype(x.dtype),
    "sigmoid": _sigmoid,
    "tanh": np.tanh,
    "relu": _FUNCTIONS.relu,
    "leaky_relu": lambda x: np.maximum(x, 0.01 * x),
    "prelu": lambda x, a: np.where(x > 0, x, a * x),
    "relu6": lambda x: np.clip(x, 0, 6),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(x)),
    "celu": lambda x: np.maximum(x, 0) + np.minimum(0, np.expm1(x)),
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    ),
    "quick_gelu": lambda x: x / (1 + np.exp(-QUICK * x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "swish": lambda x, beta: x / (1 + np.exp(-beta * x)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "softplus": lambda x: np.logaddexp(0, x),
    "log_sigmoid": lambda x: -np.logaddexp(0, -x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_shrink": lambda x: x * (np.abs(x) > 0.5),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "threshold": lambda x: x * (x > 1),
    "shrink": lambda x: x * (np.abs(x) > 0.5),
    "isru": lambda x: x / np.sqrt(1 + x * x),
    "isrlu": lambda x: np.where(x > 0, x, x / np.sqrt(1 + x * x)),
}

_BACKWARD: Table = {
    "identity": lambda g, x: g.copy(),
    "binary_step": lambda g, x: np.zeros_like(g),
    "sigmoid": lambda g, x: g * (s := _sigmoid(x)) * (1 - s),
    "tanh": lambda g, x: g * (1 - np.tanh(x) ** 2),
    "relu": lambda g, x: g * (x > 0),
    "leaky_relu": lambda g, x: np.where(x > 0, g, 0.01 * g),
    "prelu": lambda g, x, a: (np.where(x > 0, g, a * g), np.sum(g * np.minimum(x, 0))),
    "relu6": lambda g, x: g * ((x > 0) & (x < 6)),
    "hard_tanh": lambda g, x: g * ((x > -1) & (x < 1)),
    "elu": lambda g, x: np.where(x > 0, g, g * np.exp(x)),
    "selu": lambda g, x: SELU_SCALE * np.where(x > 0, g, SELU_ALPHA * g * np.exp(x)),
    "celu": lambda g, x: np.where(x > 0, g, g * np.exp(x)),
    "gelu_tanh": _gelu_tanh_backward,
    "quick_gelu": partial(_silu_backward, beta=QUICK),
    "silu": _silu_backward,
    "swish": _swish_backward,
    "mish": _mish_backward,
    "softplus": lambda g, x: g * _sigmoid(x),
    "log_sigmoid": lambda g, x: g * _sigmoid(-x),
    "softsign": lambda g, x: g / (1 + np.abs(x)) ** 2,
    "hard_sigmoid": lambda g, x: np.where((x > -3) & (x < 3), g / 6, 0),
    "hard_swish": lambda g, x: g * np.where(x < -3, 0, np.where(x < 3, x / 3 + 0.5, 1)),
    "hard_shrink": lambda g, x: g * (np.abs(x) > 0.5),
    "soft_shrink": lambda g, x: g * (np.abs(x) > 0.5),
    "tanh_shrink": lambda g, x: g * np.tanh(x) ** 2,
    "threshold": lambda g, x: g * (x > 1),
    "squared_relu": lambda g, x: g * 2 * np.maximum(x, 0),
}


class Numpy(Peer):
    """Expressions as a NumPy user types them; one thread, whatever is asked for."""

    name = "numpy"
    _tables = {"value": _VALUE, "backward": _BACKWARD}  # noqa: RUF012

    def threads(self, asked: int) -> int:
        """Return 1: NumPy's ufuncs do not use threads."""
        return 1

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the expression on the operation's arrays."""
        expression = self._tables.get(operation.form, {}).get(operation.activation.name)
        return expression and partial(
            expression, *operation.operands, *map(float, operation.learnable.values())
        )


class Scipy(Numpy):
    """Expressions with `scipy.special`, where that has something to add; one thread."""

    name = "scipy"

    def __init__(self) -> None:
        """Import the library."""
        super().__init__()
        from scipy.special import erf, expit, log_expit, log_ndtr, ndtr

        silu_backward = partial(_silu_backward, sigmoid=expit)
        value: Table = {
            "sigmoid": expit,
            "log_sigmoid": log_expit,
            "erf": erf,
            "ndtr": ndtr,
            "log_ndtr": log_ndtr,
            "softplus": lambda x: -log_expit(-x),
            "silu": lambda x: x * expit(x),
            "swish": lambda x, beta: x * expit(beta * x),
            "quick_gelu": lambda x: x * expit(QUICK * x),
            "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))),
            "mish": lambda x: x * np.tanh(-log_expit(-x)),
        }
        backward: Table = {
            "sigmoid": lambda g, x: g * (s := expit(x)) * (1 - s),
            "log_sigmoid": lambda g, x: g * expit(-x),
            "softplus": lambda g, x: g * expit(x),
            "silu": silu_backward,
            "swish": partial(_swish_backward, sigmoid=expit),
            "quick_gelu": partial(silu_backward, beta=QUICK),
            "gelu": lambda g, x: g * (ndtr(x) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)),
        }
        self._tables = {"value": value, "backward": backward}
