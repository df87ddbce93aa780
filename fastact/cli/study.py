"""The benchmark study: which cells there are, how each is measured, and what is kept of it."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fastact
from fastact.cli import exact, reference
from fastact.cli.catalogue import ACTIVATIONS, Activation
from fastact.cli.machine import Cache, Machine
from fastact.cli.peers import Fastact, Operation, Peer
from fastact.cli.timing import Samples, interleave

__all__ = [
    "COPY",
    "FORMS",
    "REUSED",
    "STREAM",
    "Accuracy",
    "Cell",
    "Effort",
    "Setting",
    "Study",
    "Timing",
    "elements",
    "measure",
    "plan",
    "plan_quick",
    "start",
]

FORMS = ("value", "grad", "backward")

# Competitors that are in every cell besides the libraries.
REUSED = "fastact out="
COPY = "numpy.copyto"
STREAM = "fastact.identity out="

# The functions of a quick study that are also measured far beyond the cache.
_HEADLINE = ("relu", "sigmoid", "silu", "gelu")

# Bytes of an array from which a cell counts as being in memory.
_LARGE = 1 << 24

_SIZES = {"cache": "65536", "memory": "128MB"}
_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9}


@dataclass(frozen=True)
class Setting:
    """What is measured: a form of a function on so many elements by so many threads."""

    function: str
    form: str
    dtype: str
    elements: int
    threads: int

    @property
    def bytes(self) -> int:
        """The size of one array."""
        return self.elements * np.dtype(self.dtype).itemsize


@dataclass
class Timing:
    """The samples of one library.

    Attributes
    ----------
    library : str
        Name of a peer, ``"fastact"``, or one of `REUSED`, `COPY` and `STREAM`.
    threads : int
        How many threads it could use, which is not always what the setting asks for.
    new_output : bool
        Whether each call makes a new array.
    """

    library: str
    threads: int
    new_output: bool
    samples: Samples


@dataclass
class Cell:
    """A setting and how everything fared in it."""

    setting: Setting
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
        if timing is None:
            return None
        moved = self.bytes_moved
        if library in (COPY, STREAM):
            moved = 2 * self.setting.bytes
        return moved / timing.samples.minimum / 1e9

    def share_of_copy(self, library: str) -> float | None:
        """Return the throughput over that of the faster copy."""
        own = self.throughput(library)
        copies = [rate for rate in map(self.throughput, (COPY, STREAM)) if rate is not None]
        return None if own is None or not copies else own / max(copies)

    def ratio(self, peer: str) -> float | None:
        """Return a peer's time over that of fastact where it makes, or reuses, the output alike."""
        timing = self.timing(peer)
        if timing is None:
            return None
        own = self.timing("fastact" if timing.new_output else REUSED)
        return None if own is None else timing.samples.minimum / own.samples.minimum


@dataclass(frozen=True)
class Accuracy:
    """The largest error that a library showed on the sample grid."""

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
    started: str
    seed: int
    peers: list[str]
    cells: list[Cell] = field(default_factory=list)
    accuracy: list[Accuracy] = field(default_factory=list)
    seconds: float = 0.0
    planned: int = 0
    interrupted: bool = False

    def error(self, setting: Setting, library: str) -> float | None:
        """Return the largest error of a library in a setting's function, form and dtype."""
        key = (setting.function, setting.form, setting.dtype, library)
        for entry in self.accuracy:
            if (entry.function, entry.form, entry.dtype, entry.library) == key:
                return entry.max_ulp
        return None

    def write(self, directory: Path) -> list[Path]:
        """Write study.json and study.csv, and return their paths."""
        directory.mkdir(parents=True, exist_ok=True)
        paths = [directory / "study.json", directory / "study.csv"]
        paths[0].write_text(json.dumps({"schema": 1, **asdict(self)}, indent=1) + "\n")
        with paths[1].open("w", newline="") as file:
            rows = list(self._rows())
            writer = csv.DictWriter(file, rows[0] if rows else ["function"])
            writer.writeheader()
            writer.writerows(rows)
        return paths

    def _rows(self) -> Iterator[dict[str, object]]:
        for cell in self.cells:
            for timing in cell.timings:
                samples = timing.samples
                per_element = 1e9 / cell.setting.elements
                yield {
                    **asdict(cell.setting),
                    "library": timing.library,
                    "library_threads": timing.threads,
                    "new_output": timing.new_output,
                    "samples": len(samples.seconds),
                    "calls_per_sample": samples.calls,
                    "min_ns_per_element": f"{samples.minimum * per_element:.5g}",
                    "median_ns_per_element": f"{samples.median * per_element:.5g}",
                    "spread": f"{samples.spread:.3g}",
                    "cores_at_work": f"{samples.cores:.3g}",
                    "gb_per_s": f"{cell.throughput(timing.library):.5g}",
                    "max_ulp": self.error(cell.setting, timing.library),
                }

    @classmethod
    def read(cls, path: Path) -> Study:
        """Read a study.json."""
        try:
            found: dict[str, Any] = json.loads(path.read_text())
            if found.pop("schema") != 1:
                raise ValueError("another schema")
            machine = found.pop("machine")
            machine["caches"] = tuple(Cache(**cache) for cache in machine["caches"])
            cells = [
                Cell(
                    Setting(**cell["setting"]),
                    cell["bytes_moved"],
                    [
                        Timing(**{**timing, "samples": Samples(**timing["samples"])})
                        for timing in cell["timings"]
                    ],
                )
                for cell in found.pop("cells")
            ]
            accuracy = [Accuracy(**entry) for entry in found.pop("accuracy")]
            return cls(machine=Machine(**machine), cells=cells, accuracy=accuracy, **found)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} is not the JSON of a study: {error}") from error


