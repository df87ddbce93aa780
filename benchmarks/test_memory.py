"""Functions on 128 MB, far beyond the last cache: the speed of memory."""

import numpy as np
import pytest


@pytest.mark.parametrize("name", ["relu", "sigmoid", "gelu"])
def test_in_memory(name, measure, threads):
    x = np.random.default_rng(1).normal(0, 2, 32_000_000).astype("float32")
    measure(name, x, f"memory {name} {threads} threads")
