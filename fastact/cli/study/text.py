"""Figures as people read them, the same in the terminal and on the page."""

from __future__ import annotations

import math

__all__ = ["bytes_text", "number", "rate", "ratio_text", "threads_text", "ulp_text"]


def threads_text(count: int) -> str:
    """Return a number of threads."""
    return f"{count} thread" if count == 1 else f"{count} threads"


def bytes_text(count: int) -> str:
    """Return a size, in binary units where that is what it is."""
    if count % (1 << 20) == 0:
        return f"{count >> 20} MiB"
    if count < 1 << 20 and count % 1024 == 0:
        return f"{count >> 10} KiB"
    return f"{count / 1e6:.3g} MB" if count >= 10**6 else f"{count:,} B"


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
    return f"{value:.2f}" if value < 100 else f"{value:.0f}" if value < 1e5 else f"{value:.0e}"
