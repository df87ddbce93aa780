"""PyTorch: its functionals, and the kernels behind its autograd."""

from collections.abc import Callable
from typing import Any

import fastact
from fastact.cli.study.peers.base import (
    ROOT_2,
    SELU_ALPHA,
    SELU_SCALE,
    Call,
    Operation,
    Peer,
    Table,
    expressions,
)

_FUNCTIONALS = (
    *("celu", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu"),
    *("logsigmoid", "mish", "relu6", "selu", "silu", "softplus", "softshrink", "softsign"),
    "tanhshrink",
)


class Torch(Peer):
    """PyTorch: its functionals, and the kernels that its autograd calls for the backward form.

    Sigmoid's and tanh's backward get the saved output, as in training, for nothing.
    """

    name = "torch"

    def __init__(self) -> None:
        """Import the library."""
        super().__init__()
        torch = self.library
        F, aten = torch.nn.functional, torch.ops.aten
        self._value: Table = {
            **expressions(torch),
            **{fastact.get(f"F.{name}").__name__: getattr(F, name) for name in _FUNCTIONALS},
            "identity": torch.clone,
            "binary_step": lambda x: (x >= 0).to(x.dtype),
            "sigmoid": torch.sigmoid,
            "tanh": torch.tanh,
            "relu": torch.relu,
            "prelu": F.prelu,
            "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
            "threshold": lambda x: F.threshold(x, 1.0, 0.0),
            "shrink": F.hardshrink,
            "log_cosh": lambda x: torch.log(torch.cosh(x)),
            "erf": torch.erf,
            "ndtr": torch.special.ndtr,
            "laplace": lambda x: 0.5 * (1 + torch.erf((x - 0.707107) / (0.282095 * ROOT_2))),
            "log_ndtr": torch.special.log_ndtr,
            "clipped_gelu": lambda x: F.gelu(x).clamp(-10, 10),
        }
        # From g, x and the saved output y.
        self._backward: Table = {
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
        torch, name = self.library, operation.activation.name
        if operation.form == "grad" or name not in self._value:
            return None
        torch.set_num_threads(threads)
        value = self._value[name]
        x, g = torch.from_numpy(operation.x), torch.from_numpy(operation.g)
        operands = x, *map(torch.tensor, operation.learnable.values())
        if operation.form == "value":
            return self._untracked(value, *operands)
        if name in self._backward:
            return self._untracked(self._backward[name], g, x, self._untracked(value, x)())
        if name == "binary_step":  # has no derivative there
            return None
        saved = value(*(operand.requires_grad_(True) for operand in operands))
        return lambda: torch.autograd.grad(saved, operands, g, retain_graph=True)

    def _untracked(self, function: Callable[..., Any], *operands: Any) -> Call:
        """Return a call of which autograd keeps nothing."""
        inference = self.library.inference_mode

        def call() -> Any:
            with inference():
                return function(*operands)

        return call
