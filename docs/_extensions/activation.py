"""The directive `activation`: what there is to know of an activation, made of its entry and row.

    .. activation:: gelu

becomes its formulas, its curve, its parameters, its limits, the largest errors that are known, its
names in other libraries, the papers, and the documentation of its forms by autodoc.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import numpy as np
import worst
from docutils import nodes
from latex import latex, symbol
from numpydoc.docscrape import NumpyDocString
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from fastact import _names, _ufuncs
from fastact._activations import Entry, entry_of
from fastact.cli.catalogue import ACTIVATIONS

# What the forms are called that have a line in the table of worst inputs.
FORMS = {
    "value": "value",
    "grad": "derivative",
    "backward_from_output": "from the output: g, y",
    "grad_grad": "second derivative",
}

# What a symbol stands for that formulas use without a word.
LEGEND = {
    r"\sigma": r":math:`\sigma` is the logistic sigmoid.",
    r"\Phi": r":math:`\Phi` is the distribution function of the standard normal distribution.",
    r"\varphi": r":math:`\varphi` is the density of the standard normal distribution.",
}


def signature(ufunc: np.ufunc) -> str:
    """Return the operands of a ufunc with their defaults, as its docstring describes them."""
    shown = []
    for name, kind, _ in NumpyDocString(ufunc.__doc__)["Parameters"]:
        _, _, default = kind.partition("default ")
        shown.append(f"{name}={default}" if default else name.replace("out", "out=None"))
    return ", ".join(shown)


def forms(name: str) -> list[str]:
    """Return the names of the ufuncs of an activation."""
    row = ACTIVATIONS[name]
    return [row.ufunc_name(form) for form in row.forms]


def table(heads: list[str], rows: list[list[str]], kind: str = "") -> list[str]:
    """Return a table, of a kind that the style sheet knows; nothing without rows."""
    if not rows:
        return []
    options = ["header-rows: 1", "align: left", *([f"class: {kind}"] if kind else [])]
    lines = [".. list-table::", *(f"   :{option}" for option in options), ""]
    for row in [heads, *rows]:
        for k, cell in enumerate(row):
            lines.append(f"   {'* -' if k == 0 else '  -'} {cell}")
    return [*lines, ""]


# ---- formulas ----


def partial(operand: str) -> str:
    """Return the derivative by an operand, in LaTeX."""
    return rf"\frac{{\partial f}}{{\partial {symbol(operand)}}}"


def formulas(name: str, entry: Entry) -> list[str]:
    """Return the value and all derivatives in LaTeX."""
    gate = _ufuncs.ACTIVATIONS[name]["arrays"] == 2
    found = {"f(a, b)" if gate else "f(x)": entry.value}
    found[partial("a") if gate else r"f^{\prime}(x)"] = entry.grad
    found |= {partial(operand): by for operand, by in entry.grad_by.items()}
    if entry.grad_grad:
        found[r"f^{\prime\prime}(x)"] = entry.grad_grad
    texts = [f"{label} = {latex(form.text)}" for label, form in found.items()]
    lines = []
    for text in texts:
        lines += [".. math::", "", f"   {text}", ""]
    said = [words for tex, words in LEGEND.items() if any(tex in text for text in texts)]
    return [*lines, " ".join(said), ""]


# ---- limits, kinks, parameters ----


def written(value: float) -> str:
    """Return a number as a formula."""
    if np.isinf(value):
        return r":math:`\infty`" if value > 0 else r":math:`-\infty`"
    if np.isnan(value):
        return "NaN"
    return f":math:`{value:.5g}`"


def limits(name: str) -> list[str]:
    """Return the values and derivatives at the ends and in the middle."""
    names = [form for form in (name, f"{name}_grad", f"{name}_grad_grad") if form in forms(name)]
    points = np.array([-np.inf, 0.0, np.inf])
    with np.errstate(all="ignore"):
        values = [_ufuncs.UFUNCS[form](points) for form in names]
    heads = ["", *(f"at {written(point)}" for point in points)]
    rows = [
        [f"`{form}`", *map(written, result)] for form, result in zip(names, values, strict=True)
    ]
    return table(heads, rows)


def parameters(name: str, entry: Entry) -> list[str]:
    """Return what the parameters are."""
    row = _ufuncs.ACTIVATIONS[name]
    rows = [
        [f"``{key}``", f":math:`{symbol(key)}`", f"{default:g}", entry.parameters[key]]
        for key, default in row["parameters"].items()
    ]
    return table(["parameter", "symbol", "default", "meaning"], rows)


# ---- errors ----


@cache
def largest_errors() -> dict[str, list[worst.Worst]]:
    """Return the largest errors known of each activation, of each form and dtype one."""
    of_name: dict[str, list[worst.Worst]] = {}
    for line in worst.largest(worst.read(worst.TABLE)):
        of_name.setdefault(line.name, []).append(line)
    return of_name


def errors(name: str) -> list[str]:
    """Return the bounds and the inputs with the largest errors."""
    row = _ufuncs.ACTIVATIONS[name]
    lines = []
    for dtype, (value, derivatives) in row["ulp"].items():
        said = [
            "correctly rounded" if ulp <= 0.5 else f"within {ulp:g} ulp"
            for ulp in (value, derivatives)
        ]
        lines.append(f"- {dtype}: values {said[0]}, derivatives {said[1]}.")
    rows = []
    for line in largest_errors().get(name, []):
        *_, ulp, operands, got, want = line.cells()
        form = FORMS.get(line.form, f"derivative by ``{line.form.removeprefix('grad_')}``")
        rows.append([form, line.dtype, ulp, *(f"``{x}``" for x in (operands, got, want))])
    text = "The largest errors known, and where they are:" if rows else ""
    return [
        *lines,
        "",
        text,
        "",
        *table(["form", "dtype", "ulp", "input", "got", "exact"], rows, "errors"),
    ]


# ---- names ----


@cache
def names() -> dict[str, dict[str, list[str]]]:
    """Return what libraries call each function."""
    return dict(_names.table())


def elsewhere(name: str) -> list[str]:
    """Return what libraries call an activation."""
    rows = [
        [library, ", ".join(f"``{theirs}``" for theirs in spelled)]
        for library, spelled in names().get(name, {}).items()
    ]
    return table(["library", "name there"], rows)


# ---- the curve ----


PLOT = """\
.. plot::
   :alt: Curve of {name} and its derivatives
   :show-source-link: false

   from activation import draw
   draw("{name}")
