"""How users of each library write an activation: a row a function, as text.

The text is of x and learnable parameters, that of the backward form of g, too, which PyTorch and
JAX derive themselves. A name alone is a function of these. What a library lacks is left out:
nothing is timed that its users would not type.
"""

from collections.abc import Mapping

import fastact

# Function -> value and backward form, empty where a library has none.
Table = Mapping[str, tuple[str, str]]

CONSTANTS = {"SCALE": 1.0507009873554805, "ALPHA": 1.6732632423543772}  # of selu

# Where the library has no function for it, alike with NumPy, PyTorch and JAX.
_EXPRESSIONS: Mapping[str, str] = {
    "quick_gelu": "x * sigmoid(1.702 * x)",
    "swish": "x * sigmoid(beta * x)",
    "squared_relu": "square(relu(x))",
    "sparse_plus": "where(x > 1, x, square(clip(x + 1, 0, 2) / 2))",
    "sparse_sigmoid": "clip((x + 1) / 2, 0, 1)",
    "smelu": "where(x > 1, x, square(clip(x + 1, 0, 2) / 2))",
    "star_relu": "scale * square(relu(x)) + bias",
    "hard_mish": "0.5 * x * clip(x + 2, 0, 2)",
    "squareplus": "(x + sqrt(x * x + 4)) / 2",
    "isru": "x * rsqrt(1 + x * x)",
    "isrlu": "where(x > 0, x, x * rsqrt(1 + x * x))",
    "softcap": "30 * tanh(x / 30)",
    "dyt": "tanh(alpha * x)",
    "tanh_shrink": "x - tanh(x)",
    "log_cosh": "logaddexp(x, -x) - 0.6931471805599453",
    "lisht": "x * tanh(x)",
    "tanh_exp": "x * tanh(exp(x))",
    "acon_c": "(p1 - p2) * x * sigmoid(beta * (p1 - p2) * x) + p2 * x",
    "snake": "x + square(sin(alpha * x)) / alpha",
    "snake_beta": "x + square(sin(alpha * x)) / beta",
    "aptx": "(1 + tanh(x)) * 0.5 * x",
    "xielu": (
        "where(x > 0, 0.8 * x * x + 0.5 * x, 0.8 * (expm1(clip(x, None, -1e-6)) - x) + 0.5 * x)"
    ),
    "gaussian": "exp(-0.5 * x * x)",
}

NUMPY: Table = {
    **{name: (value, "") for name, value in _EXPRESSIONS.items()},
    "identity": ("x.copy()", "g.copy()"),
    "binary_step": ("(x >= 0).astype(x.dtype)", "zeros_like(g)"),
    "sigmoid": ("sigmoid", "g * (s := sigmoid(x)) * (1 - s)"),
    "tanh": ("tanh", "g * (1 - tanh(x) ** 2)"),
    "relu": ("relu", "g * (x > 0)"),
    "leaky_relu": ("maximum(x, 0.01 * x)", "where(x > 0, g, 0.01 * g)"),
    "prelu": ("where(x > 0, x, a * x)", "where(x > 0, g, a * g), sum(g * minimum(x, 0))"),
    "relu6": ("clip(x, 0, 6)", "g * ((x > 0) & (x < 6))"),
    "hard_tanh": ("clip(x, -1, 1)", "g * ((x > -1) & (x < 1))"),
    "elu": ("where(x > 0, x, expm1(x))", "where(x > 0, g, g * exp(x))"),
    "selu": (
        "SCALE * where(x > 0, x, ALPHA * expm1(x))",
        "SCALE * where(x > 0, g, ALPHA * g * exp(x))",
    ),
    "celu": ("maximum(x, 0) + minimum(0, expm1(x))", "where(x > 0, g, g * exp(x))"),
    "gelu_tanh": (
        "0.5 * x * (1 + tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))",
        "g * (0.5 * (1 + (t := tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))))"
        " + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 0.134145 * x * x))",
    ),
    "quick_gelu": (
        "x / (1 + exp(-1.702 * x))",
        "g * ((s := sigmoid(1.702 * x)) + 1.702 * x * s * (1 - s))",
    ),
    "silu": ("x / (1 + exp(-x))", "g * ((s := sigmoid(x)) + x * s * (1 - s))"),
    "swish": (
        "x / (1 + exp(-beta * x))",
        "g * (s := sigmoid(beta * x)) + beta * (d := g * x * s * (1 - s)), sum(x * d)",
    ),
    "mish": (
        "x * tanh(log1p(exp(x)))",
        "g * ((t := tanh(log1p(exp(x)))) + x * (1 - t * t) * sigmoid(x))",
    ),
    "softplus": ("logaddexp(0, x)", "g * sigmoid(x)"),
    "log_sigmoid": ("-logaddexp(0, -x)", "g * sigmoid(-x)"),
    "softsign": ("x / (1 + abs(x))", "g / (1 + abs(x)) ** 2"),
    "hard_sigmoid": ("clip(x / 6 + 0.5, 0, 1)", "where((x > -3) & (x < 3), g / 6, 0)"),
    "hard_swish": (
        "x * clip(x / 6 + 0.5, 0, 1)",
        "g * where(x < -3, 0, where(x < 3, x / 3 + 0.5, 1))",
    ),
    "hard_shrink": ("x * (abs(x) > 0.5)", "g * (abs(x) > 0.5)"),
    "soft_shrink": ("sign(x) * maximum(abs(x) - 0.5, 0)", "g * (abs(x) > 0.5)"),
    "tanh_shrink": ("x - tanh(x)", "g * tanh(x) ** 2"),
    "threshold": ("x * (x > 1)", "g * (x > 1)"),
    "shrink": ("x * (abs(x) > 0.5)", ""),
    "squared_relu": ("square(relu(x))", "g * 2 * maximum(x, 0)"),
    "isru": ("x / sqrt(1 + x * x)", ""),
    "isrlu": ("where(x > 0, x, x / sqrt(1 + x * x))", ""),
}

