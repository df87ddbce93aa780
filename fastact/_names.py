"""Functions by the names that other libraries give them.

A library's names are listed as it writes them. One that is a name here in any case, with words
apart or not, needs no more; of others it says what they are here. A function that is missing here
is not found by its names.
"""

from __future__ import annotations

import functools
import re
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from fastact import _groups, _random, _ufuncs

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["get"]


class _Library(NamedTuple):
    """A library: what its names begin with, and the names."""

    prefixes: tuple[str, ...]
    same: str  # names that are ours, but for case and underscores
    other: dict[str, str]  # theirs -> ours
    defaults: dict[str, dict[str, Any]]  # theirs -> attributes whose defaults differ from ours


LIBRARIES = {
    "PyTorch": _Library(
        ("torch.nn.functional.", "torch.nn.", "nn.functional.", "nn.", "F.", "torch.special."),
        "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh Identity LeakyReLU LogSigmoid"
        " LogSoftmax Mish PReLU ReLU ReLU6 RReLU SELU Sigmoid SiLU Softmax Softmin Softplus"
        " Softshrink Softsign Tanh Tanhshrink Threshold expit erf gumbel_softmax log_ndtr"
        " logsumexp ndtr",
        {"Softmax2d": "softmax"},
        {"Softmax2d": {"axis": -3}},
    ),
    "JAX": _Library(
        ("jax.nn.", "flax.linen.", "flax.nnx.", "linen.", "nnx.", "jnn."),
        "celu elu glu hard_sigmoid hard_silu hard_swish hard_tanh identity leaky_relu log_sigmoid"
        " log_softmax logsumexp mish relu relu6 selu sigmoid silu soft_sign softmax softplus"
        " sparse_plus sparse_sigmoid squareplus tanh",
        {"gelu": "gelu_tanh", "swish": "silu"},
        {},
    ),
    "Keras": _Library(
        (
            "keras.activations.",
            "keras.ops.",
            "keras.layers.",
            "tf.keras.activations.",
            "tf.keras.layers.",
        ),
        "celu elu gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu"
        " linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax"
        " softplus softsign sparse_plus sparse_sigmoid sparsemax squareplus tanh tanh_shrink"
        " threshold PReLU Softmax logsumexp",
        {"swish": "silu", "hard_sigmoid": "hard_sigmoid"},
        {"leaky_relu": {"negative_slope": 0.2}},
    ),
    "TensorFlow": _Library(
        ("tf.nn.", "tf.math.", "tensorflow.nn.", "tfa.activations.", "tensorflow.math."),
        "crelu elu erf gelu leaky_relu log_softmax log_sigmoid relu relu6 selu sigmoid silu softmax"
        " softplus softsign tanh hardshrink lisht mish snake softshrink sparsemax"
        " tanhshrink rrelu",
        {"swish": "silu", "reduce_logsumexp": "logsumexp"},
        {"leaky_relu": {"negative_slope": 0.2}},
    ),
    "ONNX": _Library(
        ("onnx.", "ai.onnx."),
        "Celu Elu Erf Gelu HardSigmoid HardSwish Hardmax Identity LeakyRelu LogSoftmax Mish PRelu"
        " Relu Selu Shrink Sigmoid Softmax Softplus Softsign Tanh ThresholdedRelu",
        {"Swish": "swish", "ReduceLogSumExp": "logsumexp"},
        {"HardSigmoid": {"alpha": 0.2, "beta": 0.5}},
    ),
    "Hugging Face": _Library(
        ("transformers.", "hf."),
        "gelu gelu_10 gelu_new laplace leaky_relu linear mish prelu quick_gelu relu relu2 relu6"
        " sigmoid silu tanh xielu",
        {
            "gelu_accurate": "gelu_tanh",
            "gelu_fast": "gelu_tanh",
            "gelu_python": "gelu",
            "gelu_python_tanh": "gelu_tanh",
            "gelu_pytorch_tanh": "gelu_tanh",
            "swish": "silu",
        },
        {},
    ),
    "timm": _Library(
        ("timm.layers.", "timm."),
        "celu elu gelu gelu_tanh hard_mish hard_sigmoid hard_swish hardsigmoid hardswish identity"
        " leaky_relu mish prelu quick_gelu relu relu6 selu sigmoid silu tanh StarReLU",
        {"swish": "silu", "hard_silu": "hard_swish"},
        {},
    ),
    "MLX": _Library(
        ("mlx.nn.", "mx.", "mlx.core."),
        "celu elu erf gelu glu hard_shrink hard_tanh hardswish leaky_relu log_sigmoid log_softmax"
        " logsumexp mish prelu relu relu2 relu6 selu sigmoid silu softmax softmin softplus"
        " softshrink softsign step tanh",
        {"gelu_approx": "gelu_tanh", "gelu_fast_approx": "quick_gelu"},
        {},
    ),
    "NNlib": _Library(
        ("NNlib.", "Flux."),
        "celu elu glu hardsigmoid hardswish hardtanh leakyrelu lisht logsigmoid logsoftmax"
        " logsumexp mish relu relu6 rrelu selu sigmoid softmax softplus softshrink softsign tanh"
        " tanhshrink logcosh gelu_tanh",
        {
            "gelu": "gelu_tanh",
            "gelu_erf": "gelu",
            "gelu_sigmoid": "quick_gelu",
            "hard\u03c3": "hard_sigmoid",
            "log\u03c3": "log_sigmoid",
            "sigmoid_fast": "sigmoid",
            "swish": "silu",
            "tanh_fast": "tanh",
            "trelu": "threshold",
            "\u03c3": "sigmoid",
        },
        {},
    ),
}

