"""The table of math/normal_rows.c: python normal_rows.py > ../tables/normal_rows.h

Phi(-r) and phi(r) in two words each, at multiples of 1/64, and last at the root of gelu'. There
Phi(-r) - r phi(r) is nearly 0, and the second word of Phi(-r) makes up for what the products lose.
"""

from fit import c_number, rounded
from mpmath import mp, mpf
from normal_tail import root

STEPS = 64  # to 1
END = mpf("8.875")  # from here on gelu'(t) rounds to 1


def words(value) -> tuple[mpf, mpf]:
    """A number in two words."""
    high = rounded(value, 64)
    return high, rounded(value - high, 64)


def row(r) -> list[mpf]:
    """Phi(-r) and phi(r)."""
    return [*words(mp.ncdf(-r)), *words(mp.npdf(r))]


def root_row() -> list[mpf]:
    """The row of the root, whose Phi(-r) makes up for what the product r phi(r) loses."""
    r = rounded(root(), 64)
    left, _, density, low = row(r)
    product = rounded(r * density, 64)
    product_low = rounded(r * low + (r * density - product), 64)
    slope = mp.ncdf(-r) - r * mp.npdf(r)
    return [left, rounded(slope - (left - product) + product_low, 64), density, low]


def main() -> None:
    """Print the table."""
    mp.prec = 300
    points = [mpf(k) / STEPS for k in range(int(END * STEPS) + 1)]
    rows = [*(row(r) for r in points), root_row()]
    print("/* Phi(-r) and phi(r), high and low words.\n *")
    print(" * Printed by math/coefficients/normal_rows.py. */")
    print("extern const double fa_normal_rows[][4];")
    print(f"const double fa_normal_rows[{len(rows)}][4] __attribute__((aligned(64))) = {{")
    for numbers in rows:
        print(f"    {{{', '.join(c_number(number, 64) for number in numbers)}}},")
    print("};")


if __name__ == "__main__":
    main()
