"""What inspect.signature and help show of the ufuncs."""

from __future__ import annotations

import inspect
import pydoc

import numpy as np
import pytest
from cases import Case, every_case

import fastact as fa
from fastact import _ufuncs

pytestmark = pytest.mark.skipif(
    not hasattr(np.exp, "__dict__"), reason="this NumPy shows its own signature"
)


@every_case
def test_names_and_defaults(case: Case) -> None:
    shown = inspect.signature(case.ufunc).parameters
    names = list(shown)
    first = names[: case.arrays]
    assert all(shown[name].kind is inspect.Parameter.POSITIONAL_ONLY for name in first)
    assert not any(name.startswith("x1") for name in first)
    own = names[case.arrays : case.ufunc.nin]
    assert {name: shown[name].default for name in own} == case.parameters
    assert names[case.ufunc.nin] == "out"
    assert {"where", "dtype", "casting"} <= set(names)
    assert case.ufunc.__doc__.startswith(case.ufunc.__name__ + str(inspect.signature(case.ufunc)))


def test_arguments_that_are_shown_can_be_given() -> None:
    bound = inspect.signature(fa.leaky_relu).bind(np.ones(2), negative_slope=0.5, where=True)
    np.testing.assert_array_equal(fa.leaky_relu(*bound.args, **bound.kwargs), 1)


@pytest.mark.parametrize("name", list(_ufuncs.AXIS_UFUNCS))
def test_along_an_axis(name: str) -> None:
    ufunc = getattr(fa, name)
    shown = inspect.signature(ufunc).parameters
    assert shown["axis"].default == -1
    assert ("keepdims" in shown) == (name == "logsumexp")
    assert list(shown)[: ufunc.nin] == (["g", "y"] if ufunc.nin == 2 else ["x"])


def test_help() -> None:
    text = pydoc.plain(pydoc.render_doc(fa.swish))
    assert "swish(x, /, beta=1.0, out=None" in text
    assert "x1" not in text
