"""`fastact apply`: a function of every element of .npy files, which need not fit into memory.

A chunk at a time is read, computed and written. Nothing is mapped into memory: a full disk, or a
file cut off meanwhile, is an error here, and would be a signal that ends the process there.
"""

import io
import math
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TextIO, TypeAlias

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import DownloadColumn, TaskProgressColumn, TransferSpeedColumn

from fastact.cli.catalogue import Activation
from fastact.cli.text import progress
from fastact.cli.writing import replacing

_Array: TypeAlias = NDArray[Any]

# What .npy can hold; bfloat16 it calls two bytes of anything.
DTYPES = ("float16", "float32", "float64")
INPUT_DTYPES = ("bfloat16",)

_ZIP = b"PK\x03\x04"

# Version 3 differs from 2 in the names of fields.
_HEADERS = dict.fromkeys([(2, 0), (3, 0)], npy.read_array_header_2_0)
_HEADERS[1, 0] = npy.read_array_header_1_0


class Unreadable(ValueError):
    """The input is not a .npy file, is damaged, or of a dtype that cannot be taken."""


@dataclass(frozen=True)
class Function:
    """A form of an activation with its parameters, and perhaps a dtype to compute in."""

    activation: Activation
    form: str
    parameters: Mapping[str, float]
    dtype: np.dtype[Any] | None = None

    @property
    def name(self) -> str:
        """The name of the ufunc."""
        return self.activation.ufunc_name(self.form)

    @property
    def operands(self) -> tuple[str, ...]:
        """What the arrays that it takes are called."""
        arrays = ("A", "B") if self.activation.arrays == 2 else ("IN",)
        return ("G", *arrays) if self.form.startswith("backward") else arrays

    @property
    def results(self) -> tuple[str, ...]:
        """What the arrays that it gives are called."""
        count = self.activation.ufunc(self.form).nout
        return tuple(f"OUT_{k}" for k in range(1, count + 1)) if count > 1 else ("OUT",)

    def __call__(self, *operands: _Array, out: Sequence[_Array] | None = None) -> list[_Array]:
        """Compute one chunk."""
        native = [x.astype(self.dtype or x.dtype.newbyteorder("="), copy=False) for x in operands]
        found = self.activation.ufunc(self.form)(
            *native, **self.parameters, out=tuple(out) if out else None
        )
        return list(found) if isinstance(found, tuple) else [found]

    def result_dtypes(self, given: Sequence[np.dtype[Any]]) -> list[np.dtype[Any]]:
        """Return the dtypes of the results; `Unreadable` for what cannot be computed."""
        for dtype in given:
            if self.dtype is not None and not np.can_cast(dtype, self.dtype, "same_kind"):
                raise Unreadable(f"{dtype} cannot be cast to {self.dtype}")
        try:
            return [y.dtype for y in self(*(np.empty(0, dtype) for dtype in given))]
        except TypeError:
            unknown = any(d.kind == "V" and d.names is None and d.itemsize == 2 for d in given)
            hint = ". If it is bfloat16, give --input-dtype bfloat16" if unknown else ""
            raise Unreadable(
                f"{self.activation.name} does not take {' and '.join(map(str, given))}, but bool,"
                f" integers, float16, float32 and float64{hint}"
            ) from None


class Run(NamedTuple):
    """Files to read and files to write, ``-`` for a pipe."""

    sources: Sequence[str]
    targets: Sequence[str]


