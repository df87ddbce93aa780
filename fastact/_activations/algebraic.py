"""Functions of square roots."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form

_CARLILE = (
    'B. Carlile, G. Delamarter, P. Kinney, A. Marti, B. Whitney, "Improving deep learning by'
    ' inverse square root linear units (ISRLUs)", 2017, arXiv:1710.09967.',
)

# Squares of larger numbers overflow, and what is added to them no longer counts.
_HUGE = 1e140


def _root(m: Any, x: Any, alpha: Any) -> Any:
    """Return sqrt(1 + alpha x^2)."""
    t = m.abs(x)
    return m.where(t > _HUGE, m.sqrt(alpha) * t, m.sqrt(1 + alpha * m.minimum(t, _HUGE) ** 2))


def _ratio(m: Any, x: Any, alpha: Any) -> Any:
    """Return x/sqrt(1 + alpha x^2)."""
    z = m.maximum(m.minimum(x, _HUGE), -_HUGE)
    return z / m.sqrt(1 + alpha * z * z)


def _cube(m: Any, x: Any, alpha: Any) -> Any:
    """Return (1 + alpha x^2)^(-3/2)."""
    root = _root(m, x, alpha)
    return 1 / root / root / root


def _fifth(m: Any, x: Any, alpha: Any) -> Any:
    """Return -3 alpha x (1 + alpha x^2)^(-5/2)."""
    root = _root(m, x, alpha)
    return -3 * alpha * _ratio(m, x, alpha) / root / root / root / root


def squareplus(m: Any, x: Any, b: Any) -> Any:
    """Return (x + sqrt(x^2 + b))/2, on the left as b/4 over its mirror image."""
    t = m.abs(x)
    size = m.where(t > _HUGE, t, m.sqrt(m.minimum(t, _HUGE) ** 2 + b))
    right = (t + size) / 2
    return m.where(x < 0, b / (4 * right), right)


def squareplus_grad(m: Any, x: Any, b: Any) -> Any:
    """Return squareplus(x) / sqrt(x^2 + b)."""
    t = m.abs(x)
    z = m.minimum(t, _HUGE)
    size = m.where(t > _HUGE, t, m.sqrt(z * z + b))
    ratio = z / m.sqrt(z * z + b)
    return m.where(x < 0, b / (2 * (t + size)) / size, (1 + ratio) / 2)


def squareplus_grad_grad(m: Any, x: Any, b: Any) -> Any:
    """Return b/2 (x^2 + b)^(-3/2)."""
    t = m.abs(x)
    size = m.where(t > _HUGE, t, m.sqrt(m.minimum(t, _HUGE) ** 2 + b))
    return b / 2 / size / size / size


ENTRIES: dict[str, Entry] = {
    "squareplus": Entry(
        summary="Softplus without an exponential: a branch of a hyperbola.",
        example="[-1.5, 0.0, 1.5]",
        value=Form("(x + sqrt(x^2 + b)) / 2", squareplus, "array([0.5, 1. , 2. ])"),
        grad=Form("(1 + x / sqrt(x^2 + b)) / 2", squareplus_grad, "array([0.2, 0.5, 0.8])"),
        grad_grad=Form(
            "b/2 (x^2 + b)^(-3/2)", squareplus_grad_grad, "array([0.128, 0.25 , 0.128])"
        ),
        parameters={"b": "Roundness of the bend."},
        note=(
            "b = 0 is relu, whose derivatives at 0 are NaN; b = inf is inf with the derivative\n"
            "1/2. For a negative b all forms are NaN where x^2 + b < 0, derivatives also where\n"
            "it is 0."
        ),
        references=(
            'J. T. Barron, "Squareplus: a softplus-like algebraic rectifier", 2021,'
            " arXiv:2112.11687.",
        ),
    ),
    "isru": Entry(
        summary="Inverse square root unit: a sigmoid without an exponential.",
        example="[-0.75, 0.0, 0.75]",
        value=Form("x / sqrt(1 + alpha x^2)", _ratio, "array([-0.6,  0. ,  0.6])"),
        grad=Form("(1 + alpha x^2)^(-3/2)", _cube, "array([0.512, 1.   , 0.512])"),
        grad_grad=Form(
            "-3 alpha x (1 + alpha x^2)^(-5/2)", _fifth, "array([ 0.73728,  0.     , -0.73728])"
        ),
        parameters={"alpha": "The value ends at 1/sqrt(alpha)."},
        note=(
            "alpha = 0 is the identity; alpha = inf is 0, with derivatives at x = 0 that are NaN.\n"
            "For a negative alpha all forms are NaN where 1 + alpha x^2 <= 0."
        ),
        references=_CARLILE,
    ),
    "isrlu": Entry(
        summary="Inverse square root linear unit.",
        example="[-0.75, 0.0, 2.0]",
        value=Form(
            "x if x >= 0 else x / sqrt(1 + alpha x^2)",
            lambda m, x, alpha: m.where(x >= 0, x, _ratio(m, x, alpha)),
            "array([-0.6,  0. ,  2. ])",
        ),
        grad=Form(
            "1 if x >= 0 else (1 + alpha x^2)^(-3/2)",
            lambda m, x, alpha: m.where(x >= 0, 1, _cube(m, x, alpha)),
            "array([0.512, 1.   , 1.   ])",
        ),
        grad_grad=Form(
            "0 if x >= 0 else -3 alpha x (1 + alpha x^2)^(-5/2)",
            lambda m, x, alpha: m.where(x >= 0, 0, _fifth(m, x, alpha)),
            "array([0.73728, 0.     , 0.     ])",
        ),
        parameters={"alpha": "The value ends at -1/sqrt(alpha)."},
        note=(
            "alpha = 0 is the identity, alpha = inf relu. For a negative alpha all forms are NaN\n"
            "where x < 0 and 1 + alpha x^2 <= 0."
        ),
        references=_CARLILE,
    ),
}
