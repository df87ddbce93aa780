"""`fastact plot`: curves of functions and derivatives, as a picture or in the terminal.

What is drawn is decided once, by `panels_of` and `article_panels`; `draw_picture` needs matplotlib,
`draw_text` does not. The colours are those of Okabe and Ito, which colour-blind people can tell
apart; every curve has its own dashes too, for print and for terminals without colours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.style import Style
from rich.text import Text

from fastact import _ufuncs
from fastact.cli.articles import HIDDEN_BIASES, four_unit_network
from fastact.cli.catalogue import Activation

__all__ = [
    "FORMS",
    "SUFFIXES",
    "Curve",
    "Panel",
    "article_panels",
    "draw_picture",
    "draw_text",
    "panels_of",
]

_Array: TypeAlias = NDArray[Any]

# The forms that are curves over x, and how they are called in a picture.
FORMS = {"value": "value", "grad": "derivative", "grad_parameter": "derivative by the parameter"}

# The kinds of pictures.
SUFFIXES = (".png", ".svg")

# Okabe and Ito's palette without yellow, which is too light for a line on white. Dashes and gaps
# are in widths of the line; in the terminal a width is two dots.
_STYLES: Sequence[tuple[str, tuple[float, ...]]] = (
    ("#0072B2", ()),
    ("#D55E00", (4, 2)),
    ("#009E73", (1, 1.5)),
    ("#CC79A7", (5, 1.5, 1, 1.5)),
    ("#56B4E9", (8, 2.5)),
    ("#E69F00", (2, 2)),
    ("#000000", (5, 1.5, 1, 1.5, 1, 1.5)),
)
_DOTS_IN_WIDTH = 2

# As many lines of a legend find room between the curves.
_LEGEND_INSIDE = 4

_POINTS = 1201

# Neighbouring points that are so far apart, as a share of all values, are looked at for a jump.
_STEEP = 0.02


@dataclass(frozen=True)
class Curve:
    """A line.

    Attributes
    ----------
    label : str
        Its name.
    x, y : ndarray
        Its points; NaN parts the pieces of a function that jumps.
    style : int
        Which colour and dashes it has.
    marks : pair of ndarray or None
        Points that are marked by dots.
    """

    label: str
    x: _Array
    y: _Array
    style: int
    marks: tuple[_Array, _Array] | None = None

    @property
    def colour(self) -> str:
        """The colour, ``#rrggbb``."""
        return _STYLES[self.style][0]

    @property
    def dashes(self) -> tuple[float, ...]:
        """Lengths of dash and gap in turn, none for a solid line."""
        return _STYLES[self.style][1]


@dataclass(frozen=True)
class Panel:
    """Curves that share their axes."""

    title: str
    curves: Sequence[Curve]


# ---- what is drawn ----


def panels_of(
    activations: Sequence[Activation], forms: Sequence[str], low: float, high: float
) -> list[Panel]:
    """Return the curves of activations: all forms of one together, of several a panel per form.

    Raises
    ------
    ValueError
        If there is nothing to draw, a panel gets more curves than can be told apart, or the range
        is empty.
    """
    if not -math.inf < low < high < math.inf:
        raise ValueError(f"from {low:g} to {high:g} is no range")
    if len(activations) > len(_STYLES):
        raise ValueError(f"more than {len(_STYLES)} curves cannot be told apart: name fewer")
    for row in activations:
        if row.arrays != 1:
            raise ValueError(f"{row.name} takes {row.arrays} arrays, and a curve has one")
    curves = {
        form: [
            _curve(row.ufunc_name(form), row.ufunc(form), low, high, style)
            for style, row in enumerate(activations)
            if form in row.forms
        ]
        for form in forms
    }
    if len(activations) == 1:
        found = [curve for form in forms for curve in curves[form]]
        together = [replace(curve, style=style) for style, curve in enumerate(found)]
        curves = {activations[0].name: together}
    panels = [Panel(FORMS.get(title, title), found) for title, found in curves.items() if found]
    if not panels:
        raise ValueError("there is no such derivative: nothing to draw")
    return panels


