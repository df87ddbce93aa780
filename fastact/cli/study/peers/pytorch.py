"""PyTorch: its functionals, and the kernels behind its autograd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastact.cli.study.peers.base import (
    QUICK,
    ROOT_2,
    SELU_ALPHA,
    SELU_SCALE,
    Call,
    Operation,
    Peer,
)

__all__ = ["Torch"]


class Torch(Peer):
    """PyTorch: its functionals, and the kernels that its autograd calls for the backward form.

    Sigmoid's and tanh's backward get the saved output, as in training, for nothing.
    """

    name = "torch"

    def __init__(self) -> None:
        """Import the library."""
        import torch
        import torch.nn.functional as F

        self._torch = torch
        aten = torch.ops.aten
        one = torch.ones(())
        self._value: Mapping[str, Callable[[Any], Any]] = {
            "identity": torch.clone,
            "binary_step": lambda x: (x >= 0).to(x.dtype),
            "sigmoid": torch.sigmoid,
            "tanh": torch.tanh,
            "relu": torch.relu,
            "leaky_relu": F.leaky_relu,
            "prelu": lambda x: F.prelu(x, 0.25 * one.to(x.dtype)),
            "relu6": F.relu6,
            "hard_tanh": F.hardtanh,
            "elu": F.elu,
            "selu": F.selu,
            "celu": F.celu,
            "gelu": F.gelu,
            "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
            "quick_gelu": lambda x: x * torch.sigmoid(QUICK * x),
            "silu": F.silu,
            "swish": lambda x: x * torch.sigmoid(1.0 * x),
            "mish": F.mish,
            "softplus": F.softplus,
            "log_sigmoid": F.logsigmoid,
            "softsign": F.softsign,
            "hard_sigmoid": F.hardsigmoid,
            "hard_swish": F.hardswish,
            "hard_shrink": F.hardshrink,
            "soft_shrink": F.softshrink,
            "tanh_shrink": F.tanhshrink,
            "threshold": lambda x: F.threshold(x, 1.0, 0.0),
            "squared_relu": lambda x: torch.relu(x).square(),
            "shrink": F.hardshrink,
            "sparse_plus": lambda x: torch.where(x > 1, x, ((x + 1).clamp(0, 2) / 2).square()),
            "sparse_sigmoid": lambda x: ((x + 1) / 2).clamp(0, 1),
            "smelu": lambda x: torch.where(x > 1, x, ((x + 1).clamp(0, 2) / 2).square()),
            "star_relu": lambda x: 0.8944 * torch.relu(x).square() - 0.4472,
            "hard_mish": lambda x: 0.5 * x * (x + 2).clamp(0, 2),
            "squareplus": lambda x: (x + torch.sqrt(x * x + 4)) / 2,
            "isru": lambda x: x * torch.rsqrt(1 + x * x),
            "isrlu": lambda x: torch.where(x > 0, x, x * torch.rsqrt(1 + x * x)),
            "softcap": lambda x: 30 * torch.tanh(x / 30),
            "dyt": lambda x: torch.tanh(0.5 * x),
            "lisht": lambda x: x * torch.tanh(x),
            "log_cosh": lambda x: torch.log(torch.cosh(x)),
            "tanh_exp": lambda x: x * torch.tanh(torch.exp(x)),
            "acon_c": lambda x: x * torch.sigmoid(1.0 * x),
            "aptx": lambda x: (1 + torch.tanh(x)) * 0.5 * x,
            "xielu": lambda x: torch.where(
                x > 0,
                0.8 * x * x + 0.5 * x,
                0.8 * (torch.expm1(x.clamp(max=-1e-6)) - x) + 0.5 * x,
            ),
            "erf": torch.erf,
            "ndtr": torch.special.ndtr,
            "laplace": lambda x: 0.5 * (1 + torch.erf((x - 0.707107) / (0.282095 * ROOT_2))),
            "log_ndtr": torch.special.log_ndtr,
            "gaussian": lambda x: torch.exp(-0.5 * x * x),
            "clipped_gelu": lambda x: F.gelu(x).clamp(-10, 10),
        }
        # From g, x and the saved output y.
        self._backward: Mapping[str, Callable[[Any, Any, Any], Any]] = {
            "identity": lambda g, x, y: g.clone(),  # autograd gives g itself
            "sigmoid": lambda g, x, y: aten.sigmoid_backward(g, y),
            "tanh": lambda g, x, y: aten.tanh_backward(g, y),
            "relu": lambda g, x, y: aten.threshold_backward(g, y, 0),
            "leaky_relu": lambda g, x, y: aten.leaky_relu_backward(g, x, 0.01, False),
            "relu6": lambda g, x, y: aten.hardtanh_backward(g, x, 0.0, 6.0),
            "hard_tanh": lambda g, x, y: aten.hardtanh_backward(g, x, -1.0, 1.0),
            "elu": lambda g, x, y: aten.elu_backward(g, 1.0, 1.0, 1.0, False, x),
            "selu": lambda g, x, y: aten.elu_backward(g, SELU_ALPHA, SELU_SCALE, 1.0, False, x),
            "celu": lambda g, x, y: aten.elu_backward(g, 1.0, 1.0, 1.0, False, x),
            "gelu": lambda g, x, y: aten.gelu_backward(g, x),
            "gelu_tanh": lambda g, x, y: aten.gelu_backward(g, x, approximate="tanh"),
            "silu": lambda g, x, y: aten.silu_backward(g, x),
            "mish": lambda g, x, y: aten.mish_backward(g, x),
            "softplus": lambda g, x, y: aten.softplus_backward(g, x, 1.0, 20.0),
            "hard_sigmoid": lambda g, x, y: aten.hardsigmoid_backward(g, x),
            "hard_swish": lambda g, x, y: aten.hardswish_backward(g, x),
            "hard_shrink": lambda g, x, y: aten.hardshrink_backward(g, x, 0.5),
            "soft_shrink": lambda g, x, y: aten.softshrink_backward(g, x, 0.5),
            "threshold": lambda g, x, y: aten.threshold_backward(g, x, 1.0),
        }

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the functional, or the backward kernel, or autograd where there is none."""
        torch, name = self._torch, operation.activation.name
        if operation.form == "grad" or name not in self._value:
            return None
        torch.set_num_threads(threads)
        value = self._value[name]
        x = torch.from_numpy(operation.x)
        inference = torch.inference_mode
        if operation.form == "value":

            def forward() -> Any:
                with inference():
                    return value(x)

            return forward

        g = torch.from_numpy(operation.g)
        if name not in self._backward:
            x.requires_grad_(True)
            saved = value(x)
            if name == "binary_step":  # has no derivative there
                return None
            return lambda: torch.autograd.grad(saved, x, g, retain_graph=True)[0]
        backward = self._backward[name]
        with inference():
            y = value(x)

        def kernel() -> Any:
            with inference():
                return backward(g, x, y)

        return kernel
