"""The README's tables of functions and of forms, made from the C table and the entries."""

from fastact import _ufuncs
from fastact._activations import entry_of

HEADER = """\
| function | value | derivative | at kinks | parameters | float32, ulp | float64, ulp |
|---|---|---|---|---|---|---|
"""
FORMS = """\
| form | results | meaning |
|---|---|---|
| `f(x, *parameters)` | 1 | value |
| `f_grad(x, *parameters)` | 1 | derivative with respect to x |
| `f_value_and_grad(x, *parameters)` | 2 | both |
| `f_backward(g, x, *parameters)` | 1 or 2 | g times the derivative; for {learnable} also g times \
the derivative with respect to the parameter, for gates with respect to a and b |
| `f_grad_<parameter>(x, *parameters)` | 1 | derivative with respect to the parameter, where the \
table gives it |
| `f_backward_from_output(g, y, *parameters)` | 1 | g times the derivative, from the value \
y = f(x) instead of x: of {from_output} |
| `f_grad_grad(x, *parameters)` | 1 | second derivative, of the smooth functions: {grad_grad} |
"""


def code(text: str) -> str:
    """Return text as code for a table cell, nothing for nothing."""
    return "`" + text.replace("|", "\\|") + "`" if text else ""


def bounds(pair: tuple[float, float]) -> str:
    """Return the bounds of value and derivatives in ulp."""
    return " / ".join("½" if ulp <= 0.5 else f"{ulp:g}" for ulp in pair)


def line(row: dict) -> str:
    """Return the table's line of one activation."""
    entry = entry_of(row["name"])
    name = code(row["name"])
    if row["aliases"]:
        name += "<br>" + ", ".join(map(code, row["aliases"]))
    derivative = code(entry.grad.text)
    if row["arrays"] == 2:
        derivative = f"by `a`: {derivative}<br>by `b`: {code(entry.grad_parameter.text)}"
    elif entry.grad_parameter:
        last = list(row["parameters"])[-1]
        derivative += f"<br>by {code(last)}: {code(entry.grad_parameter.text)}"
    parameters = ", ".join(code(f"{key}={value:g}") for key, value in row["parameters"].items())
    cells = [
        name,
        code(entry.value.text),
        derivative,
        entry.kinks,
        parameters,
        bounds(row["ulp"]["float32"]),
        bounds(row["ulp"]["float64"]),
    ]
    return f"| {' | '.join(cells)} |\n"


def functions() -> str:
    """Return the table of functions."""
    return HEADER + "".join(map(line, _ufuncs.ACTIVATIONS.values()))


def listed(names: list[str]) -> str:
    """Return names as a sentence lists them."""
    *most, last = map(code, names)
    return f"{', '.join(most)} and {last}" if most else last


def forms() -> str:
    """Return the table of forms."""
    rows = _ufuncs.ACTIVATIONS.values()
    return FORMS.format(
        learnable=listed([row["name"] for row in rows if row["role"] == "learnable"]),
        from_output=listed([row["name"] for row in rows if "backward_from_output" in row["extra"]]),
        grad_grad=listed([row["name"] for row in rows if "grad_grad" in row["extra"]]),
    )


def marked(text: str, name: str, fresh: str) -> str:
    """Return a text with something fresh between the markers of a name."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n{fresh}{end}{after}"


def readme(text: str) -> str:
    """Return the README with fresh tables."""
    return marked(marked(text, "functions", functions()), "forms", forms())
