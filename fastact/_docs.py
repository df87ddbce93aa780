"""Words: an entry per activation, and the docstring of every ufunc made of it.

The formula, the papers and an example stand in the entry; defaults, aliases and error bounds come
from the C table (`row`), everything else is composed. `docs/make_tables.py` reads the same entries.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Entry(NamedTuple):
    """What is said of one activation. Formulas are plain text, as one would type them."""

    summary: str
    value: str  # the formula, by parameters as the table names them
    slope: str  # its derivative with respect to x, of a gate with respect to a
    example: tuple[str, ...]  # inputs, value, slope and, if there is one, the other slope
    kink: str = ""  # the derivative where there is none
    parameters: dict[str, str] = {}  # noqa: RUF012  # what each parameter is
    slope_by: str = ""  # derivative with respect to a tunable parameter, of a gate to b
    slope_from_output: str = ""  # the derivative as a function of y, where there is that form
    curve: tuple[str, str] = ("", "")  # the second derivative and its example, likewise
    note: str = ""
    references: tuple[str, ...] = ()


_RELU = (
    'V. Nair, G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines",'
    " ICML 2010.",
    'X. Glorot, A. Bordes, Y. Bengio, "Deep sparse rectifier neural networks", AISTATS 2011.',
)
_GELU = ('D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", 2016, arXiv:1606.08415.',)
_SWISH = (
    'P. Ramachandran, B. Zoph, Q. V. Le, "Searching for activation functions", 2017,'
    " arXiv:1710.05941.",
)
_MOBILENET_V3 = ('A. Howard et al., "Searching for MobileNetV3", ICCV 2019, arXiv:1905.02244.',)
_GLU = (
    'Y. N. Dauphin, A. Fan, M. Auli, D. Grangier, "Language modeling with gated convolutional'
    ' networks", ICML 2017, arXiv:1612.08083.',
)
_GLU_VARIANTS = (
    'N. Shazeer, "GLU variants improve transformer", 2020, arXiv:2002.05202.',
    *_GLU,
)
_SHRINKAGE = (
    'D. L. Donoho, I. M. Johnstone, "Ideal spatial adaptation by wavelet shrinkage",'
    " Biometrika 81, 1994.",
)

# s is the logistic sigmoid, Phi and phi are the distribution and the density of the standard normal
# law.
ENTRIES: dict[str, Entry] = {
    "identity": Entry(
        summary="The argument itself.",
        value="x",
        slope="1",
        example=("[-1.0, 0.0, 2.0]", "array([-1.,  0.,  2.])", "array([1., 1., 1.])"),
    ),
    "binary_step": Entry(
        summary="Binary step: 0 for negative numbers, 1 for others.",
        value="0 if x < 0 else 1",
        slope="0",
        kink="0 at 0",
        example=("[-1.0, 0.0, 2.0]", "array([0., 1., 1.])", "array([0., 0., 0.])"),
        references=(
            'W. S. McCulloch, W. Pitts, "A logical calculus of the ideas immanent in nervous'
            ' activity", Bulletin of Mathematical Biophysics 5, 1943.',
        ),
    ),
    "sigmoid": Entry(
        summary="Logistic sigmoid.",
        value="1 / (1 + exp(-x))",
        slope="s(x) (1 - s(x))",
        slope_from_output="y (1 - y)",
        curve=("s(x) (1 - s(x)) (1 - 2 s(x))", "array([ 0.09085775, -0.        , -0.0799625 ])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([0.26894142, 0.5       , 0.88079708])",
            "array([0.19661193, 0.25      , 0.10499359])",
        ),
        references=(
            'D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by'
            ' back-propagating errors", Nature 323, 1986.',
        ),
    ),
    "tanh": Entry(
        summary="Hyperbolic tangent.",
        value="tanh(x)",
        slope="1 - tanh(x)^2",
        slope_from_output="1 - y^2",
        curve=("-2 tanh(x) (1 - tanh(x)^2)", "array([ 0.63970001, -0.        , -0.13621869])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.76159416,  0.        ,  0.96402758])",
            "array([0.41997434, 1.        , 0.07065082])",
        ),
        references=(
            'Y. LeCun, L. Bottou, G. B. Orr, K.-R. Müller, "Efficient BackProp", in Neural'
            " Networks: Tricks of the Trade, 1998.",
        ),
    ),
    "relu": Entry(
        summary="Rectified linear unit.",
        value="max(x, 0)",
        slope="1 if x > 0 else 0",
        slope_from_output="1 if y > 0 else 0",
        kink="0 at 0",
        example=("[-1.0, 0.0, 2.0]", "array([0., 0., 2.])", "array([0., 0., 1.])"),
        references=_RELU,
    ),
    "leaky_relu": Entry(
        summary="Rectified linear unit with a small slope for negative numbers.",
        value="x if x > 0 else negative_slope x",
        slope="1 if x > 0 else negative_slope",
        slope_from_output="1 if y > 0 else negative_slope, for negative_slope >= 0",
        slope_by="min(x, 0)",
        kink="negative_slope at 0",
        parameters={"negative_slope": "Slope for negative numbers."},
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.01,  0.  ,  2.  ])",
            "array([0.01, 0.01, 1.  ])",
            "array([-1.,  0.,  0.])",
        ),
        references=(
            'A. L. Maas, A. Y. Hannun, A. Y. Ng, "Rectifier nonlinearities improve neural network'
            ' acoustic models", ICML workshop 2013.',
        ),
    ),
    "prelu": Entry(
        summary="Rectified linear unit with a learnable slope for negative numbers.",
        value="x if x > 0 else a x",
        slope="1 if x > 0 else a",
        slope_by="min(x, 0)",
        kink="a at 0",
        parameters={"a": "Slope for negative numbers, for example one per channel."},
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.25,  0.  ,  2.  ])",
            "array([0.25, 0.25, 1.  ])",
            "array([-1.,  0.,  0.])",
        ),
        references=(
            'K. He, X. Zhang, S. Ren, J. Sun, "Delving deep into rectifiers: surpassing'
            ' human-level performance on ImageNet classification", ICCV 2015, arXiv:1502.01852.',
        ),
    ),
    "relu6": Entry(
        summary="Rectified linear unit that ends at 6.",
        value="min(max(x, 0), 6)",
        slope="1 if 0 < x < 6 else 0",
        kink="0 at 0 and 6",
        example=("[-1.0, 2.0, 8.0]", "array([0., 2., 6.])", "array([0., 1., 0.])"),
        references=(
            'A. G. Howard et al., "MobileNets: efficient convolutional neural networks for mobile'
            ' vision applications", 2017, arXiv:1704.04861.',
        ),
    ),
    "hard_tanh": Entry(
        summary="Piecewise linear tanh: the argument, clipped.",
        value="min(max(x, min_val), max_val)",
        slope="1 if min_val < x < max_val else 0",
        kink="0 at both ends",
        parameters={"min_val": "Smallest result.", "max_val": "Largest result."},
        example=("[-2.0, 0.5, 2.0]", "array([-1. ,  0.5,  1. ])", "array([0., 1., 0.])"),
        references=('R. Collobert, "Large scale machine learning", PhD thesis, 2004.',),
    ),
    "elu": Entry(
        summary="Exponential linear unit.",
        value="x if x > 0 else alpha (exp(x) - 1)",
        slope="1 if x > 0 else alpha exp(x)",
        slope_from_output="1 if y > 0 else y + alpha, for alpha >= 0",
        slope_by="0 if x > 0 else exp(x) - 1",
        kink="alpha at 0",
        parameters={"alpha": "Negative numbers end at -alpha."},
        curve=("alpha exp(x) if x <= 0 else 0", "array([0.36787944, 1.        , 0.        ])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.63212056,  0.        ,  2.        ])",
            "array([0.36787944, 1.        , 1.        ])",
            "array([-0.63212056,  0.        ,  0.        ])",
        ),
        references=(
            'D.-A. Clevert, T. Unterthiner, S. Hochreiter, "Fast and accurate deep network'
            ' learning by exponential linear units (ELUs)", ICLR 2016, arXiv:1511.07289.',
        ),
    ),
    "selu": Entry(
        summary="Self-normalizing exponential linear unit.",
        value="lambda (x if x > 0 else a (exp(x) - 1))",
        slope="lambda (1 if x > 0 else a exp(x))",
        kink="lambda a at 0",
        note="lambda = 1.0507009873554805 and a = 1.6732632423543772.",
        curve=("lambda a exp(x) if x <= 0 else 0", "array([0.6467686 , 1.75809934, 0.        ])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-1.11133074,  0.        ,  2.10140197])",
            "array([0.6467686 , 1.75809934, 1.05070099])",
        ),
        references=(
            'G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, "Self-normalizing neural'
            ' networks", NeurIPS 2017, arXiv:1706.02515.',
        ),
    ),
    "celu": Entry(
        summary="Exponential linear unit whose derivative is continuous for every alpha.",
        value="x if x > 0 else alpha (exp(x/alpha) - 1)",
        slope="1 if x > 0 else exp(x/alpha)",
        slope_by="0 if x > 0 else exp(x/alpha) (1 - x/alpha) - 1",
        parameters={"alpha": "Negative numbers end at -alpha."},
        curve=(
            "exp(x/alpha) / alpha if x <= 0 else 0",
            "array([0.36787944, 1.        , 0.        ])",
        ),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.63212056,  0.        ,  2.        ])",
            "array([0.36787944, 1.        , 1.        ])",
            "array([-0.26424112,  0.        ,  0.        ])",
        ),
        references=(
            'J. T. Barron, "Continuously differentiable exponential linear units", 2017,'
            " arXiv:1704.07483.",
        ),
    ),
    "gelu": Entry(
        summary="Gaussian error linear unit, by the normal distribution.",
        value="x Phi(x) = x/2 (1 + erf(x/sqrt(2)))",
        slope="Phi(x) + x phi(x)",
        note="This is the exact form, PyTorch's ``approximate='none'``; `gelu_tanh` is the other.",
        curve=("phi(x) (2 - x^2)", "array([ 0.24197072,  0.79788456, -0.10798193])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.15865525,  0.        ,  1.95449974])",
            "array([-0.08331547,  0.5       ,  1.0852318 ])",
        ),
        references=_GELU,
    ),
    "gelu_tanh": Entry(
        summary="Gaussian error linear unit, approximated by tanh.",
        value="x/2 (1 + tanh(u)), u = sqrt(2/pi) (x + 0.044715 x^3)",
        slope="s(2u) + 2 x s(2u) (1 - s(2u)) u'",
        note="PyTorch's ``approximate='tanh'``; the bound is that of this formula, not of `gelu`.",
        curve=(
            "s'(z) (2 z' + x z'' - x z'^2 tanh(z/2)), z = 2u",
            "array([ 0.2421482 ,  0.79788456, -0.10787508])",
        ),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.15880801,  0.        ,  1.95459769])",
            "array([-0.08296408,  0.5       ,  1.08609926])",
        ),
        references=_GELU,
    ),
    "quick_gelu": Entry(
        summary="Gaussian error linear unit, approximated by the sigmoid.",
        value="x s(1.702 x)",
        slope="s(1.702 x) (1 + 1.702 x (1 - s(1.702 x)))",
        curve=(
            "1.702 s'(z) (2 - z tanh(z/2)), z = 1.702 x",
            "array([ 0.18267299,  0.851     , -0.06279577])",
        ),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.15420423,  0.        ,  1.93565862])",
            "array([-0.06777961,  0.5       ,  1.07381535])",
        ),
        references=_GELU,
    ),
    "silu": Entry(
        summary="Sigmoid linear unit, also known as swish with beta = 1.",
        value="x s(x)",
        slope="s(x) (1 + x (1 - s(x)))",
        curve=("s'(x) (2 - x tanh(x/2))", "array([0.30236612, 0.5       , 0.05006217])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.26894142,  0.        ,  1.76159416])",
            "array([0.07232949, 0.5       , 1.09078425])",
        ),
        references=(
            'S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units for neural network'
            ' function approximation in reinforcement learning", 2017, arXiv:1702.03118.',
        ),
    ),
    "swish": Entry(
        summary="The argument, gated by its sigmoid with a learnable factor.",
        value="x s(beta x)",
        slope="s(beta x) (1 + beta x (1 - s(beta x)))",
        slope_by="x^2 s'(beta x)",
        parameters={"beta": "Steepness of the gate."},
        curve=(
            "beta s'(z) (2 - z tanh(z/2)), z = beta x",
            "array([0.30236612, 0.5       , 0.05006217])",
        ),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.26894142,  0.        ,  1.76159416])",
            "array([0.07232949, 0.5       , 1.09078425])",
            "array([0.19661193, 0.        , 0.41997434])",
        ),
        references=_SWISH,
    ),
    "mish": Entry(
        summary="The argument, gated by the tanh of its softplus.",
        value="x tanh(log(1 + exp(x)))",
        slope="t + x s(x) (1 - t^2), t = tanh(log(1 + exp(x)))",
        curve=(
            "s (1 - t^2) (2 + x (1 - s - 2 s t)), s = s(x)",
            "array([ 0.34970567,  0.64      , -0.05772467])",
        ),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.30340146,  0.        ,  1.94395896])",
            "array([0.05921676, 0.6       , 1.06931793])",
        ),
        references=(
            'D. Misra, "Mish: a self regularized non-monotonic activation function", BMVC 2020,'
            " arXiv:1908.08681.",
        ),
    ),
    "softplus": Entry(
        summary="Smooth maximum of the argument and 0.",
        value="log(1 + exp(beta x)) / beta",
        slope="s(beta x)",
        slope_from_output="1 - exp(-beta y)",
        slope_by="(x s(beta x) - softplus(x, beta)) / beta",
        parameters={"beta": "Steepness of the bend."},
        note="The formula holds everywhere: no threshold switches to x.",
        curve=("beta s'(beta x)", "array([0.19661193, 0.25      , 0.10499359])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([0.31326169, 0.69314718, 2.12692801])",
            "array([0.26894142, 0.5       , 0.88079708])",
            "array([-0.58220311, -0.69314718, -0.36533386])",
        ),
        references=(
            'C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia, "Incorporating second-order'
            ' functional knowledge for better option pricing", NIPS 2000 (2001).',
        ),
    ),
    "log_sigmoid": Entry(
        summary="Logarithm of the logistic sigmoid.",
        value="-log(1 + exp(-x))",
        slope="s(-x)",
        curve=("-s'(x)", "array([-0.19661193, -0.25      , -0.10499359])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-1.31326169, -0.69314718, -0.12692801])",
            "array([0.73105858, 0.5       , 0.11920292])",
        ),
    ),
    "softsign": Entry(
        summary="The argument over one more than its magnitude.",
        value="x / (1 + abs(x))",
        slope="1 / (1 + abs(x))^2",
        curve=("-2 sign(x) / (1 + abs(x))^3", "array([ 0.25 , -0.   , -0.016])"),
        example=("[-1.0, 0.0, 4.0]", "array([-0.5,  0. ,  0.8])", "array([0.25, 1.  , 0.04])"),
        references=(
            'J. Turian, J. Bergstra, Y. Bengio, "Quadratic features and deep architectures for'
            ' chunking", NAACL 2009.',
        ),
    ),
    "hard_sigmoid": Entry(
        summary="Piecewise linear sigmoid.",
        value="min(max(x/6 + 1/2, 0), 1)",
        slope="1/6 if abs(x) < 3 else 0",
        kink="0 at -3 and 3",
        note="Slope 1/6 as in MobileNetV3 and PyTorch; BinaryConnect and others use another.",
        example=(
            "[-4.0, 1.5, 4.0]",
            "array([0.  , 0.75, 1.  ])",
            "array([0.        , 0.16666667, 0.        ])",
        ),
        references=(
            'M. Courbariaux, Y. Bengio, J.-P. David, "BinaryConnect: training deep neural networks'
            ' with binary weights during propagations", 2015, arXiv:1511.00363.',
            *_MOBILENET_V3,
        ),
    ),
    "hard_swish": Entry(
        summary="The argument, gated by its piecewise linear sigmoid.",
        value="x min(max(x/6 + 1/2, 0), 1)",
        slope="x/3 + 1/2 if abs(x) < 3 else (1 if x > 0 else 0)",
        kink="0 at -3, 1 at 3",
        example=(
            "[-1.5, 1.5, 4.0]",
            "array([-0.375,  1.125,  4.   ])",
            "array([0., 1., 1.])",
        ),
        references=_MOBILENET_V3,
    ),
    "hard_shrink": Entry(
        summary="The argument, with a band around 0 set to 0.",
        value="x if abs(x) > lambd else 0",
        slope="1 if abs(x) > lambd else 0",
        kink="0 at -lambd and lambd",
        parameters={"lambd": "Half of the width of the band."},
        example=("[-1.0, 0.25, 2.0]", "array([-1.,  0.,  2.])", "array([1., 0., 1.])"),
        references=_SHRINKAGE,
    ),
    "soft_shrink": Entry(
        summary="The argument, moved towards 0 by a constant.",
        value="sign(x) max(abs(x) - lambd, 0)",
        slope="1 if abs(x) > lambd else 0",
        kink="0 at -lambd and lambd",
        parameters={"lambd": "How far."},
        example=("[-1.0, 0.25, 2.0]", "array([-0.5,  0. ,  1.5])", "array([1., 0., 1.])"),
        references=_SHRINKAGE,
    ),
    "tanh_shrink": Entry(
        summary="The argument less its hyperbolic tangent.",
        value="x - tanh(x)",
        slope="tanh(x)^2",
        curve=("2 tanh(x) (1 - tanh(x)^2)", "array([-0.63970001,  0.        ,  0.13621869])"),
        example=(
            "[-1.0, 0.0, 2.0]",
            "array([-0.23840584,  0.        ,  1.03597242])",
            "array([0.58002566, 0.        , 0.92934918])",
        ),
    ),
    "threshold": Entry(
        summary="The argument where it exceeds a threshold, and a constant elsewhere.",
        value="x if x > theta else value",
        slope="1 if x > theta else 0",
        kink="0 at theta",
        parameters={"theta": "Threshold.", "value": "Result at or below the threshold."},
        example=("[-1.0, 0.5, 2.0]", "array([0., 0., 2.])", "array([0., 0., 1.])"),
        references=(
            'K. Konda, R. Memisevic, D. Krueger, "Zero-bias autoencoders and the benefits of'
            ' co-adapting features", ICLR 2015, arXiv:1402.3337.',
        ),
    ),
    "squared_relu": Entry(
        summary="Square of the rectified linear unit.",
        value="max(x, 0)^2",
        slope="2 max(x, 0)",
        example=("[-1.0, 0.0, 3.0]", "array([0., 0., 9.])", "array([0., 0., 6.])"),
        references=(
            'D. R. So et al., "Primer: searching for efficient transformers for language modeling",'
            " NeurIPS 2021, arXiv:2109.08668.",
        ),
    ),
    "glu": Entry(
        summary="Gated linear unit: a, gated by the logistic sigmoid of b.",
        value="a s(b)",
        slope="s(b)",
        slope_by="a s'(b)",
        example=(
            "[[-1.0, 0.5, 2.0], [0.0, 2.0, -1.0]]",
            "array([-0.5       ,  0.44039854,  0.53788284])",
            "array([0.5       , 0.88079708, 0.26894142])",
            "array([-0.25      ,  0.05249679,  0.39322387])",
        ),
        references=_GLU,
    ),
    "swiglu": Entry(
        summary="Gated linear unit by silu: silu of a, times b.",
        value="a s(a) b",
        slope="silu'(a) b",
        slope_by="a s(a)",
        example=(
            "[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
            "array([-0.26894142,  0.62245933, -1.76159416])",
            "array([ 0.07232949,  1.47992237, -1.09078425])",
            "array([-0.26894142,  0.31122967,  1.76159416])",
        ),
        references=_GLU_VARIANTS,
    ),
    "geglu": Entry(
        summary="Gated linear unit by gelu: gelu of a, times b.",
        value="a Phi(a) b",
        slope="gelu'(a) b",
        slope_by="a Phi(a)",
        example=(
            "[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
            "array([-0.15865525,  0.69146246, -1.95449974])",
            "array([-0.08331547,  1.73499025, -1.0852318 ])",
            "array([-0.15865525,  0.34573123,  1.95449974])",
        ),
        references=_GLU_VARIANTS,
    ),
    "geglu_tanh": Entry(
        summary="Gated linear unit by gelu_tanh: gelu_tanh of a, times b.",
        value="gelu_tanh(a) b",
        slope="gelu_tanh'(a) b",
        slope_by="gelu_tanh(a)",
        example=(
            "[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
            "array([-0.15880801,  0.69142802, -1.95459769])",
            "array([-0.08296408,  1.73473981, -1.08609926])",
            "array([-0.15880801,  0.34571401,  1.95459769])",
        ),
        references=_GLU_VARIANTS,
    ),
    "reglu": Entry(
        summary="Gated linear unit by relu: relu of a, times b.",
        value="max(a, 0) b",
        slope="b if a > 0 else 0",
        slope_by="max(a, 0)",
        kink="0 at a = 0",
        example=(
            "[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
            "array([ 0.,  1., -2.])",
            "array([ 0.,  2., -1.])",
            "array([0. , 0.5, 2. ])",
        ),
        references=_GLU_VARIANTS,
    ),
    "bilinear": Entry(
        summary="Gate without an activation: a times b.",
        value="a b",
        slope="b",
        slope_by="a",
        example=(
            "[[-1.0, 0.5, 2.0], [1.0, 2.0, -1.0]]",
            "array([-1.,  1., -2.])",
            "array([ 1.,  2., -1.])",
            "array([-1. ,  0.5,  2. ])",
        ),
        references=_GLU_VARIANTS,
    ),
    "swiglu_clamped": Entry(
        summary="Gated linear unit by swish, with limits for both arrays.",
        value="u s(alpha u) (v + shift), u = min(a, limit), v = min(max(b, -limit), limit)",
        slope="silu'(alpha u) (v + shift) if a <= limit else 0",
        slope_by="u s(alpha u) if abs(b) <= limit else 0",
        kink="as inside at the limits",
        parameters={
            "alpha": "Steepness of the gate.",
            "shift": "What is added to b.",
            "limit": "Where a ends above, and b on both sides; not negative.",
        },
        note=(
            "The defaults are those of gpt-oss; DeepSeek's variant is ``alpha=1, shift=0`` with a\n"
            "limit of its own."
        ),
        example=(
            "[[-1.0, 0.5, 9.0], [1.0, 2.0, -1.5]]",
            "array([-0.30840847,  1.05116531, -3.49997656])",
            "array([-0.13555921,  2.63766574,  0.        ])",
            "array([-0.15420423,  0.35038844,  6.99995313])",
        ),
        references=(
            'OpenAI, "gpt-oss-120b & gpt-oss-20b model card", 2025, arXiv:2508.10925.',
            *_GLU_VARIANTS,
        ),
    ),
}

FORMS = (
    *("{}", "{}_grad", "{}_value_and_grad", "{}_backward", "{}_grad_{}"),
    *("{}_backward_from_output", "{}_grad_grad"),
)
_VALUE, _GRAD, _VALUE_AND_GRAD, _BACKWARD, _GRAD_PARAMETER, _FROM_OUTPUT, _GRAD_GRAD = range(7)

# ---- shared paragraphs ----

_OUT = """\
out : ndarray{or_tuple}, optional
    Where the result goes. A fresh array by default.