def runs(function: Function, files: Sequence[str]) -> list[Run]:
    """Return what is to be done with the files of a command line.

    They are as many as the function has operands and results, or any number of operands of a
    function of one array before the folder that the results go to.
    """
    operands, results = function.operands, function.results
    single = len(operands) == len(results) == 1
    if single and len(files) > 1 and os.path.isdir(files[-1]):
        sources, folder = files[:-1], files[-1]
        names = [Path(source).name for source in sources]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if "-" in sources:
            raise ValueError(f"{folder} is a folder, and '-' has no name there")
        if twice:
            raise ValueError(
                f"two results would have the same name in {folder}: {', '.join(twice)}"
            )
        return [Run((s,), (os.path.join(folder, n),)) for s, n in zip(sources, names, strict=True)]
    if len(files) != len(operands) + len(results):
        usage = f"{function.name} takes {' '.join((*operands, *results))}"
        if single:
            usage += ", or IN ... FOLDER, which must exist"
        raise ValueError(f"{usage}; given: {' '.join(files) or 'no file'}")
    run = Run(files[: len(operands)], files[len(operands) :])
    if any(side.count("-") > 1 for side in run):
        raise ValueError("'-' can stand for one input and one output")
    if len({os.path.realpath(name) for name in run.targets}) < len(run.targets):
        raise ValueError("the results need different files")
    return [run]


