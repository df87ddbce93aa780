"""The benchmark study: its cells, its files, its plots, and what it refuses."""

from __future__ import annotations

import csv
import importlib.util
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import psutil
import pytest
from cases import outputs
from typer.testing import CliRunner

import fastact as fa
from fastact.cli import machine
from fastact.cli.app import app
from fastact.cli.catalogue import ACTIVATIONS, choose_activations
from fastact.cli.machine import Machine, Meter
from fastact.cli.study import (
    bench,
    files,
    layouts,
    measuring,
    page,
    peers,
    plan,
    plots,
    tables,
    timing,
)
from fastact.cli.study.peers.base import Operation
from fastact.cli.study.results import CONTIGUOUS, REUSED, STREAM, Cell, Setting, Study, Timing
from fastact.cli.study.styles import COLOURS, STYLES
from fastact.cli.study.timing import Sampler, Samples, interleave
from fastact.cli.text import byte_count, bytes_text

PEERS = "numpy,scipy"
ROOT = Path(__file__).resolve().parent.parent


def run(*arguments: object, code: int = 0) -> str:
    """Run a command in a wide terminal and return what it printed, errors included."""
    result = CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160"})
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module", autouse=True)
def hasty():
    """Take few samples: what is tested is not how long anything takes."""

    def few(samplers, *, seconds, least, most):
        return interleave(samplers, seconds=0, least=min(least, 3), most=3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measuring, "interleave", few)
        patch.setattr(machine, "cpu_facts", lambda: {"brand_raw": "A processor"})
        yield


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A small study: what it printed, and the folder it wrote to."""
    out = tmp_path_factory.mktemp("study")
    options = ["--functions", "relu,expit,prelu", "--forms", "value,backward"]
    options += ["--sizes", "1000", "--layouts", "contiguous,strided", "--threads", "1"]
    printed = run("study", *options, "--peers", PEERS, "--out", out)
    return printed, out


@pytest.fixture(scope="module")
def full(study: tuple[str, Path]) -> Study:
    """The same study with sweeps as a whole one has, of made-up samples."""
    read = files.read(study[1] / "study.json")

    def cell(part: str, setting: Setting) -> Cell:
        names = ["fastact", REUSED, STREAM, "numpy.copyto", *read.peers]
        timings = [
            Timing(name, setting.threads, True, Samples(1, [1e-9 * setting.elements * k] * 3, 1.0))
            for k, name in enumerate(names, 1)
        ]
        return Cell(setting, part, 2 * setting.bytes, timings)

    row = Setting("sigmoid", "value", "float32", 1 << 20, 1)
    cells = [cell("sizes", replace(row, elements=1 << k)) for k in range(10, 25, 2)]
    cells += [cell("threads", replace(row, threads=n)) for n in (1, 2, 4)]
    cells += [cell("layouts", replace(row, layout=name)) for name in layouts.LAYOUTS]
    contiguous = [cell for cell in read.cells if cell.setting.layout == CONTIGUOUS]
    return replace(read, cells=[*contiguous, *cells])


@pytest.fixture
def no_page(monkeypatch):
    """Spare the plots where they do not matter."""
    monkeypatch.setattr(files, "page", lambda _: "")


# ---- what it prints and writes ----


def test_it_prints_every_function(study):
    printed, _ = study
    for text in ("relu", "sigmoid", "prelu", "numpy", "scipy", "1,000 elements", "max ulp"):
        assert text in printed
    assert "expit" not in printed


def test_json_has_every_sample(study):
    _, out = study
    found = json.loads((out / "study.json").read_text())
    assert found["schema"] == files.SCHEMA
    assert set(found["machine"]) >= {"cpu", "caches", "isa", "load_average", "environment"}
    assert found["machine"]["versions"]["numpy"] == np.__version__
    assert found["peers"] == PEERS.split(",")
    assert found["started"].endswith("+00:00")
    assert found["planned"] == len(found["cells"]) == 3 * 2 * 2
    for cell in found["cells"]:
        timings = {timing["library"]: timing for timing in cell["timings"]}
        assert {"fastact", "fastact out=", "numpy.copyto", "fastact.identity out="} <= set(timings)
        assert all(second > 0 for t in timings.values() for second in t["samples"]["seconds"])
        assert all(len(t["samples"]["seconds"]) >= 2 for t in timings.values())
    assert max(a["max_ulp"] for a in found["accuracy"] if a["library"] == "fastact") <= 1


def test_csv_has_a_row_for_each_library_in_each_cell(study):
    _, out = study
    found = json.loads((out / "study.json").read_text())
    with (out / "study.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(cell["timings"]) for cell in found["cells"])
    assert {row["function"] for row in rows} == {"relu", "sigmoid", "prelu"}
    assert {row["layout"] for row in rows} == {"contiguous", "strided"}
    assert all(
        float(row["min_ns_per_element"]) <= float(row["median_ns_per_element"]) for row in rows
    )


def test_it_is_read_as_it_was_written(study, tmp_path, no_page):
    _, out = study
    read = files.read(out / "study.json")
    again, *_ = files.write(read, tmp_path)
    assert again.read_text() == (out / "study.json").read_text()
    cell = read.cells[0]
    assert cell.ratio("numpy") == pytest.approx(
        cell.timing("numpy").samples.minimum / cell.timing("fastact").samples.minimum
    )


def test_an_infinite_error_survives_json(study, tmp_path, no_page):
    read = files.read(study[1] / "study.json")
    read.accuracy[0] = replace(read.accuracy[0], max_ulp=float("inf"))
    path, *_ = files.write(read, tmp_path)
    assert "Infinity" not in path.read_text()
    assert files.read(path).accuracy[0].max_ulp == float("inf")


def test_nothing_half_written_is_left(study, tmp_path, monkeypatch, no_page):
    read = files.read(study[1] / "study.json")
    files.write(read, tmp_path)
    before = (tmp_path / "study.json").read_bytes()

    def broken(descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="no space"):
        files.write(read, tmp_path)
    assert (tmp_path / "study.json").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["study.csv", "study.html", "study.json"]


def test_a_study_is_shown_again(study, tmp_path, no_page):
    printed, out = study
    shown = run("study", "--show", out / "study.json")
    assert shown in printed  # which tells of the files as well
    assert "Written" not in shown
    assert "Written" in run("study", "--show", out / "study.json", "--out", tmp_path)
    for name in ("study.json", "study.csv"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


# ---- the page ----


@pytest.fixture(scope="module")
def shown(full):
    """The page of the whole study."""
    return page.page(full)


class _Page(HTMLParser):
    """Checks that tags are closed in order, and collects what a browser would load."""

    VOID = frozenset({"meta", "br", "line", "path"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.loads += [v for k, v in attrs if k in {"src", "href", "srcset", "data", "xlink:href"}]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_stands_alone_and_is_well_formed(shown):
    text = shown
    parser = _Page()
    parser.feed(text)
    assert parser.open == []
    assert all(name.startswith("#") for name in parser.loads)
    assert not {"link", "img", "iframe", "object"} & set(parser.seen)
    assert parser.seen.count("script") == 1
    assert "@import" not in text
    assert set(re.findall(r"url\((.)", text)) <= {"#"}
    # The only address is the name of the SVG namespace, which nothing loads.
    assert set(re.findall(r"https?://[^\"<\s]*", text)) == {"http://www.w3.org/2000/svg"}
    drawings = re.findall(r"<svg.*?</svg>", text, re.DOTALL)
    assert len(drawings) >= 5
    for drawing in drawings:
        ElementTree.fromstring(drawing)


def test_page_has_the_five_plots(full, shown):
    for title in (
        "Nanoseconds per element",
        "Throughput against size",
        "Speed-up against threads",
        "Largest error of each function",
        "Time against largest error",
    ):
        assert f"<title>{title}" in shown, title
    assert "streaming limit" in shown
    for cache in full.machine.caches:
        if 1 << 12 < cache.bytes < 1 << 26:
            assert f">L{cache.level}</text>" in shown
    assert "Not measured" not in shown


def test_colours_are_variables_for_light_and_dark(shown):
    _, sheet, body = re.split(r"</?style>", shown, maxsplit=2)
    for name, (light, dark) in COLOURS.items():
        assert sheet.count(f"--{name}: {light};") == sheet.count(f"--{name}: {dark};") == 1
    assert not re.search(r"#[0-9a-f]{6}\b", body)
    assert {f"var(--{name})" for name in ("ink", "grid", "fastact", "numpy")} <= set(
        re.findall(r"var\(--\w+\)", body)
    )


def test_points_tell_their_values(full, shown):
    cell = next(cell for cell in full.cells if cell.part == "layouts")
    assert f">sigmoid contiguous, NumPy: {cell.nanoseconds('numpy'):.3f} ns</" in shown


def test_speed_and_error_are_in_one_table_that_sorts(full, shown):
    heads, rows = page._speed_and_error(full)
    columns = [name for _, names in heads for name in names]
    assert [name for name, _ in heads if name] == ["ns per element", "largest error, ulp"]
    assert columns.count("NumPy") == 2
    cells = [cell for cell in full.cells if cell.part == "functions"]
    assert len(rows) == len(cells)
    for cell, row in zip(cells, rows, strict=True):
        assert len(row) == len(columns)
        first = columns.index("fastact")
        assert row[first][1] == cell.nanoseconds("fastact")
        last = len(columns) - len(full.libraries)
        assert row[last][1] == full.error(cell.setting, "fastact")
    assert all(f'data-value="{value}"' in shown for row in rows for _, value in row)
    assert shown.count("<button>") >= len(columns)


def test_page_says_which_options_a_missing_plot_takes(study):
    text = (study[1] / "study.html").read_text()
    assert "Not measured: this plot takes at least three --sizes" in text


def test_page_escapes_what_the_machine_says(full):
    strange = replace(full.machine, cpu="<b>&", environment={"OMP_X": "<script>"})
    held = {"numpy": "by A=<i>"}
    text = page.page(replace(full, machine=strange, cells=[], accuracy=[], held=held))
    assert "<dt>NumPy</dt><dd>by A=&lt;i&gt;</dd>" in text
    assert "&lt;b&gt;&amp;" in text
    assert "<script>," not in text
    assert text.count("<script") == 1


def test_series_differ_in_colour_marker_and_dash():
    for a, b in itertools.combinations(STYLES.values(), 2):
        assert a.dashes != b.dashes
        if {a.label, b.label} == {"fastact", "fastact, out="}:
            assert a.hollow != b.hollow
        else:
            assert a.marker != b.marker
            assert all(x != y for x, y in zip(COLOURS[a.colour], COLOURS[b.colour], strict=True))
    assert set(STYLES) == {"fastact", REUSED, *peers.PEERS}


def test_axes_have_round_numbers(full):
    (panel,) = plots.sizes(full).axes
    assert [label.get_text() for label in panel.get_xticklabels()] == [
        *("4 KiB", "32 KiB", "256 KiB", "2 MiB", "16 MiB")
    ]
    cells = [cell for cell in full.cells if cell.part == "layouts"]
    (axes,) = plots.functions(cells, full.libraries).axes
    low, high = axes.get_xlim()
    ticks = [tick for tick in axes.get_xticks() if low <= tick <= high]
    assert ticks == pytest.approx([1, 2, 5, 10][: len(ticks)])
    assert len(ticks) >= 3


def test_marks_of_equal_values_are_moved_apart():
    moves = plots._fanned({"a": 1, "b": 2, "c": 50})
    assert moves["a"] != moves["b"]
    assert moves["c"] == 0


def test_names_stand_in_the_order_of_the_ends(full):
    (panel,) = plots.sizes(full).axes
    names = [text.get_text() for text in panel.get_legend().get_texts()]
    assert set(names) == {"fastact", "fastact, out=", "NumPy", "SciPy", "streaming limit"}
    assert names.index("fastact") < names.index("NumPy") < names.index("SciPy")


def test_readme_and_page_get_their_tables_and_charts(study, tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location(
        "make_benchmark", ROOT / "docs" / "make_benchmark.py"
    )
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    readme, page = tmp_path / "README.md", tmp_path / "performance.md"
    section = f"benchmark {files.read(study[1] / 'study.json').machine.isa}"
    for path, name in ((readme, "benchmark"), (page, section)):
        begin, end = script.BEGIN.format(name), script.END.format(name)
        path.write_text(f"before\n{begin}\nold\n{end}\nafter\n")
    for name, path in (("README", readme), ("PAGE", page), ("CHARTS", tmp_path)):
        monkeypatch.setattr(script, name, path)
    script.main(study[1] / "study.json", readme=True)
    for path in (readme, page):
        text = path.read_text()
        assert text.startswith("before\n<!-- ")
        assert text.endswith(" -->\nafter\n")
        assert "old" not in text
        assert re.search(r"^\| `sigmoid` \|( [*\d.]+ \|)+$", text, re.MULTILINE)
    for shade in ("light", "dark"):
        ElementTree.parse(tmp_path / f"benchmark-{shade}.svg")


# ---- comparison ----


def test_compare_with_itself_finds_no_difference(study):
    _, out = study
    printed = run("study", "--compare", out / "study.json", out / "study.json")
    assert "1.00x" in printed


def test_compare_says_what_differs_between_machines(study, tmp_path, no_page):
    _, out = study
    other = files.read(out / "study.json")
    other.machine = replace(other.machine, cpu="An abacus", isa="abacus")
    path, *_ = files.write(other, tmp_path)
    printed = run("study", "--compare", out / "study.json", path, code=1)
    assert "Not the same machine" in printed
    assert "An abacus" in printed
    assert "isa: " in printed
    assert tables.differences(other, other) == []


def test_compare_of_studies_without_a_common_cell(study, tmp_path, no_page):
    _, out = study
    other = replace(files.read(out / "study.json"), cells=[])
    path, *_ = files.write(other, tmp_path)
    assert "no measurement in common" in run("study", "--compare", out / "study.json", path, code=1)


# ---- ending early ----


def test_it_keeps_what_is_done_when_interrupted(tmp_path, monkeypatch):
    calls = []

    def measure_one(*arguments):
        calls.append(arguments)
        if len(calls) > 1:
            signal.raise_signal(signal.SIGINT)
        return measured(*arguments)

    measured = measuring._measure
    monkeypatch.setattr(measuring, "_measure", measure_one)
    options = ["--functions", "relu,tanh", "--forms", "value", "--threads", "1", "--sizes", "100"]
    # Whoever started the tests may ignore the signal, as a shell does for what runs behind it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        printed = run("study", *options, "--peers", "none", "--out", tmp_path, code=130)
    finally:
        signal.signal(signal.SIGINT, before)
    assert "Interrupted" in printed
    found = files.read(tmp_path / "study.json")
    assert found.interrupted
    assert [cell.setting.function for cell in found.cells] == ["relu"]
    assert "Interrupted:" in (tmp_path / "study.html").read_text()


def test_quick_study_stops_at_its_deadline(tmp_path, monkeypatch):
    monkeypatch.setattr(
        measuring.Effort, "quick", classmethod(lambda cls, started: cls(deadline=started))
    )
    printed = run("study", "--quick", "--functions", "relu", "--peers", "none", "--out", tmp_path)
    assert "Out of time" in printed
    assert "Out of time:" in (tmp_path / "study.html").read_text()


def test_each_part_has_its_share_of_the_time():
    rows = choose_activations(["relu"])
    parts = plan.product(rows, ["value"], ["float32"], ["100", "200"], [1], ["contiguous"])
    now = time.perf_counter()
    effort = measuring.Effort(deadline=now + 10)
    assert effort.part(parts).deadline == pytest.approx(now + 5, abs=0.1)
    assert effort.part(parts[1:]).deadline == pytest.approx(now + 10, abs=0.1)
    assert measuring.Effort(deadline=now - 1).budget(parts[0].settings) is None
    assert measuring.Effort().budget(parts[0].settings) == pytest.approx(measuring.Effort.seconds)


# ---- the plan ----


def test_a_study_has_every_function_and_every_sweep():
    rows = plan.measurable(list(ACTIVATIONS.values()))
    names = {row.name for row in rows}
    for quick in (False, True):
        parts = plan.study(rows, ["value", "backward"], ["float32"], 4, quick=quick)
        by_name = {part.name: part for part in parts}
        assert set(by_name) == {"functions", "sizes", "threads"} | (set() if quick else {"layouts"})
        functions = [s for part in parts if part.name == "functions" for s in part.settings]
        assert {s.function for s in functions} == names
        assert {s.threads for s in by_name["threads"].settings} == {1, 2, 4}
        assert len({s.elements for s in by_name["sizes"].settings}) >= 5
        if not quick:
            assert {s.layout for s in by_name["layouts"].settings} == set(layouts.LAYOUTS)


@pytest.mark.parametrize("quick", [False, True])
def test_the_sweep_of_sizes_goes_beyond_the_caches(quick):
    rows = choose_activations(["relu"])
    for cache in (1 << 20, 1 << 28):
        parts = plan.study(rows, ["value"], ["float32"], 2, quick=quick, cache_bytes=cache)
        sizes = [s.bytes for part in parts if part.name == "sizes" for s in part.settings]
        assert max(sizes) >= 2 * cache
        assert min(sizes) <= 1 << 12
        assert len(set(sizes)) == len(sizes)


def test_sizes():
    assert plan.elements("cache", "float32") == 65536
    assert plan.elements("memory", "float32") == 32_000_000
    assert plan.elements("memory", "float64") == 16_000_000
    assert plan.elements("512KB", "float64") == 64_000
    assert plan.elements("1.5 MiB", "float32") == 393_216
    assert [byte_count(text) for text in ("7", "8MB", "0.5 kb")] == [7, 8_000_000, 500]
    assert [bytes_text(n) for n in (7, 4096, 1 << 21, 128_000_000)] == [
        *("7 B", "4 KiB", "2 MiB", "128 MB")
    ]
    assert Setting("relu", "value", "float64", 1000, 1).bytes == 8000


@pytest.mark.parametrize("count", [1, 7, 1000, 1 << 12])
@pytest.mark.parametrize("layout", layouts.LAYOUTS)
def test_layouts_have_the_elements_asked_for(layout, count):
    x, g, target = layouts.Data(0).get("float32", count, layout)
    assert x.size == g.size == target.size == count
    assert x.shape == g.shape == target.shape
    if count > 1000:
        assert x.flags.c_contiguous == (layout == "contiguous")
    assert np.isfinite(x).all()


def test_the_seed_decides_the_inputs():
    first, again, other = (layouts.Data(s).get("float64", 100, "strided")[0] for s in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_calls_are_sampled_in_turn():
    seen = []
    measured = interleave(
        {name: Sampler(lambda name=name: seen.append(name)) for name in "ab"},
        seconds=0,
        least=3,
        most=3,
    )
    assert all(len(samples.seconds) == 3 for samples in measured.values())
    assert all(samples.minimum <= samples.median for samples in measured.values())
    order = [name for name, before in zip(seen, ["", *seen], strict=False) if name != before]
    assert order == ["a", "b"] * 4  # the warm-up, and three rounds


def test_a_slow_call_does_not_cost_a_fast_one_its_samples(monkeypatch):
    monkeypatch.setattr(timing, "_SETTLE_SECONDS", 0)
    calls = {"slow": Sampler(lambda: time.sleep(0.06)), "fast": Sampler(lambda: None)}
    measured = interleave(calls, seconds=0.3, least=2, most=20)
    assert len(measured["slow"].seconds) < 6 < len(measured["fast"].seconds)


# ---- peers ----


@pytest.mark.parametrize("name", peers.PEERS)
def test_every_expression_of_a_peer_is_the_function(name):
    """An expression in the wrong row would be fast and wrong."""
    found, _ = peers.load([name], required=False)
    if not found:
        pytest.skip(f"{name} is not installed")
    x = np.linspace(-4.003, 4.001, 801, dtype=np.float32)  # at no kink, where opinions differ
    g = np.linspace(1, 2, 801, dtype=np.float32)
    computed = 0
    for row in plan.measurable(list(ACTIVATIONS.values())):
        for form, operands in (("value", (x,)), ("backward", (g, x))):
            call = found[0].prepare(Operation(row, form, x, g), 1)
            if call is None:
                continue
            wanted, given = outputs(row.ufunc(form)(*operands)), call()
            # Gradients by parameters, summed, behind that by x.
            results = given if isinstance(given, tuple) else (given,)
            expected = [wanted[0], *(np.sum(y, dtype=float) for y in wanted[1:])]
            for got, right in zip(map(np.asarray, results), expected, strict=True):
                assert got.dtype == np.float32, (row.name, form)
                np.testing.assert_allclose(
                    got, right, rtol=2e-5, atol=2e-6, err_msg=f"{row.name} {form}"
                )
            computed += 1
    assert computed >= 8


def test_a_peer_that_cannot_be_imported_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    monkeypatch.setattr(peers, "installed", lambda: {"scipy": "1"})
    reason = "scipy needs scipy.special, which is not installed"
    assert peers.load(["scipy", "torch"], required=False) == ([], [reason])
    with pytest.raises(ValueError, match=r"needs scipy\.special.*pip install scipy"):
        peers.load(["scipy"], required=True)


def test_a_study_without_peers_has_fastact_and_the_copies(tmp_path, monkeypatch):
    monkeypatch.setattr(peers, "installed", dict)
    options = ["--functions", "relu", "--forms", "value", "--sizes", "100", "--threads", "1"]
    run("study", *options, "--out", tmp_path)
    found = files.read(tmp_path / "study.json")
    assert found.peers == []
    assert [t.library for t in found.cells[0].timings][-1] == "fastact"


# ---- held to an instruction set ----


def test_a_study_held_to_an_instruction_set(tmp_path, monkeypatch, no_page):
    """The peer is in a process of its own, whose environment holds it."""
    before, environments = fa.isa(), []
    measured, variables = measuring.measure, {**bench.hold("scalar", "numpy"), "FASTACT_TRIED": "1"}

    def watched(*arguments):
        environments.extend(child.environ() for child in psutil.Process().children())
        measured(*arguments)

    monkeypatch.setattr(measuring, "measure", watched)
    monkeypatch.setattr(bench, "hold", lambda isa, peer: variables)
    options = ["--functions", "tanh", "--forms", "value,grad", "--sizes", "100", "--threads", "1"]
    try:
        printed = run("study", *options, "--isa", "scalar", "--peers", "numpy", "--out", tmp_path)
    finally:
        fa.use_isa(before)
    assert any(variables.items() <= environment.items() for environment in environments)
    assert "FASTACT_TRIED" not in os.environ
    children = [" ".join(child.cmdline()) for child in psutil.Process().children()]
    assert not any("spawn_main" in command for command in children)
    assert "numpy, limited to scalar: " in " ".join(printed.split())
    found = files.read(tmp_path / "study.json")
    assert found.machine.isa == "scalar"
    assert found.held == {"numpy": bench.held("scalar", "numpy")}
    value, grad = found.cells
    assert len(value.timing("numpy").samples.seconds) >= 3
    assert grad.timing("numpy") is None
    assert found.error(value.setting, "numpy") < 4


def test_what_holds_a_peer_is_said(monkeypatch):
    assert "ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2" in bench.held("avx2", "torch")
    assert bench.held("avx2", "jax") == "XLA_FLAGS=--xla_cpu_max_isa=AVX2"
    monkeypatch.setattr(bench, "cpu_facts", lambda: {"flags": ["avx2"]})
    assert "nothing wider" in bench.held("avx2", "onnxruntime")


def test_a_peer_that_cannot_be_held_is_left_out(monkeypatch):
    monkeypatch.setattr(bench, "cpu_facts", lambda: {"flags": ["avx2", "avx512f"]})
    with ExitStack() as stack:
        found, missing = bench.benches(stack, ["onnxruntime"], 0, "avx2", required=True)
    assert found == {}
    assert missing == ["onnxruntime cannot be held to avx2, and would use what the CPU has"]


# ---- the machine ----


def test_a_busy_machine_is_said_before_and_after(tmp_path, monkeypatch):
    monkeypatch.setattr(psutil, "getloadavg", lambda: (99.0, 9.0, 9.0))
    monkeypatch.setattr(Meter, "others", lambda self: 0.5)
    options = ["--functions", "relu", "--forms", "value", "--sizes", "100", "--threads", "1"]
    printed = run("study", *options, "--peers", "none", "--out", tmp_path)
    first, _, rest = printed.partition("max ulp")
    assert "The machine is busy: load average 99.0" in first
    assert "other processes took 50%" in rest
    assert "other processes took 50%" in (tmp_path / "study.html").read_text()


def test_a_quiet_machine_is_not_complained_of():
    quiet = replace(Machine.here(), load_average=0.0, cpus=4, usable_cpus=4)
    assert quiet.notices == []
    assert Study(quiet, "", 0, [], taken_by_others=0.01).warnings == []
    assert "may use 2 of 4" in replace(quiet, usable_cpus=2).notices[0]


@pytest.mark.parametrize(
    ("own", "share"), [(0.0, 0.75), (1.0, 0.5), (3.0, 0.0), (3.01, 0.0)], ids=str
)
def test_other_processes_are_told_from_our_own(own, share, monkeypatch):
    # Seconds busy and in all, of the CPUs together, and our own.
    readings = iter([(10.0, 40.0, 2.0), (13.0, 44.0, 2.0 + own)])
    monkeypatch.setattr(Meter, "_read", staticmethod(lambda: next(readings)))
    assert Meter().others() == share


def test_children_are_told_from_other_processes():
    spin = "import time; end = time.perf_counter() + 60\nwhile time.perf_counter() < end: pass"
    own, deadline = 0.0, time.perf_counter() + 30
    with subprocess.Popen([sys.executable, "-c", spin]) as child:
        before = Meter._read()
        while own < 0.05 and time.perf_counter() < deadline:
            time.sleep(0.05)
            busy, total, own = (b - a for a, b in zip(before, Meter._read(), strict=True))
        child.kill()
    assert own >= 0.05  # the child's, as this process only slept
    assert 0 < busy <= total * 1.001


# ---- errors ----


def test_help_tells_every_option_and_its_default():
    printed = " ".join(run("study", "--help").replace("│", " ").split())
    for option in ("forms", "dtypes", "sizes", "threads", "layouts", "peers", "quick", "seed"):
        assert f"--{option}" in printed
    assert "[default: value,backward]" in printed
    assert all(name in printed for name in [*peers.PEERS, *layouts.LAYOUTS])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--ops", "rellu"], ["Did you mean 'relu'?"]),
        (["--forms", "backwards"], ["Did you mean 'backward'?", "grad"]),
        (["--dtypes", "float16"], ["unknown dtype", "float64"]),
        (["--peers", "tensorflow"], ["unknown peer", "onnxruntime", "numba"]),
        (["--peers", "numpy,sicpy"], ["Did you mean 'scipy'?"]),
        (["--layouts", "transpose"], ["Did you mean 'transposed'?", "strided"]),
        (["--sizes", "big"], ["cannot read the size 'big'", "memory"]),
        (["--threads", "0"], ["'0' is neither a number"]),
        (["--isa", "sse"], ["unknown instruction set 'sse'", "avx2"]),
        (["--isa", "avx2,scalar"], ["give one instruction set"]),
        (["--show", "no.json"], ["No such file"]),
        (["--out", __file__], ["exists and is not a folder"]),
        (["--compare", "no.json", "no.json"], ["No such file"]),
        (["--compare", __file__, __file__], ["is not a study"]),
    ],
)
def test_bad_options_give_an_error_with_the_good_ones(arguments, words):
    printed = " ".join(run("study", *arguments, code=2).replace("│", " ").split())
    assert all(word in printed for word in words), printed


def test_a_study_of_another_schema_is_refused(study, tmp_path):
    found = json.loads((study[1] / "study.json").read_text())
    path = tmp_path / "old.json"
    path.write_text(json.dumps({**found, "schema": 1}))
    with pytest.raises(ValueError, match="its schema is 1, and this version reads 3"):
        files.read(path)
