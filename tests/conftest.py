"""Fixtures: each instruction set in turn, a number of threads, memory between guard pages."""

from __future__ import annotations

import ctypes
import mmap
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

# Before OpenMP is loaded: threads that wait would take the CPUs from other workers' tests.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import fastact as fa

sys.path.insert(0, str(Path(__file__).parent))  # cases.py and reference.py


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is marked slow unless `-m` is given."""
    if config.option.markexpr:
        return
    slow = [item for item in items if item.get_closest_marker("slow")]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.get_closest_marker("slow")]


@pytest.fixture(params=fa.available_isas())
def isa(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each instruction set that is available."""
    before = fa.isa()
    fa.use_isa(request.param)
    yield request.param
    fa.use_isa(before)


@pytest.fixture
def isas() -> Iterator[Callable[[], Iterator[str]]]:
    """Go through all of them in one test, for the sake of a reference that costs more."""
    before = fa.isa()

    def each() -> Iterator[str]:
        for name in fa.available_isas():
            print(name)
            fa.use_isa(name)
            yield name

    yield each
    fa.use_isa(before)


@pytest.fixture
def threads() -> Iterator[Callable[[int], None]]:
    """Set the number of threads; what it was comes back at the end."""
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = fa.get_num_threads()
    with threadpoolctl.threadpool_limits(8, user_api="openmp"):  # however few CPUs there are
        yield fa.set_num_threads
    fa.set_num_threads(before)


def close(address: int, size: int) -> None:
    """Close pages to reading and writing."""
    where = ctypes.c_void_p(address), ctypes.c_size_t(size)
    if sys.platform == "win32":
        access, before = 0x01, ctypes.c_ulong()  # PAGE_NOACCESS
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        done = kernel.VirtualProtect(*where, access, ctypes.byref(before))
        assert done, ctypes.get_last_error()
    else:
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.mprotect(*where, 0) == 0, ctypes.get_errno()


def between_guards(size: int) -> mmap.mmap:
    """Return memory of so many bytes, in whole pages, between two that cannot be touched."""
    memory = mmap.mmap(-1, size + 2 * mmap.PAGESIZE)
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    close(start, mmap.PAGESIZE)
    close(start + mmap.PAGESIZE + size, mmap.PAGESIZE)
    return memory


# Such memory by its size, which tests take in turn.
spare: dict[int, list[mmap.mmap]] = defaultdict(list)


@pytest.fixture
def guarded() -> Iterator[Callable[..., np.ndarray]]:
    """Make arrays that end (or start) exactly at a page that cannot be touched."""
    page = mmap.PAGESIZE
    taken: list[tuple[int, mmap.mmap]] = []

    def make(count: int, dtype: object, at_end: bool = True) -> np.ndarray:
        dtype = np.dtype(dtype)
        size = -(-count * dtype.itemsize // page) * page or page
        taken.append((size, spare[size].pop() if spare[size] else between_guards(size)))
        offset = page + (size - count * dtype.itemsize if at_end else 0)
        return np.frombuffer(taken[-1][1], dtype=dtype, count=count, offset=offset)

    yield make
    for size, memory in taken:
        spare[size].append(memory)
