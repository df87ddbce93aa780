"""The pages of the reference, one per activation, made from the table; conf.py calls `write`."""

from __future__ import annotations

import ast
import ctypes
from pathlib import Path

from numpydoc.docscrape import NumpyDocString

import fastact as fa
from fastact import _docs, _ufuncs, capi
from fastact._activations import entry_of

FOLDER = Path(__file__).parent / "api"

PLOT = """\
.. plot::
   :alt: {name} and its derivative
   :show-source-link: false

   from make_pages import draw
   draw("{name}")
"""

INDEX = """\
Functions
=========

.. toctree::
   :hidden:

{toctree}

.. list-table::
   :widths: auto

{rows}

:doc:`others` are for threads and instruction sets, and for compiled code.
"""


def titled(title: str, *blocks: str) -> str:
    """Return a page."""
    return "\n\n".join([f"{title}\n{'=' * len(title)}", *blocks]) + "\n"


def signature(ufunc: object) -> str:
    """Return the operands of a ufunc with their defaults, as its docstring describes them."""
    shown = []
    for name, kind, _ in NumpyDocString(ufunc.__doc__)["Parameters"]:
        _, _, default = kind.partition("default ")
        shown.append(f"{name}={default}" if default else name.replace("out", "out=None"))
    return ", ".join(shown)


def forms(row: dict) -> list[str]:
    """Return the names of the ufuncs of a row."""
    *_, last = row["parameters"] or [""]
    names = [pattern.format(row["name"], last) for pattern in _docs.FORMS]
    return [name for name in names if name in _ufuncs.UFUNCS]


def page(row: dict) -> str:
    """Return the page of an activation: its curve, where it has one, and all of its forms."""
    name = row["name"]
    ufunc = _ufuncs.UFUNCS[name]
    curve = [PLOT.format(name=name)] if ufunc.nin - len(row["parameters"]) == 1 else []
    functions = [f".. autofunction:: fastact.{form}" for form in forms(row)]
    return titled(name, *curve, *functions)


def index() -> str:
    """Return the list of all activations."""
    rows = [
        f"   * - :doc:`{name}`\n     - {entry_of(name).summary}" for name in _ufuncs.ACTIVATIONS
    ]
    toctree = [f"   {name}" for name in [*_ufuncs.ACTIVATIONS, "others"]]
    return INDEX.format(toctree="\n".join(toctree), rows="\n".join(rows))


def others() -> str:
    """Return the page of all public names that are not in the table."""
    things = {f"fastact.{name}": getattr(fa, name) for name in fa.__all__}
    things |= {f"fastact.capi.{name}": getattr(capi, name) for name in capi.__all__}
    blocks = [
        f".. auto{'class' if isinstance(thing, type) else 'function'}:: {name}"
        for name, thing in things.items()
        if name.removeprefix("fastact.") not in _ufuncs.UFUNCS
        and not isinstance(thing, ctypes._CFuncPtr)  # compiled.md tells of them
    ]
    return titled("Other functions", *blocks)


def write() -> None:
    """Write all pages into docs/api, which is not kept."""
    FOLDER.mkdir(exist_ok=True)
    pages = {name: page(row) for name, row in _ufuncs.ACTIVATIONS.items()}
    for name, text in (pages | {"index": index(), "others": others()}).items():
        path = FOLDER / f"{name}.rst"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def draw(name: str) -> None:
    """Draw an activation and its derivative, with gaps where they jump."""
    import matplotlib.pyplot as plt
    import numpy as np

    inputs = ast.literal_eval(entry_of(name).example)
    reach = max(5.0, 1.25 * max(map(abs, inputs)))
    x = np.linspace(-reach, reach, 2001)
    _, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    curves = _ufuncs.UFUNCS[f"{name}_value_and_grad"](x)
    for label, style, y in zip(("value", "derivative"), ("-", "--"), curves, strict=True):
        y[1:][np.abs(np.diff(y)) > 0.1] = np.nan
        axes.plot(x, y, style, label=label)
    for line in (axes.axhline, axes.axvline):
        line(0, color="0.8", linewidth=0.8, zorder=0)
    axes.set(xlabel="x", title=name, xlim=(-reach, reach))
    axes.legend(frameon=False)
