"""What each activation is, in words and as formulas: an entry per row of the C table.

The files are the families of `src_c/kernels/`, each read when one of its entries is asked for.
Docstrings and pages are made of an entry's words; `fastact verify`, `fastact study` and the tests
compare with its formulas. Defaults, aliases and error bounds stand in the table alone.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from types import ModuleType

from fastact import _ufuncs
from fastact._activations.entry import Entry, Form, Formula

__all__ = ["Entry", "Form", "Formula", "MissingEntryError", "entries", "entry_of", "families"]


class MissingEntryError(KeyError):
    """An activation of the C table that has no entry."""

    def __str__(self) -> str:
        """Return the message without the quotes that KeyError puts around it."""
        return str(self.args[0])


def entry_of(name: str) -> Entry:
    """Return the entry of an activation, or raise an error that says where to write it."""
    family = _ufuncs.ACTIVATIONS[name]["family"]
    found: dict[str, Entry] = _file(family).ENTRIES
    if name not in found:
        raise MissingEntryError(
            f"activation {name!r} of activations.def has no entry: add one to ENTRIES in"
            f" fastact/_activations/{family}.py"
        )
    return found[name]


def families() -> list[ModuleType]:
    """Return the files, in the order of the table."""
    names = dict.fromkeys(row["family"] for row in _ufuncs.ACTIVATIONS.values())
    return [_file(name) for name in names]


@cache
def entries() -> dict[str, Entry]:
    """Return all entries by the names of the activations."""
    return {name: entry for family in families() for name, entry in family.ENTRIES.items()}


def _file(family: str) -> ModuleType:
    return import_module(f"{__name__}.{family}")
