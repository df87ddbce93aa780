"""Words checked against the library: docstrings, their examples, the README and its table."""

from __future__ import annotations

import doctest
import os
import re
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


def test_a_missing_entry_says_where_to_write_it():
    row = {**_ufuncs.ACTIVATIONS["relu"], "name": "cube"}
    with pytest.raises(KeyError, match=r"'cube'.*fastact/_activations/"):
        _docs.docstring(row, 0, "cube")


def test_what_is_generated_is_up_to_date():
    command = [sys.executable, ROOT / "docs" / "generate.py", "--check"]
    package = str(Path(fa.__file__).parents[1])
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": package}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


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
