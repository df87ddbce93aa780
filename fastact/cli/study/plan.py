"""What a study measures: parts that each answer a question, the most telling first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from fastact.cli.catalogue import Activation, listed
from fastact.cli.study.layouts import LAYOUTS
from fastact.cli.study.results import CONTIGUOUS, Setting
from fastact.cli.text import byte_count

FORMS = ("value", "grad", "backward")

_SIZES = {"cache": "65536", "memory": "128MB"}

# The functions of the sweeps: bound by memory, by an exponential, by two, by a longer formula.
_HEADLINE = ("relu", "sigmoid", "silu", "gelu")

# Array sizes in bytes from what a call's cost decides to what only memory does.
_SWEEP = tuple(1 << k for k in range(10, 27, 2))
_QUICK_SWEEP = (1 << 12, 1 << 15, 1 << 18, 1 << 21, 1 << 26)

_LARGEST = 1 << 30

# Elements in the last cache, and enough work for every thread.
_SHARED_OUT = 1 << 20

# Elements for layouts: beyond the second cache, so that order of access matters.
_LAID_OUT = 1 << 22


@dataclass(frozen=True)
class Part:
    """A question, named after what differs in it (functions, sizes, threads, layouts)."""

    name: str
    settings: tuple[Setting, ...]


def elements(size: str, dtype: str) -> int:
    """Return how many elements a size means: a name, a number of them, or bytes as ``128MB``."""
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
    """Return the activations of one array, which are those that the peers have."""
    found = [row for row in rows if row.arrays == 1]
    if not found:
        names = ", ".join(row.name for row in rows)
        raise ValueError(f"functions of two arrays cannot be studied: {names}")
    return found


def thread_counts(given: str, all_threads: int) -> list[int]:
    """Return the numbers of threads in a list; ``all`` stands for one of them."""
    counts = listed(given)
    for text in counts:
        if text != "all" and not (text.isdecimal() and 1 <= int(text) <= 1024):
            raise ValueError(f"{text!r} is neither a number from 1 to 1024 nor 'all'")
    return list(dict.fromkeys(all_threads if text == "all" else int(text) for text in counts))


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
        _part("functions", rows, form, dtype, [(elements(size, dtype), count, layout)])
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
    bytes_of = [*(_QUICK_SWEEP if quick else _SWEEP)]
    while bytes_of[-1] < min(2 * cache_bytes, _LARGEST):
        bytes_of.append(4 * bytes_of[-1])
    sizes = [(size // np.dtype(dtype).itemsize, 1, CONTIGUOUS) for size in bytes_of]
    counts = [*(1 << k for k in range((all_threads - 1).bit_length())), all_threads]
    threads = [(_SHARED_OUT, count, CONTIGUOUS) for count in counts]
    parts = product(rows, forms, dtypes, ["cache"], [1], [CONTIGUOUS])
    parts += [
        _part("sizes", fewer, form, dtype, sizes),
        _part("threads", fewer, form, dtype, threads),
    ]
    if not quick:
        layouts = [(_LAID_OUT, all_threads, layout) for layout in LAYOUTS]
        parts.append(_part("layouts", few, form, dtype, layouts))
    in_memory = few if quick else rows
    return parts + product(in_memory, forms, dtypes, ["memory"], [all_threads], [CONTIGUOUS])


def _part(
    name: str,
    rows: Sequence[Activation],
    form: str,
    dtype: str,
    settings: Iterable[tuple[int, int, str]],
) -> Part:
    """Return every function in every setting of elements, threads and layout."""
    found = (Setting(row.name, form, dtype, *setting) for setting in settings for row in rows)
    return Part(name, tuple(found))
