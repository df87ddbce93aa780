"""The instruction set: listed, chosen by name or environment, never one that the CPU lacks."""

from __future__ import annotations

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


# Their estimates of a reciprocal differ, and so do some results.
X86 = [name for name in fa.available_isas() if name in ("avx512", "avx2", "scalar")]


@pytest.mark.skipif(len(X86) < 2, reason="plain C alone, or no x86")
def test_each_is_really_used() -> None:
    x = np.random.default_rng(0).normal(0, 3, 100_000).astype(np.float32)
    before = fa.isa()
    results = set()
    for name in X86:
        fa.use_isa(name)
        results.add(fa.sigmoid(x).tobytes())
    fa.use_isa(before)
    assert len(results) == len(X86)


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
    done = run_python("import fastact as fa; print(fa.isa())", "-W", "error", FASTACT_ISA="")
    assert done.stdout.strip() == fa.available_isas()[0]


def test_bytes_from_which_stores_pass_the_caches() -> None:
    code = """
        import warnings
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            import fastact as fa
        print(fa.show_runtime()["streaming_bytes"], *(w.message for w in caught))
    """
    assert run_python(code, FASTACT_STREAMING_BYTES="3m").stdout.split() == [str(3 << 20)]
    assert run_python(code, FASTACT_STREAMING_BYTES="0").stdout.split() == ["0"]
    usual = fa.show_runtime()["streaming_bytes"]
    for text in ("", "lots", "-1", "1.5M"):
        first, *warning = run_python(code, FASTACT_STREAMING_BYTES=text).stdout.split(maxsplit=1)
        assert int(first) == usual
        assert (f"FASTACT_STREAMING_BYTES={text!r}" in "".join(warning)) == bool(text)


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
