"""What a study has found: cells of samples, errors, and what is computed from them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from fastact.cli.machine import Machine
from fastact.cli.study.timing import Samples
from fastact.cli.text import bytes_text, threads_text

# Competitors that are in every cell besides the libraries.
REUSED = "fastact out="
COPY = "numpy.copyto"
STREAM = "fastact.identity out="

CONTIGUOUS = "contiguous"

# Share of the CPUs in other hands from which a result is likely to be disturbed.
_DISTURBING = 0.15


@dataclass(frozen=True)
class Setting:
    """What is measured: a form of a function on so many elements by so many threads."""

    function: str
    form: str
    dtype: str
    elements: int
    threads: int
    layout: str = CONTIGUOUS

    @property
    def bytes(self) -> int:
        """The size of one array."""
        return self.elements * np.dtype(self.dtype).itemsize

    @property
    def facts(self) -> dict[str, str]:
        """What is said of it besides the function, by what that says."""
        return {
            "form": self.form,
            "dtype": self.dtype,
            "elements": f"{self.elements:,} elements ({bytes_text(self.bytes)} an array)",
            "threads": threads_text(self.threads),
            **({} if self.layout == CONTIGUOUS else {"layout": self.layout}),
        }


@dataclass
class Timing:
    """The samples of a library: a peer, ``"fastact"``, `REUSED`, `COPY` or `STREAM`."""

    library: str
    threads: int  # that it could use, which is not always what the setting asks for
    new_output: bool  # whether each call makes a new array
    samples: Samples


@dataclass
class Cell:
    """A setting, the part of the plan it belongs to, and how everything fared in it."""

    setting: Setting
    part: str
    bytes_moved: int
    timings: list[Timing]

    def timing(self, library: str) -> Timing | None:
        """Return the timing of a library, None where it was not measured."""
        return next((t for t in self.timings if t.library == library), None)

    def nanoseconds(self, library: str) -> float | None:
        """Return the best time for an element."""
        timing = self.timing(library)
        return None if timing is None else timing.samples.minimum / self.setting.elements * 1e9

    def throughput(self, library: str) -> float | None:
        """Return GB/s read and written at best."""
        timing = self.timing(library)
        moved = 2 * self.setting.bytes if library in (COPY, STREAM) else self.bytes_moved
        return None if timing is None else moved / timing.samples.minimum / 1e9

    def share_of_copy(self, library: str) -> float:
        """Return the throughput over that of the faster copy."""
        own, *copies = (self.throughput(name) or math.nan for name in (library, COPY, STREAM))
        return own / max(copies)

    def ratio(self, peer: str) -> float | None:
        """Return a peer's time over that of fastact where it makes, or reuses, the output alike."""
        timing = self.timing(peer)
        own = timing and self.timing("fastact" if timing.new_output else REUSED)
        return timing.samples.minimum / own.samples.minimum if timing and own else None

    def fastest(self, peers: Sequence[str]) -> float | None:
        """Return the ratio of the fastest of some peers, None if none was measured."""
        return min((r for name in peers if (r := self.ratio(name)) is not None), default=None)


def differing(cells: Sequence[Cell]) -> list[str]:
    """Return the facts in which the settings of cells differ, besides the function."""
    names = ("form", "dtype", "elements", "threads", "layout")
    return [name for name in names if len({getattr(cell.setting, name) for cell in cells}) > 1]


def fastest(cells: Sequence[Cell], peers: Sequence[str]) -> list[float]:
    """Return the ratio of the fastest of some peers in each cell that has one of them."""
    return [found for cell in cells if (found := cell.fastest(peers)) is not None]


@dataclass(frozen=True)
class Accuracy:
    """The largest error that a library showed on the inputs that were tried."""

    function: str
    form: str
    dtype: str
    library: str
    max_ulp: float
    worst_input: float


@dataclass
class Study:
    """Everything that a study found out, and on what."""

    machine: Machine
    started: str  # date and time, UTC
    seed: int
    peers: list[str]
    cells: list[Cell] = field(default_factory=list)
    accuracy: list[Accuracy] = field(default_factory=list)
    seconds: float = 0.0
    planned: int = 0  # cells
    interrupted: bool = False
    taken_by_others: float | None = None  # the share of the usable CPUs, None where it is not told
    held: dict[str, str] = field(default_factory=dict)  # peer -> what holds it to --isa

    @property
    def warnings(self) -> list[str]:
        """What should be known before the figures are believed, and what is missing."""
        found = self.machine.notices
        if (self.taken_by_others or 0.0) > _DISTURBING:
            found.append(
                f"Disturbed: other processes took {self.taken_by_others:.0%} of the CPUs meanwhile."
                " Times are longer than on an idle machine, and ratios less certain."
            )
        left = self.planned - len(self.cells)
        if left:
            why = "Interrupted" if self.interrupted else "Out of time"
            found.append(f"{why}: {left} of {self.planned} settings are missing.")
        return found

    @property
    def libraries(self) -> list[str]:
        """fastact and its peers."""
        return ["fastact", *self.peers]

    def groups(self) -> Iterator[list[Cell]]:
        """Give the cells of a part together, of the functions those alike in all other facts."""

        def key(cell: Cell) -> object:
            return cell.part, cell.part == "functions" and replace(cell.setting, function="")

        for _, cells in groupby(self.cells, key):
            yield list(cells)

    def error(self, setting: Setting, library: str) -> float | None:
        """Return the largest error of a library in a setting's function, form and dtype."""
        key = (setting.function, setting.form, setting.dtype, library)
        found = (a for a in self.accuracy if (a.function, a.form, a.dtype, a.library) == key)
        return next((entry.max_ulp for entry in found), None)
