"""Relu and its relatives: clips, shrinkers, thresholds, gates by pieces of straight lines."""

from __future__ import annotations

from typing import Any

from fastact._activations.entry import Entry, Form
from fastact._activations.formulas import between, clip, negative_part

_RELU = (
    'V. Nair, G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines",'
    " ICML 2010.",
    'X. Glorot, A. Bordes, Y. Bengio, "Deep sparse rectifier neural networks", AISTATS 2011.',
)
_MOBILENET_V3 = ('A. Howard et al., "Searching for MobileNetV3", ICCV 2019, arXiv:1905.02244.',)
_SHRINKAGE = (
    'D. L. Donoho, I. M. Johnstone, "Ideal spatial adaptation by wavelet shrinkage",'
    " Biometrika 81, 1994.",
)


def leaky(m: Any, x: Any, slope: Any) -> Any:
    """Return x, times a slope where it is negative."""
    return m.where(x > 0, x, slope * x)


def leaky_grad(m: Any, x: Any, slope: Any) -> Any:
    """Return 1, or the slope."""
    return m.where(x > 0, 1, slope)


def leaky_grad_slope(m: Any, x: Any, slope: Any) -> Any:
    """Return min(x, 0)."""
    return negative_part(m, x)


def hard_swish(m: Any, x: Any) -> Any:
    """Return x min(max(x + 3, 0), 6) / 6."""
    inside = clip(m, x, -3, 3)
    return m.where(x >= 3, x, inside * (inside + 3) / 6)


