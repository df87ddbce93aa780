"""``import fastact`` costs little: it imports next to nothing besides NumPy."""

from __future__ import annotations

import subprocess
import sys

from cases import run_python

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


def test_a_function_is_made_when_it_is_asked_for():
    run_python("""
        import sys
        from concurrent.futures import ThreadPoolExecutor
        import fastact as fa

        assert "fastact._docs" not in sys.modules and "fastact._affine" not in sys.modules
        assert {"gelu", "affine", "softmax"} <= set(dir(fa)) and "gelu" not in vars(fa)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: fa.gelu, range(64)))
        assert all(ufunc is found[0] for ufunc in found) and vars(fa)["gelu"] is found[0]
        assert fa.expit is fa.sigmoid and fa.sigmoid.__name__ == "sigmoid"
        assert "fastact._activations.softplus" not in sys.modules
        from fastact import affine, softmax, _names
        assert affine(fa.relu, -1.0) == 0 and softmax([0.0]) == [1.0]
    """)


def test_version_is_read_where_it_is_asked_for():
    assert fa.__version__ == fa.show_runtime()["version"]
    assert not hasattr(fa, "__versoin__")
