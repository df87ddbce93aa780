"""Write the README's benchmark block from a study: python docs/make_benchmark.py study.json."""

import json
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- benchmark:begin -->", "<!-- benchmark:end -->"
LIBRARIES = {"torch": "PyTorch", "jax": "JAX", "onnxruntime": "ONNX Runtime", "numpy": "NumPy"}


def fastest(cell: dict, library: str) -> float | None:
    """The best ns per element of a library, over its ways of giving the output."""
    times = [
        min(timing["samples"]["seconds"]) / cell["setting"]["elements"] * 1e9
        for timing in cell["timings"]
        if timing["library"].split()[0] == library
    ]
    return min(times, default=None)


def table(cells: list[dict]) -> list[str]:
    """The rows of one size, one per function."""
    lines = [
        f"| function | fastact | {' | '.join(LIBRARIES.values())} |",
        "|---" * (2 + len(LIBRARIES)) + "|",
    ]
    for cell in cells:
        times = [fastest(cell, library) for library in ("fastact", *LIBRARIES)]
        shown = ["" if t is None else f"{t:.2g}" if t < 1 else f"{t:.1f}" for t in times]
        lines.append(f"| `{cell['setting']['function']}` | {' | '.join(shown)} |")
    return lines


def block(study: dict) -> str:
    """The text between the markers."""
    machine = study["machine"]
    versions = machine["versions"]
    said = ", ".join(
        f"{name} {versions[key]}" for key, name in LIBRARIES.items() if key in versions
    )
    groups: dict[tuple, list[dict]] = {}
    for cell in study["cells"]:
        setting = cell["setting"]
        if setting["form"] == "value" and setting["dtype"] == "float32":
            groups.setdefault((setting["elements"], setting["threads"]), []).append(cell)
    text = [
        f"ns per element, float32, on {machine['cpu']} with {machine['usable_cpus']} CPUs"
        f" ({machine['isa']}); {said}. Smaller is better; every library in one process, sampled in"
        " turn, the best sample of each. `fastact study` measures it on your machine.",
    ]
    for (elements, threads), cells in groups.items():
        plural = "s" if threads > 1 else ""
        text += ["", f"{elements:,} elements, {threads} thread{plural} (NumPy: 1):", ""]
        text += table(cells)
    return "\n".join(text)


if __name__ == "__main__":
    study = json.loads(Path(sys.argv[1]).read_text())
    before, rest = README.read_text().split(BEGIN)
    README.write_text(f"{before}{BEGIN}\n{block(study)}\n{END}{rest.split(END)[1]}")
