"""The pieces of math/pieces.h: python piecewise.py > ../tables/piecewise.h

Each table goes as far as leaves the series of the function for large arguments right to 2^-27.
"""

from fit import c_table
from mpmath import mp, mpf
from pieces import c_pieces

LINEAR = 2 * mp.sqrt(2 / mp.pi)
CUBIC = mpf("0.044715") * LINEAR
QUICK = mpf("1.702")


def sigmoid(z):
    """The logistic function."""
    return 1 / (1 + mp.exp(-z))


def gate_slope(z, steepness):
    """The derivative of x s(z(x)), where steepness is x z'(x)."""
    return sigmoid(z) * (1 + steepness * sigmoid(-z))


def gelu_tanh_slope(t):
    """The derivative of gelu_tanh at -t, less the factor e^-z(t)."""
    decay = mp.exp(-LINEAR * t - CUBIC * t**3)
    return (1 + decay - LINEAR * t - 3 * CUBIC * t**3) / (1 + decay) ** 2


def gauss_slope(t):
    """The derivative of gelu at -t, less the factor e^(-t^2/2)."""
    ratio = mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2
    return ratio - t / mp.sqrt(2 * mp.pi)


def gauss_value(t):
    """t Phi(-t), less the factor e^(-t^2/2)."""
    return t * mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2


def mish_ratio(x):
    """mish(x) / x."""
    return mp.tanh(mp.log1p(mp.exp(x)))


def mish_slope(x):
    """The derivative of mish."""
    ratio = mish_ratio(x)
    return ratio + x * (1 - ratio**2) * sigmoid(x)


def tanh_shrink_ratio(t):
    """(t - tanh(t)) / t^3."""
    return mpf(1) / 3 - 2 * t**2 / 15 if abs(t) < mpf(10) ** -15 else (t - mp.tanh(t)) / t**3


def tanh_square_ratio(t):
    """(tanh(t) / t)^2."""
    return 1 - 2 * t**2 / 3 if abs(t) < mpf(10) ** -15 else (mp.tanh(t) / t) ** 2


def root(function, near):
    """The zero of a function."""
    return mp.findroot(function, mpf(near))


def tables() -> list[str]:
    """All definitions."""
    silu_root = root(lambda t: gate_slope(-t, -t), "1.2785")
    gelu_tanh_root = root(gelu_tanh_slope, "0.7525")
    gauss_root = root(gauss_slope, "0.7518")
    mish_root = root(mish_slope, "-1.1927")
    parts = [
        c_pieces(
            "SILU_SLOPE",
            lambda t: gate_slope(-t, -t),
            mpf("10.5"),
            7,
            offset=mpf("4.329"),
            steps=8,
            root=silu_root,
            shifted=True,
        ),
        c_pieces(
            "QUICK_GELU_SLOPE",
            lambda t: gate_slope(-QUICK * t, -QUICK * t),
            mpf("10.5") / QUICK,
            7,
            offset=mpf("4.329"),
            steps=8,
            root=silu_root / QUICK,
        ),
        c_pieces(
            "GELU_TANH_SLOPE",
            gelu_tanh_slope,
            mpf("5.7"),
            6,
            offset=mpf("4.2"),
            steps=8,
            root=gelu_tanh_root,
        ),
        c_pieces(
            "GAUSS_VALUE", gauss_value, mpf("14.8"), 6, offset=mpf("2.25"), steps=4, root=mpf(0)
        ),
        c_pieces(
            "GAUSS_SLOPE",
            gauss_slope,
            mpf("20.2"),
            6,
            offset=mpf("2.1"),
            steps=4,
            root=gauss_root,
        ),
        c_pieces("MISH_RATIO", mish_ratio, mpf("9.2"), 7, left=mpf("5.8"), offset=2, steps=4),
        c_pieces(
            "MISH_SLOPE",
            mish_slope,
            mpf("10.5"),
            8,
            left=mpf("6.1"),
            offset=mpf("2.12"),
            steps=4,
            root=mish_root,
        ),
        c_pieces("TANH_SHRINK_RATIO", tanh_shrink_ratio, mpf("8.7"), 6, offset=4, steps=8),
        c_pieces("TANH_SQUARE_RATIO", tanh_square_ratio, mpf("9.4"), 6, offset=4, steps=8),
    ]
    return [line for part in parts for line in part]


if __name__ == "__main__":
    mp.prec = 120
    print(c_table("Functions on pieces.", "piecewise.py", [(32, 0, tables())]), end="")
