"""The constants of math/log_normal.h: python log_normal.py > ../tables/log_normal.h

log(2) and log(1/sqrt(2 pi)) in two words, and in float64 what follows t^2/2 for large t: with
R(t) = Phi(-t) e^(t^2/2) and u = 1/t^2, (log(R t sqrt(2 pi)))/u and (1/(R t sqrt(2 pi)) - 1)/u.
"""

from fit import c_array, c_table, remez, rounded
from gelu_tanh import high_and_low
from log_cosh import log_2
from mpmath import mp
from normal_tail import NEAR, ratio

FAR = 400  # t; beyond it the constant term is all that counts
DEGREE = 10


def constants(precision: int) -> list[str]:
    """The definitions."""
    density = -mp.log(2 * mp.pi) / 2
    return [*log_2(precision), *high_and_low("LOG_DENSITY", density, precision)]


def mills(u):
    """R(t) t sqrt(2 pi)."""
    t = 1 / mp.sqrt(u)
    return ratio(t) * t * mp.sqrt(2 * mp.pi)


def series(name: str, function) -> list[str]:
    """The definitions of a polynomial in u."""
    found = remez(function, 1 / mp.mpf(FAR) ** 2, 1 / NEAR**2, DEGREE)
    return [c_array(name, [rounded(c, 64) for c in found], 64)]


def polynomials() -> list[str]:
    """The definitions in float64."""
    return [
        f"#define NORMAL_SERIES_DEGREE {DEGREE}",
        *series("NORMAL_LOG_SERIES", lambda u: mp.log(mills(u)) / u),
        *series("NORMAL_INVERSE_SERIES", lambda u: (1 / mills(u) - 1) / u),
    ]


if __name__ == "__main__":
    parts = [(32, 0, constants(32)), (64, 0, constants(64) + polynomials())]
    print(c_table("The logarithm of the normal distribution.", "log_normal.py", parts), end="")
