"""The plots of a study, each made of whichever cells have something to say to it."""

import io
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any
from xml.etree import ElementTree

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

from fastact.cli.study.results import CONTIGUOUS, REUSED, STREAM, Cell, Setting, Study
from fastact.cli.study.styles import COLOURS, STYLE, STYLES, label
from fastact.cli.text import bytes_text, number, ratio_text, threads_text

_INK = {name: light for name, (light, _) in COLOURS.items()}

_WIDTH = 900
_ROW = 22
_PANEL = 300

# Begins the id of what shows hints.
_HINTS = "hints:"

_ERROR = "largest error in ulp"

# Errors from half of it on, in ulps, are told alike: no digit is right.
_LOST = {"float32": 2.0**25, "float64": 2.0**54}

_DASHED: Any = {"color": _INK["rule"], "linewidth": 1.2, "linestyle": (0, (3.3, 2.5)), "zorder": 2}
_NOTE: Any = {"fontsize": 11, "color": _INK["soft"]}


# ---- figures ----


def _figure(height: float) -> Figure:
    """Return an empty figure in which a point is a pixel of the page."""
    return Figure(figsize=(_WIDTH / 72, height / 72), dpi=72, facecolor="none")


def _logarithmic(axis: Any, low: float, high: float) -> None:
    """Give an axis ticks at 1, 2 and 5 of each decade, or at decades where there are many."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (low, high)})
    few = high / low < 3000
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if few else (1,), numticks=20 if few else 7))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))


def _ends(values: Sequence[float], margin: float = 1.15) -> tuple[float, float]:
    low, high = min(values), max(values)
    return low / margin, max(high * margin, low * 2)


_Point = tuple[float, float, str]  # x, y, and a hint that is shown where the pointer rests on it


def _plot(
    axes: Axes, library: str, points: Sequence[_Point], *, size: float = 1.0, **options: Any
) -> None:
    """Draw a library's marker at points."""
    style = STYLES[library]
    colour = _INK[style.colour]
    xs, ys, hints = zip(*points, strict=True)
    look = {
        "color": colour,
        "linestyle": "none",
        "marker": style.marker,
        "markersize": size * {"s": 8, "D": 7.5, "*": 11.5}.get(style.marker, 9.2),
        "markerfacecolor": "none" if style.hollow else colour,
        "markeredgecolor": colour if style.hollow else _INK["paper"],
        "markeredgewidth": 2 if style.hollow else 0.8,
        "clip_on": False,
        "zorder": 4,
        "label": style.label,
    }
    axes.plot(xs, ys, gid=_HINTS + "|".join(hints), **{**look, **options})


# ---- a row per function ----


@dataclass
class _Row:
    """A line of a dot plot: values by library, and what is written at the right."""

    label: str
    values: dict[str, float]
    notes: list[str]


