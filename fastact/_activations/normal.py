"""The normal distribution and the error function."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form

HALF_ROOT = "0.70710678118654752440084436210484903928483593768847"  # sqrt(1/2)
DENSITY = "0.39894228040143267793994605993438186847585863116493"  # 1/sqrt(2 pi)
ERF_SLOPE = "1.1283791670955125738961589031215451716881012586580"  # 2/sqrt(pi)

# e**-x**2 is 0 in every dtype beyond it.
_FAR = 1000


def _bounded(m: Any, x: Any) -> Any:
    return m.maximum(m.minimum(x, _FAR), -_FAR)


def _density(m: Any, u: Any) -> Any:
    """Return phi(u)."""
    z = _bounded(m, u)
    return m.number(DENSITY) * m.exp(-z * z / 2)


def _normal(m: Any, u: Any) -> Any:
    """Return Phi(u)."""
    return m.erfc(-u * m.number(HALF_ROOT)) / 2


def gaussian(m: Any, x: Any, sigma: Any) -> Any:
    """Return exp(-u^2/2), u = x/sigma."""
    z = _bounded(m, x / sigma)
    return m.exp(-z * z / 2)


def gaussian_grad_grad(m: Any, x: Any, sigma: Any) -> Any:
    """Return (x - sigma) (x + sigma) / sigma^4 exp(-u^2/2)."""
    z = m.maximum(m.minimum(x, _FAR * sigma), -_FAR * sigma)
    scale = (z - sigma) / sigma * ((z + sigma) / sigma)
    return scale / sigma / sigma * gaussian(m, x, sigma)


def laplace(m: Any, x: Any, mu: Any, sigma: Any) -> Any:
    """Return Phi(u), u = (x - mu)/sigma."""
    return _normal(m, (x - mu) / sigma)


def laplace_grad(m: Any, x: Any, mu: Any, sigma: Any) -> Any:
    """Return phi(u)/sigma."""
    return _density(m, (x - mu) / sigma) / sigma


def laplace_grad_grad(m: Any, x: Any, mu: Any, sigma: Any) -> Any:
    """Return -u phi(u)/sigma^2."""
    u = (x - mu) / sigma
    return -_bounded(m, u) * _density(m, u) / sigma / sigma


ENTRIES: dict[str, Entry] = {
    "erf": Entry(
        summary="Error function.",
        example="[-1.0, 0.0, 0.5]",
        value=Form(
            "erf(x)", lambda m, x: m.erf(x), "array([-0.84270079,  0.        ,  0.52049988])"
        ),
        grad=Form(
            "2/sqrt(pi) exp(-x^2)",
            lambda m, x: m.number(ERF_SLOPE) * m.exp(-(_bounded(m, x) ** 2)),
            "array([0.4151075 , 1.12837917, 0.87878258])",
        ),
        grad_grad=Form(
            "-4/sqrt(pi) x exp(-x^2)",
            lambda m, x: -2 * _bounded(m, x) * m.number(ERF_SLOPE) * m.exp(-(_bounded(m, x) ** 2)),
            "array([ 0.83021499,  0.        , -0.87878258])",
        ),
    ),
    "ndtr": Entry(
        summary="Standard normal distribution function.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "Phi(x) = (1 + erf(x/sqrt(2))) / 2",
            _normal,
            "array([0.15865525, 0.5       , 0.97724987])",
        ),
        grad=Form("phi(x)", _density, "array([0.24197072, 0.39894228, 0.05399097])"),
        grad_grad=Form(
            "-x phi(x)",
            lambda m, x: -_bounded(m, x) * _density(m, x),
            "array([ 0.24197072,  0.        , -0.10798193])",
        ),
    ),
    "laplace": Entry(
        summary="Normal distribution function about mu, an elementwise attention of Mega.",
        example="[0.0, 0.707107, 1.0]",
        value=Form(
            "Phi(u) = (1 + erf(u/sqrt(2))) / 2, u = (x - mu)/sigma",
            laplace,
            "array([0.00609446, 0.5       , 0.85042965])",
        ),
        grad=Form("phi(u)/sigma", laplace_grad, "array([0.06111383, 1.41421252, 0.82494577])"),
        grad_grad=Form(
            "-u phi(u)/sigma^2",
            laplace_grad_grad,
            "array([ 0.54304254,  0.        , -3.03629255])",
        ),
        parameters={
            "mu": "Where the value is 1/2.",
            "sigma": "Width; a negative one mirrors the function.",
        },
        note=(
            "sigma = 0 is the limit from above, a step, whose derivatives at x = mu are NaN; an\n"
            "infinite sigma is the function 1/2. An infinite mu beside an equal x or an infinite\n"
            "sigma gives NaN."
        ),
        references=(
            'X. Ma et al., "Mega: moving average equipped gated attention", ICLR 2023,'
            " arXiv:2209.10655.",
        ),
    ),
    "gaussian": Entry(
        summary="Bell curve, an activation of coordinate networks.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "exp(-x^2 / (2 sigma^2))", gaussian, "array([0.60653066, 1.        , 0.13533528])"
        ),
        grad=Form(
            "-x/sigma^2 exp(-x^2 / (2 sigma^2))",
            lambda m, x, sigma: (
                -m.maximum(m.minimum(x, _FAR * sigma), -_FAR * sigma)
                / sigma
                / sigma
                * gaussian(m, x, sigma)
            ),
            "array([ 0.60653066,  0.        , -0.27067057])",
        ),
        grad_grad=Form(
            "(x^2/sigma^2 - 1)/sigma^2 exp(-x^2 / (2 sigma^2))",
            gaussian_grad_grad,
            "array([ 0.        , -1.        ,  0.40600585])",
        ),
        parameters={"sigma": "Width; its sign does not count."},
        note=(
            "sigma = 0 is the limit, 1 at x = 0 and 0 elsewhere, whose derivatives at x = 0 are\n"
            "NaN; an infinite sigma is the function 1."
        ),
        references=(
            'S. Ramasinghe, S. Lucey, "Beyond periodicity: towards a unifying framework for'
            ' activations in coordinate-MLPs", ECCV 2022, arXiv:2111.15135.',
        ),
    ),
}
