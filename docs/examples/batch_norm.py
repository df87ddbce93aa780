"""Batch normalisation after training, folded into the activation, beside PyTorch.

With its statistics fixed, batch normalisation is an affine map per channel. `fa.affine` applies it
and the activation behind it in one pass over memory; `fa.affine_backward` gives the gradients.
"""

from time import perf_counter

import numpy as np
import torch
import torch.nn.functional as F

import fastact as fa

IMAGES, CHANNELS, SIZE = 32, 64, 56


def folded(norm: torch.nn.BatchNorm2d) -> tuple[np.ndarray, np.ndarray]:
    """Return the factor and the shift of each channel."""
    gamma, beta, mean, variance = (
        t.detach().numpy()[:, np.newaxis, np.newaxis]
        for t in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
    )
    scale = gamma / np.sqrt(variance + np.float32(norm.eps))
    return scale, beta - mean * scale


def make_norm(rng: np.random.Generator) -> torch.nn.BatchNorm2d:
    """Return a layer as training leaves it."""
    norm = torch.nn.BatchNorm2d(CHANNELS).eval()
    with torch.no_grad():
        for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            tensor.copy_(torch.from_numpy(rng.uniform(0.5, 1.5, CHANNELS)))
    return norm


def milliseconds(call, *arguments) -> float:
    """Return the milliseconds of the shortest of several calls."""
    times = []
    for _ in range(5):
        start = perf_counter()
        call(*arguments)
        times.append(perf_counter() - start)
    return 1e3 * min(times)


def figures() -> dict[str, float]:
    """Return how far the two are apart, and what each takes."""
    rng = np.random.default_rng(0)
    norm = make_norm(rng)
    scale, shift = folded(norm)
    x = rng.normal(size=(IMAGES, CHANNELS, SIZE, SIZE)).astype(np.float32)
    g = rng.normal(size=x.shape).astype(np.float32)

    tensor = torch.from_numpy(x).requires_grad_()
    y = F.silu(norm(tensor))
    y.backward(torch.from_numpy(g))
    ours = fa.affine(fa.silu, x, scale, shift)
    gx, _, gshift = fa.affine_backward(fa.silu, g, x, scale, shift)

    def in_torch() -> None:
        with torch.no_grad():
            F.silu(norm(tensor), inplace=True)

    return {
        "largest difference, value": np.abs(ours - y.detach().numpy()).max(),
        "largest difference, gradient": np.abs(gx - tensor.grad.numpy()).max(),
        "relative difference, gradient by the bias": np.abs(
            gshift.ravel() / norm.bias.grad.numpy() - 1
        ).max(),
        "silu alone, ms": milliseconds(fa.silu, x),
        "affine and silu, ms": milliseconds(fa.affine, fa.silu, x, scale, shift),
        "PyTorch, ms": milliseconds(in_torch),
    }


if __name__ == "__main__":
    for name, value in figures().items():
        print(f"{name:42} {value:.3g}")