def _dots(
    rows: Sequence[_Row],
    libraries: Sequence[str],
    quantity: str,
    unit: str,
    *,
    ends: tuple[float, float],
    heads: Sequence[str],
    rules: Mapping[str, float] | None = None,
) -> Figure:
    figure, column = _figure(_ROW * len(rows) + 96), 74
    axes = figure.add_subplot()
    _logarithmic(axes.xaxis, *ends)
    axes.set(xlabel=f"{quantity} (smaller is better)", ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticks(range(len(rows)), [row.label for row in rows], fontsize=12, color=_INK["ink"])
    axes.grid(axis="y", color=_INK["row"])
    for name, value in (rules or {}).items():
        axes.axvline(value, **_DASHED)
        axes.annotate(name, (value, 1), (0, 6), ha="center", va="bottom", **_BESIDE, **_NOTE)
    for k, head in enumerate(heads):
        at = column * (k + 1) + 6
        axes.annotate(head, (1, 1), (at, 10), ha="right", va="bottom", **_OUTSIDE, **_NOTE)
        for n, row in enumerate(rows):
            axes.annotate(row.notes[k], (1, n), (at, 0), ha="right", va="center", **_RIGHT)
    figure.draw_without_rendering()  # now its layout is known
    pixels = axes.bbox.width / math.log(ends[1] / ends[0])
    points: dict[str, list[_Point]] = {name: [] for name in reversed(libraries)}
    for n, row in enumerate(rows):
        moves = _fanned({name: math.log(value) * pixels for name, value in row.values.items()})
        for name, value in row.values.items():
            hint = f"{row.label}, {label(name)}: {number(value)} {unit}"
            points[name].append((value, n + moves[name] / _ROW, hint))
    for name, found in points.items():  # fastact last, on top
        if found:
            _plot(axes, name, found, size=0.9)
    handles, labels = axes.get_legend_handles_labels()
    look: Any = {"ncols": len(labels), "handlelength": 1, "borderaxespad": 0.5}
    figure.legend(handles[::-1], labels[::-1], loc="outside upper left", **look)
    return figure


_BESIDE: Any = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points"}
_OUTSIDE: Any = {"xycoords": "axes fraction", "textcoords": "offset points"}
_RIGHT: Any = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points"}


def _fanned(places: Mapping[str, float], near: float = 7, room: float = 13) -> dict[str, float]:
    """Return how far up or down to move markers of one row so that none covers another."""
    moves: dict[str, float] = {}
    cluster: list[str] = []
    for name in [*sorted(places, key=lambda name: places[name]), ""]:
        if cluster and (not name or places[name] - places[cluster[-1]] > near):
            step = min(6.5, room / max(len(cluster) - 1, 1))
            for k, member in enumerate(cluster):
                moves[member] = step * (k - (len(cluster) - 1) / 2)
            cluster = []
        cluster.append(name)
    return moves


@rc_context(fname=STYLE)
def functions(cells: Sequence[Cell], libraries: Sequence[str]) -> Figure:
    """Draw ns per element of each cell and library."""
    several = len({cell.setting.layout for cell in cells}) > 1
    rows = []
    for cell in cells:
        times = {name: time for name in libraries if (time := cell.nanoseconds(name)) is not None}
        peer = cell.fastest(libraries[1:])
        notes = [number(times["fastact"]), ratio_text(peer) if peer else ""]
        layout = f" {cell.setting.layout}" if several else ""
        rows.append(_Row(cell.setting.function + layout, times, notes))
    ends = _ends([time for row in rows for time in row.values.values()])
    heads = ["fastact, ns", "best peer"]
    return _dots(rows, libraries, "ns per element", "ns", ends=ends, heads=heads)


@rc_context(fname=STYLE)
def accuracy(study: Study, form: str, dtype: str) -> Figure | None:
    """Draw the largest error of each function and library, where one of them rounds."""
    rows: dict[str, _Row] = {}
    for entry in study.accuracy:
        if (entry.form, entry.dtype) == (form, dtype):
            row = rows.setdefault(entry.function, _Row(entry.function, {}, [""]))
            row.values[entry.library] = min(max(entry.max_ulp, 0.3), _LOST[dtype])
            if entry.library == "fastact":
                row.notes = [f"{entry.max_ulp:.2f}"]
    shown = [row for row in rows.values() if max(row.values.values()) > 0.5]
    rules = {"1 ulp": 1.0, "no digit right": _LOST[dtype] / 2}
    look: Any = {"ends": (0.3, 1.5 * _LOST[dtype]), "heads": ["fastact, ulp"], "rules": rules}
    return _dots(shown, study.libraries, _ERROR, "ulp", **look) if shown else None


# ---- panels of curves ----


_Curves = dict[str, list[tuple[float, float]]]  # points by library


def _series(study: Study, part: str, name: str, least: int) -> list[list[Cell]]:
    """Return cells of a part that differ in a field of their setting alone, in its order."""
    found: dict[Setting, dict[int, Cell]] = {}
    none: Any = {name: 0}
    for cell in study.cells:
        if cell.part in (part, "functions") and cell.setting.layout == CONTIGUOUS:
            alike = found.setdefault(replace(cell.setting, **none), {})
            alike[getattr(cell.setting, name)] = cell
    series = [
        [cell for _, cell in sorted(alike.items())]
        for alike in found.values()
        if len(alike) >= least
    ]
    # The most telling ones, with most points: as many as there is room for.
    most = sorted(series, key=len, reverse=True)[:4]
    return [cells for cells in series if cells in most]


def _curves(
    cells: Sequence[Cell], libraries: Sequence[str], x: str, y: Callable[[Cell, str], float | None]
) -> _Curves:
    """Return the curves of a field of the setting and a quantity, where they have two points."""
    curves = {
        name: [(getattr(cell.setting, x), v) for cell in cells if (v := y(cell, name)) is not None]
        for name in libraries
    }
    return {name: points for name, points in curves.items() if len(points) > 1}


def _panels(
    study: Study, series: Sequence[list[Cell]], draw: Callable[[Axes, Study, list[Cell]], None]
) -> Figure | None:
    """Return a figure of a panel for each series, two in a row."""
    across = min(2, len(series))
    if not across:
        return None
    down = math.ceil(len(series) / across)
    figure = _figure(down * _PANEL)
    for k, cells in enumerate(series, 1):
        draw(figure.add_subplot(down, across, k), study, cells)
    return figure


def _draw_curves(
    axes: Axes, title: str, quantity: str, curves: _Curves, rules: Mapping[str, tuple[float, float]]
) -> None:
    """Draw curves and straight lines to hold them against, which are given by their ends."""
    above: Any = {"textcoords": "offset points", "va": "bottom", "xycoords": "axes fraction"}
    axes.annotate(title, (0, 1), (0, 28), weight="bold", **above)
    axes.annotate(f"{quantity} (larger is better)", (0, 1), (0, 13), **above, **_NOTE)
    xs = [x for points in curves.values() for x, _ in points]
    ends = {}
    for name, rule in rules.items():
        axes.plot((min(xs), max(xs)), rule, label=name, **_DASHED)
        ends[name] = rule[1]
    for library, curve in reversed(curves.items()):
        style = STYLES[library]
        points = [(x, y, f"{style.label}: {x:,.3g}, {y:,.3g}") for x, y in curve]
        dashes = (0, style.dashes) if style.dashes else "-"
        _plot(axes, library, points, size=0.85, linestyle=dashes)
        ends[style.label] = curve[-1][1]
    _name_beside(axes, ends)


def _name_beside(axes: Axes, heights: Mapping[str, float], **options: Any) -> None:
    """Write a legend at the right, in the order of heights."""
    handles, labels = axes.get_legend_handles_labels()
    ordered = sorted(zip(handles, labels, strict=True), key=lambda pair: -heights[pair[1]])
    axes.legend(
        *zip(*ordered, strict=True),
        loc="center left",
        bbox_to_anchor=(1.03, 0.5),
        labelcolor=_INK["soft"],
        fontsize=11,
        **options,
    )


@rc_context(fname=STYLE)
def sizes(study: Study) -> Figure | None:
    """Draw GB/s against the bytes of an array, with the caches and the limit of streaming."""
    return _panels(study, _series(study, "sizes", "elements", 3), _draw_sizes)


def _draw_sizes(axes: Axes, study: Study, cells: list[Cell]) -> None:
    curves = _curves(cells, [REUSED, *study.libraries], "bytes", Cell.throughput)
    first, low, high = cells[0].setting, cells[0].setting.bytes, cells[-1].setting.bytes
    limit = cells[-1].throughput(STREAM)
    rules = {} if limit is None else {"streaming limit": (limit, limit)}
    _logarithmic(axes.xaxis, low / 1.1, high * 1.1)
    ticks = [8**k for k in range(20) if low <= 8**k <= high]
    axes.set_xticks(ticks, [bytes_text(tick) for tick in ticks])
    axes.set_xlabel("size of an array")
    lines = [*([y for _, y in points] for points in curves.values()), *rules.values()]
    _logarithmic(axes.yaxis, *_ends([y for line in lines for y in line]))
    for cache in study.machine.caches:
        if low / 1.1 < cache.bytes < high * 1.1:
            axes.axvline(cache.bytes, color=_INK["mark"], linewidth=1, linestyle=(0, (2, 3)))
            note = {"ha": "center", "va": "bottom", **_BESIDE, **_NOTE}
            axes.annotate(f"L{cache.level}", (cache.bytes, 1), (0, 1), **note)
    title = f"{first.function} · {first.form} · {threads_text(first.threads)}"
    _draw_curves(axes, title, "GB/s read and written", curves, rules)


@rc_context(fname=STYLE)
def threads(study: Study) -> Figure | None:
    """Draw the time of one thread over that of several."""
    return _panels(study, _series(study, "threads", "threads", 2), _draw_threads)


def _draw_threads(axes: Axes, study: Study, cells: list[Cell]) -> None:
    def speed_up(cell: Cell, library: str) -> float | None:
        one, timing = cells[0].timing(library), cell.timing(library)
        if one and timing and timing.threads == cell.setting.threads:
            return one.samples.minimum / timing.samples.minimum
        return None

    curves = _curves(cells, study.libraries, "threads", speed_up)
    first, low, high = cells[0].setting, cells[0].setting.threads, cells[-1].setting.threads
    margin = (high - low) * 0.03
    most = max(high / low, *(y for points in curves.values() for _, y in points))
    axes.set(xlim=(low - margin, high + margin), ylim=(0, most * 1.08), xlabel="threads")
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    axes.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_formatter("{x:g}")
    title = f"{first.function} · {first.form} · {first.elements:,} elements"
    _draw_curves(axes, title, "speed-up over one thread", curves, {"ideal": (1.0, high / low)})


# ---- speed against error ----


@rc_context(fname=STYLE)
def trade(study: Study, cells: Sequence[Cell]) -> Figure | None:
    """Draw each function of each library by its time and error, and the middle of each library.

    Functions that every library computes without rounding are left out.
    """
    points: dict[str, list[_Point]] = {}
    lost = _LOST[cells[0].setting.dtype]
    for cell in cells:
        errors = {name: study.error(cell.setting, name) or 0.0 for name in study.libraries}
        for name, error in errors.items() if max(errors.values()) > 0.5 else ():
            time, shown = cell.nanoseconds(name), min(max(error, 0.5), lost)
            if time is not None:
                hint = f"{cell.setting.function}, {label(name)}: {number(time)} ns,"
                points.setdefault(name, []).append((time, shown, f"{hint} {number(shown)} ulp"))
    if not points:
        return None
    figure = _figure(420)
    axes = figure.add_subplot()
    _logarithmic(axes.xaxis, *_ends([time for found in points.values() for time, *_ in found]))
    _logarithmic(axes.yaxis, 0.35, 1.5 * lost)
    axes.set_xlabel("ns per element (smaller is better)")
    head = f"{_ERROR} (smaller is better)"
    axes.annotate(head, (0, 1), (-16, 12), va="bottom", **_OUTSIDE, **_NOTE)
    for name, value in {"1 ulp": 1.0, "no digit right": lost / 2}.items():
        axes.axhline(value, **_DASHED)
        axes.annotate(name, (1, value), (-4, 3), ha="right", va="bottom", **_RIGHT, **_NOTE)
    middles = {}
    for name in reversed(points):
        _plot(axes, name, points[name], alpha=0.4, zorder=3, label=None)
        time, error = (median(column) for column in list(zip(*points[name], strict=True))[:2])
        _plot(axes, name, [(time, error, f"{label(name)}: the middle")], size=1.9)
        middles[label(name)] = error
    _name_beside(axes, middles, handlelength=1, markerscale=0.55)
    return figure


# ---- as text ----

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"


@rc_context(fname=STYLE)
def svg(figure: Figure, title: str, colours: Mapping[str, str] | None = None) -> str:
    """Return a figure as SVG to be put into a page, in the style sheet's colours by default."""
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    root = ElementTree.fromstring(file.getvalue())
    root.remove(root.find("{*}metadata"))  # type: ignore[arg-type]
    for group in root.iter(f"{{{_SVG}}}g"):
        name = group.attrib.pop("id", "")
        if name.startswith(_HINTS):
            _add_hints(group, name[len(_HINTS) :].split("|"))
    for use in root.iter(f"{{{_SVG}}}use"):
        use.set("href", use.attrib.pop(_LINK))
    ElementTree.SubElement(root, f"{{{_SVG}}}title").text = title
    ElementTree.register_namespace("", _SVG)
    text = ElementTree.tostring(root, encoding="unicode")
    # The page has one font, and the colours of the day or of the night.
    text = re.sub(r"(font: (?:\w+ )?[\d.]+px) [^;\"]*", r"\1 var(--font, sans-serif)", text)
    for name, (light, _) in COLOURS.items():
        text = text.replace(light, colours[name] if colours else f"var(--{name})")
    return text


def _add_hints(group: ElementTree.Element, hints: Sequence[str]) -> None:
    for mark, hint in zip(group.iter(f"{{{_SVG}}}use"), hints, strict=True):
        ElementTree.SubElement(mark, f"{{{_SVG}}}title").text = hint
