"""CONTRIBUTING.md's recipe for an activation, carried out in a copy of the tree."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RECIPE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("\n## The house")[0]
KERNEL, ROW, ENTRY = re.findall(
    r"^\*\*\d\. .*?^```\w+\n(.*?)^```$", RECIPE, re.MULTILINE | re.DOTALL
)
BUILD, GENERATE, TEST, _ = re.findall(r"^\$ (.*)$", RECIPE, re.MULTILINE)

# The value goes on beyond the kinks.
WRONG = ("v_mul(c, c)", "v_mul(c, x)")


def insert(path: Path, text: str, before: str) -> None:
    """Put a text into a file, before the last place of another one."""
    head, mark, tail = path.read_text(encoding="utf-8").rpartition(before)
    assert mark, f"{path} has no {before!r}"
    path.write_text(f"{head}{text}{mark}{tail}", encoding="utf-8")


def run(command: str, tree: Path, **settings: object) -> subprocess.CompletedProcess[str]:
    """Run a line of the recipe in the tree, with the interpreter of this process."""
    program, *arguments = shlex.split(command.removeprefix(".venv/bin/"))
    python = [sys.executable] if program == "python" else [sys.executable, "-m", program]
    return subprocess.run(
        [*python, *arguments],
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree), "FASTACT_ISAS": "scalar"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **settings,
    )


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / "src_c").is_dir(), reason="installed without sources")
def test_three_edits_add_an_activation(tmp_path: Path) -> None:
    pytest.importorskip("Cython")
    tree = tmp_path / "fastact"
    unwanted = shutil.ignore_patterns(".*", "build", "*.so", "*.pyd", "__pycache__", "*.egg-info")
    shutil.copytree(ROOT, tree, ignore=unwanted)
    kernels, entries = tree / "src_c/kernels/relu.h", tree / "fastact/_activations/relu.py"
    (table,) = tree.glob("src_c/**/activations.def")

    insert(kernels, f"{KERNEL}\n", before="#endif")
    insert(table, f"\n{ROW}", before="\n\nEXTRA(relu,")
    insert(entries, ENTRY, before="}\n")
    for command in (BUILD, GENERATE):
        done = run(command, tree)
        assert done.returncode == 0, done.stdout
    done = run(f"{TEST} -q", tree)
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 300

    right, wrong = WRONG
    assert right in kernels.read_text()
    kernels.write_text(kernels.read_text().replace(right, wrong))
    assert run(BUILD, tree).returncode == 0
    done = run(f"{TEST} -q -x", tree)
    assert done.returncode == 1, done.stdout
