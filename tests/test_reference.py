"""The float64 reference agrees with mpmath, and its derivatives are derivatives of its values."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from cases import OF_ONE_ARRAY
from mpmath import mp, mpf
from reference import BITS, PRECISE, grid, parameter_sets, true_error, true_values

from fastact.cli.reference import REFERENCES, defaults, evaluate, ulp_error

ROWS = [
    (n, f)
    for n in OF_ONE_ARRAY
    for f in ("value", "grad", "grad_parameter", "grad_grad")
    if getattr(REFERENCES[n], f)
]


@pytest.mark.parametrize(("name", "form"), ROWS)
def test_float64_is_far_better_than_float32_needs(name: str, form: str) -> None:
    x = grid(np.float32, True)
    x = np.concatenate([x[:: x.size // 700], x[-9:]])
    for parameters in [defaults(name), *parameter_sets(name)]:
        parameters = [np.float32(p) for p in parameters]
        want = true_values(name, form, x, *parameters)
        got = evaluate(name, form, x, *parameters)
        error = true_error(np.where(np.abs(got) < 1e-300, 0, got), want, np.float32)
        worst = np.argmax(error)
        assert error[worst] < 1e-5, (x[worst], parameters)


@pytest.mark.parametrize("name", OF_ONE_ARRAY)
def test_derivatives_are_those_of_the_value(name: str) -> None:
    row = REFERENCES[name]
    with mp.workprec(BITS):
        parameters = [mpf(p) for p in defaults(name)]
        for x in (-19.3, -4.7, -2.3, -1.2, -0.76, -0.3, -0.01, 0.013, 0.4, 0.9, 2.2, 5.3, 11.0):
            slope = mp.diff(lambda t: row.value(PRECISE, t, *parameters), mpf(x))
            assert abs(slope - row.grad(PRECISE, mpf(x), *parameters)) < 1e-30, x
            if row.grad_grad:
                bend = mp.diff(lambda t: row.grad(PRECISE, t, *parameters), mpf(x))
                assert abs(bend - row.grad_grad(PRECISE, mpf(x), *parameters)) < 1e-30, x
            if row.grad_parameter:
                *fixed, last = parameters
                slope = mp.diff(partial(row.value, PRECISE, mpf(x), *fixed), last)
                assert abs(slope - row.grad_parameter(PRECISE, mpf(x), *parameters)) < 1e-30, x


def test_ulp_error_counts_in_the_binade_of_the_true_value() -> None:
    one = np.float32(1)
    assert ulp_error(np.nextafter(one, np.float32(0)), 1.0) == 0.5
    assert ulp_error(np.nextafter(one, np.float32(2)), 1.0) == 1.0
    assert ulp_error(np.float32(2.0**-149), 0.0) == 1.0
    assert ulp_error(np.float32(np.inf), 3.4028235677973366e38) == 0  # the midpoint rounds to inf
    assert ulp_error(np.float32(np.inf), 3.4028235677973362e38) == np.inf
    assert ulp_error(np.float32(-np.inf), np.inf) == np.inf
    assert ulp_error(np.float16(np.inf), 65519.0) == np.inf
    assert ulp_error(np.float16(np.inf), 65520.0) == 0
    assert ulp_error(np.float32(np.nan), 1.0) == np.inf
    assert ulp_error(np.float32(1), np.nan) == np.inf
    assert ulp_error(np.float32(np.nan), np.nan) == 0
