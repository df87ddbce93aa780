"""`fastact plot`: curves of functions and derivatives, as a picture or in the terminal.

What is drawn is decided once, by `panels_of` and `article_panels`; `draw_picture` does it by
matplotlib, `draw_text` by plotext. Curves differ in dashes or marker as well as in colour, for
colour-blind people, for print and for terminals without colours.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import plotext
from matplotlib import rc_context
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray
from rich.console import Console
from rich.text import Text

from fastact import _ufuncs
from fastact.cli.bisection import Function, steepest
from fastact.cli.catalogue import PARAMETER_FORMS, Activation
from fastact.cli.study.styles import STYLE

_Array: TypeAlias = NDArray[Any]

# The forms that are curves over x.
FORMS = ("value", "grad", *PARAMETER_FORMS)

# The kinds of pictures.
SUFFIXES = (".png", ".svg")

# Okabe and Ito's palette without yellow, which is too light for a line on white. Dashes and gaps
# are in widths of the line.
_STYLES: Sequence[tuple[str, tuple[float, ...]]] = (
    ("#0072B2", ()),
    ("#D55E00", (4, 2)),
    ("#009E73", (1, 1.5)),
    ("#CC79A7", (5, 1.5, 1, 1.5)),
    ("#56B4E9", (8, 2.5)),
    ("#E69F00", (2, 2)),
    ("#000000", (5, 1.5, 1, 1.5, 1, 1.5)),
)
_MARKERS = ("braille", "x", "+", "o", "*", "#", "%")

# As many lines of a legend find room between the curves.
_LEGEND_INSIDE = 4

_POINTS = 1201

# Neighbouring points that are so far apart, as a share of all values, are looked at for a jump.
_STEEP = 0.02


@dataclass(frozen=True)
class Curve:
    """A line through points, of which NaN parts the pieces of a function that jumps."""

    label: str
    x: _Array
    y: _Array
    style: int  # which colour and dashes it has
    marks: tuple[_Array, _Array] | None = None  # points that are marked by dots

    def pieces(self) -> Iterator[tuple[_Array, _Array]]:
        """Give the points between two jumps."""
        breaks = np.flatnonzero(np.isnan(self.y))
        for x, y in zip(np.split(self.x, breaks), np.split(self.y, breaks), strict=True):
            there = ~np.isnan(y)
            yield x[there], y[there]


@dataclass(frozen=True)
class Panel:
    """Curves that share their axes."""

    title: str
    curves: Sequence[Curve]


# ---- what is drawn ----


def panels_of(
    activations: Sequence[Activation], forms: Sequence[str], low: float, high: float
) -> list[Panel]:
    """Return the curves of activations: all forms of one together, of several a panel per form."""
    if not -math.inf < low < high < math.inf:
        raise ValueError(f"the range from {low:g} to {high:g} is empty")
    if len(activations) > len(_STYLES):
        raise ValueError(f"{len(_STYLES)} functions at most, so that curves can be told apart")
    for row in activations:
        if row.arrays != 1:
            raise ValueError(f"{row.name} takes {row.arrays} arrays and is not a curve")
    panels: dict[str, list[Curve]] = {}
    for form in forms:
        name = "derivative" if form == "grad" else form.replace("grad_", "derivative by ")
        for style, row in enumerate(activations):
            if form in row.forms:
                alone = len(activations) == 1  # then each form has a style
                curves = panels.setdefault(row.name if alone else name, [])
                style = len(curves) if alone else style
                curves.append(_curve(row.ufunc_name(form), row.ufunc(form), low, high, style))
    if not panels:
        raise ValueError("nothing to draw: there is no such derivative")
    return [Panel(title, curves) for title, curves in panels.items()]


# A network of an article, "Why activation functions and ReLU are needed" (in Japanese): two layers
# approximate the sigmoid. The hidden layer is h_k = ReLU(x + bias_k), which bends at -bias_k; the
# second takes these and x itself.
HIDDEN_BIASES = (4.0, 2.0, -2.0, -4.0)
_WEIGHTS = (0.0429, 0.1398, -0.1398, -0.0429)
_WEIGHT_OF_X = 0.00776
_BIAS = 0.0490


def four_unit_network(x: ArrayLike) -> _Array:
    """Return the network's output for each element of x."""
    relu = _ufuncs.UFUNCS["relu"]
    x = np.asarray(x)
    hidden = relu(x[..., None] + np.array(HIDDEN_BIASES))
    output: _Array = relu(_WEIGHT_OF_X * x + hidden @ np.array(_WEIGHTS) + _BIAS)
    return output


