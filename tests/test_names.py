"""get: functions by the names that other libraries give them."""

import functools
import inspect

import numpy as np
import pytest

import fastact as fa
from fastact import _names, _ufuncs

X = np.linspace(-4, 4, 41)

# What a name means that is not simply a name here.
MEANINGS = {
    "nn.SiLU": fa.silu,
    "F.silu": fa.silu,
    "F.silu_": fa.silu,
    "torch.nn.SiLU": fa.silu,
    "jax.nn.silu": fa.silu,
    "SILU": fa.silu,
    "swish": fa.swish,
    "jax.nn.swish": fa.silu,
    "nn.functional.leaky_relu": fa.leaky_relu,
    "nn.gelu": fa.gelu,
    "jax.nn.gelu": fa.gelu_tanh,
    "flax.linen.gelu": fa.gelu_tanh,
    "NNlib.gelu": fa.gelu_tanh,
    "NNlib.gelu_erf": fa.gelu,
    "NNlib.\N{GREEK SMALL LETTER SIGMA}": fa.sigmoid,
    "gelu_fast": fa.gelu_tanh,
    "gelu_pytorch_tanh": fa.gelu_tanh,
    "gelu_python": fa.gelu,
    "mlx.nn.gelu_fast_approx": fa.quick_gelu,
    "ThresholdedRelu": fa.threshold,
    "HardSigmoid": fa.hard_sigmoid,
    "Log-Sigmoid": fa.log_sigmoid,
    "log softmax": fa.log_softmax,
    "RReLU": fa.rrelu,
    "trelu": fa.threshold,
}


@pytest.mark.parametrize("name", MEANINGS)
def test_meanings(name):
    assert fa.get(name) is MEANINGS[name]


def test_every_name_of_ours_in_any_case():
    for name, row in _ufuncs.ACTIVATIONS.items():
        for alias in (name, *row["aliases"]):
            ufunc = _ufuncs.UFUNCS[name]
            assert fa.get(alias) is fa.get(alias.upper()) is ufunc
            assert fa.get(alias.replace("_", "").title()) is ufunc


