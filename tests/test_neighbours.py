"""Beside others who use threads, processes and memory: OpenMP, joblib, dask, shared memory."""

from __future__ import annotations

import multiprocessing
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from cases import assert_same, run_python

import fastact as fa

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")
X = np.random.default_rng(0).normal(0, 3, 400_000).astype(np.float32)
WANT = fa.silu(X)


@linux
@pytest.mark.skipif(not fa.show_runtime()["openmp"], reason="built without OpenMP")
def test_inside_a_parallel_region() -> None:
    # A Python function as the body of somebody else's parallel region, on a team of three.
    done = run_python(
        """
        import ctypes, os, threading, numpy as np, fastact as fa
        x = np.random.default_rng(0).normal(0, 3, 20_000_000).astype(np.float32)
        alone = len(os.listdir("/proc/self/task"))  # with what other libraries have started
        fa.set_num_threads(3)
        want = fa.silu(x)
        right, most, over = [], [0], threading.Event()
        def body(_):
            right.append(np.array_equal(fa.silu(x), want))
        def watch():  # a team of a member would live no longer than its call
            while not over.wait(0.001):
                most[0] = max(most[0], len(os.listdir("/proc/self/task")))
        watcher = threading.Thread(target=watch)
        watcher.start()
        with open("/proc/self/maps") as maps:  # a wheel has a copy of its own
            libgomp = ctypes.CDLL(next(line.split()[-1] for line in maps if "libgomp" in line))
        libgomp.GOMP_parallel(ctypes.CFUNCTYPE(None, ctypes.c_void_p)(body), None, 3, 0)
        over.set()
        watcher.join()
        print(len(right), all(right), most[0] - alone)
        """,
        OMP_NUM_THREADS="3",
        OMP_MAX_ACTIVE_LEVELS="2",
    )
    members, right, more = done.stdout.split()
    assert (members, right) == ("3", "True")
    assert int(more) <= 2 + 1  # two members and the watcher


@pytest.mark.parametrize("library", ["joblib", "dask"])
def test_a_pool_of_threads_of(library: str) -> None:
    pytest.importorskip(library)
    if library == "joblib":
        import joblib

        calls = (joblib.delayed(fa.silu)(X) for _ in range(40))
        results = joblib.Parallel(n_jobs=8, prefer="threads")(calls)
    else:
        import dask

        calls = [dask.delayed(fa.silu, traverse=False)(X) for _ in range(40)]
        results = dask.compute(*calls, scheduler="threads", num_workers=8)
    assert len(results) == 40
    for result in results:
        assert_same(result, WANT)


@pytest.mark.parametrize("module", ["sklearn.cluster", "numba", "torch"])
@pytest.mark.parametrize("first", ["theirs", "ours"])
def test_imported_beside(module: str, first: str) -> None:
    if find_spec(module.split(".")[0]) is None:
        pytest.skip(f"needs {module}")
    theirs, ours = f"import {module}", "import fastact as fa"
    lines = [theirs, ours] if first == "theirs" else [ours, theirs]
    run_python(f"""
        import numpy as np
        {"; ".join(lines)}
        x = np.random.default_rng(0).normal(0, 3, 400_000).astype(np.float32)
        fa.set_num_threads(1)
        one = fa.silu(x)
        fa.set_num_threads(2)
        assert np.array_equal(fa.silu(x), one)
    """)


@linux
def test_a_forkserver() -> None:
    with multiprocessing.get_context("forkserver").Pool(1) as pool:
        assert_same(pool.apply(fa.silu, (X,)), WANT)


def test_memory_shared_with_another_process(tmp_path: Path) -> None:
    path = tmp_path / "shared"
    shared = np.memmap(path, np.float32, "w+", shape=X.shape)
    shared[...] = X
    run_python(f"""
        import numpy as np, fastact as fa
        x = np.memmap({str(path)!r}, np.float32, "r+")
        fa.silu(x, out=x)
    """)
    assert_same(np.array(shared), WANT)


def test_a_limit_of_one_thread_does_not_reach_its_neighbours() -> None:
    before = fa.get_num_threads()

    def work(limit: int) -> bool:
        with fa.num_threads(limit):
            return fa.get_num_threads() == limit and np.array_equal(fa.silu(X), WANT)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, [1, 2, 3, 4] * 20))
    assert fa.get_num_threads() == before
