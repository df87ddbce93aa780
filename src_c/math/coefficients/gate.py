"""The constants of math/gate.h in float64: python gate.py > ../tables/gate.h

The derivative of a gate x s(z) vanishes at -t0, where 1 + e^-z = t z' with t = |x|. For each gate:
z0 = z(t0); ONE, a number near 1 of few bits, with which DECAY = ONE e^-z0 has as few bits as the
powers of 2 in exp.py; and such powers times DECAY, POWER_BITS. LOG_REST are the logarithms of their
rounding and the low word of z0.

z0 and the step of a power are split such that Z0_SHORT - n STEP_SHORT is exact for every n that
matters.
"""

from collections.abc import Iterator
from itertools import islice

from exp import HALF_SIGNIFICAND
from fit import bits, c_array, c_bits, c_constant, c_table, rounded
from gelu_tanh import CUBIC, LINEAR, root
from mpmath import mp, mpf

PRECISION, ENTRIES = 64, 8
STEP = mp.log(2) / ENTRIES
SHORT_BIT = mpf(2) ** -42  # of numbers up to 1024
ONE_BITS = 39  # after the point
CLOSE = mpf(2) ** -59
CANDIDATES = 8


def short(value) -> mpf:
    """A number rounded to half of the significand."""
    scale = mpf(2) ** (HALF_SIGNIFICAND[PRECISION] - 1 - mp.floor(mp.log(value, 2)))
    return mp.nint(value * scale) / scale


def scales(decay) -> Iterator[tuple[mpf, mpf]]:
    """ONE and ONE decay, from the nearest to 1 on."""
    bit = mpf(2) ** (1 - HALF_SIGNIFICAND[PRECISION] + mp.floor(mp.log(decay, 2)))
    first = int(short(decay) / bit)
    fraction = int(2 ** (ONE_BITS + 200) * bit / decay)
    for distance in range(2**25):
        for product in (first - distance, first + distance):
            rest = (product * fraction + 2**199) % 2**200 - 2**199
            if abs(rest) < 2 ** (200 + ONE_BITS) * CLOSE:
                one = mp.nint(product * bit / decay * 2**ONE_BITS) / 2**ONE_BITS
                yield one, product * bit


def error_beside_root(z0, one, decay) -> mpf:
    """Largest relative error of ONE (1 + e^-t - t) beside z0, as gate_left computes it."""
    high = rounded(z0, PRECISION)
    low = rounded(z0 - high, PRECISION)
    errors = []
    for distance in range(-4, 5):
        e = distance * mpf(2) ** -52
        rest = rounded(low + (e + low) ** 2 / 2, PRECISION)
        total = rounded(e * (one - 1), PRECISION)
        for a, b in ((decay, rest), (decay, e), (one, low)):
            total = rounded(a * b + total, PRECISION)
        exact = one * (1 + mp.exp(e - high) - (high - e))
        errors.append(abs((e + total) / exact - 1))
    return max(errors)


def gate(name: str, z0, one, decay) -> list[str]:
    """What GATE_ROOT(name) consists of."""
    high = rounded(z0, PRECISION)
    z0_short = mp.nint(z0 / SHORT_BIT) * SHORT_BIT
    shift = 52 - (ENTRIES.bit_length() - 1)
    powers, rests = [], []
    for j in range(ENTRIES):
        exact = decay * mpf(2) ** (mpf(j) / ENTRIES)
        powers.append((bits(short(exact), PRECISION) - (j << shift)) % 2**PRECISION)
        rests.append(mp.log(exact / short(exact)) + z0 - high)
    return [
        c_constant(f"{name}_ONE", one, PRECISION),
        c_constant(f"{name}_DECAY", decay, PRECISION),
        c_constant(f"{name}_Z0_HIGH", high, PRECISION),
        c_constant(f"{name}_Z0_LOW", z0 - high, PRECISION),
        c_constant(f"{name}_Z0_SHORT", z0_short, PRECISION),
        c_constant(f"{name}_Z0_MIDDLE", high - z0_short, PRECISION),
        c_bits(f"{name}_POWER_BITS", powers, PRECISION),
        c_array(f"{name}_LOG_REST", rests, PRECISION),
    ]


def silu() -> list[str]:
    """The gate with z = x; with the most accurate scale, as neighbours of the root demand."""
    z0 = mp.findroot(lambda t: 1 + mp.exp(-t) - t, mpf("1.278"))
    candidates = islice(scales(z0 - 1), CANDIDATES)
    return gate("SILU", z0, *min(candidates, key=lambda scale: error_beside_root(z0, *scale)))


def gelu_tanh() -> list[str]:
    """The gate with z = a x + b x^3."""
    t0 = root()
    z0 = LINEAR * t0 + CUBIC * t0**3
    return gate("GELU_TANH", z0, *next(scales(mp.exp(-z0))))


if __name__ == "__main__":
    step_short = mp.nint(STEP / SHORT_BIT) * SHORT_BIT
    definitions = [
        c_constant("GATE_STEP_SHORT", step_short, PRECISION),
        c_constant("GATE_STEP_REST", STEP - step_short, PRECISION),
        *silu(),
        *gelu_tanh(),
    ]
    print(
        c_table(
            "Constants of the derivatives of gates.", "gate.py", [(PRECISION, ENTRIES, definitions)]
        ),
        end="",
    )
