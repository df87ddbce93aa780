"""NumPy and SciPy, of several temporaries each, and numexpr and numba, which compile one pass."""

import ast
import math
import re
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from fastact.cli.study.peers.base import Array, Call, Operation, Peer, function
from fastact.cli.study.peers.written import COMPILED, CONSTANTS, NUMPY, SCIPY


class Numpy(Peer):
    """Expressions as a NumPy user types them; one thread, whatever is asked for."""

    name = "numpy"
    _table = NUMPY

    def __init__(self) -> None:
        super().__init__()
        own = {"relu": lambda x: np.maximum(x, 0), "sigmoid": lambda x: 1 / (1 + np.exp(-x))}
        self._names: dict[str, Any] = vars(np) | CONSTANTS | own

    def threads(self, asked: int) -> int:
        """Return 1: NumPy's ufuncs do not use threads."""
        return 1

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the expression on the operation's arrays."""
        text, learnable = operation.text(self._table), operation.learnable
        if not text:
            return None
        given = ", ".join(["g", "x"][-len(operation.operands) :] + [*learnable])
        expression = function(text, given, self._names)
        return partial(expression, *operation.operands, *map(float, learnable.values()))


class Scipy(Numpy):
    """Expressions with `scipy.special`, where that has something to add; one thread."""

    name = "scipy"
    _table = SCIPY

    def __init__(self) -> None:
        super().__init__()
        special = import_module("scipy.special")
        used = ("erf", "expit", "log_expit", "log_ndtr", "ndtr")
        self._names |= {name: getattr(special, name) for name in used}
        self._names["sigmoid"] = special.expit


class Numexpr(Peer):
    """numexpr: an expression as a string, computed block by block on all threads."""

    name = "numexpr"

    def threads(self, asked: int) -> int:
        """Return what is asked for, up to the number that numexpr has started."""
        return min(asked, int(self.library.MAX_THREADS))

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return an evaluation of the expression."""
        expression = operation.text(COMPILED)
        if not expression or "erf" in expression:  # which numexpr does not have
            return None
        self.library.set_num_threads(self.threads(threads))
        # Constants with a fraction become variables of x's dtype: numexpr makes them float64.
        numbers = {number: float(number) for number in re.findall(r"\d+\.\d+", expression)}
        names: dict[str, Any] = {"x": operation.x, "g": operation.g, **operation.learnable}
        for number, value in (numbers | CONSTANTS).items():
            name = "c" + number.replace(".", "_")
            names[name] = operation.x.dtype.type(value)
            expression = re.sub(rf"\b{re.escape(number)}\b", name, expression)
        return partial(self.library.evaluate, expression, names)


class _Conditional(ast.NodeTransformer):
    """Turns ``where(a, b, c)`` into ``b if a else c``."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Turn a call, and those in it."""
        self.generic_visit(node)
        return ast.IfExp(*node.args) if ast.unparse(node.func) == "where" else node


class Numba(Peer):
    """numba: a function of numbers made a ufunc by ``vectorize``, parallel where asked for."""

    name = "numba"

    def __init__(self) -> None:
        super().__init__()
        self._made: dict[tuple[str, str, bool], Callable[..., Array]] = {}

    def threads(self, asked: int) -> int:
        """Return what is asked for, up to the number that numba can start."""
        return min(asked, int(self.library.config.NUMBA_NUM_THREADS))

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the compiled function; it is compiled once for a dtype."""
        expression, parameters = operation.text(COMPILED), operation.learnable
        if not expression:
            return None
        threads = self.threads(threads)
        self.library.set_num_threads(threads)
        dtype = operation.x.dtype.name
        names = [*["g", "x"][-len(operation.operands) :], *parameters]
        key = expression, dtype, threads > 1
        if key not in self._made:
            text = ast.unparse(_Conditional().visit(ast.parse(expression)))
            written = function(f"({text})", ", ".join(names), vars(math) | CONSTANTS)
            signature = f"{dtype}({', '.join([dtype] * len(names))})"
            target = "parallel" if threads > 1 else "cpu"
            self._made[key] = self.library.vectorize([signature], target=target)(written)
        return partial(self._made[key], *operation.operands, *parameters.values())
