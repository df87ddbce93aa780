"""What each activation is, in words and as formulas: an entry per row of the C table.

The files are the families of `src_c/kernels/`. Docstrings and pages are made of an entry's
words; `fastact verify`, `fastact study` and the tests compare with its formulas. Defaults,
aliases and error bounds stand in the table alone.
"""

from __future__ import annotations

from fastact._activations import (
    acon,
    algebraic,
    elu,
    gates,
    gelu,
    hyperbolic,
    log_normal,
    normal,
    quadratic,
    relu,
    sigmoid,
    softplus,
    softsign,
)
from fastact._activations.entry import Entry, Form, Formula

__all__ = ["ENTRIES", "Entry", "Form", "Formula", "MissingEntryError", "entry_of"]

_FAMILIES = (
    *(relu, quadratic, algebraic, sigmoid, hyperbolic, acon),
    *(elu, gelu, normal, softplus, softsign, gates, log_normal),
)

ENTRIES: dict[str, Entry] = {
    name: entry for family in _FAMILIES for name, entry in family.ENTRIES.items()
}


class MissingEntryError(KeyError):
    """An activation of the C table that has no entry."""

    def __str__(self) -> str:
        """Return the message without the quotes that KeyError puts around it."""
        return str(self.args[0])


def entry_of(name: str) -> Entry:
    """Return the entry of an activation, or raise an error that says where to write it."""
    try:
        return ENTRIES[name]
    except KeyError:
        raise MissingEntryError(
            f"activation {name!r} of activations.def has no entry: add one to ENTRIES in the file"
            " of its family in fastact/_activations/"
        ) from None
