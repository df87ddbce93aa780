"""How libraries look in plots: names, colours for light and dark, markers and dashes.

The colours are those of Okabe and Ito, which colour-blind people tell apart; each comes with a
marker and a dash of its own, so that a print in grey can be read too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from fastact.cli.study.results import REUSED

# The style sheet of matplotlib for all pictures.
STYLE = str(files("fastact.cli.study") / "templates" / "plots.mplstyle")


@dataclass(frozen=True)
class Style:
    """A library's name, a key of `COLOURS`, a marker of matplotlib's and lengths of dashes."""

    label: str
    colour: str
    marker: str
    dashes: tuple[float, ...] = ()

    @property
    def hollow(self) -> bool:
        """Whether the marker is drawn by lines alone."""
        return self.marker in "+x" or self.label.endswith("out=")


STYLES: Mapping[str, Style] = {
    "fastact": Style("fastact", "fastact", "o"),
    REUSED: Style("fastact, out=", "fastact", "o", (2.2, 1.1)),
    "torch": Style("PyTorch", "torch", "s", (4, 1.2)),
    "jax": Style("JAX", "jax", "D", (1.1, 1.1)),
    "onnxruntime": Style("ONNX Runtime", "onnxruntime", "^", (5, 1.6, 1.1, 1.6)),
    "numpy": Style("NumPy", "numpy", "v", (2.8, 2.2)),
    "scipy": Style("SciPy", "scipy", "+", (0.6, 1.7)),
    "numexpr": Style("numexpr", "numexpr", "x", (1.7, 1.1, 0.6, 1.1)),
    "numba": Style("numba", "numba", "*", (6.7, 1.7)),
}

# On white, and on black.
COLOURS: Mapping[str, tuple[str, str]] = {
    "fastact": ("#d55e00", "#ff8c3b"),
    "torch": ("#0072b2", "#4aa8e8"),
    "jax": ("#009e73", "#2ec99c"),
    "onnxruntime": ("#cc79a7", "#e59cc4"),
    "numpy": ("#e69f00", "#f2b62e"),
    "scipy": ("#56b4e9", "#8fd0f5"),
    "numexpr": ("#000000", "#ffffff"),
    "numba": ("#737373", "#a6a6a6"),
    "paper": ("#fefefe", "#16181b"),
    "ink": ("#1a1a1a", "#e8e8e8"),
    "soft": ("#444444", "#b4b4b4"),
    "rule": ("#333333", "#c8c8c8"),
    "mark": ("#8a8a8a", "#7c7c7c"),
    "grid": ("#e2e2e2", "#33373c"),
    "row": ("#efefef", "#25282c"),
}


def label(library: str) -> str:
    """Return the name of a library as it is written."""
    return STYLES[library].label if library in STYLES else library