# What libraries call a parameter, or an argument that is none here.
_ATTRIBUTES: dict[str, dict[str, str | None]] = {
    "leaky_relu": {"alpha": "negative_slope", "a": "negative_slope"},
    "threshold": {"alpha": "theta", "threshold": "theta", "default_value": "value"},
    "prelu": {"weight": "a", "alpha": "a", "slope": "a"},
    "swish": {"alpha": "beta"},
    "soft_shrink": {"threshold": "lambd", "lambda_": "lambd"},
    "hard_shrink": {"threshold": "lambd", "lambda_": "lambd"},
    "hard_tanh": {"min_value": "min_val", "max_value": "max_val"},
    "softplus": {"threshold": None},  # exact from there on, too
}
_SELU = {"alpha": 1.6732632423543772, "gamma": 1.0507009873554805}


class _Found(functools.partial):  # type: ignore[type-arg]
    """A function with parameters bound to it, and its documentation."""

    def __repr__(self) -> str:
        """Return it as one would write it."""
        given = [_shown(argument) for argument in self.args]
        given += [f"{key}={_shown(value)}" for key, value in self.keywords.items()]
        return f"functools.partial(fa.{self.func.__name__}, {', '.join(given)})"


def get(name: str, form: str = "value", **attributes: Any) -> Callable[..., Any]:
    """Find a function by a name that some library gives it.

    Parameters
    ----------
    name : str
        A name of PyTorch, JAX, Keras, TensorFlow, ONNX, Hugging Face, timm, MLX, NNlib or of this
        package, in any case: ``"SiLU"``, ``"nn.SiLU"``, ``"F.silu"``, ``"jax.nn.silu"``,
        ``"gelu_pytorch_tanh"``. In front of it, a library decides what a name means that has
        several meanings: ``"jax.nn.gelu"`` is `gelu_tanh`.
    form : str, default "value"
        ``"value"``, or what a form is called: ``"grad"``, ``"backward"``, ``"value_and_grad"``.
    **attributes
        Parameters, by their names here or there: ``alpha`` of ONNX's ``"LeakyRelu"``,
        ``approximate="tanh"`` of ``"gelu"``, ``dim`` of ``"Softmax"``.

    Returns
    -------
    callable
        The function itself, a ufunc; or a `functools.partial` of it that has what differs from its
        defaults, and its documentation.

    Raises
    ------
    TypeError
        If `name` is no string, or the function has no such attribute.
    ValueError
        If no library has such a name; the message has the nearest ones. Or if there is no such
        form, or the function cannot have this attribute.

    Examples
    --------
    >>> import fastact as fa
    >>> fa.get("nn.SiLU")
    <ufunc 'silu'>
    >>> fa.get("LeakyRelu", alpha=0.1)
    functools.partial(fa.leaky_relu, negative_slope=0.1)
    >>> fa.get("keras.activations.leaky_relu", "grad")
    functools.partial(fa.leaky_relu_grad, negative_slope=0.2)
    >>> fa.get("jax.nn.gelu")
    <ufunc 'gelu_tanh'>
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a string, such as 'silu', not {name!r}")
    ours, defaults = _find(name)
    function, bound, scaled = _resolved(ours, defaults | attributes)
    if scaled:
        return _scaled(function, bound, scaled, form)
    chosen: Callable[..., Any] = _form(function, form)
    return _bound(chosen, bound) if bound else chosen


def _find(name: str) -> tuple[str, dict[str, Any]]:
    """Return our name for a function, and attributes that differ by default."""
    for library in LIBRARIES.values():
        for prefix in library.prefixes:
            if name.lower().startswith(prefix.lower()):
                found = _names_of(library).get(_plain(name[len(prefix) :]))
                if found:
                    return found
    known = _all_names()
    found = known.get(_plain(name.rpartition(".")[2]))
    if found:
        return found
    raise ValueError(f"no function is named {name!r}{_nearest(name)}")


def _nearest(name: str) -> str:
    """Return what somebody who typed this name may have meant, as the end of a sentence."""
    from difflib import get_close_matches  # not needed where all goes well

    spelled = {_plain(theirs): theirs for theirs in _spelled()}
    near = get_close_matches(_plain(name.rpartition(".")[2]), spelled, n=3)
    if not near:
        return "; fastact list --names shows those that are known"
    return f"; did you mean {' or '.join(spelled[found] for found in near)}?"


def _plain(name: str) -> str:
    """Return a name without case, and without what separates its words."""
    return re.sub(r"[\s_-]", "", name).casefold()


# ---- the tables ----


@functools.lru_cache
def _ours() -> dict[str, str]:
    """Plain name -> name of a function here, of those that exist."""
    found = {
        _plain(alias): name
        for name, row in _ufuncs.ACTIVATIONS.items()
        for alias in (name, *row["aliases"])
    }
    found |= {_plain(name): name for name in _ufuncs.AXIS_UFUNCS if "_backward" not in name}
    plain = [*_groups.__all__, *_random.__all__]
    return found | {_plain(name): name for name in plain if "_backward" not in name}


@functools.lru_cache
def _every_table() -> dict[str, dict[str, tuple[str, dict[str, Any]]]]:
    """Library -> its names, plain -> what they are here and the defaults that differ."""
    return {title: _names_of(library) for title, library in LIBRARIES.items()}


def _names_of(library: _Library) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return a library's names, plain -> what they are here and the defaults that differ."""
    found = {}
    theirs = {name: name for name in library.same.split()} | library.other
    for name, target in theirs.items():
        ours = _ours().get(_plain(target))
        if ours is not None:
            found[_plain(name)] = (ours, library.defaults.get(name, {}))
    return found