@dataclass(frozen=True)
class Effort:
    """How long to measure.

    Attributes
    ----------
    seconds, large_seconds : float
        For a cell, and for one whose arrays are in memory.
    least_rounds, most_rounds : int
        Of a cell, whatever the time.
    deadline : float or None
        Of the whole study, as `time.perf_counter` tells it; what is left of the time is divided
        among the cells.
    """

    seconds: float = 0.4
    large_seconds: float = 1.5
    least_rounds: int = 3
    most_rounds: int = 30
    deadline: float | None = None

    def budget(self, settings: Sequence[Setting]) -> float:
        """Return the seconds for the first of the settings that are left."""
        wanted = [
            self.large_seconds if setting.bytes >= _LARGE else self.seconds for setting in settings
        ]
        if self.deadline is None:
            return wanted[0]
        left = self.deadline - time.perf_counter()
        return wanted[0] * min(1.0, left / sum(wanted))

    @classmethod
    def quick(cls, started: float) -> Effort:
        """Return what ends well within 30 seconds of a moment of `time.perf_counter`."""
        return cls(seconds=0.2, large_seconds=2.5, least_rounds=3, deadline=started + 24)


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
    text = _SIZES.get(size, size).upper().replace("_", "")
    unit = _UNITS.get(text[-2:])
    number = text[:-2] if unit else text
    try:
        count = int(number) if unit is None else int(float(number) * unit)
    except ValueError:
        count = 0
    if unit is not None:
        count //= np.dtype(dtype).itemsize
    if count < 1:
        raise ValueError(
            f"cannot read the size {size!r}. Choose from: {', '.join(_SIZES)},"
            " a number of elements, or an array size such as 128MB"
        )
    return count


def plan(
    activations: Iterable[Activation],
    forms: Sequence[str],
    dtypes: Sequence[str],
    sizes: Sequence[str],
    threads: Sequence[int],
) -> list[Setting]:
    """Return every combination, in an order that keeps arrays of one size together."""
    rows = [row for row in activations if row.arrays == 1]
    return [
        Setting(row.name, form, dtype, elements(size, dtype), count)
        for dtype in dtypes
        for size in sizes
        for count in threads
        for form in forms
        for row in rows
    ]


def plan_quick(activations: Sequence[Activation], threads: int) -> list[Setting]:
    """Return values in cache by one thread, and a few functions in memory by all."""
    headline = [row for row in activations if row.name in _HEADLINE]
    return [
        *plan(activations, ["value"], ["float32"], ["cache"], [1]),
        *plan(headline, ["value"], ["float32"], ["memory"], [threads]),
    ]


def measure(
    study: Study,
    settings: Sequence[Setting],
    peers: Sequence[Peer],
    effort: Effort,
    report: Callable[[Setting, int], None],
) -> None:
    """Measure settings one by one, into `study`.

    A KeyboardInterrupt ends the study early and marks it; what was measured before is kept.

    Parameters
    ----------
    study : Study
        Gets the cells and accuracies.
    settings : sequence of Setting
    peers : sequence of Peer
        The libraries beside fastact.
    effort : Effort
    report : callable
        Called with each setting and how many are done before it is measured.
    """
    started = time.perf_counter()
    study.planned = len(settings)
    data = _Data(study.seed)
    libraries = [Fastact(), *peers]
    checked: set[tuple[str, str, str]] = set()
    try:
        for done, setting in enumerate(settings):
            seconds = effort.budget(settings[done:])
            if seconds <= 0:
                break
            report(setting, done)
            key = (setting.function, setting.form, setting.dtype)
            # NumPy expressions overflow on the way to right results.
            with np.errstate(all="ignore"), fastact.num_threads(setting.threads):
                if key not in checked:
                    study.accuracy += _accuracies(setting, libraries)
                    checked.add(key)
                study.cells.append(_measure_cell(setting, libraries, data, effort, seconds))
    except KeyboardInterrupt:
        study.interrupted = True
    study.seconds = round(time.perf_counter() - started, 2)


