"""The constants of math/log_normal.h: python log_normal.py > ../tables/log_normal.h

log(2) and log(1/sqrt(2 pi)) in two words.
"""

from fit import c_table
from gelu_tanh import high_and_low
from log_cosh import log_2
from mpmath import mp


def constants(precision: int) -> list[str]:
    """The definitions."""
    density = -mp.log(2 * mp.pi) / 2
    return [*log_2(precision), *high_and_low("LOG_DENSITY", density, precision)]


if __name__ == "__main__":
    parts = [(32, 0, constants(32)), (64, 0, constants(64))]
    print(c_table("The logarithm of the normal distribution.", "log_normal.py", parts), end="")
