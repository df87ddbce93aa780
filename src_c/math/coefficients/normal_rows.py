"""The tables of math/normal_rows.c: python normal_rows.py > ../tables/normal_rows.h

Phi(-r) and phi(r) in two words each, at multiples of 1/64, and last at the root of gelu'. There
Phi(-r) - r phi(r) is nearly 0, and the second word of Phi(-r) makes up for what the products lose.
For float32 2^64 Phi(-r) in two words and 2^64 phi(r) in one. For erf in float64 itself and its
derivative.
"""

from fit import c_number, rounded
from mpmath import mp, mpf
from normal_tail import root

STEPS = 64  # to 1
END = mpf("8.875")  # from here on gelu'(t) rounds to 1
SINGLE_END = mpf("14.75")  # from here on gelu(-t) rounds to 0 in float32
SINGLE_SCALE = mpf(2) ** 64
ERF_END = mpf(6)  # from here on erf(t) rounds to 1


def words(value, precision: int = 64) -> tuple[mpf, mpf]:
    """A number in two words."""
    high = rounded(value, precision)
    return high, rounded(value - high, precision)


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


def single_row(r) -> list[mpf]:
    """2^64 Phi(-r) and 2^64 phi(r)."""
    density = rounded(SINGLE_SCALE * mp.npdf(r), 32)
    return [*words(SINGLE_SCALE * mp.ncdf(-r), 32), density, mpf(0)]


def erf_row(r) -> list[mpf]:
    """erf(r) and its derivative."""
    return [*words(mp.erf(r)), *words(2 / mp.sqrt(mp.pi) * mp.exp(-r * r))]


def multiples(end) -> list[mpf]:
    """The multiples of 1/64 up to end."""
    return [mpf(k) / STEPS for k in range(int(end * STEPS) + 1)]


def c_rows(kind: str, name: str, rows: list[list[mpf]], precision: int) -> str:
    """The definition of a table."""
    lines = [f"    {{{', '.join(c_number(n, precision) for n in row)}}}," for row in rows]
    declared = f"extern const {kind} {name}[][4];\nconst {kind} {name}[{len(rows)}][4]"
    return "\n".join([f"{declared} __attribute__((aligned(64))) = {{", *lines, "};"])


def main() -> None:
    """Print the tables."""
    mp.prec = 300
    print("/* Phi(-r) and phi(r), erf(r) and its derivative.\n *")
    print(" * Printed by math/coefficients/normal_rows.py. */")
    double = [*(row(r) for r in multiples(END)), root_row()]
    print(c_rows("double", "fa_normal_rows", double, 64))
    single = [single_row(r) for r in multiples(SINGLE_END)]
    print(c_rows("float", "fa_normal_rows_single", single, 32))
    print(c_rows("double", "fa_erf_rows", [erf_row(r) for r in multiples(ERF_END)], 64))


if __name__ == "__main__":
    main()
