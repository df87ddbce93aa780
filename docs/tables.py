"""What README and the pages list of the functions, made from the C table and the entries."""

import inspect
import re
from collections.abc import Iterable

import fastact as fa
from fastact import _activations, _axis_docs, _groups, _random, _runtime, _ufuncs
from fastact._activations import entry_of

FUNCTIONS = """\
| function | value | derivative | at kinks | parameters | float32, ulp | float64, ulp |
|---|---|---|---|---|---|---|
"""
AXIS = """\
| function | value | error |
|---|---|---|
"""
FORMS = """\
| form | results | meaning |
|---|---|---|
| `f(x, *parameters)` | 1 | value |
| `f_grad(x, *parameters)` | 1 | derivative with respect to x |
| `f_value_and_grad(x, *parameters)` | 2 | both |
| `f_backward(g, x, *parameters)` | 1 or more | g times the derivative; for {learnable} also g \
times the derivative with respect to each parameter, for gates with respect to a and b |
| `f_grad_<parameter>(x, *parameters)` | 1 | derivative by a parameter, of {tunable} |
| `f_backward_from_output(g, y, *parameters)` | 1 | g times the derivative, from the value \
y = f(x) instead of x: of {from_output} |
| `f_grad_grad(x, *parameters)` | 1 | second derivative, of the smooth functions: {grad_grad} |
"""
ROWS = list(_ufuncs.ACTIVATIONS.values())


def code(text: str) -> str:
    """Return text as code for a table cell, nothing for nothing."""
    return "`" + text.replace("|", "\\|") + "`" if text else ""


def codes(names: Iterable[str]) -> str:
    """Return names with commas between them."""
    return ", ".join(map(code, names))


def sentence(names: list[str]) -> str:
    """Return names as a sentence lists them."""
    *most, last = map(code, names)
    return f"{', '.join(most)} and {last}" if most else last


# ---- the formulas of all functions ----


def bounds(pair: tuple[float, float]) -> str:
    """Return the bounds of value and derivatives in ulp."""
    return " / ".join("½" if ulp <= 0.5 else f"{ulp:g}" for ulp in pair)


def line(row: dict) -> str:
    """Return the table's line of one activation."""
    entry = entry_of(row["name"])
    name = code(row["name"])
    if row["aliases"]:
        name += f"<br>{codes(row['aliases'])}"
    derivative = code(entry.grad.text)
    if row["arrays"] == 2:
        derivative = f"by `a`: {derivative}"
    for operand, by in entry.grad_by.items():
        derivative += f"<br>by {code(operand)}: {code(by.text)}"
    cells = [
        name,
        code(entry.value.text),
        derivative,
        entry.kinks,
        codes(f"{key}={value:g}" for key, value in row["parameters"].items()),
        bounds(row["ulp"]["float32"]),
        bounds(row["ulp"]["float64"]),
    ]
    return f"| {' | '.join(cells)} |\n"


def functions() -> str:
    """Return the table of elementwise functions and gates."""
    return FUNCTIONS + "".join(map(line, ROWS))


def axis() -> str:
    """Return the table of the functions along an axis."""
    lines = []
    for name, entry in _axis_docs.ENTRIES.items():
        bound = re.sub(r"\s+", " ", entry.bound).replace("|", "\\|")
        lines.append(f"| `{name}` | {code(entry.formula)} | {bound} |\n")
    return AXIS + "".join(lines)


def forms() -> str:
    """Return the table of forms."""
    one = [row for row in ROWS if row["arrays"] == 1]
    extra = {
        form: sentence([row["name"] for row in one if form in row["extra"]])
        for form in ("backward_from_output", "grad_grad")
    }
    return FORMS.format(
        learnable=sentence([row["name"] for row in one if row["role"] == "learnable"]),
        tunable=sentence([row["name"] for row in one if row["role"] != "fixed"]),
        from_output=extra["backward_from_output"],
        grad_grad=extra["grad_grad"],
    )


# ---- the functions by family ----


def title(family: object) -> str:
    """Return what a family is called: the first words of its file."""
    words = re.split(r"[:.,]", inspect.getdoc(family))[0].removeprefix("The ")
    words = words.removesuffix(" family")
    return words[0].upper() + words[1:]


def families() -> dict[str, list[str]]:
    """Return all public functions but those that choose threads and instruction sets."""
    found = {title(family): list(family.ENTRIES) for family in _activations.families()}
    found["Along an axis"] = [*_ufuncs.AXIS_UFUNCS, *_groups.__all__]
    found["Random"] = list(_random.__all__)
    known = {*_ufuncs.UFUNCS, *_ufuncs.AXIS_UFUNCS, *_groups.__all__}
    known |= {*_random.__all__, *_runtime.__all__}
    found["Helpers"] = [name for name in fa.__all__ if name not in known]
    return found


def listed() -> str:
    """Return a line for each family."""
    lines = []
    for family, names in families().items():
        products = {f"{name}_backward" for name in names}  # go without saying
        lines.append(f"- **{family}:** {codes(name for name in names if name not in products)}\n")
    return "".join(lines)


def index() -> str:
    """Return the lists of which autosummary makes a page for each function."""
    found = families() | {"Threads and instruction sets": list(_runtime.__all__)}
    blocks = ["", "```{eval-rst}", ".. currentmodule:: fastact", "```"]
    for family, names in found.items():
        template = "activation" if names[0] in _ufuncs.ACTIVATIONS else "function"
        blocks += ["", f"## {family}", "", "```{eval-rst}", ".. autosummary::"]
        blocks += ["   :toctree: api", "   :nosignatures:", f"   :template: {template}.rst", ""]
        blocks += [*(f"   {name}" for name in names), "```"]
    return "\n".join([*blocks, "", ""])


def marked(text: str, name: str, fresh: str) -> str:
    """Return a text with something fresh between the markers of a name."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{fresh}{end}{after}"


# Path -> the tables between its markers.
PAGES = {
    "README.md": {"functions": listed},
    "docs/functions/table.md": {"functions": functions},
    "docs/functions/index.md": {"index": index},
    "docs/guide/forms.md": {"forms": forms},
    "docs/guide/axis.md": {"axis": axis},
}


def page(name: str, text: str) -> str:
    """Return a page with fresh tables."""
    for marker, table in PAGES[name].items():
        text = marked(text, marker, table())
    return text
