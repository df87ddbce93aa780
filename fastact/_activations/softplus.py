"""Softplus, its mirror image, and mish, which it gates."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import FAR, sigmoid_grad

# Where a derivative, first or second, vanishes, and its Taylor coefficients there.
MISH_GRAD_ROOT = "-1.1924312145154952121375883404207394056006864093225"
MISH_GRAD_TAYLOR = (
    0.2669479140495345,
    0.20473126408010586,
    0.04190782104360987,
    -0.020271822716684245,
    -0.01582112656173338,
    -0.0033606849270232685,
    0.0010924055409445854,
    0.0009898181021289196,
)
MISH_GRAD_GRAD_ROOT_LEFT = "-2.2563763963607931200057485439501639062640349352344"
MISH_GRAD_GRAD_TAYLOR_LEFT = (
    0.1087544107316427,
    0.09898193805255845,
    0.03736189561023729,
    0.0033540526593358656,
    -0.003860493935188506,
    -0.002480068109334893,
    -0.0007927886724150866,
    -0.00010538381919454746,
)
MISH_GRAD_GRAD_ROOT_RIGHT = "1.4905711794854284592944189081979098211278335012647"
MISH_GRAD_GRAD_TAYLOR_RIGHT = (
    -0.23069451159746054,
    0.28127277803034306,
    -0.0797073551654253,
    -0.06665173991852782,
    0.05998888116276497,
    -0.008932244292082872,
    -0.011535248884490047,
    0.0070027488703032735,
)


def softplus(m: Any, x: Any, beta: Any) -> Any:
    """Return log(1 + e^z) / beta, z = beta x."""
    z = beta * x
    return m.where(z > 0, x, 0) + m.log1p(m.exp(-m.abs(z))) / beta


def softplus_grad_beta(m: Any, x: Any, beta: Any) -> Any:
    """Return (z s(z) - softplus(z)) / beta^2, z = beta x: minus the entropy of s over beta^2."""
    z = m.minimum(m.abs(beta * x), FAR)
    e = m.exp(-z)
    return -(z * e / (1 + e) + m.log1p(e)) / (beta * beta)


def log_sigmoid(m: Any, x: Any) -> Any:
    """Return -log(1 + e^-x)."""
    decay = m.log1p(m.exp(-m.abs(x)))
    return m.where(x > 0, -decay, x - decay)


def mish(m: Any, x: Any) -> Any:
    """Return x N/(N + 2) with N = w (w + 2), w = e^x, by e^-|x|."""
    e = m.exp(-m.abs(x))
    positive = (1 + 2 * e) / (1 + 2 * e * (1 + e))
    n = e * (e + 2)
    return m.maximum(x, -FAR) * m.where(x > 0, positive, n / (n + 2))


def mish_grad(m: Any, x: Any) -> Any:
    """Return (N (N + 2) + 4 x w (w + 1)) / (N + 2)^2."""
    z = m.maximum(m.minimum(x, FAR), -FAR)
    e = m.exp(-m.abs(z))
    shared = 1 + 2 * e * (1 + e)
    positive = ((1 + 2 * e) * shared + 4 * z * e * e * (1 + e)) / (shared * shared)
    n = e * (e + 2)
    negative = (n * (n + 2) + 4 * z * e * (1 + e)) / ((n + 2) * (n + 2))
    return m.about(x, MISH_GRAD_ROOT, MISH_GRAD_TAYLOR, m.where(z > 0, positive, negative))


def mish_grad_grad(m: Any, x: Any) -> Any:
    """Return 4 v (A - t B) / D^3 on the left, one v more on the right; v = e^-t, t = |x|."""
    t = m.minimum(m.abs(x), FAR)
    v = m.exp(-t)
    left = 2 + v * (2 + v)
    right = 1 + v * (2 + 2 * v)
    a = 2 * (1 + v) * m.where(x < 0, left, right)
    b = m.where(x < 0, 2 + v * (2 - v * (3 + 2 * v)), 2 + v * (3 - v * (2 + 2 * v)))
    scale = m.where(x < 0, 1 / (left * left * left), v / right / right / right)
    second = 4 * v * (a - t * b) * scale
    second = m.about(x, MISH_GRAD_GRAD_ROOT_LEFT, MISH_GRAD_GRAD_TAYLOR_LEFT, second)
    return m.about(x, MISH_GRAD_GRAD_ROOT_RIGHT, MISH_GRAD_GRAD_TAYLOR_RIGHT, second)


ENTRIES: dict[str, Entry] = {
    "softplus": Entry(
        summary="Smooth maximum of the argument and 0.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "log(1 + exp(beta x)) / beta", softplus, "array([0.31326169, 0.69314718, 2.12692801])"
        ),
        grad=Form(
            "s(beta x)",
            lambda m, x, beta: m.expit(beta * x),
            "array([0.26894142, 0.5       , 0.88079708])",
        ),
        grad_by={
            "beta": Form(
                "(x s(beta x) - softplus(x, beta)) / beta",
                softplus_grad_beta,
                "array([-0.58220311, -0.69314718, -0.36533386])",
            )
        },
        backward_from_output=Form("1 - exp(-beta y)", lambda m, y, beta: -m.expm1(-beta * y)),
        grad_grad=Form(
            "beta s'(beta x)",
            lambda m, x, beta: beta * sigmoid_grad(m, beta * x),
            "array([0.19661193, 0.25      , 0.10499359])",
        ),
        parameters={"beta": "Steepness of the bend."},
        note=(
            "The formula holds everywhere: no threshold switches to x. An infinite beta is the\n"
            "limit, max(x, 0) or min(x, 0), whose derivatives at x = 0 are NaN; at beta = 0 the\n"
            "value and the derivative with respect to beta are NaN."
        ),
        references=(
            'C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia, "Incorporating'
            ' second-order functional knowledge for better option pricing", NIPS 2000 (2001).',
        ),
    ),
    "log_sigmoid": Entry(
        summary="Logarithm of the logistic sigmoid.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "-log(1 + exp(-x))", log_sigmoid, "array([-1.31326169, -0.69314718, -0.12692801])"
        ),
        grad=Form("s(-x)", lambda m, x: m.expit(-x), "array([0.73105858, 0.5       , 0.11920292])"),
        grad_grad=Form(
            "-s'(x)",
            lambda m, x: -sigmoid_grad(m, x),
            "array([-0.19661193, -0.25      , -0.10499359])",
        ),
    ),
    "mish": Entry(
        summary="The argument, gated by the tanh of its softplus.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x tanh(log(1 + exp(x)))", mish, "array([-0.30340146,  0.        ,  1.94395896])"
        ),
        grad=Form(
            "t + x s(x) (1 - t^2), t = tanh(log(1 + exp(x)))",
            mish_grad,
            "array([0.05921676, 0.6       , 1.06931793])",
        ),
        grad_grad=Form(
            "s (1 - t^2) (2 + x (1 - s - 2 s t)), s = s(x)",
            mish_grad_grad,
            "array([ 0.34970567,  0.64      , -0.05772467])",
        ),
        references=(
            'D. Misra, "Mish: a self regularized non-monotonic activation function", BMVC'
            " 2020, arXiv:1908.08681.",
        ),
    ),
}
