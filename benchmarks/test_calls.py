"""What a call costs: 1 to 100 elements, beside numpy.exp."""

import numpy as np
import pytest

import fastact as fa


@pytest.mark.parametrize("size", [1, 10, 100])
@pytest.mark.parametrize("name", ["exp", "relu", "leaky_relu", "gelu"])
def test_small_call(name, size, benchmark):
    x = np.random.default_rng(1).normal(size=size).astype("float32")
    benchmark.group = f"call {size}"
    benchmark(np.exp if name == "exp" else getattr(fa, name), x)
