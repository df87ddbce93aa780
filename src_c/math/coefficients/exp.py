"""The tables of math/exp.h: python exp.py > ../tables/exp.h

T[j] is 2^(j/N) rounded to half of the significand, so that products with it are exact; the
logarithm of the rounding, log(2^(j/N) / T[j]), is in EXP_LOG_REST.
"""

from fit import bits, c_array, c_bits, c_constant, c_table, rounded, rounded_fit
from mpmath import mp, mpf

# (precision, N): degrees of q for e^z and for expm1, where expm1(r) = r + r^2 q(r).
DEGREES = {(32, 16): (1, 2), (32, 8): (2, 2), (64, 8): (5, 6)}
HALF_SIGNIFICAND = {32: 12, 64: 26}
MANTISSA = {32: 24, 64: 53}
FINE_DEGREE = 6


def remainder(r):
    """(expm1(r) - r) / r^2, by its series near 0."""
    if abs(r) < mpf(10) ** -15:
        return mpf(1) / 2 + r / 6
    return (mp.expm1(r) - r) / r**2


def fine_remainder(r):
    """((expm1(r) - r) / r^2 - 1/2 - r/6) / r^2, by its series near 0."""
    if abs(r) < mpf(10) ** -12:
        return mpf(1) / 24 + r / 120
    return ((mp.expm1(r) - r) / r**2 - mpf(1) / 2 - r / 6) / r**2


def fine(reach) -> list[str]:
    """What the pair of e^z - 1 with more bits wants."""
    fit = rounded_fit(fine_remainder, -reach, reach, FINE_DEGREE, 64, lambda r: r**4)
    sixth = rounded(mpf(1) / 6, 64)
    return [
        c_constant("EXPM1_SIXTH_HIGH", sixth, 64),
        c_constant("EXPM1_SIXTH_LOW", mpf(1) / 6 - sixth, 64),
        c_array("EXPM1_FINE_POLY", fit, 64),
        f"#define EXPM1_FINE_DEGREE {FINE_DEGREE}",
    ]


def part(precision: int, entries: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    step = mp.log(2) / entries
    high = rounded(step, precision)
    shift = MANTISSA[precision] - 1 - (entries.bit_length() - 1)
    powers, rests = [], []
    for j in range(entries):
        exact = mpf(2) ** (mpf(j) / entries)
        scale = mpf(2) ** (HALF_SIGNIFICAND[precision] - 1)
        short = mp.nint(exact * scale) / scale
        powers.append((bits(short, precision) - (j << shift)) % 2**precision)
        rests.append(mp.log(exact / short))
    reach = step / 2 + max(abs(r) for r in rests) + mpf(2) ** -20
    quick, full = DEGREES[precision, entries]

    def fit(degree):
        return rounded_fit(remainder, -reach, reach, degree, precision, lambda r: r * r)

    return (
        precision,
        entries,
        [
            c_constant("EXP_STEPS", 1 / step, precision),
            c_constant("EXP_STEP_HIGH", high, precision),
            c_constant("EXP_STEP_LOW", step - high, precision),
            f"#define EXP_SHIFT {shift} /* from the index to the exponent */",
            c_bits("EXP_POWER_BITS", powers, precision),
            c_array("EXP_LOG_REST", rests, precision),
            c_array("EXP_POLY", fit(quick), precision),
            c_array("EXPM1_POLY", fit(full), precision),
            f"#define EXP_DEGREE {quick}",
            f"#define EXPM1_DEGREE {full}",
            *(fine(reach) if precision == 64 else []),
        ],
    )


if __name__ == "__main__":
    print(
        c_table("Tables of e^z, see math/exp.h.", "exp.py", [part(*key) for key in DEGREES]), end=""
    )
