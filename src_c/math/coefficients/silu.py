"""The constants of silu_deriv in math/gate.h, in float64: python silu.py > ../tables/silu.h

t0 is the root of 1 + e^-t = t; the derivative of silu vanishes at -t0. There e^-t0 = t0 - 1.
"""

from exp import HALF_SIGNIFICAND
from fit import c_constant, c_table, rounded
from mpmath import mp, mpf


def part(precision: int, entries: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    root = mp.findroot(lambda t: 1 + mp.exp(-t) - t, mpf("1.278"))
    high = rounded(root, precision)
    decay = root - 1
    scale = mpf(2) ** (HALF_SIGNIFICAND[precision] + 1)  # 1/4 < decay < 1/2
    short = mp.nint(decay * scale) / scale
    return (
        precision,
        entries,
        [
            c_constant("SILU_ROOT_HIGH", high, precision),
            c_constant("SILU_ROOT_LOW", root - high, precision),
            c_constant("SILU_W0_SHORT", short, precision),
            c_constant("SILU_W0_REST", decay / short - 1, precision),
        ],
    )


if __name__ == "__main__":
    print(
        c_table("Constants of the derivative of silu.", "silu.py", [part(64, 0)]),
        end="",
    )
