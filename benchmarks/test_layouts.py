"""The same views given to both libraries: steps, slices, transposes."""

import numpy as np
import pytest

VIEWS = {
    "[:, ::2]": lambda x: x[:, ::2],
    "[:, :1000]": lambda x: x[:, :1000],
    ".T": lambda x: x.T,
    "[::2]": lambda x: x[::2],
    "[:, 0:2000:4]": lambda x: x[:, 0:2000:4],
    "[:, :50]": lambda x: x[:, :50],
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["relu", "gelu"])
def test_view(name, view, measure, threads):
    x = np.random.default_rng(1).normal(0, 2, (2048, 2048)).astype("float32")
    measure(name, VIEWS[view](x), f"layout {name} {view} {threads} threads")
