"""What a peer is: a library that prepares calls, and fastact as the first of them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fastact.cli.catalogue import Activation

Array = NDArray[Any]
Call = Callable[[], Any]
Table = Mapping[str, Callable[..., Any]]  # activation -> how a user of the library writes it

# Constants of selu, of quick_gelu and of the normal distribution.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
QUICK = 1.702
ROOT_2 = 1.4142135623730951


@dataclass(frozen=True)
class Operation:
    """What is computed: a form of an activation, on x and the gradient g that comes in."""

    activation: Activation
    form: str
    x: Array
    g: Array

    @property
    def arrays_moved(self) -> int:
        """How many arrays are read or written."""
        return self.activation.ufunc(self.form).nargs - len(self.activation.parameters)

    @property
    def operands(self) -> tuple[Array, ...]:
        """The arrays in the order of the ufunc's operands."""
        return (self.g, self.x) if self.form == "backward" else (self.x,)

    @property
    def learnable(self) -> Mapping[str, Any]:
        """The learnable parameters: operands, where others stand as numbers in an expression."""
        row = self.activation
        given = row.parameters.items() if row.role == "learnable" else ()
        return {name: self.x.dtype.type(value) for name, value in given}


class Peer(ABC):
    """A library, ready to compute.

    Attributes
    ----------
    name : str
        As the package is called.
    new_output : bool
        Whether a call makes a new array for its result, as against writing to an old one; a
        ratio compares with the call of fastact that does the same.
    views : bool
        Whether the library computes on a view of an array as it is; those that hold arrays of
        their own have a contiguous copy there.
    """

    name: ClassVar[str]
    new_output: ClassVar[bool] = True
    views: ClassVar[bool] = True

    def __init__(self) -> None:
        """Import the library."""
        self.library: Any = import_module(self.name)

    def threads(self, asked: int) -> int:
        """Return how many threads the library may use where `asked` are asked for."""
        return asked

    @abstractmethod
    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a call that computes the operation, or None where the library lacks it."""

    def result(self, call: Call) -> Array:
        """Make the call and return its result as an array, of several the first."""
        result = call()
        return np.asarray(result[0] if isinstance(result, tuple) else result)


class Fastact(Peer):
    """fastact itself."""

    name = "fastact"

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a call to a new array."""
        return partial(operation.activation.ufunc(operation.form), *operation.operands)

    def prepare_reused(self, operation: Operation) -> Call:
        """Return a call with ``out=``."""
        ufunc, operands = operation.activation.ufunc(operation.form), operation.operands
        return partial(ufunc, *operands, out=ufunc(*operands))


# What users of NumPy, PyTorch and JAX write alike, where the library has no function for it, of x
# and learnable parameters.
_EXPRESSIONS: Table = {
    "quick_gelu": lambda m, x: x * m.sigmoid(QUICK * x),
    "swish": lambda m, x, beta: x * m.sigmoid(beta * x),
    "squared_relu": lambda m, x: m.square(m.relu(x)),
    "sparse_plus": lambda m, x: m.where(x > 1, x, m.square(m.clip(x + 1, 0, 2) / 2)),
    "sparse_sigmoid": lambda m, x: m.clip((x + 1) / 2, 0, 1),
    "smelu": lambda m, x: m.where(x > 1, x, m.square(m.clip(x + 1, 0, 2) / 2)),
    "star_relu": lambda m, x, scale, bias: scale * m.square(m.relu(x)) + bias,
    "hard_mish": lambda m, x: 0.5 * x * m.clip(x + 2, 0, 2),
    "squareplus": lambda m, x: (x + m.sqrt(x * x + 4)) / 2,
    "isru": lambda m, x: x * m.rsqrt(1 + x * x),
    "isrlu": lambda m, x: m.where(x > 0, x, x * m.rsqrt(1 + x * x)),
    "softcap": lambda m, x: 30 * m.tanh(x / 30),
    "dyt": lambda m, x, alpha: m.tanh(alpha * x),
    "tanh_shrink": lambda m, x: x - m.tanh(x),
    "log_cosh": lambda m, x: m.logaddexp(x, -x) - math.log(2),
    "lisht": lambda m, x: x * m.tanh(x),
    "tanh_exp": lambda m, x: x * m.tanh(m.exp(x)),
    "acon_c": lambda m, x, p1, p2, beta: (p1 - p2) * x * m.sigmoid(beta * (p1 - p2) * x) + p2 * x,
    "snake": lambda m, x, alpha: x + m.square(m.sin(alpha * x)) / alpha,
    "snake_beta": lambda m, x, alpha, beta: x + m.square(m.sin(alpha * x)) / beta,
    "aptx": lambda m, x: (1 + m.tanh(x)) * 0.5 * x,
    "xielu": lambda m, x: m.where(
        x > 0, 0.8 * x * x + 0.5 * x, 0.8 * (m.expm1(m.clip(x, None, -1e-6)) - x) + 0.5 * x
    ),
    "gaussian": lambda m, x: m.exp(-0.5 * x * x),
}


def expressions(functions: Any) -> dict[str, Callable[..., Any]]:
    """Return the expressions that libraries share, over the functions of one."""
    return {name: partial(write, functions) for name, write in _EXPRESSIONS.items()}
