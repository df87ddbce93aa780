"""The libraries that fastact is measured beside, and how a user of each writes an activation.

Each peer has one table, name -> expression, for the value and one for the backward form. A
function or form that a library lacks is left out: nothing is timed that its users would not type.
Libraries are imported when they are asked for.
"""

from __future__ import annotations

import math
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from fastact.cli.catalogue import Activation
from fastact.cli.machine import installed, usable_cpus

__all__ = ["PEERS", "Fastact", "Operation", "Peer", "load"]

Array = NDArray[Any]
Call = Callable[[], Any]

# Constants of selu, and of quick_gelu.
_SELU_ALPHA = 1.6732632423543772
_SELU_SCALE = 1.0507009873554805
_QUICK = 1.702


@dataclass(frozen=True)
class Operation:
    """What is computed: a form of an activation on arrays of given values.

    Attributes
    ----------
    activation : Activation
    form : str
        ``"value"``, ``"grad"`` or ``"backward"``.
    x, g : ndarray
        The input, and the gradient that comes in, which only the backward form uses.
    """

    activation: Activation
    form: str
    x: Array
    g: Array

    @property
    def arrays_moved(self) -> int:
        """How many arrays are read or written."""
        return self.activation.ufunc(self.form).nargs - len(self.activation.parameters)


class Peer(ABC):
    """A library, ready to compute.

    Attributes
    ----------
    name : str
        As the package is called.
    new_output : bool
        Whether a call makes a new array for its result, as against writing to an old one; a
        ratio compares with the call of fastact that does the same.
    """

    name: ClassVar[str]
    new_output: ClassVar[bool] = True

    @property
    def version(self) -> str:
        """The version of the package."""
        return version(self.name)

    def threads(self, asked: int) -> int:
        """Return how many threads the library may use where `asked` are asked for."""
        return asked

    @abstractmethod
    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a call that computes the operation, or None where the library lacks it."""

    def result(self, call: Call) -> Array:
        """Make the call and return what it computed as an array."""
        return np.asarray(call())


class Fastact(Peer):
    """fastact itself, to a new array."""

    name = "fastact"

    @property
    def version(self) -> str:
        """The version of the package."""
        import fastact

        return str(fastact.show_runtime()["version"])

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a call to a new array."""
        ufunc = operation.activation.ufunc(operation.form)
        arguments = _arguments(operation)
        return lambda: ufunc(*arguments)

    def prepare_reused(self, operation: Operation) -> Call:
        """Return a call with ``out=``."""
        ufunc = operation.activation.ufunc(operation.form)
        arguments = _arguments(operation)
        out = ufunc(*arguments)
        return lambda: ufunc(*arguments, out=out)

    def result(self, call: Call) -> Array:
        """Make the call and return its result, the first where there are two."""
        result = call()
        return np.asarray(result[0] if isinstance(result, tuple) else result)


def _arguments(operation: Operation) -> tuple[Array, ...]:
    return (operation.g, operation.x) if operation.form == "backward" else (operation.x,)


# ---- NumPy ----

_NUMPY_VALUE: Mapping[str, Callable[[Any], Any]] = {
    "identity": lambda x: x.copy(),
    "binary_step": lambda x: (x >= 0).astype(x.dtype),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.maximum(x, 0.01 * x),
    "prelu": lambda x: np.maximum(x, 0.25 * x),
    "relu6": lambda x: np.clip(x, 0, 6),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: _SELU_SCALE * np.where(x > 0, x, _SELU_ALPHA * np.expm1(x)),
    "celu": lambda x: np.maximum(x, 0) + np.minimum(0, np.expm1(x)),
    "gelu_tanh": lambda x: (
        0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x * x * x)))
    ),
    "quick_gelu": lambda x: x / (1 + np.exp(-_QUICK * x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "swish": lambda x: x / (1 + np.exp(-1.0 * x)),
    "mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "softplus": lambda x: np.logaddexp(0, x),
    "log_sigmoid": lambda x: -np.logaddexp(0, -x),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_swish": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_shrink": lambda x: x * (np.abs(x) > 0.5),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "tanh_shrink": lambda x: x - np.tanh(x),
    "threshold": lambda x: x * (x > 1),
    "squared_relu": lambda x: np.maximum(x, 0) ** 2,
}


def _np_sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _np_swish_backward(g: Any, x: Any, beta: float = 1.0) -> Any:
    s = _np_sigmoid(beta * x)
    return g * (s + beta * x * s * (1 - s))


def _np_gelu_tanh_backward(g: Any, x: Any) -> Any:
    c = math.sqrt(2 / math.pi)
    t = np.tanh(c * (x + 0.044715 * x * x * x))
    return g * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x))


