"""More elements than a 32-bit count holds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import fastact as fa

COUNT = 2**31 + 77


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 2])
def test_one_element_repeated(count: int, threads: Callable[[int], None]) -> None:
    threads(count)
    x = np.broadcast_to(np.float16(1.5), COUNT)
    out = np.zeros(COUNT + 1, np.float16)  # 4 GiB
    fa.silu(x, out=out[:-1])
    want = fa.silu(x[:1])[0]
    for start in range(0, COUNT, 1 << 28):
        assert (out[start : min(start + (1 << 28), COUNT)] == want).all()
    assert out[COUNT] == 0


@pytest.mark.slow
def test_one_byte_repeated_in_rows(threads: Callable[[int], None]) -> None:
    threads(2)
    x = np.broadcast_to(np.int8(3), (2**16 + 1, 2**15 + 1))  # no axis is long
    assert x.size > 2**31
    got = fa.relu(x, out=np.zeros(x.shape, np.float32), casting="unsafe")
    assert np.array_equal(np.count_nonzero(got == 3, axis=1), np.full(2**16 + 1, 2**15 + 1))
