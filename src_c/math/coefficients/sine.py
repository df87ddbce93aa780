"""The tables of math/sine.h: python sine.py > ../tables/sine.h

(sin(r)/r - 1)/r^2 in r^2 for |r| <= pi/2, in float64 also (sin(r)^2/r^2 - 1)/r^2 for
|r| <= pi/4, and pi in three words, in float64 also in a short word and the rest.
"""

from fit import c_array, c_constant, c_table, remez, rounded
from mpmath import mp, mpf

HIGH_BITS = 31  # of the first words: their products with up to 22 bits are exact in float64


def sine(square):
    """(sin(r)/r - 1)/r^2 at r^2 = square."""
    if square < mpf(10) ** -20:
        return -mpf(1) / 6 + square / 120
    r = mp.sqrt(square)
    return (mp.sin(r) / r - 1) / square


def sine_square(square):
    """(sin(r)^2/r^2 - 1)/r^2 at r^2 = square."""
    if square < mpf(10) ** -20:
        return -mpf(1) / 3 + 2 * square / 45
    return (mp.sin(mp.sqrt(square)) ** 2 / square - 1) / square


def coefficients(degree: int) -> list:
    """Of the polynomial."""
    end = (mp.pi / 2 * (1 + mpf(2) ** -12)) ** 2
    return remez(sine, mpf(0), end, degree)


def words(bits: tuple[int, int]) -> list:
    """Pi in three words, the first two of so many bits."""
    left, found = +mp.pi, []
    for kept in bits:
        unit = mpf(2) ** (int(mp.floor(mp.log(abs(left), 2))) + 1 - kept)
        found.append(mp.nint(left / unit) * unit)
        left -= found[-1]
    return [*found, rounded(left, 64)]


def constants(bits: tuple[int, int]) -> list[str]:
    """The definitions of them and of 1/pi."""
    names = ("PI_HIGH", "PI_MIDDLE", "PI_LOW", "ONE_OVER_PI")
    values = [*words(bits), 1 / mp.pi]
    return [c_constant(name, value, 64) for name, value in zip(names, values, strict=True)]


def single() -> list[str]:
    """For float32, in float64."""
    table = c_array("SINE", [rounded(c, 64) for c in coefficients(6)], 64)
    return [*constants((HIGH_BITS, HIGH_BITS)), table.replace("const T", "const double")]


def double() -> list[str]:
    """For float64, the first coefficients in two words."""
    found = coefficients(8)
    lows = [rounded(c - rounded(c, 64), 64) for c in found[:4]]
    end = (mp.pi / 4 * (1 + mpf(2) ** -10)) ** 2
    squares = remez(sine_square, mpf(0), end, 7)
    short, *_ = words((HIGH_BITS, HIGH_BITS))
    return [
        *constants((53, 53)),
        c_constant("PI_SHORT", short, 64),
        c_constant("PI_SHORT_REST", rounded(mp.pi - short, 64), 64),
        c_array("SINE_SQUARE", [rounded(c, 64) for c in squares], 64),
        c_array("SINE_SQUARE_LOW", [rounded(c - rounded(c, 64), 64) for c in squares[:2]], 64),
        f"#define SINE_SQUARE_DEGREE {len(squares) - 1}",
        c_array("SINE", [rounded(c, 64) for c in found], 64),
        c_array("SINE_LOW", lows, 64),
    ]


if __name__ == "__main__":
    print(c_table("Sine.", "sine.py", [(32, 0, single()), (64, 0, double())]), end="")
