"""Settings of Sphinx: the pages in this folder, and those that make_pages.py makes of the table."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import make_pages
import numpy as np

import fastact

make_pages.write()

project = "fastact"
release = fastact.__version__
extensions = [
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
]
exclude_patterns = ["*.py"]
default_role = "py:obj"
html_theme = "alabaster"
html_theme_options = {"page_width": "1100px"}
myst_heading_anchors = 3
autodoc_typehints = "none"

plot_formats = [("png", 100)]
plot_html_show_formats = False

numpydoc_show_class_members = False
# Without extended summaries, examples and links for all; and NumPy calls the operands of every
# ufunc x1, x2, ..., which are not their names.
numpydoc_validation_checks = {"all", "ES01", "EX01", "SA01", "PR01", "PR02"}


def signature(app, what, name, thing, *_):
    """Give operands their names, which NumPy's signature of a ufunc lacks."""
    if isinstance(thing, np.ufunc):
        return f"({make_pages.signature(thing)})", None
    return None


def setup(app):
    """Come before numpydoc, which takes NumPy's."""
    app.connect("autodoc-process-signature", signature, priority=400)
