"""Write the figures of speed, from a study.

python docs/make_benchmark.py study.json             writes the section of docs/performance.md that
                                                     belongs to the instruction set of the study
python docs/make_benchmark.py study.json --readme    also the README's short table and its charts
"""

import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from statistics import geometric_mean

from fastact.cli.study import files
from fastact.cli.study.results import CONTIGUOUS, REUSED, Cell, Study
from fastact.cli.study.styles import COLOURS, STYLES

DOCS = Path(__file__).parent
README = DOCS.parent / "README.md"
PAGE = DOCS / "performance.md"
CHARTS = DOCS
BEGIN, END = "<!-- {}:begin -->", "<!-- {}:end -->"

ISAS = {"avx512": "AVX-512", "avx2": "AVX2", "neon": "NEON", "scalar": "plain C"}
SHORT = (
    *("relu", "hard_swish", "sigmoid", "silu", "tanh"),
    *("gelu", "gelu_tanh", "elu", "softplus", "mish"),
)


DRAWN = ("fastact", "torch", "jax", "onnxruntime", "numpy", "scipy")

SHADES = ("light", "dark")  # in the order of COLOURS


def fastest(cell: Cell, library: str) -> float | None:
    """The best ns per element of a library, over its ways of giving the output."""
    names = [library, REUSED] if library == "fastact" else [library]
    times = [time for name in names if (time := cell.nanoseconds(name)) is not None]
    return min(times, default=None)


def drawn(cells: Sequence[Cell]) -> list[str]:
    """The libraries of the README's table and chart that were measured in these cells."""
    return [name for name in DRAWN if any(fastest(cell, name) for cell in cells)]


def groups(study: Study) -> list[list[Cell]]:
    """float32 values of several functions, each group on one size by as many threads."""
    cells = [
        cell
        for cell in study.cells
        if cell.part == "functions"
        and cell.setting.layout == CONTIGUOUS
        and (cell.setting.form, cell.setting.dtype) == ("value", "float32")
    ]
    found = groupby(cells, lambda cell: (cell.setting.elements, cell.setting.threads))
    return [list(group) for _, group in found]


def written(time: float | None) -> str:
    """Return nanoseconds in two digits."""
    return "" if time is None else f"{time:.2f}" if time < 1 else f"{time:.1f}"


def table(cells: Sequence[Cell], libraries: Sequence[str]) -> list[str]:
    """The rows of one size, one per function; the best time of each is bold."""
    shown = [name for name in libraries if any(fastest(cell, name) for cell in cells)]
    lines = [
        f"| function | {' | '.join(STYLES[name].label for name in shown)} |",
        "|---" * (1 + len(shown)) + "|",
    ]
    for cell in cells:
        times = [fastest(cell, name) for name in shown]
        best = min(time for time in times if time is not None)
        texts = [f"**{written(t)}**" if t == best else written(t) for t in times]
        lines.append(f"| `{cell.setting.function}` | {' | '.join(texts)} |")
    return lines


def ratios(cells: Sequence[Cell], library: str) -> dict[str, float]:
    """A library's time over fastact's, by function."""
    found = {}
    for cell in cells:
        own, time = fastest(cell, "fastact"), fastest(cell, library)
        if own is not None and time is not None:
            found[cell.setting.function] = time / own
    return found


def summary(cells: Sequence[Cell], libraries: Sequence[str]) -> str:
    """How much faster fastact is in the mean, and what other libraries are faster at."""
    means, faster = [], []
    for name in libraries:
        found = ratios(cells, name) if name in DRAWN[1:] else {}
        if found:
            mean = geometric_mean(found.values())
            means.append(f"{STYLES[name].label} {mean:.1f} ({len(found)})")
        names = [f"`{function}`" for function, ratio in found.items() if ratio < 0.95]
        if names:
            faster.append(f"{STYLES[name].label} at {', '.join(names)}")
    text = (
        "Time over fastact's, geometric mean over the functions that a library has:"
        f" {', '.join(means)}."
    )
    return text + (f" Faster than fastact by more than 5 %: {'; '.join(faster)}." if faster else "")


def machine(study: Study, libraries: Sequence[str]) -> str:
    """What was measured on what, when."""
    said = study.machine
    isa = ISAS.get(said.isa, said.isa)
    versions = ", ".join(
        f"{STYLES[name].label} {said.versions[name]}" for name in libraries if name in said.versions
    )
    return (
        f"{said.cpu} with {said.usable_cpus} CPUs, {isa}, Python {said.python},"
        f" {study.started[:10]}; {versions}"
    )


def heading(cells: Sequence[Cell]) -> str:
    """What a table holds."""
    setting = cells[0].setting
    threads = "1 thread" if setting.threads == 1 else f"{setting.threads} threads"
    return f"{setting.elements:,} elements, {threads}"


