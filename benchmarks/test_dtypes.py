"""Integers and halves, which are converted on the way, contiguous and in views."""

import numpy as np
import pytest

VIEWS = {
    "": lambda x: x,
    "[:, ::2]": lambda x: x[:, ::2],
    "[:, :1000]": lambda x: x[:, :1000],
    ".T": lambda x: x.T,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    ("name", "dtype"),
    [("tanh", "int32"), ("sigmoid", "int8"), ("gelu", "float16"), ("relu", "float16")],
)
def test_dtype(name, dtype, view, measure, threads):
    x = np.random.default_rng(1).normal(0, 3, (2048, 2048)).astype(dtype)
    measure(name, f"dtype {name} {dtype}{view} {threads} threads", VIEWS[view](x))
