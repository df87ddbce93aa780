"""The docstring of every ufunc, composed.

Formulas, papers and examples stand in `fastact._activations`; defaults, aliases and error bounds
come from the C table (`row`).
"""

from __future__ import annotations

from typing import Any

from fastact._activations import Entry, entry_of
from fastact._ufuncs import form_suffix

# How many results a tuple has, as a word; none for one result.
_COUNTS = ("", "", "two", "three", "four", "five")

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
dtype; the 16-bit types are computed in float32, and recomputed in float64 where that cannot
decide the rounding. bool and integers of 8 and 16 bits give float32, wider integers float64."""

_LIMITS = """\
Infinities give the limit, NaN gives NaN. No floating-point flag is raised, except overflow where
the exact result overflows."""


_FROM_OUTPUT_NOTE = """\
The bound is that of the formula for the y given; how far y was rounded counts beside where the
derivative is small. Elsewhere than where `{}` has its values, the formula is all that is meant."""


_NOT_FINITE = """\
Where the derivative is 0, an infinite or NaN g gives NaN, which the product is: a gradient that has
gone wrong is not hidden. PyTorch gives 0 in some of these places, for relu among them."""

# Of functions whose y tells the two branches apart for these parameters alone.
_ONE_SIDED = {"leaky_relu", "elu"}


def _bounds(row: dict[str, Any], form: str, which: int, subject: str) -> str:
    extra = row["extra"].get(form)
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


def _formulas(entry: Entry, form: str, gate: bool) -> list[tuple[str, str]]:
    """Return what a docstring says of the value and the derivatives: labels and formulas."""
    found = [("value", entry.value.text), ("by a" if gate else "derivative", entry.grad.text)]
    if form == "grad_grad" and entry.grad_grad:
        return [*found, ("second", entry.grad_grad.text)]
    if form == "backward_from_output" and entry.backward_from_output:
        found.append(("by y", entry.backward_from_output.text))
    if entry.kinks:
        found.append(("at kinks", entry.kinks))
    return [*found, *((f"by {name}", by.text) for name, by in entry.grad_by.items())]


def docstring(row: dict[str, Any], form: str, name: str) -> str:
    """Return the docstring of one ufunc, without the signature, which NumPy adds.

    `row` is the activation's row of the C table, `name` the name of the ufunc.
    """
    entry = entry_of(row["name"])
    base = row["name"]
    parameters: dict[str, float] = row["parameters"]
    gate = row["arrays"] == 2
    arrays = ["a", "b"] if gate else ["x"]
    inputs = {"backward": ["g", *arrays], "backward_from_output": ["g", "y"]}.get(form, arrays)
    head, returns, subject, which, call, output = _text(entry, row, form)

    text = [head]
    if parameters or "g" in inputs:
        shown = [*inputs, *(f"{key}={default}" for key, default in parameters.items())]
        text.append(
            f"Called as ``{name}({', '.join(shown)}, out=None, **kwargs)``"
            + ("; parameters can be given by\nposition or by keyword." if parameters else ".")
        )
    if row["aliases"] and form == "value":
        text.append(f"Also named {', '.join(f'`{alias}`' for alias in row['aliases'])}.")

    described = []
    if "g" in inputs:
        described.append("g : array_like, shape (...)\n    Gradient with respect to the value.")
    described.append(
        f"y : array_like, shape (...)\n    Value that `{base}` gave."
        if form == "backward_from_output"
        else f"{', '.join(arrays)} : array_like, shape (...)\n    Argument"
        f"{'s, broadcast' if gate else ''}; bool, integer or floating."
    )
    for key, default in parameters.items():
        described.append(
            f"{key} : array_like, default {default}\n    {entry.parameters[key]}"
            f" Broadcasts with {' and '.join(arrays if gate else inputs[-1:])}."
        )
    count = _COUNTS[len(returns)]
    described.append(_OUT.format(or_tuple=f" or tuple of {count} ndarrays" if count else ""))
    text += [
        _section("Parameters", "\n".join(described)),
        _section("Returns", "\n".join([*(_RESULT.format(*pair) for pair in returns), _SHAPE])),
        _RAISES,
    ]

    others = [base + form_suffix(other) for other in row["forms"] if other != form]
    also = f"{', '.join(others)} : Other form{'s' * (not gate)}."
    if gate:
        of = "gated" if form == "value" else "gated_backward"
        also += f"\n{of} : The same for one array that holds a and b."
    text.append(_section("See Also", also))

    formulas = _formulas(entry, form, gate)
    width = max(len(label) for label, _ in formulas)
    notes = ["::\n\n" + "\n".join(f"    {label:{width}}  {term}" for label, term in formulas)]
    if entry.note:
        notes.append(entry.note)
    if form == "backward_from_output":
        notes.append(_FROM_OUTPUT_NOTE.format(base))
    if "g" in inputs:
        notes.append(_NOT_FINITE)
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
        f">>> {', '.join(arrays)} = np.array({entry.example})\n"
        f">>> {call.format(name)}"
    )
    text.append(_section("Examples", f"{example}\n{output}"))
    return "\n\n".join(text) + "\n"


# What is particular to a form: first line; (name, meaning) of each result; the subject of the
# bound; whose bound: value, slope or both; the call of the example; what it prints.
_Text = tuple[str, list[tuple[str, str]], str, int, str, str]


def _text(entry: Entry, row: dict[str, Any], form: str) -> _Text:
    """Return what is particular to a form."""
    if row["arrays"] == 2:
        return _gate_value(entry) if form == "value" else _gate_backward(entry, row["name"])
    if form in _FORM_TEXTS:
        return _FORM_TEXTS[form](entry, row)
    return _grad_by(entry, row, form.removeprefix("grad_"))


def _value(entry: Entry, row: dict[str, Any]) -> _Text:
    results = [("y", "The value at each element.")]
    return entry.summary, results, "The value is", 0, "fa.{}(x)", entry.value.example


def _grad(entry: Entry, row: dict[str, Any]) -> _Text:
    head = f"Derivative of `{row['name']}` with respect to x."
    results = [("dx", "The derivative at each element.")]
    return head, results, "The derivative is", 1, "fa.{}(x)", entry.grad.example


def _value_and_grad(entry: Entry, row: dict[str, Any]) -> _Text:
    head = (
        f"Value of `{row['name']}` and its derivative with respect to x, in one pass over memory."
    )
    results = [("y", "The value at each element."), ("dx", "The derivative at each element.")]
    return head, results, "", 2, "y, dx = fa.{}(x)\n>>> dx", entry.grad.example


def _backward(entry: Entry, row: dict[str, Any]) -> _Text:
    head = f"Product of g and the derivative of `{row['name']}`: the vector-Jacobian product."
    results = [("gx", "g times the derivative with respect to x; it is rounded once, at the end.")]
    call = "fa.{}(np.ones_like(x), x)"
    if row["role"] == "learnable":
        results += (
            (f"g{name}", f"g times the derivative with respect to {name}, not summed.")
            for name in row["parameters"]
        )
        call = f"{', '.join(name for name, _ in results)} = {call}\n>>> gx"
    return head, results, "The product is", 1, call, entry.grad.example


def _grad_by(entry: Entry, row: dict[str, Any], parameter: str) -> _Text:
    head = f"Derivative of `{row['name']}` with respect to {parameter}."
    results = [(f"d{parameter}", "The derivative at each element.")]
    example = entry.grad_by[parameter].example
    return head, results, "The derivative is", 1, "fa.{}(x)", example


def _from_output(entry: Entry, row: dict[str, Any]) -> _Text:
    base = row["name"]
    head = f"Product of g and the derivative of `{base}`, from its value y instead of x."
    if base in _ONE_SIDED:
        (parameter,) = row["parameters"]
        head += (
            f"\n\nOnly for {parameter} >= 0: with a negative one, y does not tell which sign x had,"
            " and\nthe result is that of x > 0 where y > 0. PyTorch raises there."
        )
    results = [("gx", "g times the derivative; it is rounded once, at the end.")]
    call = f"fa.{{}}(np.ones_like(x), fa.{base}(x))"
    return head, results, "The product is", 1, call, entry.grad.example


def _grad_grad(entry: Entry, row: dict[str, Any]) -> _Text:
    head = f"Second derivative of `{row['name']}` with respect to x."
    results = [("ddx", "The second derivative at each element.")]
    example = entry.grad_grad.example if entry.grad_grad else ""
    return head, results, "It is", 1, "fa.{}(x)", example


def _gate_value(entry: Entry) -> _Text:
    results = [("y", "The value at each element.")]
    return entry.summary, results, "The value is", 0, "fa.{}(a, b)", entry.value.example


def _gate_backward(entry: Entry, base: str) -> _Text:
    head = f"Products of g and the derivatives of `{base}`: the vector-Jacobian product."
    results = [
        ("ga", "g times the derivative with respect to a; it is rounded once, at the end."),
        ("gb", "g times the derivative with respect to b, likewise."),
    ]
    call = "ga, gb = fa.{}(np.ones_like(a), a, b)\n>>> ga"
    output = f"{entry.grad.example}\n>>> gb\n{entry.grad_by['b'].example}"
    return head, results, "The products are", 1, call, output


_FORM_TEXTS = {
    "value": _value,
    "grad": _grad,
    "value_and_grad": _value_and_grad,
    "backward": _backward,
    "backward_from_output": _from_output,
    "grad_grad": _grad_grad,
}
