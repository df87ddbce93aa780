"""The constants of mish_deriv in math/mish.h: python mish.py > ../tables/mish.h"""

from exp import HALF_SIGNIFICAND
from fit import c_constant, c_table, rounded
from mpmath import mp, mpf


def deriv_factor(x):
    """B of math/mish.h; the derivative of mish is w B / D^2."""
    w = mp.exp(x)
    return (w + 2) * (w * w + 2 * w + 2) + 4 * x * (w + 1)


def part(precision: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    root = mp.findroot(deriv_factor, mpf("-1.19"))
    decay = mp.exp(root)
    scale = mpf(2) ** (HALF_SIGNIFICAND[precision] + 1)  # 1/4 < decay < 1/2
    short = mp.nint(decay * scale) / scale
    definitions = [
        c_constant("MISH_W0_SHORT", short, precision),
        c_constant("MISH_W0_REST", decay / short - 1, precision),
    ]
    constant = decay**2 + 4 * decay + 6 + 4 * root
    for name, exact in (("ROOT", root), ("SUM", decay + 4), ("CONSTANT", constant)):
        high = rounded(exact, precision)
        definitions.append(c_constant(f"MISH_{name}_HIGH", high, precision))
        definitions.append(c_constant(f"MISH_{name}_LOW", exact - high, precision))
    return precision, 0, definitions


if __name__ == "__main__":
    print(c_table("Constants of the derivative of mish.", "mish.py", [part(64)]), end="")
