"""128 MB, far beyond the last cache: every function beside copies of the same traffic.

A plain copy reads what it overwrites; one with non-temporal stores, as fastact's identity, is what
memory can do. Functions that stay behind it are bound by their arithmetic.
"""

import numpy as np
import pytest

import fastact as fa
from fastact import _ufuncs

SIZE = 32_000_000


def normal() -> np.ndarray:
    return np.random.default_rng(1).normal(0, 2, SIZE).astype("float32")


@pytest.mark.parametrize("name", ["relu", "sigmoid", "gelu"])
def test_fresh(name, measure, threads):
    measure(name, f"memory fresh {name} {threads} threads", normal())


@pytest.mark.parametrize("name", _ufuncs.ACTIVATIONS)
def test_every_function(name, benchmark):
    benchmark.group = "memory value"
    benchmark(getattr(fa, name), normal(), out=np.empty(SIZE, "float32"))


@pytest.mark.parametrize("name", ["identity", "relu", "silu", "gelu", "mish"])
def test_value_and_grad(name, benchmark):
    benchmark.group = "memory value and grad"
    out = np.empty(SIZE, "float32"), np.empty(SIZE, "float32")
    benchmark(getattr(fa, f"{name}_value_and_grad"), normal(), out=out)


@pytest.mark.parametrize("name", ["identity", "relu", "silu", "gelu", "mish"])
def test_backward(name, benchmark):
    benchmark.group = "memory backward"
    benchmark(getattr(fa, f"{name}_backward"), normal(), normal(), out=np.empty(SIZE, "float32"))