**kwargs
    ``where``, ``dtype``, ``casting``, ``order`` and the rest, see `numpy.ufunc`."""

_RESULT = "{} : ndarray\n    {}"
_SHAPE = "    Of the shape that the operands broadcast to; a scalar if all of them are scalars."

_RAISES = """\
Raises
------
TypeError
    For complex, object, string, datetime and long double arrays."""

_DTYPES = """\
float16, float32 and float64, and bfloat16 if ml_dtypes is installed, give results of their own
dtype; the 16-bit types are computed in float32, and in float64 where that leaves the rounding open.
bool and integers of 8 and 16 bits give float32, wider integers float64."""

_LIMITS = """\
Infinities give the limit, NaN gives NaN. No floating-point flag is raised, except overflow where
the exact result overflows."""


_FROM_OUTPUT_NOTE = """\
The bound is that of the formula for the y given; how far y was rounded counts beside where the
derivative is small. Elsewhere than where `{}` has its values, the formula is all that is meant."""


class MissingEntryError(KeyError):
    """An activation of the C table that this file knows nothing of."""

    def __str__(self) -> str:
        """Return the message without the quotes that KeyError puts around it."""
        return str(self.args[0])


def entry_of(name: str) -> Entry:
    """Return the entry of an activation, or raise an error that says where to write it."""
    try:
        return ENTRIES[name]
    except KeyError:
        raise MissingEntryError(
            f"activation {name!r} of src_c/activations.def has no entry in ENTRIES of"
            " fastact/_docs.py"
        ) from None


def bound(ulp: float) -> str:
    """Return an error bound of the table in words."""
    return "correctly rounded" if ulp <= 0.5 else f"{ulp:g} ulp"


def _has_form(row: dict[str, Any], form: int) -> bool:
    """Return whether an activation of the table has a form."""
    if form > _GRAD_PARAMETER:
        return FORMS[form].removeprefix("{}_") in row["extra"]
    return form != _GRAD_PARAMETER or row["role"] != "fixed"


def _bounds(row: dict[str, Any], form: int, which: int, subject: str) -> str:
    extra = row["extra"].get(FORMS[form].removeprefix("{}_"))
    single, double = (
        extra[dtype] if extra else row["ulp"][dtype][which] for dtype in ("float32", "float64")
    )
    if single <= 0.5 and double <= 0.5:
        return f"{subject} correctly rounded in float32 and float64."
    return (
        f"{subject} within {single:g} ulp of the exact value in float32, {double:g} ulp in float64."
    )


def _section(title: str, text: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{text}"


def docstring(row: dict[str, Any], form: int, name: str) -> str:
    """Return the docstring of one ufunc, without the signature, which NumPy adds.

    `row` is the activation's row of the C table, `form` the number of the form and `name` the
    name of the ufunc.
    """
    entry = entry_of(row["name"])
    base = row["name"]
    parameters: dict[str, float] = row["parameters"]
    last = list(parameters)[-1] if parameters else ""
    learnable = row["role"] == "learnable"
    gate = row["arrays"] == 2
    arrays = ["a", "b"] if gate else ["x"]
    inputs = {_BACKWARD: ["g", *arrays], _FROM_OUTPUT: ["g", "y"]}.get(form, arrays)
    texts = _GATE_TEXTS if gate else _FORM_TEXTS
    head, returns, subject, which, call, output = texts[form](entry, base, last, learnable)

    text = [head]
    if parameters or "g" in inputs:
        shown = [*inputs, *(f"{key}={default}" for key, default in parameters.items())]
        text.append(
            f"Called as ``{name}({', '.join(shown)}, out=None, **kwargs)``"
            + ("; parameters can be given by\nposition or by keyword." if parameters else ".")
        )
    if row["aliases"] and form == _VALUE:
        text.append(f"Also named {', '.join(f'`{alias}`' for alias in row['aliases'])}.")

    described = []
    if "g" in inputs:
        described.append("g : array_like, shape (...)\n    Gradient with respect to the value.")
    described.append(
        f"y : array_like, shape (...)\n    Value that `{base}` gave."
        if form == _FROM_OUTPUT
        else f"{', '.join(arrays)} : array_like, shape (...)\n    Argument"
        f"{'s, broadcast' if gate else ''}; bool, integer or floating."
    )
    for key, default in parameters.items():
        described.append(
            f"{key} : array_like, default {default}\n    {entry.parameters[key]}"
            f" Broadcasts with {' and '.join(arrays if gate else inputs[-1:])}."
        )
    described.append(_OUT.format(or_tuple=" or tuple of two ndarrays" if len(returns) == 2 else ""))
    text += [
        _section("Parameters", "\n".join(described)),
        _section("Returns", "\n".join([*(_RESULT.format(*pair) for pair in returns), _SHAPE])),
        _RAISES,
    ]

    others = [
        FORMS[other].format(base, last)
        for other in range(len(FORMS))
        if other != form and _has_form(row, other)
    ]
    also = f"{', '.join(others)} : Other form{'s' * (not gate)}."
    if gate:
        of = "gated" if form == _VALUE else "gated_backward"
        also += f"\n{of} : The same for one array that holds a and b."
    text.append(_section("See Also", also))

    formula = [("value", entry.value), ("by a" if gate else "derivative", entry.slope)]
    if entry.kink:
        formula.append(("at kinks", entry.kink))
    if entry.slope_by:
        formula.append(("by b" if gate else f"by {last}", entry.slope_by))
    if form == _FROM_OUTPUT:
        formula.insert(2, ("by y", entry.slope_from_output))
    if form == _GRAD_GRAD:
        formula = [*formula[:2], ("second", entry.curve[0])]
    width = max(len(label) for label, _ in formula)
    notes = ["::\n\n" + "\n".join(f"    {label:{width}}  {term}" for label, term in formula)]
    if entry.note:
        notes.append(entry.note)
    if form == _FROM_OUTPUT:
        notes.append(_FROM_OUTPUT_NOTE.format(base))
    if which == 2:
        notes += [_bounds(row, form, 0, "The value is"), _bounds(row, form, 1, "The derivative is")]
    else:
        notes.append(_bounds(row, form, which, subject))
    text.append(_section("Notes", "\n\n".join([*notes, _LIMITS, _DTYPES])))

    if entry.references:
        # Behind the first initial a no-break space: a page would take the letter for a list's.
        cited = (
            f".. [{i}] " + text.replace(". ", ".\xa0", 1)
            for i, text in enumerate(entry.references, 1)
        )
        text.append(_section("References", "\n".join(cited)))
    example = (
        ">>> import numpy as np\n>>> import fastact as fa\n"
        f">>> {', '.join(arrays)} = np.array({entry.example[0]})\n"
        f">>> {call.format(name)}"
    )
    text.append(_section("Examples", f"{example}\n{output}"))
    return "\n\n".join(text) + "\n"


# What is particular to a form: first line; (name, meaning) of each result; the subject of the
# bound; whose bound: value, slope or both; the call of the example; what it prints.
_Text = tuple[str, list[tuple[str, str]], str, int, str, str]


def _value(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    results = [("y", "The value at each element.")]
    return entry.summary, results, "The value is", 0, "fa.{}(x)", entry.example[1]


def _grad(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Derivative of `{base}` with respect to x."
    results = [("dx", "The derivative at each element.")]
    return head, results, "The derivative is", 1, "fa.{}(x)", entry.example[2]


def _value_and_grad(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Value of `{base}` and its derivative with respect to x, in one pass over memory."
    results = [("y", "The value at each element."), ("dx", "The derivative at each element.")]
    return head, results, "", 2, "y, dx = fa.{}(x)\n>>> dx", entry.example[2]


def _backward(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Product of g and the derivative of `{base}`: the vector-Jacobian product."
    results = [("gx", "g times the derivative with respect to x; it is rounded once, at the end.")]
    call = "fa.{}(np.ones_like(x), x)"
    if learnable:
        results.append((f"g{last}", f"g times the derivative with respect to {last}, not summed."))
        call = f"gx, g{last} = {call}\n>>> gx"
    return head, results, "The product is", 1, call, entry.example[2]


def _grad_parameter(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Derivative of `{base}` with respect to {last}."
    results = [(f"d{last}", "The derivative at each element.")]
    return head, results, "The derivative is", 1, "fa.{}(x)", entry.example[3]


def _from_output(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Product of g and the derivative of `{base}`, from its value y instead of x."
    results = [("gx", "g times the derivative; it is rounded once, at the end.")]
    call = f"fa.{{}}(np.ones_like(x), fa.{base}(x))"
    return head, results, "The product is", 1, call, entry.example[2]


def _grad_grad(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Second derivative of `{base}` with respect to x."
    results = [("ddx", "The second derivative at each element.")]
    return head, results, "It is", 1, "fa.{}(x)", entry.curve[1]


def _gate_value(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    results = [("y", "The value at each element.")]
    return entry.summary, results, "The value is", 0, "fa.{}(a, b)", entry.example[1]


def _gate_backward(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Products of g and the derivatives of `{base}`: the vector-Jacobian product."
    results = [
        ("ga", "g times the derivative with respect to a; it is rounded once, at the end."),
        ("gb", "g times the derivative with respect to b, likewise."),
    ]
    call = "ga, gb = fa.{}(np.ones_like(a), a, b)\n>>> ga"
    output = f"{entry.example[2]}\n>>> gb\n{entry.example[3]}"
    return head, results, "The products are", 1, call, output


_FORM_TEXTS = (
    *(_value, _grad, _value_and_grad, _backward, _grad_parameter),
    *(_from_output, _grad_grad),
)
_GATE_TEXTS = {_VALUE: _gate_value, _BACKWARD: _gate_backward}
