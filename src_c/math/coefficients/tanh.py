"""The pieces of tanh(x)/x in math/tanh.h: python tanh.py > ../tables/tanh.h"""

from fit import c_table
from mpmath import mp
from pieces import c_accurate_pieces

# table entries: (offset, steps per octave, degree)
SHAPES = {16: (1, 4, 6), 8: (2, 4, 8)}


def ratio(x):
    """tanh(x) / x."""
    return mp.tanh(x) / x


def part(entries: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    offset, steps, degree = SHAPES[entries]
    return 32, entries, c_accurate_pieces("TANH", ratio, 1, entries, offset, steps, 9.2, degree)


if __name__ == "__main__":
    mp.prec = 120
    print(c_table("Pieces of tanh(x)/x in float32.", "tanh.py", [part(n) for n in SHAPES]), end="")
