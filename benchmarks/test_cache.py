"""Functions on 65,536 float32 or float64 elements, which stay in the second cache."""

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
def test_in_cache(name, dtype, measure, one_thread, normal):
    measure(name, f"cache {name} {dtype}", normal(65_536, dtype=dtype))