"""


def draw(name: str) -> None:
    """Draw an activation and its derivatives, with gaps where they jump."""
    import matplotlib.pyplot as plt

    inputs = ast.literal_eval(entry_of(name).example)
    reach = max(5.0, 1.25 * max(map(abs, inputs)))
    x = np.linspace(-reach, reach, 2001)
    _, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    curves = [("value", "-", name), ("derivative", "--", f"{name}_grad")]
    curves.append(("second derivative", ":", f"{name}_grad_grad"))
    for label, style, form in curves:
        if form in _ufuncs.UFUNCS:
            y = _ufuncs.UFUNCS[form](x)
            y[1:][np.abs(np.diff(y)) > 0.1] = np.nan
            axes.plot(x, y, style, label=label, linewidth=1.8)
    for line in (axes.axhline, axes.axvline):
        line(0, color="0.5", linewidth=0.8, zorder=0, alpha=0.5)
    axes.set(xlabel="x", xlim=(-reach, reach))
    axes.legend(frameon=False)


# ---- the page ----


def section(title: str) -> list[str]:
    """Return a heading."""
    return [title, "-" * len(title), ""]


def blocks(name: str) -> Iterator[list[str]]:
    """Give the parts of the page, as reStructuredText."""
    entry = entry_of(name)
    row = _ufuncs.ACTIVATIONS[name]
    one = row["arrays"] == 1
    yield [entry.summary, ""]
    if row["aliases"]:
        yield [f"Also named {', '.join(f'``{alias}``' for alias in row['aliases'])}.", ""]
    yield formulas(name, entry)
    yield PLOT.format(name=name).splitlines() if one else []
    yield ["", *parameters(name, entry)]
    yield [*section("Limits and kinks"), *(limits(name) if one else [])]
    if entry.kinks:
        yield [f"The derivative at kinks: {entry.kinks}.", ""]
    yield ["Infinities give the limit, NaN gives NaN.", ""]
    yield [*section("Errors"), *errors(name)]
    if rows := elsewhere(name):
        yield [*section("Elsewhere"), *rows]
    if entry.references:
        yield [*section("Papers"), *(f"- {text}" for text in entry.references), ""]
    yield [*section("Forms"), *(f".. autofunction:: fastact.{form}" for form in forms(name))]


class Activation(SphinxDirective):
    """All that a page says of an activation."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the nodes."""
        (name,) = self.arguments
        text = "\n".join(line for block in blocks(name) for line in block)
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def named_signature(
    app: Sphinx, what: str, name: str, thing: object, *_: object
) -> tuple[str | None, None] | None:
    """Give operands their names, which NumPy's signature of a ufunc lacks."""
    if not isinstance(thing, np.ufunc):
        return None
    # Lists of autosummary take a ufunc for data, for which Sphinx 9.0 cannot set a signature.
    return None if what == "data" else f"({signature(thing)})", None


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive, and come before numpydoc, which takes NumPy's signatures."""
    app.setup_extension("sphinx.ext.autodoc")
    app.add_directive("activation", Activation)
    app.connect("autodoc-process-signature", named_signature, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
