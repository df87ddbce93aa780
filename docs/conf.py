"""Settings of Sphinx; what the pages show of functions is made by _extensions/activation.py."""

import os
import sys
from pathlib import Path

DOCS = Path(__file__).parent
EXTENSIONS = DOCS / "_extensions"
sys.path[:0] = [str(EXTENSIONS), str(DOCS)]
# Plots are drawn by code that imports from there, too.
os.environ["PYTHONPATH"] = os.pathsep.join([str(EXTENSIONS), os.environ.get("PYTHONPATH", "")])

import fastact  # noqa: E402

project = "fastact"
author = "the fastact developers"
release = fastact.__version__
extensions = [
    "activation",
    "mathml",
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.doctest",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_templates", "*.py"]
templates_path = ["_templates"]
default_role = "py:obj"
autodoc_typehints = "none"

html_theme = "furo"
html_title = "fastact"
html_static_path = ["_static"]
html_css_files = ["fastact.css"]
html_math_renderer = "mathml"
html_copy_source = False
html_show_copyright = False

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3

# One picture for the light and for the dark pages: nothing behind it, and a grey that both carry.
GREY = "#7a7f87"
plot_formats = ["svg"]
plot_html_show_formats = False
plot_html_show_source_link = False
plot_rcparams = {
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "axes.prop_cycle": "cycler('color', ['#D55E00', '#3a8fc7', '#009E73', '#CC79A7'])",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "savefig.transparent": True,
    "svg.hashsalt": "fastact",
    "text.color": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
}
plot_apply_rcparams = True

# Commands are copied without their prompts and their output.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

numpydoc_show_class_members = False
# Without extended summaries, examples, links for all and words beside links; and NumPy calls the
# operands of every ufunc x1, x2, ..., which are not their names.
numpydoc_validation_checks = {"all", "ES01", "EX01", "SA01", "SA04", "PR01", "PR02"}

linkcheck_anchors = False
