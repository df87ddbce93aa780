"""The logistic family: sigmoid, tanh and what the sigmoid gates."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import (
    FAR,
    SILU_GRAD_GRAD_ROOT,
    SILU_GRAD_ROOT,
    gated,
    sigmoid_grad,
    sigmoid_grad_grad,
    silu_grad,
    silu_grad_grad,
)

_SWISH = (
    'P. Ramachandran, B. Zoph, Q. V. Le, "Searching for activation functions", 2017,'
    " arXiv:1710.05941.",
)


def swish(m: Any, x: Any, beta: Any) -> Any:
    """Return x s(beta x)."""
    return gated(m, x, beta * x)


def swish_grad(m: Any, x: Any, beta: Any) -> Any:
    """Return silu'(beta x)."""
    return silu_grad(m, beta * x, m.minus(-beta * x, SILU_GRAD_ROOT))


def swish_grad_beta(m: Any, x: Any, beta: Any) -> Any:
    """Return x^2 s'(beta x)."""
    return m.where(m.abs(beta * x) > FAR, 0, x * sigmoid_grad(m, beta * x) * x)


def swish_grad_grad(m: Any, x: Any, beta: Any) -> Any:
    """Return beta silu''(beta x)."""
    z = beta * x
    return beta * silu_grad_grad(m, z, m.minus(m.abs(z), SILU_GRAD_GRAD_ROOT))


ENTRIES: dict[str, Entry] = {
    "sigmoid": Entry(
        summary="Logistic sigmoid.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "1 / (1 + exp(-x))",
            lambda m, x: m.expit(x),
            "array([0.26894142, 0.5       , 0.88079708])",
        ),
        grad=Form("s(x) (1 - s(x))", sigmoid_grad, "array([0.19661193, 0.25      , 0.10499359])"),
        backward_from_output=Form("y (1 - y)", lambda m, y: y * (1 - y)),
        grad_grad=Form(
            "s(x) (1 - s(x)) (1 - 2 s(x))",
            sigmoid_grad_grad,
            "array([ 0.09085775, -0.        , -0.0799625 ])",
        ),
        references=(
            'D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by'
            ' back-propagating errors", Nature 323, 1986.',
        ),
    ),
    "tanh": Entry(
        summary="Hyperbolic tangent.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "tanh(x)", lambda m, x: m.tanh(x), "array([-0.76159416,  0.        ,  0.96402758])"
        ),
        grad=Form(
            "1 - tanh(x)^2",
            lambda m, x: 4 * sigmoid_grad(m, 2 * x),
            "array([0.41997434, 1.        , 0.07065082])",
        ),
        backward_from_output=Form("1 - y^2", lambda m, y: (1 - y) * (1 + y)),
        grad_grad=Form(
            "-2 tanh(x) (1 - tanh(x)^2)",
            lambda m, x: 8 * sigmoid_grad_grad(m, 2 * x),
            "array([ 0.63970001, -0.        , -0.13621869])",
        ),
        references=(
            'Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, "Efficient BackProp", in Neural'
            " Networks: Tricks of the Trade, 1998.",
        ),
    ),
    "silu": Entry(
        summary="Sigmoid linear unit, also known as swish with beta = 1.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x s(x)", lambda m, x: gated(m, x, x), "array([-0.26894142,  0.        ,  1.76159416])"
        ),
        grad=Form(
            "s(x) (1 + x (1 - s(x)))",
            lambda m, x: silu_grad(m, x, m.minus(-x, SILU_GRAD_ROOT)),
            "array([0.07232949, 0.5       , 1.09078425])",
        ),
        grad_grad=Form(
            "s'(x) (2 - x tanh(x/2))",
            lambda m, x: silu_grad_grad(m, x, m.minus(m.abs(x), SILU_GRAD_GRAD_ROOT)),
            "array([0.30236612, 0.5       , 0.05006217])",
        ),
        references=(
            'S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units for neural'
            ' network function approximation in reinforcement learning", 2017,'
            " arXiv:1702.03118.",
        ),
    ),
    "swish": Entry(
        summary="The argument, gated by its sigmoid with a learnable factor.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("x s(beta x)", swish, "array([-0.26894142,  0.        ,  1.76159416])"),
        grad=Form(
            "s(beta x) (1 + beta x (1 - s(beta x)))",
            swish_grad,
            "array([0.07232949, 0.5       , 1.09078425])",
        ),
        grad_by={
            "beta": Form(
                "x^2 s'(beta x)", swish_grad_beta, "array([0.19661193, 0.        , 0.41997434])"
            )
        },
        grad_grad=Form(
            "beta s'(z) (2 - z tanh(z/2)), z = beta x",
            swish_grad_grad,
            "array([0.30236612, 0.5       , 0.05006217])",
        ),
        parameters={"beta": "Steepness of the gate."},
        note=(
            "beta = 0 is x/2. An infinite beta is the limit, max(x, 0) or min(x, 0), whose\n"
            "derivatives at x = 0 are NaN."
        ),
        references=_SWISH,
    ),
}
