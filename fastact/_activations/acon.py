"""Blends of two slopes by the logistic sigmoid."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import (
    FAR,
    SILU_GRAD_GRAD_ROOT,
    SILU_GRAD_ROOT,
    sigmoid_grad,
    silu_grad,
    silu_grad_grad,
)


def _blend(m: Any, x: Any, p1: Any, p2: Any, z: Any) -> Any:
    """Return x (p1 s(z) + p2 s(-z)), 0 where the slope it ends at is 0."""
    slope = p1 * m.expit(z) + p2 * m.expit(-z)
    shut = (m.where(z < 0, p2, p1) == 0) & (m.abs(z) > FAR)
    return m.where(shut, 0 * m.maximum(m.minimum(x, 1), -1), x * slope)


def _blend_grad(m: Any, p1: Any, p2: Any, z: Any) -> Any:
    """Return a + (b - a) silu'(-|z|), a being the slope that z leads to."""
    t = m.abs(z)
    left = silu_grad(m, -t, m.minus(t, SILU_GRAD_ROOT))
    return m.where(z < 0, p2 + (p1 - p2) * left, p1 + (p2 - p1) * left)


def _silu_grad_grad(m: Any, z: Any) -> Any:
    return silu_grad_grad(m, z, m.minus(m.abs(z), SILU_GRAD_GRAD_ROOT))


def acon_c(m: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    """Return (p1 - p2) x s(beta (p1 - p2) x) + p2 x."""
    return _blend(m, x, p1, p2, beta * (p1 - p2) * x)


def acon_c_grad(m: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    """Return p2 + (p1 - p2) silu'(z)."""
    return _blend_grad(m, p1, p2, beta * (p1 - p2) * x)


def acon_c_grad_slope(m: Any, x: Any, z: Any) -> Any:
    """Return x silu'(z), 0 where the slope has become 0."""
    return m.where(z < -FAR, 0, x * silu_grad(m, z, m.minus(-z, SILU_GRAD_ROOT)))


def acon_c_grad_beta(m: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    """Return (p1 - p2)^2 x^2 s'(z)."""
    d = p1 - p2
    z = beta * d * x
    return m.where(m.abs(z) > FAR, 0, d * x * sigmoid_grad(m, z) * d * x)


def acon_c_grad_grad(m: Any, x: Any, p1: Any, p2: Any, beta: Any) -> Any:
    """Return beta (p1 - p2)^2 silu''(z)."""
    d = p1 - p2
    return beta * d * d * _silu_grad_grad(m, beta * d * x)


ENTRIES: dict[str, Entry] = {
    "acon_c": Entry(
        summary="Activate or not: a smooth maximum of two linear functions.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "(p1 - p2) x s(beta (p1 - p2) x) + p2 x",
            acon_c,
            "array([-0.26894142,  0.        ,  1.76159416])",
        ),
        grad=Form(
            "(p1 - p2) s(z) (1 + z (1 - s(z))) + p2, z = beta (p1 - p2) x",
            acon_c_grad,
            "array([0.07232949, 0.5       , 1.09078425])",
        ),
        grad_by={
            "p1": Form(
                "x s(z) (1 + z (1 - s(z)))",
                lambda m, x, p1, p2, beta: acon_c_grad_slope(m, x, beta * (p1 - p2) * x),
                "array([-0.07232949,  0.        ,  2.1815685 ])",
            ),
            "p2": Form(
                "x s(-z) (1 - z s(z))",
                lambda m, x, p1, p2, beta: acon_c_grad_slope(m, x, beta * (p2 - p1) * x),
                "array([-0.92767051,  0.        , -0.1815685 ])",
            ),
            "beta": Form(
                "(p1 - p2)^2 x^2 s'(z)",
                acon_c_grad_beta,
                "array([0.19661193, 0.        , 0.41997434])",
            ),
        },
        grad_grad=Form(
            "beta (p1 - p2)^2 s'(z) (2 - z tanh(z/2))",
            acon_c_grad_grad,
            "array([0.30236612, 0.5       , 0.05006217])",
        ),
        parameters={
            "p1": "Slope on one side.",
            "p2": "Slope on the other.",
            "beta": "Steepness of the change between them.",
        },
        note=(
            "An infinite beta is the limit, the larger or, if negative, the smaller of p1 x and\n"
            "p2 x, whose derivatives at x = 0 are NaN. All forms are NaN where p1 - p2 or its\n"
            "product with beta or x is infinity less infinity or 0 times infinity. Where slopes\n"
            "of opposite sign let it vanish besides at 0, it is accurate as its terms are."
        ),
        references=(
            'N. Ma, X. Zhang, M. Liu, J. Sun, "Activate or not: learning customized activation",'
            " CVPR 2021, arXiv:2009.04759.",
        ),
    ),
    "aptx": Entry(
        summary="Alpha plus tanh times x: mish by one tanh.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "(alpha + tanh(beta x)) gamma x",
            lambda m, x, alpha, beta, gamma: _blend(
                m, x, gamma * (alpha + 1), gamma * (alpha - 1), 2 * beta * x
            ),
            "array([-0.11920292,  0.        ,  1.96402758])",
        ),
        grad=Form(
            "gamma (alpha + tanh(z) + z (1 - tanh(z)^2)), z = beta x",
            lambda m, x, alpha, beta, gamma: _blend_grad(
                m, gamma * (alpha + 1), gamma * (alpha - 1), 2 * beta * x
            ),
            "array([-0.09078425,  0.5       ,  1.05266461])",
        ),
        grad_grad=Form(
            "2 gamma beta (1 - z tanh(z)) (1 - tanh(z)^2)",
            lambda m, x, alpha, beta, gamma: 4 * gamma * beta * _silu_grad_grad(m, 2 * beta * x),
            "array([ 0.10012434,  1.        , -0.06556786])",
        ),
        parameters={
            "alpha": "What is added to tanh.",
            "beta": "Steepness.",
            "gamma": "Factor of all.",
        },
        note=(
            "An infinite beta is the limit, tanh being -1 or 1, whose derivatives at x = 0 are\n"
            "NaN. An infinite alpha or gamma gives NaN where it meets 0. For an alpha below 1 the\n"
            "function vanishes besides at 0, and is accurate about there as its terms are."
        ),
        references=(
            "R. Kumar, \"APTx: better activation function than MISH, SWISH, and ReLU's variants"
            ' used in deep learning", 2022, arXiv:2209.06119.',
        ),
    ),
}
