"""Print the table of what a NumPy user gets from each library, every cell measured here.

python docs/make_comparison.py STUDY.json...            prints the table
python docs/make_comparison.py STUDY.json... --write    writes it into docs/performance.md

Every library of the table has to be installed. Times come from the first of the studies that has
the library; everything else is tried, counted or weighed by this script.
"""

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timezone
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from statistics import geometric_mean
from typing import Any

import numpy as np
from make_benchmark import ISAS
from packaging.requirements import Requirement

import fastact
from fastact.cli.catalogue import ACTIVATIONS
from fastact.cli.machine import installed
from fastact.cli.study import files, peers
from fastact.cli.study.accuracy import RANGE, accuracy
from fastact.cli.study.results import Setting, Study
from fastact.cli.study.styles import STYLES

PAGE = Path(__file__).resolve().parent / "performance.md"
BEGIN, END = "<!-- comparison:begin -->", "<!-- comparison:end -->"
LIBRARIES = ("fastact", "torch", "jax", "onnxruntime", "scipy", "numexpr")
ERRORS = (("gelu", "value"), ("tanh", "value"), ("softplus", "value"), ("silu", "backward"))
NOTE = """\
Measured on {today} with Python {python} by `docs/make_comparison.py`. Errors are the largest in
float32 between -{range} and {range} where argument and result are normal; from 2^23 ulp on no
digit is right: an exponential overflows too early, or 1 + erf cancels. SciPy's and numexpr's gelu,
softplus and silu are expressions as one types them. Times are geometric means over the functions,
or expressions, that a library has: one thread, in cache. Imports are in CPU time. PyTorch is its
CPU build; ONNX Runtime's size includes the package onnx, with which a model is made.
fastact's size is the sum of its stripped files and the OpenMP library that a wheel brings."""
ROWS = {name: row for name, row in ACTIVATIONS.items() if row.arrays == 1}


# ---- functions that a library has under a name of their own ----


def names_of(library: str) -> set[str]:
    """The names of a library's functions of arrays, without case and underscores."""
    if library == "fastact":
        found = set(fastact.__all__)
    elif library == "onnxruntime":
        binding = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
        found = {kernel.op_name for kernel in binding.get_all_opkernel_def()}
    elif library == "numexpr":
        found = set(importlib.import_module("numexpr.expressions").functions)
    else:
        spaces = {
            "torch": ("torch", "torch.nn.functional"),
            "jax": ("jax.nn", "jax.numpy"),
            "scipy": ("scipy.special",),
        }
        found = {name for space in spaces[library] for name in dir(importlib.import_module(space))}
    return {name.lower().replace("_", "") for name in found}


def functions(library: str) -> set[str]:
    """fastact's activations that a library has too, under any of their names."""
    names = names_of(library)
    found = {
        row.name
        for row in ROWS.values()
        if any(alias.replace("_", "") in names for alias in (row.name, *row.aliases))
    }
    if "gelu" in found and library != "fastact":
        found.add("gelu_tanh")  # an argument of gelu in each of them
    return found


def derivatives(library: str) -> int:
    """How many of these the library differentiates without a formula from its user."""
    x = np.linspace(-2.1, 2.2, 9, dtype=np.float32)
    if library in ("torch", "jax"):
        peer = peers.PEERS[library]()
        operations = (peers.Operation(ROWS[name], "backward", x, x) for name in functions(library))
        return sum(peer.prepare(operation, 1) is not None for operation in operations)
    names = names_of(library)
    return sum(f"{row.name}_grad".replace("_", "") in names for row in ROWS.values())


# ---- what a function can be asked ----


@cache
def call(library: str) -> Callable[..., Any]:
    """tanh, which every library has but SciPy, whose expit stands for it."""
    if library == "fastact":
        return fastact.tanh
    if library == "torch":
        return importlib.import_module("torch").tanh
    if library == "jax":
        return importlib.import_module("jax.numpy").tanh
    if library == "scipy":
        return importlib.import_module("scipy.special").expit
    if library == "numexpr":
        evaluate = importlib.import_module("numexpr").evaluate
        return lambda x, **options: evaluate("tanh(x)", {"x": x}, **options)
    return onnx_tanh


