"""What a study measures: parts that each answer a question, the most telling first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fastact.cli.catalogue import Activation
from fastact.cli.study.layouts import LAYOUTS
from fastact.cli.study.results import CONTIGUOUS, Setting
from fastact.cli.text import byte_count

__all__ = ["FORMS", "Part", "elements", "measurable", "product", "study", "thread_counts"]

FORMS = ("value", "grad", "backward")

_SIZES = {"cache": "65536", "memory": "128MB"}

# The functions of the sweeps: bound by memory, by an exponential, by two, by a longer formula.
_HEADLINE = ("relu", "sigmoid", "silu", "gelu")

# Array sizes in bytes from what a call's cost decides to what only memory does.
_SWEEP = tuple(1 << k for k in range(10, 27, 2))
_QUICK_SWEEP = (1 << 12, 1 << 15, 1 << 18, 1 << 21, 1 << 26)

_LARGEST = 1 << 30

# In the last cache, and enough work for every thread.
_SHARED_OUT = 1 << 20

# For layouts: beyond the second cache, so that order of access matters.
_LAID_OUT = 1 << 22


@dataclass(frozen=True)
class Part:
    """A question and the settings that answer it.

    Attributes
    ----------
    name : str
        ``"functions"``, ``"sizes"``, ``"threads"`` or ``"layouts"``: what differs in it.
    settings : tuple of Setting
    """

    name: str
    settings: tuple[Setting, ...]


def elements(size: str, dtype: str) -> int:
    """Return how many elements a size means.

    Parameters
    ----------
    size : str
        ``"cache"``, ``"memory"``, a number of elements, or bytes in KB, MB or GB: ``"128MB"``.
    dtype : str
        Decides how many elements the bytes hold.

    Raises
    ------
    ValueError
        If the size cannot be read.
    """
    text = _SIZES.get(size, size.replace("_", ""))
    try:
        count = int(text) if text.isdecimal() else byte_count(text) // np.dtype(dtype).itemsize
    except ValueError:
        count = 0
    if count < 1:
        raise ValueError(
            f"cannot read the size {size!r}. Choose from: {', '.join(_SIZES)},"
            " a number of elements, or an array size such as 128MB"
        )
    return count


def measurable(rows: Sequence[Activation]) -> list[Activation]:
    """Return the activations of one array, which are those that the peers have.

    Raises
    ------
    ValueError
        If none is left.
    """
    found = [row for row in rows if row.arrays == 1]
    if not found:
        names = ", ".join(row.name for row in rows)
        raise ValueError(f"functions of two arrays cannot be studied: {names}")
    return found


def thread_counts(given: Sequence[str], all_threads: int) -> list[int]:
    """Return numbers of threads, each once.

    Parameters
    ----------
    given : sequence of str
        Numbers, or ``"all"``.
    all_threads : int
        What ``"all"`` means.

    Raises
    ------
    ValueError
        If one is neither.
    """
    counts: dict[int, None] = {}
    for text in given:
        if text != "all" and not (text.isdecimal() and 1 <= int(text) <= 1024):
            raise ValueError(f"{text!r} is neither a number from 1 to 1024 nor 'all'")
        counts[all_threads if text == "all" else int(text)] = None
    return list(counts)


def product(
    rows: Sequence[Activation],
    forms: Sequence[str],
    dtypes: Sequence[str],
    sizes: Sequence[str],
    threads: Sequence[int],
    layouts: Sequence[str],
) -> list[Part]:
    """Return every combination, in an order that keeps arrays of one size together."""
    return [
        Part(
            "functions",
            tuple(
                Setting(row.name, form, dtype, elements(size, dtype), count, layout) for row in rows
            ),
        )
        for dtype in dtypes
        for size in sizes
        for layout in layouts
        for count in threads
        for form in forms
    ]


def study(
    rows: Sequence[Activation],
    forms: Sequence[str],
    dtypes: Sequence[str],
    all_threads: int,
    *,
    quick: bool,
    cache_bytes: int = 0,
) -> list[Part]:
    """Return the plan of a study that was not asked for anything else.

    All functions in cache on one thread and in memory on all; a few by size, to twice the largest
    cache, by threads and by layout. A quick study has only the few in memory, fewer sizes, and one
    layout.
    """
    few = [row for row in rows if row.name in _HEADLINE] or list(rows[:2])
    fewer = [few[0], few[-1]] if quick and len(few) > 1 else few
    form, dtype = forms[0], dtypes[0]
    itemsize = np.dtype(dtype).itemsize
    sweep = [*(_QUICK_SWEEP if quick else _SWEEP)]
    while sweep[-1] < min(2 * cache_bytes, _LARGEST):
        sweep.append(4 * sweep[-1])
    sizes = Part(
        "sizes",
        tuple(
            Setting(row.name, form, dtype, size // itemsize, 1) for size in sweep for row in fewer
        ),
    )
    threads = Part(
        "threads",
        tuple(
            Setting(row.name, form, dtype, _SHARED_OUT, count)
            for count in _up_to(all_threads)
            for row in fewer
        ),
    )
    cache = product(rows, forms, dtypes, ["cache"], [1], [CONTIGUOUS])
    if quick:
        memory = product(few, forms, dtypes, ["memory"], [all_threads], [CONTIGUOUS])
        return [*cache, sizes, threads, *memory]
    layouts = Part(
        "layouts",
        tuple(
            Setting(row.name, form, dtype, _LAID_OUT, all_threads, layout)
            for layout in LAYOUTS
            for row in few
        ),
    )
    memory = product(rows, forms, dtypes, ["memory"], [all_threads], [CONTIGUOUS])
    return [*cache, sizes, threads, layouts, *memory]


def _up_to(most: int) -> Iterator[int]:
    """Give the powers of 2 below a number, and the number."""
    count = 1
    while count < most:
        yield count
        count *= 2
    yield most
