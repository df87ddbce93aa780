"""Two studies compared."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import geometric_mean

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastact.cli.study.results import Cell, Study
from fastact.cli.study.tables import NONE, ratio
from fastact.cli.text import number

__all__ = ["differences", "print_comparison"]

# What of a machine its times depend on.
_DECISIVE = ("cpu", "cpus", "usable_cpus", "isa", "caches", "system", "environment")


def differences(first: Study, second: Study) -> list[str]:
    """Return in what the machines of two studies differ, and in what a version of a peer does."""
    found = []
    for name in _DECISIVE:
        a, b = getattr(first.machine, name), getattr(second.machine, name)
        if a != b:
            found.append(f"{name.replace('_', ' ')}: {_shown(a)} and {_shown(b)}")
    versions = first.machine.versions, second.machine.versions
    for name in sorted(set(versions[0]) & set(versions[1]) - {"fastact"}):
        if versions[0][name] != versions[1][name]:
            found.append(f"{name}: {versions[0][name]} and {versions[1][name]}")
    return found


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"L{cache.level} {cache.bytes}" for cache in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name}={text}" for name, text in value.items()) or "none"
    return str(value)


def print_comparison(console: Console, first: Study, second: Study, names: tuple[str, str]) -> bool:
    """Print the times of two studies and their ratios, cell by cell.

    Returns
    -------
    bool
        Whether they have a cell in common.
    """
    ours = {cell.setting: cell for cell in first.cells}
    pairs = [(ours[cell.setting], cell) for cell in second.cells if cell.setting in ours]
    if not pairs:
        console.print("The two studies have no measurement in common.")
        return False
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for header in ("function", "form", "dtype", "layout"):
        table.add_column(header, no_wrap=True)
    for header in ("elements", "threads", "A ns/el", "B ns/el", "A/B", "peers A/B"):
        table.add_column(header, justify="right", no_wrap=True)
    speedups, drifts = [], []
    for a, b in pairs:
        before, after = a.nanoseconds("fastact"), b.nanoseconds("fastact")
        if before is None or after is None:
            continue
        drift = _drift(a, b, second.peers)
        speedups.append(before / after)
        drifts += [drift] if drift else []
        setting = a.setting
        table.add_row(
            setting.function,
            setting.form,
            setting.dtype,
            setting.layout,
            f"{setting.elements:,}",
            str(setting.threads),
            number(before),
            number(after),
            ratio(before / after),
            Text(f"{drift:.2f}", style="dim") if drift else NONE,
        )
    table.add_section()
    table.add_row(
        Text("geometric mean", style="italic"),
        *[""] * 7,
        ratio(geometric_mean(speedups)),
        Text(f"{geometric_mean(drifts):.2f}", style="dim") if drifts else NONE,
    )
    for letter, name, study in zip("AB", names, (first, second), strict=True):
        console.print(f"[bold]{letter}[/] {name} · {study.started} · {study.machine.cpu}")
    console.print(table)
    console.print(
        Text(
            "A/B: time in A over time in B, so above 1 B is faster. peers A/B: the same for the"
            " other libraries, which shows how far the machines themselves differ.",
            style="dim",
        )
    )
    return True


def _drift(a: Cell, b: Cell, peers: Sequence[str]) -> float | None:
    """Return the geometric mean of the peers' own ratios."""
    both = [(a.nanoseconds(name), b.nanoseconds(name)) for name in peers]
    ratios = [x / y for x, y in both if x is not None and y is not None]
    return geometric_mean(ratios) if ratios else None
