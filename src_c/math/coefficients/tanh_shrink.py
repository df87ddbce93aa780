"""The polynomial of kernels/softsign.h: python tanh_shrink.py > ../tables/tanh_shrink.h

(x - tanh(x)) / x^3 in x^2, for |x| < 1/2.
"""

from fit import c_array, c_constant, c_table, remez, rounded
from mpmath import mp, mpf

DEGREES = {64: 12}


def ratio(square):
    """(x - tanh(x)) / x^3 at x^2 = square."""
    if square < mpf(10) ** -20:
        return mpf(1) / 3 - 2 * square / 15
    x = mp.sqrt(square)
    return (x - mp.tanh(x)) / x**3


def part(precision: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    fit = remez(ratio, mpf(0), mpf(1) / 4, DEGREES[precision], lambda u: 1 / ratio(u))
    return (
        precision,
        0,
        [
            c_array("TANH_SHRINK", [rounded(c, precision) for c in fit], precision),
            c_constant("TANH_SHRINK_LOW", fit[0] - rounded(fit[0], precision), precision),
            f"#define TANH_SHRINK_DEGREE {DEGREES[precision]}",
        ],
    )


if __name__ == "__main__":
    print(c_table("x - tanh(x) near 0.", "tanh_shrink.py", [part(64)]), end="")
