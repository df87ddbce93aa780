"""The Gaussian error linear unit, exact and by its two approximations."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import FAR, clip, gated, sigmoid_grad, silu_grad, silu_grad_grad

HALF_ROOT = "0.70710678118654752440084436210484903928483593768847"  # sqrt(1/2)
DENSITY = "0.39894228040143267793994605993438186847585863116493"  # 1/sqrt(2 pi)
GELU_TANH_SCALE = "1.5957691216057307117597842397375274739034345246597"  # 2 sqrt(2/pi)

# Where a derivative, first or second, vanishes, and its Taylor coefficients there.
GELU_GRAD_ROOT = "-0.75179152469356445745790494677952403966447115342345"
GELU_GRAD_TAYLOR = (
    0.4314939923140469,
    0.388284982990552,
    -0.018199676398671087,
    -0.1140082332972217,
    -0.014771522148244337,
    0.019421679838189067,
    0.004539228379125415,
    -0.002239538068073497,
)
GELU_TANH_GRAD_ROOT = "-0.75246142207101625848795444328891609060539217803763"
GELU_TANH_GRAD_TAYLOR = (
    0.4304000910248585,
    0.38751844613578895,
    -0.01578285352184803,
    -0.11394448308095899,
    -0.01661932834305256,
    0.019682309459833118,
    0.005261059254921912,
    -0.0024227318458750974,
)
GELU_TANH_GRAD_GRAD_ROOT = "1.4185040087908283555480335455996426979241583187885"
GELU_TANH_GRAD_GRAD_TAYLOR = (
    -0.4095488174124191,
    0.432081111593848,
    -0.008168951883944803,
    -0.16109481693213482,
    0.056750540975161724,
    0.020035361162701274,
    -0.01671150756085392,
    0.0007632001136916162,
)
QUICK_GELU_GRAD_ROOT = "-0.75115425544128895129809561634722688333694329531125"
QUICK_GELU_GRAD_GRAD_ROOT = "1.4097281319127307096549586940553959392026542754625"

_GELU = ('D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", 2016, arXiv:1606.08415.',)


def gelu(m: Any, x: Any) -> Any:
    """Return x Phi(x)."""
    return m.maximum(x, -FAR) * m.erfc(-x * m.number(HALF_ROOT)) / 2


def gelu_grad(m: Any, x: Any) -> Any:
    """Return Phi(x) + x phi(x)."""
    z = m.maximum(m.minimum(x, FAR), -FAR)
    density = m.number(DENSITY) * m.exp(-z * z / 2)
    normal = m.erfc(-x * m.number(HALF_ROOT)) / 2
    return m.about(x, GELU_GRAD_ROOT, GELU_GRAD_TAYLOR, normal + z * density)


def gelu_grad_grad(m: Any, x: Any) -> Any:
    """Return phi(x) (2 - x^2)."""
    z = m.minimum(m.abs(x), FAR)
    return m.number(DENSITY) * m.exp(-z * z / 2) * (2 - z * z)


def clipped_gelu(m: Any, x: Any, low: Any, high: Any) -> Any:
    """Return min(max(gelu(x), low), high)."""
    return clip(m, gelu(m, x), low, high)


def clipped_gelu_grad(m: Any, x: Any, low: Any, high: Any) -> Any:
    """Return gelu'(x) between the kinks; gelu(x) < x also where it rounds to high."""
    y = gelu(m, x)
    return m.where((low < y) & ((y < high) | (x <= high)), gelu_grad(m, x), 0)


def twice_u(m: Any, x: Any) -> Any:
    """Return 2 sqrt(2/pi) (x + 0.044715 x^3)."""
    return m.number(GELU_TANH_SCALE) * x * (1 + m.number("0.044715") * x * x)


def gelu_tanh_grad(m: Any, x: Any) -> Any:
    """Return s + x s (1 - s) (2u)'."""
    near = m.maximum(m.minimum(x, FAR), -FAR)
    z = twice_u(m, near)
    z_grad = m.number(GELU_TANH_SCALE) * (1 + m.number("0.134145") * near * near)
    grad = m.expit(z) + near * z_grad * sigmoid_grad(m, z)
    return m.about(x, GELU_TANH_GRAD_ROOT, GELU_TANH_GRAD_TAYLOR, grad)


