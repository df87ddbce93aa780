"""Integers and halves, which are converted on the way, contiguous and in views."""

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
def test_dtype(name, dtype, view, measure, threads, normal):
    x = normal(2048, 2048, dtype=dtype)
    measure(name, f"dtype {name} {dtype}{view} {threads} threads", VIEWS[view](x))
