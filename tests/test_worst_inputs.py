"""The table of worst inputs beside the kernels: every line is what the library computes today."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest

import fastact as fa
from fastact.cli import verify
from fastact.cli.catalogue import ACTIVATIONS
from fastact.cli.text import hexadecimal

DOCS = Path(__file__).resolve().parents[1] / "docs"
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(DOCS)
    errors = pytest.importorskip("errors", reason="installed without sources")
    worst = pytest.importorskip("worst")
    for name in ("errors", "worst"):  # too common names to be left
        patch.delitem(sys.modules, name)
TABLE = worst.TABLE
LINES = worst.read(TABLE)
NAMES = list(dict.fromkeys(line.name for line in LINES))
# The dtypes and instruction sets that have an estimate of a reciprocal.
ESTIMATED = {("float32", "avx2"), ("float32", "avx512"), ("float64", "avx512")}


@pytest.mark.parametrize("name", NAMES)
def test_lines_are_measured_again(name: str) -> None:
    lines = [line for line in LINES if line.name == name and line.isa in fa.available_isas()]
    assert lines
    again = [worst.measure(*line.key, line.operands) for line in lines]
    changed = [new for new, old in zip(again, lines, strict=True) if new.cells() != old.cells()]
    # The estimate of a reciprocal differs between vendors, and with it a last bit at times.
    by_vendor = [line for line in changed if line.key[2:] in ESTIMATED]
    assert changed == by_vendor
    assert len(by_vendor) <= 1
    for line in by_vendor:
        assert float(line.ulp) <= ACTIVATIONS[name].bound(line.form, line.dtype), line


@pytest.mark.parametrize("name", NAMES)
def test_errors_are_within_the_bounds(name: str) -> None:
    for line in LINES:
        if line.name == name:
            assert float(line.ulp) <= ACTIVATIONS[name].bound(line.form, line.dtype), line


def test_every_rounded_form_is_listed() -> None:
    listed = {line.key[:3] for line in LINES}
    exact = {("star_relu", "grad_bias")}  # 1
    missing = [
        (row.name, form, dtype)
        for row in ACTIVATIONS.values()
        for form in worst.FORMS
        for dtype in worst.DTYPES
        if row.arrays == 1 and form in row.forms and row.bound(form, dtype) > 0.5
        if (row.name, form, dtype) not in listed and (row.name, form) not in exact
    ]
    assert missing == []


def test_there_is_one_line_of_each_and_in_order(tmp_path: Path) -> None:
    assert len({line.key for line in LINES}) == len(LINES)
    worst.write(tmp_path / "again.txt", reversed(LINES))
    assert (tmp_path / "again.txt").read_text() == TABLE.read_text()


def test_every_error_is_in_a_comment() -> None:
    comments = "".join(path.read_text() for path in errors.KERNELS.glob("*.h"))
    said = [line for lines in errors.errors().values() for line in lines]
    assert len(said) > 100
    assert [line for line in said if line not in comments] == []


def found(name: str, form: str, dtype: str, x: np.ndarray) -> verify.Verdict:
    """What `verify` finds for these inputs."""
    job = verify.Job(name, form, dtype, (fa.isa(),))
    tally = verify._check_piece(job, x.astype(dtype))[fa.isa()]
    return verify.Verdict(name, form, dtype, fa.isa(), 1.0, tally)


def test_a_larger_error_replaces_the_listed_one(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    x = np.linspace(-8, 8, 4001)
    some, all_of_them = (found("tanh", "value", "float32", part) for part in (x[1000:1800], x))
    assert 0.5 < some.tally.max_ulp < all_of_them.tally.max_ulp
    assert worst.update(table, [some]) == 1
    assert worst.update(table, [all_of_them]) == 1
    (line,) = worst.read(table)
    assert line.operands == (all_of_them.tally.worst_input,)
    assert worst.update(table, [some]) == 0
    assert worst.read(table) == [line]


def test_a_line_that_is_no_longer_true_is_corrected(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    verdict = found("gelu", "value", "float64", np.linspace(-8, 8, 101))
    worst.update(table, [verdict])
    (line,) = worst.read(table)
    table.write_text(table.read_text().replace(hexadecimal(line.got), "0x1p+0"))
    assert worst.update(table, [verdict]) == 1
    assert worst.read(table) == [line]


def test_correctly_rounded_forms_are_not_listed(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    verdict = found("leaky_relu", "value", "float32", np.linspace(-8, 8, 101))
    verdict.bound = 0.5
    assert verdict.tally.max_ulp > 0
    assert worst.update(table, [verdict]) == 0
    assert worst.read(table) == []


def test_a_form_with_a_gradient_lists_both_operands(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    x = np.linspace(-8, 8, 4001)
    worst.update(table, [found("softplus", "backward_from_output", "float32", x)])
    (line,) = worst.read(table)
    assert len(line.operands) == 2
    assert worst.measure(*line.key, line.operands) == line


def test_an_input_of_another_instruction_set_is_tried_without_a_search(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    operands = (0.75,)
    listed = worst.measure("gelu", "value", "float32", "scalar", operands)
    worst.write(table, [dataclasses.replace(listed, isa="neon")])
    job = verify.Job("gelu", "value", "float32", ("scalar",))
    assert worst.update(table, [worst.nothing(job, "scalar")]) == 1
    assert worst.read(table)[1:] == [listed]


@pytest.mark.parametrize(
    "line", ["silu value float32 avx2 0.7", "silu value float32 avx2 0.7 x 1 1"]
)
def test_an_unreadable_line_is_named(line: str, tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    table.write_text(f"# a table\n{line}\n")
    with pytest.raises(ValueError, match=r"line 2: expected function form dtype"):
        worst.read(table)
