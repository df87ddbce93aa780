"""The largest errors in the comment of each kernel, from the table of worst inputs.

A comment has the largest error of any instruction set for each form and dtype, if that is above
0.5 ulp.
"""

import re
import textwrap
from collections import defaultdict
from pathlib import Path

import worst

from fastact.cli.catalogue import ACTIVATIONS

ROOT = Path(__file__).resolve().parents[1]
KERNELS = ROOT / "src_c" / "kernels"
WIDTH = 88

# What a kernel begins with: its comment and its name.
DEFINITION = re.compile(
    r"(?P<comment>/\*(?:(?!\*/).)*\*/\n)?(?P<start>INLINE (?:Dual|Derivative) (?P<name>\w+)\()",
    re.DOTALL,
)
# The lines that this writes.
ERROR = re.compile(r"Largest errors in float(32|64):$|    \d\.\d{4} ulp  | {16}")


def kernels() -> dict[tuple[str, str], str]:
    """Return the kernel of each activation's form: that of the table, or a form's own."""
    text = (ROOT / "src_c" / "table" / "activations.def").read_text(encoding="utf-8")
    rows = re.findall(r"^ACTIVATION\((\w+), (\w+),", text, re.MULTILINE)
    found = {(name, form): kernel for name, kernel in rows for form in worst.FORMS}
    for name, form, kernel in re.findall(r"^EXTRA\((\w+), (\w+), (\w+)\(", text, re.MULTILINE):
        found[name, form.lower()] = kernel
    return found


def errors() -> dict[str, list[str]]:
    """Return the lines of each kernel."""
    largest = [line for line in worst.largest(worst.read(worst.TABLE)) if float(line.ulp) > 0.5]
    kernel_of = kernels()
    found = defaultdict(list)
    for dtype in worst.DTYPES:
        of_dtype = defaultdict(list)
        for line in largest:
            if line.dtype == dtype:
                of_dtype[kernel_of[line.name, line.form]] += sentence(line)
        for kernel, lines in of_dtype.items():
            found[kernel] += [f"Largest errors in {dtype}:", *lines]
    return found


def sentence(line: worst.Worst) -> list[str]:
    """Return what is said of an error, in as many lines as it takes."""
    *_, ulp, operands, got, want = line.cells()
    call = f"{ACTIVATIONS[line.name].ufunc_name(line.form)}({operands.replace(',', ', ')})"
    head, tail = f"    {ulp} ulp  {call}", f"got {got} want {want}"
    width, indent = WIDTH - len(" *  */"), " " * 16
    one = f"{head} {tail}"
    if len(one) <= width:
        return [one]
    return [*textwrap.wrap(head, width, subsequent_indent=indent), indent + tail]


def commented(text: str) -> str:
    """Return a header of kernels with the comments as they should be."""
    lines_of = errors()

    def replace(match: re.Match[str]) -> str:
        comment, lines = match["comment"] or "", lines_of.get(match["name"], [])
        said = [re.sub(r"^(/\*| \*) ?", "", line) for line in comment.rstrip()[:-2].splitlines()]
        said = [line.rstrip() for line in said if not ERROR.match(line)]
        while said and not said[-1]:
            del said[-1]
        if said and lines:
            said.append("")
        said += lines
        if not said:
            return match["start"]
        body = "\n".join(f" * {line}".rstrip() for line in said)
        return f"/*{body[2:]} */\n{match['start']}"

    return DEFINITION.sub(replace, text)
