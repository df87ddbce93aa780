"""What `fastact verify` found, as a table in the terminal."""

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from rich.console import Console
from rich.text import Text

from fastact.cli.catalogue import ACTIVATIONS, dtype_of
from fastact.cli.text import hexadecimal, new_table
from fastact.cli.verify import Tally, Verdict

# Enough of the wanted value to tell its distance to the one got.
_DIGITS = {"float16": 7, "bfloat16": 6, "float32": 11, "float64": 17}


def print_verdicts(console: Console, verdicts: Sequence[Verdict]) -> None:
    """Print a table for each dtype, and the sum of it all."""
    ordered = sorted(verdicts, key=lambda verdict: list(_DIGITS).index(verdict.dtype))
    for dtype, group in groupby(ordered, key=lambda verdict: verdict.dtype):
        _print_dtype(console, dtype, list(group))
    if not verdicts:
        return
    failed = [verdict for verdict in verdicts if not verdict.passed]
    tried = sum(verdict.tally.tried for verdict in verdicts)
    if failed:
        console.print(
            f"[bold red]{len(failed)} of {len(verdicts)} bounds broken[/] in {tried:,} results."
        )
    else:
        console.print(f"[green]All {len(verdicts)} bounds kept[/] in {tried:,} results.")


def _print_dtype(console: Console, dtype: str, verdicts: Sequence[Verdict]) -> None:
    isas = {verdict.isa for verdict in verdicts}
    title = Text.assemble((dtype, "bold"), f" · {verdicts[0].tally.tried:,} inputs each")
    if len(isas) == 1:
        title.append(f" · {verdicts[0].isa}")
    roomy = console.width >= 120
    console.print(title)
    half = dtype in ("float16", "bfloat16")
    table = new_table(
        ["function", *(["isa"] if len(isas) > 1 else [])],
        ["max ulp", "bound", "misrounded" if half else "correct", ""],
    )
    for header in ("worst input", *(["in hexadecimal"] if roomy else []), "got", "wanted"):
        table.add_column(header, justify="right", overflow="fold")
    for verdict in verdicts:
        tally = verdict.tally
        rounded = f"{tally.tried - tally.correct:,}" if half else _share(tally.correct, tally.tried)
        table.add_row(
            ACTIVATIONS[verdict.name].ufunc_name(verdict.form),
            *([verdict.isa] if len(isas) > 1 else []),
            Text(_ulp(tally.max_ulp), style="" if verdict.passed else "bold red"),
            f"{verdict.bound:g}",
            rounded,
            Text("ok", style="green") if verdict.passed else Text("BROKEN", style="bold red"),
            _shortest(tally.worst_input, dtype),
            *(_in_hexadecimal(tally, dtype) if roomy else _in_decimal(tally, dtype)),
        )
    console.print(table)


def _share(part: int, whole: int) -> str:
    """Return a percentage that is 100 only where nothing is missing."""
    return "100%" if part == whole else f"{min(100 * part / whole, 99.99):.2f}%"


def _ulp(value: float) -> str:
    """Return an error, rounded up, so that it never seems to be within a bound that it breaks."""
    if not math.isfinite(value):
        return "wrong"
    return f"{math.ceil(value * 1e4) / 1e4:.4f}" if value < 1e6 else f"{value:.2e}"


def _shortest(value: float | None, dtype: str) -> str:
    """Return the shortest decimal that stands for a value of the dtype."""
    return "" if value is None else str(dtype_of(dtype).type(value))


def _in_decimal(tally: Tally, dtype: str) -> tuple[str, str]:
    """Return result and true value, the latter with enough digits to tell it from the former."""
    wanted = "" if tally.wanted is None else f"{tally.wanted:.{_DIGITS[dtype]}g}"
    return _shortest(tally.got, dtype), wanted


def _in_hexadecimal(tally: Tally, dtype: str) -> tuple[Text, ...]:
    """Return input, result and the correctly rounded result."""
    with np.errstate(over="ignore"):
        right = None if tally.wanted is None else float(dtype_of(dtype).type(tally.wanted))
    values = (tally.worst_input, tally.got, right)
    return tuple(Text("" if v is None else hexadecimal(v), style="dim") for v in values)