# What SciPy adds, where sigmoid is expit.
SCIPY: Table = {
    "sigmoid": ("expit", NUMPY["sigmoid"][1]),
    "log_sigmoid": ("log_expit", NUMPY["log_sigmoid"][1]),
    "erf": ("erf", ""),
    "ndtr": ("ndtr", ""),
    "log_ndtr": ("log_ndtr", ""),
    "softplus": ("-log_expit(-x)", NUMPY["softplus"][1]),
    "silu": ("x * expit(x)", NUMPY["silu"][1]),
    "swish": ("x * expit(beta * x)", NUMPY["swish"][1]),
    "quick_gelu": ("x * expit(1.702 * x)", NUMPY["quick_gelu"][1]),
    "gelu": (
        "0.5 * x * (1 + erf(x / 1.4142135623730951))",
        "g * (ndtr(x) + x * exp(-0.5 * x * x) / 2.5066282746310002)",
    ),
    "mish": ("x * tanh(-log_expit(-x))", ""),
}

# With numexpr and numba, of which the latter evaluates one side of a `where`.
_AS_NUMPY = ("prelu", "selu", "gelu_tanh", "quick_gelu", "swish", "mish")
COMPILED: Table = {
    **{name: (NUMPY[name][0], "") for name in _AS_NUMPY},
    "identity": ("x", ""),
    "binary_step": ("where(x >= 0, 1.0, 0.0)", ""),
    "relu": ("where(x > 0, x, 0)", "where(x > 0, g, 0)"),
    "leaky_relu": ("where(x > 0, x, 0.01 * x)", "where(x > 0, g, 0.01 * g)"),
    "relu6": ("where(x > 0, where(x < 6, x, 6), 0)", "where((x > 0) & (x < 6), g, 0)"),
    "hard_tanh": ("where(x > -1, where(x < 1, x, 1), -1)", "where((x > -1) & (x < 1), g, 0)"),
    "hard_sigmoid": ("where(x > -3, where(x < 3, x / 6 + 0.5, 1), 0)", ""),
    "hard_swish": ("where(x > -3, where(x < 3, x * (x / 6 + 0.5), x), 0)", ""),
    "hard_shrink": ("where(abs(x) > 0.5, x, 0)", ""),
    "soft_shrink": ("where(x > 0.5, x - 0.5, where(x < -0.5, x + 0.5, 0))", ""),
    "threshold": ("where(x > 1, x, 0)", ""),
    "squared_relu": ("where(x > 0, x * x, 0)", "where(x > 0, 2 * g * x, 0)"),
    "sigmoid": ("1 / (1 + exp(-x))", "g * exp(-abs(x)) / (1 + exp(-abs(x))) ** 2"),
    "tanh": ("tanh(x)", "g * (1 - tanh(x) ** 2)"),
    "silu": ("x / (1 + exp(-x))", "g * (1 + x * (1 - 1 / (1 + exp(-x)))) / (1 + exp(-x))"),
    "elu": NUMPY["elu"],
    "celu": ("where(x > 0, x, expm1(x))", ""),
    "gelu": (
        "0.5 * x * (1 + erf(x / 1.4142135623730951))",
        "g * (0.5 * (1 + erf(x / 1.4142135623730951))"
        " + x * exp(-0.5 * x * x) / 2.5066282746310002)",
    ),
    "softplus": ("where(x > 20, x, log1p(exp(x)))", "g / (1 + exp(-x))"),
    "log_sigmoid": ("-where(x < -20, -x, log1p(exp(-x)))", "g / (1 + exp(x))"),
    "softsign": NUMPY["softsign"],
    "tanh_shrink": NUMPY["tanh_shrink"],
}


