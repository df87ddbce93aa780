"""A study as one HTML page that needs nothing else: no network, plots as inline SVG."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import geometric_mean
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

from fastact.cli.study import plots
from fastact.cli.study.accuracy import RANGE
from fastact.cli.study.results import REUSED, Cell, Setting, Study, differing, fastest
from fastact.cli.study.styles import COLOURS, label
from fastact.cli.text import bytes_text, number, plain, rate, ratio_text, ulp_text


def page(study: Study) -> str:
    """Return the page."""
    environment = Environment(
        loader=PackageLoader("fastact.cli.study"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["label"] = label
    layouts = [cells for cells in study.groups() if cells[0].part == "layouts"]
    first: dict[tuple[str, str], list[Cell]] = {}  # of those that differ in form and dtype
    functions = _of_functions(study)
    for cells in functions:
        first.setdefault((cells[0].setting.form, cells[0].setting.dtype), cells)
    errors = dict.fromkeys((entry.form, entry.dtype) for entry in study.accuracy)
    return environment.get_template("page.html").render(
        study=study,
        machine=study.machine,
        colours=COLOURS,
        range=RANGE,
        means=list(_means(study)),
        table=_speed_and_error(study),
        tables=list(_tables(study)),
        speed=_drawn(
            "Nanoseconds per element of each function and library",
            [
                (_heading(cells), plots.functions(cells, study.libraries))
                for cells in functions + layouts
            ],
        ),
        sizes=_drawn("Throughput against size", [("", plots.sizes(study))]),
        threads=_drawn("Speed-up against threads", [("", plots.threads(study))]),
        accuracy=_drawn(
            "Largest error of each function and library",
            [(" · ".join(kind), plots.accuracy(study, *kind)) for kind in errors],
        ),
        trade=_drawn(
            "Time against largest error",
            [(_heading(cells), plots.trade(study, cells)) for cells in first.values()],
        ),
    )


def _drawn(title: str, found: Iterable[tuple[str, Figure | None]]) -> list[tuple[str, Markup]]:
    """Return the figures that there are, each under its heading."""
    return [(heading, Markup(plots.svg(figure, title))) for heading, figure in found if figure]


def _heading(cells: Sequence[Cell]) -> str:
    by_layout = ["by layout"] if cells[0].part == "layouts" else []
    return " · ".join([*cells[0].setting.facts.values(), *by_layout])


def _of_functions(study: Study) -> list[list[Cell]]:
    """Return the cells of all functions, those alike in all other facts together."""
    return [cells for cells in study.groups() if cells[0].part == "functions"]


# ---- tables: heads, and rows of texts and the numbers that they are sorted by ----

_Cell = tuple[str, float | str]

_LAST = 1e300  # what is missing is sorted behind everything


def _figure(value: float | None, text: Any = number) -> _Cell:
    return ("", _LAST) if value is None else (text(value), min(value, _LAST))


def _means(study: Study) -> Iterator[tuple[str, list[str]]]:
    """Give geometric means over the functions that a peer has, for each setting of several."""
    for cells in _of_functions(study):
        if len(cells) > 1:
            found = [fastest(cells, [peer]) for peer in study.peers]
            texts = [f"{ratio_text(geometric_mean(r))} ({len(r)})" if r else "" for r in found]
            facts = cells[0].setting.facts | {"elements": bytes_text(cells[0].setting.bytes)}
            yield ", ".join(facts.values()), texts


def _speed_and_error(study: Study) -> tuple[list[tuple[str, list[str]]], list[list[_Cell]]]:
    """Return the table of every function in every setting: ns and ulp of each library."""
    cells = [cell for cell in study.cells if cell.part == "functions"]
    facts, names = differing(cells), [label(name) for name in study.libraries]
    heads = [("", ["function", *facts]), ("ns per element", names), ("", ["best peer"])]
    rows = [
        [
            *_facts(cell.setting, facts),
            *(_figure(cell.nanoseconds(name)) for name in study.libraries),
            _figure(cell.fastest(study.peers), ratio_text),
            *(_figure(study.error(cell.setting, name), ulp_text) for name in study.libraries),
        ]
        for cell in cells
    ]
    return [*heads, ("largest error, ulp", names)], rows


def _tables(study: Study) -> Iterator[tuple[str, list[str], list[list[_Cell]]]]:
    """Give a table of each part, with its name."""
    names = ["fastact", REUSED, *study.peers]
    for part in dict.fromkeys(cell.part for cell in study.cells):
        cells = [cell for cell in study.cells if cell.part == part]
        facts = differing(cells)
        rows = [
            [
                *_facts(cell.setting, facts),
                *(_figure(cell.nanoseconds(name)) for name in names),
                _figure(cell.throughput(REUSED), rate),
                _figure(own.samples.spread, "{:.0%}".format),
            ]
            for cell in cells
            if (own := cell.timing(REUSED))
        ]
        yield part, ["function", *facts, *map(label, names), "GB/s", "±"], rows


def _facts(setting: Setting, names: Sequence[str]) -> list[_Cell]:
    values = [getattr(setting, name) for name in ("function", *names)]
    return [(plain(value), value) for value in values]
