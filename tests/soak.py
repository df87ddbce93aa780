"""Load: many Python threads, random calls and forks; no wrong bit, no growth, no deadlock.

    python tests/soak.py [SECONDS] [THREADS]

Every thread calls random ufuncs, elementwise and along an axis, on random views, also in place,
through NumPy's function and on arrays that are worth a team, while the instruction set and the
limits of threads change; one forks children that call as well. Every result is compared with those
computed beforehand, alone.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import tracemalloc
import warnings
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from cases import CASES, Case, outputs, sample

import fastact as fa
from fastact._ufuncs import AXIS_UFUNCS

LENGTH = 1200
ROWS = 30
CHILD_SECONDS = 120
MOST_GROWTH = 2000  # kB, of what tracemalloc sees


def same(got: np.ndarray, want: np.ndarray) -> np.ndarray:
    kind = f"u{want.itemsize}"
    alike = np.ascontiguousarray(got).view(kind) == np.ascontiguousarray(want).view(kind)
    return alike | (np.isnan(got) & np.isnan(want))


@dataclass
class Subject:
    """A ufunc, its operands, and its results on each instruction set."""

    ufunc: np.ufunc
    operands: list[np.ndarray]
    results: list[tuple[np.ndarray, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.results = []
        before = fa.isa()
        for name in fa.available_isas():
            fa.use_isa(name)
            with fa.num_threads(1):
                self.results.append(outputs(self.ufunc(*self.operands)))
        fa.use_isa(before)

    def holds(self, got: object, part: object = ...) -> bool:
        """Whether each bit is that of some instruction set: they may change during a call."""
        return all(
            np.any([same(y, want[k][part]) for want in self.results], axis=0).all()
            for k, y in enumerate(outputs(got))
        )

    def call(self, rng: np.random.Generator) -> bool:
        """A random call; whether its results are right."""
        raise NotImplementedError


@dataclass
class Elementwise(Subject):
    """Operands of one dimension."""

    case: Case

    def call(self, rng: np.random.Generator) -> bool:
        ufunc, operands = self.ufunc, self.operands
        start, stop = sorted(rng.integers(0, LENGTH + 1, 2))
        step = int(rng.choice([1, 1, 2, 7, -1, -3]))
        way = rng.integers(0, 8)
        if way == 0:  # worth a team
            times = int(self.case.size_for(3) / LENGTH) + 1
            got = ufunc(*(np.tile(o, (times, 1)) for o in operands))
            return all(self.holds(tuple(y[row] for y in outputs(got))) for row in (0, -1))
        if way == 1:  # rows of a turned view
            got = ufunc(*(o.reshape(ROWS, -1).T for o in operands))
            return self.holds(tuple(y.T.reshape(-1) for y in outputs(got)))
        part = np.s_[start:stop] if step == 1 else np.s_[::step]
        views = [o[part] for o in operands]
        if way == 2:  # in place
            views = [v.copy() for v in views]
            return self.holds(ufunc(*views, out=(views[-1],) + (None,) * (ufunc.nout - 1)), part)
        if way == 3:
            return self.holds(ufunc(*views, where=True), part)
        return self.holds(ufunc(*views), part)


@dataclass
class AlongAxis(Subject):
    """Operands of ROWS rows."""

    def call(self, rng: np.random.Generator) -> bool:
        ufunc, operands = self.ufunc, self.operands
        way = rng.integers(0, 6)
        if way == 0:  # worth a team
            got = ufunc(*(np.tile(o, (40, 1, 1)) for o in operands))
            return self.holds(got[0]) and self.holds(got[-1])
        if way == 1:
            got = ufunc(*(np.ascontiguousarray(o.T) for o in operands), axis=0)
            return self.holds(got.T)
        if way == 2 and ufunc.signature.endswith("(n)"):  # in place
            views = [o.copy() for o in operands]
            return self.holds(ufunc(*views, out=views[-1]))
        if way == 3:  # by NumPy's function
            return self.holds(ufunc(*operands, subok=False))
        part = np.s_[:: int(rng.choice([1, 2, 7, -1, -3]))]
        return self.holds(ufunc(*(o[part] for o in operands)), part)


def subjects() -> list[Subject]:
    found: list[Subject] = []
    for dtype in (np.float32, np.float64, np.float16):
        for case in CASES:
            operands = sample(case, LENGTH, dtype, seed=len(found))
            found.append(Elementwise(case.ufunc, operands, case))
        for ufunc in AXIS_UFUNCS.values():
            rng = np.random.default_rng(len(found))
            shape = (ufunc.nin, ROWS, LENGTH // ROWS)
            found.append(AlongAxis(ufunc, list(rng.uniform(-4, 1, shape).astype(dtype))))
    return found


@dataclass
class Soak:
    """What is counted, and what went wrong."""

    seconds: float
    threads: int
    subjects: list[Subject] = field(default_factory=subjects)
    calls: int = 0
    forks: int = 0
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> dict[str, object]:
        """Run for the time given; figures. Growth is from the end of the first fifth."""
        isa, limit = fa.isa(), fa.get_num_threads()
        tracemalloc.start()
        hung = self.stretch(self.seconds / 5, seed=1)
        traced, resident = tracemalloc.get_traced_memory()[0], rss()
        hung += self.stretch(self.seconds * 4 / 5, seed=2)
        traced, resident = tracemalloc.get_traced_memory()[0] - traced, rss() - resident
        tracemalloc.stop()
        fa.use_isa(isa)
        fa.set_num_threads(limit)
        return {
            "calls": self.calls,
            "forks": self.forks,
            "wrong": self.wrong,
            "hung": hung,
            "traced growth, kB": traced // 1024,
            "resident growth, kB": resident // 1024,
        }

    def stretch(self, seconds: float, seed: int) -> int:
        """Have all threads call for a while; how many have not come back."""
        end = time.monotonic() + seconds
        workers = [
            threading.Thread(target=self.work, args=(k, seed, end), daemon=True)
            for k in range(self.threads)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(seconds + CHILD_SECONDS)
        return sum(worker.is_alive() for worker in workers)

    def work(self, number: int, seed: int, end: float) -> None:
        """One thread's calls; the first one forks, too."""
        rng = np.random.default_rng([seed, number])
        count = 0
        try:
            while time.monotonic() < end and not self.wrong:
                subject = self.subjects[rng.integers(len(self.subjects))]
                with np.errstate(all="ignore"):
                    right = subject.call(rng)
                if not right:
                    self.wrong.append(subject.ufunc.__name__)
                count += 1
                if rng.integers(50) == 0:
                    fa.use_isa(str(rng.choice(fa.available_isas())))
                    fa.set_num_threads(int(rng.integers(1, 5)))
                if number == 0 and count % 20 == 0:
                    self.fork(rng)
        except Exception as error:
            self.wrong.append(repr(error))
        with self.lock:
            self.calls += count

    def fork(self, rng: np.random.Generator) -> None:
        """Have a child make a few calls."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python 3.12 on forks beside threads
            child = os.fork()
        if child == 0:
            chosen = rng.integers(0, len(self.subjects), 3)
            with np.errstate(all="ignore"):
                right = all(self.subjects[k].call(rng) for k in chosen)
            os._exit(0 if right else 1)
        self.forks += 1
        patience = time.monotonic() + CHILD_SECONDS
        while time.monotonic() < patience:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                if status:
                    self.wrong.append(f"a child ended with {status}")
                return
            time.sleep(0.001)
        os.kill(child, 9)
        self.wrong.append("a child hangs")


def rss() -> int:
    """Resident memory in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


if __name__ == "__main__":
    figures = Soak(*map(float, sys.argv[1:2] or [300]), *map(int, sys.argv[2:3] or [32])).run()
    for name, value in figures.items():
        print(f"{name:20} {value}")
    grown = figures["traced growth, kB"] > MOST_GROWTH
    sys.exit(bool(figures["wrong"] or figures["hung"] or grown))
