"""Snakes: the identity plus a squared sine."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form

_HUGE = 1e300  # beside it a square of a sine no longer counts

_SNAKE = (
    'L. Ziyin, T. Hartwig, M. Ueda, "Neural networks fail to learn periodic functions and how to'
    ' fix it", NeurIPS 2020, arXiv:2006.08195.',
)


def snake_beta(m: Any, x: Any, alpha: Any, beta: Any) -> Any:
    """Return x + sin(alpha x)^2 / beta, x where that is infinite or a zero."""
    return m.where((m.abs(x) > _HUGE) | (x == 0), x, x + m.sin(alpha * x) ** 2 / beta)


def snake_beta_grad(m: Any, x: Any, alpha: Any, beta: Any) -> Any:
    """Return 1 + alpha/beta sin(2z), where sin(2z) = (sin(z) + cos(z))^2 - 1."""
    sign = m.where(alpha * beta < 0, -1, 1)
    z, ratio = alpha * sign * x, alpha * sign / beta
    return (beta - alpha * sign) / beta + ratio * (m.sin(z) + m.cos(z)) ** 2


def snake_beta_grad_grad(m: Any, x: Any, alpha: Any, beta: Any) -> Any:
    """Return 2 alpha^2/beta cos(2z), where that is a difference of squares."""
    sine, cosine = m.sin(alpha * x), m.cos(alpha * x)
    return 2 * alpha**2 / beta * ((cosine - sine) * (cosine + sine))


def snake_grad_alpha(m: Any, x: Any, alpha: Any) -> Any:
    """Return (z sin(2z) - sin(z)^2) / alpha^2."""
    sine, cosine = m.sin(alpha * x), m.cos(alpha * x)
    return sine / alpha * (2 * x * cosine - sine / alpha)


_NOTE = (
    "Arguments of any size are reduced exactly; at infinity the derivatives are NaN. A result\n"
    "that the parameters let vanish is accurate there as its terms are."
)

ENTRIES: dict[str, Entry] = {
    "snake": Entry(
        summary="Snake: the argument plus a squared sine, for periodic functions.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x + sin(alpha x)^2 / alpha",
            lambda m, x, alpha: snake_beta(m, x, alpha, alpha),
            "array([-0.29192658,  0.        ,  2.82682181])",
        ),
        grad=Form(
            "1 + sin(2 alpha x)",
            lambda m, x, alpha: snake_beta_grad(m, x, alpha, alpha),
            "array([0.09070257, 1.        , 0.2431975 ])",
        ),
        grad_by={
            "alpha": Form(
                "(x sin(2 alpha x) - sin(alpha x)^2 / alpha) / alpha",
                snake_grad_alpha,
                "array([ 0.20122401,  0.        , -2.3404268 ])",
            )
        },
        grad_grad=Form(
            "2 alpha cos(2 alpha x)",
            lambda m, x, alpha: snake_beta_grad_grad(m, x, alpha, alpha),
            "array([-0.83229367,  2.        , -1.30728724])",
        ),
        parameters={"alpha": "Frequency."},
        note=(
            f"{_NOTE}\n"
            "alpha = 0 is the limit, the identity. So is the value for an infinite alpha, whose\n"
            "derivatives are NaN."
        ),
        references=_SNAKE,
    ),
    "snake_beta": Entry(
        summary="Snake whose frequency and height are parameters of their own.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x + sin(alpha x)^2 / beta",
            snake_beta,
            "array([-0.29192658,  0.        ,  2.82682181])",
        ),
        grad=Form(
            "1 + alpha/beta sin(2 alpha x)",
            snake_beta_grad,
            "array([0.09070257, 1.        , 0.2431975 ])",
        ),
        grad_by={
            "alpha": Form(
                "x sin(2 alpha x) / beta",
                lambda m, x, alpha, beta: 2 * x / beta * m.sin(alpha * x) * m.cos(alpha * x),
                "array([ 0.90929743,  0.        , -1.51360499])",
            ),
            "beta": Form(
                "-sin(alpha x)^2 / beta^2",
                lambda m, x, alpha, beta: -((m.sin(alpha * x) / beta) ** 2),
                "array([-0.70807342,  0.        , -0.82682181])",
            ),
        },
        grad_grad=Form(
            "2 alpha^2/beta cos(2 alpha x)",
            snake_beta_grad_grad,
            "array([-0.83229367,  2.        , -1.30728724])",
        ),
        parameters={"alpha": "Frequency.", "beta": "What the squared sine is divided by, not 0."},
        note=(
            f"{_NOTE}\n"
            "beta = 0 gives NaN. An infinite alpha has NaN derivatives, and beside a finite beta\n"
            "and a finite x other than 0 a NaN value; an infinite beta is the identity."
        ),
        references=(
            *_SNAKE,
            'S. Lee, W. Ping, B. Ginsburg, B. Catanzaro, S. Yoon, "BigVGAN: a universal neural'
            ' vocoder with large-scale training", ICLR 2023, arXiv:2206.04658.',
        ),
    ),
}
