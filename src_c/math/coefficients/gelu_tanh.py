"""The constants of gelu_tanh and quick_gelu: python gelu_tanh.py > ../tables/gelu_tanh.h

gelu_tanh(x) = x s(z) with z = a x + b x^3, a = 2 sqrt(2/pi), b = 0.044715 a. The BINARY constants
give z / log(2), whose reduction needs no product.
"""

from exp import MANTISSA
from fit import c_constant, c_table, rounded
from mpmath import mp, mpf

LINEAR = 2 * mp.sqrt(2 / mp.pi)
CUBIC = mpf("0.044715") * LINEAR
QUICK = mpf("1.702")
DOUBLINGS = 1 / mp.log(2)


def root():
    """Where the derivative vanishes, at -t0: 1 + w = t z'(t) with w = e^-z(t)."""
    return mp.findroot(
        lambda t: 1 + mp.exp(-LINEAR * t - CUBIC * t**3) - LINEAR * t - 3 * CUBIC * t**3,
        mpf("0.7525"),
    )


def high_and_low(name: str, exact, precision: int) -> list[str]:
    """A constant in two words."""
    high = rounded(exact, precision)
    return [
        c_constant(f"{name}_HIGH", high, precision),
        c_constant(f"{name}_LOW", exact - high, precision),
    ]


def odd_cubic(name: str, linear, cubic, end: int, precision: int) -> list[str]:
    """The constants of a t + b t^3 for odd_cubic of math/gelu_tanh.h.

    a is split such that (a + b t^2) - a_short is exact where the sum is below 2^end.
    """
    last_bit = mpf(2) ** (end - MANTISSA[precision])
    short = mp.nint(linear / last_bit) * last_bit
    high = rounded(cubic, precision)
    return [
        c_constant(f"{name}_LINEAR_SHORT", short, precision),
        c_constant(f"{name}_LINEAR_REST", linear - short, precision),
        c_constant(f"{name}_CUBIC_HIGH", high, precision),
        c_constant(f"{name}_CUBIC_REST", cubic / high - 1, precision),
    ]


def left(t):
    """The derivative at -t."""
    z, rise = LINEAR * t + CUBIC * t**3, LINEAR * t + 3 * CUBIC * t**3
    decay = mp.exp(-z)
    return decay * (1 + decay - rise) / (1 + decay) ** 2


def part(precision: int) -> tuple[int, int, list[str]]:
    """One branch of the header."""
    end = {32: 4, 64: 6}[precision]
    definitions = [
        *high_and_low("GELU_TANH_LINEAR", LINEAR, precision),
        *odd_cubic("GELU_TANH", LINEAR, CUBIC, end, precision),
        *odd_cubic("GELU_TANH_BINARY", LINEAR * DOUBLINGS, CUBIC * DOUBLINGS, end, precision),
        c_constant("GELU_TANH_CUBIC_LOW", CUBIC - rounded(CUBIC, precision), precision),
        *high_and_low("QUICK_GELU", QUICK, precision),
        *high_and_low("QUICK_GELU_BINARY", QUICK * DOUBLINGS, precision),
    ]
    if precision == 32:
        definitions += high_and_low("GELU_TANH_DERIV_CUBIC", 3 * CUBIC, precision)
    else:
        zero = root()
        slope, bend = mp.taylor(left, zero, 2)[1:]
        definitions += [
            *odd_cubic("GELU_TANH_RISE", LINEAR, 3 * CUBIC, 8, precision),
            *high_and_low("GELU_TANH_RISE_AT_ROOT", LINEAR * zero + 3 * CUBIC * zero**3, precision),
            *high_and_low("GELU_TANH_ROOT", zero, precision),
            *high_and_low("GELU_TANH_SLOPE", -slope, precision),
            c_constant("GELU_TANH_BEND", bend, precision),
        ]
    return precision, 0, definitions


if __name__ == "__main__":
    print(
        c_table("Constants of gelu_tanh and quick_gelu.", "gelu_tanh.py", [part(32), part(64)]),
        end="",
    )
