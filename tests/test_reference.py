"""The formulas: float64 agrees with mpmath, derivatives are derivatives, limits are limits."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from cases import OF_ONE_ARRAY, every_activation, of_x
from mpmath import mp, mpf
from reference import grid, parameter_sets

from fastact._activations import entry_of
from fastact.cli import exact
from fastact.cli.reference import defaults, evaluate, formula, ulp_error

PRECISE = exact.namespace()
ROWS = [(name, form) for name in OF_ONE_ARRAY for form in of_x(name)]

every_row = pytest.mark.parametrize(("name", "form"), ROWS)


@every_row
@pytest.mark.parametrize("points", [70, pytest.param(1000, marks=pytest.mark.slow)])
def test_float64_is_far_better_than_float32_needs(name: str, form: str, points: int) -> None:
    x = grid(np.float32, True)
    x = np.concatenate([x[:: x.size // points], x[-9:]])
    for parameters in [defaults(name), *parameter_sets(name)]:
        parameters = [np.float32(p) for p in parameters]
        got = evaluate(name, form, x, *parameters)
        want = exact.evaluate(name, form, x, *parameters)
        error = want.ulp_error(np.where(np.abs(got) < 1e-300, 0, got), np.float32)
        most = np.finfo(np.float32).max
        error[(np.abs(got) > most) & (np.abs(want.nearest) > most)] = 0  # infinite in float32
        worst = np.argmax(error)
        assert error[worst] < 1e-5, (x[worst], parameters)


@every_activation
def test_derivatives_are_those_of_the_value(name: str) -> None:
    def of(form: str) -> partial:
        return partial(formula(name, form), PRECISE)

    with mp.workprec(exact.BITS):
        rest = [*map(mpf, defaults(name))]
        operands = [None, *entry_of(name).parameters]
        for x in map(mpf, (-19.3, -4.7, -2.3, -1.2, -0.76, -0.3, -0.01, 0.013, 0.4, 0.9, 2.2, 5.3)):
            derivative = mp.diff(lambda t: of("value")(t, *rest), x)
            assert abs(derivative - of("grad")(x, *rest)) < 1e-30, x
            if entry_of(name).grad_grad:
                derivative = mp.diff(lambda t: of("grad")(t, *rest), x)
                assert abs(derivative - of("grad_grad")(x, *rest)) < 1e-30, x
            for parameter in entry_of(name).grad_by:
                order = [int(operand == parameter) for operand in operands]
                derivative = mp.diff(of("value"), (x, *rest), order)
                assert abs(derivative - of(f"grad_{parameter}")(x, *rest)) < 1e-30, x


@every_row
def test_at_infinities_they_are_limits(name: str, form: str) -> None:
    for sign in (-1, 1):
        nearer, far, limit = exact.evaluate(
            name, form, sign * np.array([1e15, 1e30, np.inf])
        ).nearest
        if np.isnan(limit):
            assert name in {"snake", "snake_beta"}  # they oscillate
        elif np.isinf(limit):
            assert np.sign(limit) == np.sign(far)
            assert abs(far) > abs(nearer) > 1e10
        else:
            assert far == pytest.approx(limit, rel=1e-15, abs=1e-25)


@every_activation
def test_zeros_have_the_sign_of_what_is_near(name: str) -> None:
    """-0.0 where the numbers beside it give negative results, or those before an infinity."""
    x = np.array([0.0, -0.0, -np.inf, np.inf])
    near = evaluate(name, "value", np.array([0.01, -0.01, -8.0, 8.0]))
    at = evaluate(name, "value", x)
    zero = (at == 0) & (near != 0)
    np.testing.assert_array_equal(np.signbit(at[zero]), np.signbit(near[zero]))
    cut = (at == 0) & (near == 0) & (x >= -1)  # a gate that is shut gives x times 0 far out
    assert not np.signbit(at[cut]).any()


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