def _named(prefix: str, names: str) -> dict[str, str]:
    """Return functions that need no more than a name: ours, and theirs with its module."""
    there = {fastact.get(f"{prefix}.{name}").__name__: name for name in names.split()}
    return {ours: f"{prefix}.{name}" for ours, name in there.items()}


# PyTorch and JAX have derivatives of them all.
TORCH: Mapping[str, str] = {
    **_EXPRESSIONS,
    **_named(
        "F",
        "celu elu gelu hardshrink hardsigmoid hardswish hardtanh leaky_relu logsigmoid mish prelu"
        " relu relu6 selu sigmoid silu softplus softshrink softsign tanh tanhshrink",
    ),
    **_named("special", "erf log_ndtr ndtr"),
    "identity": "clone",
    "binary_step": "(x >= 0).to(x.dtype)",
    "gelu_tanh": "F.gelu(x, approximate='tanh')",
    "threshold": "F.threshold(x, 1.0, 0.0)",
    "shrink": "F.hardshrink",
    "log_cosh": "log(cosh(x))",
    "laplace": "0.5 * (1 + erf((x - 0.707107) / (0.282095 * 1.4142135623730951)))",
    "clipped_gelu": "F.gelu(x).clamp(-10, 10)",
}

JAX: Mapping[str, str] = {
    **_EXPRESSIONS,
    **_named(
        "jax.nn",
        "celu elu hard_sigmoid hard_swish hard_tanh leaky_relu log_sigmoid mish relu relu6 selu"
        " sigmoid silu soft_sign softplus sparse_plus squareplus",
    ),
    "identity": "copy",
    "binary_step": "(x >= 0).astype(x.dtype)",
    "tanh": "tanh",
    "prelu": "where(x > 0, x, a * x)",
    "gelu": "jax.nn.gelu(x, approximate=False)",
    "gelu_tanh": "jax.nn.gelu(x, approximate=True)",
    "hard_shrink": "where(abs(x) > 0.5, x, 0)",
    "soft_shrink": "sign(x) * maximum(abs(x) - 0.5, 0)",
    "threshold": "where(x > 1, x, 0)",
    "shrink": "where(abs(x) > 0.5, x, 0)",
    "smelu": "jax.nn.sparse_plus",
    "erf": "erf",
    "ndtr": "jax.scipy.special.ndtr",
    "laplace": "0.5 * (1 + erf((x - 0.707107) / (0.282095 * 1.4142135623730951)))",
    "log_ndtr": "jax.scipy.special.log_ndtr",
    "clipped_gelu": "clip(jax.nn.gelu(x, approximate=False), -10, 10)",
}

# As ONNX writes a node in a text; there are no backward forms. Attributes are given where ONNX has
# other defaults.
_NODES = (
    "Celu Elu Erf Gelu HardSwish Identity LeakyRelu Mish Relu Selu Sigmoid Softplus Softsign Tanh"
    " ThresholdedRelu"
)
ONNX: Mapping[str, str] = {
    **{fastact.get(f"onnx.{name}").__name__: f"{name}(x)" for name in _NODES.split()},
    "prelu": "PRelu(x, slope)",
    "relu6": "Clip(x, zero, six)",
    "hard_tanh": "Clip(x, minus_one, one)",
    "gelu_tanh": 'Gelu<approximate = "tanh">(x)',
    "quick_gelu": "com.microsoft.QuickGelu<alpha = 1.702>(x)",
    "silu": "com.microsoft.QuickGelu<alpha = 1.0>(x)",
    "swish": "com.microsoft.QuickGelu<alpha = 1.0>(x)",
    "hard_sigmoid": "HardSigmoid<alpha = 0.16666666666666666, beta = 0.5>(x)",
    "hard_shrink": "Shrink<lambd = 0.5>(x)",
    "shrink": "Shrink<lambd = 0.5>(x)",
    "soft_shrink": "Shrink<lambd = 0.5, bias = 0.5>(x)",
}