def article_panels() -> list[Panel]:
    """Return the figures of two introductory articles."""
    ufuncs = _ufuncs.UFUNCS

    def panel(title: str, end: float, *curves: tuple[str, Callable[[_Array], _Array]]) -> Panel:
        return Panel(title, [_curve(*curve, -end, end, k) for k, curve in enumerate(curves)])

    network = panel(
        "Sigmoid by four ReLU units",
        6,
        ("sigmoid", ufuncs["sigmoid"]),
        ("network", four_unit_network),
    )
    bends = np.negative(HIDDEN_BIASES)
    sigmoid, approximation = network.curves
    marked = replace(approximation, marks=(bends, four_unit_network(bends)))
    return [
        panel(
            "ReLU, Swish and Mish",
            5,
            ("ReLU", ufuncs["relu"]),
            ("Swish", ufuncs["swish"]),
            ("Mish", ufuncs["mish"]),
        ),
        panel("Sigmoid and tanh", 5, ("sigmoid", ufuncs["sigmoid"]), ("tanh", ufuncs["tanh"])),
        panel(
            "ReLU and its derivative",
            2,
            ("ReLU", ufuncs["relu"]),
            ("derivative", ufuncs["relu_grad"]),
        ),
        Panel(network.title, [sigmoid, marked]),
    ]


def _curve(
    label: str, function: Callable[[_Array], _Array], low: float, high: float, style: int
) -> Curve:
    with np.errstate(all="ignore"):
        x = np.linspace(low, high, _POINTS)
        y = function(x)
        y = np.where(np.isfinite(y), y, np.nan)
        steps = abs(np.diff(y))
        steep = np.flatnonzero(steps > _STEEP * (np.nanmax(y) - np.nanmin(y))).tolist()
        parts: list[tuple[int, list[float], list[float]]] = []
        for k in steep:
            left, right = _closest(function, float(x[k]), float(x[k + 1]))
            below, above = function(np.array([left, right]))
            if abs(above - below) > steps[k] / 2:
                parts.append((k + 1, [left, left, right], [below, np.nan, above]))
    where = [k for k, _, _ in parts for _ in range(3)]
    x = np.insert(x, where, [value for _, xs, _ in parts for value in xs])
    y = np.insert(y, where, [value for _, _, ys in parts for value in ys])
    return Curve(label, x, y, style)


def _closest(
    function: Callable[[_Array], _Array], left: float, right: float
) -> tuple[float, float]:
    """Narrow an interval down to where most of the change happens."""
    for _ in range(60):
        middle = (left + right) / 2
        values = function(np.array([left, middle, right]))
        first, second = abs(np.diff(values))
        left, right = (left, middle) if first >= second else (middle, right)
    return left, right


# ---- a picture ----


