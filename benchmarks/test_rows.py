"""Rows too short for a loop of their own to be cheap, with gaps between: both libraries."""

import pytest


@pytest.mark.parametrize("length", [1, 7, 16, 50, 100, 200, 255])
@pytest.mark.parametrize("name", ["relu", "gelu"])
def test_short_rows(name, length, measure, threads, normal):
    x = normal(16, 64, 56, 256)[..., :length]
    measure(name, f"rows {name} of {length} {threads} threads", x)
