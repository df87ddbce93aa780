"""The constants of math/normal.h: python erf.py > ../tables/erf.h

In float32 piecewise polynomials as in math/piecewise.h; in float64 the table of
math/normal_rows.h serves.
"""

from accurate_tables import c_piecewise
from fit import c_table
from gelu_tanh import high_and_low
from mpmath import mp, mpf


def normal_ratio(t):
    """Phi(-t), divided by e^(-t^2/2)."""
    return mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2


def erf_over_x(t):
    """erf(t) / t."""
    return 2 / mp.sqrt(mp.pi) if abs(t) < mpf(10) ** -30 else mp.erf(t) / t


def constants(precision: int) -> list[str]:
    """2/sqrt(pi) in two words."""
    return high_and_low("ERF_SLOPE", 2 / mp.sqrt(mp.pi), precision)


def pieces() -> list[str]:
    """The tables of float32."""
    last, offset = mpf("14.8"), mpf("2.25")
    return [
        *c_piecewise("NORMAL_RATIO", normal_ratio, last, 6, offset=offset, steps=4),
        *c_piecewise("ERF_OVER_X", erf_over_x, mpf(4), 6, offset=4, steps=8),
    ]


if __name__ == "__main__":
    mp.prec = 120
    parts = [(32, 0, constants(32) + pieces()), (64, 0, constants(64))]
    print(c_table("The error function.", "erf.py", parts), end="")
