"""The tables of K(w) = log(1 + w)/w in math/log1p.h: python log1p.py > ../tables/log1p.h

V_TABLE pieces of [0, 1] of equal width. On each, K(w) = K(c) + s P(s), s = w - c, where the centre
c is chosen such that K(c) has half of the significand: its product with the head of an exponential
is exact.
"""

from exp import HALF_SIGNIFICAND, MANTISSA
from fit import c_array, c_table, rounded, rounded_fit
from mpmath import mp, mpf

# (precision, entries): degree of s P(s)
DEGREES = {(32, 16): 3, (32, 8): 4, (64, 8): 11}


def ratio(w):
    """log(1 + w) / w."""
    return 1 - w / 2 + w * w / 3 if abs(w) < mpf(10) ** -25 else mp.log1p(w) / w


def short_centre(low: mpf, high: mpf, precision: int) -> tuple[mpf, mpf]:
    """A machine number near the middle at which K is nearly a short one."""
    unit = mpf(2) ** -HALF_SIGNIFICAND[precision]  # K lies in (1/2, 1]
    middle = mp.nint(ratio((low + high) / 2) / unit)
    best = None
    for offset in range(-40, 41):
        value = (middle + offset) * unit
        exact = mp.findroot(lambda w, value=value: ratio(w) - value, (low + high) / 2)
        centre = rounded(exact, precision)
        miss = abs(ratio(centre) - value)
        if low < centre < high and (best is None or miss < best[0]):
            best = miss, centre, value
    return best[1], best[2]


def part(precision: int, entries: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    degree = DEGREES[precision, entries]
    rows = []
    for i in range(entries):
        low, high = mpf(i) / entries, mpf(i + 1) / entries
        centre, value = (mpf(0), mpf(1)) if i == 0 else short_centre(low, high, precision)

        def quotient(s, centre=centre, value=value):
            return (ratio(centre + s) - value) / s

        fit = rounded_fit(quotient, low - centre, high - centre, degree - 1, precision, abs)
        rows.append([centre, value, *fit])
    columns = list(zip(*rows, strict=True))
    names = [f"LOG1P_P{k}" for k in range(degree)]
    return (
        precision,
        entries,
        [
            f"#define LOG1P_BITS {MANTISSA[precision] - entries.bit_length()}",
            f"#define LOG1P_DEGREE {degree}",
            *(
                c_array(name, column, precision)
                for name, column in zip(
                    ["LOG1P_CENTRE", "LOG1P_VALUE", *names], columns, strict=True
                )
            ),
            f"static const T *const LOG1P_P[] = {{{', '.join(names)}}};",
        ],
    )


if __name__ == "__main__":
    mp.prec = 150
    parts = [part(*key) for key in DEGREES]
    print(c_table("Piecewise polynomials of log(1 + w)/w.", "log1p.py", parts), end="")
