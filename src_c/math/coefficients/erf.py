"""The constants of math/normal.h: python erf.py > ../tables/erf.h

In float32 piecewise polynomials as in math/piecewise.h, in float64 erf(x)/x in x^2, for
|x| < 1/2, and beyond (x + 3) erfc(x) e^(x^2) in 1/(x + 3).
"""

from accurate_tables import c_piecewise
from fit import c_array, c_constant, c_table, remez, rounded
from gelu_tanh import high_and_low
from mpmath import mp, mpf
from normal_tail import words

DEGREE = 11
FAR_DEGREE = 17
SHIFT = 3
FAR_END = 6  # where erf(x) rounds to 1


def ratio(square):
    """erf(x) / x at x^2 = square."""
    if square < mpf(10) ** -20:
        return 2 / mp.sqrt(mp.pi) * (1 - square / 3)
    x = mp.sqrt(square)
    return mp.erf(x) / x


def normal_ratio(t):
    """Phi(-t), divided by e^(-t^2/2)."""
    return mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2


def erf_over_x(t):
    """erf(t) / t."""
    return 2 / mp.sqrt(mp.pi) if abs(t) < mpf(10) ** -30 else mp.erf(t) / t


def constants(precision: int) -> list[str]:
    """2/sqrt(pi) and sqrt(2) in two words."""
    return [
        *high_and_low("ERF_SLOPE", 2 / mp.sqrt(mp.pi), precision),
        *high_and_low("ROOT_2", mp.sqrt(2), precision),
    ]


def pieces() -> list[str]:
    """The tables of float32."""
    last, offset = mpf("14.8"), mpf("2.25")
    return [
        *c_piecewise("NORMAL_RATIO", normal_ratio, last, 6, offset=offset, steps=4),
        *c_piecewise("ERF_OVER_X", erf_over_x, mpf(4), 6, offset=4, steps=8),
    ]


def far(y):
    """erfc(x) e^(x^2) / y at y = 1/(x + SHIFT)."""
    x = 1 / y - SHIFT
    return mp.erfc(x) * mp.exp(x * x) / y


def polynomials() -> list[str]:
    """The definitions of both polynomials, in float64."""
    fit = remez(ratio, mpf(0), mpf(1) / 4, DEGREE, lambda u: 1 / ratio(u))
    low, high = 1 / mpf(FAR_END + SHIFT), 1 / (mpf(1) / 2 + SHIFT)
    centre = rounded((low + high) / 2, 64)
    margin = mpf(2) ** -30
    far_fit = remez(
        lambda s: far(s + centre),
        low - centre - margin,
        high - centre + margin,
        FAR_DEGREE,
        lambda s: 1 / far(s + centre),
    )
    far_low, far_high = words(far_fit, 64)
    return [
        c_array("ERF", [rounded(c, 64) for c in fit], 64),
        c_constant("ERF_LOW", fit[0] - rounded(fit[0], 64), 64),
        f"#define ERF_DEGREE {DEGREE}",
        c_constant("ERF_FAR_SHIFT", SHIFT, 64),
        c_constant("ERF_FAR_END", FAR_END, 64),
        c_constant("ERF_FAR_CENTRE", centre, 64),
        c_array("ERF_FAR", far_high, 64),
        c_array("ERF_FAR_LOW", far_low, 64),
        f"#define ERF_FAR_DEGREE {FAR_DEGREE}",
    ]


if __name__ == "__main__":
    mp.prec = 120
    parts = [(32, 0, constants(32) + pieces()), (64, 0, constants(64) + polynomials())]
    print(c_table("The error function.", "erf.py", parts), end="")
