"""Fixtures: each instruction set in turn, a number of threads, memory between guard pages."""

from __future__ import annotations

import ctypes
import mmap
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

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
def threads() -> Iterator[Callable[[int], None]]:
    """Set the number of threads; what it was comes back at the end."""
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = fa.get_num_threads()
    with threadpoolctl.threadpool_limits(8, user_api="openmp"):  # however few CPUs there are
        yield fa.set_num_threads
    fa.set_num_threads(before)


def protect(address: int, size: int, open_: bool) -> None:
    """Open pages for reading and writing, or close them."""
    where = ctypes.c_void_p(address), ctypes.c_size_t(size)
    if sys.platform == "win32":
        access, before = 0x04 if open_ else 0x01, ctypes.c_ulong()  # PAGE_READWRITE, PAGE_NOACCESS
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        done = kernel.VirtualProtect(*where, access, ctypes.byref(before))
        assert done, ctypes.get_last_error()
    else:
        libc = ctypes.CDLL(None, use_errno=True)
        access = mmap.PROT_READ | mmap.PROT_WRITE if open_ else 0
        assert libc.mprotect(*where, access) == 0, ctypes.get_errno()


@pytest.fixture
def guarded() -> Iterator[Callable[..., np.ndarray]]:
    """Make arrays that end (or start) exactly at a page that cannot be touched."""
    page = mmap.PAGESIZE
    opened: list[tuple[mmap.mmap, int, int]] = []

    def make(count: int, dtype: object, at_end: bool = True) -> np.ndarray:
        dtype = np.dtype(dtype)
        room = -(-count * dtype.itemsize // page) * page or page
        memory = mmap.mmap(-1, room + 2 * page)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        protect(start, page, False)
        protect(start + page + room, page, False)
        opened.append((memory, start, start + page + room))
        offset = page + (room - count * dtype.itemsize if at_end else 0)
        return np.frombuffer(memory, dtype=dtype, count=count, offset=offset)

    yield make
    for _, low, high in opened:
        protect(low, page, True)
        protect(high, page, True)
