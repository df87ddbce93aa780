"""Piecewise quadratic functions."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import between, clip


def star_relu(m: Any, x: Any, scale: Any, bias: Any) -> Any:
    """Return scale max(x, 0)^2 + bias."""
    r = m.where(x > 0, x, 0)
    return scale * r * r + bias


ENTRIES: dict[str, Entry] = {
    "sparse_plus": Entry(
        summary="Softplus without an exponential: 0, a parabola, the argument.",
        example="[-2.0, 0.0, 2.0]",
        value=Form(
            "0 if x <= -1 else x if x >= 1 else (x + 1)^2 / 4",
            lambda m, x: m.where(x >= 1, x, (clip(m, x, -1, 1) + 1) ** 2 / 4),
            "array([0.  , 0.25, 2.  ])",
        ),
        grad=Form(
            "min(max((x + 1)/2, 0), 1)",
            lambda m, x: (clip(m, x, -1, 1) + 1) / 2,
            "array([0. , 0.5, 1. ])",
        ),
    ),
    "sparse_sigmoid": Entry(
        summary="Derivative of sparse_plus: a piecewise linear sigmoid from -1 to 1.",
        example="[-2.0, 0.5, 2.0]",
        value=Form(
            "min(max((x + 1)/2, 0), 1)",
            lambda m, x: (clip(m, x, -1, 1) + 1) / 2,
            "array([0.  , 0.75, 1.  ])",
        ),
        grad=Form(
            "1/2 if abs(x) < 1 else 0",
            lambda m, x: between(m, x, -1, 1, m.number("0.5")),
            "array([0. , 0.5, 0. ])",
        ),
        kinks="0 at -1 and 1",
    ),
    "smelu": Entry(
        summary="Smooth relu: a parabola between its two branches.",
        example="[-2.0, 0.0, 2.0]",
        value=Form(
            "0 if x <= -beta else x if x >= beta else (x + beta)^2 / (4 beta)",
            lambda m, x, beta: m.where(
                x >= beta, x, (clip(m, x, -beta, beta) + beta) ** 2 / (4 * beta)
            ),
            "array([0.  , 0.25, 2.  ])",
        ),
        grad=Form(
            "min(max((x + beta)/(2 beta), 0), 1)",
            lambda m, x, beta: (clip(m, x, -beta, beta) + beta) / (2 * beta),
            "array([0. , 0.5, 1. ])",
        ),
        parameters={"beta": "Half of the width of the parabola."},
        note=(
            "beta = 0 is relu, whose derivative at 0 is NaN; beta = inf is inf with the\n"
            "derivative 1/2. A negative beta gives NaN."
        ),
        references=(
            'G. I. Shamir, D. Lin, "Real world large scale recommendation systems reproducibility'
            ' and smooth activations", 2022, arXiv:2202.06499.',
        ),
    ),
    "star_relu": Entry(
        summary="Square of the rectified linear unit, scaled and shifted to unit variance.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("scale max(x, 0)^2 + bias", star_relu, "array([-0.4472, -0.4472,  3.1304])"),
        grad=Form(
            "2 scale max(x, 0)",
            lambda m, x, scale, bias: 2 * scale * m.where(x > 0, x, 0),
            "array([0.    , 0.    , 3.5776])",
        ),
        grad_by={
            "scale": Form(
                "max(x, 0)^2",
                lambda m, x, scale, bias: m.where(x > 0, x, 0) ** 2,
                "array([0., 0., 4.])",
            ),
            "bias": Form("1", lambda m, x, scale, bias: 1, "array([1., 1., 1.])"),
        },
        parameters={"scale": "Factor of the square.", "bias": "What is added to it."},
        note="0 times infinity and infinity less infinity are NaN.",
        references=(
            'W. Yu et al., "MetaFormer baselines for vision", IEEE TPAMI 46, 2024,'
            " arXiv:2210.13452.",
        ),
    ),
    "hard_mish": Entry(
        summary="Piecewise quadratic mish.",
        example="[-1.5, 0.0, 2.0]",
        value=Form(
            "x/2 min(max(x + 2, 0), 2)",
            lambda m, x: m.where(
                x >= 0, x, 0 * clip(m, x, -1, 1) + clip(m, x, -2, 0) * (clip(m, x, -2, 0) + 2) / 2
            ),
            "array([-0.375,  0.   ,  2.   ])",
        ),
        grad=Form(
            "0 if x < -2 else x + 1 if x < 0 else 1",
            lambda m, x: m.where(x < -2, 0, clip(m, x, -2, 0) + 1),
            "array([-0.5,  1. ,  1. ])",
        ),
        kinks="-1 at -2",
        note="As in timm, which has no paper for it.",
    ),
}
