"""Interleaved sampling: every competitor is measured in turn, so that drift meets all alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import repeat

__all__ = ["Samples", "interleave"]

Call = Callable[[], object]

# A sample is made of as many calls as last this long, so that the clock is fine enough.
_SAMPLE_SECONDS = 1e-3

# A call that lasts longer brings its own data and threads up again, untimed calls are for others.
_LONG_SECONDS = 5e-3

# Threads of the library before may spin for a moment, waiting for work; let them lie down.
_SETTLE_SECONDS = 2e-3


@dataclass
class Samples:
    """Seconds per call, sample by sample.

    Attributes
    ----------
    calls : int
        Calls in each sample.
    seconds : list of float
        Seconds per call.
    cpu_seconds : float
        CPU time of the whole process in all samples, for `cores`.
    """

    calls: int
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0

    @property
    def minimum(self) -> float:
        """The fastest sample."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle sample."""
        return _quantile(self.seconds, 0.5)

    @property
    def spread(self) -> float:
        """The distance between the quartiles as a share of the median."""
        quartiles = _quantile(self.seconds, 0.75) - _quantile(self.seconds, 0.25)
        return quartiles / self.median

    @property
    def cores(self) -> float:
        """How many cores were at work on average."""
        return self.cpu_seconds / (self.calls * sum(self.seconds))


def interleave(
    calls: Mapping[str, Call], *, seconds: float, least: int, most: int
) -> dict[str, Samples]:
    """Measure several calls in turn.

    Parameters
    ----------
    calls : mapping of str to callable
        What to measure; each takes no argument.
    seconds : float
        For all together. Each has the same share: what has used up its own sits out the later
        rounds, so that a slow library does not cost a fast one its samples.
    least, most : int
        At least and at most so many samples of each.

    Returns
    -------
    dict
        The samples of each call, one for each round that it was in.
    """
    share = seconds / len(calls)
    spent, warm, measured = {}, {}, {}
    for name, call in calls.items():
        started = time.perf_counter()
        count, lasts = _calibrate(call)
        measured[name] = Samples(count)
        warm[name] = lasts < _LONG_SECONDS
        spent[name] = time.perf_counter() - started
    for done in range(most):
        turn = [name for name in calls if done < least or spent[name] < share]
        if not turn:
            break
        for name in turn:
            started = time.perf_counter()
            _sample(calls[name], measured[name], warm=warm[name])
            spent[name] += time.perf_counter() - started
    return measured


def _sample(call: Call, samples: Samples, *, warm: bool) -> None:
    time.sleep(_SETTLE_SECONDS)
    if warm:
        call()  # the caches and the threads are this library's again
    cpu = time.process_time()
    samples.seconds.append(_time(call, samples.calls) / samples.calls)
    samples.cpu_seconds += time.process_time() - cpu


def _calibrate(call: Call) -> tuple[int, float]:
    """Warm up, and return how many calls make a sample and how long one lasts."""
    lasts = _time(call, 1)
    if lasts < 10 * _LONG_SECONDS:
        lasts = min(lasts, _time(call, 1))
    count = 1
    # One short call tells little: first calls are slow, and the clock has its own cost.
    while lasts * count < _SAMPLE_SECONDS / 2:
        count *= 4
        lasts = _time(call, count) / count
    return max(1, round(_SAMPLE_SECONDS / lasts)), lasts


def _time(call: Call, calls: int) -> float:
    started = time.perf_counter()
    for _ in repeat(None, calls):
        call()
    return time.perf_counter() - started


def _quantile(values: list[float], share: float) -> float:
    """Return a quantile by linear interpolation."""
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = int(position)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (position - low) * (ordered[high] - ordered[low])
