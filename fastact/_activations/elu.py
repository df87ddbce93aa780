"""The exponential linear units."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import FAR, negative_part

SELU_SCALE = "1.0507009873554804934193349852946"
SELU_ALPHA = "1.6732632423543772848170429916717"


def celu_grad_alpha(m: Any, x: Any, alpha: Any) -> Any:
    """Return e^z - 1 - z e^z, z = x/alpha, for x < 0."""
    u = m.minimum(m.maximum(-x / alpha, -FAR), FAR)
    far = m.expm1(-u) + u * m.exp(-u)
    near = m.minimum(m.maximum(u, -1), 1)
    close = -m.exp(-near) * m.exp_rest(near)
    return m.where(x < 0, m.where(m.abs(u) < 1, close, far), 0)


def xielu(m: Any, x: Any, alpha_p: Any, alpha_n: Any, beta: Any, eps: Any) -> Any:
    """Return alpha_p x^2 + beta x, or alpha_n (e^min(x, eps) - 1 - x) + beta x."""
    left = negative_part(m, x)
    linear = m.where(beta == alpha_n, 0 * m.maximum(left, -FAR), (beta - alpha_n) * left)
    below = alpha_n * m.expm1(m.minimum(left, eps)) + linear
    near = m.minimum(m.maximum(left, -1), eps)
    close = alpha_n * (m.exp_rest(near) + (near - m.maximum(left, -1))) + beta * left
    return m.where(x > 0, x * (alpha_p * x + beta), m.where(left > -1, close, below))


def xielu_grad(m: Any, x: Any, alpha_p: Any, alpha_n: Any, beta: Any, eps: Any) -> Any:
    """Return 2 alpha_p x + beta, or alpha_n (e^x - 1) + beta, alpha_n (0 - 1) + beta from eps."""
    rise = m.where(x > eps, -1, m.expm1(negative_part(m, x)))
    return m.where(x > 0, 2 * alpha_p * x + beta, alpha_n * rise + beta)


ENTRIES: dict[str, Entry] = {
    "elu": Entry(
        summary="Exponential linear unit.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x if x > 0 else alpha (exp(x) - 1)",
            lambda m, x, alpha: m.where(x > 0, x, alpha * m.expm1(negative_part(m, x))),
            "array([-0.63212056,  0.        ,  2.        ])",
        ),
        grad=Form(
            "1 if x > 0 else alpha exp(x)",
            lambda m, x, alpha: m.where(x > 0, 1, alpha * m.exp(negative_part(m, x))),
            "array([0.36787944, 1.        , 1.        ])",
        ),
        grad_by={
            "alpha": Form(
                "0 if x > 0 else exp(x) - 1",
                lambda m, x, alpha: m.expm1(negative_part(m, x)),
                "array([-0.63212056,  0.        ,  0.        ])",
            )
        },
        backward_from_output=Form(
            "1 if y > 0 else y + alpha, for alpha >= 0",
            lambda m, y, alpha: m.where(y > 0, 1, y + alpha),
        ),
        grad_grad=Form(
            "alpha exp(x) if x <= 0 else 0",
            lambda m, x, alpha: m.where(x > 0, 0, alpha * m.exp(negative_part(m, x))),
            "array([0.36787944, 1.        , 0.        ])",
        ),
        kinks="alpha at 0",
        parameters={"alpha": "Negative numbers end at -alpha."},
        note=("An infinite alpha beside x = -inf gives a NaN derivative: 0 times infinity."),
        references=(
            'D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network'
            ' learning by exponential linear units (ELUs)", ICLR 2016, arXiv:1511.07289.',
        ),
    ),
    "selu": Entry(
        summary="Self-normalizing exponential linear unit.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "lambda (x if x > 0 else a (exp(x) - 1))",
            lambda m, x: (
                m.number(SELU_SCALE)
                * m.where(x > 0, x, m.number(SELU_ALPHA) * m.expm1(negative_part(m, x)))
            ),
            "array([-1.11133074,  0.        ,  2.10140197])",
        ),
        grad=Form(
            "lambda (1 if x > 0 else a exp(x))",
            lambda m, x: (
                m.number(SELU_SCALE)
                * m.where(x > 0, 1, m.number(SELU_ALPHA) * m.exp(negative_part(m, x)))
            ),
            "array([0.6467686 , 1.75809934, 1.05070099])",
        ),
        grad_grad=Form(
            "lambda a exp(x) if x <= 0 else 0",
            lambda m, x: m.where(
                x > 0, 0, m.number(SELU_SCALE) * m.number(SELU_ALPHA) * m.exp(negative_part(m, x))
            ),
            "array([0.6467686 , 1.75809934, 0.        ])",
        ),
        kinks="lambda a at 0",
        note="lambda = 1.0507009873554805 and a = 1.6732632423543772.",
        references=(
            'G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, "Self-normalizing neural'
            ' networks", NeurIPS 2017, arXiv:1706.02515.',
        ),
    ),
    "celu": Entry(
        summary="Exponential linear unit whose derivative is continuous for every alpha.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x if x > 0 else alpha (exp(x/alpha) - 1)",
            lambda m, x, alpha: m.where(x > 0, x, alpha * m.expm1(negative_part(m, x) / alpha)),
            "array([-0.63212056,  0.        ,  2.        ])",
        ),
        grad=Form(
            "1 if x > 0 else exp(x/alpha)",
            lambda m, x, alpha: m.exp(negative_part(m, x) / alpha),
            "array([0.36787944, 1.        , 1.        ])",
        ),
        grad_by={
            "alpha": Form(
                "0 if x > 0 else exp(x/alpha) (1 - x/alpha) - 1",
                celu_grad_alpha,
                "array([-0.26424112,  0.        ,  0.        ])",
            )
        },
        grad_grad=Form(
            "exp(x/alpha) / alpha if x <= 0 else 0",
            lambda m, x, alpha: m.where(x > 0, 0, m.exp(negative_part(m, x) / alpha) / alpha),
            "array([0.36787944, 1.        , 0.        ])",
        ),
        parameters={"alpha": "Negative numbers end at -alpha."},
        note=(
            "alpha = 0 is the limit, relu, whose second derivative at 0 is NaN; an infinite\n"
            "alpha is the identity, whose derivatives at x = -inf are NaN. A negative alpha is\n"
            "taken at its word."
        ),
        references=(
            'J. T. Barron, "Continuously differentiable exponential linear units", 2017,'
            " arXiv:1704.07483.",
        ),
    ),
    "xielu": Entry(
        summary="Expanded integral of the exponential linear unit: a parabola on the right.",
        example="[-1.0, 0.5, 2.0]",
        value=Form(
            "alpha_p x^2 + beta x if x > 0 else alpha_n (exp(min(x, eps)) - 1 - x) + beta x",
            xielu,
            "array([-0.20569645,  0.45      ,  4.2       ])",
        ),
        grad=Form(
            "2 alpha_p x + beta if x > 0 else alpha_n (exp(x) - 1) + beta if x <= eps else"
            " beta - alpha_n",
            xielu_grad,
            "array([-0.00569645,  1.3       ,  3.7       ])",
        ),
        kinks="beta - alpha_n at 0",
        parameters={
            "alpha_p": "Half of the second derivative for positive numbers.",
            "alpha_n": "Factor of the exponential.",
            "beta": "Slope about 0.",
            "eps": "Where the exponential ends, a negative number.",
        },
        note=(
            "0 times infinity and infinity less infinity are NaN. Where large parameters cancel,\n"
            "the value is accurate as its terms are."
        ),
        references=(
            'A. H. Huang, I. Schlag, "Deriving activation functions using integration", 2024,'
            " arXiv:2411.13010.",
        ),
    ),
}
