"""Formulas as MathML, which browsers draw themselves, without a script or a server."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

# The brace before cases. Without a font for mathematics browsers do not stretch it, so the style
# sheet draws it.
BRACE = re.compile(r"<mo[^>]*>\{</mo>(?=\s*<mtable[^>]*cases)")


def rendered(tex: str, as_block: bool) -> str:
    """Return the MathML of a formula."""
    return BRACE.sub("", tex2mathml(tex, as_block=as_block)).replace(r"\_", "_")


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in a line."""
    translator.body.append(rendered(node.astext(), as_block=False))
    raise nodes.SkipNode


def block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula of its own, which scrolls where the page is narrow."""
    translator.body.append(f'<div class="math">{rendered(node.astext(), as_block=True)}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Offer the renderer; conf.py chooses it."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
