"""The constants of math/tanh_exp.h: python tanh_exp.py > ../tables/tanh_exp.h

In float32 piecewise polynomials as in math/piecewise.h; in float64 the root of the derivative in
three words, and its Taylor series there.
"""

from accurate_tables import c_piecewise
from fit import c_array, c_constant, c_table, rounded
from mpmath import mp, mpf
from piecewise import root

DEGREE = 9


def tanh_exp_ratio(x):
    """tanh(e^x)."""
    return mp.tanh(mp.exp(x))


def tanh_exp_deriv(x):
    """The derivative of x tanh(e^x)."""
    power = mp.exp(x)
    return mp.tanh(power) + x * power * mp.sech(power) ** 2


def three_words(name: str, value, precision: int) -> list[str]:
    """A number in three words."""
    definitions = []
    for word in ("HIGH", "LOW", "REST"):
        part = rounded(value, precision)
        definitions.append(c_constant(f"{name}_{word}", part, precision))
        value -= part
    return definitions


def pieces(zero) -> tuple[int, int, list[str]]:
    """The branch of float32."""
    left = mpf("5.2")
    value = c_piecewise(
        "TANH_EXP_RATIO", tanh_exp_ratio, mpf("2.9"), 7, left=left, offset=2, steps=4
    )
    derivative = c_piecewise(
        "TANH_EXP_DERIV",
        tanh_exp_deriv,
        mpf(3),
        8,
        left=left,
        offset=mpf("2.12"),
        steps=4,
        root=zero,
    )
    return 32, 0, [*value, *derivative]


def series(zero) -> tuple[int, int, list[str]]:
    """The branch of float64."""
    taylor = mp.taylor(tanh_exp_deriv, zero, DEGREE)[1:]
    return (
        64,
        0,
        [
            *three_words("TANH_EXP_ROOT", zero, 64),
            c_array("TANH_EXP_TAYLOR", [rounded(c, 64) for c in taylor], 64),
            c_constant("TANH_EXP_TAYLOR_LOW", taylor[0] - rounded(taylor[0], 64), 64),
            f"#define TANH_EXP_DEGREE {DEGREE - 1}",
        ],
    )


if __name__ == "__main__":
    mp.prec = 120
    zero = root(tanh_exp_deriv, "-1.08")
    parts = [pieces(zero), series(zero)]
    print(c_table("x tanh(e^x).", "tanh_exp.py", parts), end="")