def draw_picture(panels: Sequence[Panel], path: Path) -> None:
    """Write the panels to a PNG or SVG file, as its name says; needs matplotlib."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    # Text as text and no dates: the file is small, can be searched, and is the same every time.
    settings: Any = {"svg.fonttype": "none", "svg.hashsalt": "fastact", "font.size": 10}
    with rc_context(settings):
        figure = Figure(
            figsize=(5.2 * columns, 3.9 * rows),
            layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1),
        )
        for axes, panel in zip(
            figure.subplots(rows, columns, squeeze=False).flat, panels, strict=False
        ):
            _draw_panel(axes, panel)
        for axes in figure.axes[len(panels) :]:
            axes.remove()
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        figure.savefig(path, dpi=160, metadata=metadata)


def _draw_panel(axes: Any, panel: Panel) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_title(panel.title, loc="left", fontweight="bold")
    axes.grid(color="0.92", linewidth=0.8)
    axes.axhline(0, color="0.55", linewidth=0.8, zorder=1)
    axes.axvline(0, color="0.55", linewidth=0.8, zorder=1)
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.tick_params(color="0.6", labelcolor="0.3")
    axes.set_xlabel("x", color="0.3")
    axes.set_axisbelow(True)
    for curve in panel.curves:
        (line,) = axes.plot(curve.x, curve.y, color=curve.colour, linewidth=2, label=curve.label)
        line.set_dashes(curve.dashes)
        if curve.marks is not None:
            axes.plot(*curve.marks, "o", color=curve.colour, markersize=5)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter("{x:g}")
    axes.margins(x=0)
    beside: Any = {"loc": "upper left", "bbox_to_anchor": (1, 1)}  # many would hide the curves
    axes.legend(
        frameon=False, handlelength=3.2, **(beside if len(panel.curves) > _LEGEND_INSIDE else {})
    )


# ---- in the terminal ----

# The dots of a braille character by row and column; its code is 0x2800 and the sum.
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])

_ROWS = 18
_MOST_COLUMNS = 100
_LABEL = 8
_SAMPLE = 14


def draw_text(console: Console, panels: Sequence[Panel]) -> None:
    """Print the panels as braille dots."""
    columns = max(20, min(_MOST_COLUMNS, console.width - _LABEL - 1))
    for panel in panels:
        console.print(Text(" " * _LABEL + panel.title, style="bold"))
        console.print(_chart(panel, columns))
        console.print(_legend(panel))


def _chart(panel: Panel, columns: int) -> Text:
    xs = np.concatenate([curve.x for curve in panel.curves])
    ys = np.concatenate([curve.y for curve in panel.curves])
    left, right, bottom, top = xs.min(), xs.max(), np.nanmin(ys), np.nanmax(ys)
    if top == bottom:
        bottom, top = bottom - 1, top + 1

    def place(x: _Array, y: _Array) -> tuple[_Array, _Array]:
        """Return columns and rows in dots, the origin at the upper left."""
        across = (x - left) / (right - left) * (2 * columns - 1)
        return across, (top - y) / (top - bottom) * (4 * _ROWS - 1)

    dots = [
        _dotted(*place(curve.x, curve.y), curve.dashes, _ROWS, columns) for curve in panel.curves
    ]
    zero = place(np.zeros(1), np.zeros(1))
    axis_column, axis_row = (
        int(at[0]) // size if 0 <= at[0] < count * size else -1
        for at, size, count in zip(zero, (2, 4), (columns, _ROWS), strict=True)
    )
    labels = {}
    for tick in _ticks(bottom, top, 5):
        _, down = place(np.zeros(1), np.array([tick]))
        labels[int(down[0]) // 4] = f"{tick:g}"
    lines = Text()
    for row in range(_ROWS):
        lines.append(f"{labels.get(row, ''):>{_LABEL - 1}} ", "dim")
        for column in range(columns):
            here = [k for k, canvas in enumerate(dots) if canvas[row, column]]
            if here:
                code = np.bitwise_or.reduce([canvas[row, column] for canvas in dots])
                lines.append(chr(0x2800 + code), _style(panel.curves[here[-1]]))
            else:
                lines.append(_axis(row == axis_row, column == axis_column), "dim")
        lines.append("\n")
    below = [" "] * (columns + _LABEL + 4)
    for tick in _ticks(left, right, 9):
        text = f"{tick:g}"
        across, _ = place(np.array([tick]), np.zeros(1))
        start = _LABEL + int(across[0]) // 2 - (len(text) - 1) // 2 - (tick < 0)
        below[start : start + len(text)] = text
    return lines.append("".join(below).rstrip(), "dim")


def _axis(horizontal: bool, vertical: bool) -> str:
    return {(True, True): "┼", (True, False): "─", (False, True): "│"}.get(
        (horizontal, vertical), " "
    )


def _style(curve: Curve) -> Style:
    # Black would not be seen on black.
    return Style() if curve.colour == "#000000" else Style(color=curve.colour)


def _legend(panel: Panel) -> Text:
    entries = []
    for curve in panel.curves:
        across = np.arange(2.0 * _SAMPLE)
        sample = _dotted(across, np.ones_like(across), curve.dashes, 1, _SAMPLE)
        dots = "".join(chr(0x2800 + code) for code in sample[0])
        entries.append(Text.assemble((dots, _style(curve)), f" {curve.label}"))
    indent = " " * _LABEL
    between = "   " if len(entries) < 3 else f"\n{indent}"
    return Text.assemble(indent, Text(between).join(entries), "\n")


def _dotted(
    across: _Array, down: _Array, dashes: tuple[float, ...], rows: int, columns: int
) -> _Array:
    """Return the braille dots of a line, as codes by row and column of characters."""
    dots = np.zeros((4 * rows, 2 * columns), bool)
    breaks = np.flatnonzero(np.isnan(down))
    travelled = 0.0
    for x, y in zip(np.split(across, breaks), np.split(down, breaks), strict=True):
        x, y = x[~np.isnan(y)], y[~np.isnan(y)]
        if not x.size:
            continue
        along = travelled + np.concatenate([[0], np.cumsum(np.hypot(np.diff(x), np.diff(y)))])
        travelled = along[-1]
        steps = np.arange(along[0], along[-1] + 0.5, 0.5)
        if dashes:
            ends = np.cumsum(dashes) * _DOTS_IN_WIDTH
            steps = steps[np.searchsorted(ends, steps % ends[-1], "right") % 2 == 0]
        columns_hit = np.interp(steps, along, x).round().astype(int)
        rows_hit = np.interp(steps, along, y).round().astype(int)
        dots[rows_hit, columns_hit] = True
    cells = dots.reshape(rows, 4, columns, 2)
    codes: _Array = np.einsum("rack,ak->rc", cells.astype(int), _DOTS)
    return codes


def _ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers between the ends or next to them, at most so many."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    step = next(step for step in (1, 2, 5, 10, 20) if (high - low) / (step * power) < most) * power
    first, last = math.ceil(low / step - 0.02), math.floor(high / step + 0.02)
    return [round(k * step, 12) for k in range(first, last + 1)]
