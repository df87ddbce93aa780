"""Print the README's table of functions, made from the C table and the words in fastact/_docs.py.

python docs/make_tables.py            prints the table
python docs/make_tables.py --write    writes it into README.md, between the markers
"""

import sys
from pathlib import Path

from fastact import _docs, _ufuncs

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN, END = "<!-- functions:begin -->", "<!-- functions:end -->"
HEADER = """\
| function | value | derivative | at kinks | parameters | float32, ulp | float64, ulp |
|---|---|---|---|---|---|---|
"""


def code(text: str) -> str:
    """Return text as code for a table cell, nothing for nothing."""
    return "`" + text.replace("|", "\\|") + "`" if text else ""


def bounds(pair: tuple[float, float]) -> str:
    """Return the bounds of value and derivatives in ulp."""
    return " / ".join("½" if ulp <= 0.5 else f"{ulp:g}" for ulp in pair)


def line(row: dict) -> str:
    """Return the table's line of one activation."""
    entry = _docs.entry_of(row["name"])
    name = code(row["name"])
    if row["aliases"]:
        name += "<br>" + ", ".join(map(code, row["aliases"]))
    slope = code(entry.slope)
    if row["arrays"] == 2:
        slope = f"by `a`: {slope}<br>by `b`: {code(entry.slope_by)}"
    elif entry.slope_by:
        slope += f"<br>by {code(list(row['parameters'])[-1])}: {code(entry.slope_by)}"
    parameters = ", ".join(code(f"{key}={value:g}") for key, value in row["parameters"].items())
    cells = [
        name,
        code(entry.value),
        slope,
        entry.kink,
        parameters,
        bounds(row["ulp"]["float32"]),
        bounds(row["ulp"]["float64"]),
    ]
    return f"| {' | '.join(cells)} |\n"


def table() -> str:
    """Return the whole table."""
    return HEADER + "".join(map(line, _ufuncs.ACTIVATIONS.values()))


def readme(text: str) -> str:
    """Return the README with a fresh table between its markers."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{table()}{END}{after}"


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        README.write_text(readme(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        sys.stdout.write(table())
