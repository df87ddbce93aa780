"""ONNX Runtime: an operator is a node, a graph of one node a session."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fastact.cli.study.peers.base import QUICK, Array, Call, Operation, Peer


@dataclass(frozen=True)
class _Node:
    """One node: the operator, its attributes, scalar inputs after the first, and the domain."""

    operator: str
    attributes: Mapping[str, float | str] = field(default_factory=dict)
    constants: tuple[float, ...] = ()
    domain: str = ""


_QUICK = _Node("QuickGelu", {"alpha": 1.0}, domain="com.microsoft")

_ONNX: Mapping[str, _Node] = {
    "identity": _Node("Identity"),
    "sigmoid": _Node("Sigmoid"),
    "tanh": _Node("Tanh"),
    "relu": _Node("Relu"),
    "leaky_relu": _Node("LeakyRelu", {"alpha": 0.01}),
    "prelu": _Node("PRelu", constants=(0.25,)),
    "relu6": _Node("Clip", constants=(0.0, 6.0)),
    "hard_tanh": _Node("Clip", constants=(-1.0, 1.0)),
    "elu": _Node("Elu", {"alpha": 1.0}),
    "selu": _Node("Selu"),
    "celu": _Node("Celu", {"alpha": 1.0}),
    "gelu": _Node("Gelu"),
    "gelu_tanh": _Node("Gelu", {"approximate": "tanh"}),
    "quick_gelu": replace(_QUICK, attributes={"alpha": QUICK}),
    "silu": _QUICK,
    "swish": _QUICK,
    "mish": _Node("Mish"),
    "softplus": _Node("Softplus"),
    "softsign": _Node("Softsign"),
    "hard_sigmoid": _Node("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "hard_swish": _Node("HardSwish"),
    "hard_shrink": _Node("Shrink", {"lambd": 0.5, "bias": 0.0}),
    "soft_shrink": _Node("Shrink", {"lambd": 0.5, "bias": 0.5}),
    "threshold": _Node("ThresholdedRelu", {"alpha": 1.0}),
}


class OnnxRuntime(Peer):
    """ONNX Runtime: a session of one node, bound to its input and an output that stays."""

    name = "onnxruntime"
    new_output = False
    views = False

    def __init__(self) -> None:
        """Import the library."""
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
        dims = [1] if node.operator == "PRelu" else []
        constants = [
            helper.make_tensor(f"c{k}", element, dims, [value])
            for k, value in enumerate(node.constants)
        ]
        inputs = ["x", *(constant.name for constant in constants)]
        one = helper.make_node(node.operator, inputs, ["y"], domain=node.domain, **node.attributes)
        x, y = (helper.make_tensor_value_info(name, element, [None]) for name in "xy")
        model = helper.make_model(
            helper.make_graph([one], "activation", [x], [y], constants),
            ir_version=10,
            opset_imports=[helper.make_opsetid("", 22), helper.make_opsetid("com.microsoft", 1)],
        )
        return bytes(model.SerializeToString())