def section(study: Study, tables: Sequence[Sequence[Cell]]) -> str:
    """The tables of all functions."""
    text = [f"Nanoseconds per element, float32. {machine(study, study.libraries)}."]
    if study.taken_by_others and study.taken_by_others >= 0.05:
        text.append(f"Other processes took {study.taken_by_others:.0%} of the CPUs meanwhile.")
    for cells in tables:
        note = " (NumPy and SciPy: 1)" if cells[0].setting.threads > 1 else ""
        text += ["", f"**{heading(cells)}{note}**", ""]
        text += [*table(cells, study.libraries), "", summary(cells, study.libraries)]
    return "\n".join(text)


def excerpt(study: Study, cells: Sequence[Cell]) -> str:
    """The README's table."""
    few = [cell for cell in cells if cell.setting.function in SHORT]
    few.sort(key=lambda cell: SHORT.index(cell.setting.function))
    libraries = drawn(cells)
    head = f"ns per element, float32, {heading(cells)}; {machine(study, libraries)}."
    return "\n".join([head, "", *table(few, libraries), "", summary(cells, libraries)])


def heights(times: Mapping[str, float]) -> dict[str, float]:
    """Return how far each mark of a row is moved, so that marks side by side can be told apart."""
    found, before, side = {}, 0.0, 1
    for name, time in sorted(times.items(), key=lambda item: item[1]):
        side = -side if time < 1.08 * before else 0
        found[name] = 0.24 * side
        before, side = time, side or 1
    return found


def draw(study: Study, cells: Sequence[Cell], shade: str, path: Path) -> None:
    """Draw the README's chart: a row per function, a mark per library."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    colours = {name: pair[SHADES.index(shade)] for name, pair in COLOURS.items()}
    ink, grid = colours["ink"], colours["grid"]
    libraries = drawn(cells)
    rows = {
        cell.setting.function: {
            name: time for name in libraries if (time := fastest(cell, name)) is not None
        }
        for cell in cells
    }
    names = [name for name in SHORT if name in rows][::-1]
    # The same picture gives the same file.
    with rc_context({"svg.hashsalt": "fastact", "font.size": 11}):
        figure = Figure(figsize=(7.4, 1.4 + 0.31 * len(names)), layout="constrained")
        axes = figure.subplots()
        for y, name in enumerate(names):
            times = rows[name].values()
            axes.plot([min(times), max(times)], [y, y], color=grid, linewidth=1.5, zorder=1)
        moved = [heights(rows[name]) for name in names]
        for library in reversed(libraries):
            look = STYLES[library]
            places = [(y, name) for y, name in enumerate(names) if library in rows[name]]
            axes.plot(
                [rows[name][library] for _, name in places],
                [y + moved[y][library] for y, _ in places],
                marker=look.marker,
                linestyle="",
                color=colours[look.colour],
                markersize=9 if library == "fastact" else 6.5,
                markeredgecolor=colours[look.colour if look.hollow else "paper"],
                markeredgewidth=1.8 if look.hollow else 0.6,
                label=look.label,
                zorder=3 if library == "fastact" else 2,
            )
        axes.set_xscale("log")
        axes.set_yticks(range(len(names)), names)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.set_xlabel("ns per element (log scale, less is better)", color=ink)
        said = f"{heading(cells)}, float32, {ISAS.get(study.machine.isa, study.machine.isa)}"
        axes.set_title(said, loc="left", fontsize=11, color=ink)
        axes.grid(axis="x", color=grid, linewidth=0.7)
        axes.set_axisbelow(True)
        axes.tick_params(which="both", colors=ink, length=0)
        axes.spines[:].set_visible(False)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(
            handles[::-1],
            labels[::-1],
            loc="outside lower center",
            ncols=3,
            frameon=False,
            labelcolor=ink,
            handletextpad=0.2,
            columnspacing=1.4,
        )
        figure.savefig(path, transparent=True, metadata={"Date": None})


def replace(path: Path, name: str, text: str) -> None:
    """Put a text between the markers of a name."""
    begin, end = BEGIN.format(name), END.format(name)
    before, rest = path.read_text(encoding="utf-8").split(begin)
    fresh = f"{before}{begin}\n{text}\n{end}{rest.split(end)[1]}"
    path.write_text(fresh, encoding="utf-8")


def main(path: Path, readme: bool) -> None:
    """Rewrite the blocks and the charts."""
    study = files.read(path)
    tables = groups(study)
    if not tables:
        sys.exit(f"{path} has no times of float32 values")
    replace(PAGE, f"benchmark {study.machine.isa}", section(study, tables))
    if readme:
        replace(README, "benchmark", excerpt(study, tables[0]))
        for shade in SHADES:
            draw(study, tables[0], shade, CHARTS / f"benchmark-{shade}.svg")


if __name__ == "__main__":
    main(Path(sys.argv[1]), readme="--readme" in sys.argv[2:])
