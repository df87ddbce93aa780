"""A study as tables in the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import geometric_mean

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from fastact.cli.machine import Machine
from fastact.cli.study import COPY, REUSED, STREAM, Cell, Setting, Study

__all__ = ["describe_machine", "print_comparison", "print_study"]

_NONE = Text("-", style="dim")
_SHORT = {"onnxruntime": "onnxrt"}


def print_study(console: Console, study: Study) -> None:
    """Print the tables of a study: speed setting by setting, then accuracy."""
    for line in describe_machine(study.machine):
        console.print(line)
    for _, group in groupby(study.cells, key=lambda cell: _heading(cell.setting)):
        console.print()
        _print_speed(console, list(group), study.peers)
    if study.accuracy:
        console.print()
        _print_accuracy(console, study)
    console.print()
    _print_legend(console, study)
    left = study.planned - len(study.cells)
    if left and study.interrupted:
        console.print(f"[yellow]Interrupted:[/] {left} of {study.planned} cells not measured.")
    elif left:
        console.print(
            f"[yellow]Out of time:[/] {left} of {study.planned} cells not measured."
            " Without --quick all are."
        )


def describe_machine(machine: Machine) -> Iterator[Text]:
    """Return lines on the machine, with a warning where it is busy."""
    caches = ", ".join(f"L{c.level} {_bytes(c.bytes)}" for c in machine.caches)
    line = Text.assemble((machine.cpu, "bold"), f" · {machine.usable_cpus} CPUs")
    if machine.usable_cpus != machine.cpus:
        line.append(f" of {machine.cpus}")
    if caches:
        line.append(f" · {caches}")
    line.append(f" · {machine.isa}")
    yield line
    versions = " · ".join(f"{name} {text}" for name, text in machine.versions.items())
    yield Text(f"{versions} · Python {machine.python}", style="dim")
    if machine.busy:
        yield Text.assemble(
            ("The machine is busy: ", "bold yellow"),
            f"load average {machine.load_average} on {machine.cpus} CPUs."
            " Times are worse than they would be, and ratios less certain.",
        )


def _heading(setting: Setting) -> tuple[str, str, int, int]:
    return setting.dtype, setting.form, setting.elements, setting.threads


def _print_speed(console: Console, cells: Sequence[Cell], peers: Sequence[str]) -> None:
    setting = cells[0].setting
    names = [name for name in peers if any(cell.timing(name) for cell in cells)]
    console.print(
        Text.assemble(
            (setting.form, "bold"),
            f" · {setting.dtype} · {setting.elements:,} elements ({_bytes(setting.bytes)} an array)"
            f" · {_threads(setting.threads)}",
        )
    )
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("\nfunction", no_wrap=True)
    for header in ("new\nns/el", "out=\nns/el", "\n±", "\nGB/s", "of\ncopy"):
        table.add_column(header, justify="right", no_wrap=True)
    for name in names:
        threads = next(t.threads for cell in cells if (t := cell.timing(name)))
        note = f"\n{_threads(threads)}" if threads != setting.threads else "\n"
        title = Text.assemble(_SHORT.get(name, name), (note, "dim"))
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("fastest\npeer", justify="right", no_wrap=True)
    for cell in cells:
        ratios = {name: cell.ratio(name) for name in names}
        known = {name: ratio for name, ratio in ratios.items() if ratio is not None}
        fastest = min(known, key=lambda name: known[name], default=None)
        new = cell.timing("fastact")
        table.add_row(
            cell.setting.function,
            Text(_number(cell.nanoseconds("fastact")), style="bold"),
            _number(cell.nanoseconds(REUSED)),
            Text(f"{new.samples.spread:.0%}" if new else "", style="dim"),
            _rate(cell.throughput(REUSED)),
            _share(cell.share_of_copy(REUSED)),
            *(_ratio(ratio) for ratio in ratios.values()),
            _ratio(known[fastest]) if fastest else _NONE,
        )
    if len(cells) > 1:
        table.add_section()
        per_peer = [[r for cell in cells if (r := cell.ratio(name)) is not None] for name in names]
        best = [min(found) for cell in cells if (found := _ratios(cell, names))]
        means = [_ratio(geometric_mean(found)) for found in per_peer]
        table.add_row(
            Text("geometric mean", style="italic"),
            *[""] * 5,
            *means,
            _ratio(geometric_mean(best)) if best else _NONE,
        )
    console.print(table)
    console.print(_copies(cells))


def _ratios(cell: Cell, names: Sequence[str]) -> list[float]:
    return [ratio for name in names if (ratio := cell.ratio(name)) is not None]


def _copies(cells: Sequence[Cell]) -> Text:
    """Return the line on the copies: the best that each reached in these cells."""
    rates = {
        library: max(rate for cell in cells if (rate := cell.throughput(library)) is not None)
        for library in (COPY, STREAM)
    }
    return Text(
        f"copies in the same run: numpy.copyto {_rate(rates[COPY])} GB/s (1 thread),"
        f" fa.identity(x, out=y) {_rate(rates[STREAM])} GB/s",
        style="dim",
    )


def _print_accuracy(console: Console, study: Study) -> None:
    console.print(Text.assemble(("max ulp", "bold"), " · on a grid over [-100, 100]"))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    libraries = ["fastact", *study.peers]
    table.add_column("function", no_wrap=True)
    for name in libraries:
        table.add_column(_SHORT.get(name, name), justify="right", no_wrap=True)
    rows = {(a.function, a.form, a.dtype): a for a in study.accuracy}
    several = len({key[1:] for key in rows}) > 1
    for function, form, dtype in rows:
        setting = Setting(function, form, dtype, 1, 1)
        label = Text(function)
        if several:
            label.append(f" {form} {dtype}", style="dim")
        table.add_row(label, *(_ulp(study.error(setting, name)) for name in libraries))
    console.print(table)


def _print_legend(console: Console, study: Study) -> None:
    reused = "onnxruntime" in study.peers
    console.print(
        Text(
            "new: y = f(x), best sample; ±: spread, from quartile to quartile. out=: f(x, out=y),"
            " with its GB/s and their share of the faster copy.\n"
            "Peers: their time over fastact's, so above 1 fastact is faster. They make new arrays"
            " as new does"
            + ("; onnxrt writes to a bound output, and is held against out=." if reused else "."),
            style="dim",
        )
    )


def print_comparison(console: Console, first: Study, second: Study, names: tuple[str, str]) -> None:
    """Print the times of two studies and their ratios, cell by cell."""
    ours = {cell.setting: cell for cell in first.cells}
    pairs = [(ours[cell.setting], cell) for cell in second.cells if cell.setting in ours]
    if not pairs:
        console.print("The two studies have no cell in common.")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for header in ("function", "form", "dtype"):
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
            f"{setting.elements:,}",
            str(setting.threads),
            _number(before),
            _number(after),
            _ratio(before / after),
            Text(f"{drift:.2f}", style="dim") if drift else _NONE,
        )
    table.add_section()
    table.add_row(
        Text("geometric mean", style="italic"),
        *[""] * 6,
        _ratio(geometric_mean(speedups)),
        Text(f"{geometric_mean(drifts):.2f}", style="dim") if drifts else _NONE,
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


def _drift(a: Cell, b: Cell, peers: Sequence[str]) -> float | None:
    """Return the geometric mean of the peers' own ratios."""
    both = [(a.nanoseconds(name), b.nanoseconds(name)) for name in peers]
    ratios = [x / y for x, y in both if x is not None and y is not None]
    return geometric_mean(ratios) if ratios else None


