"""The tables of tanh and of e^z - 1 for z <= 0: python table_poly.py > ../tables/table_poly.h

Each holds a function divided by its argument: the product of both is accurate down to 0.
"""

from collections.abc import Callable

from accurate_tables import c_accurate_table_poly
from celu import ALPHA, LAMBDA
from fit import c_constant, c_table
from mpmath import mp

TANH_END = 9.1
EXPM1_RATIO_END = -17.5
LAST = 1.01  # the pieces extend beyond the end by this factor

# table entries: (offset, steps per octave, degree)
SHAPES = {16: (1, 4, 6), 8: (2, 4, 8)}


def tanh_ratio(t):
    """tanh(t) / t."""
    return mp.tanh(t) / t


def expm1_ratio(z):
    """(e^z - 1) / z."""
    return mp.expm1(z) / z


def selu_ratio(z):
    """The same times lambda alpha of selu, which is not a float."""
    return LAMBDA * ALPHA * expm1_ratio(z)


def part(entries: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""

    def table(name: str, function: Callable, at_zero, end) -> list[str]:
        last = end * LAST
        offset, steps, degree = SHAPES[entries]
        return c_accurate_table_poly(name, function, at_zero, entries, offset, steps, last, degree)

    definitions = [
        c_constant("TANH_END", TANH_END, 32),
        *table("TANH_RATIO", tanh_ratio, 1, TANH_END),
    ]
    if entries == 16:
        definitions += [
            c_constant("EXPM1_RATIO_END", EXPM1_RATIO_END, 32),
            *table("EXPM1_RATIO", expm1_ratio, 1, EXPM1_RATIO_END),
            *table("SELU_RATIO", selu_ratio, LAMBDA * ALPHA, EXPM1_RATIO_END),
        ]
    return 32, entries, definitions


if __name__ == "__main__":
    mp.prec = 120
    parts = [part(entries) for entries in SHAPES]
    print(c_table("Piecewise polynomials in float32.", "table_poly.py", parts), end="")
