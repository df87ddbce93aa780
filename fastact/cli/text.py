"""Figures as people read and write them, the same in the terminal, on the page and in options."""

from __future__ import annotations

import math
import re

__all__ = [
    "byte_count",
    "bytes_text",
    "number",
    "rate",
    "ratio_text",
    "threads_text",
    "ulp_text",
]

_UNITS = {
    "": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "KIB": 1 << 10,
    "MIB": 1 << 20,
    "GIB": 1 << 30,
}


def byte_count(text: str) -> int:
    """Return the number of bytes that a text such as ``8MB`` means.

    Raises
    ------
    ValueError
        If it is not a size of at least one byte.
    """
    found = re.fullmatch(r"(\d+(?:\.\d*)?)\s*([KMG]I?B|)", text.strip().upper())
    count = int(float(found[1]) * _UNITS[found[2]]) if found else 0
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
