"""The command line: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import fastact as fa
from fastact import _ufuncs
from fastact.cli import exact, peers, verify
from fastact.cli.app import app
from fastact.cli.catalogue import ACTIVATIONS, choose_activations
from fastact.cli.study import Effort, Setting, Study, elements
from fastact.cli.timing import interleave

PEERS = "numpy,scipy"


def run(*arguments: object, code: int = 0) -> str:
    """Run a command in a wide terminal and return what it printed, errors included."""
    result = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A small study: what it printed, and the folder it wrote to."""
    out = tmp_path_factory.mktemp("study")
    options = ["--quick", "--functions", "relu,expit,prelu", "--forms", "value,grad,backward"]
    printed = run("study", *options, "--sizes", "1000", "--peers", PEERS, "--out", out)
    return printed, out


def test_importing_fastact_leaves_the_command_lines_packages_alone(tmp_path):
    code = (
        "import sys, fastact; print(*{'typer', 'rich', 'scipy', 'torch', 'jax'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert result.stdout.strip() == ""


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_main_says_what_to_install(missing, monkeypatch):
    from fastact.cli import main

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
    assert rows["leaky_relu"]["forms"]["grad_parameter"] == "leaky_relu_grad_negative_slope"
    assert "grad_parameter" not in rows["relu"]["forms"]
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
    assert "All 2 bounds kept" in printed
    results = json.loads(file.read_text())["results"]
    assert [r["form"] for r in results] == ["value", "grad"]
    assert all(
        r["passed"] and r["tally"]["tried"] == r["tally"]["correct"] == 65536 for r in results
    )


def test_verify_samples_on_every_isa(tmp_path):
    file = tmp_path / "verdicts.json"
    before = fa.isa()
    run("verify", "sigmoid", "--forms", "value", "--isa", "all", "--json", file)
    assert fa.isa() == before
    results = json.loads(file.read_text())["results"]
    assert [r["isa"] for r in results] == list(fa.available_isas())
    for result in results:
        assert 0.5 < result["tally"]["max_ulp"] <= result["bound"]
        assert float.fromhex(result["hex"]["worst_input"]) == result["tally"]["worst_input"]


def test_verify_float64_against_mpmath():
    assert "All 1 bounds kept" in run(
        "verify", "sigmoid", "--dtype", "float64", "--forms", "value", "--points", 100
    )


def test_verify_fails_where_a_bound_is_broken(monkeypatch):
    monkeypatch.setitem(verify.ACTIVATIONS["sigmoid"].bounds, "float32", (0.1, 0.1))
    printed = run("verify", "sigmoid", "--forms", "value", code=1)
    assert "BROKEN" in printed


def test_verify_keeps_what_is_done_when_interrupted(monkeypatch):
    def interrupted(work, *, finished, **_):
        finished(verify.Verdict("relu", "value", "float32", fa.isa(), 0.5))
        raise KeyboardInterrupt

    monkeypatch.setattr(verify, "verify", interrupted)
    assert "Interrupted" in run("verify", "relu", code=130)


def test_exhaustive_work_is_shared_among_processes(monkeypatch):
    two = [verify.Block(start, 1, 1000) for start in (0x3F000000, 0x40000000)]
    monkeypatch.setattr(verify, "blocks", lambda *_, **__: two)
    job = verify.Job("sigmoid", "value", "float32", (fa.isa(),))
    done, found = [], []
    verify.verify([job], exhaustive=True, report=lambda _, n: done.append(n), finished=found.append)
    assert sum(done) == 2
    assert [verdict.tally.tried for verdict in found] == [2000]
    assert found[0].passed


def test_exhaustive_blocks_hold_every_float32_once():
    blocks = verify.blocks("float32", exhaustive=True, points=0)
    assert sum(block.count for block in blocks) == 1 << 32
    last = blocks[-1].inputs(np.dtype(np.float32))
    assert last.view(np.uint32)[-1] == 0xFFFFFFFF
    assert [b.start for b in blocks[:2]] == [0, blocks[0].count]


def test_bfloat16_is_rounded_once():
    dtype = verify.dtype_of("bfloat16")
    # 1 + 2^-8 is halfway between two values, and 2^-40 more is lost in float32.
    wanted = np.array([1 + 2.0**-8, 1 + 2.0**-8 + 2.0**-40, 1 + 2.0**-8 - 2.0**-40])
    assert verify._round(wanted, dtype).astype(float).tolist() == [1.0, 1 + 2.0**-7, 1.0]


def test_exact_values_round_once_in_the_subnormal_range():
    x = np.array([-708.3999999999996, -745.0, 1.5])
    want = exact.evaluate("sigmoid", "value", x)
    assert (want.ulp_error(want.nearest) <= 0.5).all()
    assert (want.ulp_error(np.nextafter(want.nearest, 1)) >= 0.5).all()


# ---- study ----


def test_study_prints_every_function(study):
    printed, _ = study
    for text in ("relu", "sigmoid", "prelu", "numpy", "scipy", "1,000 elements", "max ulp"):
        assert text in printed
    assert "expit" not in printed


def test_study_writes_every_sample(study):
    _, out = study
    found = json.loads((out / "study.json").read_text())
    assert found["machine"]["versions"]["numpy"] == np.__version__
    assert found["peers"] == PEERS.split(",")
    counts = {1, fa.show_runtime()["default_threads"]}
    assert found["planned"] == len(found["cells"]) == 3 * 3 * len(counts)
    for cell in found["cells"]:
        timings = {timing["library"]: timing for timing in cell["timings"]}
        assert {"fastact", "fastact out=", "numpy.copyto", "fastact.identity out="} <= set(timings)
        assert all(second > 0 for t in timings.values() for second in t["samples"]["seconds"])
    assert max(a["max_ulp"] for a in found["accuracy"] if a["library"] == "fastact") < 2
    with (out / "study.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(cell["timings"]) for cell in found["cells"])
    assert {row["function"] for row in rows} == {"relu", "sigmoid", "prelu"}


def test_study_is_read_as_it_was_written(study, tmp_path):
    _, out = study
    read = Study.read(out / "study.json")
    again, _ = read.write(tmp_path)
    assert again.read_text() == (out / "study.json").read_text()
    cell = read.cells[0]
    assert cell.ratio("numpy") == pytest.approx(
        cell.timing("numpy").samples.minimum / cell.timing("fastact").samples.minimum
    )


def test_compare_with_itself_finds_no_difference(study):
    _, out = study
    printed = run("study", "--compare", out / "study.json", out / "study.json")
    assert "1.00x" in printed


def test_study_keeps_what_is_done_when_interrupted(tmp_path, monkeypatch):
    from fastact.cli import study as studies

    calls = []

    def measure_one(*arguments):
        calls.append(arguments)
        if len(calls) > 1:
            raise KeyboardInterrupt
        return measured(*arguments)

    measured = studies._measure_cell
    monkeypatch.setattr(studies, "_measure_cell", measure_one)
    options = ["--functions", "relu,tanh", "--forms", "value", "--threads", "1", "--sizes", "100"]
    printed = run("study", *options, "--peers", "none", "--out", tmp_path, code=130)
    assert "Interrupted" in printed
    found = Study.read(tmp_path / "study.json")
    assert found.interrupted
    assert [cell.setting.function for cell in found.cells] == ["relu"]


def test_quick_study_stops_at_its_deadline(tmp_path, monkeypatch):
    monkeypatch.setattr(Effort, "quick", classmethod(lambda cls, started: cls(deadline=started)))
    printed = run("study", "--quick", "--functions", "relu", "--peers", "none", "--out", tmp_path)
    assert "Out of time" in printed


def test_a_peer_that_cannot_be_imported_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    monkeypatch.setattr(peers, "installed", lambda: {"scipy": "1"})
    assert peers.load(None) == ([], ["scipy needs scipy.special, which is not installed"])
    with pytest.raises(ValueError, match=r"needs scipy\.special"):
        peers.load(["scipy"])


def test_sizes():
    assert elements("cache", "float32") == 65536
    assert elements("memory", "float32") == 32_000_000
    assert elements("memory", "float64") == 16_000_000
    assert elements("512KB", "float64") == 64_000
    assert Setting("relu", "value", "float64", 1000, 1).bytes == 8000


def test_calls_are_sampled_in_turn():
    seen = []
    measured = interleave(
        {name: lambda name=name: seen.append(name) for name in "ab"}, seconds=0, least=3, most=3
    )
    assert all(len(samples.seconds) == 3 for samples in measured.values())
    assert all(samples.minimum <= samples.median for samples in measured.values())
    order = [name for name, before in zip(seen, ["", *seen], strict=False) if name != before]
    assert order == ["a", "b"] * 4  # the warm-up, and three rounds


# ---- errors ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["list", "gleu"], ["unknown function", "leaky_relu"]),
        (["verify", "sigmoi"], ["Did you mean 'sigmoid'?", "hard_swish"]),
        (["verify", "relu", "--dtype", "float8"], ["unknown dtype", "bfloat16"]),
        (["verify", "relu", "--isa", "mmx"], ["unknown instruction set", "scalar"]),
        (["study", "--ops", "rellu"], ["Did you mean 'relu'?"]),
        (["study", "--forms", "backwards"], ["Did you mean 'backward'?", "grad"]),
        (["study", "--dtypes", "float16"], ["unknown dtype", "float64"]),
        (["study", "--peers", "tensorflow"], ["unknown peer", "onnxruntime"]),
        (["study", "--peers", "numpy,sicpy"], ["Did you mean 'scipy'?"]),
        (["study", "--sizes", "big"], ["cannot read the size 'big'", "memory"]),
        (["study", "--threads", "0"], ["'0' is neither a number"]),
        (["study", "--compare", "no.json", "no.json"], ["No such file"]),
    ],
)
def test_bad_names_give_an_error_with_the_good_ones(arguments, words):
    printed = " ".join(run(*arguments, code=2).replace("│", " ").split())
    assert all(word in printed for word in words), printed


def test_every_alias_is_a_name():
    assert [row.name for row in choose_activations(["hardswish", "hard_silu"])] == ["hard_swish"]
