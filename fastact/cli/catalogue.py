"""The activations as the command line sees them: names, forms, bounds, and errors for bad ones.

The facts come from the C table by way of `fastact._ufuncs`; this gives them types.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from fastact import _ufuncs


@dataclass(frozen=True)
class Activation:
    """A row of the table."""

    name: str
    aliases: tuple[str, ...]
    arrays: int  # operands of the value that are no parameters
    parameters: Mapping[str, float]  # defaults by name, in the order of the operands
    role: str  # what is offered for the parameters: "fixed", "tunable" or "learnable"
    forms: tuple[str, ...]
    bounds: Mapping[str, tuple[float, float]]  # promised ulp by dtype: of value and derivatives
    extra: Mapping[str, Mapping[str, float]]  # by form and dtype, of forms that not all have

    def ufunc_name(self, form: str) -> str:
        """Return the public name of a form, ``gelu_grad``."""
        return self.name + _ufuncs.form_suffix(form)

    def ufunc(self, form: str) -> np.ufunc:
        """Return the ufunc of a form."""
        return _ufuncs.UFUNCS[self.ufunc_name(form)]

    def bound(self, form: str, dtype: str) -> float:
        """Return the promised error of a form in ulp; 1 for the half types."""
        if dtype not in self.bounds:
            return 1.0
        if form in self.extra:
            return self.extra[form][dtype]
        value, slope = self.bounds[dtype]
        return value if form == "value" else slope


ACTIVATIONS: Mapping[str, Activation] = {
    name: Activation(
        *(name, tuple(row["aliases"]), row["arrays"], row["parameters"]),
        *(row["role"], tuple(row["forms"]), row["ulp"], row["extra"]),
    )
    for name, row in _ufuncs.ACTIVATIONS.items()
}

# What every function of one array has, and what some have besides: derivatives by parameters,
# and others.
USUAL_FORMS = ("value", "grad", "value_and_grad", "backward")
EXTRA_FORMS = tuple(dict.fromkeys(form for row in ACTIVATIONS.values() for form in row.extra))
PARAMETER_FORMS = tuple(
    dict.fromkeys(
        form
        for row in ACTIVATIONS.values()
        for form in row.forms
        if form not in (*USUAL_FORMS, *EXTRA_FORMS)
    )
)


def choose(kind: str, given: str | None, valid: Iterable[str], default: Iterable[str]) -> list[str]:
    """Return the names in a comma-separated list, each checked and taken once.

    Without a list it is the default, and ``all`` is all that are valid. The kind of names is for
    the message of the ValueError.
    """
    valid = list(valid)
    if given is None:
        return list(default)
    if given.strip() == "all":
        return valid
    names = list(dict.fromkeys(filter(None, map(str.strip, given.split(",")))))
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
    chosen: dict[str, float] = {}
    for text in given:
        name, _, value = (part.strip() for part in text.partition("="))
        if not activation.parameters:
            raise ValueError(f"{activation.name} has no parameters")
        if name not in activation.parameters:
            kind = f"parameter of {activation.name}"
            raise _unknown(kind, name, activation.parameters, activation.parameters)
        if name in chosen:
            raise ValueError(f"{name} is given twice")
        try:
            chosen[name] = float(value)
        except ValueError:
            example = f"{name}={activation.parameters[name]:g}"
            raise ValueError(f"cannot read {text!r}. Give a number: {example}") from None
    return chosen


def _unknown(kind: str, name: str, known: Iterable[str], valid: Iterable[str]) -> ValueError:
    """Return an error that lists the valid names, and the known one that is closest."""
    message = f"unknown {kind} {name!r}."
    close = difflib.get_close_matches(name, list(known), n=1)
    if close:
        message += f" Did you mean {close[0]!r}?"
    return ValueError(f"{message} Choose from: {', '.join(valid)}")
