"""``import fastact`` costs little: it imports next to nothing besides NumPy."""

from __future__ import annotations

import subprocess
import sys

import fastact as fa

# What may come with fastact: itself, what Cython shares among modules, bfloat16, what does not
# count beside NumPy, and what `dataclasses` needs, which newer versions of NumPy import as well.
_ALLOWED = {
    *("fastact", "ml_dtypes", "cython_runtime", "threading", "_threading_local", "__future__"),
    *("inspect", "dis", "opcode", "_opcode", "token", "tokenize", "linecache", "importlib"),
}


def test_importing_fastact_imports_little_besides_numpy(tmp_path):
    code = (
        "import sys, numpy; before = set(sys.modules); import fastact;"
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    found = {name for name in result.stdout.split() if not name.startswith("_cython_")}
    assert "fastact" in found
    assert found <= _ALLOWED


def test_version_is_read_where_it_is_asked_for():
    assert fa.__version__ == fa.show_runtime()["version"]
    assert not hasattr(fa, "__versoin__")
