"""Measures the cells of a plan one by one, within the time that there is."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

import fastact
from fastact.cli.catalogue import ACTIVATIONS
from fastact.cli.machine import Meter
from fastact.cli.study.bench import Bench
from fastact.cli.study.layouts import Data
from fastact.cli.study.peers import Fastact, Operation
from fastact.cli.study.plan import Part
from fastact.cli.study.results import COPY, REUSED, STREAM, Cell, Setting, Study, Timing
from fastact.cli.study.timing import Sampler, interleave

# Bytes of an array from which a cell counts as being in memory.
_LARGE = 1 << 25


@dataclass(frozen=True)
class Effort:
    """How long to measure."""

    preparing: float = 0.8  # seconds before a cell is sampled: arrays, references, compilers
    seconds: float = 0.5  # for the samples of a cell
    large_seconds: float = 4.0  # the same where its arrays are in memory
    least_rounds: int = 3  # of a cell, whatever the time
    most_rounds: int = 30
    deadline: float | None = None  # of the whole study, by `time.perf_counter`

    def weight(self, setting: Setting) -> float:
        """Return the seconds that a cell takes where time is not short."""
        return self.preparing + (self.large_seconds if setting.bytes >= _LARGE else self.seconds)

    def part(self, parts: Sequence[Part]) -> "Effort":
        """Return the effort for the first of the parts that are left.

        Its deadline leaves the others their share, so that each question gets an answer.
        """
        if self.deadline is None:
            return self
        wanted = [sum(map(self.weight, part.settings)) for part in parts]
        now = time.perf_counter()
        return replace(self, deadline=now + (self.deadline - now) * wanted[0] / sum(wanted))

    def budget(self, settings: Sequence[Setting]) -> float | None:
        """Return the seconds for the first of the settings that are left, None if time is over."""
        wanted = self.weight(settings[0])
        if self.deadline is not None:
            left = self.deadline - time.perf_counter()
            if left <= 0:
                return None
            wanted *= min(1.0, left / sum(map(self.weight, settings)))
        return max(wanted - self.preparing, 0.0)

    @classmethod
    def quick(cls, started: float) -> "Effort":
        """Return what ends well within 30 seconds of a moment of `time.perf_counter`."""
        return cls(0.25, seconds=0.2, large_seconds=1.2, least_rounds=2, deadline=started + 26)


def measure(
    study: Study,
    parts: Sequence[Part],
    benches: Mapping[str, Bench],
    effort: Effort,
    report: Callable[[Setting, int], None],
) -> None:
    """Measure a plan cell by cell, into `study`, fastact beside other libraries.

    A KeyboardInterrupt ends the study early and marks it; what was measured before is kept. Before
    each cell, `report` is told its setting and how many are done, or given up.
    """
    started = time.perf_counter()
    study.planned = sum(len(part.settings) for part in parts)
    meter = Meter()
    data = Data(study.seed)
    every = {"fastact": Bench(Fastact(), data), **benches}
    checked: set[tuple[str, str, str]] = set()
    before = 0
    try:
        for k, part in enumerate(parts):
            own = effort.part(parts[k:])
            for done, setting in enumerate(part.settings):
                report(setting, before + done)
                seconds = own.budget(part.settings[done:])
                if seconds is None:
                    break
                key = (setting.function, setting.form, setting.dtype)
                with fastact.num_threads(setting.threads):
                    if key not in checked:
                        found = (bench.accuracy(setting) for bench in every.values())
                        study.accuracy += [entry for entry in found if entry is not None]
                        checked.add(key)
                    cell = _measure(setting, part.name, every, data, own, seconds)
                    study.cells.append(cell)
            before += len(part.settings)
    except KeyboardInterrupt:
        study.interrupted = True
    study.seconds = round(time.perf_counter() - started, 2)
    study.taken_by_others = meter.others()


def _measure(
    setting: Setting,
    part: str,
    benches: Mapping[str, Bench],
    data: Data,
    effort: Effort,
    seconds: float,
) -> Cell:
    x, g, target = data.get(setting.dtype, setting.elements, setting.layout)
    operation = Operation(ACTIVATIONS[setting.function], setting.form, x, g)
    identity = ACTIVATIONS["identity"].ufunc("value")
    samplers: dict[str, Sampler] = {
        COPY: Sampler(lambda: np.copyto(target, x)),
        STREAM: Sampler(lambda: identity(x, out=target)),
        REUSED: Sampler(Fastact().prepare_reused(operation)),
    }
    facts = {name: (1 if name == COPY else setting.threads, False) for name in samplers}
    for name, bench in benches.items():
        found = bench.prepare(setting)
        if found is not None:
            samplers[name], facts[name] = bench, found
    measured = interleave(
        samplers, seconds=seconds, least=effort.least_rounds, most=effort.most_rounds
    )
    moved = operation.arrays_moved * setting.bytes
    timings = [Timing(name, *facts[name], measured[name]) for name in samplers]
    return Cell(setting, part, moved, timings)