@functools.lru_cache
def _all_names() -> dict[str, tuple[str, dict[str, Any]]]:
    """Return the meaning of names without a library: ours, then that of the first to have it."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    for table in reversed(_every_table().values()):
        found |= {name: (ours, {}) for name, (ours, _) in table.items()}
    for name in ("softmax2d",):
        found[name] = _every_table()["PyTorch"][name]
    return found | {name: (ours, {}) for name, ours in _ours().items()}


def _spelled() -> list[str]:
    """Return all names as they are written."""
    listed = [name for library in LIBRARIES.values() for name in library.same.split()]
    listed += [name for library in LIBRARIES.values() for name in library.other]
    return [name for name in [*listed, *_ours().values()] if _plain(name) in _all_names()]


def table() -> list[tuple[str, dict[str, list[str]]]]:
    """Return the functions here, each with its names by library."""
    rows: dict[str, dict[str, list[str]]] = {name: {} for name in dict.fromkeys(_ours().values())}
    for title, library in LIBRARIES.items():
        known = _names_of(library)
        for theirs in dict.fromkeys([*library.same.split(), *library.other]):
            found = known.get(_plain(theirs))
            if found:
                differs = ", ".join(f"{key}={value:g}" for key, value in found[1].items())
                shown = f"{theirs} ({differs})" if differs else theirs
                rows[found[0]].setdefault(title, []).append(shown)
    return list(rows.items())


# ---- attributes ----


def _resolved(ours: str, given: dict[str, Any]) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Return a function, its parameters, and scale and shift of an affine map in front of it."""
    given = {key: value for key, value in given.items() if not (key == "inplace" and not value)}
    if "inplace" in given:
        raise ValueError("inplace=True is for the call here: give it out=x")
    if ours == "gelu" and "approximate" in given:
        approximate = given.pop("approximate")
        if approximate not in ("none", "tanh", False, True):
            raise ValueError(f"approximate must be 'none' or 'tanh', got {approximate!r}")
        ours = "gelu_tanh" if approximate in ("tanh", True) else "gelu"
    if ours == "gelu_tanh" and "approximate" in given:
        ours = "gelu" if given.pop("approximate") in ("none", False) else ours
    if ours == "hard_sigmoid" and given.keys() & {"alpha", "beta"}:
        scaled = {"scale": given.pop("alpha", 0.2), "shift": given.pop("beta", 0.5)}
        return (
            "hard_tanh",
            _parameters("hard_sigmoid", given) | {"min_val": 0, "max_val": 1},
            scaled,
        )
    if ours == "selu":
        for key, usual in _SELU.items():
            value = given.pop(key, usual)
            if not np.isclose(value, usual, rtol=1e-6, atol=0):
                raise ValueError(
                    f"selu has {key}={usual} only; gamma elu(x, alpha) has others, with fa.elu"
                )
    if ours == "softmax" and "dim" in given and given["dim"] is None:
        given.pop("dim")
    return ours, _parameters(ours, given), {}


