"""Charts as SVG text: the shapes, scales and axes that the plots of a study are made of.

Colours are those of Okabe and Ito, which colour-blind people tell apart; each comes with a marker
and a dash of its own, so that a print in grey can be read too. Text is text, to be searched.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from fastact.cli.study.results import REUSED
from fastact.cli.study.text import bytes_text

__all__ = ["STYLES", "Bytes", "Chart", "Count", "Linear", "Log", "Style", "fanned", "spread"]


@dataclass(frozen=True)
class Style:
    """How a series looks: its name, colour, marker and dash."""

    label: str
    colour: str
    marker: str
    dash: str = ""


STYLES: Mapping[str, Style] = {
    "fastact": Style("fastact", "#D55E00", "circle"),
    REUSED: Style("fastact, out=", "#D55E00", "ring", "4 2"),
    "torch": Style("PyTorch", "#0072B2", "square", "7 2"),
    "jax": Style("JAX", "#009E73", "diamond", "2 2"),
    "onnxruntime": Style("ONNX Runtime", "#CC79A7", "up", "9 3 2 3"),
    "numpy": Style("NumPy", "#E69F00", "down", "5 4"),
    "scipy": Style("SciPy", "#56B4E9", "plus", "1 3"),
    "numexpr": Style("numexpr", "#000000", "cross", "3 2 1 2"),
    "numba": Style("numba", "#737373", "star", "12 3"),
}

# Paths about the origin; ring, plus, cross and star are drawn as strokes.
_MARKERS: Mapping[str, str] = {
    "circle": "M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0-9.2 0z",
    "square": "M-3.9-3.9h7.8v7.8h-7.8z",
    "diamond": "M0-5.3L5.3 0L0 5.3L-5.3 0z",
    "up": "M0-5L4.9 3.7H-4.9z",
    "down": "M0 5L4.9-3.7H-4.9z",
    "ring": "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "plus": "M-4.8 0H4.8M0-4.8V4.8",
    "cross": "M-3.8-3.8L3.8 3.8M-3.8 3.8L3.8-3.8",
    "star": "M0-5V5M-4.3-2.5L4.3 2.5M-4.3 2.5L4.3-2.5",
}
_STROKED = {"ring", "plus", "cross", "star"}


@dataclass(frozen=True)
class Linear:
    """A scale from values to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return where a value is."""
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Give round values, about six of them, as they are written."""
        for value in self._round():
            yield value, magnitude(value)

    def _round(self) -> Iterator[float]:
        rough = (self.high - self.low) / 6
        unit = 10.0 ** math.floor(math.log10(rough))
        step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= rough)
        for k in range(math.ceil(self.low / step), math.floor(self.high / step) + 1):
            yield k * step


@dataclass(frozen=True)
class Count(Linear):
    """The same for whole numbers."""

    def _round(self) -> Iterator[float]:
        return (value for value in super()._round() if value.is_integer())


@dataclass(frozen=True)
class Log(Linear):
    """The same for logarithms of positive values."""

    def __call__(self, value: float) -> float:
        """Return where a value is; beyond an end it is at that end."""
        inside = min(max(value, self.low), self.high)
        share = math.log(inside / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)

    def _round(self) -> Iterator[float]:
        """Give 1, 2 and 5 of each decade, or decades where there are many."""
        decades = math.log10(self.high / self.low)
        leading = (1, 2, 5) if decades < 3.5 else (1,)
        every = 1 if decades < 7 else 2
        for power in range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1):
            for digit in leading if power % every == 0 else ():
                value = digit * 10.0**power
                if self.low * 0.999 <= value <= self.high * 1.001:
                    yield value


