"""What the benchmarks share: threads set alike, data, and PyTorch where it is installed."""

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
}


def pytest_configure(config: pytest.Config) -> None:
    """Time here what the test suite skips."""
    config.option.benchmark_skip = False


@pytest.fixture(params=["fastact", "torch"])
def library(request: pytest.FixtureRequest) -> str:
    if request.param == "torch" and torch is None:
        pytest.skip("PyTorch is not installed")
    return request.param


@pytest.fixture(params=[1, None], ids=["1-thread", "all-threads"])
def threads(request: pytest.FixtureRequest) -> int:
    count = request.param or fa.get_num_threads()
    before = fa.get_num_threads()
    fa.set_num_threads(count)
    if torch is not None:
        torch.set_num_threads(count)
    yield count
    fa.set_num_threads(before)


@pytest.fixture
def measure(library, benchmark):
    """Times one function on one array; the group puts the libraries side by side."""

    def run(name: str, x: np.ndarray, group: str) -> None:
        benchmark.group = group
        if library == "fastact":
            ufunc = getattr(fa, name)
            benchmark(ufunc, x)
        else:
            with torch.inference_mode():
                benchmark(TORCH[name], torch.from_numpy(x))
        benchmark.extra_info["ns_per_element"] = benchmark.stats.stats.min / x.size * 1e9

    return run