# ---- figures ----


def _threads(count: int) -> str:
    return f"{count} thread" if count == 1 else f"{count} threads"


def _bytes(count: int) -> str:
    """Return a size, in binary units where that is what it is."""
    if count % (1 << 20) == 0:
        return f"{count >> 20} MiB"
    if count < 1 << 20 and count % 1024 == 0:
        return f"{count >> 10} KiB"
    return f"{count / 1e6:.3g} MB" if count >= 10**6 else f"{count:,} B"


def _number(value: float | None) -> str:
    """Return three significant digits, never an exponent."""
    if value is None:
        return "-"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:,.0f}"


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _share(value: float | None) -> Text:
    return _NONE if value is None else Text(f"{value:.0%}")


def _ratio(value: float | None) -> Text:
    """Return a ratio; where the peer is faster it is marked by colour and by weight."""
    if value is None:
        return _NONE
    text = f"{value:.2f}x" if value < 10 else f"{value:.1f}x" if value < 100 else f"{value:.0f}x"
    if value < 0.98:
        return Text(text, style="bold red")
    return Text(text, style="green" if value > 1.02 else "")


def _ulp(value: float | None) -> Text:
    """Return an error: at most 1 plain, above it coloured."""
    if value is None:
        return _NONE
    if not math.isfinite(value):
        return Text("wrong", style="red")
    text = f"{value:.2f}" if value < 100 else f"{value:.0f}" if value < 1e5 else f"{value:.0e}"
    return Text(text, style="" if value <= 1 else "yellow" if value < 16 else "red")
