"""A study as one HTML page that needs nothing else: no network, plots as inline SVG."""

from collections.abc import Iterator, Sequence
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
    return environment.get_template("page.html").render(
        study=study,
        machine=study.machine,
        colours=COLOURS,
        range=RANGE,
        means=list(_means(study)),
        table=_speed_and_error(study),
        tables=list(_tables(study)),
        speed=list(_speed(study)),
        sizes=_drawn(plots.sizes(study), "Throughput against size"),
        threads=_drawn(plots.threads(study), "Speed-up against threads"),
        accuracy=list(_accuracy(study)),
        trade=list(_trade(study)),
    )


def _drawn(figure: Figure | None, title: str) -> Markup | None:
    return Markup(plots.svg(figure, title)) if figure else None


# ---- plots ----


def _heading(setting: Setting) -> str:
    return " · ".join(setting.facts.values())


def _groups(study: Study, part: str) -> list[list[Cell]]:
    """Return cells of a part that belong together."""
    return [cells for cells in study.groups() if cells[0].part == part]


def _speed(study: Study) -> Iterator[tuple[str, Markup]]:
    title = "Nanoseconds per element of each function and library"
    for part in ("functions", "layouts"):
        for cells in _groups(study, part):
            drawn = _drawn(plots.functions(cells, study.libraries), title)
            if drawn:
                yield _heading(cells[0].setting) + " · by layout" * (part == "layouts"), drawn


def _accuracy(study: Study) -> Iterator[tuple[str, Markup]]:
    title = "Largest error of each function and library"
    for form, dtype in dict.fromkeys((entry.form, entry.dtype) for entry in study.accuracy):
        drawn = _drawn(plots.accuracy(study, form, dtype), title)
        if drawn:
            yield f"{form} · {dtype}", drawn


def _trade(study: Study) -> Iterator[tuple[str, Markup]]:
    done = set()
    for cells in _groups(study, "functions"):
        setting = cells[0].setting
        if (setting.form, setting.dtype) not in done:
            drawn = _drawn(plots.trade(study, cells), "Time against largest error")
            if drawn:
                done.add((setting.form, setting.dtype))
                yield _heading(setting), drawn


# ---- tables: heads, and rows of texts and the numbers that they are sorted by ----

_Cell = tuple[str, float | str]

_LAST = 1e300  # what is missing is sorted behind everything


def _figure(value: float | None, text: Any = number) -> _Cell:
    return ("", _LAST) if value is None else (text(value), min(value, _LAST))


def _means(study: Study) -> Iterator[tuple[str, list[str]]]:
    """Give geometric means over the functions that a peer has, for each setting of several."""
    for cells in _groups(study, "functions"):
        if len(cells) > 1:
            found = [fastest(cells, [peer]) for peer in study.peers]
            texts = [f"{ratio_text(geometric_mean(r))} ({len(r)})" if r else "" for r in found]
            facts = cells[0].setting.facts | {"elements": bytes_text(cells[0].setting.bytes)}
            yield ", ".join(facts.values()), texts


def _speed_and_error(study: Study) -> tuple[list[tuple[str, list[str]]], list[list[_Cell]]]:
    """Return the table of every function in every setting: ns and ulp of each library."""
    cells = [cell for cell in study.cells if cell.part == "functions"]
    facts = differing(cells)
    names = [label(name) for name in study.libraries]
    heads = [("", ["function", *facts]), ("ns per element", names), ("", ["best peer"])]
    heads += [("largest error, ulp", names)]
    rows = []
    for cell in cells:
        times = [_figure(cell.nanoseconds(name)) for name in study.libraries]
        errors = [_figure(study.error(cell.setting, n), ulp_text) for n in study.libraries]
        best = _figure(cell.fastest(study.peers), ratio_text)
        rows.append([*_facts(cell.setting, facts), *times, best, *errors])
    return heads, rows


def _tables(study: Study) -> Iterator[tuple[str, list[str], list[list[_Cell]]]]:
    """Give the parts other than the functions, each with its name."""
    names = ["fastact", REUSED, *study.peers]
    for part in dict.fromkeys(cell.part for cell in study.cells):
        cells = [cell for cell in study.cells if cell.part == part]
        facts = differing(cells)
        heads = ["function", *facts, *map(label, names), "GB/s", "±"]
        rows = []
        for cell in cells:
            own = cell.timing(REUSED)
            times = [_figure(cell.nanoseconds(name)) for name in names]
            spread = _figure(own.samples.spread if own else None, "{:.0%}".format)
            moved = _figure(cell.throughput(REUSED), rate)
            rows.append([*_facts(cell.setting, facts), *times, moved, spread])
        yield part, heads, rows


def _facts(setting: Setting, names: Sequence[str]) -> list[_Cell]:
    values = [getattr(setting, name) for name in ("function", *names)]
    return [(plain(value), value) for value in values]
