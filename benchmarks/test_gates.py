"""Gates beside PyTorch and JAX: packed rows of 64 to 32,768, forward and backward, in one process.

JAX has one pool of threads for the process: it stands beside one thread where the process may use
one CPU alone (``taskset -c 0``). The last test holds swiglu against what memory can do.
"""

import time

import numpy as np
import pytest

import fastact as fa

try:
    import torch
except ImportError:
    torch = None
try:
    import jax
    from jax import numpy as jnp
except ImportError:
    jax = None

LENGTHS = [64, 256, 1024, 4096, 32_768]
ELEMENTS = {"cache": 1 << 16, "memory": 1 << 25}


def packed(where: str, length: int) -> np.ndarray:
    shape = ELEMENTS[where] // length, length
    return np.random.default_rng(1).normal(0, 1, shape).astype("float32")


def in_fastact(name: str, form: str, x: np.ndarray, g: np.ndarray):
    gate = getattr(fa, name)
    if form == "forward":
        return lambda: fa.gated(gate, x)
    return lambda: fa.gated_backward(gate, g, x)


def in_torch(name: str, form: str, x: np.ndarray, g: np.ndarray):
    x, g = torch.from_numpy(x), torch.from_numpy(g)
    silu = torch.nn.functional.silu

    def swiglu_backward():
        a, b = x.chunk(2, -1)
        return torch.cat([torch.ops.aten.silu_backward(g * b, a), g * silu(a)], -1)

    def swiglu():
        a, b = x.chunk(2, -1)
        return silu(a) * b

    return {
        ("glu", "forward"): lambda: torch.nn.functional.glu(x),
        ("glu", "backward"): lambda: torch.ops.aten.glu_backward(g, x, -1),
        ("swiglu", "forward"): swiglu,
        ("swiglu", "backward"): swiglu_backward,
    }[name, form]


def in_jax(name: str, form: str, x: np.ndarray, g: np.ndarray):
    def gate(x):
        a, b = jnp.split(x, 2, -1)
        return a * jax.nn.sigmoid(b) if name == "glu" else jax.nn.silu(a) * b

    x, g = jnp.asarray(x), jnp.asarray(g)
    if form == "forward":
        function, operands = jax.jit(gate), (x,)
    else:
        function, operands = jax.jit(lambda g, x: jax.vjp(gate, x)[1](g)[0]), (g, x)
    return lambda: function(*operands).block_until_ready()


@pytest.mark.parametrize("library", ["fastact", "torch", "jax"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("where", ELEMENTS)
@pytest.mark.parametrize("form", ["forward", "backward"])
@pytest.mark.parametrize("name", ["glu", "swiglu"])
def test_rows(name, form, where, length, library, threads, benchmark):
    if {"torch": torch, "jax": jax}.get(library, fa) is None:
        pytest.skip(f"{library} is not installed")
    x = packed(where, length)
    g = np.ones((x.shape[0], length // 2), np.float32)
    benchmark.group = f"gates {name} {form} {where} rows of {length} {threads} threads"
    make = {"fastact": in_fastact, "torch": in_torch, "jax": in_jax}[library]
    call = make(name, form, x, g)
    if torch is None:
        benchmark(call)
    else:
        with torch.inference_mode():
            benchmark(call)


def test_share_of_memory(benchmark):
    """Swiglu of a packed (4096, 22016) array beside streams of the same bytes."""
    x = np.random.default_rng(1).normal(0, 1, (4096, 22_016)).astype("float32")
    out = np.empty((4096, 11_008), "float32")
    whole, twin = x.reshape(-1)[: 3 * out.size // 2], np.empty(3 * out.size // 2, "float32")
    calls = {
        "swiglu": lambda: fa.gated(fa.swiglu, x, out=out),
        "bilinear": lambda: fa.gated(fa.bilinear, x, out=out),
        "identity": lambda: fa.identity(whole, out=twin),
    }
    best = dict.fromkeys(calls, np.inf)
    for _ in range(25 if benchmark.enabled else 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            best[name] = min(best[name], time.perf_counter() - start)
    benchmark.group = "gates memory"
    benchmark(calls["swiglu"])
    limit = min(best["bilinear"], best["identity"])
    benchmark.extra_info |= {f"{name} GB/s": 12 * out.size / s / 1e9 for name, s in best.items()}
    benchmark.extra_info["share of the streaming limit"] = limit / best["swiglu"]
