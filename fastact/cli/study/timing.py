"""Interleaved sampling: every competitor is measured in turn, so that drift meets all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from timeit import Timer

import numpy as np

# A sample is made of as many calls as last this long, so that the clock is fine enough.
_SAMPLE_SECONDS = 1e-3

# A call that lasts longer brings its own data and threads up again, untimed calls are for others.
_LONG_SECONDS = 5e-3

# Threads of the library before may spin for a moment, waiting for work; let them lie down.
_SETTLE_SECONDS = 2e-3


@dataclass
class Samples:
    """Seconds per call, sample by sample, each of so many calls."""

    calls: int
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0  # of the whole process in all samples

    @property
    def minimum(self) -> float:
        """The fastest sample."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle sample."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float:
        """The distance between the quartiles as a share of the median."""
        low, high = np.quantile(self.seconds, [0.25, 0.75])
        return float(high - low) / self.median

    @property
    def cores(self) -> float:
        """How many cores were at work on average."""
        return self.cpu_seconds / (self.calls * sum(self.seconds))


class Sampler:
    """A call, and what it takes to measure it."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._time = Timer(call).timeit

    def calibrate(self) -> tuple[int, float]:
        """Warm up, and return how many calls make a sample and how long one lasts."""
        lasts = self._time(1)
        if lasts < 10 * _LONG_SECONDS:
            lasts = min(lasts, self._time(1))
        count = 1
        # One short call tells little: first calls are slow, and the clock has its own cost.
        while lasts * count < _SAMPLE_SECONDS / 2:
            count *= 4
            lasts = self._time(count) / count
        return max(1, round(_SAMPLE_SECONDS / lasts)), lasts

    def sample(self, calls: int, warm: bool) -> tuple[float, float]:
        """Return the seconds of a call, and the CPU time of the process in all of them."""
        time.sleep(_SETTLE_SECONDS)
        if warm:
            self._call()  # the caches and the threads are this library's again
        cpu = time.process_time()
        seconds = self._time(calls) / calls
        return seconds, time.process_time() - cpu


def interleave(
    samplers: Mapping[str, Sampler], *, seconds: float, least: int, most: int
) -> dict[str, Samples]:
    """Return `least` to `most` samples of each of several calls, taken in turn.

    The seconds are for all together, of which each has the same share: what has used up its own
    sits out the later rounds, so that a slow library does not cost a fast one its samples.
    """
    share = seconds / len(samplers)
    spent, warm, measured = {}, {}, {}
    for name, sampler in samplers.items():
        started = time.perf_counter()
        count, lasts = sampler.calibrate()
        measured[name] = Samples(count)
        warm[name] = lasts < _LONG_SECONDS
        spent[name] = time.perf_counter() - started
    for done in range(most):
        turn = [name for name in samplers if done < least or spent[name] < share]
        if not turn:
            break
        for name in turn:
            started = time.perf_counter()
            samples = measured[name]
            lasts, cpu = samplers[name].sample(samples.calls, warm[name])
            samples.seconds.append(lasts)
            samples.cpu_seconds += cpu
            spent[name] += time.perf_counter() - started
    return measured
