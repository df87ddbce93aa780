"""The constants of math/second_derivative.h, second derivatives.

python second_derivative.py > ../tables/second_derivative.h

Each is w N / (1 + w)^3 or similar, w a decaying exponential; the constants belong to the root of N.
A root has three three_words: near it, the third matters as much as the first does elsewhere.
"""

from exp import HALF_SIGNIFICAND
from fit import c_constant, c_table, rounded
from gelu_tanh import CUBIC, LINEAR, high_and_low
from mpmath import mp, mpf


def three_words(name: str, exact, precision: int) -> list[str]:
    """A constant in three three_words."""
    high = rounded(exact, precision)
    low = rounded(exact - high, precision)
    return [
        c_constant(f"{name}_HIGH", high, precision),
        c_constant(f"{name}_LOW", low, precision),
        c_constant(f"{name}_REST", exact - high - low, precision),
    ]


def gate(name: str, z, total, root, precision: int) -> list[str]:
    """The RootConstants of a gate x s(z): w0 in two factors, and Q - P = w0 (Q + P) at t0."""
    decay = mp.exp(-z(root))
    scale = mpf(2) ** (HALF_SIGNIFICAND[precision] + 3)  # 1/16 < decay < 1/8
    short = mp.nint(decay * scale) / scale
    return [
        *three_words(f"{name}_ROOT", root, precision),
        c_constant(f"{name}_W0_SHORT", short, precision),
        c_constant(f"{name}_W0_REST", decay / short - 1, precision),
        *high_and_low(f"{name}_GAP", decay * total(root), precision),
    ]


def mish_side(name: str, a: list[int], b: list[int], guess: str, precision: int) -> list[str]:
    """The constants of one side of mish_d2: see there for A and B, polynomials in v = e^-t."""

    def value(c, v):
        return mp.polyval(c[::-1], v)

    root = mp.findroot(lambda t: value(a, mp.exp(-t)) - t * value(b, mp.exp(-t)), mpf(guess))
    decay = mp.exp(-root)
    scale = mpf(2) ** (HALF_SIGNIFICAND[precision] + 2)
    short = mp.nint(decay * scale) / scale
    definitions = [
        *three_words(f"{name}_ROOT", root, precision),
        c_constant(f"{name}_V0_SHORT", short, precision),
        c_constant(f"{name}_V0_REST", decay / short - 1, precision),
        *high_and_low(f"{name}_V0", decay, precision),
        *high_and_low(f"{name}_B", value(b, decay), precision),
    ]
    for letter, c in (("A", a), ("B", b)):  # (c(v) - c(v0)) / (v - v0)
        quotient = (c[1] + c[2] * decay + c[3] * decay**2, c[2] + c[3] * decay)
        for k, exact in enumerate(quotient):
            definitions += high_and_low(f"{name}_{letter}{k}", exact, precision)
    return definitions


def silu_root():
    """Where 2 (1 + w) = t (1 - w), w = e^-t."""
    return mp.findroot(lambda t: 2 * (1 + mp.exp(-t)) - t * (1 - mp.exp(-t)), mpf("2.4"))


def part(precision: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""

    def z(t):
        return LINEAR * t + CUBIC * t**3

    def p(t):
        return 2 * LINEAR + 12 * CUBIC * t * t

    def q(t):
        return t * (LINEAR + 3 * CUBIC * t * t) ** 2

    root = mp.findroot(
        lambda t: p(t) * (1 + mp.exp(-z(t))) - q(t) * (1 - mp.exp(-z(t))), mpf("1.4")
    )
    silu = silu_root()
    return (
        precision,
        0,
        [
            *gate("SILU_D2", lambda t: t, lambda t: 2 + t, silu, precision),
            *three_words("QUICK_GELU_D2_ROOT", silu / mpf("1.702"), precision),
            *gate("GELU_TANH_D2", z, lambda t: p(t) + q(t), root, precision),
            *high_and_low("GELU_TANH_D2_ROOT_CUBED", root**3, precision),
            *high_and_low("GELU_TANH_D2_P", 12 * CUBIC, precision),
            *high_and_low("GELU_TANH_D2_Q0", LINEAR**2, precision),
            *high_and_low("GELU_TANH_D2_Q1", 6 * LINEAR * CUBIC, precision),
            *high_and_low("GELU_TANH_D2_Q2", 9 * CUBIC**2, precision),
            *mish_side("MISH_LEFT", [4, 8, 6, 2], [2, 2, -3, -2], "2.26", precision),
            *mish_side("MISH_RIGHT", [2, 6, 8, 4], [2, 3, -2, -2], "1.49", precision),
        ],
    )


if __name__ == "__main__":
    parts = [part(32), part(64)]
    print(c_table("Constants of second derivatives.", "second_derivative.py", parts), end="")
