"""Write the README's benchmark block and its picture: python docs/make_benchmark.py study.json."""

import sys
from itertools import groupby
from pathlib import Path

from fastact.cli.study import files, plots
from fastact.cli.study.results import CONTIGUOUS, REUSED, Cell, Study
from fastact.cli.study.svg import STYLES
from fastact.cli.study.text import threads_text

README = Path(__file__).parents[1] / "README.md"
PICTURE = Path(__file__).with_name("benchmark.svg")
BEGIN, END = "<!-- benchmark:begin -->", "<!-- benchmark:end -->"


def fastest(cell: Cell, library: str) -> float | None:
    """The best ns per element of a library, over its ways of giving the output."""
    names = [library, REUSED] if library == "fastact" else [library]
    times = [time for name in names if (time := cell.nanoseconds(name)) is not None]
    return min(times, default=None)


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


def table(cells: list[Cell], libraries: list[str]) -> list[str]:
    """The rows of one size, one per function."""
    shown = [name for name in libraries if any(fastest(cell, name) for cell in cells)]
    lines = [
        f"| function | {' | '.join(STYLES[name].label for name in shown)} |",
        "|---" * (1 + len(shown)) + "|",
    ]
    for cell in cells:
        times = [fastest(cell, name) for name in shown]
        texts = ["" if t is None else f"{t:.2g}" if t < 1 else f"{t:.1f}" for t in times]
        lines.append(f"| `{cell.setting.function}` | {' | '.join(texts)} |")
    return lines


def block(study: Study) -> str:
    """The text between the markers."""
    machine = study.machine
    said = ", ".join(
        f"{STYLES[name].label} {machine.versions[name]}"
        for name in study.peers
        if name in machine.versions
    )
    text = [
        f"ns per element, float32, on {machine.cpu} with {machine.usable_cpus} CPUs"
        f" ({machine.isa}), {study.started[:10]}; {said}. Smaller is better; every library in one"
        " process, sampled in turn, the best sample of each. `fastact study` measures it on your"
        " machine.",
        *(f"\n{warning}" for warning in study.warnings),
        "",
        f"![Time of each function in each library](docs/{PICTURE.name})",
    ]
    for cells in groups(study):
        setting = cells[0].setting
        threads = threads_text(setting.threads)
        text += ["", f"{setting.elements:,} elements, {threads} (NumPy and SciPy: 1):", ""]
        text += table(cells, study.libraries)
    return "\n".join(text)


def main(path: Path) -> None:
    """Rewrite the block and the picture from a study."""
    study = files.read(path)
    chart = plots.functions(groups(study)[0], study.libraries)
    if chart is None:
        sys.exit(f"{path} has no times of float32 values")
    PICTURE.write_text(chart.svg(style=plots.SHEET) + "\n")
    before, rest = README.read_text().split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{block(study)}\n{END}{rest.split(END)[1]}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
