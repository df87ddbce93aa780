"""Python numbers as parameters: NumPy's rule of dtypes (NEP 50), and nothing on stderr."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from cases import WITH_PARAMETERS, assert_same, form, run_python

import fastact as fa

ml_dtypes = pytest.importorskip("ml_dtypes")
FLOATS = [np.float16, ml_dtypes.bfloat16, np.float32, np.float64]
NUMBERS = [0, 1, -3, 0.1, 65504.0, 65519.0, 65520.0, 70_000, 1e9, 2**24 + 1, 2**53 + 1, 1e38]


@pytest.mark.parametrize("dtype", FLOATS, ids=lambda d: np.dtype(d).name)
@pytest.mark.parametrize("name", ["prelu", "swish", "hard_tanh"])
def test_the_dtype_is_that_of_the_array(dtype: type, name: str) -> None:
    arrays = np.array([-1.0, 2.0], dtype), np.ones((2, 3), dtype)[:, ::2], np.array([1], dtype)
    for x, number in product(arrays, [*NUMBERS, 1e39, 10**39, np.inf, np.nan]):
        with np.errstate(over="ignore"):
            y = form(name, "value")(x, number)
            assert y.dtype == dtype, number
            weak = np.array(float(number)).astype(dtype)
            assert_same(y, form(name, "value")(x, weak))


@pytest.mark.parametrize(
    ("dtype", "number"), [(np.float16, 65520.0), (np.float16, 10**6), (np.float32, 1e39)]
)
def test_overflow_is_told_as_numpy_tells_it(dtype: type, number: float) -> None:
    x = np.array([-1.0], dtype)
    with pytest.warns(RuntimeWarning, match="overflow encountered in cast"):
        assert fa.prelu(x, number)[0] == -np.inf
    with pytest.warns(RuntimeWarning, match="overflow encountered in cast"):
        np.add(x, number)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        fa.prelu(x, number)


def test_too_large_for_any_float_and_nothing_on_stderr() -> None:
    done = run_python(
        f"""
        import numpy as np, fastact as fa
        for name in {WITH_PARAMETERS!r}:
            for dtype in "efd":
                for x in (np.ones(3, dtype), np.ones((3, 2), dtype)[:, ::2], np.ones((), dtype)):
                    for number in (10**400, -(10**400)):
                        try:
                            getattr(fa, name)(x, number)
                        except OverflowError:
                            continue
                        raise AssertionError(name)
        try:
            fa.softmax(np.ones(3), axis=10**400)
        except (OverflowError, ValueError):
            pass
        """
    )
    assert done.stderr == ""