def article_panels() -> list[Panel]:
    """Return the figures of two introductory articles."""
    relu, relu_grad, swish, mish, sigmoid, tanh = map(
        _ufuncs.UFUNCS.__getitem__, ("relu", "relu_grad", "swish", "mish", "sigmoid", "tanh")
    )
    titles: dict[str, tuple[float, dict[str, Function]]] = {
        "ReLU, Swish and Mish": (5, {"ReLU": relu, "Swish": swish, "Mish": mish}),
        "Sigmoid and tanh": (5, {"sigmoid": sigmoid, "tanh": tanh}),
        "ReLU and its derivative": (2, {"ReLU": relu, "derivative": relu_grad}),
        "Sigmoid by four ReLU units": (6, {"sigmoid": sigmoid, "network": four_unit_network}),
    }
    panels = [
        Panel(title, [_curve(*curve, -end, end, k) for k, curve in enumerate(curves.items())])
        for title, (end, curves) in titles.items()
    ]
    first, second = panels[-1].curves
    bends = np.negative(HIDDEN_BIASES)
    marked = replace(second, marks=(bends, four_unit_network(bends)))
    return [*panels[:-1], replace(panels[-1], curves=[first, marked])]


def _curve(label: str, function: Function, low: float, high: float, style: int) -> Curve:
    with np.errstate(all="ignore"):
        x = np.linspace(low, high, _POINTS)
        y = np.where(np.isfinite(y := function(x)), y, np.nan)
        steps = abs(np.diff(y))
        steep = np.flatnonzero(steps > _STEEP * (np.nanmax(y) - np.nanmin(y)))
        left, right = steepest(function, x[steep], x[steep + 1])
        below, above = function(left), function(right)
        jumps = abs(above - below) > steps[steep] / 2
    where = np.repeat(steep[jumps] + 1, 3)
    gap = np.full_like(left, np.nan)
    x = np.insert(x, where, np.stack([left, left, right], 1)[jumps].ravel())
    y = np.insert(y, where, np.stack([below, gap, above], 1)[jumps].ravel())
    return Curve(label, x, y, style)


# ---- a picture ----


def draw_picture(panels: Sequence[Panel], path: Path) -> None:
    """Write the panels to a PNG or SVG file, as its name says; needs matplotlib."""
    from matplotlib.figure import Figure  # large, and not for the terminal

    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    with rc_context(fname=STYLE):
        figure = Figure(figsize=(5.2 * columns, 3.9 * rows))
        for k, panel in enumerate(panels, 1):
            _draw_panel(figure.add_subplot(rows, columns, k), panel)
        # Without a date it is the same file every time.
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else None
        figure.savefig(path, dpi=160, metadata=metadata)


def _draw_panel(axes: Any, panel: Panel) -> None:
    axes.set_title(panel.title, loc="left", fontweight="bold")
    axes.axhline(0, color="0.55", linewidth=0.8, zorder=1)
    axes.axvline(0, color="0.55", linewidth=0.8, zorder=1)
    axes.set_xlabel("x")
    for curve in panel.curves:
        colour, dashes = _STYLES[curve.style]
        (line,) = axes.plot(curve.x, curve.y, color=colour, linewidth=2, label=curve.label)
        line.set_dashes(dashes)
        if curve.marks is not None:
            axes.plot(*curve.marks, "o", color=colour, markersize=5)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_major_formatter("{x:g}")
    axes.margins(x=0)
    look: Any = {"fontsize": 11, "handlelength": 3.2, "borderaxespad": 0.7}
    if len(panel.curves) > _LEGEND_INSIDE:  # where it would hide the curves
        look |= {"loc": "upper left", "bbox_to_anchor": (1, 1)}
    axes.legend(**look)


# ---- in the terminal ----

_ROWS = 20
_MOST_COLUMNS = 108


def draw_text(console: Console, panels: Sequence[Panel]) -> None:
    """Print the panels, with dots of braille where curves differ in colour."""
    columns = min(_MOST_COLUMNS, console.width)
    for panel in panels:
        plotext.clear_figure()
        plotext.theme("clear")
        plotext.limit_size(False, False)
        plotext.plotsize(columns, _ROWS)
        plotext.title(panel.title)
        plotext.frame(False)
        _set_ticks(panel)
        plotext.vline(0, "gray")
        plotext.hline(0, "gray")
        names = []
        for curve in panel.curves:
            marker = "braille" if console.color_system else _MARKERS[curve.style]
            hexadecimal = _STYLES[curve.style][0]
            # The ground may be black, on which black would not be seen.
            black = hexadecimal == "#000000"
            colour = "default" if black else tuple(bytes.fromhex(hexadecimal[1:]))
            for x, y in curve.pieces():
                plotext.plot(x.tolist(), y.tolist(), marker=marker, color=colour)
            sample = plotext.colorize("⠤⠤⠤" if marker == "braille" else marker * 3, colour)
            names.append(f"{sample} {curve.label}")
        console.print(Text.from_ansi(plotext.build()))
        for few in (names[:4], names[4:]):
            if few:
                console.print(Text.from_ansi("   ".join(few)), justify="center", width=columns)
        console.print()


def _set_ticks(panel: Panel) -> None:
    xs = np.concatenate([curve.x for curve in panel.curves])
    ys = np.concatenate([curve.y for curve in panel.curves])
    for values, most, limit, ticks in (
        (xs, 9, plotext.xlim, plotext.xticks),
        (ys, 5, plotext.ylim, plotext.yticks),
    ):
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        if low == high:
            low, high = low - 1, high + 1
        limit(low, high)
        found = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
        inside = [tick for tick in map(float, found) if low <= tick <= high]
        ticks(inside, [f"{tick:g}" for tick in inside])
