"""Words checked against the library: docstrings, their examples, the README and its table."""

from __future__ import annotations

import doctest
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import fastact as fa
from fastact import _docs, _gated, _gradients, _random, _runtime, _ufuncs

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

UFUNCS = {ufunc.__name__: ufunc for ufunc in _ufuncs.UFUNCS.values()} | _ufuncs.AXIS_UFUNCS
DOCSTRINGS = {name: ufunc.__doc__ for name, ufunc in UFUNCS.items()} | {
    name: getattr(fa, name).__doc__
    for name in (*_gated.__all__, *_gradients.__all__, *_random.__all__, *_runtime.__all__)
}


def run_examples(text: str, name: str) -> None:
    """Run the examples of a text, each of which starts from nothing."""
    case = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    report: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(case, out=report.append)
    assert not report, "".join(report)


@pytest.mark.parametrize("name", DOCSTRINGS)
def test_examples_of_docstrings(name):
    run_examples(DOCSTRINGS[name], name)


@pytest.mark.parametrize("name", UFUNCS)
def test_sections_of_docstrings(name):
    text = UFUNCS[name].__doc__
    titles = re.findall(r"^(\w[\w ]*)\n-+$", text, re.MULTILINE)
    expected = ["Parameters", "Returns", "Raises", "See Also", "Notes", "References", "Examples"]
    assert [title for title in expected if title in titles] == titles
    assert {"Parameters", "Returns", "Notes", "Examples"} <= set(titles)
    assert "{}" not in text


def test_entries_are_those_of_the_table():
    missing = set(_ufuncs.ACTIVATIONS) - set(_docs.ENTRIES)
    assert not missing, f"without an entry in fastact/_docs.py: {missing}"


@pytest.mark.parametrize("name", _ufuncs.ACTIVATIONS)
def test_entries_name_the_parameters_of_the_table(name):
    entry, row = _docs.ENTRIES[name], _ufuncs.ACTIVATIONS[name]
    assert list(entry.parameters) == list(row["parameters"])
    two_slopes = row["role"] != "fixed" or row["arrays"] == 2
    assert bool(entry.slope_by) == two_slopes
    assert bool(entry.slope_from_output) == ("backward_from_output" in row["extra"])
    assert bool(entry.curve[0]) == bool(entry.curve[1]) == ("grad_grad" in row["extra"])
    assert len(entry.example) == (4 if two_slopes else 3)


def test_a_missing_entry_says_where_to_write_it():
    row = {**_ufuncs.ACTIVATIONS["relu"], "name": "cube"}
    with pytest.raises(KeyError, match=r"'cube'.*fastact/_docs\.py"):
        _docs.docstring(row, 0, "cube")


def test_the_table_of_the_readme_is_what_the_entries_make():
    made = runpy.run_path(str(ROOT / "docs" / "make_tables.py"))["readme"](README)
    assert made == README, "run: python docs/make_tables.py --write"


@pytest.mark.parametrize("form", ["backward_from_output", "grad_grad"])
def test_the_readme_lists_the_activations_that_have_a_form(form):
    (line,) = re.findall(rf"^\| `f_{form}\(.*\n", README, re.MULTILINE)
    having = [name for name, row in _ufuncs.ACTIVATIONS.items() if form in row["extra"]]
    assert re.findall(r"`(\w+)`", line) == having


@pytest.mark.parametrize("number", range(len(re.findall("^```python$", README, re.MULTILINE))))
def test_python_of_the_readme_runs(number, tmp_path, monkeypatch):
    code = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)[number]
    if "import dask" in code:
        pytest.importorskip("dask.distributed")
        pytest.importorskip("zarr")
    monkeypatch.chdir(tmp_path)  # for the files that examples write
    exec(compile(code, f"README.md, example {number}", "exec"), {"__name__": "__main__"})


def test_links_of_the_pages_lead_somewhere():
    for page in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{page}: {target}"


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["html", "doctest"])
def test_pages_are_built_without_a_warning(builder, tmp_path):
    for module in ("sphinx", "numpydoc", "myst_parser", "matplotlib"):
        pytest.importorskip(module)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder]
    package = str(Path(fa.__file__).parents[1])
    subprocess.run(
        [*command, ROOT / "docs", tmp_path], check=True, env=os.environ | {"PYTHONPATH": package}
    )
    if builder == "html":
        for name in _ufuncs.ACTIVATIONS:
            assert f"fastact.{name}" in (tmp_path / "api" / f"{name}.html").read_text()
