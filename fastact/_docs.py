"""The docstring of every ufunc, composed.

Formulas, papers and examples stand in `fastact._activations`; defaults, aliases and error bounds
come from the C table (`row`).
"""

from __future__ import annotations

from typing import Any

from fastact._activations import Entry, Form, entry_of

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


def _formulas(entry: Entry, form: int, first: str, last: str) -> list[tuple[str, str]]:
    """Return what a docstring says of the value and the derivatives: labels and formulas.

    `first` and `last` are the operands that the derivatives are by, `first` is empty for x.
    """
    found = [
        ("value", entry.value.text),
        (f"by {first}" if first else "derivative", entry.grad.text),
    ]
    if form == _GRAD_GRAD and entry.grad_grad:
        return [*found, ("second", entry.grad_grad.text)]
    if form == _FROM_OUTPUT and entry.backward_from_output:
        found.append(("by y", entry.backward_from_output.text))
    if entry.kinks:
        found.append(("at kinks", entry.kinks))
    if entry.grad_parameter:
        found.append((f"by {last}", entry.grad_parameter.text))
    return found


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

    formulas = _formulas(entry, form, *(("a", "b") if gate else ("", last)))
    width = max(len(label) for label, _ in formulas)
    notes = ["::\n\n" + "\n".join(f"    {label:{width}}  {term}" for label, term in formulas)]
    if entry.note:
        notes.append(entry.note)
    if form == _FROM_OUTPUT:
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


def _example(form: Form | None) -> str:
    """Return what the example of a form prints that not all activations have."""
    return form.example if form else ""


# What is particular to a form: first line; (name, meaning) of each result; the subject of the
# bound; whose bound: value, slope or both; the call of the example; what it prints.
_Text = tuple[str, list[tuple[str, str]], str, int, str, str]


def _value(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    results = [("y", "The value at each element.")]
    return entry.summary, results, "The value is", 0, "fa.{}(x)", entry.value.example


def _grad(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Derivative of `{base}` with respect to x."
    results = [("dx", "The derivative at each element.")]
    return head, results, "The derivative is", 1, "fa.{}(x)", entry.grad.example


def _value_and_grad(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Value of `{base}` and its derivative with respect to x, in one pass over memory."
    results = [("y", "The value at each element."), ("dx", "The derivative at each element.")]
    return head, results, "", 2, "y, dx = fa.{}(x)\n>>> dx", entry.grad.example


def _backward(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Product of g and the derivative of `{base}`: the vector-Jacobian product."
    results = [("gx", "g times the derivative with respect to x; it is rounded once, at the end.")]
    call = "fa.{}(np.ones_like(x), x)"
    if learnable:
        results.append((f"g{last}", f"g times the derivative with respect to {last}, not summed."))
        call = f"gx, g{last} = {call}\n>>> gx"
    return head, results, "The product is", 1, call, entry.grad.example


def _grad_parameter(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Derivative of `{base}` with respect to {last}."
    results = [(f"d{last}", "The derivative at each element.")]
    return head, results, "The derivative is", 1, "fa.{}(x)", _example(entry.grad_parameter)


def _from_output(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Product of g and the derivative of `{base}`, from its value y instead of x."
    if base in _ONE_SIDED:
        head += (
            f"\n\nOnly for {last} >= 0: with a negative one, y does not tell which sign x had, and"
            "\nthe result is that of x > 0 where y > 0. PyTorch raises there."
        )
    results = [("gx", "g times the derivative; it is rounded once, at the end.")]
    call = f"fa.{{}}(np.ones_like(x), fa.{base}(x))"
    return head, results, "The product is", 1, call, entry.grad.example


def _grad_grad(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Second derivative of `{base}` with respect to x."
    results = [("ddx", "The second derivative at each element.")]
    return head, results, "It is", 1, "fa.{}(x)", _example(entry.grad_grad)


def _gate_value(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    results = [("y", "The value at each element.")]
    return entry.summary, results, "The value is", 0, "fa.{}(a, b)", entry.value.example


def _gate_backward(entry: Entry, base: str, last: str, learnable: bool) -> _Text:
    head = f"Products of g and the derivatives of `{base}`: the vector-Jacobian product."
    results = [
        ("ga", "g times the derivative with respect to a; it is rounded once, at the end."),
        ("gb", "g times the derivative with respect to b, likewise."),
    ]
    call = "ga, gb = fa.{}(np.ones_like(a), a, b)\n>>> ga"
    output = f"{entry.grad.example}\n>>> gb\n{_example(entry.grad_parameter)}"
    return head, results, "The products are", 1, call, output


_FORM_TEXTS = (
    *(_value, _grad, _value_and_grad, _backward, _grad_parameter),
    *(_from_output, _grad_grad),
)
_GATE_TEXTS = {_VALUE: _gate_value, _BACKWARD: _gate_backward}
