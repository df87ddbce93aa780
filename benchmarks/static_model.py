"""Instructions and cycles per element of every kernel by a static model: no machine needed.

    python benchmarks/static_model.py neon:neoverse-v2 neon:apple-m1 avx2:znver3 avx2:skylake

compiles the units of each instruction set, cuts out the loop over whole vectors and gives it to
llvm-mca (LLVM 17 or later knows Neoverse V2). Needs gcc and, for NEON elsewhere,
aarch64-linux-gnu-gcc. What a kernel does only for rare lanes is counted where it is part of the
loop, so branches to it make these figures upper bounds.
"""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

SOURCES = Path(__file__).parents[1] / "src_c"
FLAGS = {
    "neon": [],
    "avx2": ["-mavx2", "-mfma", "-mf16c"],
    "avx512": ["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma", "-mf16c"],
}
# Elements of a vector: lanes of a register times V_UNROLL, in float32.
ELEMENTS = {"neon": 4 * 2, "avx2": 8 * 2, "avx512": 16 * 3}
# As in setup.py.
COMMON = ["-std=gnu11", "-O3", "-g0", "-ffp-contract=off", "-fno-math-errno", "-fPIC"]
COMMON += ["-fno-unswitch-loops", "--param=sra-max-propagations=1000"]
FORMS = ("value", "backward")
CHEAP = 0.15  # FA_COSTLY in targets/target.h
BRANCH = re.compile(r"\t(?:j\w+|b\.?\w*|cbn?z|tbn?z)\t(?:.*, )?(\.L\w+)$")
ARITHMETIC = re.compile(r"\tv?(?:f|fm|fn)?(?:add|mul|sub|div|mla|mls|fmadd|fnmadd|max|min)")


class Count(NamedTuple):
    """Of the loop of a kernel, for one element."""

    instructions: float
    cycles: float


def compiler(isa: str) -> list[str]:
    """Return the compiler for an instruction set."""
    foreign = isa == "neon" and platform.machine() not in ("aarch64", "arm64")
    name = "aarch64-linux-gnu-gcc" if foreign else "gcc"
    if shutil.which(name) is None:
        raise SystemExit(f"{name} is needed to compile for {isa}")
    return [name, *FLAGS[isa]]


def assembly(isa: str, precision: int, unit: Path) -> list[str]:
    """Compile a unit and return its assembly."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "unit.s")
        defines = [f"-DFA_ISA={isa}", f"-DPRECISION={precision}"]
        command = [*compiler(isa), *COMMON, *defines]
        subprocess.run([*command, "-S", str(unit), "-o", str(out)], check=True)
        return out.read_text().splitlines()


def function(lines: list[str], name: str) -> list[str]:
    """Return the lines of a function, or none."""
    if f"{name}:" not in lines:
        return []
    start = lines.index(f"{name}:") + 1
    return lines[start : next(i for i in range(start, len(lines)) if "\t.size\t" in lines[i])]


def main_loop(lines: list[str]) -> list[str]:
    """Return the innermost loop with the most arithmetic: the one over whole vectors."""
    places = {line[:-1]: i for i, line in enumerate(lines) if re.fullmatch(r"\.L\w+:", line)}
    loops = []
    for end, line in enumerate(lines):
        jump = BRANCH.match(line)
        if jump and places.get(jump[1], end) < end:
            loops.append((places[jump[1]], end))
    inner = [a for a in loops if not any(a != b and a[0] <= b[0] and b[1] <= a[1] for b in loops)]
    bodies = [lines[start : end + 1] for start, end in inner]
    return max(bodies, key=lambda body: sum(map(bool, map(ARITHMETIC.match, body))), default=[])


def model(isa: str, cpu: str, loop: list[str]) -> Count:
    """Ask llvm-mca what the CPU makes of a loop."""
    code = "\n".join(line for line in loop if not line.lstrip().startswith((".", "#", "//")))
    triple = "aarch64" if isa == "neon" else "x86_64"
    command = ["llvm-mca", f"-mtriple={triple}", f"-mcpu={cpu}", "-iterations=200"]
    done = subprocess.run(command, input=code, capture_output=True, text=True, check=True)
    found = re.search(r"Instructions:\s+(\d+)\s+Total Cycles:\s+(\d+)", done.stdout)
    if found is None:
        raise SystemExit(f"llvm-mca {cpu}: {done.stdout or done.stderr}")
    per_element = 200 * ELEMENTS[isa]
    return Count(int(found[1]) / per_element, int(found[2]) / per_element)


def costly_activations() -> list[str]:
    """Return the names in the table whose loop exists once, those that are not cheap."""
    table = (SOURCES / "table" / "activations.def").read_text()
    rows = re.findall(r"^ACTIVATION\((\w+),.*?(?:FIXED|TUNABLE|LEARNABLE), ([\d.]+)", table, re.M)
    return [name for name, cost in rows if float(cost) > CHEAP]


def main(columns: list[tuple[str, str]]) -> None:
    """Print a table in Markdown, a row for each function and form in float32."""
    units = [u for u in sorted((SOURCES / "targets").glob("*.c")) if "FA_FAMILY" in u.read_text()]
    lines = {
        isa: [line for unit in units for line in assembly(isa, 32, unit)]
        for isa in dict.fromkeys(isa for isa, _ in columns)
    }
    print("| | " + " | ".join(f"{isa} on {cpu}" for isa, cpu in columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for name in costly_activations():
        for form in FORMS:
            cells = []
            for isa, cpu in columns:
                loop = main_loop(function(lines[isa], f"{name}_{form}_kernel"))
                count = model(isa, cpu, loop) if loop else None
                cells.append(f"{count.instructions:.2f} / {count.cycles:.2f}" if count else "-")
            print(f"| {name}{'' if form == 'value' else '_' + form} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    if not sys.argv[1:] or not all(":" in text for text in sys.argv[1:]):
        raise SystemExit(__doc__)
    main([tuple(text.split(":", 1)) for text in sys.argv[1:]])  # type: ignore[misc]