def _np_mish_backward(g: Any, x: Any) -> Any:
    t = np.tanh(np.log1p(np.exp(x)))
    return g * (t + x * (1 - t * t) * _np_sigmoid(x))


_NUMPY_BACKWARD: Mapping[str, Callable[[Any, Any], Any]] = {
    "identity": lambda g, x: g.copy(),
    "binary_step": lambda g, x: np.zeros_like(g),
    "sigmoid": lambda g, x: g * (s := _np_sigmoid(x)) * (1 - s),
    "tanh": lambda g, x: g * (1 - np.tanh(x) ** 2),
    "relu": lambda g, x: g * (x > 0),
    "leaky_relu": lambda g, x: np.where(x > 0, g, 0.01 * g),
    "prelu": lambda g, x: np.where(x > 0, g, 0.25 * g),
    "relu6": lambda g, x: g * ((x > 0) & (x < 6)),
    "hard_tanh": lambda g, x: g * ((x > -1) & (x < 1)),
    "elu": lambda g, x: np.where(x > 0, g, g * np.exp(x)),
    "selu": lambda g, x: _SELU_SCALE * np.where(x > 0, g, _SELU_ALPHA * g * np.exp(x)),
    "celu": lambda g, x: np.where(x > 0, g, g * np.exp(x)),
    "gelu_tanh": _np_gelu_tanh_backward,
    "quick_gelu": lambda g, x: _np_swish_backward(g, x, _QUICK),
    "silu": _np_swish_backward,
    "swish": _np_swish_backward,
    "mish": _np_mish_backward,
    "softplus": lambda g, x: g * _np_sigmoid(x),
    "log_sigmoid": lambda g, x: g * _np_sigmoid(-x),
    "softsign": lambda g, x: g / (1 + np.abs(x)) ** 2,
    "hard_sigmoid": lambda g, x: np.where((x > -3) & (x < 3), g / 6, 0),
    "hard_swish": lambda g, x: g * np.where(x < -3, 0, np.where(x < 3, x / 3 + 0.5, 1)),
    "hard_shrink": lambda g, x: g * (np.abs(x) > 0.5),
    "soft_shrink": lambda g, x: g * (np.abs(x) > 0.5),
    "tanh_shrink": lambda g, x: g * np.tanh(x) ** 2,
    "threshold": lambda g, x: g * (x > 1),
    "squared_relu": lambda g, x: g * 2 * np.maximum(x, 0),
}


class Numpy(Peer):
    """Expressions as a NumPy user types them; one thread, whatever is asked for."""

    name = "numpy"
    _value: Mapping[str, Callable[[Any], Any]] = _NUMPY_VALUE
    _backward: Mapping[str, Callable[[Any, Any], Any]] = _NUMPY_BACKWARD

    def threads(self, asked: int) -> int:
        """Return 1: NumPy's ufuncs do not use threads."""
        return 1

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the expression on the operation's arrays."""
        name, x, g = operation.activation.name, operation.x, operation.g
        if operation.form == "value" and name in self._value:
            value = self._value[name]
            return lambda: value(x)
        if operation.form == "backward" and name in self._backward:
            backward = self._backward[name]
            return lambda: backward(g, x)
        return None


