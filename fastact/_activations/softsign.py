"""Softsign and tanh_shrink."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import clip, sigmoid_grad_grad


def softsign(m: Any, x: Any) -> Any:
    """Return x / (1 + |x|), also where that is inf / inf."""
    return m.where(m.abs(x) > 1e300, clip(m, x, -1, 1), x / (1 + m.abs(x)))


def softsign_grad_grad(m: Any, x: Any) -> Any:
    """Return -2 sign(x) / (1 + |x|)^3."""
    divisor = 1 + m.abs(x)
    return m.where(x > 0, -2, m.where(x < 0, 2, 0)) / (divisor * divisor * divisor)


ENTRIES: dict[str, Entry] = {
    "softsign": Entry(
        summary="The argument over one more than its magnitude.",
        example="[-1.0, 0.0, 4.0]",
        value=Form("x / (1 + abs(x))", softsign, "array([-0.5,  0. ,  0.8])"),
        grad=Form(
            "1 / (1 + abs(x))^2",
            lambda m, x: 1 / ((1 + m.abs(x)) * (1 + m.abs(x))),
            "array([0.25, 1.  , 0.04])",
        ),
        grad_grad=Form(
            "-2 sign(x) / (1 + abs(x))^3", softsign_grad_grad, "array([ 0.25 , -0.   , -0.016])"
        ),
        references=(
            'J. Turian, J. Bergstra, Y. Bengio, "Quadratic features and deep architectures'
            ' for chunking", NAACL 2009.',
        ),
    ),
    "tanh_shrink": Entry(
        summary="The argument less its hyperbolic tangent.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x - tanh(x)",
            lambda m, x: m.tanh_rest(x),
            "array([-0.23840584,  0.        ,  1.03597242])",
        ),
        grad=Form(
            "tanh(x)^2",
            lambda m, x: m.tanh(x) * m.tanh(x),
            "array([0.58002566, 0.        , 0.92934918])",
        ),
        grad_grad=Form(
            "2 tanh(x) (1 - tanh(x)^2)",
            lambda m, x: -8 * sigmoid_grad_grad(m, 2 * x),
            "array([-0.63970001,  0.        ,  0.13621869])",
        ),
    ),
}
