"""The stubs: every public name, and what a type checker makes of them."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

import fastact as fa

ROOT = Path(__file__).resolve().parent.parent

SAMPLE = """
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import assert_type

    import fastact as fa

    F32 = NDArray[np.float32]

    def check(x: F32, counts: NDArray[np.int64], foreign: Any) -> None:
        assert_type(fa.relu(x), F32)
        assert_type(fa.leaky_relu(x, 0.2), F32)
        assert_type(fa.leaky_relu(x, negative_slope=0.2, out=x), F32)
        assert_type(fa.leaky_relu(x, x), F32)
        assert_type(fa.hard_tanh(x, -2, max_val=2, where=x > 0), F32)
        assert_type(fa.relu_backward(x, x), F32)
        assert_type(fa.silu_value_and_grad(x), tuple[F32, F32])
        assert_type(fa.prelu_backward(x, x, a=0.2), tuple[F32, F32])
        assert_type(fa.silu_value_and_grad(x, out=(x, x)), tuple[F32, F32])
        assert_type(fa.swish_grad_beta(x), F32)
        values: NDArray[Any] = fa.relu(counts)
        values = fa.relu([1.0, 2.0])
        values = fa.relu(x, dtype=np.float64)
        with fa.num_threads(2):
            number: float = fa.relu(1.0)
        ufunc: np.ufunc = fa.relu
        fa.relu(foreign).anything
        threads: int = fa.get_num_threads()
        assert_type(fa.softmax(x, axis=0), F32)
        assert_type(fa.softmax(x, out=x), F32)
        assert_type(fa.log_softmax_backward(x, x, axis=1), F32)
        values = fa.softmax([1.0, 2.0])
        number = fa.logsumexp(x, axis=0, keepdims=True)

        fa.relu(x, alpha=1.0)  # type: ignore[call-overload]
        fa.relu(x=x)  # type: ignore[call-overload]
        fa.set_num_threads("2")  # type: ignore[arg-type]
        fa.softmax(x, keepdims=True)  # type: ignore[call-overload]
        fa.softmax(x, dim=0)  # type: ignore[call-overload]
        fa.no_such_function  # type: ignore[attr-defined]
"""


def test_every_public_name_is_in_the_stubs():
    written = (ROOT / "fastact" / "__init__.pyi").read_text(encoding="utf-8")
    missing = [name for name in fa.__all__ if f'    "{name}",\n' not in written]
    assert not missing


def test_a_type_checker_agrees(tmp_path, monkeypatch):
    api = pytest.importorskip("mypy.api")
    path = tmp_path / "sample.py"
    path.write_text(textwrap.dedent(SAMPLE))
    # The stubs of the checkout: an editable install would hide them.
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    options = ["--strict", "--config-file=", f"--cache-dir={tmp_path}"]
    report, errors, status = api.run([*options, str(path)])
    assert status == 0, report + errors