def onnx_tanh(x: np.ndarray) -> np.ndarray:
    """Tanh as a session of one node."""
    runtime, onnx = map(importlib.import_module, ("onnxruntime", "onnx"))
    helper = onnx.helper
    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    ends = [helper.make_tensor_value_info(name, kind, list(x.shape)) for name in "xy"]
    graph = helper.make_graph([helper.make_node("Tanh", ["x"], ["y"])], "g", ends[:1], ends[1:])
    model = helper.make_model(
        graph, ir_version=10, opset_imports=[helper.make_opsetid("", 22)]
    ).SerializeToString()
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def given(library: str, x: np.ndarray) -> Any:
    """A NumPy array as the library's function takes it."""
    return importlib.import_module("torch").from_numpy(x) if library == "torch" else x


def tried(attempt: Callable[[], object]) -> bool:
    """Whether something can be done."""
    try:
        return attempt() is not False
    except Exception:  # each library refuses in its own way
        return False


def options(library: str) -> str:
    """Which of a ufunc's arguments the library's function takes."""
    x = np.linspace(-1, 1, 6, dtype=np.float32)
    function = call(library)
    found = []
    out = given(library, np.empty_like(x))
    if tried(lambda: function(given(library, x), out=out)) and abs(float(out[0])) > 0.1:
        found.append("`out=`")
    mask = given(library, x > 0)
    if tried(lambda: function(given(library, x), out=out, where=mask)):
        found.append("`where=`")
    return ", ".join(found) or "no"


def views(library: str) -> str:
    """Which views of a NumPy array the library computes on where they lie."""
    x = np.linspace(-1, 1, 24, dtype=np.float32).reshape(4, 6)
    if library in ("jax", "onnxruntime"):
        # Both take any view, and make a contiguous array of it first.
        return "copies" if not peers.PEERS[library].views else "any"
    kinds = {"steps": x[:, ::2], "transposed": x.T, "reversed": x[:, ::-1]}
    fits = [
        name
        for name, view in kinds.items()
        if tried(lambda view=view: call(library)(given(library, view)))
    ]
    return "any" if len(fits) == len(kinds) else ", ".join(fits) or "contiguous"


def broadcasting(library: str) -> str:
    """Whether a parameter may be an array, one slope for each row."""
    x, slope = np.linspace(-1, 1, 6).reshape(2, 3), np.array([[0.1], [0.2]])
    if library == "fastact":
        return said(tried(lambda: fastact.leaky_relu(x, slope)))
    if library == "torch":
        F = importlib.import_module("torch.nn.functional")
        return said(tried(lambda: F.leaky_relu(given("torch", x), given("torch", slope))))
    if library == "jax":
        return said(tried(lambda: importlib.import_module("jax.nn").leaky_relu(x, slope)))
    return "no" if "leaky_relu" in functions(library) else ""


def dtypes(library: str) -> str:
    """Which dtypes of NumPy arrays the function takes, and keeps where they are floating."""
    import ml_dtypes

    kinds = {
        "f16": np.float16,
        "bf16": ml_dtypes.bfloat16,
        "f32": np.float32,
        "f64": np.float64,
        "int": np.int32,
    }
    found = []
    for name, kind in kinds.items():
        x = np.array([0, 1, 2]).astype(kind)

        def attempt(x: np.ndarray = x, name: str = name) -> bool:
            got = np.asarray(call(library)(given(library, x)))
            return name == "int" or got.dtype == x.dtype

        if tried(attempt):
            found.append(name)
    return ", ".join(found)


def said(yes: bool) -> str:
    """Yes or no."""
    return "yes" if yes else "no"


# ---- size, time, error ----


def closure(name: str, seen: set[str]) -> Iterator[str]:
    """A distribution and all that it needs, without extras."""
    name = name.lower().replace("_", "-")
    if name in seen:
        return
    seen.add(name)
    yield name
    for text in distribution(name).requires or []:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from closure(requirement.name, seen)


