"""The feed-forward block of a transformer, forward and backward in NumPy, checked against PyTorch.

Two variants: gelu(x W1 + b1) W2 + b2, as in GPT-2 and BERT, and (silu(x G) * (x U)) D, as in Llama,
with G and U packed into one matrix.
"""

from collections.abc import Callable
from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F

import fastact as fa

TOKENS, WIDTH, HIDDEN = 256, 256, 1024

Arrays = list[np.ndarray]


def gelu_block(x: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray):
    """Return the output, and the function from its gradient to those of all arguments."""
    z = x @ w1 + b1
    hidden = fa.gelu(z)

    def backward(g: np.ndarray) -> Arrays:
        gz = g @ w2.T
        fa.gelu_backward(gz, z, out=gz)
        return [gz @ w1.T, x.T @ gz, gz.sum(axis=0), hidden.T @ g, g.sum(axis=0)]

    return hidden @ w2 + b2, backward


def swiglu_block(x: np.ndarray, gate_up: np.ndarray, down: np.ndarray):
    """Return the output, and the function from its gradient to those of all arguments."""
    z = x @ gate_up
    hidden = fa.gated(fa.swiglu, z)  # silu of the first half, times the second; nothing is copied

    def backward(g: np.ndarray) -> Arrays:
        gz = fa.gated_backward(fa.swiglu, g @ down.T, z)
        return [gz @ gate_up.T, x.T @ gz, hidden.T @ g]

    return hidden @ down, backward


def torch_gelu_block(x, w1, b1, w2, b2):
    """Return the same in PyTorch."""
    return F.gelu(x @ w1 + b1) @ w2 + b2


def torch_swiglu_block(x, gate_up, down):
    """Return the same in PyTorch."""
    gate, up = (x @ gate_up).chunk(2, dim=-1)
    return (F.silu(gate) * up) @ down


def run(block: Callable, arrays: Arrays, g: np.ndarray) -> Arrays:
    """Return the output of a block and all gradients."""
    y, backward = block(*arrays)
    return [y, *backward(g)]


def run_torch(block: Callable, arrays: Arrays, g: np.ndarray) -> Arrays:
    """Return the same by PyTorch's autograd."""
    tensors = [torch.from_numpy(a).requires_grad_() for a in arrays]
    y = block(*tensors)
    y.backward(torch.from_numpy(g))
    return [y.detach().numpy(), *(t.grad.numpy() for t in tensors)]


def shortest(call: Callable, *arguments: object) -> float:
    """Return the milliseconds of the shortest of several calls."""

    def once() -> float:
        start = perf_counter()
        call(*arguments)
        return perf_counter() - start

    return 1e3 * min(once() for _ in range(5))


def figures() -> dict[str, float]:
    """Return how far the two are apart, relative to the largest number, and what each takes."""
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> np.ndarray:
        return rng.normal(0, shape[0] ** -0.5, shape).astype(np.float32)

    x, g = draw(TOKENS, WIDTH) * TOKENS**0.5, draw(TOKENS, WIDTH)
    blocks = {
        "gelu": (
            *(gelu_block, torch_gelu_block),
            [x, draw(WIDTH, HIDDEN), draw(HIDDEN), draw(HIDDEN, WIDTH), draw(WIDTH)],
        ),
        "swiglu": (
            *(swiglu_block, torch_swiglu_block),
            [x, draw(WIDTH, 2 * HIDDEN), draw(HIDDEN, WIDTH)],
        ),
    }
    found = {}
    for name, (block, peer, arrays) in blocks.items():
        ours, theirs = run(block, arrays, g), run_torch(peer, arrays, g)
        found[f"{name} block, largest difference"] = max(
            np.abs(a - b).max() / np.abs(b).max() for a, b in zip(ours, theirs, strict=True)
        )
        found[f"{name} block, NumPy and fastact, ms"] = shortest(run, block, arrays, g)
        found[f"{name} block, PyTorch, ms"] = shortest(run_torch, peer, arrays, g)
    return found


if __name__ == "__main__":
    for name, value in figures().items():
        print(f"{name:40} {value:.3g}")