@dataclass(frozen=True)
class Bytes(Log):
    """The same for sizes of arrays, with ticks at powers of 8."""

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Give sizes and their names."""
        for power in range(0, 60, 3):
            if self.low <= 1 << power <= self.high:
                yield float(1 << power), bytes_text(1 << power)


class Chart:
    """Collects shapes and gives the SVG."""

    def __init__(self, width: float, height: float, title: str) -> None:
        """Start an empty drawing of so many pixels."""
        self.width = width
        self.height = height
        self._title = title
        self._parts: list[str] = []

    def line(
        self, x1: float, y1: float, x2: float, y2: float, kind: str = "grid", dash: str = ""
    ) -> None:
        """Draw a line; the kind is a class of the style sheet."""
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
            f"{dashes}/>"
        )

    def curve(self, points: Sequence[tuple[float, float]], style: Style) -> None:
        """Draw a line through points in a series' colour and dash."""
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{style.dash}"' if style.dash else ""
        self._parts.append(
            f'<path class="curve" d="{path}" stroke="{style.colour}" stroke-width="1.8"{dashes}/>'
        )

    def marker(
        self,
        x: float,
        y: float,
        style: Style,
        hint: str = "",
        size: float = 1.0,
        faint: bool = False,
    ) -> None:
        """Draw a series' marker; the hint is shown where the pointer rests on it."""
        paint = (
            f'fill="none" stroke="{style.colour}" stroke-width="2"'
            if style.marker in _STROKED
            else f'fill="{style.colour}" stroke="#fff" stroke-width="0.8"'
        )
        scale = f" scale({size:g})" if size != 1 else ""
        opacity = ' opacity="0.4"' if faint else ""
        inner = f"<title>{escape(hint)}</title>" if hint else ""
        self._parts.append(
            f'<path d="{_MARKERS[style.marker]}" transform="translate({x:.1f} {y:.1f}){scale}"'
            f" {paint}{opacity}>{inner}</path>"
        )

    def text(
        self, x: float, y: float, text: str, anchor: str = "start", kind: str = "", turn: int = 0
    ) -> None:
        """Write a line of text whose middle is at y."""
        turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
        kinds = f' class="{kind}"' if kind else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="{anchor}"{kinds}{turned}>'
            f"{escape(text)}</text>"
        )

    def legend(self, x: float, y: float, libraries: Sequence[str]) -> None:
        """Name the series in a row."""
        for library in libraries:
            style = STYLES[library]
            self.marker(x + 5, y, style)
            self.text(x + 14, y, style.label)
            x += 30 + 6.7 * len(style.label)

    def vertical_grid(self, scale: Linear, top: float, bottom: float, label: str) -> None:
        """Draw lines at the ticks of a scale from left to right, with numbers below."""
        for value, name in scale.ticks():
            x = scale(value)
            self.line(x, top, x, bottom)
            self.text(x, bottom + 13, name, "middle", "tick")
        self.text((scale.start + scale.end) / 2, bottom + 31, label, "middle", "axis")

    def horizontal_grid(self, scale: Linear, left: float, right: float) -> None:
        """Draw lines at the ticks of a scale from bottom to top, with numbers at the left."""
        for value, name in scale.ticks():
            y = scale(value)
            self.line(left, y, right, y)
            self.text(left - 6, y, name, "end", "tick")

    def svg(self, *, style: str = "") -> str:
        """Return the drawing; `style` makes it stand alone."""
        # Alone it is shown on any ground, a dark one too.
        sheet = f'<style>{style}</style><rect width="100%" height="100%" fill="#fff"/>'
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' width="{self.width:g}" height="{self.height:g}" role="img">'
            f"<title>{escape(self._title)}</title>{sheet if style else ''}"
            f"{''.join(self._parts)}</svg>"
        )


def magnitude(value: float) -> str:
    """Return a tick's number, as a power of ten where it is large."""
    if value >= 1e5:
        power = round(math.log10(value))
        return "10" + str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{value:g}"


def fanned(places: Mapping[str, float], near: float, room: float) -> dict[str, float]:
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


def spread(wanted: Mapping[str, float], gap: float, low: float, high: float) -> dict[str, float]:
    """Move labels apart until neighbours are `gap` from each other, between two limits."""
    names = sorted(wanted, key=lambda name: wanted[name])
    places: list[float] = []
    for name in names:
        places.append(max(wanted[name], low if not places else places[-1] + gap))
    limit = high
    for k in reversed(range(len(places))):
        places[k] = min(places[k], limit)
        limit = places[k] - gap
    return dict(zip(names, places, strict=True))
