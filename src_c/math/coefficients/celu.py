"""The constants of kernels/elu.h: python celu.py > ../tables/celu.h

d/dalpha of celu is (1 - z) e^z - 1, which cancels at 0: on [-1/4, 1/4] it is -z^2 Q(z).
"""

from fit import c_array, c_constant, c_table, remez, rounded
from mpmath import mp, mpf

DEGREES = {32: 6, 64: 12}
# Klambauer et al. 2017, appendix A1
LAMBDA = mpf("1.0507009873554804934193349852946")
ALPHA = mpf("1.6732632423543772848170429916717")


def quotient(z):
    """(1 - (1 - z) e^z) / z^2."""
    if abs(z) < mpf(10) ** -20:
        return mpf(1) / 2 + z / 3
    return (1 - (1 - z) * mp.exp(z)) / z**2


def part(precision: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    degree = DEGREES[precision]
    fit = remez(quotient, mpf(-1) / 4, mpf(1) / 4, degree, lambda z: 1 / quotient(z))
    definitions = [
        c_array("CELU_POLY", [rounded(c, precision) for c in fit], precision),
        f"#define CELU_DEGREE {degree}",
    ]
    for name, exact in (("SELU_LAMBDA", LAMBDA), ("SELU_LAMBDA_ALPHA", LAMBDA * ALPHA)):
        high = rounded(exact, precision)
        definitions.append(c_constant(name, high, precision))
        definitions.append(c_constant(f"{name}_LOW", exact - high, precision))
    return precision, 0, definitions


if __name__ == "__main__":
    print(c_table("Constants of the elu family.", "celu.py", [part(32), part(64)]), end="")
