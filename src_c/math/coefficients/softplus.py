"""The tables of L(t) = log(1 + e^-t) in math/softplus.h: python softplus.py > ../tables/softplus.h

Pieces of width WIDTH around its multiples. The last two are those of e^-t, to which a large t is
reduced by a multiple of log(2). The centre of a piece is a float at which the function is nearly a
number of so few bits that its sum with the centre is exact (accurate tables, see
accurate_tables.py).
"""

from collections.abc import Callable

from accurate_tables import c_table_poly
from fit import c_constant, c_table, rounded, rounded_fit
from mpmath import mp, mpf

ENTRIES = 16
NEAR = 14  # pieces of log(1 + e^-t)
WIDTH = mpf(31) / 64
DEGREE = 6
ORIGIN = mpf(3) * 2**22  # a sum with this has the nearest integer in its low bits
CANDIDATES = 1000


def near(t):
    """log(1 + e^-t)."""
    return mp.log1p(mp.exp(-t))


def near_inverse(value):
    """The t at which log(1 + e^-t) has this value."""
    return -mp.log(mp.expm1(value))


def far(t):
    """e^-t."""
    return mp.exp(-t)


def far_inverse(value):
    """The t at which e^-t has this value."""
    return -mp.log(value)


def accurate_centre(function: Callable, inverse: Callable, middle, reach, unit) -> tuple:
    """A float and nearly the function there, both multiples of unit."""
    best = None
    start = mp.nint(function(middle) / unit)
    for k in range(-CANDIDATES // 2, CANDIDATES // 2):
        value = (start + k) * unit
        if not function(middle + reach) < value < function(max(middle - reach, 0)):
            continue
        centre = rounded(mp.nint(inverse(value) / unit) * unit, 32)
        miss = abs(function(centre) / value - 1)
        if best is None or miss < best[0]:
            best = miss, centre, value
    return best[1:]


def piece(i: int) -> list[mpf]:
    """Centre, value and coefficients of one piece."""
    function, inverse = (near, near_inverse) if i < NEAR else (far, far_inverse)
    low, high = max((i - mpf(1) / 2) * WIDTH, 0), (i + mpf(1) / 2) * WIDTH
    lean = mp.sqrt(function(low) / function(high))
    balance = (low + lean * high) / (1 + lean)
    size = balance + 1 if i < NEAR else function(low)
    unit = mpf(2) ** (mp.ceil(mp.log(size, 2)) - 24)
    centre, value = accurate_centre(function, inverse, balance, WIDTH / 16, unit)

    def quotient(s):
        return (function(centre + s) - value) / s

    def weight(s):
        return abs(s / function(centre + s))

    fit = rounded_fit(quotient, low - centre, high - centre, DEGREE - 1, 32, weight)
    return [centre, value, *fit]


def definitions() -> list[str]:
    """All of them."""
    rows = list(zip(*(piece(i) for i in range(ENTRIES)), strict=True))
    return [
        c_constant("SOFTPLUS_NEAR", (NEAR - mpf(1) / 2) * WIDTH, 32),
        *c_table_poly("SOFTPLUS_TAIL", 1 / WIDTH, ORIGIN, 0, rows),
    ]


if __name__ == "__main__":
    mp.prec = 120
    title = "Piecewise polynomials of log(1 + e^-t) in float32."
    print(c_table(title, "softplus.py", [(32, ENTRIES, definitions())]), end="")
