"""What a result depends on besides the code: processor, caches, load, versions, environment."""

import os
import platform
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil

import fastact
from fastact.cli.text import bytes_text

# The libraries that fastact is measured beside, by the name of the distribution.
LIBRARIES = ("numpy", "scipy", "torch", "jax", "onnxruntime", "numexpr", "numba")

# Variables that change how one of the libraries computes begin so; nothing else is recorded.
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

    def __str__(self) -> str:
        """Return its level and size."""
        return f"L{self.level} {bytes_text(self.bytes)}"


@dataclass(frozen=True)
class Machine:
    """Where and among what a measurement was made."""

    cpu: str
    cpus: int
    usable_cpus: int
    caches: tuple[Cache, ...]
    memory_bytes: int
    system: str
    python: str
    isa: str
    threads: int
    load_average: float
    versions: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def here(cls) -> "Machine":
        """Describe this machine now."""
        return cls(
            cpu=_cpu_name(),
            cpus=os.cpu_count() or 1,
            usable_cpus=usable_cpus(),
            caches=_caches(),
            memory_bytes=psutil.virtual_memory().total,
            system=f"{platform.system()} {platform.release()} {platform.machine()}",
            python=platform.python_version(),
            isa=fastact.isa(),
            threads=fastact.get_num_threads(),
            load_average=round(psutil.getloadavg()[0], 2),
            versions={"fastact": str(fastact.show_runtime()["version"]), **installed()},
            environment={k: v for k, v in sorted(os.environ.items()) if k.startswith(_TELLING)},
        )

    @property
    def processors(self) -> str:
        """How many CPUs there are to compute on."""
        of_all = "" if self.usable_cpus == self.cpus else f" of {self.cpus}"
        return f"{self.usable_cpus}{of_all} CPUs"

    @property
    def busy(self) -> bool:
        """Whether other work was likely to disturb a measurement."""
        return self.load_average > _BUSY_LOAD * self.cpus

    @property
    def notices(self) -> list[str]:
        """What should be known of the machine before its figures are believed."""
        found = []
        if self.busy:
            found.append(
                f"The machine is busy: load average {self.load_average} on {self.cpus} CPUs. Times"
                " are longer than on an idle one, and ratios less certain."
            )
        if self.usable_cpus < self.cpus:
            found.append(
                f"Restricted: this process may use {self.usable_cpus} of {self.cpus} CPUs, and “all"
                f" threads” are {self.usable_cpus}."
            )
        return found


def installed() -> dict[str, str]:
    """Return the versions of the libraries that are installed, without importing them."""
    found = {}
    for name in LIBRARIES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def usable_cpus() -> int:
    """Return the number of CPUs that this process may run on."""
    return len(_usable(range(os.cpu_count() or 1)))


def _usable(cpus: Sequence[int]) -> Sequence[int]:
    """Return those of the CPUs that this process may run on, all where it is bound to none."""
    process = psutil.Process()
    return process.cpu_affinity() if hasattr(process, "cpu_affinity") else cpus


class Meter:
    """Tells what other processes take of the CPUs that this one may use, from its making on."""

    def __init__(self) -> None:
        self._began = self._read()

    def others(self) -> float:
        """Return their share of the time of all these CPUs."""
        busy, total, own = (
            after - before for before, after in zip(self._began, self._read(), strict=True)
        )
        return round(min(max((busy - own) / total, 0.0), 1.0), 3) if total > 0 else 0.0

    @staticmethod
    def _read() -> tuple[float, float, float]:
        """Return seconds busy and in all, of all CPUs together, and our own with our children's."""
        this = psutil.Process()
        total = idle = own = 0.0
        times = psutil.cpu_times(percpu=True)
        for cpu in (times[k] for k in _usable(range(len(times)))):
            # A guest's time is in the user's as well.
            total += sum(cpu) - sum(getattr(cpu, name, 0.0) for name in ("guest", "guest_nice"))
            idle += cpu.idle + getattr(cpu, "iowait", 0.0)
        for process in (this, *this.children(recursive=True)):
            with suppress(psutil.Error):
                own += sum(process.cpu_times()[:2])
        return total - idle, total, own


@cache
def cpu_facts() -> Mapping[str, Any]:
    """Return what py-cpuinfo finds, which takes it half a second."""
    import cpuinfo

    facts: Mapping[str, Any] = cpuinfo.get_cpu_info()
    return facts


def _cpu_name() -> str:
    return cpu_facts().get("brand_raw") or platform.processor() or platform.machine()


def _caches() -> tuple[Cache, ...]:
    """Read the data caches of the first CPU, where Linux tells them.

    py-cpuinfo adds up the caches of all cores, and takes what one core has of the last for it.
    """
    caches = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        names = ("type", "size", "level", "shared_cpu_list")
        kind, size, level, shared = ((index / name).read_text().strip() for name in names)
        if kind != "Instruction":
            # The CPUs are a list like 0-3,8.
            ends = [part.split("-") for part in shared.split(",")]
            count = sum(int(end[-1]) - int(end[0]) + 1 for end in ends)
            caches.append(Cache(int(level), int(size.rstrip("K")) * 1024, count))
    return tuple(caches)
