"""The table of what a call in another library becomes: both sides are evaluated, and agree."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import numpy as np
import pytest

import fastact as fa

PAGE = Path(__file__).resolve().parents[1] / "docs" / "migration.md"
ROW = re.compile(r"^\| `([^`]+)`[^|]*\| `([^`]+)`[^|]*\|$", re.MULTILINE)


def rows(library: str) -> list[tuple[str, str]]:
    _, _, section = PAGE.read_text(encoding="utf-8").partition(f"\n## {library}")
    found = ROW.findall(section.partition("\n## ")[0])
    assert len(found) > 5
    return found


def compare(library: str, names: dict[str, object], convert, tolerance: float) -> None:
    rng = np.random.default_rng(0)
    arrays = {
        "x": rng.normal(0, 3, (2, 4, 6, 8)),
        "g": rng.normal(size=(2, 4, 6, 8)),
        "y": rng.uniform(0.1, 0.9, (2, 4, 6, 8)),
        "mask": rng.random((2, 4, 6, 8)) < 0.8,
        "weight": np.array([0.1, 0.2, 0.3, 0.4]),
    }
    scalars = {"axis": 1, "dim": 1, "beta": 2.0, "threshold": 30.0, "n": fa.get_num_threads()}
    for theirs, ours in rows(library):
        there = {name: convert(array.copy()) for name, array in arrays.items()}
        if "autograd" in theirs:
            there["x"].requires_grad_()
        here = {name: array.copy() for name, array in arrays.items()}
        want = eval(theirs, names | there | scalars)
        got = eval(ours, {"fa": fa, "np": np} | here | scalars)
        if want is None:  # of a setting
            assert got is None
        else:
            want = want.detach().numpy() if hasattr(want, "detach") else np.asarray(want)
            np.testing.assert_allclose(got, want, tolerance, tolerance, err_msg=f"{theirs}, {ours}")


def test_pytorch():
    torch = pytest.importorskip("torch")
    from torch import nn
    from torch.nn import functional as F

    before = torch.get_num_threads()
    try:
        compare("PyTorch", {"torch": torch, "nn": nn, "F": F}, torch.from_numpy, 1e-12)
    finally:
        torch.set_num_threads(before)


def test_jax():
    jax = pytest.importorskip("jax")
    compare("JAX", {"jax": jax}, jax.numpy.asarray, 3e-5)


def test_scipy_and_numpy():
    pytest.importorskip("scipy.special")
    scipy = importlib.import_module("scipy")
    compare("SciPy", {"scipy": scipy, "np": np}, np.asarray, 1e-12)


def test_keras():
    keras = pytest.importorskip("keras")
    compare("Keras", {"keras": keras}, keras.ops.convert_to_tensor, 3e-5)
