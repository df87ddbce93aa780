"""What `inspect.signature` and `help` show of a ufunc: the names and defaults of its arguments.

NumPy knows only how many operands there are, and writes x1, x2. An older one keeps to that.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from inspect import Parameter, Signature
from typing import Any

import numpy as np

__all__ = ["show"]


def _keywords(**defaults: Any) -> list[Parameter]:
    return [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default)
        for name, default in defaults.items()
    ]


_OUT = Parameter("out", Parameter.POSITIONAL_OR_KEYWORD, default=None)
_USUAL = _keywords(casting="same_kind", order="K", dtype=None, subok=True, signature=None)
_EVERYWHERE = _keywords(where=True) + _USUAL
_ALONG_AXIS = _keywords(axis=-1, where=True, temperature=1) + _USUAL
_REDUCING = _keywords(axis=-1, keepdims=False, where=True, temperature=1) + _USUAL


def show(ufunc: np.ufunc, arrays: list[str], parameters: dict[str, float]) -> None:
    """Give a ufunc its signature, and its docstring the line with it.

    Parameters
    ----------
    ufunc : numpy.ufunc
        Whose docstring begins with the line that NumPy has made.
    arrays : list of str
        The operands that are given by position only.
    parameters : dict
        The names and defaults of the others.
    """
    signature, line = _signature(ufunc.signature, tuple(arrays), tuple(parameters.items()))
    _, _, text = (ufunc.__doc__ or "").partition("\n\n")
    written: Any = ufunc
    with suppress(AttributeError):
        written.__signature__ = signature
        written.__doc__ = f"{ufunc.__name__}{line}\n\n{text}"


@lru_cache  # many share one
def _signature(
    core: str | None, arrays: tuple[str, ...], parameters: tuple[tuple[str, float], ...]
) -> tuple[Signature, str]:
    """Return a signature, and as text."""
    last = _EVERYWHERE
    if core is not None:
        last = _REDUCING if core.endswith("()") else _ALONG_AXIS
    signature = Signature(
        [
            *(Parameter(name, Parameter.POSITIONAL_ONLY) for name in arrays),
            *(
                Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default)
                for name, default in parameters
            ),
            _OUT,
            *last,
        ]
    )
    return signature, str(signature)