@dataclass(frozen=True)
class Header:
    """What a .npy file says of its array. The elements follow in C or Fortran order."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]

    @property
    def size(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def layout(self) -> str:
        """Shape and order, for messages."""
        return f"{self.shape} in {'Fortran' if self.fortran_order else 'C'} order"

    @property
    def nbytes(self) -> int:
        """The bytes of the elements."""
        return self.size * self.dtype.itemsize

    @classmethod
    def read(cls, file: BinaryIO) -> "Header":
        """Read a header; `Unreadable` for what is none, and for arrays of Python objects."""
        magic = file.read(npy.MAGIC_LEN)
        if magic.startswith(_ZIP):
            save = "numpy.save('x.npy', archive[name])"
            raise Unreadable(f"it is an .npz archive. Save one array of it: {save}")
        try:
            version = npy.read_magic(io.BytesIO(magic))
            if version not in _HEADERS:
                raise ValueError(f"version {version} of the format is unknown")
            header = cls(*_HEADERS[version](file))
        except ValueError as error:
            if "max_header_size" in str(error):
                raise Unreadable(
                    "its header is longer than that of an array of numbers. Save it again: "
                    "numpy.save(name, numpy.load(name, max_header_size=10**6))"
                ) from error
            raise Unreadable(f"it is not a readable .npy file: {error}") from error
        if header.dtype.hasobject:
            raise Unreadable("it holds Python objects, which are never unpickled")
        if any(size < 0 for size in header.shape):
            raise Unreadable(f"it is damaged: the shape {header.shape} is impossible")
        return header

    def viewed(self, dtype: np.dtype[Any] | None) -> "Header":
        """Return it with elements that have the dtype given, which the file cannot tell."""
        if dtype is None:
            return self
        if self.dtype.kind != "V" or self.dtype.names or self.dtype.itemsize != dtype.itemsize:
            raise Unreadable(
                f"its elements are {self.dtype}: --input-dtype is for files that only give the"
                f" size of an element, {dtype.itemsize} bytes here"
            )
        return Header(self.shape, self.fortran_order, dtype)

    def write(self, descriptor: int) -> None:
        """Write the header."""
        named = npy.dtype_to_descr(self.dtype) if self.dtype.kind != "V" else self.dtype.str
        layout = {"shape": self.shape, "fortran_order": self.fortran_order, "descr": named}
        with open(descriptor, "wb", closefd=False) as file:
            npy.write_array_header_1_0(file, layout)


def apply(
    function: Function,
    sources: Sequence[BinaryIO],
    targets: Sequence[int],
    *,
    chunk: int,
    report: Callable[..., object],
    input_dtype: np.dtype[Any] | None = None,
) -> None:
    """Write the function of every element of .npy streams to file descriptors.

    So many bytes of the input are held at once; `report` is told how many are `completed`, of what
    `total`.
    Where the files cannot tell the dtype of their elements, it is `input_dtype`.
    """
    headers = [Header.read(source).viewed(input_dtype) for source in sources]
    first = headers[0]
    for header in headers[1:]:
        if (header.shape, header.fortran_order) != (first.shape, first.fortran_order):
            raise Unreadable(f"the arrays differ in layout: {first.layout}, and {header.layout}")
    dtypes = function.result_dtypes([header.dtype for header in headers])
    item_bytes = sum(header.dtype.itemsize for header in headers)
    elements = max(1, min(chunk // item_bytes, first.size))
    for source, header in zip(sources, headers, strict=True):
        if stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            _check_length(os.fstat(source.fileno()).st_size - source.tell(), header)
    parts = [_read(source, h, elements) for source, h in zip(sources, headers, strict=True)]
    for target, dtype in zip(targets, dtypes, strict=True):
        Header(first.shape, first.fortran_order, dtype).write(target)
    memory = [np.empty(elements, dtype) for dtype in dtypes]
    done = 0
    for operands in zip(*parts, strict=True):
        count = operands[0].size
        results = function(*operands, out=[y[:count] for y in memory])
        for target, y in zip(targets, results, strict=True):
            rest = y.view(np.uint8).data
            while rest:
                rest = rest[os.write(target, rest) :]
        done += count * item_bytes
        report(completed=done, total=first.size * item_bytes)


def carry_out(
    run: Run,
    function: Function,
    chunk: int,
    input_dtype: np.dtype[Any] | None = None,
    *,
    force: bool = False,
) -> None:
    """Do a run, so that its targets appear when all of them are complete.

    OSError and ValueError have the file in the message.
    """
    console = Console(stderr=True)
    columns = TaskProgressColumn(), DownloadColumn(), TransferSpeedColumn()
    label = " ".join((function.name, *(Path(source).name for source in run.sources)))
    try:
        with ExitStack() as stack:
            bar = stack.enter_context(progress(console, *columns, disable=not console.is_terminal))
            task = bar.add_task(label, total=None)

            report = partial(bar.update, task)
            sources = [stack.enter_context(opened(source)) for source in run.sources]
            targets = [stack.enter_context(written(name, force=force)) for name in run.targets]
            apply(function, sources, targets, chunk=chunk, report=report, input_dtype=input_dtype)
    except Unreadable as error:
        names = ["the input" if name == "-" else name for name in run.sources]
        raise ValueError(f"{' and '.join(names)}: {error}") from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        known = error.filename in (*run.sources, *run.targets)
        name = error.filename if known else " and ".join(run.targets)
        raise OSError(f"{name}: {error.strerror}") from error


def _read(file: BinaryIO, header: Header, elements: int) -> Iterator[_Array]:
    """Read one chunk after the other into the same memory."""
    memory = np.empty(elements * header.dtype.itemsize, np.uint8)
    for start in range(0, header.size, elements):
        count = min(elements, header.size - start)
        wanted = memory[: count * header.dtype.itemsize]
        got = file.readinto(wanted.data)  # type: ignore[attr-defined]
        if got < wanted.size:
            _check_length(start * header.dtype.itemsize + got, header)
        yield wanted.view(header.dtype)


def _check_length(there: int, header: Header) -> None:
    if there < header.nbytes:
        raise Unreadable(
            f"it is cut off: shape {header.shape} of {header.dtype} takes {header.nbytes:,} bytes,"
            f" and there are {there:,}"
        )


# ---- where the data come from and go to ----


def opened(source: str) -> BinaryIO:
    """Open a file, or the standard input for ``-``."""
    if source == "-":
        return open(_pipe("input", sys.stdin), "rb", closefd=False)
    return open(source, "rb")


@contextmanager
def written(target: str, *, force: bool) -> Iterator[int]:
    """Give the descriptor of a file that takes its name in the end, or of a pipe for ``-``."""
    if target == "-":
        yield _pipe("output", sys.stdout)
    else:
        with replacing(Path(target), force=force) as file:
            yield file.fileno()


def _pipe(kind: str, stream: TextIO | None) -> int:
    """Return the descriptor of a standard stream that is no terminal."""
    if stream is None:  # closed by the caller
        raise ValueError(f"'-' is standard {kind}, which is closed")
    if stream.isatty():
        raise ValueError(f"'-' is standard {kind}, which is a terminal and not a pipe")
    return stream.fileno()
