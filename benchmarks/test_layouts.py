"""The same views given to both libraries: steps, slices, transposes, channels, in place."""

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
@pytest.mark.parametrize("name", ["relu", "silu", "sigmoid", "gelu"])
def test_view(name, view, measure, threads, normal):
    x = VIEWS[view](normal(2048, 2048))
    measure(name, f"layout {name} {view} {threads} threads", x)


def test_prelu_by_column(measure, threads, normal):
    measure("prelu", f"layout prelu columns {threads} threads", normal(2048, 2048), normal(2048))


def test_prelu_by_channel(measure, threads, normal):
    x, a = normal(16, 64, 56, 56), normal(64, 1, 1)
    measure("prelu", f"layout prelu channels {threads} threads", x, a)


def test_prelu_by_last_channel(measure, threads, normal):
    x, a = normal(16 * 56 * 56, 64), normal(64)
    measure("prelu", f"layout prelu last channels {threads} threads", x, a)


@pytest.mark.parametrize("side", [2000, 2048])
def test_operands_across_each_other(side, measure, threads, normal):
    g, x = normal(side, side), normal(side, side).T
    measure("silu_backward", f"layout silu_backward g, x.T {side} {threads} threads", g, x)


@pytest.mark.parametrize("name", ["relu", "silu"])
def test_in_place(name, measure, threads, normal):
    x = normal(2048, 2048)
    measure(name, f"layout {name} in place {threads} threads", x, in_place=True)
