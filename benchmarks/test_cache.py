"""Functions on 65,536 float32 or float64 elements, which stay in the second cache."""

import numpy as np
import pytest

NAMES = [
    "relu",
    "leaky_relu",
    "hard_swish",
    "sigmoid",
    "tanh",
    "silu",
    "elu",
    "gelu",
    "gelu_tanh",
    "mish",
    "softplus",
]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", NAMES)
def test_in_cache(name, dtype, measure, threads):
    if threads > 1:
        pytest.skip("one thread's work")
    x = np.random.default_rng(1).normal(0, 2, 65_536).astype(dtype)
    measure(name, f"cache {name} {dtype}", x)
