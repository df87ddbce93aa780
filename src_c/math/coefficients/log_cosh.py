"""The polynomial of math/log_cosh.h: python log_cosh.py > ../tables/log_cosh.h

log(cosh(x)) / x^2 in x^2, for |x| < 1/2.
"""

from fit import c_array, c_constant, c_table, remez, rounded
from mpmath import mp, mpf

DEGREE = 13
LOG_2 = mp.log(2)


def ratio(square):
    """log(cosh(x)) / x^2 at x^2 = square."""
    if square < mpf(10) ** -20:
        return mpf(1) / 2 - square / 12
    x = mp.sqrt(square)
    return mp.log(mp.cosh(x)) / square


def log_2(precision: int) -> list[str]:
    """log(2) in two words."""
    high = rounded(LOG_2, precision)
    return [
        c_constant("LOG_2_HIGH", high, precision),
        c_constant("LOG_2_LOW", LOG_2 - high, precision),
    ]


def part() -> tuple[int, int, list[str]]:
    """The branch of float64."""
    fit = remez(ratio, mpf(0), mpf(1) / 4, DEGREE, lambda u: 1 / ratio(u))
    return (
        64,
        0,
        [
            *log_2(64),
            c_array("LOG_COSH", [rounded(c, 64) for c in fit], 64),
            c_constant("LOG_COSH_LOW", fit[0] - rounded(fit[0], 64), 64),
            f"#define LOG_COSH_DEGREE {DEGREE}",
        ],
    )


if __name__ == "__main__":
    print(c_table("log(cosh(x)).", "log_cosh.py", [(32, 0, log_2(32)), part()]), end="")