class Scipy(Numpy):
    """Expressions with `scipy.special`, where that has something to add; one thread."""

    name = "scipy"

    def __init__(self) -> None:
        from scipy.special import erf, expit, log_expit, ndtr

        def swish_backward(g: Any, x: Any, beta: float = 1.0) -> Any:
            s = expit(beta * x)
            return g * (s + beta * x * s * (1 - s))

        self._value = {
            "sigmoid": expit,
            "log_sigmoid": log_expit,
            "softplus": lambda x: -log_expit(-x),
            "silu": lambda x: x * expit(x),
            "swish": lambda x: x * expit(1.0 * x),
            "quick_gelu": lambda x: x * expit(_QUICK * x),
            "gelu": lambda x: 0.5 * x * (1 + erf(x / math.sqrt(2))),
            "mish": lambda x: x * np.tanh(-log_expit(-x)),
        }
        self._backward = {
            "sigmoid": lambda g, x: g * (s := expit(x)) * (1 - s),
            "log_sigmoid": lambda g, x: g * expit(-x),
            "softplus": lambda g, x: g * expit(x),
            "silu": swish_backward,
            "swish": swish_backward,
            "quick_gelu": lambda g, x: swish_backward(g, x, _QUICK),
            "gelu": lambda g, x: g * (ndtr(x) + x * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)),
        }


# ---- PyTorch ----


