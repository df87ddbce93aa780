"""`fastact apply`: a function of every element of a .npy file, which need not fit into memory.

A chunk at a time is mapped, computed and written. The output goes through write(): there a full
disk is an error, while under a memory map it would be a signal that ends the process.
"""

from __future__ import annotations

import importlib
import io
import math
import os
import re
import secrets
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from fastact.cli.catalogue import Activation, choose

__all__ = [
    "DTYPES",
    "INPUT_DTYPES",
    "Function",
    "Header",
    "Unreadable",
    "apply",
    "byte_count",
    "check_form",
    "dtype_named",
    "opened",
    "progress",
    "written",
]

_Array: TypeAlias = NDArray[Any]

# The forms with one array in and one out, and why the others are none for files.
FORMS = ("value", "grad", "grad_parameter")
_TWO_FILES = {
    "value_and_grad": "it has two results: run apply for value and again for grad",
    "backward": "it takes a second array: multiply the result of grad",
}

# What .npy can hold; bfloat16 it calls two bytes of anything.
DTYPES = ("float16", "float32", "float64")
INPUT_DTYPES = ("bfloat16",)

_ZIP = b"PK\x03\x04"

_UNITS = {"": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


class Unreadable(ValueError):
    """The input is no .npy file, is damaged, or of a dtype that cannot be taken."""


@dataclass(frozen=True)
class Function:
    """A form of an activation with its parameters, and perhaps a dtype to compute in."""

    activation: Activation
    form: str
    parameters: Mapping[str, float]
    dtype: np.dtype[Any] | None = None

    def __call__(self, x: _Array, out: _Array | None = None) -> _Array:
        """Compute one chunk."""
        x = x.astype(self.dtype or x.dtype.newbyteorder("="), copy=False)
        y: _Array = self.activation.ufunc(self.form)(x, **self.parameters, out=out)
        return y

    def result_dtype(self, given: np.dtype[Any]) -> np.dtype[Any]:
        """Return the dtype of the results; `Unreadable` for what cannot be computed."""
        if self.dtype is not None and not np.can_cast(given, self.dtype, "same_kind"):
            raise Unreadable(f"{given} cannot be cast to {self.dtype}")
        try:
            return self(np.empty(0, given)).dtype
        except TypeError:
            unknown = given.kind == "V" and given.names is None and given.itemsize == 2
            raise Unreadable(
                f"{given} is no dtype that {self.activation.name} takes; those are bool, integers,"
                " float16, float32 and float64"
                + ". If it stands for bfloat16, say --input-dtype bfloat16"
                * unknown
            ) from None


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
    def nbytes(self) -> int:
        """The bytes of the elements."""
        return self.size * self.dtype.itemsize

    @classmethod
    def read(cls, file: BinaryIO) -> Header:
        """Read a header; `Unreadable` for what is none, and for arrays of Python objects."""
        magic = file.read(npy.MAGIC_LEN)
        if magic.startswith(_ZIP):
            raise Unreadable(
                "an .npz archive: take one array out of it, numpy.save('x.npy', archive[name])"
            )
        try:
            version = npy.read_magic(io.BytesIO(magic))
            if version == (1, 0):
                header = cls(*npy.read_array_header_1_0(file))
            elif version in ((2, 0), (3, 0)):  # they differ in names of fields
                header = cls(*npy.read_array_header_2_0(file))
            else:
                raise ValueError(f"version {version} of the format is not known")
        except ValueError as error:
            if "max_header_size" in str(error):
                raise Unreadable(
                    "its header is longer than that of an array of numbers. Save it again: "
                    "numpy.save(name, numpy.load(name, max_header_size=10**6))"
                ) from error
            raise Unreadable(f"no .npy file that can be read: {error}") from error
        if header.dtype.hasobject:
            raise Unreadable("an array of Python objects, which are never unpickled")
        if any(size < 0 for size in header.shape):
            raise Unreadable(f"a damaged .npy file: the shape {header.shape} is impossible")
        return header

    def viewed(self, dtype: np.dtype[Any] | None) -> Header:
        """Return it with elements that have the dtype given, which the file cannot tell."""
        if dtype is None:
            return self
        if self.dtype.kind != "V" or self.dtype.names or self.dtype.itemsize != dtype.itemsize:
            raise Unreadable(
                f"its elements are {self.dtype}: --input-dtype is for a file that only says how"
                f" many bytes they have, here {dtype.itemsize}"
            )
        return Header(self.shape, self.fortran_order, dtype)

    def write(self, descriptor: int) -> None:
        """Write the header."""
        with open(descriptor, "wb", closefd=False) as file:
            npy.write_array_header_1_0(
                file,
                {
                    "shape": self.shape,
                    "fortran_order": self.fortran_order,
                    "descr": self.dtype.str
                    if self.dtype.kind == "V"
                    else npy.dtype_to_descr(self.dtype),
                },
            )


def dtype_named(name: str) -> np.dtype[Any]:
    """Return a dtype of `INPUT_DTYPES`; ValueError where what defines it is missing."""
    try:
        dtype: np.dtype[Any] = np.dtype(getattr(importlib.import_module("ml_dtypes"), name))
    except ModuleNotFoundError:
        raise ValueError(f"{name} needs ml_dtypes: pip install ml_dtypes") from None
    return dtype


def check_form(activation: Activation, form: str) -> None:
    """Raise ValueError for a form of the activation that is not one array in and one out."""
    if activation.arrays != 1:
        raise ValueError(f"{activation.name} takes {activation.arrays} arrays, and IN is one file")
    if form in _TWO_FILES:
        raise ValueError(f"{form} needs more than one file: {_TWO_FILES[form]}")
    choose("form", form, FORMS, FORMS)
    if form not in activation.forms:
        raise ValueError(f"{activation.name} has no derivative with respect to a parameter")


def apply(
    function: Function,
    source: BinaryIO,
    target: int,
    *,
    chunk: int,
    report: Callable[[int, int], None],
    input_dtype: np.dtype[Any] | None = None,
) -> None:
    """Write the function of every element of a .npy stream.

    Parameters
    ----------
    function : Function
        What to compute.
    source : binary file
        At the beginning of a .npy header; a regular file is mapped, anything else read.
    target : int
        The file descriptor to write to.
    chunk : int
        How many bytes of the input are held at once.
    report : callable
        Is told how many bytes have been done, and of how many.
    input_dtype : dtype, optional
        Of the elements, where the file cannot tell.

    Raises
    ------
    Unreadable
        If the source is no .npy file, is cut off, or its dtype cannot be taken.
    OSError
        If something cannot be read or written.
    """
    header = Header.read(source).viewed(input_dtype)
    dtype = function.result_dtype(header.dtype)
    elements = max(1, min(chunk // header.dtype.itemsize, header.size))
    chunks = _mapped if stat.S_ISREG(os.fstat(source.fileno()).st_mode) else _read
    parts = chunks(source, header, elements)
    Header(header.shape, header.fortran_order, dtype).write(target)
    results = np.empty(elements, dtype)
    done = 0
    for part in parts:
        _write_all(target, function(part, results[: part.size]))
        done += part.nbytes
        report(done, header.nbytes)


def _mapped(file: BinaryIO, header: Header, elements: int) -> Iterator[_Array]:
    """Map one chunk after the other, so that the memory in use stays bounded."""
    offset = file.tell()
    _check_length(os.fstat(file.fileno()).st_size - offset, header)
    for start in range(0, header.size, elements):
        count = min(elements, header.size - start)
        where = offset + start * header.dtype.itemsize
        # As a plain array: subclasses take the slower path.
        yield np.asarray(np.memmap(file, header.dtype, "r", where, (count,)))


def _read(file: BinaryIO, header: Header, elements: int) -> Iterator[_Array]:
    """Read one chunk after the other into the same memory."""
    memory = np.empty(elements * header.dtype.itemsize, np.uint8)
    for start in range(0, header.size, elements):
        count = min(elements, header.size - start)
        wanted = memory[: count * header.dtype.itemsize]
        filled = 0
        while filled < wanted.size:
            got = file.readinto(wanted[filled:].data)  # type: ignore[attr-defined]
            if not got:
                _check_length(start * header.dtype.itemsize + filled, header)
            filled += got
        yield wanted.view(header.dtype)


def _check_length(there: int, header: Header) -> None:
    if there < header.nbytes:
        raise Unreadable(
            f"cut off: shape {header.shape} of {header.dtype} takes {header.nbytes:,} bytes, and"
            f" there are {there:,}"
        )


def _write_all(descriptor: int, array: _Array) -> None:
    rest = array.view(np.uint8).data
    while rest:
        rest = rest[os.write(descriptor, rest) :]


# ---- where the data come from and go to ----


@contextmanager
def opened(source: str) -> Iterator[BinaryIO]:
    """Open a file, or the standard input for ``-``."""
    if source != "-":
        with open(source, "rb") as file:
            yield file
    elif sys.stdin is None:  # closed by the caller
        raise ValueError("'-' reads the standard input, which is closed")
    elif sys.stdin.isatty():
        raise ValueError("'-' reads from a pipe, and this is a terminal")
    else:
        with open(sys.stdin.fileno(), "rb", closefd=False) as file:
            yield file


@contextmanager
def written(target: str, *, force: bool) -> Iterator[int]:
    """Give the descriptor of a file that takes its name in the end, or of a pipe for ``-``."""
    if target != "-":
        with _replaced(Path(target), force=force) as descriptor:
            yield descriptor
    elif sys.stdout is None:
        raise ValueError("'-' writes to the standard output, which is closed")
    elif sys.stdout.isatty():
        raise ValueError("'-' writes to a pipe, and this is a terminal")
    else:
        yield sys.stdout.fileno()


@contextmanager
def _replaced(path: Path, *, force: bool) -> Iterator[int]:
    """Write a file that takes its name when it is complete.

    Until then it has another name in the same directory. Whatever ends the block early, a signal
    included, removes it and leaves the file of that name as it was.

    Parameters
    ----------
    path : Path
        The name. A symbolic link stays, and the file that it names is replaced.
    force : bool
        Whether a file of that name may be replaced.
    """
    _check_replaceable(path, force)
    target = Path(os.path.realpath(path))
    temporary = target.with_name(f".fastact-{secrets.token_hex(6)}.tmp")
    with _signals_raised():
        try:
            with open(temporary, "xb", buffering=0) as file:
                yield file.fileno()
                _check_replaceable(path, force)  # it may have come into being meanwhile
                if target.exists():
                    temporary.chmod(stat.S_IMODE(target.stat().st_mode))
                os.fsync(file.fileno())  # a power failure must not leave the name without the data
            os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)


def _check_replaceable(path: Path, force: bool) -> None:
    if not path.exists():
        return
    if not path.is_file():
        raise ValueError(f"{path} is no regular file. For a pipe give '-'")
    if not force:
        raise ValueError(f"{path} exists. --force replaces it")


@contextmanager
def _signals_raised() -> Iterator[None]:
    """Let the signals that would end the process at once end the block first."""

    def end(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# ---- what is shown ----


class _Speed(ProgressColumn):
    """GB/s of the input, on average."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time or task.elapsed
        return Text(f"{task.completed / seconds / 1e9:.2f} GB/s" if seconds else "")


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on the terminal, if there is one; the function given is told bytes and total."""
    console = Console(stderr=True)
    columns = (BarColumn(), TaskProgressColumn(), DownloadColumn(), _Speed(), TimeRemainingColumn())
    with Progress(
        TextColumn("{task.description}"),
        *columns,
        console=console,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def byte_count(text: str) -> int:
    """Return the number of bytes that a text such as ``8MB`` means."""
    found = re.fullmatch(r"(\d+(?:\.\d*)?)\s*(KB|MB|GB|)", text.strip().upper())
    count = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if count < 1:
        raise ValueError(f"cannot read the size {text!r}. Give bytes, or a size such as 8MB")
    return count
