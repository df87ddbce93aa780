"""The commands: options in, tables out. What they do is in the modules beside this one."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import numpy as np
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

import fastact
from fastact.cli import listing
from fastact.cli.catalogue import ACTIVATIONS, choose, choose_activations, choose_parameters
from fastact.cli.machine import Machine

__all__ = ["app"]

app = typer.Typer(
    help="Neural-network activations as NumPy ufuncs: measured, checked and listed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # which lets paragraphs flow
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Result = TypeVar("Result")

INTERRUPTED = 130


def _checked(option: str, read: Callable[[], Result]) -> Result:
    """Turn an error about what was typed into the command line's."""
    try:
        return read()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _names(given: str | None) -> list[str]:
    return [name for name in (part.strip() for part in (given or "").split(",")) if name]


def _console() -> Console:
    # Without a terminal there is no width to keep to, and a table cut at 80 helps nobody.
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(highlight=False, width=160)
    return console


@contextmanager
def _progress(console: Console, *, counted: bool = True) -> Iterator[Progress]:
    """Show a bar; `counted` says that its steps are things, not seconds."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        *([MofNCompleteColumn()] if counted else []),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        refresh_per_second=2,  # drawing takes time from what is measured
    ) as progress:
        yield progress


@app.command()
def study(
    functions: Annotated[
        str | None,
        typer.Option(
            "--functions", "--ops", metavar="NAMES", help="Comma-separated; all if not given."
        ),
    ] = None,
    forms: Annotated[
        str | None,
        typer.Option(metavar="FORMS", help="Of value, grad, backward.  [default: value,backward]"),
    ] = None,
    dtypes: Annotated[
        str | None, typer.Option(metavar="DTYPES", help="Of float32, float64.  [default: float32]")
    ] = None,
    sizes: Annotated[
        str | None,
        typer.Option(
            metavar="SIZES",
            help="cache (65,536 elements), memory (128MB arrays), a number of elements, or an"
            " array size such as 512KB.",
        ),
    ] = None,
    threads: Annotated[str | None, typer.Option(metavar="COUNTS", help="Numbers, or all.")] = None,
    layouts: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Of contiguous, strided, transposed, columns, rows."),
    ] = None,
    peers: Annotated[
        str | None,
        typer.Option(
            metavar="NAMES",
            help="Of torch, jax, onnxruntime, numpy, scipy, numexpr, numba, or none."
            "  [default: those installed; with --quick the first five of them]",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Fewer cells and rounds: ends within 30 seconds.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the random inputs.")] = 0,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Where study.json, study.csv, study.html go.")
    ] = Path("fastact-study"),
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="A.json B.json",
            help="Print the ratios of two studies instead; the exit code is 1 where their machines"
            " differ.",
        ),
    ] = None,
) -> None:
    """Measure fastact beside PyTorch, JAX, ONNX Runtime, NumPy, SciPy, numexpr and numba.

    Libraries are sampled in turn in one process, on the same arrays, and each result is compared
    with the reference. Without --sizes, --threads and --layouts all functions are measured in cache
    and in memory, and a few by size, threads and layout, within 10 minutes; with one of them every
    combination is, however long that takes. Tables go to the terminal, plots to study.html, every
    sample to study.json. Ctrl-C keeps what is done.
    """
    started = time.perf_counter()
    console = _console()
    if compare is not None:
        _compare(console, *compare)
        return
    _need_scipy()
    from fastact.cli.study import files, measuring, plan, tables
    from fastact.cli.study import layouts as arrangements
    from fastact.cli.study import peers as libraries
    from fastact.cli.study.results import Setting

    machine = Machine.here()  # the load, before our own imports add to it
    all_threads = int(fastact.show_runtime()["default_threads"])
    rows = _checked("--functions", lambda: plan.measurable(choose_activations(_names(functions))))
    chosen_forms = _checked(
        "--forms", lambda: choose("form", forms, plan.FORMS, ["value", "backward"])
    )
    chosen_dtypes = _checked(
        "--dtypes", lambda: choose("dtype", dtypes, ["float32", "float64"], ["float32"])
    )
    chosen_layouts = _checked(
        "--layouts", lambda: choose("layout", layouts, arrangements.LAYOUTS, ["contiguous"])
    )
    counts = _checked(
        "--threads", lambda: plan.thread_counts(_names(threads) or ["1", "all"], all_threads)
    )
    usual = libraries.QUICK_PEERS if quick else tuple(libraries.PEERS)
    named_peers = _checked(
        "--peers",
        lambda: choose("peer", "" if peers == "none" else peers, libraries.PEERS, usual),
    )
    if sizes or threads or layouts:
        named_sizes = _names(sizes) or ["cache", "memory"]
        effort = measuring.Effort.quick(started) if quick else measuring.Effort()
        parts = _checked(
            "--sizes",
            lambda: plan.product(
                rows, chosen_forms, chosen_dtypes, named_sizes, counts, chosen_layouts
            ),
        )
    else:
        effort = measuring.Effort.quick(started) if quick else measuring.Effort.ordinary(started)
        if quick and forms is None:
            chosen_forms = ["value"]
        parts = plan.study(
            rows,
            chosen_forms,
            chosen_dtypes,
            all_threads,
            quick=quick,
            cache_bytes=max((cache.bytes for cache in machine.caches), default=0),
        )
    folder = _checked("--out", lambda: files.make_folder(out))
    tables.print_notices(console, machine.notices)
    with console.status("Importing the libraries to be measured ..."):
        beside, missing = _checked(
            "--peers", lambda: libraries.load(named_peers, required=peers is not None)
        )
    for reason in missing:
        console.print(f"[yellow]Left out:[/] {reason}.")
    result = measuring.start(machine, seed, beside)
    settings = [setting for part in parts for setting in part.settings]
    weights = [effort.weight(setting) for setting in settings]
    with _progress(console, counted=False) as progress:
        task = progress.add_task("", total=sum(weights))

        def report_cell(setting: Setting, done: int) -> None:
            label = f"{done + 1} of {len(settings)}: {setting.function} {setting.form}"
            label += f" · {setting.elements:,} · {setting.threads}t"
            progress.update(task, completed=sum(weights[:done]), description=f"{label:<54}")

        measuring.measure(result, parts, beside, effort, report_cell)
    paths = files.write(result, folder)
    tables.print_study(console, result)
    console.print(f"Written: {', '.join(str(path) for path in paths)}", style="dim")
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)


def _compare(console: Console, first: Path, second: Path) -> None:
    """Print the ratios of two studies; the exit code is 1 where they cannot be believed."""
    _need_scipy()
    from fastact.cli.study import comparison, files

    before = _checked("--compare", lambda: files.read(first))
    after = _checked("--compare", lambda: files.read(second))
    common = comparison.print_comparison(console, before, after, (str(first), str(second)))
    differences = comparison.differences(before, after)
    if differences:
        console.print("[bold yellow]Not the same machine:[/] the ratios tell of these too:")
        for difference in differences:
            console.print(f"  {difference}", markup=False)
    if differences or not common:
        raise typer.Exit(1)


def _need_scipy() -> None:
    """Stop with a clear message where the reference cannot be computed."""
    try:
        import scipy  # noqa: F401
    except ModuleNotFoundError:
        typer.echo('The reference needs SciPy: pip install "fastact[cli]"', err=True)
        raise typer.Exit(1) from None


@app.command()
def verify(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAMES]...", help="Functions; all if none is given."),
    ] = None,
    dtype: Annotated[
        str, typer.Option(metavar="DTYPES", help="Of float32, float64, float16, bfloat16, or all.")
    ] = "float32",
    forms: Annotated[
        str | None,
        typer.Option(
            metavar="FORMS",
            help="Of value, grad, backward, grad_parameter, backward_from_output, grad_grad.  "
            "[default: all]",
        ),
    ] = None,
    isa: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Instruction sets, or all.  [default: the one in use]"),
    ] = None,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="All 2^32 float32 inputs, on all CPUs.")
    ] = False,
    points: Annotated[int, typer.Option(min=0, help="Random float64 inputs.")] = 2000,
    worst_inputs: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Enter larger errors of float32 and float64 into this table."
        ),
    ] = None,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Write the results there too."),
    ] = None,
) -> None:
    """Compare results with the reference and with the error bounds that are promised.

    A sample is every 4,099th float32 pattern and designed inputs; the half types are tried in
    full, float64 against mpmath. The exit code is 1 where a bound is broken.
    """
    console = _console()
    _need_scipy()
    from fastact.cli import exact, verdicts, worst
    from fastact.cli import verify as checks

    rows = _checked("NAMES", lambda: choose_activations(names or []))
    dtypes = _checked("--dtype", lambda: choose("dtype", dtype, checks.DTYPES, []))
    chosen_forms = _checked("--forms", lambda: choose("form", forms, checks.FORMS, checks.FORMS))
    isas = _checked(
        "--isa",
        lambda: choose("instruction set", isa, fastact.available_isas(), [fastact.isa()]),
    )
    for name in dtypes:
        if name == "float64" and not exact.available():
            raise typer.BadParameter(
                "float64 is compared with mpmath, which is not installed: pip install mpmath",
                param_hint="--dtype",
            )
        if name == "bfloat16" and not fastact.show_runtime()["bfloat16"]:
            raise typer.BadParameter(
                "bfloat16 needs ml_dtypes, which is not installed: pip install ml_dtypes",
                param_hint="--dtype",
            )
    if worst_inputs is not None:
        if not exact.available():
            raise typer.BadParameter(
                "errors are measured with mpmath, which is not installed: pip install mpmath",
                param_hint="--worst-inputs",
            )
        _checked("--worst-inputs", lambda: worst.read(worst_inputs))
    work = checks.jobs(rows, chosen_forms, dtypes, isas)
    if not work:
        raise typer.BadParameter("none of these functions of one array has any of these forms")
    found: list[checks.Verdict] = []
    interrupted = False
    with _progress(console) as progress:
        total = sum(
            len(checks.blocks(job.dtype, exhaustive=exhaustive, points=points)) for job in work
        )
        task = progress.add_task("", total=total)

        def report_job(job: checks.Job, done: int) -> None:
            label = f"{ACTIVATIONS[job.name].ufunc_name(job.form)} {job.dtype}"
            progress.update(task, advance=done, description=f"{label:<36}")

        try:
            checks.verify(
                work,
                exhaustive=exhaustive,
                points=points,
                report=report_job,
                finished=found.append,
            )
        except KeyboardInterrupt:
            interrupted = True
    verdicts.print_verdicts(console, found)
    if worst_inputs is not None:
        changed = worst.update(worst_inputs, found)
        console.print(f"{worst_inputs}: {changed or 'no'} line{'s' * (changed != 1)} changed.")
    if json_file is not None:
        results = {
            "exhaustive": exhaustive,
            "interrupted": interrupted,
            "results": [verdict.as_dict() for verdict in found],
        }
        json_file.write_text(json.dumps(results, indent=1) + "\n")
    if interrupted:
        console.print(
            f"[yellow]Interrupted:[/] {len(found)} of {len(work) * len(isas)} checks were finished."
        )
        raise typer.Exit(INTERRUPTED)
    if not all(verdict.passed for verdict in found):
        raise typer.Exit(1)


@app.command()
def apply(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A function.")],
    source: Annotated[str, typer.Argument(metavar="IN", help="A .npy file, or - for a pipe.")],
    target: Annotated[str, typer.Argument(metavar="OUT", help="A .npy file, or - for a pipe.")],
    form: Annotated[
        str, typer.Option(metavar="FORM", help="One of value, grad, grad_parameter.")
    ] = "value",
    param: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="A parameter; may be given for each."),
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(
            metavar="DTYPE",
            help="Of the computation and of OUT: float16, float32, float64."
            "  [default: as the function gives]",
        ),
    ] = None,
    input_dtype: Annotated[
        str | None,
        typer.Option(
            metavar="DTYPE",
            help="Of IN, where the file cannot tell: bfloat16, which numpy.save calls |V2.",
        ),
    ] = None,
    chunk: Annotated[
        str, typer.Option(metavar="SIZE", help="How much of IN is in memory at once.")
    ] = "16MB",
    threads: Annotated[
        int | None, typer.Option(min=1, max=1024, help="At most so many.  [default: all]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace OUT; it may be IN.")] = False,
) -> None:
    """Compute a function of every element of a .npy file.

    IN may be larger than memory. OUT appears when it is complete; after an error or Ctrl-C it is as
    it was. The shape and the memory order stay, integers become floating.
    """
    from fastact.cli import apply as files

    if name == "all":
        raise typer.BadParameter("one function at a time", param_hint="NAME")
    (row,) = _checked("NAME", lambda: choose_activations([name]))
    _checked("--form", lambda: files.check_form(row, form))
    parameters = _checked("--param", lambda: choose_parameters(row, param or []))
    dtypes = _checked("--dtype", lambda: choose("dtype", dtype, files.DTYPES, []))
    if len(dtypes) > 1:
        raise typer.BadParameter("one dtype at a time", param_hint="--dtype")
    inputs = _checked("--input-dtype", lambda: choose("dtype", input_dtype, files.INPUT_DTYPES, []))
    given = _checked("--input-dtype", lambda: files.dtype_named(inputs[0]) if inputs else None)
    chunk_bytes = _checked("--chunk", lambda: files.byte_count(chunk))
    function = files.Function(row, form, parameters, np.dtype(dtypes[0]) if dtypes else None)
    try:
        with (
            files.opened(source) as file,
            files.written(target, force=force) as descriptor,
            files.progress(row.ufunc_name(form)) as report,
            fastact.num_threads(threads or fastact.get_num_threads()),
        ):
            files.apply(
                function,
                file,
                descriptor,
                chunk=chunk_bytes,
                report=report,
                input_dtype=given,
            )
    except KeyboardInterrupt:
        _stop("Interrupted" + f": {target} is as it was" * (target != "-"), INTERRUPTED)
    except BrokenPipeError:
        raise typer.Exit(1) from None  # whoever was to read has gone, and knows
    except files.Unreadable as error:
        _stop(f"Error: {'the input' if source == '-' else source}: {error}")
    except OSError as error:
        name = source if error.filename == source else target
        _stop(f"Error: {name}: {error.strerror}")
    except MemoryError:
        _stop("Error: not enough memory. A smaller --chunk takes less")
    except ValueError as error:
        _stop(f"Error: {error}")


def _stop(message: str, code: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


@app.command()
def plot(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAMES]...", help="Functions, up to 7.")
    ] = None,
    form: Annotated[
        str, typer.Option(metavar="FORMS", help="Of value, grad, grad_parameter.")
    ] = "value,grad",
    interval: Annotated[
        tuple[float, float], typer.Option("--range", metavar="LOW HIGH", help="Of x.")
    ] = (-5.0, 5.0),
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A .png or .svg file; needs matplotlib.  [default: the terminal]"
        ),
    ] = None,
    articles: Annotated[
        bool, typer.Option("--articles", help="The figures of two introductory articles instead.")
    ] = False,
) -> None:
    """Draw functions and their derivatives, in the terminal or as a picture."""
    from fastact.cli import plot as drawing

    if bool(names) == articles:
        raise typer.BadParameter("name functions, or give --articles", param_hint="NAMES")
    if articles:
        panels = drawing.article_panels()
    else:
        rows = _checked("NAMES", lambda: choose_activations(names or []))
        forms = _checked("--form", lambda: choose("form", form, drawing.FORMS, []))
        panels = _checked("NAMES", lambda: drawing.panels_of(rows, forms, *interval))
    console = _console()
    if out is None:
        if not console.encoding.startswith("utf"):
            _stop(f"Error: {console.encoding} has no braille dots. Write a picture by --out FILE")
        drawing.draw_text(console, panels)
        return
    if out.suffix.lower() not in drawing.SUFFIXES:
        ends = " or ".join(drawing.SUFFIXES)
        raise typer.BadParameter(f"{out} does not end in {ends}", param_hint="--out")
    try:
        drawing.draw_picture(panels, out)
    except ModuleNotFoundError as error:
        _stop(f'A picture needs {error.name}: pip install "fastact[plot]"')
    except OSError as error:
        _stop(f"Error: {out}: {error.strerror}")
    console.print(f"Written: {out}", style="dim")


@app.command("list")
def list_(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAMES]...", help="Functions; all if none is given."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the functions: aliases, parameters with defaults, promised bounds."""
    rows = _checked("NAMES", lambda: choose_activations(names or []))
    if as_json:
        typer.echo(json.dumps(listing.functions_as_dicts(rows), indent=1))
    else:
        listing.print_functions(_console(), rows)


@app.command()
def info(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what fastact runs on: version, instruction set, threads, processor, peers."""
    if as_json:
        typer.echo(json.dumps(listing.runtime_as_dict(), indent=1))
    else:
        listing.print_info(_console())
