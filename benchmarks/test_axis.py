"""Functions along an axis beside PyTorch and JAX: long and short rows, in cache and in memory.

In cache the arrays have 65,536 elements; in memory 16 million, and every result is a fresh array.
JAX takes as many threads as it likes: leave it out of comparisons on one thread, or set
XLA_FLAGS=--xla_cpu_multi_thread_eigen=false before.
"""

import numpy as np
import pytest

import fastact as fa

LENGTHS = [64, 512, 4096, 32_768]
FUNCTIONS = ["softmax", "log_softmax", "softmax_backward", "log_softmax_backward", "logsumexp"]
SHAPES = {  # where the axis is not the last
    "rows of a matrix": ((1000, 256), 0),
    "channels": ((8, 21, 64, 64), 1),
    "middle": ((100, 1000, 10), 1),
}


def torch_call(name, axis, arrays):
    torch = pytest.importorskip("torch")
    tensors = [torch.from_numpy(a) for a in arrays]
    if name.endswith("_backward"):
        function = getattr(torch, f"_{name}_data")
        return lambda: function(*tensors, axis, torch.float32)
    return lambda: getattr(torch, name)(*tensors, axis)


def jax_call(name, axis, arrays):
    jax = pytest.importorskip("jax")
    functions = {
        "softmax": lambda x: jax.nn.softmax(x, axis),
        "log_softmax": lambda x: jax.nn.log_softmax(x, axis),
        "logsumexp": lambda x: jax.nn.logsumexp(x, axis),
        "softmax_backward": lambda g, y: y * (g - (g * y).sum(axis, keepdims=True)),
        "log_softmax_backward": lambda g, y: g - jax.numpy.exp(y) * g.sum(axis, keepdims=True),
    }
    compiled = jax.jit(functions[name])
    there = [jax.numpy.asarray(a) for a in arrays]
    return lambda: compiled(*there).block_until_ready()


def fastact_call(name, axis, arrays):
    return lambda: getattr(fa, name)(*arrays, axis=axis)


LIBRARIES = {"fastact": fastact_call, "torch": torch_call, "jax": jax_call}


def operands(name, shape, axis):
    rng = np.random.default_rng(1)
    x, g = (rng.normal(0, 2, shape).astype("float32") for _ in range(2))
    if not name.endswith("_backward"):
        return [x]
    return [g, getattr(fa, name.removesuffix("_backward"))(x, axis=axis)]


def run(benchmark, library, name, shape, axis, group):
    benchmark.group = group
    call = LIBRARIES[library](name, axis, operands(name, shape, axis))
    benchmark(call)
    if benchmark.enabled:
        benchmark.extra_info["ns_per_element"] = benchmark.stats.stats.min / np.prod(shape) * 1e9


@pytest.fixture(params=LIBRARIES)
def library(request):
    return request.param


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_in_cache(name, length, library, benchmark, threads):
    shape = (65_536 // length, length)
    run(benchmark, library, name, shape, -1, f"axis {name} rows of {length} {threads} threads")


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_in_memory(name, length, library, benchmark, threads):
    group = f"axis {name} rows of {length} in memory {threads} threads"
    run(benchmark, library, name, (2**24 // length, length), -1, group)


@pytest.mark.parametrize("where", SHAPES)
@pytest.mark.parametrize("name", ["softmax", "softmax_backward"])
def test_other_axes(name, where, library, benchmark, threads):
    shape, axis = SHAPES[where]
    run(benchmark, library, name, shape, axis, f"axis {name} {where} {threads} threads")


@pytest.mark.parametrize("length", [1_000_000, 10_000_000])
def test_one_long_row(length, library, benchmark, threads):
    group = f"axis softmax one row of {length} {threads} threads"
    run(benchmark, library, "softmax", (length,), -1, group)
