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

app = pytest.importorskip("fastact.cli.app").app
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


def says_why(code: int, stderr: str, said: str, folder: Path) -> None:
    """It failed, in one line, and left the folder as it was."""
    assert code == 1
    assert said in stderr
    assert len(stderr.splitlines()) == 1, stderr
    assert (folder / "y.npy").read_bytes() == b"old"
    assert not list(folder.glob(".fastact*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("- y.npy --force <&-", "standard input, which is closed"),
        ("x.npy - >&-", "standard output, which is closed"),
        ("- y.npy --force", "it is not a readable .npy file"),
        ("x.npy - >/dev/full", "No space left"),
    ],
)
def test_streams_that_cannot_be_used_are_one_line(folder: Path, words: str, said: str) -> None:
    done = shell(folder, words)
    says_why(done.returncode, done.stderr.decode(), said, folder)


def test_files_that_cannot_be_used_are_one_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    for words, said in (
        ("x.npz y.npy --force", "it is an .npz archive. Save one array of it"),
        ("long.npy y.npy --force", "its header is longer than that of an array of numbers"),
        ("brain.npy y.npy --force", "give --input-dtype bfloat16"),
        ("x.npy y.npy --force --input-dtype bfloat16", "its elements are float64"),
        (". y.npy --force", "directory"),
        ("none.npy y.npy --force", "No such file"),
        ("x.npy y.npy", "Give --force to replace it"),
    ):
        with pytest.raises(SystemExit) as end:
            app(["apply", "gelu", *words.split()])
        says_why(end.value.code, capfd.readouterr().err, said, folder)


@pytest.mark.parametrize(
    ("source", "closed"),
    [("three.npy", ""), *(("x.npy", c) for c in ("", "<&-", ">&-", "2>&-", "<&- >&- 2>&-"))],
)
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
