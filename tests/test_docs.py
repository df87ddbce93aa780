"""Words checked against the library: docstrings, README, pages, and their examples."""

from __future__ import annotations

import doctest
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fastact as fa
from fastact import _activations, _docs, _ufuncs

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
BLOCK = re.compile(r"^```(python|pycon)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


UFUNCS = {u.__name__: u for made in (_ufuncs.UFUNCS, _ufuncs.AXIS_UFUNCS) for u in made.values()}
DOCSTRINGS = {name: getattr(fa, name).__doc__ for name in fa.__all__ if name not in _ufuncs.UFUNCS}
DOCSTRINGS |= {name: ufunc.__doc__ for name, ufunc in UFUNCS.items()}


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


def test_a_missing_entry_says_where_to_write_it(monkeypatch):
    row, (family, *_) = _ufuncs.ACTIVATIONS["relu"], _activations.families()
    monkeypatch.delitem(family.ENTRIES, "relu")
    with pytest.raises(KeyError, match=r"'relu'.*fastact/_activations/relu\.py"):
        _docs.docstring(row, 0, "relu")


def test_what_is_generated_is_up_to_date():
    command = [sys.executable, ROOT / "docs" / "generate.py", "--check"]
    package = str(Path(fa.__file__).parents[1])
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": package}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def with_examples() -> list[Path]:
    pages = (page for page in PAGES if page.name != "CONTRIBUTING.md")  # parts of files
    return [page for page in pages if BLOCK.search(page.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", with_examples(), ids=lambda page: str(page.relative_to(ROOT)))
def test_examples_of_the_pages(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # for the files that examples write
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    session = "".join(code for language, code in blocks if language == "pycon")
    run_examples(session, page.name)
    for code in (code for language, code in blocks if language == "python"):
        for library in set(re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE)):
            pytest.importorskip({"dask": "dask.distributed"}.get(library, library))
        if "zarr" in code:
            pytest.importorskip("zarr")
        exec(compile(code, page.name, "exec"), {"__name__": "__main__"})


def test_readme_is_short_and_its_table_of_speed_is_that_of_the_page():
    readme, page = (ROOT / "README.md").read_text(), (ROOT / "docs/performance.md").read_text()
    assert len(readme.splitlines()) <= 150
    rows = re.findall(r"^\| `(\w+)` \| [*\d.]+ \|.*$", readme, re.MULTILINE)
    assert len(rows) == 10
    for row in rows:
        fastact = re.search(rf"^\| `{row}` \| [*\d.]+ \|", readme, re.MULTILINE)[0]
        assert fastact in page


def test_links_of_the_pages_lead_somewhere():
    for page in PAGES:
        text = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
            if not target.startswith("https://"):
                assert (page.parent / target).exists(), f"{page}: {target}"


def formulas() -> set[str]:
    entries = _activations.entries().values()
    return {part.text for entry in entries for part in entry if isinstance(part, _activations.Form)}


def test_formulas_become_latex(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "docs" / "_extensions")
    latex = importlib.import_module("latex").latex
    for text in formulas():
        found = latex(text)
        assert found.count("{") == found.count("}")
        assert found.count(r"\left") == found.count(r"\right")
    assert latex("1 / (1 + exp(-x))") == r"\frac{1}{1 + e^{-x}}"
    assert latex("tanh(x)^2 - x/2 (1 + s'(2u))") == (
        r"\tanh^{2}(x) - \frac{x}{2} (1 + \sigma^{\prime}(2 \, u))"
    )
    assert latex("lambda (x if x > 0 else (0 if x < -1 else alpha_p x))") == (
        r"\lambda \, \begin{cases} x & \text{if } x > 0 \\ 0 & \text{if } x < -1 \\"
        r" \alpha_p \, x & \text{otherwise} \end{cases}"
    )
    for wrong in ("x +", "(x", "x ? 1", "max(x, 0"):
        with pytest.raises(ValueError, match="cannot read the formula"):
            latex(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("builder", ["html", "doctest"])
def test_pages_are_built_without_a_warning(builder, tmp_path):
    for module in ("furo", "numpydoc", "myst_parser", "matplotlib", "sphinx_design"):
        pytest.importorskip(module)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", builder]
    package = str(Path(fa.__file__).parents[1])
    subprocess.run(
        [*command, ROOT / "docs", tmp_path], check=True, env=os.environ | {"PYTHONPATH": package}
    )
    if builder == "html":
        for name in _ufuncs.ACTIVATIONS:
            page = (tmp_path / "functions" / "api" / f"fastact.{name}.html").read_text()
            assert "<math" in page
            shown = re.findall(r'id="fastact\.(\w+)"', page)
            assert {name, f"{name}_backward"} <= set(shown)
            ufuncs = {_ufuncs.UFUNCS[form].__name__ for form in shown}
            assert len(ufuncs) == len(shown)  # no alias
