"""PyTorch, JAX and ONNX Runtime: their own functions, on arrays of their own."""

import os
import sys
from functools import partial
from typing import Any

import numpy as np

from fastact.cli.machine import usable_cpus
from fastact.cli.study.peers.base import Array, Call, Operation, Peer, function
from fastact.cli.study.peers.written import JAX, ONNX, TORCH


class Torch(Peer):
    """PyTorch: its functionals, and for the backward form what its autograd calls of each.

    What it calls has saved what it needs, as in training: sigmoid's and tanh's output, for nothing.
    """

    name = "torch"

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the functional, or the derivative of it, or autograd where that takes several."""
        torch, learnable = self.library, operation.learnable
        text = TORCH.get(operation.activation.name)
        if operation.form == "grad" or text is None:
            return None
        torch.set_num_threads(threads)
        names = vars(torch) | {"F": torch.nn.functional}
        value = function(text, ", ".join(["x", *learnable]), names)
        x, g = torch.from_numpy(operation.x), torch.from_numpy(operation.g)
        operands = x, *map(torch.tensor, learnable.values())
        computed = partial(value, *operands)
        if operation.form == "backward":
            saved = value(*(operand.requires_grad_(True) for operand in operands))
            derivative = saved.grad_fn
            if derivative is None:
                return None
            if any(after and after.next_functions for after, _ in derivative.next_functions):
                return partial(torch.autograd.grad, saved, operands, g, retain_graph=True)
            # That of the identity gives g itself.
            computed = g.clone if text == "clone" else partial(derivative, g)

        def untracked() -> Any:
            with torch.inference_mode():  # autograd keeps nothing
                return computed()

        return untracked


class Jax(Peer):
    """JAX: jitted functions of `jax.nn` and their vector-Jacobian products, on the CPU.

    JAX has no setting for threads: its client starts one for every CPU that it may use. So where
    another number is asked for, the client is started anew on so many CPUs.
    """

    name = "jax"
    views = False

    def __init__(self) -> None:
        super().__init__()
        from jax.extend import backend

        jax = self.library
        jax.config.update("jax_enable_x64", True)  # float32 stays what it is
        self._names = vars(jax.lax) | vars(jax.numpy) | vars(jax.nn) | {"jax": jax}
        self._forget_client = getattr(backend, "clear_backends", None)
        self._started_with: int | None = None

    def threads(self, asked: int) -> int:
        """Return the size of JAX's pool: one thread for each CPU that can be left to it."""
        adjustable = sys.platform == "linux" and self._forget_client is not None
        return min(asked, usable_cpus()) if adjustable else usable_cpus()

    def _start(self, threads: int) -> None:
        """See to it that the client has so many threads."""
        if threads == self._started_with:
            return
        if threads == usable_cpus() and self._started_with is None:
            self.library.devices("cpu")
        elif sys.platform == "linux" and self._forget_client is not None:
            usable = os.sched_getaffinity(0)
            os.sched_setaffinity(0, sorted(usable)[:threads])
            try:
                self._forget_client()
                self.library.devices("cpu")
            finally:
                os.sched_setaffinity(0, usable)
        self._started_with = threads

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the jitted function on arrays that JAX holds, waited for."""
        jax, learnable = self.library, operation.learnable
        text = JAX.get(operation.activation.name)
        if text is None:
            return None
        self._start(self.threads(threads))
        value = function(text, ", ".join(["x", *learnable]), self._names)

        def backward(g: Any, *operands: Any) -> Any:
            return jax.vjp(value, *operands)[1](g)

        functions = {
            "value": value,
            "grad": lambda x, *rest: backward(jax.numpy.ones_like(x), x, *rest)[0],
            "backward": backward,
        }
        jitted = jax.jit(functions[operation.form])
        cpu = jax.devices("cpu")[0]
        given = (*operation.operands, *learnable.values())
        operands = [jax.device_put(operand, cpu) for operand in given]
        return lambda: jax.block_until_ready(jitted(*operands))


_MODEL = """\
<ir_version: 10, opset_import: ["" : 22, "com.microsoft" : 1]>
activation ({dtype}[n] x) => ({dtype}[n] y)
<
    {dtype} minus_one = {{-1.0}}, {dtype} zero = {{0.0}}, {dtype} one = {{1.0}},
    {dtype} six = {{6.0}}, {dtype}[1] slope = {{0.25}}
>
{{ y = {node} }}
"""


class OnnxRuntime(Peer):
    """ONNX Runtime: a session of one node, bound to its input and an output that stays."""

    name = "onnxruntime"
    new_output = False
    views = False

    def __init__(self) -> None:
        super().__init__()
        from onnx.parser import parse_model

        self._parse = parse_model

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a bound run of the session; only values exist."""
        node = ONNX.get(operation.activation.name)
        if operation.form != "value" or node is None:
            return None
        runtime = self.library
        errors = runtime.capi.onnxruntime_pybind11_state
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4
        # Its threads spin while it computes, and must not while another library is measured.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        dtype = {"float32": "float", "float64": "double"}[operation.x.dtype.name]
        model = self._parse(_MODEL.format(dtype=dtype, node=node)).SerializeToString()
        try:
            session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
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