def _parameters(ours: str, given: dict[str, Any]) -> dict[str, Any]:
    """Return attributes under the names that they have here."""
    row = _ufuncs.ACTIVATIONS.get(ours)
    known = (
        list(row["parameters"])
        if row
        else ["axis", "temperature", "rng", "lower", "upper", "hard", "groups"]
    )
    translated = {"dim": "axis", "tau": "temperature"} if row is None else _ATTRIBUTES.get(ours, {})
    bound = {}
    for key, value in given.items():
        name = key if key in known else translated.get(key, key)
        if name is None:
            continue
        if name not in known:
            takes = ", ".join(known) or "no parameters"
            raise TypeError(f"{ours} takes {takes}; get() got an unexpected attribute {key!r}")
        bound[name] = value
    defaults = row["parameters"] if row else {}
    return {key: value for key, value in bound.items() if value != defaults.get(key)}


# ---- what is returned ----


def _form(ours: str, form: str) -> Any:
    """Return a form of a function."""
    if form == "value":
        return getattr(sys.modules["fastact"], ours)
    row = _ufuncs.ACTIVATIONS.get(ours)
    package = sys.modules["fastact"]
    known = list(row["forms"]) if row else ["value"]
    if f"{ours}_backward" in package.__all__ and row is None:
        known.append("backward")
    if form not in known:
        raise ValueError(f"form must be one of {', '.join(known)} for {ours}, got {form!r}")
    return getattr(package, ours + _ufuncs.form_suffix(form))


def _scaled(
    function: str, bound: dict[str, Any], scaled: dict[str, Any], form: str
) -> Callable[..., Any]:
    """Return a function behind an affine map."""
    if form != "value":
        raise ValueError(
            f"form must be 'value' for this function, got {form!r}; use affine_backward"
        )
    package = sys.modules["fastact"]
    found = _Found(package.affine, getattr(package, function), **scaled, **bound)
    found.__doc__ = package.affine.__doc__
    return found


def _bound(function: Any, bound: dict[str, Any]) -> Callable[..., Any]:
    found = _Found(function, **bound)
    given = ", ".join(f"{key}={_shown(value)}" for key, value in bound.items())
    found.__doc__ = f"{function.__name__} with {given}.\n\n{function.__doc__}"
    return found


def _shown(value: Any) -> str:
    return f"fa.{value.__name__}" if isinstance(value, np.ufunc) else repr(value)
