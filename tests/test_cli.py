"""The command line: what it prints, writes and refuses."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

import fastact as fa
from fastact import _ufuncs
from fastact.cli import exact, reference, verify
from fastact.cli.app import app
from fastact.cli.catalogue import ACTIVATIONS, choose_activations


def run(*arguments: object, code: int = 0) -> str:
    """Run a command in a wide terminal and return what it printed, errors included."""
    result = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("missing", ["typer", "rich.console", "psutil"])
def test_main_says_what_to_install(missing, monkeypatch):
    from fastact.cli import main

    for module in [name for name in sys.modules if name.startswith("fastact.cli.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(SystemExit, match=r'pip install "fastact\[cli\]"'):
        main()


# ---- list and info ----


def test_list_shows_every_function():
    printed = run("list")
    assert all(name in printed for name in ACTIVATIONS)
    assert "negative_slope=0.01" in printed
    assert "yes, backward too" in printed


def test_list_as_json_is_the_table():
    rows = {row["name"]: row for row in json.loads(run("list", "--json"))}
    assert list(rows) == list(_ufuncs.ACTIVATIONS)
    assert rows["leaky_relu"]["parameters"] == {"negative_slope": 0.01}
    assert rows["prelu"]["forms"]["grad_a"] == "prelu_grad_a"
    assert "grad_a" not in rows["relu"]["forms"]
    assert all(name in _ufuncs.UFUNCS for row in rows.values() for name in row["forms"].values())


def test_info():
    printed = run("info")
    assert fa.isa() in printed
    assert np.__version__ in printed
    found = json.loads(run("info", "--json"))
    assert found["runtime"]["isa"] == fa.isa()
    assert found["machine"]["usable_cpus"] >= 1


# ---- verify ----


def test_verify_tries_all_float16_inputs(tmp_path):
    file = tmp_path / "verdicts.json"
    printed = run("verify", "relu", "--dtype", "float16", "--json", file)
    assert "All 4 bounds kept" in printed
    results = json.loads(file.read_text())["results"]
    assert [r["form"] for r in results] == ["value", "grad", "backward", "backward_from_output"]
    assert all(
        r["passed"] and r["tally"]["tried"] == r["tally"]["correct"] == 65536 for r in results
    )


@pytest.mark.parametrize("form", ["value", "backward", "grad_grad"])
def test_verify_samples_on_every_isa(form, tmp_path):
    file = tmp_path / "verdicts.json"
    before = fa.isa()
    run("verify", "sigmoid", "--forms", form, "--isa", "all", "--json", file)
    assert fa.isa() == before
    results = json.loads(file.read_text())["results"]
    assert [r["isa"] for r in results] == list(fa.available_isas())
    for result in results:
        assert 0.5 < result["tally"]["max_ulp"] <= result["bound"]
        assert float.fromhex(result["hex"]["worst_input"]) == result["tally"]["worst_input"]


def test_verify_float64_against_mpmath():
    assert "All 2 bounds kept" in run(
        *("verify", "swish", "--dtype", "float64", "--forms", "value,backward", "--points", 100)
    )


def test_verify_fails_where_a_bound_is_broken(monkeypatch):
    monkeypatch.setitem(verify.ACTIVATIONS["sigmoid"].ulp, "float32", (0.1, 0.1))
    printed = run("verify", "sigmoid", "--forms", "value", code=1)
    assert "BROKEN" in printed


def test_verify_keeps_what_is_done_when_interrupted(monkeypatch):
    def interrupted(work, *, finished, **_):
        finished(verify.Verdict("relu", "value", "float32", fa.isa(), 0.5))
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "verify", interrupted)
    assert "Interrupted" in run("verify", "relu", code=130)


def test_exhaustive_work_is_shared_among_processes(monkeypatch):
    two = [range(start, start + 1000) for start in (0x3F000000, 0x40000000)]
    monkeypatch.setattr(verify, "blocks", lambda *_, **__: two)
    job = verify.Job("sigmoid", "value", "float32", (fa.isa(),))
    done, found = [], []
    verify.verify([job], exhaustive=True, report=lambda _, n: done.append(n), finished=found.append)
    assert sum(done) == 2
    assert [verdict.tally.tried for verdict in found] == [2000]
    assert found[0].passed


def test_exhaustive_blocks_hold_every_float32_once():
    blocks = verify.blocks("float32", exhaustive=True, points=0)
    assert sum(map(len, blocks)) == 1 << 32
    last = verify.inputs(blocks[-1], np.dtype(np.float32))
    assert last.view(np.uint32)[-1] == 0xFFFFFFFF
    assert [b.start for b in blocks[:2]] == [0, len(blocks[0])]


def test_bfloat16_is_rounded_once():
    dtype = verify.dtype_of("bfloat16")
    # 1 + 2^-8 is halfway between two values, and 2^-40 more is lost in float32.
    wanted = np.array([1 + 2.0**-8, 1 + 2.0**-8 + 2.0**-40, 1 + 2.0**-8 - 2.0**-40])
    assert reference.round_to(wanted, dtype).astype(float).tolist() == [1.0, 1 + 2.0**-7, 1.0]


def test_exact_values_round_once_in_the_subnormal_range():
    x = np.array([-708.3999999999996, -745.0, 1.5])
    want = exact.evaluate("sigmoid", "value", x)
    assert (want.ulp_error(want.nearest) <= 0.5).all()
    assert (want.ulp_error(np.nextafter(want.nearest, 1)) >= 0.5).all()


# ---- errors ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "gleu"], ["unknown function", "leaky_relu"]),
        (["verify", "sigmoi"], ["Did you mean 'sigmoid'?", "hard_swish"]),
        (["verify", "relu", "--dtype", "float8"], ["unknown dtype", "bfloat16"]),
        (["verify", "relu", "--isa", "mmx"], ["unknown instruction set", "scalar"]),
    ],
)
def test_bad_names_give_an_error_with_the_good_ones(arguments, words):
    printed = " ".join(run(*arguments, code=2).replace("│", " ").split())
    assert all(word in printed for word in words), printed


def test_every_alias_is_a_name():
    assert [row.name for row in choose_activations(["hardswish", "hard_silu"])] == ["hard_swish"]
