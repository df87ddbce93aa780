"""Find larger errors than those in the table of worst inputs, and enter them.

python docs/worst.py                       on all instruction sets of this machine
python docs/worst.py gelu --points 20000   more points in float64, one function
python docs/worst.py --listed              only the inputs of other instruction sets' lines

A line of `src_c/kernels/worst_inputs.txt` holds the largest error known of a form, in one dtype on
one instruction set: the error in ulp, the input, the result and the correctly rounded result, in
hexadecimal.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import fastact
from fastact.cli import exact, verify
from fastact.cli.catalogue import ACTIVATIONS, choose_activations
from fastact.cli.text import hexadecimal

TABLE = Path(__file__).resolve().parents[1] / "src_c" / "kernels" / "worst_inputs.txt"

FORMS = tuple(form for form in verify.FORMS if form != "backward")
DTYPES = ("float32", "float64")
ISAS = ("avx512", "avx2", "neon", "scalar")

_COLUMNS = ("function", "form", "dtype", "isa", "ulp", "input", "got", "want")
_HEAD = """\
# The largest errors known, with default parameters, of the forms whose bound is above 0.5 ulp.
# An input of backward_from_output is g,y. Lines are written by
#     python docs/worst.py
# and those of NEON, which has errors like plain C's, by --listed under emulation: only inputs of
# other instruction sets' lines have been tried.
"""


@dataclass(frozen=True)
class Worst:
    """A line of the table."""

    name: str
    form: str
    dtype: str
    isa: str
    ulp: str  # the error, rounded up to four decimals
    operands: tuple[float, ...]  # x, or g and y
    got: float
    want: float

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What there is one line of."""
        return self.name, self.form, self.dtype, self.isa

    def cells(self) -> tuple[str, ...]:
        """Return the line's columns."""
        operands = ",".join(map(hexadecimal, self.operands))
        return *self.key, self.ulp, operands, hexadecimal(self.got), hexadecimal(self.want)


def read(path: Path) -> list[Worst]:
    """Return the lines of a table, none where there is no file."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = []
    for number, line in enumerate(lines, 1):
        cells = line.split()
        if not cells or line.startswith("#") or tuple(cells) == _COLUMNS:
            continue
        try:
            *key, ulp, operands, got, want = cells
            name, form, dtype, isa = key
            if name not in ACTIVATIONS or form not in FORMS or dtype not in DTYPES:
                raise ValueError
            numbers = tuple(map(float.fromhex, operands.split(",")))
            values = float.fromhex(got), float.fromhex(want)
        except ValueError:
            raise ValueError(f"{path}, line {number}: expected {' '.join(_COLUMNS)}") from None
        found.append(Worst(name, form, dtype, isa, ulp, numbers, *values))
    return found


def largest(lines: Iterable[Worst]) -> list[Worst]:
    """Return the largest error of any instruction set for each form and dtype."""
    found: dict[tuple[str, str, str], Worst] = {}
    for line in lines:
        before = found.get(line.key[:3])
        if before is None or float(line.ulp) > float(before.ulp):
            found[line.key[:3]] = line
    return list(found.values())


def write(path: Path, lines: Iterable[Worst]) -> None:
    """Write a table, in the order of the activations and in aligned columns."""
    names = list(ACTIVATIONS)

    def order(line: Worst) -> list[int]:
        places = names, [*ACTIVATIONS[line.name].forms], DTYPES, ISAS
        return [place.index(part) for place, part in zip(places, line.key, strict=True)]

    rows = [_COLUMNS, *(line.cells() for line in sorted(lines, key=order))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = "".join("  ".join(map(str.ljust, row, widths)).rstrip() + "\n" for row in rows)
    path.write_text(_HEAD + text, encoding="utf-8")


def measure(name: str, form: str, dtype: str, isa: str, operands: Sequence[float]) -> Worst:
    """Return the line of an input: the result on an instruction set beside the true value."""
    arrays = [np.array([operand], dtype) for operand in operands]
    truth = exact.evaluate(name, form, *arrays)
    before = fastact.isa()
    fastact.use_isa(isa)
    try:
        with np.errstate(all="ignore"):
            got = float(ACTIVATIONS[name].ufunc(form)(*arrays)[0])
            want = float(truth.rounded_to(dtype)[0])
    finally:
        fastact.use_isa(before)
    error = float(truth.ulp_error(got, dtype)[0])
    ulp = f"{math.ceil(error * 1e4) / 1e4:.4f}" if math.isfinite(error) else "inf"
    return Worst(name, form, dtype, isa, ulp, tuple(operands), got, want)


def update(path: Path, verdicts: Iterable[verify.Verdict]) -> int:
    """Enter what `verify` found into a table; return how many lines changed.

    Inputs that are listed for any instruction set are tried on each of those that were verified.
    The input with the largest error remains; of equal ones, the listed.
    """
    lines = {line.key: line for line in read(path)}
    before = dict(lines)
    for verdict in verdicts:
        if verdict.form not in FORMS or verdict.dtype not in DTYPES or verdict.bound <= 0.5:
            continue
        key = verdict.name, verdict.form, verdict.dtype, verdict.isa
        inputs = [line.operands for line in before.values() if line.key[:3] == key[:3]]
        if key in before:
            inputs.insert(0, before[key].operands)
        if verdict.tally.operands:
            inputs.append(verdict.tally.operands)
        lines.pop(key, None)
        measured = [measure(*key, operands) for operands in dict.fromkeys(inputs)]
        worst = max(measured, key=lambda line: float(line.ulp), default=None)
        if worst is not None:
            lines[key] = worst
    write(path, lines.values())
    return sum(lines.get(key) != before.get(key) for key in {*lines, *before})


def nothing(job: verify.Job, isa: str) -> verify.Verdict:
    """Return the verdict on a job before any input."""
    bound = ACTIVATIONS[job.name].bound(job.form, job.dtype)
    return verify.Verdict(job.name, job.form, job.dtype, isa, bound)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description="Enter larger errors into worst_inputs.txt.")
    parser.add_argument("names", nargs="*", help="functions; all by default")
    parser.add_argument("--points", type=int, default=20000, help="random inputs in float64")
    parser.add_argument("--exhaustive", action="store_true", help="all float32 inputs")
    parser.add_argument("--listed", action="store_true", help="no other inputs than those listed")
    arguments = parser.parse_args()
    rows = choose_activations(arguments.names)
    jobs = verify.jobs(rows, FORMS, DTYPES, fastact.available_isas())
    found: list[verify.Verdict] = []
    if arguments.listed:
        found += [nothing(job, isa) for job in jobs for isa in job.isas]
    else:
        verify.verify(
            jobs,
            exhaustive=arguments.exhaustive,
            points=arguments.points,
            report=lambda job, done: None if done else print(job.name, job.form, job.dtype),
            finished=found.append,
        )
    print(f"{update(TABLE, found)} lines changed; python docs/generate.py enters them in comments")


if __name__ == "__main__":
    main()
