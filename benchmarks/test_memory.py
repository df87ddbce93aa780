"""128 MB, far beyond the last cache: every function beside copies of the same traffic.

A plain copy reads what it overwrites; one with non-temporal stores, as fastact's identity, is what
memory can do. Functions that stay behind it are bound by their arithmetic.
"""

import numpy as np
import pytest

import fastact as fa
from fastact import _ufuncs

SIZE = 32_000_000


@pytest.mark.parametrize("name", ["relu", "sigmoid", "gelu"])
def test_fresh(name, measure, threads, normal):
    measure(name, f"memory fresh {name} {threads} threads", normal(SIZE))


@pytest.mark.parametrize("name", _ufuncs.ACTIVATIONS)
def test_every_function(name, benchmark, normal):
    benchmark.group = "memory value"
    benchmark(getattr(fa, name), normal(SIZE), out=np.empty(SIZE, "float32"))


@pytest.mark.parametrize("name", ["identity", "relu", "silu", "gelu", "mish"])
def test_value_and_grad(name, benchmark, normal):
    benchmark.group = "memory value and grad"
    out = np.empty(SIZE, "float32"), np.empty(SIZE, "float32")
    benchmark(getattr(fa, f"{name}_value_and_grad"), normal(SIZE), out=out)


@pytest.mark.parametrize("name", ["identity", "relu", "silu", "gelu", "mish"])
def test_backward(name, benchmark, normal):
    benchmark.group = "memory backward"
    g, x, out = normal(SIZE), normal(SIZE), np.empty(SIZE, "float32")
    benchmark(getattr(fa, f"{name}_backward"), g, x, out=out)
