"""The table, the entries, the public names and the sources agree."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cases import ACTIVATIONS, CASES, forms

import fastact as fa
from fastact import _affine, _gated, _gradients, _groups, _names, _random, _runtime, _ufuncs
from fastact._activations import entries

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src_c"
SCRIPTS = SOURCES / "math" / "coefficients"
TABLES = SOURCES / "math" / "tables"
OBJECTS = sorted(ROOT.glob("build/temp*/**/targets/*.o"))
INTRINSIC = re.compile(
    r"\b_mm\d*_\w+|\bv(ld|st|add|sub|mul|div|fma|fms|max|min|cvt|cle|clt|bsl)\w*q_\w+"
)


def test_entries_are_those_of_the_table() -> None:
    assert set(entries()) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_an_entry_and_its_row_agree(name: str) -> None:
    row, entry = ACTIVATIONS[name], entries()[name]
    assert list(entry.parameters) == list(row["parameters"])
    operands = list(row["parameters"]) if row["role"] != "fixed" else []
    assert list(entry.grad_by) == ["b"] * (row["arrays"] == 2) + operands
    assert (entry.backward_from_output is not None) == ("backward_from_output" in row["extra"])
    assert (entry.grad_grad is not None) == ("grad_grad" in row["extra"])
    shown = (entry.value, entry.grad, *entry.grad_by.values(), entry.grad_grad)
    assert all(form.text and form.example for form in shown if form)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_row_of_the_table(name: str) -> None:
    row = ACTIVATIONS[name]
    assert row["role"] == "fixed" or row["parameters"]
    assert all(0.5 <= bound <= 1.0 for pair in row["extra"].values() for bound in pair.values())
    assert set(row["ulp"]) == {"float32", "float64"}
    assert all(0.5 <= bound <= 1.0 for pair in row["ulp"].values() for bound in pair)
    assert 0 < row["cost"] < 100


def test_names_are_unique() -> None:
    names = [n for row in ACTIVATIONS.values() for n in (row["name"], *row["aliases"])]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", n) for n in names)


def test_public_names() -> None:
    modules = (_affine, _gated, _gradients, _groups, _names, _random, _runtime)
    functions = {name for module in modules for name in module.__all__}
    assert sorted(fa.__all__) == sorted({*functions, *_ufuncs.UFUNCS, *_ufuncs.AXIS_UFUNCS})
    for name in fa.__all__:
        assert hasattr(fa, name)
    for case in CASES:
        assert case.ufunc.__name__ in fa.__all__
    for name, row in ACTIVATIONS.items():
        for alias in row["aliases"]:
            assert {f"{alias}_{f}" for f in forms(name)[1:]} <= set(fa.__all__)


@pytest.mark.skipif(not SOURCES.is_dir(), reason="installed without sources")
def test_intrinsics_stand_in_the_isa_headers_alone() -> None:
    for path in sorted(SOURCES.rglob("*.[chi]*")):
        if "simd" in path.relative_to(SOURCES).parts or path.suffix not in (".c", ".h", ".inc"):
            continue
        found = INTRINSIC.search(path.read_text())
        assert not found, f"{path.name}: {found and found[0]}"
    assert INTRINSIC.search((SOURCES / "simd" / "avx2.h").read_text())


@pytest.mark.skipif(not SOURCES.is_dir(), reason="installed without sources")
def test_kernels_have_no_conditional_compilation() -> None:
    kernels = sorted((SOURCES / "kernels").glob("*.h"))
    assert kernels
    for path in kernels:
        lines = [
            line for line in path.read_text().splitlines() if re.match(r"\s*#\s*(if|el)", line)
        ]
        assert [line for line in lines if not line.startswith("#ifndef FA_")] == [], path.name


@pytest.mark.skipif(not OBJECTS, reason="no build tree")
def test_symbols_of_the_units() -> None:
    """One named after target and unit, but for what all units call; none where the compiler
    lacks the instruction set."""
    done = subprocess.run(
        ["nm", "--print-file-name", "--defined-only", "--extern-only", *OBJECTS],
        capture_output=True,
        text=True,
        check=True,
    )
    shared = {
        "segments": {"first_segment", "another_segment", "prefetch_next_row", "map_affine"},
        "domain": {"run_in_domain"},
        "roots": {"any_roots", "mend_near_roots"},
    }
    symbols: dict[Path, set[str]] = {path: set() for path in OBJECTS}
    for line in done.stdout.splitlines():
        path, _, symbol = line.rpartition(":")
        symbols[Path(path)].add(symbol.split()[-1])
    for path, found in symbols.items():
        prefix = f"fa_{path.parts[-4].removeprefix('fastact_').split('-')[0]}"
        expected = {prefix if path.stem == "target" else f"{prefix}_{path.stem}"}
        if path.stem in shared:
            expected = {f"{prefix}_{name}" for name in shared[path.stem]}
        assert found == expected or (not found and path.stem != "target"), path


# Scripts that take less than a few seconds.
QUICK = {
    *("celu.py", "exp.py", "gelu_tanh.py", "mish.py", "second_derivative.py", "silu.py"),
    *("log_cosh.py", "log_normal.py", "tanh_shrink.py"),
}


def tables() -> list[object]:
    """Every generated header; those that take long to make are marked slow."""
    names = [path.name for path in sorted(TABLES.glob("*.h"))]
    slow = [name for name in names if f"{name.removesuffix('.h')}.py" not in QUICK]
    return [pytest.param(n, marks=[pytest.mark.slow] if n in slow else []) for n in names]


@pytest.mark.skipif(not SCRIPTS.is_dir(), reason="installed without sources")
@pytest.mark.parametrize("table", tables())
def test_coefficients_are_reprinted(table: str) -> None:
    script = SCRIPTS / Path(table).with_suffix(".py").name
    done = subprocess.run(
        [sys.executable, script.name], cwd=SCRIPTS, capture_output=True, text=True, check=True
    )
    assert done.stdout == (TABLES / table).read_text()
