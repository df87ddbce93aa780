"""A study as tables in the terminal."""

import math
from collections.abc import Sequence
from statistics import geometric_mean

from rich.console import Console
from rich.text import Text

from fastact.cli.study.accuracy import RANGE
from fastact.cli.study.results import (
    COPY,
    REUSED,
    STREAM,
    Cell,
    Setting,
    Study,
    differing,
    fastest,
)
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

NONE = Text("-", style="dim")
_SHORT = {"onnxruntime": "onnxrt"}


def print_study(console: Console, study: Study) -> None:
    """Print the tables of a study: speed setting by setting, then accuracy."""
    machine = study.machine
    caches = ", ".join(map(str, machine.caches))
    facts = [machine.processors, *([caches] if caches else []), machine.isa]
    console.print(Text.assemble((machine.cpu, "bold"), *(f" · {fact}" for fact in facts)))
    versions = " · ".join(f"{name} {text}" for name, text in machine.versions.items())
    print_note(console, f"{versions} · Python {machine.python}")
    for name, text in study.held.items():
        print_note(console, f"{name}, limited to {machine.isa}: {text}")
    for cells in study.groups():
        _print_speed(console, cells, study.peers)
    if study.accuracy:
        console.print()
        _print_accuracy(console, study)
    console.print()
    _print_legend(console, study)
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
            _share(cell.share_of_copy(REUSED)),
            *(ratio(cell.ratio(name)) for name in names),
            ratio(cell.fastest(names)),
        )
    if len(cells) > 1:
        means = [mean_ratio(fastest(cells, some)) for some in (*([name] for name in names), names)]
        table.add_section()
        blank = [""] * (5 + len(differ))
        table.add_row(Text("geometric mean", style="italic"), *blank, *means)
    console.print(table)
    copies = (
        rate(max(found for cell in cells if (found := cell.throughput(library)) is not None))
        for library in (COPY, STREAM)
    )
    line = "copies in the same run: numpy.copyto {} GB/s (1 thread), fa.identity(x, out=y) {} GB/s"
    print_note(console, line.format(*copies))


# ---- accuracy ----


def _print_accuracy(console: Console, study: Study) -> None:
    console.print(
        Text.assemble(
            ("max ulp", "bold"),
            f" · inputs of every magnitude in [-{RANGE}, {RANGE}], without subnormal numbers",
        )
    )
    table = new_table(["function"], [_SHORT.get(n, n) for n in study.libraries], gap=2)
    rows = {(a.function, a.form, a.dtype): a for a in study.accuracy}
    several = len({key[1:] for key in rows}) > 1
    for function, form, dtype in rows:
        setting = Setting(function, form, dtype, 1, 1)
        label = Text(function)
        if several:
            label.append(f" {form} {dtype}", style="dim")
        table.add_row(label, *(_ulp(study.error(setting, name)) for name in study.libraries))
    console.print(table)


def _print_legend(console: Console, study: Study) -> None:
    reused = "onnxruntime" in study.peers
    print_note(
        console,
        "new: y = f(x), best sample; ±: interquartile range over the median. out=: f(x, out=y),"
        " with its GB/s and their share of the faster copy.\n"
        "Peers: their time over fastact's, so above 1 fastact is faster. They make new arrays"
        " as new does"
        + ("; onnxrt writes to a bound output and is compared with out=." if reused else "."),
    )


# ---- figures in colour ----


def ratio(value: float | None) -> Text:
    """Return a ratio; where the peer is faster it is marked by colour and by weight."""
    if value is None:
        return NONE
    style = "bold red" if value < 0.98 else "green" if value > 1.02 else ""
    return Text(ratio_text(value), style=style)


def mean_ratio(values: Sequence[float]) -> Text:
    """Return the geometric mean of ratios."""
    return ratio(geometric_mean(values) if values else None)


def _share(value: float | None) -> Text:
    return NONE if value is None else Text(f"{value:.0%}")


def _ulp(value: float | None) -> Text:
    """Return an error: at most 1 plain, above it coloured."""
    if value is None:
        return NONE
    bad = not math.isfinite(value) or value >= 16
    return Text(ulp_text(value), style="red" if bad else "yellow" if value > 1 else "")
