"""Gates: functions of two arrays, a and b; `grad` is by a and `grad_by` by b."""

from __future__ import annotations

from typing import Any

from fastact._activations import gelu, relu, sigmoid
from fastact._activations.entry import Entry, Form, Formula
from fastact._activations.formulas import clip, sigmoid_grad
from fastact._activations.sigmoid import swish, swish_grad

_IDENTITY, _RELU = relu.ENTRIES["identity"], relu.ENTRIES["relu"]
_SILU = sigmoid.ENTRIES["silu"]
_GELU, _GELU_TANH = gelu.ENTRIES["gelu"], gelu.ENTRIES["gelu_tanh"]

_GLU = (
    'Y. N. Dauphin, A. Fan, M. Auli, D. Grangier, "Language modeling with gated convolutional'
    ' networks", ICML 2017, arXiv:1612.08083.',
)
_GLU_VARIANTS = (
    'N. Shazeer, "GLU variants improve transformer", 2020, arXiv:2002.05202.',
    *_GLU,
)


def times_b(form: Form) -> Formula:
    """Return the formula of a form of a, times b."""
    return lambda m, a, b: form.formula(m, a) * b


def of_a(form: Form) -> Formula:
    """Return the formula of a form of a, whatever b is."""
    return lambda m, a, b: form.formula(m, a)


def swiglu_clamped(m: Any, a: Any, b: Any, alpha: Any, shift: Any, limit: Any) -> Any:
    """Return u s(alpha u) (v + shift), where u and v are a and b within the limits."""
    return swish(m, m.minimum(a, limit), alpha) * (clip(m, b, -limit, limit) + shift)


def swiglu_clamped_grad_a(m: Any, a: Any, b: Any, alpha: Any, shift: Any, limit: Any) -> Any:
    """Return its derivative by a."""
    inside = m.where(a <= limit, swish_grad(m, a, alpha), 0)
    return inside * (clip(m, b, -limit, limit) + shift)


def swiglu_clamped_grad_b(m: Any, a: Any, b: Any, alpha: Any, shift: Any, limit: Any) -> Any:
    """Return its derivative by b."""
    return m.where(m.abs(b) <= limit, swish(m, m.minimum(a, limit), alpha), 0)


ENTRIES: dict[str, Entry] = {
    "glu": Entry(
        summary="Gated linear unit: a, gated by the logistic sigmoid of b.",
        example="[[-1.0, 0.5, 2.0], [0.0, 2.0, -1.0]]",
        value=Form(
            "a s(b)",
            lambda m, a, b: a * m.expit(b),
            "array([-0.5       ,  0.44039854,  0.53788284])",
        ),
        grad=Form(
            "s(b)", lambda m, a, b: m.expit(b), "array([0.5       , 0.88079708, 0.26894142])"
        ),
        grad_by={
            "b": Form(
                "a s'(b)",
                lambda m, a, b: a * sigmoid_grad(m, b),
                "array([-0.25      ,  0.05249679,  0.39322387])",
            )
        },
        references=_GLU,
    ),
    "swiglu": Entry(
        summary="Gated linear unit by silu: silu of a, times b.",
        example="[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
        value=Form(
            "a s(a) b", times_b(_SILU.value), "array([-0.26894142,  0.62245933, -1.76159416])"
        ),
        grad=Form(
            "silu'(a) b", times_b(_SILU.grad), "array([ 0.07232949,  1.47992237, -1.09078425])"
        ),
        grad_by={
            "b": Form("a s(a)", of_a(_SILU.value), "array([-0.26894142,  0.31122967,  1.76159416])")
        },
        references=_GLU_VARIANTS,
    ),
    "geglu": Entry(
        summary="Gated linear unit by gelu: gelu of a, times b.",
        example="[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
        value=Form(
            "a Phi(a) b", times_b(_GELU.value), "array([-0.15865525,  0.69146246, -1.95449974])"
        ),
        grad=Form(
            "gelu'(a) b", times_b(_GELU.grad), "array([-0.08331547,  1.73499025, -1.0852318 ])"
        ),
        grad_by={
            "b": Form(
                "a Phi(a)", of_a(_GELU.value), "array([-0.15865525,  0.34573123,  1.95449974])"
            )
        },
        references=_GLU_VARIANTS,
    ),
    "geglu_tanh": Entry(
        summary="Gated linear unit by gelu_tanh: gelu_tanh of a, times b.",
        example="[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
        value=Form(
            "gelu_tanh(a) b",
            times_b(_GELU_TANH.value),
            "array([-0.15880801,  0.69142802, -1.95459769])",
        ),
        grad=Form(
            "gelu_tanh'(a) b",
            times_b(_GELU_TANH.grad),
            "array([-0.08296408,  1.73473981, -1.08609926])",
        ),
        grad_by={
            "b": Form(
                "gelu_tanh(a)",
                of_a(_GELU_TANH.value),
                "array([-0.15880801,  0.34571401,  1.95459769])",
            )
        },
        references=_GLU_VARIANTS,
    ),
    "reglu": Entry(
        summary="Gated linear unit by relu: relu of a, times b.",
        example="[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
        value=Form("max(a, 0) b", times_b(_RELU.value), "array([ 0.,  1., -2.])"),
        grad=Form("b if a > 0 else 0", times_b(_RELU.grad), "array([ 0.,  2., -1.])"),
        grad_by={"b": Form("max(a, 0)", of_a(_RELU.value), "array([0. , 0.5, 2. ])")},
        kinks="0 at a = 0",
        references=_GLU_VARIANTS,
    ),
    "bilinear": Entry(
        summary="Gate without an activation: a times b.",
        example="[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
        value=Form("a b", times_b(_IDENTITY.value), "array([-1.,  1., -2.])"),
        grad=Form("b", times_b(_IDENTITY.grad), "array([ 1.,  2., -1.])"),
        grad_by={"b": Form("a", of_a(_IDENTITY.value), "array([-1. ,  0.5,  2. ])")},
        references=_GLU_VARIANTS,
    ),
    "swiglu_clamped": Entry(
        summary="Gated linear unit by swish, with limits for both arrays.",
        example="[[-1.0, 0.5, 9.0], [1.0, 2.0, -1.5]]",
        value=Form(
            "u s(alpha u) (v + shift), u = min(a, limit), v = min(max(b, -limit), limit)",
            swiglu_clamped,
            "array([-0.30840847,  1.05116531, -3.49997656])",
        ),
        grad=Form(
            "silu'(alpha u) (v + shift) if a <= limit else 0",
            swiglu_clamped_grad_a,
            "array([-0.13555921,  2.63766574, -0.        ])",
        ),
        grad_by={
            "b": Form(
                "u s(alpha u) if abs(b) <= limit else 0",
                swiglu_clamped_grad_b,
                "array([-0.15420423,  0.35038844,  6.99995313])",
            )
        },
        kinks="as inside at the limits",
        parameters={
            "alpha": "Steepness of the gate.",
            "shift": "What is added to b.",
            "limit": "Where a ends above, and b on both sides; NaN if negative.",
        },
        note=(
            "The defaults are those of gpt-oss; DeepSeek's variant is ``alpha=1, shift=0`` with a\n"
            "limit of its own. With alpha = 0, u s(alpha u) is u/2; infinite, it is max(u, 0) or\n"
            "min(u, 0)."
        ),
        references=(
            'OpenAI, "gpt-oss-120b & gpt-oss-20b model card", 2025, arXiv:2508.10925.',
            *_GLU_VARIANTS,
        ),
    ),
}
