"""A study as tables in the terminal, and two studies compared."""

import math
from collections.abc import Sequence
from statistics import geometric_mean

from rich.console import Console
from rich.text import Text

from fastact.cli.machine import Machine
from fastact.cli.study.accuracy import RANGE
from fastact.cli.study.results import COPY, REUSED, STREAM, Cell, Study, differing, fastest
from fastact.cli.text import (
    new_table,
    number,
    plain,
    print_note,
    rate,
    ratio_text,
    threads_text,
    ulp_text,
)

_NONE = Text("-", style="dim")
_MEAN = Text("geometric mean", style="italic")
_SHORT = {"onnxruntime": "onnxrt"}


def print_study(console: Console, study: Study) -> None:
    """Print the tables of a study: speed setting by setting, then accuracy."""
    machine = study.machine
    facts = filter(None, (machine.processors, ", ".join(map(str, machine.caches)), machine.isa))
    console.print(Text.assemble((machine.cpu, "bold"), *(f" · {fact}" for fact in facts)))
    versions = " · ".join(f"{name} {text}" for name, text in machine.versions.items())
    print_note(console, f"{versions} · Python {machine.python}")
    for name, text in study.held.items():
        print_note(console, f"{name}, limited to {machine.isa}: {text}")
    for cells in study.groups():
        _print_speed(console, cells, study.peers)
    if study.accuracy:
        _print_accuracy(console, study)
    reused = "; onnxrt writes to a bound output and is compared with out="
    print_note(
        console,
        "\nnew: y = f(x), best sample; ±: interquartile range over the median. out=: f(x, out=y),"
        " with its GB/s and their share of the faster copy.\n"
        "Peers: their time over fastact's, so above 1 fastact is faster. They make new arrays"
        f" as new does{reused * ('onnxruntime' in study.peers)}.",
    )
    print_notices(console, study.warnings)


def print_notices(console: Console, notices: Sequence[str]) -> None:
    """Print what should be known before the figures are believed."""
    for notice in notices:
        head, _, rest = notice.partition(": ")
        console.print(
            Text.assemble((head, "bold yellow"), f": {rest}") if rest else Text(notice, "yellow")
        )


# ---- speed ----


def _print_speed(console: Console, cells: Sequence[Cell], peers: Sequence[str]) -> None:
    """Print a table; what its cells share stands above it, what differs beside the function."""
    differ = differing(cells)
    first, *others = (t for name, t in cells[0].setting.facts.items() if name not in differ)
    console.print()
    console.print(Text.assemble((first, "bold"), *(f" · {text}" for text in others)))
    names = [name for name in peers if any(cell.timing(name) for cell in cells)]
    peer_heads = []
    for name in names:
        used = {t.threads for cell in cells if (t := cell.timing(name))}
        unlike = used - {cell.setting.threads for cell in cells}
        note = f"\n{threads_text(max(unlike))}" if unlike else "\n"
        peer_heads.append(Text.assemble(_SHORT.get(name, name), (note, "dim")))
    table = new_table(
        ["\nfunction"],
        [
            *(f"\n{name}" for name in differ),
            *("new\nns/el", "out=\nns/el", "\n±", "\nGB/s", "of\ncopy"),
            *peer_heads,
            "fastest\npeer",
        ],
    )
    for cell in cells:
        new = cell.timing("fastact")
        table.add_row(
            cell.setting.function,
            *(plain(getattr(cell.setting, name)) for name in differ),
            Text(number(cell.nanoseconds("fastact")), style="bold"),
            number(cell.nanoseconds(REUSED)),
            Text(f"{new.samples.spread:.0%}" if new else "", style="dim"),
            rate(cell.throughput(REUSED)),
            f"{cell.share_of_copy(REUSED):.0%}",
            *(_ratio(cell.ratio(name)) for name in names),
            _ratio(cell.fastest(names)),
        )
    if len(cells) > 1:
        means = [fastest(cells, some) for some in (*([name] for name in names), names)]
        blank = [""] * (5 + len(differ))
        table.add_section()
        table.add_row(_MEAN, *blank, *map(_mean_ratio, means))
    console.print(table)
    copy, stream = (
        rate(max(cell.throughput(library) or 0 for cell in cells)) for library in (COPY, STREAM)
    )
    print_note(
        console,
        f"copies in the same run: numpy.copyto {copy} GB/s (1 thread),"
        f" fa.identity(x, out=y) {stream} GB/s",
    )


# ---- accuracy ----


def _print_accuracy(console: Console, study: Study) -> None:
    inputs = f" · inputs of every magnitude in [-{RANGE}, {RANGE}], without subnormal numbers"
    console.print(Text.assemble(("\nmax ulp", "bold"), inputs))
    table = new_table(["function"], [_SHORT.get(n, n) for n in study.libraries], gap=2)
    rows: dict[tuple[str, str, str], dict[str, float]] = {}
    for found in study.accuracy:
        key = found.function, found.form, found.dtype
        rows.setdefault(key, {})[found.library] = found.max_ulp
    several = len({key[1:] for key in rows}) > 1
    for (function, form, dtype), errors in rows.items():
        note = f" {form} {dtype}" if several else ""
        ulps = (_ulp(errors.get(name)) for name in study.libraries)
        table.add_row(Text.assemble(function, (note, "dim")), *ulps)
    console.print(table)


# ---- two studies ----


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
    speedups: list[float] = []
    drifts: list[float] = []
    for a, b in pairs:
        (speedup,), others = _ratios(a, b, ["fastact"]), _ratios(a, b, second.peers)
        times = (number(cell.nanoseconds("fastact")) for cell in (a, b))
        speedups.append(speedup)
        drifts += [geometric_mean(others)] if others else []
        where = a.setting
        table.add_row(
            *(where.function, where.form, where.dtype, where.layout),
            *(f"{where.elements:,}", str(where.threads), *times),
            *(_ratio(speedup), _mean(others)),
        )
    table.add_section()
    table.add_row(_MEAN, *[""] * 7, _mean_ratio(speedups), _mean(drifts))
    for letter, name, study in zip("AB", names, (first, second), strict=True):
        console.print(f"[bold]{letter}[/] {name} · {study.started} · {study.machine.cpu}")
    console.print(table)
    print_note(
        console,
        "A/B: time in A over time in B, so above 1 B is faster. peers A/B: the same for the other"
        " libraries, which shows how far the machines themselves differ.",
    )
    return True


def _ratios(a: Cell, b: Cell, libraries: Sequence[str]) -> list[float]:
    """Return the times in one cell over those in the other, of libraries that are in both."""
    both = [(a.nanoseconds(name), b.nanoseconds(name)) for name in libraries]
    return [x / y for x, y in both if x is not None and y is not None]


# ---- figures in colour ----


def _ratio(value: float | None) -> Text:
    """Return a ratio; where the peer is faster it is marked by colour and by weight."""
    if value is None:
        return _NONE
    style = "bold red" if value < 0.98 else "green" if value > 1.02 else ""
    return Text(ratio_text(value), style=style)


def _mean_ratio(values: Sequence[float]) -> Text:
    """Return the geometric mean of ratios."""
    return _ratio(geometric_mean(values) if values else None)


def _ulp(value: float | None) -> Text:
    """Return an error: at most 1 plain, above it coloured."""
    if value is None:
        return _NONE
    bad = not math.isfinite(value) or value >= 16
    return Text(ulp_text(value), style="red" if bad else "yellow" if value > 1 else "")


def _mean(values: Sequence[float]) -> Text:
    return Text(f"{geometric_mean(values):.2f}", style="dim") if values else _NONE
