"""A study as one HTML page that needs nothing else: no network, no script, plots as inline SVG."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from statistics import geometric_mean

from fastact.cli.study import plots
from fastact.cli.study.accuracy import RANGE
from fastact.cli.study.results import CONTIGUOUS, REUSED, Cell, Setting, Study
from fastact.cli.study.svg import STYLES, Chart
from fastact.cli.study.text import bytes_text, number, rate, ratio_text, threads_text

__all__ = ["page"]

_SHEET = """
:root{color-scheme:light}
body{font:16px/1.5 system-ui,'Segoe UI',Helvetica,Arial,sans-serif;color:#1a1a1a;background:#fff;
max-width:900px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;margin:0}h2{font-size:1.25rem;margin:2.6rem 0 .2rem}
h3{font-size:1rem;margin:1.6rem 0 .3rem}p{margin:.3rem 0 .9rem}
figure{margin:0 0 1.2rem}svg{width:100%;height:auto;display:block}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
th,td{padding:.18rem .7rem;text-align:right;border-bottom:1px solid #e2e2e2}
th{border-bottom:1px solid #333}td{white-space:nowrap}
th:first-child,td:first-child{text-align:left;white-space:normal}
dl{display:grid;grid-template-columns:max-content auto;gap:.1rem 1rem;font-size:.9rem}
dt{color:#444}dd{margin:0}.warning{border-left:4px solid #D55E00;padding:.3rem .8rem}
details{overflow-x:auto}summary{cursor:pointer}
@media print{body{max-width:none;margin:0;font-size:11pt}figure,tr{break-inside:avoid}
h2,h3,h2+p{break-after:avoid}}
"""


def page(study: Study) -> str:
    """Return the page."""
    body = "\n".join(
        [
            "<h1>fastact beside other libraries</h1>",
            *_machine(study),
            *_warnings(study),
            *_speed(study),
            *_section(
                "Throughput against size",
                "Bytes read and written in a second. Vertical lines are the sizes of the caches: an"
                " operation holds two or more such arrays. The dashed line is what a plain copy"
                " with streaming stores, fastact's identity, reaches on the largest arrays.",
                plots.sizes(study),
                "at least three --sizes",
            ),
            *_section(
                "Speed-up against threads",
                "Time on one thread over time on several. Libraries that use one thread, or whose"
                " number cannot be set, are left out.",
                plots.threads(study),
                "several --threads",
            ),
            *_accuracy(study),
            *_trade(study),
            *_tables(study),
            *_method(study),
        ]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>fastact study of {escape(study.started[:10])}</title>\n"
        f"<style>{_SHEET}{plots.SHEET}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _machine(study: Study) -> Iterator[str]:
    machine = study.machine
    caches = ", ".join(f"L{cache.level} {bytes_text(cache.bytes)}" for cache in machine.caches)
    usable = f"{machine.usable_cpus}"
    if machine.usable_cpus != machine.cpus:
        usable += f" of {machine.cpus}"
    facts = {
        "processor": f"{machine.cpu}, {usable} CPUs, {machine.isa}",
        "caches": caches or "unknown",
        "system": f"{machine.system}, Python {machine.python}",
        "versions": ", ".join(f"{name} {text}" for name, text in machine.versions.items()),
        "measured": f"{study.started}, {study.seconds:.0f} s, seed {study.seed}",
    }
    if machine.environment:
        facts["environment"] = ", ".join(f"{k}={v}" for k, v in machine.environment.items())
    rows = (f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
    yield f"<dl>{''.join(rows)}</dl>"


def _warnings(study: Study) -> Iterator[str]:
    left = study.planned - len(study.cells)
    texts = list(study.warnings)
    if left:
        why = "It was interrupted" if study.interrupted else "Its time was over"
        texts.append(f"{why}: {left} of {study.planned} cells are missing.")
    for text in texts:
        yield f'<p class="warning">{escape(text)}</p>'


def _section(title: str, text: str, chart: Chart | None, wanted: str) -> Iterator[str]:
    yield f"<h2>{title}</h2>\n<p>{text}</p>"
    yield _figure(chart) if chart else f"<p>Not measured: this plot takes {wanted}.</p>"


def _figure(chart: Chart) -> str:
    return f"<figure>{chart.svg()}</figure>"


def _groups(study: Study, part: str) -> Iterator[list[Cell]]:
    """Give cells that differ in the function alone; those of layouts in the layout too."""

    def key(cell: Cell) -> object:
        setting = cell.setting
        layout = "" if part == "layouts" else setting.layout
        return setting.form, setting.dtype, setting.elements, setting.threads, layout

    for _, cells in groupby((cell for cell in study.cells if cell.part == part), key):
        yield list(cells)


def _heading(setting: Setting) -> str:
    text = (
        f"{setting.form} · {setting.dtype} · {setting.elements:,} elements"
        f" ({bytes_text(setting.bytes)} an array) · {threads_text(setting.threads)}"
    )
    return text if setting.layout == CONTIGUOUS else f"{text} · {setting.layout}"


def _short(setting: Setting) -> str:
    facts = [setting.form, setting.dtype, bytes_text(setting.bytes), threads_text(setting.threads)]
    return ", ".join(facts if setting.layout == CONTIGUOUS else [*facts, setting.layout])


def _speed(study: Study) -> Iterator[str]:
    yield "<h2>Time of each function</h2>"
    yield (
        "<p>The best sample of each library; all are sampled in turn, in one process, on the same"
        " arrays. The column “best peer” is the time of the fastest other library over fastact's:"
        " above 1 fastact is faster. Each call makes a new array, except with ONNX Runtime, which"
        " writes to a bound one and is held against fastact with <code>out=</code>.</p>"
    )
    yield from _means(study)
    for part in ("functions", "layouts"):
        for cells in _groups(study, part):
            chart = plots.functions(cells, study.libraries)
            if chart:
                heading = _heading(replace(cells[0].setting, layout=CONTIGUOUS))
                heading += " · by layout" if part == "layouts" else ""
                yield f"<h3>{escape(heading)}</h3>\n{_figure(chart)}"


def _means(study: Study) -> Iterator[str]:
    """Give a table of geometric means over the functions that a peer has."""
    rows = []
    for cells in _groups(study, "functions"):
        if len(cells) < 2:
            continue
        columns = []
        for peer in study.peers:
            ratios = [ratio for cell in cells if (ratio := cell.ratio(peer)) is not None]
            columns.append(
                f"{ratio_text(geometric_mean(ratios))} ({len(ratios)})" if ratios else ""
            )
        rows.append([_short(cells[0].setting), *columns])
    if rows:
        heads = ["time over fastact's, geometric mean (of so many)"]
        yield _table([*heads, *(STYLES[peer].label for peer in study.peers)], rows)


def _accuracy(study: Study) -> Iterator[str]:
    yield "<h2>Largest error of each library</h2>"
    yield (
        "<p>In units in the last place of the exact result, on inputs between"
        f" -{RANGE} and {RANGE} of every magnitude, about every kink, root and change of method."
        " Subnormal arguments and results are not counted, as some libraries set them to 0 on"
        " purpose, nor derivatives at a kink. Functions that every library gets exactly right are"
        " left out.</p>"
    )
    kinds = list(dict.fromkeys((entry.form, entry.dtype) for entry in study.accuracy))
    for form, dtype in kinds:
        chart = plots.accuracy(study, form, dtype)
        if chart:
            yield f"<h3>{form} · {dtype}</h3>\n{_figure(chart)}"


def _trade(study: Study) -> Iterator[str]:
    yield "<h2>Speed against error</h2>"
    yield (
        "<p>A point is a function that is not exact; the large markers are the medians of each"
        " library. Down and to the left is better.</p>"
    )
    done = set()
    for cells in _groups(study, "functions"):
        setting = cells[0].setting
        kind = (setting.form, setting.dtype)
        chart = None if kind in done else plots.trade(study, cells)
        if chart:
            done.add(kind)
            yield f"<h3>{escape(_heading(setting))}</h3>\n{_figure(chart)}"


def _tables(study: Study) -> Iterator[str]:
    yield "<h2>Figures</h2>\n<p>ns per element, best samples; every sample is in study.json.</p>"
    for part in dict.fromkeys(cell.part for cell in study.cells):
        cells = [cell for cell in study.cells if cell.part == part]
        names = ["fastact", REUSED, *study.peers]
        heads = ["function", "form", "dtype", "layout", "elements", "threads"]
        heads += [*(STYLES[name].label for name in names), "GB/s", "±"]
        rows = [_figures(cell, names) for cell in cells]
        summary = f"<summary>{part}: {len(cells)} cells</summary>"
        yield f"<details>{summary}{_table(heads, rows)}</details>"


def _figures(cell: Cell, names: Sequence[str]) -> list[str]:
    setting = cell.setting
    own = cell.timing(REUSED)
    return [
        setting.function,
        setting.form,
        setting.dtype,
        setting.layout,
        f"{setting.elements:,}",
        str(setting.threads),
        *("" if (t := cell.nanoseconds(name)) is None else number(t) for name in names),
        rate(cell.throughput(REUSED)),
        f"{own.samples.spread:.0%}" if own else "",
    ]


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>\n" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>"


def _method(study: Study) -> Iterator[str]:
    yield "<h2>How it was measured</h2>"
    yield (
        "<p>Libraries get the same number of threads where that can be set; NumPy and SciPy use"
        " one. JAX and ONNX Runtime compute on arrays of their own, so they are not measured on"
        " views. A sample is as many calls as last a millisecond, or one; before each, one call"
        " that is not timed. GB/s and ± (the distance of the quartiles over the median) are those"
        " of fastact with <code>out=</code>. “fastact study --help” says how to measure something"
        " else.</p>"
    )
