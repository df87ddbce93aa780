"""The tables of math/wide.h: python wide.py > ../tables/wide.h

Coefficients in float64 of approximations that are right to more than float32.
"""

from fit import c_array, c_number, rational_remez, remez, rounded
from mpmath import mp, mpf
from normal_tail import ratio
from normal_tail import root as normal_tail_root

LN2 = mp.log(2)


def constant(name: str, value) -> str:
    """One named constant."""
    return f"#define {name} {c_number(value, 64)} /* {float(value):.9g} */"


def array(name: str, values) -> str:
    """The coefficients of one polynomial."""
    return c_array(name, values, 64).replace("const T", "const double")


def fraction(name: str, function, low, high, above: int, below: int) -> list[str]:
    """A numerator and a denominator whose last coefficient is 1."""
    numerator, denominator = rational_remez(function, low, high, above, below)
    return [array(f"{name}_ABOVE", numerator), array(f"{name}_BELOW", denominator[:-1])]


def monic_fraction(name: str, *fit) -> list[str]:
    """The same with a scale before it, by which the last of the numerator is 1, too."""
    numerator, denominator = rational_remez(*fit)
    scale = rounded(numerator[-1], 64)
    return [
        constant(f"{name}_SCALE", scale),
        array(f"{name}_ABOVE", [c / scale for c in numerator[:-1]]),
        array(f"{name}_BELOW", denominator[:-1]),
    ]


def exponential() -> list[str]:
    """(2^r - 1)/r, to be relatively right, for |r| <= 1/2."""
    end = (1 + mpf(2) ** -12) / 2

    def fit(degree):
        return remez(lambda r: mp.expm1(r * LN2) / r if r else LN2, -end, end, degree)

    return [
        constant("WIDE_LOG2_E", 1 / LN2),
        array("WIDE_EXP2M1", fit(5)),
        array("WIDE_EXP2M1_FINE", fit(10)),
    ]


def normal() -> list[str]:
    """R(t) = Phi(-t) e^(t^2/2) and, divided by t - t0, that of the derivative; for gates, too."""
    zero, density = normal_tail_root(), 1 / mp.sqrt(2 * mp.pi)

    def slope(t):
        return (t * density - ratio(t)) / (t - zero)

    return [
        *monic_fraction("WIDE_NORMAL", ratio, 0, mpf("14.7"), 4, 5),
        constant("WIDE_DENSITY", density),
        constant("WIDE_GELU_ROOT", zero),
        *monic_fraction("WIDE_GELU", slope, 0, mpf("20.2"), 4, 4),
        *monic_fraction("WIDE_GATE", ratio, 0, mpf("24"), 5, 6),
        *monic_fraction("WIDE_GATE_SLOPE", slope, 0, mpf("24"), 5, 5),
    ]


def error_function() -> list[str]:
    """erf(x)/x as a function of u = x^2, and 2/sqrt(pi)."""

    def ratio(u):
        return mp.erf(mp.sqrt(u)) / mp.sqrt(u)

    return [
        *fraction("WIDE_ERF", ratio, mpf(2) ** -40, mpf("3.95") ** 2, 5, 6),
        constant("WIDE_ERF_SLOPE", 2 / mp.sqrt(mp.pi)),
    ]


def hyperbolic() -> list[str]:
    """tanh(x)/x, (x - tanh(x))/x^3 and (x tanh(x))'/x as functions of u = x^2."""
    least = mpf(2) ** -40

    def tanh(u):
        return mp.tanh(mp.sqrt(u)) / mp.sqrt(u)

    def shrink(u):
        return (mp.sqrt(u) - mp.tanh(mp.sqrt(u))) / mp.sqrt(u) ** 3

    def lisht_slope(u):
        x = mp.sqrt(u)
        return mp.tanh(x) / x + mp.sech(x) ** 2

    return [
        *fraction("WIDE_TANH", tanh, least, mpf("9.6") ** 2, 5, 4),
        *fraction("WIDE_TANH_SHRINK", shrink, least, mpf("9.3") ** 2, 4, 4),
        *fraction("WIDE_LISHT", lisht_slope, least, mpf("11.2") ** 2, 6, 7),
    ]


def roots() -> list[str]:
    """Where derivatives of gates x s(z) and of mish vanish, and e^-z there."""
    silu = mp.findroot(lambda t: 1 + mp.exp(-t) - t, mpf("1.278"))
    a, b = mp.sqrt(8 / mp.pi), mp.sqrt(8 / mp.pi) * mpf("0.044715")
    gelu_tanh = mp.findroot(
        lambda t: 1 + mp.exp(-t * (a + b * t * t)) - t * (a + 3 * b * t * t), mpf("0.7525")
    )

    def mish_slope(x):
        w = mp.exp(x)
        return (w + 2) * (w * (w + 2) + 2) + 4 * x * (w + 1)

    mish = mp.findroot(mish_slope, mpf("-1.1924"))
    w0 = mp.exp(mish)
    return [
        constant("WIDE_SILU_ROOT", silu),
        constant("WIDE_SILU_DECAY", silu - 1),
        constant("WIDE_QUICK_GELU", mpf("1.702")),
        constant("WIDE_QUICK_GELU_ROOT", silu / mpf("1.702")),
        constant("WIDE_GELU_TANH_LINEAR", a),
        constant("WIDE_GELU_TANH_CUBIC", b),
        constant("WIDE_GELU_TANH_ROOT", gelu_tanh),
        constant("WIDE_GELU_TANH_DECAY", mp.exp(-gelu_tanh * (a + b * gelu_tanh**2))),
        constant("WIDE_MISH_ROOT", mish),
        constant("WIDE_MISH_DECAY", w0),
        constant("WIDE_MISH_CONSTANT", w0 * w0 + 4 * w0 + 6 + 4 * mish),
    ]


if __name__ == "__main__":
    print("/* Coefficients of math/wide.h.\n *\n * Printed by math/coefficients/wide.py. */")
    print("\n".join([*exponential(), *normal(), *error_function(), *hyperbolic(), *roots()]))
