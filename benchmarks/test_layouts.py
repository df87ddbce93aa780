"""The same views given to both libraries: steps, slices, transposes, channels, short rows."""

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


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 2, shape).astype("float32")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", ["relu", "silu", "sigmoid", "gelu"])
def test_view(name, view, measure, threads):
    x = VIEWS[view](normal(2048, 2048))
    measure(name, f"layout {name} {view} {threads} threads", x)


@pytest.mark.parametrize("length", [1, 7, 16, 50, 100, 200, 255])
@pytest.mark.parametrize("name", ["relu", "gelu"])
def test_short_rows(name, length, measure, threads):
    x = normal(16, 64, 56, 256)[..., :length]
    measure(name, f"layout {name} rows of {length} {threads} threads", x)


def test_prelu_by_column(measure, threads):
    measure("prelu", f"layout prelu columns {threads} threads", normal(2048, 2048), normal(2048))


def test_prelu_by_channel(measure, threads):
    x, a = normal(16, 64, 56, 56), normal(64, 1, 1)
    measure("prelu", f"layout prelu channels {threads} threads", x, a)


@pytest.mark.parametrize("name", ["relu", "silu"])
def test_in_place(name, measure, threads):
    x = normal(2048, 2048)
    measure(name, f"layout {name} in place {threads} threads", x, in_place=True)
