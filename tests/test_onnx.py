"""ONNX's own node test cases, for every operator that a function has the definition of."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import fastact as fa

onnx = pytest.importorskip("onnx")


def _softmax(function: np.ufunc) -> Callable[..., Any]:
    def call(x: np.ndarray, axis: int = -1) -> np.ndarray:
        return function(x, axis=axis)

    return call


def _hard_sigmoid(x: np.ndarray, alpha: float = 0.2, beta: float = 0.5) -> np.ndarray | None:
    return fa.hard_sigmoid(x) if (alpha, beta) == (np.float32(1 / 6), 0.5) else None


def _selu(
    x: np.ndarray, alpha: float = 1.6732632423543772, gamma: float = 1.0507009873554805
) -> np.ndarray | None:
    usual = np.allclose((alpha, gamma), (1.6732632423543772, 1.0507009873554805))
    return fa.selu(x) if usual else None


def _gelu(x: np.ndarray, approximate: bytes = b"none") -> np.ndarray:
    return fa.gelu_tanh(x) if approximate == b"tanh" else fa.gelu(x)


def _log_sum_exp(
    x: np.ndarray, axes: Any = (), keepdims: int = 1, noop_with_empty_axes: int = 0
) -> np.ndarray | None:
    if np.size(axes) != 1:
        return None
    return fa.logsumexp(x, axis=int(np.ravel(axes)[0]), keepdims=bool(keepdims))


# Each takes the node's inputs, and its attributes by keyword; None where the definition is another.
OPERATORS: dict[str, Callable[..., Any]] = {
    "Celu": fa.celu,
    "Elu": fa.elu,
    "Gelu": _gelu,
    "HardSigmoid": _hard_sigmoid,
    "HardSwish": fa.hard_swish,
    "LeakyRelu": lambda x, alpha=0.01: fa.leaky_relu(x, alpha),
    "LogSoftmax": _softmax(fa.log_softmax),
    "Mish": fa.mish,
    "PRelu": fa.prelu,
    "ReduceLogSumExp": _log_sum_exp,
    "Relu": fa.relu,
    "Selu": _selu,
    "Sigmoid": fa.sigmoid,
    "Softmax": _softmax(fa.softmax),
    "Softplus": fa.softplus,
    "Softsign": fa.softsign,
    "Swish": lambda x, alpha=1.0: fa.swish(x, alpha),
    "Tanh": fa.tanh,
    "ThresholdedRelu": lambda x, alpha=1.0: fa.threshold(x, alpha),
}


# What is defined otherwise: slopes and scales of their own, several axes at once.
DIFFERENT = {
    "test_hardsigmoid",
    "test_hardsigmoid_default",
    "test_hardsigmoid_example",
    "test_reduce_log_sum_exp_default_axes_keepdims_example",
    "test_reduce_log_sum_exp_default_axes_keepdims_random",
    "test_selu",
    "test_selu_example",
}


@pytest.fixture(scope="module")
def cases() -> dict[str, list[Any]]:
    """Operator -> the cases whose model is one node of it; others spell it out in many."""
    found: dict[str, list[Any]] = {name: [] for name in OPERATORS}
    with warnings.catch_warnings():  # of the definitions of other operators
        warnings.simplefilter("ignore")
        from onnx.backend.test.case.node import collect_testcases

        for case in collect_testcases(None):
            nodes = case.model.graph.node
            if len(nodes) == 1 and nodes[0].op_type in found:
                found[nodes[0].op_type].append(case)
    return found


@pytest.mark.parametrize("operator", OPERATORS)
def test_operator(operator: str, cases: dict[str, list[Any]]) -> None:
    if operator == "Swish" and not cases[operator]:
        pytest.skip("this onnx is older than the operator")
    assert cases[operator]
    for case in cases[operator]:
        (node,) = case.model.graph.node
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        for inputs, (want,) in case.data_sets:
            got = OPERATORS[operator](*inputs, **attributes)
            assert (got is None) == (case.name in DIFFERENT), case.name
            if got is not None:
                assert got.dtype == want.dtype
                np.testing.assert_allclose(got, want, rtol=1e-5, atol=2e-7, err_msg=case.name)
