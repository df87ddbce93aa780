"""The constants of math/normal.h: python erf.py > ../tables/erf.h

erf(x) / x in x^2, for |x| < 1/2.
"""

from fit import c_array, c_constant, c_table, remez, rounded
from gelu_tanh import high_and_low
from mpmath import mp, mpf

DEGREE = 11


def ratio(square):
    """erf(x) / x at x^2 = square."""
    if square < mpf(10) ** -20:
        return 2 / mp.sqrt(mp.pi) * (1 - square / 3)
    x = mp.sqrt(square)
    return mp.erf(x) / x


def constants(precision: int) -> list[str]:
    """2/sqrt(pi) and sqrt(2) in two words."""
    return [
        *high_and_low("ERF_SLOPE", 2 / mp.sqrt(mp.pi), precision),
        *high_and_low("ROOT_2", mp.sqrt(2), precision),
    ]


def polynomial() -> list[str]:
    """The definitions of the polynomial, in float64."""
    fit = remez(ratio, mpf(0), mpf(1) / 4, DEGREE, lambda u: 1 / ratio(u))
    return [
        c_array("ERF", [rounded(c, 64) for c in fit], 64),
        c_constant("ERF_LOW", fit[0] - rounded(fit[0], 64), 64),
        f"#define ERF_DEGREE {DEGREE}",
    ]


if __name__ == "__main__":
    parts = [(32, 0, constants(32)), (64, 0, constants(64) + polynomial())]
    print(c_table("The error function.", "erf.py", parts), end="")
