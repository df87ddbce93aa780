"""What the benchmarks share: threads set alike, data, and PyTorch where it is installed.

The name of a benchmark says nothing of the machine, so that runs of two commits can be compared.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import numpy as np
import pytest

import fastact as fa

try:
    import torch
except ImportError:
    torch = None

# fastact's name -> PyTorch's function.
TORCH = {
    "relu": lambda x: torch.nn.functional.relu(x),
    "leaky_relu": lambda x: torch.nn.functional.leaky_relu(x),
    "hard_swish": lambda x: torch.nn.functional.hardswish(x),
    "sigmoid": lambda x: torch.sigmoid(x),
    "tanh": lambda x: torch.tanh(x),
    "silu": lambda x: torch.nn.functional.silu(x),
    "elu": lambda x: torch.nn.functional.elu(x),
    "gelu": lambda x: torch.nn.functional.gelu(x),
    "gelu_tanh": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
    "mish": lambda x: torch.nn.functional.mish(x),
    "softplus": lambda x: torch.nn.functional.softplus(x),
    "silu_backward": lambda g, x: torch.ops.aten.silu_backward(g, x),
    "prelu": lambda x, a: torch.nn.functional.prelu(x, a.flatten()),
}

IN_PLACE = {
    "relu": lambda x: torch.relu_(x),
    "silu": lambda x: torch.nn.functional.silu(x, inplace=True),
}


def pytest_configure(config: pytest.Config) -> None:
    """Time here what the test suite skips."""
    config.option.benchmark_skip = False


@pytest.fixture(params=["fastact", "torch"])
def library(request: pytest.FixtureRequest) -> str:
    if request.param == "torch" and torch is None:
        pytest.skip("PyTorch is not installed")
    return request.param


@contextmanager
def _threads(count: int) -> Iterator[int]:
    """Set the threads of both libraries."""
    before = fa.get_num_threads()
    fa.set_num_threads(count)
    if torch is not None:
        torch.set_num_threads(count)
    yield count
    fa.set_num_threads(before)


@pytest.fixture
def one_thread() -> Iterator[int]:
    with _threads(1) as count:
        yield count


@pytest.fixture(params=[1, None], ids=["1-thread", "all-threads"])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    with _threads(request.param or fa.get_num_threads()) as count:
        yield count


@pytest.fixture
def normal() -> Callable[..., np.ndarray]:
    """Makes arrays of a shape: normally distributed, of standard deviation 2, always the same."""

    def make(*shape: int, dtype: str = "float32") -> np.ndarray:
        return _normal(shape, dtype).copy()

    return make


@lru_cache(maxsize=2)
def _normal(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 2, shape).astype(dtype)


@pytest.fixture
def measure(library, benchmark):
    """Times one function on arrays; the group puts the libraries side by side."""

    def run(name: str, group: str, *operands: np.ndarray, in_place: bool = False) -> None:
        benchmark.group = group
        if library == "fastact":
            out = {"out": operands[0]} if in_place else {}
            benchmark(getattr(fa, name), *operands, **out)
        else:
            function = IN_PLACE[name] if in_place else TORCH[name]
            with torch.inference_mode():
                benchmark(function, *map(torch.from_numpy, operands))
        if benchmark.enabled:
            benchmark.extra_info["ns_per_element"] = (
                benchmark.stats.stats.min / operands[0].size * 1e9
            )

    return run
