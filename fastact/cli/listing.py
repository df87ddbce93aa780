"""What there is: the functions (`fastact list`) and what they run on (`fastact info`)."""

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

import fastact
from fastact import _names
from fastact._ufuncs import form_suffix
from fastact.cli.catalogue import EXTRA_FORMS, USUAL_FORMS, Activation
from fastact.cli.machine import LIBRARIES, Machine
from fastact.cli.text import new_table, print_note

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
                for dtype, (value, slope) in row.ulp.items()
            },
        }
        for row in activations
    ]


def print_functions(console: Console, activations: Sequence[Activation]) -> None:
    """Print a table of activations."""
    table = new_table(
        ["function", "aliases", "parameters", "derivatives by\nparameters"],
        ["ulp\nfloat32", "ulp\nfloat64"],
        gap=2,
    )
    table.columns[1].no_wrap = False
    for row in activations:
        parameters = ", ".join(f"{name}={value:g}" for name, value in row.parameters.items())
        bounds = [f"{value:g} · {slope:g}" for value, slope in row.ulp.values()]
        name = Text(row.name + " (a, b)" * (row.arrays == 2), "bold")
        aliases = Text(", ".join(row.aliases), "dim")
        table.add_row(name, aliases, parameters, _ROLES[row.role], *bounds)
    console.print(table)
    everywhere, elsewhere = (
        [f"f{form_suffix(form)}" for form in forms] for forms in (USUAL_FORMS, EXTRA_FORMS)
    )
    print_note(
        console,
        f"{len(activations)} functions, each as {', '.join(everywhere)}, and f_grad_<parameter>"
        f" where the table says so;\nsome also as {' or '.join(elsewhere)}, which --json tells;"
        " those of (a, b) as f and f_backward."
        "\nulp: the largest error promised, of the value and of derivatives;"
        " 0.5 is correctly rounded.",
    )


def names_elsewhere(wanted: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """Return what libraries call the functions wanted, function -> library -> names; all for none.

    Any of the names tells which function is wanted.
    """
    known = dict(_names.table())
    return {ours: known[ours] for ours in [_names._find(n)[0] for n in wanted] or known}


def print_names(console: Console, known: dict[str, dict[str, list[str]]]) -> None:
    """Print a table of names."""
    table = new_table(["function", "elsewhere"], gap=2)
    table.columns[1].no_wrap = False
    for ours, libraries in known.items():
        line = Text()
        for library, names in libraries.items():
            line.append(f"{library} ", "dim")
            line.append(f"{', '.join(names)}  ")
        table.add_row(Text(ours, "bold"), line)
    console.print(table)
    print_note(
        console, "fastact.get takes any of them, in any case, also as nn.SiLU or jax.nn.silu."
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
    threads = f"{runtime['threads']} by OpenMP"
    if not runtime["openmp"]:
        threads = "1: built without OpenMP"
    elif runtime["threads"] != runtime["default_threads"]:
        threads += f", of {runtime['default_threads']} by default"
    caches = (
        f"{cache} " + ("own" if cache.shared_by == 1 else f"shared by {cache.shared_by} CPUs")
        for cache in machine.caches
    )
    peers = (
        f"{name} {machine.versions[name]}"
        if name in machine.versions
        else f"[dim]{name}: not installed[/]"
        for name in LIBRARIES
    )
    settings = "\n".join(f"{name}={value}" for name, value in machine.environment.items())
    rows = {
        "version": f"{runtime['version']} · NumPy {runtime['numpy']} · Python {machine.python}",
        "instructions": f"[bold]{runtime['isa']}[/]"
        + (f"[dim]  also here: {', '.join(others)}[/]" if others else ""),
        "threads": threads,
        "bfloat16": "yes" if runtime["bfloat16"] else 'no: pip install "ml_dtypes" for it',
        "": "",
        "processor": escape(f"{machine.cpu} · {machine.processors}"),
        "caches": "\n".join(caches) or "unknown",
        "memory": f"{machine.memory_bytes / 2**30:.1f} GiB",
        "system": machine.system,
        "load": f"{machine.load_average}" + "[yellow]  busy: measure later[/]" * machine.busy,
        " ": "",
        "peers": "  ".join(peers),
        **({"environment": escape(settings)} if settings else {}),
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right", no_wrap=True)
    table.add_column()
    for label, content in rows.items():
        table.add_row(label, content)
    console.print("[bold]fastact[/]", table, sep="\n")
