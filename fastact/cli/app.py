"""The commands: options in, tables out. What they do is in the modules beside this one."""

import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import numpy as np
import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, TimeElapsedColumn

import fastact
from fastact.cli import catalogue, listing
from fastact.cli.catalogue import ACTIVATIONS, choose, choose_activations, dtype_of, listed
from fastact.cli.machine import Machine
from fastact.cli.text import byte_count, progress
from fastact.cli.writing import write_text

app = typer.Typer(
    help="Neural-network activations as NumPy ufuncs: measured, checked and listed.",
    no_args_is_help=True,
    rich_markup_mode="markdown",  # which lets paragraphs flow
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Result = TypeVar("Result")

INTERRUPTED = 130


def _option(metavar: str, text: str, *names: str, default: Any = None, **settings: Any) -> Any:
    """Return an option, called as its argument where it has no other names."""
    return typer.Option(default, *names, metavar=metavar, help=text, **settings)


def _flag(name: str, text: str) -> Any:
    return typer.Option(False, name, help=text)


def _names(metavar: str, text: str, default: Any = None) -> Any:
    """Return an argument that takes names of functions."""

    def complete(incomplete: str) -> list[str]:
        return [name for name in ACTIVATIONS if name.startswith(incomplete)]

    return typer.Argument(default, metavar=metavar, help=text, autocompletion=complete)


def _examples(*lines: str) -> str:
    """Return what a command's help ends with: a list in Markdown."""
    return "Examples:\n\n" + "\n\n".join(f"- `fastact {line}`" for line in lines)


def _checked(option: str, read: Callable[[], Result]) -> Result:
    """Turn an error about what was typed into the command line's."""
    try:
        return read()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error


def _chosen(
    option: str, kind: str, given: str | None, valid: Iterable[str], default: Iterable[str] = ()
) -> list[str]:
    """Return the names given for an option, each of which has to be valid."""
    return _checked(option, lambda: choose(kind, given, valid, default))


def _one(option: str, kind: str, given: str | None, valid: Iterable[str]) -> str | None:
    """Return the one name given for an option, which has to be valid."""
    names = _chosen(option, kind, given, valid)
    if len(names) > 1:
        raise typer.BadParameter(f"give one {kind}", param_hint=option)
    return names[0] if names else None


def _console() -> Console:
    # Without a terminal there is no width to keep to, and a table cut at 80 helps nobody.
    console = Console(highlight=False)
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console = Console(highlight=False, width=160)
    return console


def _stop(message: str, code: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _print_written(console: Console, paths: Iterable[Path]) -> None:
    console.print(f"Written: {', '.join(map(str, paths))}", style="dim")


def _print_json(content: object) -> None:
    typer.echo(json.dumps(content, indent=1, ensure_ascii=False))


_ALL = "Functions.  [default: all]"
_JSON = "Print JSON."
# While something is measured, drawing must not take its time.
_PATIENT: Any = {"transient": True, "refresh_per_second": 2}


@app.command(
    epilog=_examples(
        "study --quick",
        "study --functions gelu,silu --sizes 4096,memory --threads 1,all",
        "study --isa avx2 --peers torch,numpy --forms backward",
        "study --show fastact-study/study.json",
        "study --compare before.json after.json",
    )
)
def study(
    functions: str | None = _option(
        "NAMES", "Functions, comma-separated.  [default: all]", "--functions", "--ops"
    ),
    forms: str | None = _option("FORMS", "value, grad, backward.  [default: value,backward]"),
    dtypes: str = _option("DTYPES", "float32, float64.", default="float32"),
    sizes: str | None = _option(
        "SIZES",
        "cache (65,536 elements), memory (arrays of 128MB), numbers of elements, or sizes of an"
        " array such as 512KB.",
    ),
    threads: str | None = _option("COUNTS", "Numbers of threads; all is the number of CPUs."),
    layouts: str | None = _option("NAMES", "contiguous, strided, transposed, columns, rows."),
    peers: str | None = _option(
        "NAMES",
        "torch, jax, onnxruntime, numpy, scipy, numexpr, numba, or none."
        "  [default: those installed; with --quick only the first five]",
    ),
    isa: str | None = _option(
        "NAME",
        "Limit every library to avx512, avx2 or scalar instructions, each in a process of its own."
        "  [default: the best that each one finds]",
    ),
    quick: bool = _flag("--quick", "Measure less, within 30 seconds."),
    seed: int = _option("SEED", "Seed of the random inputs.", default=0, min=0),
    out: Path | None = _option(
        "DIR", "Folder for study.json, study.csv and study.html.  [default: fastact-study]"
    ),
    show: Path | None = _option(
        "A.json", "Print an earlier study instead; with --out, also write its files again."
    ),
    compare: tuple[Path, Path] | None = _option(
        "A.json B.json",
        "Compare two studies instead; the exit code is 1 if their machines differ.",
    ),
) -> None:
    """Measure fastact beside PyTorch, JAX, ONNX Runtime, NumPy, SciPy, numexpr and numba.

    All functions are measured in cache and in memory, and a few by size, threads and layout, within
    10 minutes. With --sizes, --threads or --layouts it is every combination instead, however long
    that takes. Libraries are sampled in turn, on the same values, and their results compared with
    the reference. Tables go to the terminal, plots to study.html, every sample to study.json.
    Ctrl-C keeps what is done.
    """
    started = time.perf_counter()
    console = _console()
    if compare is not None:
        return _compare(console, *compare)
    if show is not None:
        return _show(console, show, out)
    from fastact.cli.study import bench, files, measuring, plan, tables
    from fastact.cli.study import layouts as arrangements
    from fastact.cli.study import peers as libraries
    from fastact.cli.study.results import Setting, Study

    held_to = _one("--isa", "instruction set", isa, bench.ISAS)
    if held_to is not None:
        _checked("--isa", lambda: bench.hold_fastact(held_to))
    machine = Machine.here()  # the load, before our own imports add to it
    all_threads = int(fastact.show_runtime()["default_threads"])
    rows = _checked("--functions", lambda: plan.measurable(choose_activations(listed(functions))))
    chosen = bool(sizes or threads or layouts)  # then it is every combination
    usual = ["value"] if quick and not chosen else ["value", "backward"]
    choices = (
        _chosen("--forms", "form", forms, plan.FORMS, usual),
        _chosen("--dtypes", "dtype", dtypes, ["float32", "float64"]),
    )
    chosen_layouts = _chosen("--layouts", "layout", layouts, arrangements.LAYOUTS, ["contiguous"])
    counts = _checked("--threads", lambda: plan.thread_counts(threads or "1,all", all_threads))
    usual_peers = libraries.QUICK_PEERS if quick else libraries.PEERS
    wanted = "" if peers == "none" else peers
    named_peers = _chosen("--peers", "peer", wanted, libraries.PEERS, usual_peers)
    ordinary = measuring.Effort(deadline=None if chosen else started + 540)
    effort = measuring.Effort.quick(started) if quick else ordinary
    if chosen:
        named_sizes = listed(sizes or "cache,memory")
        parts = _checked(
            "--sizes", lambda: plan.product(rows, *choices, named_sizes, counts, chosen_layouts)
        )
    else:
        cache = max((cache.bytes for cache in machine.caches), default=0)
        parts = plan.study(rows, *choices, all_threads, quick=quick, cache_bytes=cache)
    folder = _checked("--out", lambda: files.make_folder(out or Path("fastact-study")))
    tables.print_notices(console, machine.notices)
    with ExitStack() as stack:
        with console.status("Importing the libraries to be measured ..."):
            beside, missing = _checked(
                "--peers",
                lambda: bench.benches(stack, named_peers, seed, held_to, required=bool(peers)),
            )
        for reason in missing:
            console.print(f"[yellow]Left out:[/] {reason}.")
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        result = Study(machine, now, seed, list(beside))
        if held_to is not None:
            result.held = {name: bench.held(held_to, name) for name in beside}
        settings = [setting for part in parts for setting in part.settings]
        weights = [effort.weight(setting) for setting in settings]
        with progress(console, TimeElapsedColumn(), **_PATIENT) as bar:
            task = bar.add_task("", total=sum(weights))

            def report_cell(setting: Setting, done: int) -> None:
                label = f"{done + 1} of {len(settings)}: {setting.function} {setting.form}"
                label += f" · {setting.elements:,} · {setting.threads}t"
                bar.update(task, completed=sum(weights[:done]), description=f"{label:<54}")

            measuring.measure(result, parts, beside, effort, report_cell)
    paths = files.write(result, folder)
    tables.print_study(console, result)
    _print_written(console, paths)
    if result.interrupted:
        raise typer.Exit(INTERRUPTED)


def _show(console: Console, path: Path, out: Path | None) -> None:
    """Print a study that is on disk, and write its files anew if a folder is given."""
    from fastact.cli.study import files, tables

    result = _checked("--show", lambda: files.read(path))
    tables.print_study(console, result)
    if out is not None:
        folder = _checked("--out", lambda: files.make_folder(out))
        _print_written(console, files.write(result, folder))


def _compare(console: Console, first: Path, second: Path) -> None:
    """Print the ratios of two studies; the exit code is 1 where they are not comparable."""
    from fastact.cli.study import files, tables

    before, after = _checked("--compare", lambda: (files.read(first), files.read(second)))
    common = tables.print_comparison(console, before, after, (str(first), str(second)))
    differences = tables.differences(before, after)
    if differences:
        console.print(
            "[bold yellow]Not the same machine:[/] the ratios reflect these differences too:"
        )
        for difference in differences:
            console.print(f"  {difference}", markup=False)
    if differences or not common:
        raise typer.Exit(1)


@app.command(
    epilog=_examples(
        "verify gelu silu",
        "verify --dtype float16,bfloat16",
        "verify tanh --forms value --isa all --exhaustive",
    )
)
def verify(
    names: list[str] | None = _names("NAMES", _ALL),
    dtype: str = _option(
        "DTYPES", "float32, float64, float16, bfloat16, or all.", default="float32"
    ),
    forms: str = _option(
        "FORMS",
        "value, grad, backward, `grad_<parameter>`, backward_from_output, grad_grad.",
        default="all",
    ),
    isa: str | None = _option("NAME", "Instruction sets, or all.  [default: the current one]"),
    exhaustive: bool = _flag("--exhaustive", "Try all 2^32 float32 inputs, on all CPUs."),
    points: int = _option("COUNT", "Number of random float64 inputs.", default=2000, min=0),
    json_file: Path | None = _option("FILE", "Also write the results to this file.", "--json"),
) -> None:
    """Check results against references of higher precision and the promised error bounds.

    By default every 4,099th float32 value and all critical ones are tried, all values of the
    16-bit types, and some float64 ones, against mpmath. The exit code is 1 if a bound is broken.
    """
    console = _console()
    from fastact.cli import verdicts
    from fastact.cli import verify as checks

    rows = _checked("NAMES", lambda: choose_activations(names or []))
    dtypes = _chosen("--dtype", "dtype", dtype, checks.DTYPES)
    chosen_forms = _chosen("--forms", "form", forms, checks.FORMS)
    available = fastact.available_isas()
    isas = _chosen("--isa", "instruction set", isa, available, [fastact.isa()])
    if "bfloat16" in dtypes:
        _checked("--dtype", lambda: dtype_of("bfloat16"))
    work = checks.jobs(rows, chosen_forms, dtypes, isas)
    if not work:
        raise typer.BadParameter("nothing to check: these functions have none of these forms")
    found: list[checks.Verdict] = []
    interrupted = False
    effort: Any = {"exhaustive": exhaustive, "points": points}
    columns = MofNCompleteColumn(), TimeElapsedColumn()
    with progress(console, *columns, **_PATIENT) as bar:
        total = sum(len(checks.blocks(job.dtype, **effort)) for job in work)
        task = bar.add_task("", total=total)

        def report_job(job: checks.Job, done: int) -> None:
            label = f"{ACTIVATIONS[job.name].ufunc_name(job.form)} {job.dtype}"
            bar.update(task, advance=done, description=f"{label:<36}")

        try:
            checks.verify(work, **effort, report=report_job, finished=found.append)
        except KeyboardInterrupt:
            interrupted = True
    verdicts.print_verdicts(console, found)
    if json_file is not None:
        results = [verdict.as_dict() for verdict in found]
        told = {"exhaustive": exhaustive, "interrupted": interrupted, "results": results}
        write_text(json_file, json.dumps(told, indent=1) + "\n")
    if interrupted:
        console.print(
            f"[yellow]Interrupted:[/] {len(found)} of {len(work) * len(isas)} checks were finished."
        )
        raise typer.Exit(INTERRUPTED)
    if not all(verdict.passed for verdict in found):
        raise typer.Exit(1)


@app.command(
    epilog=_examples(
        "apply gelu x.npy y.npy",
        "apply leaky_relu x.npy x.npy --param negative_slope=0.2 --dtype float32 --force",
        "apply silu part-*.npy results/",
        "apply swiglu a.npy b.npy y.npy",
        "apply gelu --form backward g.npy x.npy gx.npy",
        "apply mish - - < x.npy > y.npy",
    )
)
def apply(
    name: str = _names("NAME", "The function.", ...),
    paths: list[str] = typer.Argument(
        ...,
        metavar="FILES",
        help="The .npy files of the operands, then those of the results; - is standard input or"
        " output. A function of one array also takes any number of files and a folder.",
    ),
    form: str = _option("FORM", "value, grad, backward, value_and_grad, ...", default="value"),
    param: list[str] | None = _option("NAME=VALUE", "A parameter; can be repeated."),
    dtype: str | None = _option(
        "DTYPE",
        "Compute in, and write, float16, float32 or float64.  [default: what the function returns]",
    ),
    input_dtype: str | None = _option(
        "DTYPE", "bfloat16, for files that do not say: numpy.save calls it |V2."
    ),
    chunk: str = _option("SIZE", "Bytes of input in memory at a time.", default="16MB"),
    threads: int | None = _option(
        "COUNT", "Number of threads, at most.  [default: all CPUs]", min=1, max=1024
    ),
    force: bool = _flag("--force", "Replace results that exist; one may be an operand."),
) -> None:
    """Compute a function of every element of .npy files, which may be larger than memory.

    A result gets its name when it is complete; an error or Ctrl-C leaves what was there unchanged.
    Shape and memory order are kept; integers become floating-point numbers.
    """
    from fastact.cli import apply as files

    if name == "all":
        raise typer.BadParameter("give one function", param_hint="NAME")
    (row,) = _checked("NAME", lambda: choose_activations([name]))
    _chosen("--form", f"form of {row.name}", form, row.forms)
    parameters = _checked("--param", lambda: catalogue.choose_parameters(row, param or []))
    to_dtype = _one("--dtype", "dtype", dtype, files.DTYPES)
    from_dtype = _one("--input-dtype", "dtype", input_dtype, files.INPUT_DTYPES)
    given = _checked("--input-dtype", lambda: dtype_of(from_dtype) if from_dtype else None)
    chunk_bytes = _checked("--chunk", lambda: byte_count(chunk))
    function = files.Function(row, form, parameters, np.dtype(to_dtype) if to_dtype else None)
    runs = _checked("FILES", lambda: files.runs(function, paths))
    with fastact.num_threads(threads or fastact.get_num_threads()):
        for done, run in enumerate(runs):
            what, code = "Interrupted", 1
            try:
                files.carry_out(run, function, chunk_bytes, given, force=force)
                continue
            except KeyboardInterrupt:
                left = [target for target in run.targets if target != "-"]
                what += f": {' and '.join(left)} unchanged" if left else ""
                code = INTERRUPTED
            except BrokenPipeError:
                raise typer.Exit(1) from None  # whoever was to read has gone, and knows
            except (OSError, ValueError) as error:
                what = f"Error: {error}"
            except MemoryError:
                what = "Error: not enough memory. A smaller --chunk takes less"
            if done:
                what += f". The first {done} of {len(runs)} files are done"
            _stop(what, code)


@app.command(
    epilog=_examples(
        "plot gelu silu mish",
        "plot elu --form value,grad,grad_alpha --range -4 2",
        "plot gelu --out gelu.svg",
    )
)
def plot(
    names: list[str] | None = _names("NAMES", "Up to 7 functions."),
    form: str = _option("FORMS", "value, grad, `grad_<parameter>`.", default="value,grad"),
    interval: tuple[float, float] = _option(
        "LOW HIGH", "Range of x.", "--range", default=(-5.0, 5.0)
    ),
    out: Path | None = _option("FILE", "Draw to this .png or .svg file.  [default: the terminal]"),
    articles: bool = _flag("--articles", "Draw the figures of two introductory articles instead."),
) -> None:
    """Draw functions and their derivatives, in the terminal or as a picture."""
    from fastact.cli import plot as drawing

    if bool(names) == articles:
        raise typer.BadParameter("give either functions or --articles", param_hint="NAMES")
    if articles:
        panels = drawing.article_panels()
    else:
        rows = _checked("NAMES", lambda: choose_activations(names or []))
        forms = _chosen("--form", "form", form, drawing.FORMS)
        panels = _checked("NAMES", lambda: drawing.panels_of(rows, forms, *interval))
    console = _console()
    if out is None:
        if not console.encoding.startswith("utf"):
            _stop(f"Error: the encoding {console.encoding} cannot show the plot; use --out FILE")
        drawing.draw_text(console, panels)
        return
    if out.suffix.lower() not in drawing.SUFFIXES:
        ends = " or ".join(drawing.SUFFIXES)
        raise typer.BadParameter(f"the name has to end in {ends}: {out}", param_hint="--out")
    try:
        drawing.draw_picture(panels, out)
    except OSError as error:
        _stop(f"Error: {out}: {error.strerror}")
    _print_written(console, [out])


@app.command("list", epilog=_examples("list", "list gelu swish", "list --json"))
def list_(
    names: list[str] | None = _names("NAMES", _ALL),
    as_json: bool = _flag("--json", _JSON),
    elsewhere: bool = _flag("--names", "Print what other libraries call them."),
) -> None:
    """List the functions: aliases, parameters with defaults, promised bounds."""
    if elsewhere:
        known = _checked("NAMES", lambda: listing.names_elsewhere(names or []))
        return _print_json(known) if as_json else listing.print_names(_console(), known)
    rows = _checked("NAMES", lambda: choose_activations(names or []))
    if as_json:
        _print_json(listing.functions_as_dicts(rows))
    else:
        listing.print_functions(_console(), rows)


@app.command(epilog=_examples("info", "info --json"))
def info(as_json: bool = _flag("--json", _JSON)) -> None:
    """Show what fastact runs on: version, instruction set, threads, processor, peers."""
    if as_json:
        _print_json(listing.runtime_as_dict())
    else:
        listing.print_info(_console())
