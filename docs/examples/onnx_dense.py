"""An ONNX model of dense layers, run with NumPy and fastact, compared with ONNX Runtime.

Each node is a matrix product or a function that `fa.get` finds by the name that ONNX gives it.
Nothing but NumPy and fastact is needed where the model runs; onnx reads the file.
"""

from itertools import pairwise
from time import perf_counter

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import fastact as fa

ROWS, INPUTS, HIDDEN, OUTPUTS = 256, 128, 512, 16


def gemm(a, b, c=None, transA=0, transB=0, alpha=1.0, beta=1.0):
    """Return alpha A B + beta C."""
    y = (a.T if transA else a) @ (b.T if transB else b)
    if alpha != 1:
        y *= alpha
    return y if c is None else y + beta * c


def run(model: onnx.ModelProto, **inputs: np.ndarray) -> list[np.ndarray]:
    """Return the outputs of a model."""
    values = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer} | inputs
    for node in model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        operands = [values[name] for name in node.input if name]
        if node.op_type == "Gemm":
            y = gemm(*operands, **attributes)
        else:
            y = fa.get(f"onnx.{node.op_type}", **attributes)(*operands)
        values[node.output[0]] = y
    return [values[output.name] for output in model.graph.output]


def make_model(rng: np.random.Generator) -> onnx.ModelProto:
    """Return five dense layers, each with an activation."""
    kinds = ["Gelu", "HardSwish", "Mish", "Elu", "Softmax"]
    sizes = [INPUTS, HIDDEN, HIDDEN, HIDDEN, HIDDEN, OUTPUTS]
    nodes, weights, name = [], [], "x"
    for k, ((n, m), kind) in enumerate(zip(pairwise(sizes), kinds, strict=True)):
        for letter, value in (("W", rng.normal(0, n**-0.5, (m, n))), ("b", rng.normal(size=m))):
            weights.append(numpy_helper.from_array(value.astype(np.float32), f"{letter}{k}"))
        nodes.append(helper.make_node("Gemm", [name, f"W{k}", f"b{k}"], [f"z{k}"], transB=1))
        nodes.append(helper.make_node(kind, [f"z{k}"], [f"h{k}"]))
        name = f"h{k}"
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", size])
        for name, size in (("x", INPUTS), (name, OUTPUTS))
    ]
    graph = helper.make_graph(nodes, "dense", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)])
    onnx.checker.check_model(model)
    return model


def figures() -> dict[str, float]:
    """Return how far the two are apart, and the milliseconds of each."""
    rng = np.random.default_rng(0)
    model = make_model(rng)
    x = rng.normal(size=(ROWS, INPUTS)).astype(np.float32)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )

    def shortest(call) -> float:
        times = []
        for _ in range(10):
            start = perf_counter()
            call()
            times.append(perf_counter() - start)
        return 1e3 * min(times)

    (ours,), (theirs,) = run(model, x=x), session.run(None, {"x": x})
    return {
        "largest difference of a probability": np.abs(ours - theirs).max(),
        "NumPy and fastact, ms": shortest(lambda: run(model, x=x)),
        "ONNX Runtime, ms": shortest(lambda: session.run(None, {"x": x})),
    }


if __name__ == "__main__":
    for name, value in figures().items():
        print(f"{name:36} {value:.3g}")
