"""What there is: the functions (`fastact list`) and what they run on (`fastact info`)."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

import fastact
from fastact import _names
from fastact.cli.catalogue import EXTRA_FORMS, FORMS, USUAL_FORMS, Activation
from fastact.cli.machine import LIBRARIES, Machine
from fastact.cli.text import bytes_text

__all__ = [
    "choose_names",
    "functions_as_dicts",
    "names_elsewhere",
    "print_functions",
    "print_info",
    "print_names",
    "runtime_as_dict",
]

_ROLES = {"fixed": "", "tunable": "yes", "learnable": "yes, backward too"}


def functions_as_dicts(activations: Sequence[Activation]) -> list[dict[str, object]]:
    """Return the activations for JSON."""
    return [
        {
            "name": row.name,
            "aliases": list(row.aliases),
            "arrays": row.arrays,
            "parameters": dict(row.parameters),
            "role": row.role,
            "forms": {form: row.ufunc_name(form) for form in row.forms},
            "ulp": {
                dtype: {"value": value, "derivatives": slope}
                for dtype, (value, slope) in row.bounds.items()
            },
        }
        for row in activations
    ]


def print_functions(console: Console, activations: Sequence[Activation]) -> None:
    """Print a table of activations."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("function", style="bold", no_wrap=True)
    table.add_column("aliases", style="dim")
    table.add_column("parameters", no_wrap=True)
    table.add_column("derivative by\nparameter", no_wrap=True)
    for dtype in ("float32", "float64"):
        table.add_column(f"ulp\n{dtype}", justify="right", no_wrap=True)
    for row in activations:
        parameters = ", ".join(f"{name}={value:g}" for name, value in row.parameters.items())
        bounds = [f"{value:g} · {slope:g}" for value, slope in row.bounds.values()]
        name = row.name + " (a, b)" * (row.arrays == 2)
        table.add_row(name, ", ".join(row.aliases), parameters, _ROLES[row.role], *bounds)
    console.print(table)
    everywhere = [f"f{suffix}" for form, suffix in FORMS.items() if form in USUAL_FORMS]
    elsewhere = [f"f{suffix}" for form, suffix in FORMS.items() if form in EXTRA_FORMS]
    console.print(
        Text(
            f"{len(activations)} functions, each as {', '.join(everywhere)}, and f_grad_<parameter>"
            f" where the table says so;\nsome also as {' or '.join(elsewhere)}, which --json tells;"
            " those of (a, b) as f and f_backward."
            "\nulp: the largest error promised, of the value and of derivatives;"
            " 0.5 is correctly rounded.",
            style="dim",
        )
    )


def names_elsewhere() -> dict[str, dict[str, list[str]]]:
    """Return what libraries call the functions: function -> library -> names."""
    return dict(_names.table())


def choose_names(
    known: dict[str, dict[str, list[str]]], wanted: Sequence[str]
) -> dict[str, dict[str, list[str]]]:
    """Return the lines of the functions wanted, by any of their names; all for none."""
    if not wanted:
        return known
    return {ours: known[ours] for ours in (_names._find(name)[0] for name in wanted)}


def print_names(console: Console, known: dict[str, dict[str, list[str]]]) -> None:
    """Print a table of names."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("function", style="bold", no_wrap=True)
    table.add_column("elsewhere")
    for ours, libraries in known.items():
        line = Text()
        for library, names in libraries.items():
            line.append(f"{library} ", "dim")
            line.append(f"{', '.join(names)}  ")
        table.add_row(ours, line)
    console.print(table)
    console.print(
        Text(
            "fastact.get takes any of them, in any case, also as nn.SiLU, jax.nn.silu or"
            " tf.nn.silu.",
            style="dim",
        )
    )


def runtime_as_dict() -> dict[str, object]:
    """Return what fastact runs on, for JSON."""
    from dataclasses import asdict

    return {"runtime": fastact.show_runtime(), "machine": asdict(Machine.here())}


def print_info(console: Console) -> None:
    """Print what fastact runs on, and what it can be studied beside."""
    runtime = fastact.show_runtime()
    machine = Machine.here()
    others = [name for name in runtime["available_isas"] if name != runtime["isa"]]
    cpus = f"{machine.usable_cpus} CPUs"
    if machine.usable_cpus != machine.cpus:
        cpus += f" of {machine.cpus} usable by this process"
    rows: list[tuple[str, str | Text]] = [
        ("version", f"{runtime['version']} · NumPy {runtime['numpy']} · Python {machine.python}"),
        (
            "instructions",
            Text.assemble(
                (runtime["isa"], "bold"),
                (f"  also here: {', '.join(others)}" if others else "", "dim"),
            ),
        ),
        ("threads", _threads_line(runtime)),
        ("bfloat16", "yes" if runtime["bfloat16"] else 'no: pip install "ml_dtypes" for it'),
        ("", ""),
        ("processor", f"{machine.cpu} · {cpus}"),
        ("caches", "\n".join(_cache_lines(machine)) or "unknown"),
        ("memory", f"{machine.memory_bytes / 2**30:.1f} GiB"),
        ("system", machine.system),
        ("load", _load_line(machine)),
        ("", ""),
        ("peers", _peers_line(machine)),
    ]
    if machine.environment:
        settings = "\n".join(f"{name}={value}" for name, value in machine.environment.items())
        rows.append(("environment", settings))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right", no_wrap=True)
    table.add_column()
    for label, content in rows:
        table.add_row(label, content)
    console.print(Text("fastact", style="bold"))
    console.print(table)


def _threads_line(runtime: dict[str, object]) -> str:
    if not runtime["openmp"]:
        return "1: built without OpenMP"
    line = f"{runtime['threads']} by OpenMP"
    if runtime["threads"] != runtime["default_threads"]:
        line += f", of {runtime['default_threads']} by default"
    return line


def _cache_lines(machine: Machine) -> list[str]:
    lines = []
    for cache in machine.caches:
        shared = "own" if cache.shared_by == 1 else f"shared by {cache.shared_by} CPUs"
        lines.append(f"L{cache.level} {bytes_text(cache.bytes)} {shared}")
    return lines


def _load_line(machine: Machine) -> Text:
    line = Text(f"{machine.load_average}")
    if machine.busy:
        line.append("  busy: measure later", style="yellow")
    return line


def _peers_line(machine: Machine) -> Text:
    line = Text()
    for name in LIBRARIES:
        found = machine.versions.get(name)
        line.append(
            f"{name} {found}  " if found else f"{name}: not installed  ", "" if found else "dim"
        )
    return line
