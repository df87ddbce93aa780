"""What a result depends on besides the code: processor, caches, load, versions, environment."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import fastact

__all__ = ["LIBRARIES", "Cache", "Machine", "Meter", "installed", "usable_cpus"]

# The libraries that fastact is measured beside, by the name of the distribution.
LIBRARIES = ("numpy", "scipy", "torch", "jax", "onnxruntime", "numexpr", "numba")

# Variables that change how one of the libraries computes; nothing else is recorded.
_TELLING = (
    *("FASTACT_", "OMP_", "GOMP_", "KMP_", "MKL_", "OPENBLAS_"),
    *("XLA_", "JAX_", "TORCH_", "NUMEXPR_", "NUMBA_"),
)

# Load per CPU from which other work is likely to disturb a measurement.
_BUSY_LOAD = 0.4


@dataclass(frozen=True)
class Cache:
    """A data cache as one core sees it."""

    level: int
    bytes: int
    shared_by: int


@dataclass(frozen=True)
class Machine:
    """Where and among what a measurement was made."""

    cpu: str
    cpus: int
    usable_cpus: int
    caches: tuple[Cache, ...]
    memory_bytes: int | None
    system: str
    python: str
    isa: str
    threads: int
    load_average: float | None
    versions: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls) -> Machine:
        """Describe this machine now."""
        return cls(
            cpu=_cpu_name(),
            cpus=os.cpu_count() or 1,
            usable_cpus=usable_cpus(),
            caches=_caches(),
            memory_bytes=_memory_bytes(),
            system=f"{platform.system()} {platform.release()} {platform.machine()}",
            python=platform.python_version(),
            isa=fastact.isa(),
            threads=fastact.get_num_threads(),
            load_average=_load_average(),
            versions={"fastact": str(fastact.show_runtime()["version"]), **installed()},
            environment={
                name: value
                for name, value in sorted(os.environ.items())
                if name.startswith(_TELLING)
            },
        )

    @property
    def busy(self) -> bool:
        """Whether other work was likely to disturb a measurement."""
        return self.load_average is not None and self.load_average > _BUSY_LOAD * self.cpus

    @property
    def notices(self) -> list[str]:
        """What should be known of the machine before its figures are believed."""
        found = []
        if self.busy:
            found.append(
                f"The machine is busy: load average {self.load_average} on {self.cpus} CPUs. Times"
                " are worse than they would be, and ratios less certain."
            )
        if self.usable_cpus < self.cpus:
            found.append(
                f"This process may use {self.usable_cpus} of {self.cpus} CPUs, so that is what"
                " “all threads” means."
            )
        return found


def installed() -> dict[str, str]:
    """Return the versions of the libraries that are installed, without importing them."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def usable_cpus() -> int:
    """Return the number of CPUs that this process may run on."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Meter:
    """Tells what other processes take of the CPUs that this one may use, from its making on."""

    def __init__(self) -> None:
        """Begin now."""
        self._began = self._read()

    def others(self) -> float | None:
        """Return their share of the time of all these CPUs; None where the system does not tell."""
        ended = self._read()
        if self._began is None or ended is None:
            return None
        busy, total, own = (
            after - before for before, after in zip(self._began, ended, strict=True)
        )
        return round(min(max((busy - own) / total, 0.0), 1.0), 3) if total > 0 else None

    @staticmethod
    def _read() -> tuple[float, float, float] | None:
        """Return seconds busy and in all, of all CPUs together, and our own."""
        try:
            lines = Path("/proc/stat").read_text().splitlines()
            usable = {f"cpu{number}" for number in os.sched_getaffinity(0)}
            tick = os.sysconf("SC_CLK_TCK")
        except (AttributeError, OSError):
            return None
        rows = [line.split() for line in lines]
        times = [[int(field) for field in row[1:9]] for row in rows if row and row[0] in usable]
        # user nice system idle iowait irq softirq steal
        total = sum(map(sum, times)) / tick
        idle = sum(row[3] + row[4] for row in times) / tick
        return total - idle, total, time.process_time()


def _load_average() -> float | None:
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _memory_bytes() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _cpu_name() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _caches() -> tuple[Cache, ...]:
    """Read the data caches of the first CPU, where Linux tells them."""
    caches = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        try:
            if (index / "type").read_text().strip() == "Instruction":
                continue
            size = (index / "size").read_text().strip()
            level = int((index / "level").read_text())
            shared = _count((index / "shared_cpu_list").read_text())
        except (OSError, ValueError):
            continue
        caches.append(Cache(level, int(size.rstrip("K")) * 1024, shared))
    return tuple(caches)


def _count(cpu_list: str) -> int:
    """Count the CPUs of a list like ``0-3,8``."""
    count = 0
    for part in cpu_list.strip().split(","):
        first, _, last = part.partition("-")
        count += int(last or first) - int(first) + 1
    return count