BOUND = [
    (("LeakyRelu",), {"alpha": 0.1}, lambda x: fa.leaky_relu(x, 0.1)),
    (("F.leaky_relu",), {"negative_slope": 0.2, "inplace": False}, lambda x: fa.leaky_relu(x, 0.2)),
    (("keras.activations.leaky_relu",), {}, lambda x: fa.leaky_relu(x, 0.2)),
    (("tf.nn.leaky_relu", "grad"), {"alpha": 0.3}, lambda x: fa.leaky_relu_grad(x, 0.3)),
    (("gelu",), {"approximate": "tanh"}, fa.gelu_tanh),
    (("Gelu", "grad"), {"approximate": "none"}, fa.gelu_grad),
    (("jax.nn.gelu",), {"approximate": False}, fa.gelu),
    (("HardSigmoid",), {"alpha": 0.3, "beta": 0.4}, lambda x: np.clip(0.3 * x + 0.4, 0, 1)),
    (("onnx.HardSigmoid",), {}, lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
    (("ThresholdedRelu",), {"alpha": 2.0}, lambda x: fa.threshold(x, 2.0)),
    (("nn.Threshold",), {"threshold": 1.5, "value": 3.0}, lambda x: fa.threshold(x, 1.5, 3.0)),
    (("nn.Softplus",), {"beta": 2.0, "threshold": 20}, lambda x: fa.softplus(x, 2.0)),
    (("Selu",), {"alpha": 1.67326319, "gamma": 1.05070102}, fa.selu),
    (("Swish",), {"alpha": 1.702}, lambda x: fa.swish(x, 1.702)),
    (("F.hardtanh",), {"min_val": -2.0}, lambda x: fa.hard_tanh(x, -2.0)),
    (("Softmax",), {"dim": 0}, lambda x: fa.softmax(x, axis=0)),
    (("elu", "grad_alpha"), {"alpha": 2.0}, lambda x: fa.elu_grad_alpha(x, 2.0)),
]


@pytest.mark.parametrize(("names", "attributes", "expected"), BOUND)
def test_attributes(names, attributes, expected):
    function = fa.get(*names, **attributes)
    np.testing.assert_allclose(function(X), expected(X), rtol=1e-14, atol=1e-16)


def test_what_is_bound_stays_documented():
    bound = fa.get("LeakyRelu", alpha=0.1)
    assert isinstance(bound, functools.partial)
    assert bound.__doc__.startswith("leaky_relu with negative_slope=0.1.")
    assert "Parameters" in bound.__doc__
    assert repr(bound) == "functools.partial(fa.leaky_relu, negative_slope=0.1)"
    assert inspect.signature(bound).parameters["negative_slope"].default == 0.1
    assert fa.get("LeakyRelu", alpha=0.01) is fa.leaky_relu
    np.testing.assert_array_equal(fa.affine(bound, X, 2), fa.leaky_relu(2 * X, 0.1))


WRONG = [
    (ValueError, "'sillu'; did you mean silu", lambda: fa.get("sillu")),
    (ValueError, "nn.Sigmid'; did you mean sigmoid", lambda: fa.get("nn.Sigmid")),
    (ValueError, "fastact list --names", lambda: fa.get("qqqqqq")),
    (TypeError, "name must be a string", lambda: fa.get(fa.gelu)),
    (TypeError, "silu takes no parameters.*'alpha'", lambda: fa.get("silu", alpha=1)),
    (ValueError, "approximate must be", lambda: fa.get("gelu", approximate="erf")),
    (ValueError, "out=x", lambda: fa.get("relu", inplace=True)),
    (ValueError, "selu has gamma", lambda: fa.get("selu", gamma=2)),
    (ValueError, "form must be one of value, grad.* for relu", lambda: fa.get("relu", "grad_grad")),
    (ValueError, "affine_backward", lambda: fa.get("onnx.HardSigmoid", "grad")),
]


@pytest.mark.parametrize(("error", "message", "call"), WRONG)
def test_errors_say_what_to_do(error, message, call):
    with pytest.raises(error, match=message):
        call()


# ---- the libraries' own lists ----

# Hugging Face's ACT2FN and timm's create_act, whose packages are large.
FIXED = {
    "Hugging Face": (
        "gelu gelu_10 gelu_fast gelu_new gelu_python gelu_pytorch_tanh gelu_python_tanh"
        " gelu_accurate laplace leaky_relu linear mish quick_gelu relu relu2 relu6 sigmoid silu"
        " swish tanh prelu xielu"
    ),
    "timm": (
        "silu swish mish relu relu6 leaky_relu elu prelu celu selu gelu gelu_tanh quick_gelu"
        " sigmoid tanh hard_sigmoid hard_swish hard_mish identity hardsigmoid hardswish"
    ),
    "ONNX": (
        "Celu Elu Erf Gelu HardSigmoid HardSwish Hardmax LeakyRelu LogSoftmax Mish PRelu Relu"
        " Selu Shrink Sigmoid Softmax Softplus Softsign Swish Tanh ThresholdedRelu"
    ),
}


@pytest.mark.parametrize("library", FIXED)
def test_fixed_lists(library):
    for name in FIXED[library].split():
        assert callable(fa.get(f"{_names.LIBRARIES[library].prefixes[0]}{name}")), name


def test_every_name_in_the_table_is_one_here():
    missing = set()
    for library in _names.LIBRARIES.values():
        known = _names._names_of(library)
        every = {_names._plain(name) for name in [*library.same.split(), *library.other]}
        missing |= every - set(known)
    assert not missing


def test_pytorch():
    activation = pytest.importorskip("torch.nn.modules.activation")
    for name in set(activation.__all__) - {"MultiheadAttention"}:
        assert callable(fa.get(f"nn.{name}")), name


def test_jax():
    nn = pytest.importorskip("jax.nn")
    others = {"one_hot", "standardize", "dot_product_attention", "log1mexp", "logmeanexp"}
    others |= {"scaled_dot_general", "scaled_matmul", "get_scaled_dot_general_config"}
    others |= {"initializers"}
    for name in {n for n in dir(nn) if not n.startswith("_")} - others:
        assert callable(fa.get(f"jax.nn.{name}")), name


def test_onnx():
    defs = pytest.importorskip("onnx.defs")
    every = {schema.name for schema in defs.get_all_schemas()}
    for name in FIXED["ONNX"].split():
        assert name in every


def test_the_command_lists_them():
    pytest.importorskip("typer")
    from typer.testing import CliRunner

    from fastact.cli.app import app

    shown = CliRunner().invoke(app, ["list", "--names", "nn.SiLU"])
    assert shown.exit_code == 0, shown.output
    assert "silu" in shown.output
    assert "jax.nn.silu" in shown.output
