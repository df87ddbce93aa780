"""What a peer is: a library that prepares calls, and fastact as the first of them."""

import re
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

    def text(self, table: Mapping[str, tuple[str, str]]) -> str:
        """Return what a table of values and backward forms has for it, empty if that is nothing."""
        value, backward = table.get(self.activation.name, ("", ""))
        return {"value": value, "backward": backward}.get(self.form, "")


def function(text: str, arguments: str, names: dict[str, Any]) -> Callable[..., Any]:
    """Return the function of an expression, or that of the name that the text is alone."""
    found: Callable[..., Any] = eval(
        text if re.fullmatch(r"[\w.]+", text) else f"lambda {arguments}: ({text})", names
    )
    return found


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
