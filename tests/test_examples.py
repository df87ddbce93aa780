"""The examples of the pages, run as they stand; what they claim is held against what they find."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "docs" / "examples"


def figures(name: str) -> dict[str, float]:
    path = EXAMPLES / f"{name}.py"
    text = path.read_text(encoding="utf-8")
    for library in re.findall(r"^(?:from|import) (sklearn|torch|onnx\w*)", text, re.MULTILINE):
        pytest.importorskip(library)
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for size in {"IMAGES", "TOKENS", "ROWS"} & set(vars(module)):
        setattr(module, size, 4)  # says as much as many
    return module.figures()


def test_digits():
    found = figures("digits")
    assert found["by hand, accuracy"] > 0.95
    assert abs(found["by hand, accuracy"] - found["MLPClassifier, accuracy"]) < 0.02


def test_transformer():
    found = figures("transformer")
    for block in ("gelu", "swiglu"):
        assert found[f"{block} block, largest difference"] < 3e-6


def test_onnx_dense():
    assert figures("onnx_dense")["largest difference of a probability"] < 3e-6


def test_images():
    assert figures("images")["largest difference"] < 3e-6


def test_batch_norm():
    found = figures("batch_norm")
    assert found["largest difference, value"] < 1e-5
    assert found["largest difference, gradient"] < 1e-5
    assert found["relative difference, gradient by the bias"] < 1e-3


def test_every_example_has_a_page_and_a_test():
    for path in EXAMPLES.glob("*.py"):
        assert f"test_{path.stem}" in globals()
        page = path.with_suffix(".md").read_text(encoding="utf-8")
        assert f"{{literalinclude}} {path.name}" in page
