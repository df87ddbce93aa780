"""Figures and tables as people read and write them, alike in the terminal, on pages, in options."""

import math
import re
from collections.abc import Iterable
from typing import Any

from rich import box
from rich import progress as bars
from rich.console import Console
from rich.table import Table
from rich.text import Text, TextType

_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "KI": 1 << 10, "MI": 1 << 20, "GI": 1 << 30}


def byte_count(text: str) -> int:
    """Return the number of bytes that a text such as ``8MB`` means, at least one."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?)\s*(?:([KMG]I?)B|)", text.strip().upper())
    count = int(float(found[1]) * _UNITS[found[2] or ""]) if found else 0
    if count < 1:
        raise ValueError(f"cannot read the size {text!r}. Give bytes, or a size such as 8MB")
    return count


def bytes_text(count: int) -> str:
    """Return a size, in binary units where that is what it is."""
    if count % (1 << 20) == 0:
        return f"{count >> 20} MiB"
    if count < 1 << 20 and count % 1024 == 0:
        return f"{count >> 10} KiB"
    return f"{count / 1e6:.3g} MB" if count >= 10**6 else f"{count:,} B"


def threads_text(count: int) -> str:
    """Return a number of threads."""
    return f"{count} thread" if count == 1 else f"{count} threads"


def plain(value: int | str) -> str:
    """Return a count with commas, and a name as it is."""
    return value if isinstance(value, str) else f"{value:,}"


def number(value: float | None) -> str:
    """Return three significant digits, never an exponent below a million."""
    if value is None:
        return "-"
    if value >= 1e6:
        return f"{value:.0e}"
    return f"{value:.3f}" if value < 10 else f"{value:.1f}" if value < 1000 else f"{value:,.0f}"


def rate(value: float | None) -> str:
    """Return GB/s."""
    return "-" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def ratio_text(value: float) -> str:
    """Return a ratio."""
    return f"{value:.2f}x" if value < 10 else f"{value:.1f}x" if value < 100 else f"{value:.0f}x"


def ulp_text(value: float) -> str:
    """Return an error in ulps."""
    if not math.isfinite(value):
        return "wrong"
    if value == 0:
        return "0"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}" if value < 1e5 else f"{value:.0e}"


def hexadecimal(value: float) -> str:
    """Return a float in hexadecimal without trailing zeros."""
    mantissa, p, exponent = value.hex().partition("p")
    return mantissa.rstrip("0").rstrip(".") + p + exponent if p else mantissa


def new_table(left: Iterable[TextType], right: Iterable[TextType] = (), *, gap: int = 1) -> Table:
    """Return a table for the terminal, of columns aligned to the left, then to the right."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, gap, 0, 0), pad_edge=False)
    for header in left:
        table.add_column(header, no_wrap=True)
    for header in right:
        table.add_column(header, no_wrap=True, justify="right")
    return table


def print_note(console: Console, text: str) -> None:
    """Print what explains a table."""
    console.print(Text(text, "dim"))


def progress(console: Console, *columns: bars.ProgressColumn, **options: Any) -> bars.Progress:
    """Return a bar, between what is done and the time left, with columns on how far it is."""
    done = bars.SpinnerColumn(), bars.TextColumn("{task.description}"), bars.BarColumn()
    left = bars.TimeRemainingColumn()
    return bars.Progress(*done, *columns, left, console=console, **options)
