"""The activations and their forms as the table lists them, for parametrised tests."""

from __future__ import annotations

import functools
import inspect
import os
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

import fastact
from fastact import _ufuncs

ACTIVATIONS = _ufuncs.ACTIVATIONS
GATES = [name for name, row in ACTIVATIONS.items() if row["arrays"] == 2]
OF_ONE_ARRAY = [name for name in ACTIVATIONS if name not in GATES]
WORTH_A_THREAD = 8e3  # ns of work
Test = Callable[..., None]


class Case(NamedTuple):
    """One form of one activation."""

    name: str
    form: str
    ufunc: np.ufunc

    @property
    def arrays(self) -> int:
        """How many operands come before the parameters."""
        return ACTIVATIONS[self.name]["arrays"] + self.form.startswith("backward")

    def last_operand(self, x: np.ndarray) -> np.ndarray:
        """Return x, or the value there, whichever the form takes before the parameters."""
        return form(self.name, "value")(x) if self.form == "backward_from_output" else x

    def size_for(self, threads: int) -> int:
        """How many elements are work for so many threads."""
        return int(threads * 1.1 * WORTH_A_THREAD / ACTIVATIONS[self.name]["cost"]) + 1

    @property
    def parameters(self) -> dict[str, float]:
        """The parameters and their defaults."""
        return ACTIVATIONS[self.name]["parameters"]


def form(name: str, form: str) -> np.ufunc:
    """Return the ufunc of a form."""
    return _ufuncs.UFUNCS[name + _ufuncs.form_suffix(form)]


def forms(name: str) -> list[str]:
    """Return the forms that an activation has."""
    return list(ACTIVATIONS[name]["forms"])


def of_x(name: str) -> list[str]:
    """Return the forms with one result of x and parameters."""
    others = ("value_and_grad", "backward", "backward_from_output")
    return [f for f in forms(name) if f not in others]


def derivatives(name: str) -> list[str]:
    """Return what the results of the backward form are, but for the factor g."""
    row = ACTIVATIONS[name]
    learnable = row["parameters"] if row["role"] == "learnable" else []
    return ["grad", *(f"grad_{operand}" for operand in ["b"] * (name in GATES) + list(learnable))]


CASES = [Case(name, f, form(name, f)) for name in ACTIVATIONS for f in forms(name)]
WITH_PARAMETERS = [name for name in OF_ONE_ARRAY if ACTIVATIONS[name]["parameters"]]
TWO_OPERANDS = [case for case in CASES if case.ufunc.nin == 2 and case.ufunc.nout == 1]

every_activation = pytest.mark.parametrize("name", OF_ONE_ARRAY)
every_gate = pytest.mark.parametrize("name", GATES)


def every(cases: Iterable[Case]) -> Callable[[Test], Test]:
    """Make of a test of one case one test per activation, which goes through its forms.

    A test of each form would take pytest longer than the form itself. What a test that fails has
    printed last is the form that is wrong.
    """
    of_activation: dict[str, list[Case]] = {}
    for case in cases:
        of_activation.setdefault(case.name, []).append(case)
    assert of_activation, "a test of no case passes whatever is wrong"

    def decorate(test: Test) -> Test:
        @functools.wraps(test)
        def test_forms(cases: list[Case], **rest: object) -> None:
            for case in cases:
                print(case.ufunc.__name__)
                test(case=case, **rest)

        parameters = dict(inspect.signature(test).parameters)
        parameters["cases"] = parameters.pop("case").replace(name="cases")
        test_forms.__signature__ = inspect.Signature(list(parameters.values()))
        return pytest.mark.parametrize("cases", of_activation.values(), ids=of_activation)(
            test_forms
        )

    return decorate


every_case = every(CASES)


def outputs(result: object) -> tuple[np.ndarray, ...]:
    """Return one result or several as a tuple."""
    return result if isinstance(result, tuple) else (result,)


def bits(array: np.ndarray) -> np.ndarray:
    """Return the bit patterns, every NaN as one pattern."""
    array = np.ascontiguousarray(array)
    kind = np.dtype(f"u{array.itemsize}")
    with np.errstate(invalid="ignore"):
        return np.where(
            np.isnan(array), kind.type(-1 & (2 ** (8 * kind.itemsize) - 1)), array.view(kind)
        )


def assert_same(got: object, want: object) -> None:
    """Compare results bit for bit, dtype and shape included; NaNs are alike."""
    for a, b in zip(outputs(got), outputs(want), strict=True):
        a, b = np.asarray(a), np.asarray(b)
        assert a.dtype == b.dtype
        assert a.shape == b.shape
        if a.tobytes() == b.tobytes():
            continue
        np.testing.assert_array_equal(bits(a), bits(b))


def sample(
    case: Case, shape: object, dtype: object = np.float32, seed: int = 0
) -> list[np.ndarray]:
    """Return random array operands of a case, with some special values among them.

    The last is what the activation takes, or for `backward_from_output` what it gives.
    """
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(case.arrays):
        x = np.asarray(rng.normal(0, 3, shape))
        if x.size > 3:
            spots = rng.integers(0, x.size, max(1, x.size // 16))
            x.flat[spots] = rng.choice(
                [0.0, -0.0, 90.0, -90.0, 1e-30, -1e-3, 3.0, -1.0], spots.size
            )
        found.append(x.astype(dtype))
    found[-1] = case.last_operand(found[-1])
    return found


def run_python(code: str, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a new interpreter, which must succeed within a minute."""
    usual = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "FASTACT_"))}
    usual["PYTHONPATH"] = str(Path(fastact.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, *flags, "-c", textwrap.dedent(code)],
        env=usual | environment,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tempfile.gettempdir(),  # not beside the sources, which have no extension
    )
    assert done.returncode == 0, done.stderr
    return done
