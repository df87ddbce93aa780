"""The pieces of tanh and of e^z - 1 for z <= 0: python chord.py > ../tables/chord.h

Each is of a function over its argument, so that the product of both is right down to 0.
"""

from collections.abc import Callable

from celu import ALPHA, SCALE
from fit import c_constant, c_table
from mpmath import mp
from pieces import c_accurate_pieces

TANH_END = 9.1
FALLING_END = -17.5
LAST = 1.01  # the pieces go so many times as far

# table entries: (offset, steps per octave, degree)
SHAPES = {16: (1, 4, 6), 8: (2, 4, 8)}


def tanh_ratio(t):
    """tanh(t) / t."""
    return mp.tanh(t) / t


def falling_ratio(z):
    """(e^z - 1) / z."""
    return mp.expm1(z) / z


def selu_ratio(z):
    """The same times the depth of selu, which is no float."""
    return SCALE * ALPHA * falling_ratio(z)


def part(entries: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""

    def chords(name: str, function: Callable, at_zero, end) -> list[str]:
        last = end * LAST
        offset, steps, degree = SHAPES[entries]
        return c_accurate_pieces(name, function, at_zero, entries, offset, steps, last, degree)

    definitions = [
        c_constant("TANH_END", TANH_END, 32),
        *chords("TANH_RATIO", tanh_ratio, 1, TANH_END),
    ]
    if entries == 16:
        definitions += [
            c_constant("FALLING_END", FALLING_END, 32),
            *chords("FALLING_RATIO", falling_ratio, 1, FALLING_END),
            *chords("SELU_RATIO", selu_ratio, SCALE * ALPHA, FALLING_END),
        ]
    return 32, entries, definitions


if __name__ == "__main__":
    mp.prec = 120
    parts = [part(entries) for entries in SHAPES]
    print(c_table("Functions on pieces, in float32.", "chord.py", parts), end="")
