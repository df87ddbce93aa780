"""Functions of tanh and cosh."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import (
    FAR,
    SILU_GRAD_GRAD_ROOT,
    sigmoid_grad,
    sigmoid_grad_grad,
    silu_grad_grad,
)


def lisht_grad(m: Any, x: Any) -> Any:
    """Return tanh(x) + x (1 - tanh(x)^2)."""
    z = m.maximum(m.minimum(x, FAR), -FAR)
    return m.tanh(x) + 4 * z * sigmoid_grad(m, 2 * z)


def log_cosh(m: Any, x: Any) -> Any:
    """Return log(cosh(x)), near 0 as half of log(1 + sinh(x)^2)."""
    t = m.abs(x)
    near = m.minimum(t, 1)
    sinh = m.expm1(near) * (1 + m.exp(-near)) / 2
    far = t - m.number(LOG_2) + m.log1p(m.exp(-2 * t))
    return m.where(t < 1, m.log1p(sinh * sinh) / 2, far)


LOG_2 = "0.69314718055994530941723212145817656807550013436026"


def dyt_grad_alpha(m: Any, x: Any, alpha: Any) -> Any:
    """Return x (1 - tanh(alpha x)^2)."""
    return m.where(m.abs(alpha * x) > FAR, 0 * alpha, 4 * x * sigmoid_grad(m, 2 * alpha * x))


# Where the derivative of tanh_exp vanishes, and its Taylor coefficients there.
TANH_EXP_GRAD_ROOT = "-1.0788600584646240566506673701720774760725540318078"
TANH_EXP_GRAD_TAYLOR = (
    0.3525036331603062,
    0.3252269138875309,
    0.10786032936442337,
    -0.022875972060733378,
    -0.045645387693479984,
    -0.025487703563799875,
    -0.005629789964385507,
    0.0027715928931243703,
)


def tanh_exp(m: Any, x: Any) -> Any:
    """Return x tanh(e^x)."""
    return m.maximum(x, -FAR) * m.tanh(m.exp(m.minimum(x, 10)))


def tanh_exp_grad(m: Any, x: Any) -> Any:
    """Return tanh(v) + 4 x v s'(2v), v = e^x."""
    z = m.maximum(m.minimum(x, 10), -FAR)
    v = m.exp(z)
    grad = m.tanh(v) + 4 * z * v * sigmoid_grad(m, 2 * v)
    return m.about(x, TANH_EXP_GRAD_ROOT, TANH_EXP_GRAD_TAYLOR, grad)


ENTRIES: dict[str, Entry] = {
    "softcap": Entry(
        summary="The argument, softly capped: tanh that ends at -cap and cap.",
        example="[-60.0, 0.0, 10.0]",
        value=Form(
            "cap tanh(x/cap)",
            lambda m, x, cap: cap * m.tanh(x / cap),
            "array([-28.9208274 ,   0.        ,   9.64538213])",
        ),
        grad=Form(
            "1 - tanh(x/cap)^2",
            lambda m, x, cap: 4 * sigmoid_grad(m, 2 * x / cap),
            "array([0.07065082, 1.        , 0.89662956])",
        ),
        grad_grad=Form(
            "-2 tanh(x/cap) (1 - tanh(x/cap)^2) / cap",
            lambda m, x, cap: 8 * sigmoid_grad_grad(m, 2 * x / cap) / cap,
            "array([ 0.00454062,  0.        , -0.01921852])",
        ),
        parameters={"cap": "Where the value ends; its sign does not count."},
        note=(
            "cap = 0 is the function 0, whose derivatives at x = 0 are NaN; an infinite cap is\n"
            "the identity."
        ),
        references=(
            'Gemma Team, "Gemma 2: improving open language models at a practical size", 2024,'
            " arXiv:2408.00118.",
        ),
    ),
    "dyt": Entry(
        summary="Dynamic tanh, a replacement for normalisation layers.",
        example="[-2.0, 0.0, 4.0]",
        value=Form(
            "tanh(alpha x)",
            lambda m, x, alpha: m.tanh(alpha * x),
            "array([-0.76159416,  0.        ,  0.96402758])",
        ),
        grad=Form(
            "alpha (1 - tanh(alpha x)^2)",
            lambda m, x, alpha: 4 * alpha * sigmoid_grad(m, 2 * alpha * x),
            "array([0.20998717, 0.5       , 0.03532541])",
        ),
        grad_by={
            "alpha": Form(
                "x (1 - tanh(alpha x)^2)",
                dyt_grad_alpha,
                "array([-0.83994868,  0.        ,  0.2826033 ])",
            )
        },
        grad_grad=Form(
            "-2 alpha^2 tanh(alpha x) (1 - tanh(alpha x)^2)",
            lambda m, x, alpha: 8 * alpha * alpha * sigmoid_grad_grad(m, 2 * alpha * x),
            "array([ 0.159925  ,  0.        , -0.03405467])",
        ),
        parameters={"alpha": "Steepness."},
        note=(
            "alpha = 0 is the function 0. An infinite alpha is the limit, the sign of x, whose\n"
            "derivatives with respect to x are NaN at 0."
        ),
        references=(
            'J. Zhu, X. Chen, K. He, Y. LeCun, Z. Liu, "Transformers without normalization",'
            " CVPR 2025, arXiv:2503.10622.",
        ),
    ),
    "lisht": Entry(
        summary="Linearly scaled hyperbolic tangent.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x tanh(x)", lambda m, x: x * m.tanh(x), "array([0.76159416, 0.        , 1.92805516])"
        ),
        grad=Form(
            "tanh(x) + x (1 - tanh(x)^2)",
            lisht_grad,
            "array([-1.1815685 ,  0.        ,  1.10532923])",
        ),
        grad_grad=Form(
            "2 (1 - x tanh(x)) (1 - tanh(x)^2)",
            lambda m, x: 4 * silu_grad_grad(m, 2 * x, m.minus(2 * m.abs(x), SILU_GRAD_GRAD_ROOT)),
            "array([ 0.20024867,  2.        , -0.13113573])",
        ),
        references=(
            'S. K. Roy, S. Manna, S. R. Dubey, B. B. Chaudhuri, "LiSHT: non-parametric linearly'
            ' scaled hyperbolic tangent activation function for neural networks", 2019,'
            " arXiv:1901.05894.",
        ),
    ),
    "log_cosh": Entry(
        summary="Logarithm of the hyperbolic cosine: a parabola that turns into the magnitude.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("log(cosh(x))", log_cosh, "array([0.43378083, 0.        , 1.32500275])"),
        grad=Form(
            "tanh(x)", lambda m, x: m.tanh(x), "array([-0.76159416,  0.        ,  0.96402758])"
        ),
        grad_grad=Form(
            "1 - tanh(x)^2",
            lambda m, x: 4 * sigmoid_grad(m, 2 * x),
            "array([0.41997434, 1.        , 0.07065082])",
        ),
    ),
    "tanh_exp": Entry(
        summary="The argument, gated by the tanh of its exponential.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("x tanh(exp(x))", tanh_exp, "array([-0.35213549,  0.        ,  1.99999847])"),
        grad=Form(
            "tanh(v) + x v (1 - tanh(v)^2), v = exp(x)",
            tanh_exp_grad,
            "array([0.02987288, 0.76159416, 1.00002181])",
        ),
        references=(
            'X. Liu, X. Di, "TanhExp: a smooth activation function with high convergence speed'
            ' for lightweight neural networks", 2020, arXiv:2003.09855.',
        ),
    ),
}