class Torch(Peer):
    """PyTorch: its functionals, and the kernels that its autograd calls for the backward form.

    Sigmoid's and tanh's backward get the saved output, as in training, for nothing.
    """

    name = "torch"

    def __init__(self) -> None:
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
            "quick_gelu": lambda x: x * torch.sigmoid(_QUICK * x),
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
        }
        # From g, x and the saved output y.
        self._backward: Mapping[str, Callable[[Any, Any, Any], Any]] = {
            "sigmoid": lambda g, x, y: aten.sigmoid_backward(g, y),
            "tanh": lambda g, x, y: aten.tanh_backward(g, y),
            "relu": lambda g, x, y: aten.threshold_backward(g, y, 0),
            "leaky_relu": lambda g, x, y: aten.leaky_relu_backward(g, x, 0.01, False),
            "relu6": lambda g, x, y: aten.hardtanh_backward(g, x, 0.0, 6.0),
            "hard_tanh": lambda g, x, y: aten.hardtanh_backward(g, x, -1.0, 1.0),
            "elu": lambda g, x, y: aten.elu_backward(g, 1.0, 1.0, 1.0, False, x),
            "selu": lambda g, x, y: aten.elu_backward(g, _SELU_ALPHA, _SELU_SCALE, 1.0, False, x),
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


# ---- JAX ----


class Jax(Peer):
    """JAX: jitted functions of `jax.nn` and their vector-Jacobian products, on the CPU.

    JAX has no setting for threads: its client starts one for every CPU that it may use. So where
    another number is asked for, the client is started anew on so many CPUs.
    """

    name = "jax"

    def __init__(self) -> None:
        import jax
        import jax.numpy as jnp
        from jax.extend import backend

        config: Any = jax.config
        config.update("jax_enable_x64", True)  # float32 stays what it is
        self._jax = jax
        self._forget_client = getattr(backend, "clear_backends", None)
        self._started_with: int | None = None
        nn = jax.nn
        self._value: Mapping[str, Callable[[Any], Any]] = {
            "identity": jnp.copy,
            "binary_step": lambda x: (x >= 0).astype(x.dtype),
            "sigmoid": nn.sigmoid,
            "tanh": jnp.tanh,
            "relu": nn.relu,
            "leaky_relu": nn.leaky_relu,
            "prelu": lambda x: jnp.where(x > 0, x, 0.25 * x),
            "relu6": nn.relu6,
            "hard_tanh": nn.hard_tanh,
            "elu": nn.elu,
            "selu": nn.selu,
            "celu": nn.celu,
            "gelu": lambda x: nn.gelu(x, approximate=False),
            "gelu_tanh": lambda x: nn.gelu(x, approximate=True),
            "quick_gelu": lambda x: x * nn.sigmoid(_QUICK * x),
            "silu": nn.silu,
            "swish": lambda x: x * nn.sigmoid(1.0 * x),
            "mish": nn.mish,
            "softplus": nn.softplus,
            "log_sigmoid": nn.log_sigmoid,
            "softsign": nn.soft_sign,
            "hard_sigmoid": nn.hard_sigmoid,
            "hard_swish": nn.hard_swish,
            "hard_shrink": lambda x: jnp.where(jnp.abs(x) > 0.5, x, 0),
            "soft_shrink": lambda x: jnp.sign(x) * jnp.maximum(jnp.abs(x) - 0.5, 0),
            "tanh_shrink": lambda x: x - jnp.tanh(x),
            "threshold": lambda x: jnp.where(x > 1, x, 0),
            "squared_relu": lambda x: jnp.square(nn.relu(x)),
        }

    def threads(self, asked: int) -> int:
        """Return the size of JAX's pool: one thread for each CPU that can be left to it."""
        adjustable = sys.platform == "linux" and self._forget_client is not None
        return min(asked, usable_cpus()) if adjustable else usable_cpus()

    def _start(self, threads: int) -> None:
        """See to it that the client has so many threads."""
        if threads == self._started_with:
            return
        if threads == usable_cpus() and self._started_with is None:
            self._jax.devices("cpu")
        elif sys.platform == "linux" and self._forget_client is not None:
            usable = os.sched_getaffinity(0)
            os.sched_setaffinity(0, sorted(usable)[:threads])
            try:
                self._forget_client()
                self._jax.devices("cpu")
            finally:
                os.sched_setaffinity(0, usable)
        self._started_with = threads

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the jitted function on arrays that JAX holds, waited for."""
        jax = self._jax
        value = self._value.get(operation.activation.name)
        if value is None:
            return None
        self._start(self.threads(threads))

        def backward(g: Any, x: Any) -> Any:
            return jax.vjp(value, x)[1](g)[0]

        functions = {
            "value": jax.jit(value),
            "grad": jax.jit(lambda x: backward(jax.numpy.ones_like(x), x)),
            "backward": jax.jit(backward),
        }
        function = functions[operation.form]
        cpu = jax.devices("cpu")[0]
        arguments = [jax.device_put(a, cpu) for a in _arguments(operation)]
        return lambda: function(*arguments).block_until_ready()


# ---- ONNX Runtime ----


@dataclass(frozen=True)
class _Node:
    """One node: the operator, its attributes, scalar inputs after the first, and the domain."""

    operator: str
    attributes: Mapping[str, float | str]
    constants: tuple[float, ...] = ()
    domain: str = ""


_ONNX: Mapping[str, _Node] = {
    "identity": _Node("Identity", {}),
    "sigmoid": _Node("Sigmoid", {}),
    "tanh": _Node("Tanh", {}),
    "relu": _Node("Relu", {}),
    "leaky_relu": _Node("LeakyRelu", {"alpha": 0.01}),
    "prelu": _Node("PRelu", {}, (0.25,)),
    "relu6": _Node("Clip", {}, (0.0, 6.0)),
    "hard_tanh": _Node("Clip", {}, (-1.0, 1.0)),
    "elu": _Node("Elu", {"alpha": 1.0}),
    "selu": _Node("Selu", {}),
    "celu": _Node("Celu", {"alpha": 1.0}),
    "gelu": _Node("Gelu", {}),
    "gelu_tanh": _Node("Gelu", {"approximate": "tanh"}),
    "quick_gelu": _Node("QuickGelu", {"alpha": _QUICK}, domain="com.microsoft"),
    "silu": _Node("QuickGelu", {"alpha": 1.0}, domain="com.microsoft"),
    "swish": _Node("QuickGelu", {"alpha": 1.0}, domain="com.microsoft"),
    "mish": _Node("Mish", {}),
    "softplus": _Node("Softplus", {}),
    "softsign": _Node("Softsign", {}),
    "hard_sigmoid": _Node("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "hard_swish": _Node("HardSwish", {}),
    "hard_shrink": _Node("Shrink", {"lambd": 0.5, "bias": 0.0}),
    "soft_shrink": _Node("Shrink", {"lambd": 0.5, "bias": 0.5}),
    "threshold": _Node("ThresholdedRelu", {"alpha": 1.0}),
}


class OnnxRuntime(Peer):
    """ONNX Runtime: a session of one node, bound to its input and an output that stays."""

    name = "onnxruntime"
    new_output = False

    def __init__(self) -> None:
        import onnx
        import onnxruntime

        self._onnx = onnx
        self._runtime = onnxruntime

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a bound run of the session; only values exist."""
        node = _ONNX.get(operation.activation.name)
        if operation.form != "value" or node is None:
            return None
        runtime = self._runtime
        errors = runtime.capi.onnxruntime_pybind11_state
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        # Its threads spin while it computes, and must not while another library is measured.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        try:
            session = runtime.InferenceSession(
                self._model(node, operation.x.dtype), options, providers=["CPUExecutionProvider"]
            )
        except (errors.NotImplemented, errors.InvalidGraph):
            return None  # not for this dtype
        output = np.empty_like(operation.x)
        binding = session.io_binding()
        binding.bind_ortvalue_input("x", runtime.OrtValue.ortvalue_from_numpy(operation.x))
        binding.bind_output(
            "y", "cpu", 0, output.dtype.type, list(output.shape), output.ctypes.data
        )

        def run() -> Array:
            session.run_with_iobinding(binding)
            return output

        return run

    def _model(self, node: _Node, dtype: np.dtype[Any]) -> bytes:
        helper = self._onnx.helper
        element = helper.np_dtype_to_tensor_dtype(dtype)
        constants = [
            helper.make_tensor(f"c{k}", element, [1] if node.operator == "PRelu" else [], [value])
            for k, value in enumerate(node.constants)
        ]
        graph = helper.make_graph(
            [
                helper.make_node(
                    node.operator,
                    ["x", *(constant.name for constant in constants)],
                    ["y"],
                    domain=node.domain,
                    **node.attributes,
                )
            ],
            "activation",
            [helper.make_tensor_value_info("x", element, [None])],
            [helper.make_tensor_value_info("y", element, [None])],
            constants,
        )
        model = helper.make_model(
            graph,
            ir_version=10,
            opset_imports=[helper.make_opsetid("", 22), helper.make_opsetid("com.microsoft", 1)],
        )
        return bytes(model.SerializeToString())


PEERS: Mapping[str, type[Peer]] = {
    peer.name: peer for peer in (Torch, Jax, OnnxRuntime, Numpy, Scipy)
}


def load(names: Sequence[str] | None) -> tuple[list[Peer], list[str]]:
    """Import peers.

    Parameters
    ----------
    names : sequence of str or None
        Keys of `PEERS`; None means those that are installed.

    Returns
    -------
    peers : list of Peer
    missing : list of str
        What was installed and could not be imported, and why.

    Raises
    ------
    ValueError
        If a peer that was named cannot be imported.
    """
    peers: list[Peer] = []
    missing: list[str] = []
    found = installed()
    for name in names if names is not None else [name for name in PEERS if name in found]:
        try:
            peers.append(PEERS[name]())
        except ImportError as error:
            reason = f"{name} cannot be used: {error}"
            if isinstance(error, ModuleNotFoundError):
                reason = f"{name} needs {error.name}, which is not installed"
            if names is not None:
                raise ValueError(reason) from error
            missing.append(reason)
    return peers, missing