ENTRIES: dict[str, Entry] = {
    "identity": Entry(
        summary="The argument itself.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("x", lambda m, x: x, "array([-1.,  0.,  2.])"),
        grad=Form("1", lambda m, x: 1, "array([1., 1., 1.])"),
    ),
    "binary_step": Entry(
        summary="Binary step: 0 for negative numbers, 1 for others.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("0 if x < 0 else 1", lambda m, x: m.where(x < 0, 0, 1), "array([0., 1., 1.])"),
        grad=Form("0", lambda m, x: 0, "array([0., 0., 0.])"),
        kinks="0 at 0",
        references=(
            'W. S. McCulloch, W. Pitts, "A logical calculus of the ideas immanent in nervous'
            ' activity", Bulletin of Mathematical Biophysics 5, 1943.',
        ),
    ),
    "relu": Entry(
        summary="Rectified linear unit.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("max(x, 0)", lambda m, x: m.where(x > 0, x, 0), "array([0., 0., 2.])"),
        grad=Form("1 if x > 0 else 0", lambda m, x: m.where(x > 0, 1, 0), "array([0., 0., 1.])"),
        backward_from_output=Form("1 if y > 0 else 0", lambda m, y: m.where(y > 0, 1, 0)),
        kinks="0 at 0",
        references=_RELU,
    ),
    "leaky_relu": Entry(
        summary="Rectified linear unit with a small slope for negative numbers.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("x if x > 0 else negative_slope x", leaky, "array([-0.01,  0.  ,  2.  ])"),
        grad=Form("1 if x > 0 else negative_slope", leaky_grad, "array([0.01, 0.01, 1.  ])"),
        grad_by={"negative_slope": Form("min(x, 0)", leaky_grad_slope, "array([-1.,  0.,  0.])")},
        backward_from_output=Form(
            "1 if y > 0 else negative_slope, for negative_slope >= 0", leaky_grad
        ),
        kinks="negative_slope at 0",
        parameters={"negative_slope": "Slope for negative numbers."},
        references=(
            'A. L. Maas, A. Y. Hannun, A. Y. Ng, "Rectifier nonlinearities improve neural'
            ' network acoustic models", ICML workshop 2013.',
        ),
    ),
    "prelu": Entry(
        summary="Rectified linear unit with a learnable slope for negative numbers.",
        example="[-1.0, 0.0, 2.0]",
        value=Form("x if x > 0 else a x", leaky, "array([-0.25,  0.  ,  2.  ])"),
        grad=Form("1 if x > 0 else a", leaky_grad, "array([0.25, 0.25, 1.  ])"),
        grad_by={"a": Form("min(x, 0)", leaky_grad_slope, "array([-1.,  0.,  0.])")},
        kinks="a at 0",
        parameters={"a": "Slope for negative numbers, for example one per channel."},
        references=(
            'K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers: surpassing'
            ' human-level performance on ImageNet classification", ICCV 2015,'
            " arXiv:1502.01852.",
        ),
    ),
    "relu6": Entry(
        summary="Rectified linear unit that ends at 6.",
        example="[-1.0, 2.0, 8.0]",
        value=Form("min(max(x, 0), 6)", lambda m, x: clip(m, x, 0, 6), "array([0., 2., 6.])"),
        grad=Form(
            "1 if 0 < x < 6 else 0", lambda m, x: between(m, x, 0, 6, 1), "array([0., 1., 0.])"
        ),
        kinks="0 at 0 and 6",
        references=(
            'A. G. Howard et al., "MobileNets: efficient convolutional neural networks for'
            ' mobile vision applications", 2017, arXiv:1704.04861.',
        ),
    ),
    "hard_tanh": Entry(
        summary="Piecewise linear tanh: the argument, clipped.",
        example="[-2.0, 0.5, 2.0]",
        value=Form("min(max(x, min_val), max_val)", clip, "array([-1. ,  0.5,  1. ])"),
        grad=Form(
            "1 if min_val < x < max_val else 0",
            lambda m, x, low, high: between(m, x, low, high, 1),
            "array([0., 1., 0.])",
        ),
        kinks="0 at both ends",
        parameters={
            "min_val": "Smallest result.",
            "max_val": "Largest result, also where min_val is above it.",
        },
        references=('R. Collobert, "Large scale machine learning", PhD thesis, 2004.',),
    ),
    "hard_sigmoid": Entry(
        summary="Piecewise linear sigmoid.",
        example="[-4.0, 1.5, 4.0]",
        value=Form(
            "min(max(x/6 + 1/2, 0), 1)",
            lambda m, x: (clip(m, x, -3, 3) + 3) / 6,
            "array([0.  , 0.75, 1.  ])",
        ),
        grad=Form(
            "1/6 if abs(x) < 3 else 0",
            lambda m, x: between(m, x, -3, 3, m.number("1") / 6),
            "array([0.        , 0.16666667, 0.        ])",
        ),
        kinks="0 at -3 and 3",
        note="Slope 1/6 as in MobileNetV3 and PyTorch; BinaryConnect and others use another.",
        references=(
            'M. Courbariaux, Y. Bengio, J.-P. David, "BinaryConnect: training deep neural'
            ' networks with binary weights during propagations", 2015, arXiv:1511.00363.',
            *_MOBILENET_V3,
        ),
    ),
    "hard_swish": Entry(
        summary="The argument, gated by its piecewise linear sigmoid.",
        example="[-1.5, 1.5, 4.0]",
        value=Form("x min(max(x/6 + 1/2, 0), 1)", hard_swish, "array([-0.375,  1.125,  4.   ])"),
        grad=Form(
            "x/3 + 1/2 if abs(x) < 3 else (1 if x > 0 else 0)",
            lambda m, x: m.where(x >= 3, 1, between(m, x, -3, 3, (2 * x + 3) / 6)),
            "array([0., 1., 1.])",
        ),
        kinks="0 at -3, 1 at 3",
        references=_MOBILENET_V3,
    ),
    "hard_shrink": Entry(
        summary="The argument, with a band around 0 set to 0.",
        example="[-1.0, 0.25, 2.0]",
        value=Form(
            "x if abs(x) > lambd else 0",
            lambda m, x, lambd: m.where(m.abs(x) > lambd, x, 0),
            "array([-1.,  0.,  2.])",
        ),
        grad=Form(
            "1 if abs(x) > lambd else 0",
            lambda m, x, lambd: m.where(m.abs(x) > lambd, 1, 0),
            "array([1., 0., 1.])",
        ),
        kinks="0 at -lambd and lambd",
        parameters={"lambd": "Half of the width of the band."},
        references=_SHRINKAGE,
    ),
    "soft_shrink": Entry(
        summary="The argument, moved towards 0 by a constant.",
        example="[-1.0, 0.25, 2.0]",
        value=Form(
            "sign(x) max(abs(x) - lambd, 0)",
            lambda m, x, lambd: m.where(m.abs(x) > lambd, x - m.where(x > 0, lambd, -lambd), 0),
            "array([-0.5,  0. ,  1.5])",
        ),
        grad=Form(
            "1 if abs(x) > lambd else 0",
            lambda m, x, lambd: m.where(m.abs(x) > lambd, 1, 0),
            "array([1., 0., 1.])",
        ),
        kinks="0 at -lambd and lambd",
        parameters={
            "lambd": "How far; a negative one pushes away from 0, and leaves 0 where it is."
        },
        references=_SHRINKAGE,
    ),
    "shrink": Entry(
        summary="The argument, moved towards 0 by a constant, with a band around 0 set to 0.",
        example="[-1.0, 0.25, 2.0]",
        value=Form(
            "x + bias if x < -lambd else x - bias if x > lambd else 0",
            lambda m, x, lambd, bias: m.where(
                x < -lambd, x + bias, m.where(x > lambd, x - bias, 0)
            ),
            "array([-1.,  0.,  2.])",
        ),
        grad=Form(
            "1 if x < -lambd or x > lambd else 0",
            lambda m, x, lambd, bias: m.where((x < -lambd) | (x > lambd), 1, 0),
            "array([1., 0., 1.])",
        ),
        kinks="0 at -lambd and lambd",
        parameters={"lambd": "Half of the width of the band.", "bias": "How far."},
        note="ONNX's Shrink: hard_shrink for bias = 0, soft_shrink for bias = lambd.",
        references=_SHRINKAGE,
    ),
    "threshold": Entry(
        summary="The argument where it exceeds a threshold, and a constant elsewhere.",
        example="[-1.0, 0.5, 2.0]",
        value=Form(
            "x if x > theta else value",
            lambda m, x, theta, value: m.where(x > theta, x, value),
            "array([0., 0., 2.])",
        ),
        grad=Form(
            "1 if x > theta else 0",
            lambda m, x, theta, value: m.where(x > theta, 1, 0),
            "array([0., 0., 1.])",
        ),
        kinks="0 at theta",
        parameters={"theta": "Threshold.", "value": "Result at or below the threshold."},
        references=(
            'K. Konda, R. Memisevic, D. Krueger, "Zero-bias autoencoders and the benefits of'
            ' co-adapting features", ICLR 2015, arXiv:1402.3337.',
        ),
    ),
    "squared_relu": Entry(
        summary="Square of the rectified linear unit.",
        example="[-1.0, 0.0, 3.0]",
        value=Form("max(x, 0)^2", lambda m, x: m.where(x > 0, x, 0) ** 2, "array([0., 0., 9.])"),
        grad=Form("2 max(x, 0)", lambda m, x: 2 * m.where(x > 0, x, 0), "array([0., 0., 6.])"),
        references=(
            'D. R. So et al., "Primer: searching for efficient transformers for language'
            ' modeling", NeurIPS 2021, arXiv:2109.08668.',
        ),
    ),
}
