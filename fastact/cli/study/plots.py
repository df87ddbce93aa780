"""The plots of a study, each made of whichever cells have something to say to it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from fastact.cli.study.results import CONTIGUOUS, REUSED, STREAM, Cell, Setting, Study
from fastact.cli.study.svg import STYLES, Bytes, Chart, Count, Linear, Log, Style, fanned, spread
from fastact.cli.study.text import number, ratio_text, threads_text

__all__ = ["SHEET", "accuracy", "functions", "sizes", "threads", "trade"]

# What the page's style sheet says of drawings, for those that stand alone.
SHEET = (
    "text{font:12px system-ui,'Segoe UI',Helvetica,Arial,sans-serif;fill:#1a1a1a}"
    ".tick,.note{font-size:11px;fill:#444}.head{font-weight:600}"
    ".grid{stroke:#e2e2e2}.row{stroke:#efefef}.rule{stroke:#333;stroke-width:1.2}"
    ".mark{stroke:#8a8a8a}.curve{fill:none;stroke-linejoin:round}"
)

_LEFT = 132.0
_ROW = 22.0

_PANEL_HEIGHT = 300.0

# Errors from half of it on, in ulps, are told alike: no digit is right.
_LOST = {"float32": 2.0**25, "float64": 2.0**54}


# ---- a row per function ----


@dataclass
class _Row:
    """A line of a dot plot: values by library, and what is written at the right."""

    label: str
    values: dict[str, float]
    notes: list[str] = field(default_factory=list)


def _dots(
    rows: Sequence[_Row],
    libraries: Sequence[str],
    title: str,
    axis: str,
    *,
    ends: tuple[float, float],
    heads: Sequence[str] = (),
    rules: Mapping[str, float] | None = None,
    unit: str = "",
) -> Chart:
    top, column = 52.0, 74.0
    bottom = top + _ROW * len(rows)
    right = 900.0 - column * len(heads)
    chart = Chart(900, bottom + 44, title)
    scale = Log(*ends, _LEFT + 8, right - 14)
    chart.legend(_LEFT, 12, libraries)
    for k, head in enumerate(heads):
        chart.text(right + column * (k + 1) - 8, 36, head, "end", "note")
    chart.vertical_grid(scale, top, bottom, axis)
    for label, value in (rules or {}).items():
        chart.line(scale(value), top - 4, scale(value), bottom, "rule", "4 3")
        chart.text(scale(value), top - 12, label, "middle", "note")
    for k, row in enumerate(rows):
        y = top + _ROW * (k + 0.5)
        chart.text(_LEFT - 4, y, row.label, "end")
        chart.line(_LEFT, y, right, y, "row")
        places = {name: scale(row.values[name]) for name in libraries if name in row.values}
        moves = fanned(places, 7, _ROW - 9)
        for library in reversed(places):  # fastact last, on top
            hint = f"{row.label}, {STYLES[library].label}: {number(row.values[library])}{unit}"
            chart.marker(places[library], y + moves[library], STYLES[library], hint, size=0.9)
        for n, note in enumerate(row.notes):
            chart.text(right + column * (n + 1) - 8, y, note, "end")
    return chart


def _ends(values: Sequence[float], margin: float = 1.15) -> tuple[float, float]:
    low, high = min(values), max(values)
    return low / margin, max(high * margin, low * 2)


def functions(cells: Sequence[Cell], libraries: Sequence[str]) -> Chart | None:
    """Draw ns per element of each cell and library."""
    several = len({cell.setting.layout for cell in cells}) > 1
    rows = []
    for cell in cells:
        values = {
            name: value for name in libraries if (value := cell.nanoseconds(name)) is not None
        }
        ratios = {name: cell.ratio(name) for name in libraries if name != "fastact"}
        known = {name: ratio for name, ratio in ratios.items() if ratio is not None}
        peer = min(known, key=lambda name: known[name], default=None)
        own = cell.nanoseconds("fastact")
        notes = [number(own), ratio_text(known[peer]) if peer else ""]
        layout = f" {cell.setting.layout}" if several else ""
        rows.append(_Row(cell.setting.function + layout, values, notes))
    every = [value for row in rows for value in row.values.values()]
    if not every:
        return None
    return _dots(
        rows,
        [name for name in libraries if any(name in row.values for row in rows)],
        "Nanoseconds per element of each function and library",
        "ns per element (smaller is better)",
        ends=_ends(every),
        heads=["fastact, ns", "best peer"],
        unit=" ns",
    )


def accuracy(study: Study, form: str, dtype: str) -> Chart | None:
    """Draw the largest error of each function and library, where one of them rounds."""
    rows: dict[str, _Row] = {}
    for entry in study.accuracy:
        if (entry.form, entry.dtype) == (form, dtype):
            row = rows.setdefault(entry.function, _Row(entry.function, {}))
            row.values[entry.library] = min(entry.max_ulp, _LOST[dtype])
    shown = [row for row in rows.values() if max(row.values.values()) > 0.5]
    if not shown:
        return None
    for row in shown:
        row.notes = [f"{row.values['fastact']:.2f}" if "fastact" in row.values else ""]
    return _dots(
        shown,
        [name for name in study.libraries if any(name in row.values for row in shown)],
        "Largest error of each function and library",
        "largest error in ulp (smaller is better)",
        ends=(0.3, 1.5 * _LOST[dtype]),
        heads=["fastact, ulp"],
        rules={"1 ulp": 1.0, "no digit right": _LOST[dtype] / 2},
        unit=" ulp",
    )


# ---- panels of curves ----


@dataclass
class _Panel:
    """A function's curves: points by library, and lines to hold them against."""

    title: str
    curves: dict[str, list[tuple[float, float]]]
    marks: dict[str, float] = field(default_factory=dict)  # at an x
    rules: dict[str, tuple[float, float]] = field(default_factory=dict)  # from a y to a y


