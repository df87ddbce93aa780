"""What a peer is: a library that prepares calls, and fastact as the first of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fastact.cli.catalogue import Activation

__all__ = [
    "QUICK",
    "ROOT_2",
    "SELU_ALPHA",
    "SELU_SCALE",
    "Array",
    "Call",
    "Fastact",
    "Operation",
    "Peer",
    "arguments",
]

Array = NDArray[Any]
Call = Callable[[], Any]

# Constants of selu, of quick_gelu and of the normal distribution.
SELU_ALPHA = 1.6732632423543772
SELU_SCALE = 1.0507009873554805
QUICK = 1.702
ROOT_2 = 1.4142135623730951


@dataclass(frozen=True)
class Operation:
    """What is computed: a form of an activation on arrays of given values.

    Attributes
    ----------
    activation : Activation
    form : str
        ``"value"``, ``"grad"`` or ``"backward"``.
    x, g : ndarray
        The input, and the gradient that comes in, which only the backward form uses.
    """

    activation: Activation
    form: str
    x: Array
    g: Array

    @property
    def arrays_moved(self) -> int:
        """How many arrays are read or written."""
        return self.activation.ufunc(self.form).nargs - len(self.activation.parameters)


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

    @property
    def version(self) -> str:
        """The version of the package."""
        return version(self.name)

    def threads(self, asked: int) -> int:
        """Return how many threads the library may use where `asked` are asked for."""
        return asked

    @abstractmethod
    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a call that computes the operation, or None where the library lacks it."""

    def result(self, call: Call) -> Array:
        """Make the call and return what it computed as an array."""
        return np.asarray(call())


class Fastact(Peer):
    """fastact itself, to a new array."""

    name = "fastact"

    @property
    def version(self) -> str:
        """The version of the package."""
        import fastact

        return str(fastact.show_runtime()["version"])

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a call to a new array."""
        ufunc = operation.activation.ufunc(operation.form)
        operands = arguments(operation)
        return lambda: ufunc(*operands)

    def prepare_reused(self, operation: Operation) -> Call:
        """Return a call with ``out=``."""
        ufunc = operation.activation.ufunc(operation.form)
        operands = arguments(operation)
        out = ufunc(*operands)
        return lambda: ufunc(*operands, out=out)

    def result(self, call: Call) -> Array:
        """Make the call and return its result, the first where there are two."""
        result = call()
        return np.asarray(result[0] if isinstance(result, tuple) else result)


def arguments(operation: Operation) -> tuple[Array, ...]:
    """Return the arrays in the order of the ufunc's operands."""
    return (operation.g, operation.x) if operation.form == "backward" else (operation.x,)
