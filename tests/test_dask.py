"""Blocks on other processes: dask arrays, `dask.distributed` workers, Zarr arrays beyond memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cases import ACTIVATIONS, CASES, Case, assert_same, form, outputs, run_python, sample

import fastact as fa

da = pytest.importorskip("dask.array")
distributed = pytest.importorskip("dask.distributed")
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux only")

SHAPE, CHUNKS = (60, 40), (17, 13)


@pytest.fixture(scope="module")
def client() -> Iterator[object]:
    """Two processes of two threads."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=2, processes=True, dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def lazily(case: Case, arrays: list[np.ndarray]) -> tuple[object, ...]:
    """Return the results of a case as dask arrays."""
    lazy = [da.from_array(array, chunks=CHUNKS) for array in arrays]
    if case.ufunc.nout == 1:
        return (case.ufunc(*lazy),)
    defaults = case.parameters.values()
    inputs, results = (",".join(["()"] * count) for count in (case.ufunc.nin, case.ufunc.nout))
    return da.apply_gufunc(case.ufunc, f"{inputs}->{results}", *lazy, *np.array([*defaults], "f4"))


def test_every_form_on_workers(client: object) -> None:
    arrays = {case: sample(case, SHAPE) for case in CASES}
    lazy = {case: lazily(case, arrays[case]) for case in CASES}
    assert all(isinstance(y, da.Array) for results in lazy.values() for y in results)
    flat = client.compute([y for results in lazy.values() for y in results])
    with np.errstate(over="ignore"):
        want = [y for case in CASES for y in outputs(case.ufunc(*arrays[case]))]
    for got, y in zip(client.gather(flat), want, strict=True):
        assert_same(got, y)


@pytest.mark.parametrize("scheduler", ["threads", "processes", "synchronous"])
def test_schedulers(scheduler: str) -> None:
    x = np.random.default_rng(0).normal(0, 3, (400, 300)).astype(np.float32)
    lazy = fa.leaky_relu(da.from_array(x, chunks=100), negative_slope=0.25)
    assert_same(lazy.compute(scheduler=scheduler), fa.leaky_relu(x, 0.25))


def test_functions_travel_by_name(client: object) -> None:
    x = np.linspace(-3, 3, 50)
    arrays = [[x] * row["arrays"] for row in ACTIVATIONS.values()]
    ufuncs = [form(name, "value") for name in ACTIVATIONS]
    found = client.gather(client.map(lambda f, operands: (f, f(*operands)), ufuncs, arrays))
    for ufunc, operands, (same, y) in zip(ufuncs, arrays, found, strict=True):
        assert same is ufunc
        assert_same(y, ufunc(*operands))


def test_a_worker_has_one_thread_for_each_of_its_own(client: object) -> None:
    # dask starts them with OMP_NUM_THREADS=1.
    assert set(client.run(fa.get_num_threads).values()) == {1}


def test_a_worker_with_more_threads() -> None:
    with (
        distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            dashboard_address=":0",
            env={"FASTACT_NUM_THREADS": "3"},
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        assert set(client.run(fa.get_num_threads).values()) == {3}
        x = np.linspace(-3, 3, 500_000)
        assert_same(client.submit(fa.silu, x).result(), fa.silu(x))


@linux
def test_an_array_larger_than_what_is_held(tmp_path: Path) -> None:
    pytest.importorskip("zarr")
    done = run_python(
        f"""
        import re, dask, dask.array as da, numpy as np, zarr, fastact as fa
        folder = {str(tmp_path)!r}
        x = zarr.open(
            folder + "/x.zarr", mode="w", shape=(160, 1 << 18), chunks=(1, 1 << 18), dtype="f4")
        for row in range(160):
            x[row] = np.random.default_rng(row).normal(0, 3, 1 << 18).astype("f4")
        def held():  # at the most until now; getrusage would count the parent's memory, too
            with open("/proc/self/status") as status:
                return int(re.search(r"VmHWM:\\s*(\\d+) kB", status.read())[1]) * 1024
        before = held()
        with dask.config.set(scheduler="threads", num_workers=2):
            fa.mish(da.from_zarr(folder + "/x.zarr")).to_zarr(folder + "/y.zarr")
        print(held() - before, x.nbytes)
        y = zarr.open(folder + "/y.zarr", mode="r")
        print(all(np.array_equal(y[row], fa.mish(x[row])) for row in range(160)))
        """
    )
    more, whole, right = done.stdout.split()
    assert right == "True"
    assert int(more) < int(whole) / 2