def _panels(
    panels: Sequence[_Panel],
    title: str,
    axes: tuple[str, str],
    kinds: tuple[type[Linear], type[Linear]],
) -> Chart:
    across = min(2, len(panels))
    down = math.ceil(len(panels) / across)
    width = 900.0 / across
    chart = Chart(900, down * _PANEL_HEIGHT, title)
    for k, panel in enumerate(panels):
        _panel(chart, panel, k % across * width, k // across * _PANEL_HEIGHT, width, axes, kinds)
    return chart


def _panel(
    chart: Chart,
    panel: _Panel,
    x0: float,
    y0: float,
    width: float,
    axes: tuple[str, str],
    kinds: tuple[type[Linear], type[Linear]],
) -> None:
    left, right = x0 + 48, x0 + width - 104
    top, bottom = y0 + 44, y0 + _PANEL_HEIGHT - 46
    points = [point for curve in panel.curves.values() for point in curve]
    xs = [x for x, _ in points]
    ys = [y for _, y in points] + [y for rule in panel.rules.values() for y in rule]
    across = kinds[0](min(xs), max(xs), left + 6, right - 6)
    if kinds[1] is Log:
        along: Linear = Log(*_ends(ys), bottom, top)
    else:
        along = Linear(0, max(ys) * 1.08, bottom, top)
    chart.text(left, y0 + 10, panel.title, "start", "head")
    chart.text(left, y0 + 26, axes[1], "start", "note")
    chart.vertical_grid(across, top, bottom, axes[0])
    chart.horizontal_grid(along, left, right)
    for label, x in panel.marks.items():
        if across.low < x < across.high:
            chart.line(across(x), top, across(x), bottom, "mark", "2 3")
            chart.text(across(x), top - 7, label, "middle", "note")
    wanted = {}
    for label, (first, last) in panel.rules.items():
        chart.line(across(min(xs)), along(first), across(max(xs)), along(last), "rule", "4 3")
        wanted[label] = along(last)
    for library, curve in reversed(panel.curves.items()):
        style = STYLES[library]
        places = [(across(x), along(y)) for x, y in curve]
        chart.curve(places, style)
        for (x, y), (px, py) in zip(curve, places, strict=True):
            chart.marker(px, py, style, f"{style.label}: {x:,.3g}, {y:,.3g}", size=0.85)
        wanted[library] = places[-1][1]
    for name, y in spread(wanted, 14, top, bottom).items():
        if name in STYLES:
            chart.marker(right + 10, y, STYLES[name], size=0.85)
        chart.text(right + 18, y, STYLES[name].label if name in STYLES else name, kind="tick")


def _series(
    cells: Sequence[Cell],
    part: str,
    value: Callable[[Setting], int],
    rest: Callable[[Setting], Setting],
    least: int,
) -> dict[Setting, list[tuple[int, Cell]]]:
    """Return cells of a part that differ in one value alone, by what they share, in its order."""
    found: dict[Setting, dict[int, Cell]] = {}
    for cell in cells:
        if cell.part in (part, "functions") and cell.setting.layout == CONTIGUOUS:
            found.setdefault(rest(cell.setting), {})[value(cell.setting)] = cell
    series = {shared: sorted(by.items()) for shared, by in found.items() if len(by) >= least}
    # The most telling ones, with most points: as many as there is room for.
    most = sorted(series, key=lambda shared: -len(series[shared]))[:4]
    return {shared: series[shared] for shared in series if shared in most}


def sizes(study: Study) -> Chart | None:
    """Draw GB/s against the bytes of an array, with the caches and the limit of streaming."""
    panels = []
    for shared, cells in _series(
        study.cells, "sizes", lambda s: s.elements, lambda s: replace(s, elements=0), 3
    ).items():
        panel = _Panel(f"{shared.function} · {shared.form} · {threads_text(shared.threads)}", {})
        for library in [REUSED, *study.libraries]:
            points = [
                (float(cell.setting.bytes), rate)
                for _, cell in cells
                if (rate := cell.throughput(library)) is not None
            ]
            if len(points) > 1:
                panel.curves[library] = points
        panel.marks = {f"L{cache.level}": float(cache.bytes) for cache in study.machine.caches}
        largest = cells[-1][1]
        limit = largest.throughput(STREAM)
        if limit is not None:
            panel.rules["streaming limit"] = limit, limit
        panels.append(panel)
    if not panels:
        return None
    axes = ("size of an array", "GB/s read and written (larger is better)")
    return _panels(panels, "Throughput against size", axes, (Bytes, Log))


def threads(study: Study) -> Chart | None:
    """Draw the time of one thread over that of several."""
    panels = []
    for shared, cells in _series(
        study.cells, "threads", lambda s: s.threads, lambda s: replace(s, threads=0), 2
    ).items():
        title = f"{shared.function} · {shared.form} · {shared.elements:,} elements"
        panel = _Panel(title, {})
        first, most = cells[0][1], cells[-1][0]
        for library in study.libraries:
            one = first.nanoseconds(library)
            points = [
                (float(count), one / time)
                for count, cell in cells
                if one is not None
                and (time := cell.nanoseconds(library)) is not None
                and (timing := cell.timing(library)) is not None
                and timing.threads == count
            ]
            if len(points) > 1:
                panel.curves[library] = points
        if panel.curves:
            panel.rules["ideal"] = 1.0, most / cells[0][0]
            panels.append(panel)
    if not panels:
        return None
    axes = ("threads", "speed-up over one thread")
    return _panels(panels, "Speed-up against threads", axes, (Count, Linear))


# ---- speed against error ----


def trade(study: Study, cells: Sequence[Cell]) -> Chart | None:
    """Draw each function of each library by its time and error, and the middle of each library.

    Functions that every library computes without rounding are left out.
    """
    points: dict[str, list[tuple[float, float, str]]] = {}
    lost = _LOST[cells[0].setting.dtype]
    for cell in cells:
        errors = {name: study.error(cell.setting, name) for name in study.libraries}
        if max((error for error in errors.values() if error is not None), default=0) <= 0.5:
            continue
        for name, error in errors.items():
            time = cell.nanoseconds(name)
            if time is not None and error is not None:
                clamped = min(max(error, 0.5), lost)
                points.setdefault(name, []).append((time, clamped, cell.setting.function))
    if not points:
        return None
    chart = Chart(900, 420, "Time against largest error")
    left, right, top, bottom = 60.0, 760.0, 30.0, 372.0
    times = [time for found in points.values() for time, _, _ in found]
    across = Log(*_ends(times), left, right)
    along = Log(0.35, 1.5 * lost, bottom, top)
    chart.text(left, 10, "largest error in ulp (smaller is better)", kind="note")
    chart.vertical_grid(across, top, bottom, "ns per element (smaller is better)")
    chart.horizontal_grid(along, left, right)
    for label, value in {"1 ulp": 1.0, "no digit right": lost / 2}.items():
        chart.line(left, along(value), right, along(value), "rule", "4 3")
        chart.text(right - 4, along(value) - 9, label, "end", "note")
    middles = {
        name: (median(t for t, _, _ in found), median(e for _, e, _ in found))
        for name, found in points.items()
    }
    for name in reversed(points):
        for time, error, function in points[name]:
            hint = f"{function}, {STYLES[name].label}: {number(time)} ns, {number(error)} ulp"
            chart.marker(across(time), along(error), STYLES[name], hint, faint=True)
    places = spread({name: along(error) for name, (_, error) in middles.items()}, 16, top, bottom)
    for name in reversed(points):
        time, error = middles[name]
        style: Style = STYLES[name]
        chart.line(across(time), along(error), right + 8, places[name], "mark")
        chart.marker(across(time), along(error), style, f"{style.label}: the middle", size=1.9)
        chart.marker(right + 16, places[name], style)
        chart.text(right + 26, places[name], style.label)
    return chart
