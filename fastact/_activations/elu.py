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
        grad_parameter=Form(
            "0 if x > 0 else exp(x) - 1",
            lambda m, x, alpha: m.expm1(negative_part(m, x)),
            "array([-0.63212056,  0.        ,  0.        ])",
        ),
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
        grad_parameter=Form(
            "0 if x > 0 else exp(x/alpha) (1 - x/alpha) - 1",
            celu_grad_alpha,
            "array([-0.26424112,  0.        ,  0.        ])",
        ),
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
}
