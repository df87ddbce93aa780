"""`fastact apply` in every state of files and streams that a shell can produce: one line each."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

import fastact as fa

pytest.importorskip("typer")
ml_dtypes = pytest.importorskip("ml_dtypes")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")

X = np.linspace(-2, 2, 5)


def shell(folder: Path, words: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``fastact apply`` with these words of a shell."""
    environment = os.environ | {"PYTHONPATH": str(Path(fa.__file__).parents[1])}
    command = f"cd {folder} && exec {sys.executable} -P -m fastact.cli apply gelu {words}"
    if sys.version_info < (3, 11):
        command = command.replace(" -P ", " ")
    return subprocess.run(
        command,
        shell=True,
        env=environment | {"COLUMNS": "200"},
        cwd=tempfile.gettempdir(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    np.save(tmp_path / "x.npy", X)
    np.savez(tmp_path / "x.npz", x=X)
    np.save(tmp_path / "brain.npy", X.astype(ml_dtypes.bfloat16))
    with open(tmp_path / "three.npy", "wb") as file:
        np.lib.format.write_array(file, X, version=(3, 0))
    header = f"{np.lib.format.header_data_from_array_1_0(X)!r}{' ' * 20_000}\n".encode()
    (tmp_path / "long.npy").write_bytes(
        b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + X.tobytes()
    )
    (tmp_path / "y.npy").write_bytes(b"old")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("- y.npy --force <&-", "standard input, which is closed"),
        ("x.npy - >&-", "standard output, which is closed"),
        ("- y.npy --force", "it is not a readable .npy file"),
        ("x.npz y.npy --force", "it is an .npz archive. Save one array of it"),
        ("long.npy y.npy --force", "its header is longer than that of an array of numbers"),
        ("brain.npy y.npy --force", "give --input-dtype bfloat16"),
        ("x.npy y.npy --force --input-dtype bfloat16", "its elements are float64"),
        (". y.npy --force", "directory"),
        ("none.npy y.npy --force", "No such file"),
        ("x.npy y.npy", "Give --force to replace it"),
        ("x.npy - >/dev/full", "No space left"),
    ],
)
def test_what_cannot_be_done_is_one_line(folder: Path, words: str, said: str) -> None:
    done = shell(folder, words)
    assert done.returncode == 1
    text = done.stderr.decode()
    assert said in text
    assert len(text.splitlines()) == 1, text
    assert (folder / "y.npy").read_bytes() == b"old"
    assert not list(folder.glob(".fastact*"))


@pytest.mark.parametrize("closed", ["", "<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("source", ["x.npy", "three.npy"])
def test_files_need_no_streams(folder: Path, source: str, closed: str) -> None:
    done = shell(folder, f"{source} y.npy --force {closed}")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    np.testing.assert_array_equal(np.load(folder / "y.npy"), fa.gelu(X))


def test_bfloat16(folder: Path) -> None:
    assert shell(folder, "brain.npy y.npy --force --input-dtype bfloat16").returncode == 0
    got = np.load(folder / "y.npy").view(ml_dtypes.bfloat16)
    np.testing.assert_array_equal(got, fa.gelu(X.astype(ml_dtypes.bfloat16)))
    done = shell(folder, "- y.npy --force --input-dtype bfloat16 --dtype float32 < brain.npy")
    assert done.returncode == 0, done.stderr
    assert np.load(folder / "y.npy").dtype == np.float32
