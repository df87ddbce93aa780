"""numexpr and numba: one pass over memory, compiled from an expression or a scalar function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from fastact.cli.study.peers.base import QUICK, SELU_ALPHA, SELU_SCALE, Array, Call, Operation, Peer

__all__ = ["Numba", "Numexpr"]


# ---- numexpr ----

# Constants with a fraction are variables of x's dtype, as numexpr makes them float64 otherwise.
_CONSTANTS: Mapping[str, float] = {
    "slope": 0.01,
    "quarter": 0.25,
    "half": 0.5,
    "quick": QUICK,
    "scale": SELU_SCALE,
    "alpha": SELU_ALPHA,
    "root": math.sqrt(2 / math.pi),
    "cubic": 0.044715,
}

_EXPRESSIONS: Mapping[str, str] = {
    "relu": "where(x > 0, x, 0)",
    "leaky_relu": "where(x > 0, x, slope * x)",
    "prelu": "where(x > 0, x, quarter * x)",
    "relu6": "where(x > 0, where(x < 6, x, 6), 0)",
    "hard_tanh": "where(x > -1, where(x < 1, x, 1), -1)",
    "hard_sigmoid": "where(x > -3, where(x < 3, x / 6 + half, 1), 0)",
    "hard_swish": "where(x > -3, where(x < 3, x * (x / 6 + half), x), 0)",
    "hard_shrink": "where(abs(x) > half, x, 0)",
    "soft_shrink": "where(x > half, x - half, where(x < -half, x + half, 0))",
    "threshold": "where(x > 1, x, 0)",
    "squared_relu": "where(x > 0, x * x, 0)",
    "sigmoid": "1 / (1 + exp(-x))",
    "tanh": "tanh(x)",
    "silu": "x / (1 + exp(-x))",
    "swish": "x / (1 + exp(-x))",
    "elu": "where(x > 0, x, expm1(x))",
    "selu": "scale * where(x > 0, x, alpha * expm1(x))",
    "celu": "where(x > 0, x, expm1(x))",
    "gelu_tanh": "half * x * (1 + tanh(root * (x + cubic * x * x * x)))",
    "quick_gelu": "x / (1 + exp(-quick * x))",
    "mish": "x * tanh(log1p(exp(x)))",
    "softplus": "where(x > 20, x, log1p(exp(x)))",
    "log_sigmoid": "-where(x < -20, -x, log1p(exp(-x)))",
    "softsign": "x / (1 + abs(x))",
    "tanh_shrink": "x - tanh(x)",
}

_BACKWARD_EXPRESSIONS: Mapping[str, str] = {
    "relu": "where(x > 0, g, 0)",
    "leaky_relu": "where(x > 0, g, slope * g)",
    "sigmoid": "g * exp(-x) / (1 + exp(-x)) ** 2",
    "tanh": "g * (1 - tanh(x) ** 2)",
    "silu": "g * (1 + x * exp(-x) / (1 + exp(-x))) / (1 + exp(-x))",
    "elu": "where(x > 0, g, g * exp(x))",
    "softplus": "g / (1 + exp(-x))",
    "log_sigmoid": "g / (1 + exp(x))",
    "softsign": "g / (1 + abs(x)) ** 2",
    "hard_tanh": "where((x > -1) & (x < 1), g, 0)",
    "relu6": "where((x > 0) & (x < 6), g, 0)",
    "tanh_shrink": "g * tanh(x) ** 2",
    "squared_relu": "where(x > 0, 2 * g * x, 0)",
}


class Numexpr(Peer):
    """numexpr: an expression as a string, computed block by block on all threads."""

    name = "numexpr"

    def __init__(self) -> None:
        """Import the library."""
        import numexpr

        self._numexpr = numexpr

    def threads(self, asked: int) -> int:
        """Return what is asked for, up to the number that numexpr has started."""
        return min(asked, int(self._numexpr.MAX_THREADS))

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return an evaluation of the expression."""
        tables = {"value": _EXPRESSIONS, "backward": _BACKWARD_EXPRESSIONS}
        expression = tables.get(operation.form, {}).get(operation.activation.name)
        if expression is None:
            return None
        self._numexpr.set_num_threads(self.threads(threads))
        evaluate = self._numexpr.evaluate
        make = operation.x.dtype.type
        names: dict[str, Any] = {name: make(value) for name, value in _CONSTANTS.items()}
        names |= {"x": operation.x, "g": operation.g}
        return lambda: evaluate(expression, names)


# ---- numba ----


_FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "identity": lambda x: x,
    "binary_step": lambda x: 1.0 if x >= 0 else 0.0,
    "relu": lambda x: x if x > 0 else 0.0,
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "prelu": lambda x: x if x > 0 else 0.25 * x,
    "relu6": lambda x: min(max(x, 0.0), 6.0),
    "hard_tanh": lambda x: min(max(x, -1.0), 1.0),
    "hard_sigmoid": lambda x: min(max(x / 6 + 0.5, 0.0), 1.0),
    "hard_swish": lambda x: x * min(max(x / 6 + 0.5, 0.0), 1.0),
    "hard_shrink": lambda x: x if abs(x) > 0.5 else 0.0,
    "soft_shrink": lambda x: x - 0.5 if x > 0.5 else x + 0.5 if x < -0.5 else 0.0,
    "threshold": lambda x: x if x > 1 else 0.0,
    "squared_relu": lambda x: x * x if x > 0 else 0.0,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "tanh": lambda x: math.tanh(x),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "swish": lambda x: x / (1 + math.exp(-1.0 * x)),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * math.expm1(x)),
    "celu": lambda x: x if x > 0 else math.expm1(x),
    "gelu": lambda x: 0.5 * x * (1 + math.erf(x / math.sqrt(2.0))),
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    ),
    "quick_gelu": lambda x: x / (1 + math.exp(-QUICK * x)),
    "mish": lambda x: x * math.tanh(math.log1p(math.exp(x))),
    "softplus": lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    "log_sigmoid": lambda x: min(x, 0.0) - math.log1p(math.exp(-abs(x))),
    "softsign": lambda x: x / (1 + abs(x)),
    "tanh_shrink": lambda x: x - math.tanh(x),
}

_BACKWARD_FUNCTIONS: Mapping[str, Callable[[float, float], float]] = {
    "relu": lambda g, x: g if x > 0 else 0.0,
    "leaky_relu": lambda g, x: g if x > 0 else 0.01 * g,
    "sigmoid": lambda g, x: g * math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2,
    "tanh": lambda g, x: g * (1 - math.tanh(x) ** 2),
    "silu": lambda g, x: g * (1 + x * (1 - 1 / (1 + math.exp(-x)))) / (1 + math.exp(-x)),
    "elu": lambda g, x: g if x > 0 else g * math.exp(x),
    "softplus": lambda g, x: g / (1 + math.exp(-x)),
    "log_sigmoid": lambda g, x: g / (1 + math.exp(x)),
    "softsign": lambda g, x: g / (1 + abs(x)) ** 2,
    "gelu": lambda g, x: (
        g
        * (
            0.5 * (1 + math.erf(x / math.sqrt(2.0)))
            + x * math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
        )
    ),
    "hard_tanh": lambda g, x: g if -1 < x < 1 else 0.0,
    "relu6": lambda g, x: g if 0 < x < 6 else 0.0,
    "tanh_shrink": lambda g, x: g * math.tanh(x) ** 2,
    "squared_relu": lambda g, x: 2 * g * x if x > 0 else 0.0,
}


class Numba(Peer):
    """numba: a scalar function made a ufunc by ``vectorize``, parallel where that is asked for."""

    name = "numba"

    def __init__(self) -> None:
        """Import the library."""
        import numba

        self._numba: Any = numba
        self._made: dict[tuple[str, str, str, bool], Callable[..., Array]] = {}

    def threads(self, asked: int) -> int:
        """Return what is asked for, up to the number that numba can start."""
        return min(asked, int(self._numba.config.NUMBA_NUM_THREADS))

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the compiled function; it is compiled once for a dtype."""
        name, form = operation.activation.name, operation.form
        tables: Mapping[str, Mapping[str, Callable[..., float]]] = {
            "value": _FUNCTIONS,
            "backward": _BACKWARD_FUNCTIONS,
        }
        function = tables.get(form, {}).get(name)
        if function is None:
            return None
        threads = self.threads(threads)
        self._numba.set_num_threads(threads)
        dtype = operation.x.dtype.name
        key = (name, form, dtype, threads > 1)
        if key not in self._made:
            signature = f"{dtype}({', '.join([dtype] * (2 if form == 'backward' else 1))})"
            target = "parallel" if threads > 1 else "cpu"
            self._made[key] = self._numba.vectorize([signature], target=target)(function)
        ufunc, x, g = self._made[key], operation.x, operation.g
        return (lambda: ufunc(g, x)) if form == "backward" else (lambda: ufunc(x))
