"""Two studies compared."""

from collections.abc import Sequence
from statistics import geometric_mean

from rich.console import Console
from rich.text import Text

from fastact.cli.machine import Machine
from fastact.cli.study.results import Cell, Study
from fastact.cli.study.tables import NONE, mean_ratio, ratio
from fastact.cli.text import new_table, number, print_note


def differences(first: Study, second: Study) -> list[str]:
    """Return in what the machines of two studies differ, and in what a version of a peer does."""
    ours, theirs = _decisive(first.machine), _decisive(second.machine)
    both = [name for name in ours if name in theirs]
    return [
        f"{name}: {ours[name]} and {theirs[name]}" for name in both if ours[name] != theirs[name]
    ]


def _decisive(machine: Machine) -> dict[str, str]:
    """Return what of a machine its times depend on."""
    settings = (f"{name}={text}" for name, text in machine.environment.items())
    peers = {name: text for name, text in machine.versions.items() if name != "fastact"}
    return {
        "cpu": machine.cpu,
        "cpus": machine.processors,
        "isa": machine.isa,
        "caches": ", ".join(map(str, machine.caches)) or "none",
        "system": machine.system,
        "environment": ", ".join(settings) or "none",
        **peers,
    }


def print_comparison(console: Console, first: Study, second: Study, names: tuple[str, str]) -> bool:
    """Print the times of two studies and their ratios; return whether they have any in common."""
    ours = {cell.setting: cell for cell in first.cells}
    pairs = [(ours[cell.setting], cell) for cell in second.cells if cell.setting in ours]
    if not pairs:
        console.print("The two studies have no measurement in common.")
        return False
    table = new_table(
        ["function", "form", "dtype", "layout"],
        ["elements", "threads", "A ns/el", "B ns/el", "A/B", "peers A/B"],
    )
    speedups, drifts = [], []
    for a, b in pairs:
        before, after = a.nanoseconds("fastact"), b.nanoseconds("fastact")
        if before is None or after is None:
            continue
        drift = _drift(a, b, second.peers)
        speedups.append(before / after)
        drifts += [drift] if drift else []
        where = a.setting
        table.add_row(
            *(where.function, where.form, where.dtype, where.layout),
            *(f"{where.elements:,}", str(where.threads), number(before), number(after)),
            ratio(before / after),
            _dim(drift),
        )
    table.add_section()
    means = mean_ratio(speedups), _dim(geometric_mean(drifts) if drifts else None)
    table.add_row(Text("geometric mean", style="italic"), *[""] * 7, *means)
    for letter, name, study in zip("AB", names, (first, second), strict=True):
        console.print(f"[bold]{letter}[/] {name} · {study.started} · {study.machine.cpu}")
    console.print(table)
    print_note(
        console,
        "A/B: time in A over time in B, so above 1 B is faster. peers A/B: the same for the other"
        " libraries, which shows how far the machines themselves differ.",
    )
    return True


def _dim(value: float | None) -> Text:
    return Text(f"{value:.2f}", style="dim") if value else NONE


def _drift(a: Cell, b: Cell, peers: Sequence[str]) -> float | None:
    """Return the geometric mean of the peers' own ratios."""
    both = [(a.nanoseconds(name), b.nanoseconds(name)) for name in peers]
    ratios = [x / y for x, y in both if x is not None and y is not None]
    return geometric_mean(ratios) if ratios else None
