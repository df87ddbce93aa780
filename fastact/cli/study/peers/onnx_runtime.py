"""ONNX Runtime: a session for a model of one node."""

from collections.abc import Mapping

import numpy as np

from fastact.cli.study.peers.base import QUICK, Array, Call, Operation, Peer

# As ONNX writes a node in a text.
_NODES: Mapping[str, str] = {
    "identity": "Identity(x)",
    "sigmoid": "Sigmoid(x)",
    "tanh": "Tanh(x)",
    "relu": "Relu(x)",
    "leaky_relu": "LeakyRelu<alpha = 0.01>(x)",
    "prelu": "PRelu(x, slope)",
    "relu6": "Clip(x, zero, six)",
    "hard_tanh": "Clip(x, minus_one, one)",
    "elu": "Elu<alpha = 1.0>(x)",
    "selu": "Selu(x)",
    "celu": "Celu<alpha = 1.0>(x)",
    "gelu": "Gelu(x)",
    "gelu_tanh": 'Gelu<approximate = "tanh">(x)',
    "quick_gelu": f"com.microsoft.QuickGelu<alpha = {QUICK}>(x)",
    "silu": "com.microsoft.QuickGelu<alpha = 1.0>(x)",
    "swish": "com.microsoft.QuickGelu<alpha = 1.0>(x)",
    "erf": "Erf(x)",
    "mish": "Mish(x)",
    "softplus": "Softplus(x)",
    "softsign": "Softsign(x)",
    "hard_sigmoid": f"HardSigmoid<alpha = {1 / 6}, beta = 0.5>(x)",
    "hard_swish": "HardSwish(x)",
    "hard_shrink": "Shrink<lambd = 0.5, bias = 0.0>(x)",
    "shrink": "Shrink<lambd = 0.5, bias = 0.0>(x)",
    "soft_shrink": "Shrink<lambd = 0.5, bias = 0.5>(x)",
    "threshold": "ThresholdedRelu<alpha = 1.0>(x)",
}

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
        """Import the library."""
        super().__init__()
        from onnx.parser import parse_model

        self._parse = parse_model

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return a bound run of the session; only values exist."""
        node = _NODES.get(operation.activation.name)
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