def gelu_tanh_grad_grad(m: Any, x: Any) -> Any:
    """Return s'(z) (2 z' + x z'' - x z'^2 tanh(z/2)), z = 2u."""
    t = m.minimum(m.abs(x), FAR)
    z = twice_u(m, t)
    z_grad = m.number(GELU_TANH_SCALE) * (1 + m.number("0.134145") * t * t)
    bend = m.number(GELU_TANH_SCALE) * m.number("0.268290") * t * t
    second = sigmoid_grad(m, z) * (2 * z_grad + bend - t * z_grad * z_grad * m.tanh(z / 2))
    return m.about(t, GELU_TANH_GRAD_GRAD_ROOT, GELU_TANH_GRAD_GRAD_TAYLOR, second)


def quick_gelu_grad(m: Any, x: Any) -> Any:
    """Return silu'(1.702 x)."""
    scale = m.number("1.702")
    return silu_grad(m, scale * x, -scale * m.minus(x, QUICK_GELU_GRAD_ROOT))


def quick_gelu_grad_grad(m: Any, x: Any) -> Any:
    """Return 1.702 silu''(1.702 x)."""
    scale = m.number("1.702")
    distance = scale * m.minus(m.abs(x), QUICK_GELU_GRAD_GRAD_ROOT)
    return scale * silu_grad_grad(m, scale * x, distance)


ENTRIES: dict[str, Entry] = {
    "gelu": Entry(
        summary="Gaussian error linear unit, by the normal distribution.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x Phi(x) = x/2 (1 + erf(x/sqrt(2)))",
            gelu,
            "array([-0.15865525,  0.        ,  1.95449974])",
        ),
        grad=Form("Phi(x) + x phi(x)", gelu_grad, "array([-0.08331547,  0.5       ,  1.0852318 ])"),
        grad_grad=Form(
            "phi(x) (2 - x^2)", gelu_grad_grad, "array([ 0.24197072,  0.79788456, -0.10798193])"
        ),
        note="This is the exact form, PyTorch's ``approximate='none'``; `gelu_tanh` is the other.",
        references=_GELU,
    ),
    "gelu_tanh": Entry(
        summary="Gaussian error linear unit, approximated by tanh.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3)",
            lambda m, x: gated(m, x, twice_u(m, x)),
            "array([-0.15880801,  0.        ,  1.95459769])",
        ),
        grad=Form(
            "s(2u) + 2 x s(2u) (1 - s(2u)) u'",
            gelu_tanh_grad,
            "array([-0.08296408,  0.5       ,  1.08609926])",
        ),
        grad_grad=Form(
            "s'(z) (2 z' + x z'' - x z'^2 tanh(z/2)), z = 2u",
            gelu_tanh_grad_grad,
            "array([ 0.2421482 ,  0.79788456, -0.10787508])",
        ),
        note="PyTorch's ``approximate='tanh'``; the bound is that of this formula, not of `gelu`.",
        references=_GELU,
    ),
    "clipped_gelu": Entry(
        summary="Gaussian error linear unit, clipped for quantisation to eight bits.",
        example="[-1.0, 0.0, 12.0]",
        value=Form(
            "min(max(gelu(x), min_val), max_val)",
            clipped_gelu,
            "array([-0.15865525,  0.        , 10.        ])",
        ),
        grad=Form(
            "Phi(x) + x phi(x) if min_val < gelu(x) < max_val else 0",
            clipped_gelu_grad,
            "array([-0.08331547,  0.5       ,  0.        ])",
        ),
        kinks="0 at both ends",
        parameters={
            "min_val": "Smallest result.",
            "max_val": "Largest result, also where min_val is above it.",
        },
        references=(
            'H. Wu, P. Judd, X. Zhang, M. Isaev, P. Micikevicius, "Integer quantization for deep'
            ' learning inference: principles and empirical evaluation", 2020, arXiv:2004.09602.',
        ),
    ),
    "quick_gelu": Entry(
        summary="Gaussian error linear unit, approximated by the sigmoid.",
        example="[-1.0, 0.0, 2.0]",
        value=Form(
            "x s(1.702 x)",
            lambda m, x: gated(m, x, m.number("1.702") * x),
            "array([-0.15420423,  0.        ,  1.93565862])",
        ),
        grad=Form(
            "s(1.702 x) (1 + 1.702 x (1 - s(1.702 x)))",
            quick_gelu_grad,
            "array([-0.06777961,  0.5       ,  1.07381535])",
        ),
        grad_grad=Form(
            "1.702 s'(z) (2 - z tanh(z/2)), z = 1.702 x",
            quick_gelu_grad_grad,
            "array([ 0.18267299,  0.851     , -0.06279577])",
        ),
        references=_GELU,
    ),
}