def start(machine: Machine, seed: int, peers: Sequence[Peer]) -> Study:
    """Return a study without results, started now."""
    now = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Study(machine, now, seed, [peer.name for peer in peers])


class _Data:
    """Normally distributed arrays, kept while the next setting has the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._key: tuple[str, int] | None = None
        self._arrays: tuple[NDArray[Any], ...] = ()

    def get(self, dtype: str, count: int) -> tuple[NDArray[Any], ...]:
        """Return x of standard deviation 2, g of 1, and an array to copy to."""
        if self._key != (dtype, count):
            self._arrays = ()  # let go of the old ones first
            rng = np.random.default_rng(self._seed)
            block = min(count, 1 << 20)
            # A long array repeats a block: drawing all of it would take longer than measuring.
            self._arrays = tuple(
                np.resize((scale * rng.standard_normal(block)).astype(dtype), count)
                for scale in (2.0, 1.0, 0.0)
            )
            self._key = (dtype, count)
        return self._arrays


def _measure_cell(
    setting: Setting, libraries: Sequence[Peer], data: _Data, effort: Effort, seconds: float
) -> Cell:
    activation = ACTIVATIONS[setting.function]
    x, g, target = data.get(setting.dtype, setting.elements)
    operation = Operation(activation, setting.form, x, g)
    identity = ACTIVATIONS["identity"].ufunc("value")
    calls: dict[str, Callable[[], object]] = {
        COPY: lambda: np.copyto(target, x),
        STREAM: lambda: identity(x, out=target),
        REUSED: Fastact().prepare_reused(operation),
    }
    about: dict[str, tuple[int, bool]] = {
        COPY: (1, False),
        STREAM: (setting.threads, False),
        REUSED: (setting.threads, False),
    }
    for library in libraries:
        call = library.prepare(operation, setting.threads)
        if call is not None:
            calls[library.name] = call
            about[library.name] = (library.threads(setting.threads), library.new_output)
    measured = interleave(
        calls, seconds=seconds, least=effort.least_rounds, most=effort.most_rounds
    )
    return Cell(
        setting,
        operation.arrays_moved * setting.bytes,
        [Timing(name, *about[name], samples) for name, samples in measured.items()],
    )


def _accuracies(setting: Setting, libraries: Sequence[Peer]) -> Iterator[Accuracy]:
    """Compare each library with the reference on a grid; float64 where mpmath is installed."""
    narrow = setting.dtype == "float32"
    if not narrow and not exact.available():
        return
    x = _grid(4001 if narrow else 301, setting.dtype)
    g = np.resize(np.array([1.0, -0.7, 1.9], x.dtype), x.shape)
    operation = Operation(ACTIVATIONS[setting.function], setting.form, x, g)
    operands = (g, x) if setting.form == "backward" else (x,)
    error_of = _error_of(setting, operands)
    for library in libraries:
        call = library.prepare(operation, setting.threads)
        if call is None:
            continue
        error = error_of(library.result(call))
        worst = int(np.argmax(error))
        yield Accuracy(
            setting.function,
            setting.form,
            setting.dtype,
            library.name,
            float(error[worst]),
            float(x[worst]),
        )


def _error_of(
    setting: Setting, operands: Sequence[NDArray[Any]]
) -> Callable[[NDArray[Any]], NDArray[np.float64]]:
    """Return a function that tells the errors of results in ulps."""
    if setting.dtype == "float64":
        return exact.evaluate(setting.function, setting.form, *operands).ulp_error
    want = reference.evaluate(setting.function, setting.form, *operands)
    first = want[0] if isinstance(want, tuple) else want
    return lambda got: reference.ulp_error(got, first)


def _grid(points: int, dtype: str) -> NDArray[Any]:
    """Return points in [-100, 100]: evenly spread, near 0, and of every magnitude below."""
    magnitudes = np.logspace(-30, 2, points)
    grids = (np.linspace(-100, 100, points), np.linspace(-8, 8, points), magnitudes, -magnitudes)
    grid: NDArray[Any] = np.concatenate(grids).astype(dtype)
    return grid
