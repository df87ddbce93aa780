"""The activations as the command line sees them: names, forms, bounds, and errors for bad ones.

The facts come from the C table by way of `fastact._ufuncs`; this gives them types.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from fastact import _ufuncs


@dataclass(frozen=True)
class Activation:
    """A row of the table, as `fastact._ufuncs` has it."""

    name: str
    family: str
    aliases: Sequence[str]
    arrays: int  # operands of the value that are no parameters
    parameters: Mapping[str, float]  # defaults by name, in the order of the operands
    role: str  # what is offered for the parameters: "fixed", "tunable" or "learnable"
    forms: Mapping[str, int]
    cost: float
    ulp: Mapping[str, tuple[float, float]]  # promised, by dtype: of value and derivatives
    extra: Mapping[str, Mapping[str, float]]  # by form and dtype, of forms that not all have

    def ufunc_name(self, form: str) -> str:
        """Return the public name of a form, ``gelu_grad``."""
        return self.name + _ufuncs.form_suffix(form)

    def ufunc(self, form: str) -> np.ufunc:
        """Return the ufunc of a form."""
        return _ufuncs.UFUNCS[self.ufunc_name(form)]

    def bound(self, form: str, dtype: str) -> float:
        """Return the promised error of a form in ulp; 1 for the half types."""
        if dtype not in self.ulp:
            return 1.0
        if form in self.extra:
            return self.extra[form][dtype]
        return self.ulp[dtype][form != "value"]


ACTIVATIONS = {name: Activation(**row) for name, row in _ufuncs.ACTIVATIONS.items()}

# What every function of one array has, and what some have besides: derivatives by parameters,
# and others.
USUAL_FORMS = ("value", "grad", "value_and_grad", "backward")
EXTRA_FORMS = tuple(dict.fromkeys(form for row in ACTIVATIONS.values() for form in row.extra))
_FORMS = dict.fromkeys(form for row in ACTIVATIONS.values() for form in row.forms)
PARAMETER_FORMS = tuple(form for form in _FORMS if form not in (*USUAL_FORMS, *EXTRA_FORMS))


def dtype_of(name: str) -> np.dtype[Any]:
    """Return a dtype by its name; ValueError where the package that defines it is missing."""
    if name != "bfloat16":
        return np.dtype(name)
    try:
        dtype: np.dtype[Any] = np.dtype(import_module("ml_dtypes").bfloat16)
    except ModuleNotFoundError:
        raise ValueError(
            f"{name} needs ml_dtypes, which is not installed: pip install ml_dtypes"
        ) from None
    return dtype


def listed(text: str | None) -> list[str]:
    """Return the parts of a comma-separated list, each once."""
    return list(dict.fromkeys(filter(None, map(str.strip, (text or "").split(",")))))


def choose(kind: str, given: str | None, valid: Iterable[str], default: Iterable[str]) -> list[str]:
    """Return the names in a comma-separated list, each checked; ``all`` is all that are valid.

    Without a list it is the default. The kind of names is for the message of the ValueError.
    """
    valid = list(valid)
    if given is None:
        return list(default)
    names = listed(given)
    if names == ["all"]:
        return valid
    for name in names:
        if name not in valid:
            raise _unknown(kind, name, valid, valid)
    return names


def choose_activations(names: Iterable[str]) -> list[Activation]:
    """Return the activations of the names, which may be aliases; all of them for no name."""
    by_alias = {alias: row for row in ACTIVATIONS.values() for alias in (row.name, *row.aliases)}
    chosen: dict[str, Activation] = {}
    for name in names:
        if name == "all":
            return list(ACTIVATIONS.values())
        if name not in by_alias:
            raise _unknown("function", name, by_alias, ACTIVATIONS)
        chosen[by_alias[name].name] = by_alias[name]
    return list(chosen.values()) or list(ACTIVATIONS.values())


def choose_parameters(activation: Activation, given: Iterable[str]) -> dict[str, float]:
    """Return the values of parameters given as ``name=value``."""
    known, chosen = activation.parameters, dict[str, float]()
    for text in given:
        name, _, value = (part.strip() for part in text.partition("="))
        if not known:
            raise ValueError(f"{activation.name} has no parameters")
        if name not in known:
            raise _unknown(f"parameter of {activation.name}", name, known, known)
        if name in chosen:
            raise ValueError(f"{name} is given twice")
        try:
            chosen[name] = float(value)
        except ValueError:
            example = f"{name}={known[name]:g}"
            raise ValueError(f"cannot read {text!r}. Give a number: {example}") from None
    return chosen


def _unknown(kind: str, name: str, known: Iterable[str], valid: Iterable[str]) -> ValueError:
    """Return an error that lists the valid names, and the known one that is closest."""
    close = difflib.get_close_matches(name, list(known), n=1)
    meant = f" Did you mean {close[0]!r}?" if close else ""
    return ValueError(f"unknown {kind} {name!r}.{meant} Choose from: {', '.join(valid)}")
