"""The logarithm of the normal distribution."""

from __future__ import annotations

from fastact._activations.entry import Entry, Form

ENTRIES: dict[str, Entry] = {
    "log_ndtr": Entry(
        summary="Logarithm of the standard normal distribution function.",
        example="[-10.0, 0.0, 2.0]",
        value=Form(
            "log(Phi(x))",
            lambda m, x: m.log_ndtr(x),
            "array([-5.32312852e+01, -6.93147181e-01, -2.30129093e-02])",
        ),
        grad=Form(
            "phi(x) / Phi(x)",
            lambda m, x: m.ndtr_ratio(x),
            "array([10.09809323,  0.79788456,  0.05524786])",
        ),
    ),
}
