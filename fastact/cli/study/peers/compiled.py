"""numexpr and numba: one pass over memory, compiled from an expression.

Both have the same expressions, of which numba, as its users do, evaluates one side of a `where`.
"""

import ast
import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fastact.cli.study.peers.base import QUICK, SELU_ALPHA, SELU_SCALE, Array, Call, Operation, Peer

_SILU = "x / (1 + exp(-x))"
_ELU = "where(x > 0, x, expm1(x))"

# The value of each activation, and what g becomes.
_EXPRESSIONS: Mapping[str, tuple[str, str]] = {
    "identity": ("x", ""),
    "binary_step": ("where(x >= 0, 1.0, 0.0)", ""),
    "relu": ("where(x > 0, x, 0)", "where(x > 0, g, 0)"),
    "leaky_relu": ("where(x > 0, x, 0.01 * x)", "where(x > 0, g, 0.01 * g)"),
    "prelu": ("where(x > 0, x, a * x)", ""),
    "relu6": ("where(x > 0, where(x < 6, x, 6), 0)", "where((x > 0) & (x < 6), g, 0)"),
    "hard_tanh": ("where(x > -1, where(x < 1, x, 1), -1)", "where((x > -1) & (x < 1), g, 0)"),
    "hard_sigmoid": ("where(x > -3, where(x < 3, x / 6 + 0.5, 1), 0)", ""),
    "hard_swish": ("where(x > -3, where(x < 3, x * (x / 6 + 0.5), x), 0)", ""),
    "hard_shrink": ("where(abs(x) > 0.5, x, 0)", ""),
    "soft_shrink": ("where(x > 0.5, x - 0.5, where(x < -0.5, x + 0.5, 0))", ""),
    "threshold": ("where(x > 1, x, 0)", ""),
    "squared_relu": ("where(x > 0, x * x, 0)", "where(x > 0, 2 * g * x, 0)"),
    "sigmoid": ("1 / (1 + exp(-x))", "g * exp(-abs(x)) / (1 + exp(-abs(x))) ** 2"),
    "tanh": ("tanh(x)", "g * (1 - tanh(x) ** 2)"),
    "silu": (_SILU, "g * (1 + x * (1 - 1 / (1 + exp(-x)))) / (1 + exp(-x))"),
    "swish": ("x / (1 + exp(-beta * x))", ""),
    "elu": (_ELU, "where(x > 0, g, g * exp(x))"),
    "selu": (f"{SELU_SCALE} * where(x > 0, x, {SELU_ALPHA} * expm1(x))", ""),
    "celu": (_ELU, ""),
    "gelu": (
        "0.5 * x * (1 + erf(x / sqrt(2.0)))",
        "g * (0.5 * (1 + erf(x / sqrt(2.0))) + x * exp(-0.5 * x * x) / sqrt(2.0 * pi))",
    ),
    "gelu_tanh": (
        f"0.5 * x * (1 + tanh({math.sqrt(2 / math.pi)} * (x + 0.044715 * x * x * x)))",
        "",
    ),
    "quick_gelu": (f"x / (1 + exp(-{QUICK} * x))", ""),
    "mish": ("x * tanh(log1p(exp(x)))", ""),
    "softplus": ("where(x > 20, x, log1p(exp(x)))", "g / (1 + exp(-x))"),
    "log_sigmoid": ("-where(x < -20, -x, log1p(exp(-x)))", "g / (1 + exp(x))"),
    "softsign": ("x / (1 + abs(x))", "g / (1 + abs(x)) ** 2"),
    "tanh_shrink": ("x - tanh(x)", "g * tanh(x) ** 2"),
}


def _expression(operation: Operation) -> str:
    """Return the expression of an operation, empty where there is none."""
    value, backward = _EXPRESSIONS.get(operation.activation.name, ("", ""))
    return {"value": value, "backward": backward}.get(operation.form, "")


class Numexpr(Peer):
    """numexpr: an expression as a string, computed block by block on all threads."""

    name = "numexpr"

    def threads(self, asked: int) -> int:
        """Return what is asked for, up to the number that numexpr has started."""
        return min(asked, int(self.library.MAX_THREADS))

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return an evaluation of the expression."""
        expression = _expression(operation)
        if not expression or "erf" in expression:  # which numexpr does not have
            return None
        self.library.set_num_threads(self.threads(threads))
        # Constants with a fraction become variables of x's dtype: numexpr makes them float64.
        names: dict[str, Any] = {"x": operation.x, "g": operation.g, **operation.learnable}
        for number in set(re.findall(r"\d+\.\d+", expression)):
            name = "c" + number.replace(".", "_")
            names[name] = operation.x.dtype.type(number)
            expression = re.sub(rf"\b{re.escape(number)}\b", name, expression)
        return partial(self.library.evaluate, expression, names)


class _Conditional(ast.NodeTransformer):
    """Turns ``where(a, b, c)`` into ``b if a else c``."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Turn a call, and those in it."""
        self.generic_visit(node)
        return ast.IfExp(*node.args) if ast.unparse(node.func) == "where" else node


def _function(expression: str, arguments: str) -> Callable[..., float]:
    """Return a function of numbers."""
    tree = _Conditional().visit(ast.parse(f"lambda {arguments}: {expression}", mode="eval"))
    code = compile(ast.fix_missing_locations(tree), "<expression>", "eval")
    function: Callable[..., float] = eval(code, dict(vars(math)))
    return function


class Numba(Peer):
    """numba: a function of numbers made a ufunc by ``vectorize``, parallel where asked for."""

    name = "numba"

    def __init__(self) -> None:
        """Import the library."""
        super().__init__()
        self._made: dict[tuple[str, str, bool], Callable[..., Array]] = {}

    def threads(self, asked: int) -> int:
        """Return what is asked for, up to the number that numba can start."""
        return min(asked, int(self.library.config.NUMBA_NUM_THREADS))

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the compiled function; it is compiled once for a dtype."""
        expression = _expression(operation)
        if not expression:
            return None
        threads = self.threads(threads)
        self.library.set_num_threads(threads)
        dtype, parameters = operation.x.dtype.name, operation.learnable
        names = [*["g", "x"][-len(operation.operands) :], *parameters]
        key = expression, dtype, threads > 1
        if key not in self._made:
            function = _function(expression, ", ".join(names))
            signature = f"{dtype}({', '.join([dtype] * len(names))})"
            target = "parallel" if threads > 1 else "cpu"
            self._made[key] = self.library.vectorize([signature], target=target)(function)
        return partial(self._made[key], *operation.operands, *parameters.values())
