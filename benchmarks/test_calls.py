"""What a call costs: 1 to 100 elements, beside numpy.exp and PyTorch."""

import numpy as np
import pytest


@pytest.mark.parametrize("size", [1, 10, 100])
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "gelu"])
def test_small_call(name, size, measure, one_thread, normal):
    measure(name, f"call {size}", normal(size))


@pytest.mark.parametrize("size", [1, 10, 100])
def test_numpy_exp(size, benchmark, normal):
    benchmark.group = f"call {size}"
    benchmark(np.exp, normal(size))
