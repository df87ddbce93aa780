"""All threads against one in the same table: contiguous and sliced arrays that stay in cache."""

import numpy as np
import pytest

import fastact as fa


@pytest.mark.parametrize("kind", ["contiguous", "sliced"])
@pytest.mark.parametrize("size", [1_000, 10_000, 30_000, 100_000, 300_000, 1_000_000])
@pytest.mark.parametrize("name", ["relu", "gelu", "mish"])
def test_scaling(name, size, kind, threads, benchmark, normal):
    x = normal(2 * size)
    x = x[:size] if kind == "contiguous" else x[::2]
    benchmark.group = f"threads {name} {kind} {size}"
    benchmark(getattr(fa, name), x, out=np.empty(size, "float32"))
