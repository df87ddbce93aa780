"""The instruction set: listed, chosen by name or environment, never one that the CPU lacks."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from cases import run_python

import fastact as fa
from fastact import _ufuncs

# Known by name, but not of this processor; there is always one of another architecture.
MISSING = [name for name, available in _ufuncs.isas().items() if not available]


def test_the_list() -> None:
    isas = fa.available_isas()
    assert isas[-1] == "scalar"
    assert len(set(isas)) == len(isas)
    assert fa.isa() in isas
    assert fa.show_runtime()["isa"] == fa.isa()


def test_the_best_is_the_default() -> None:
    assert (
        run_python("import fastact as fa; print(fa.isa())").stdout.strip()
        == (fa.available_isas()[0])
    )


def test_use(isa: str) -> None:
    assert fa.isa() == isa
    assert fa.silu(np.float32(0)) == 0
    for wrong in ("AVX512", "mmx", "", None, 3, *MISSING):
        with pytest.raises((ValueError, TypeError), match="name"):
            fa.use_isa(wrong)
    assert fa.isa() == isa


def test_each_is_really_used() -> None:
    """Their bits differ somewhere, unless there is but one."""
    x = np.random.default_rng(0).normal(0, 3, 100_000).astype(np.float32)
    before = fa.isa()
    results = {}
    for name in fa.available_isas():
        fa.use_isa(name)
        results[name] = (fa.tanh(x).tobytes(), fa.sigmoid(x).tobytes())
    fa.use_isa(before)
    if "avx512" in results:
        assert results["avx512"] != results["scalar"]


@pytest.mark.parametrize("name", fa.available_isas())
def test_environment(name: str) -> None:
    for text in (name, name.upper()):
        done = run_python("import fastact as fa; print(fa.isa())", "-W", "error", FASTACT_ISA=text)
        assert done.stdout.strip() == name


@pytest.mark.parametrize("text", ["sse9", *MISSING])
def test_environment_with_a_name_that_is_not_available(text: str) -> None:
    done = run_python(
        """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import fastact as fa
        fa.silu([1.0])
        print(fa.isa(), [str(w.message) for w in caught if w.category is RuntimeWarning])
        """,
        FASTACT_ISA=text,
    )
    assert done.stdout.startswith(fa.available_isas()[0])
    assert f"FASTACT_ISA='{text}'" in done.stdout


def test_environment_with_an_empty_name() -> None:
    assert run_python("import fastact", "-W", "error", FASTACT_ISA="").returncode == 0


def test_optimised_and_strict_interpreters() -> None:
    run_python("import fastact as fa; fa.silu([1.0])", "-O", "-W", "error")
    run_python("import fastact as fa; fa.silu([1.0])", "-OO")
    run_python(
        """
        import importlib, fastact as fa
        before = fa.silu
        assert importlib.reload(fa).silu is before
        """
    )


def test_without_ml_dtypes() -> None:
    done = run_python("""
        import sys
        sys.modules["ml_dtypes"] = None
        import numpy as np, fastact as fa
        print(fa.show_runtime()["bfloat16"], fa.silu(np.float16([0, 1])).dtype)
    """)
    assert done.stdout.split() == ["False", "float16"]


def test_only_numpy_is_imported() -> None:
    done = run_python("""
        import sys, numpy
        before = set(sys.modules)
        import fastact
        print(*{name.split(".")[0] for name in set(sys.modules) - before})
    """)
    allowed = {"fastact", "ml_dtypes"} | set(sys.stdlib_module_names)
    ours = set(done.stdout.split())
    assert {name for name in ours if "cython" not in name} <= allowed
