"""What new functions do not reach yet, each with its figure: strict xfails until it is mended."""

from __future__ import annotations

import pytest

__all__ = ["mark_shortfalls"]

_HUGE = "a gradient g from 1e36 on overflows, or underflows, on the way to a finite product"
_ROOTS = "near roots that parameters other than the defaults create:"

# (test, function): reason
_SHORTFALLS = {
    **{
        ("test_backward_float32", name): _HUGE
        for name in ("star_relu", "dyt", "acon_c", "aptx", "laplace", "gaussian")
    },
    ("test_backward_float64", "star_relu"): _HUGE,
    **{("test_parameters_may_be_arrays", name): _HUGE for name in ("star_relu", "dyt", "gaussian")},
    ("test_parameters_may_be_arrays", "aptx"): f"{_ROOTS} 33 ulp",
    ("test_parameters_may_be_arrays", "xielu"): f"{_ROOTS} 7.2 ulp",
    ("test_all_halves_are_correctly_rounded", "star_relu"): f"bfloat16: {_HUGE}",
    ("test_all_halves_are_correctly_rounded", "xielu"): "5 of 65,536 gradient products, 0.5 ulp",
    ("test_at", "isru"): "the second derivative warns of overflow at a tiny alpha",
    ("test_at", "isrlu"): "the second derivative warns of overflow at a tiny alpha",
    **{
        ("test_float64_is_far_better_than_float32_needs", name): "the value overflows in float32"
        for name in ("star_relu", "xielu", "log_ndtr")
    },
}
# Of a function in the tests above, parameter sets that pass.
_REACHED = {
    "test_all_halves_are_correctly_rounded[float16-star_relu]",
    *(
        f"test_float64_is_far_better_than_float32_needs[70-{name}-{form}]"
        for name in ("star_relu", "xielu", "log_ndtr")
        for form in ("grad", "grad_parameter", "grad_grad")
    ),
}
_TRIED = {"avx2", "scalar"}  # on other instruction sets they may pass


def mark_shortfalls(items: list[pytest.Item]) -> None:
    """Expect these tests to fail."""
    for item in items:
        if not isinstance(item, pytest.Function) or not hasattr(item, "callspec"):
            continue
        test = item.originalname
        names = [part for part in item.callspec.id.split("-") if (test, part) in _SHORTFALLS]
        if names and item.name not in _REACHED:
            strict = item.callspec.params.get("isa", "scalar") in _TRIED
            reason = _SHORTFALLS[test, names[0]]
            item.add_marker(pytest.mark.xfail(reason=reason, strict=strict))