def weight(name: str) -> int:
    """Bytes of the files of an installed distribution."""
    try:
        paths = [Path(str(file.locate())) for file in distribution(name).files or []]
    except PackageNotFoundError:  # fastact built in place
        paths = [*Path(fastact.__file__).parent.rglob("*")]
        paths = [path for path in paths if path.suffix in {".py", ".pyi", ".so", ".typed"}]
    return sum(path.stat().st_size for path in paths if path.is_file())


def installed_size(library: str) -> str:
    """Megabytes that installing a library adds to NumPy and what that needs."""
    try:
        needed = set(closure(library, set()))
    except PackageNotFoundError:
        needed = {library}
    if library == "onnxruntime":
        needed |= set(closure("onnx", set()))  # to make a model of an operator
    megabytes = sum(map(weight, needed - set(closure("numpy", set())))) / 1e6
    return f"{megabytes:,.0f} MB" if megabytes >= 10 else f"{megabytes:.1f} MB"


def import_time(library: str) -> str:
    """Milliseconds of CPU that importing takes after NumPy, in the fastest of several processes."""
    modules = {"scipy": "scipy.special", "torch": "torch.nn.functional", "jax": "jax.nn"}
    code = (
        "import time, numpy; t = time.process_time();"
        f"import {modules.get(library, library)}; print(time.process_time() - t)"
    )
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
        for _ in range(8)
    ]
    return f"{min(times) * 1e3:.0f} ms"


def error(library: str, name: str, form: str) -> str:
    """The largest error of a function in float32, in ulp."""
    peer = peers.Fastact() if library == "fastact" else peers.PEERS[library]()
    with np.errstate(all="ignore"):
        found = accuracy(Setting(name, form, "float32", 1, 1), peer)
    if found is None:
        return ""
    ulp = found.max_ulp
    return f"{ulp:.2f}" if ulp < 100 else f"{ulp:,.0f}" if ulp < 2**23 else "no digit right"


def speed(studies: Sequence[Study], library: str) -> str:
    """The geometric mean of a library's time over fastact's, in cache, and of how many."""
    if library == "fastact":
        return "1"
    for study in studies:
        cells = [
            cell
            for cell in study.cells
            if cell.part == "functions"
            and (cell.setting.form, cell.setting.dtype) == ("value", "float32")
        ]
        least = min((cell.setting.elements for cell in cells), default=0)
        cells = [cell for cell in cells if cell.setting.elements == least]
        ratios = [ratio for cell in cells if (ratio := cell.ratio(library)) is not None]
        if ratios:
            return f"{geometric_mean(ratios):.1f} ({len(ratios)})"
    return ""


def block(studies: Sequence[Study]) -> str:
    """The text between the markers."""
    isa = ISAS[studies[0].machine.isa]
    rows: dict[str, Callable[[str], str]] = {
        f"of the {len(ROWS)} activations, by name": lambda name: str(len(functions(name))),
        "with a derivative ready to call": lambda name: str(derivatives(name)),
        "`isinstance(f, np.ufunc)`": lambda name: said(isinstance(call(name), np.ufunc)),
        "takes": options,
        "a parameter may be an array": broadcasting,
        "computes on views": views,
        "dtypes of NumPy arrays": dtypes,
        **{
            f"max ulp, {name}{'' if form == 'value' else ' derivative'}": (
                lambda library, name=name, form=form: error(library, name, form)
            )
            for name, form in ERRORS
        },
        f"time over fastact's, {isa} (functions)": lambda name: speed(studies, name),
        "installed, beyond NumPy": installed_size,
        "import, beyond NumPy": import_time,
    }
    versions = {**installed(), "fastact": fastact.__version__}
    titles = [f"{STYLES[name].label} {versions[name]}" for name in LIBRARIES]
    lines = [f"| | {' | '.join(titles)} |", "|---" * (1 + len(LIBRARIES)) + "|"]
    for title, cell in rows.items():
        lines.append(f"| {title} | {' | '.join(map(cell, LIBRARIES))} |")
    today = datetime.now(timezone.utc).date()
    python = sys.version.split()[0]
    return "\n".join([*lines, "", NOTE.format(today=today, python=python, range=RANGE)])


if __name__ == "__main__":
    text = block([files.read(Path(path)) for path in sys.argv[1:] if path != "--write"])
    if "--write" in sys.argv:
        before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")
    else:
        print(text)
