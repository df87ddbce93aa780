"""The tables of math/piecewise.h: python piecewise.py > ../tables/piecewise.h

Each extends to where the series of the function for large arguments is accurate to 2^-27.
"""

from accurate_tables import c_piecewise
from fit import c_table
from mpmath import mp, mpf

LINEAR = 2 * mp.sqrt(2 / mp.pi)
CUBIC = mpf("0.044715") * LINEAR
QUICK = mpf("1.702")


def sigmoid(z):
    """The logistic function."""
    return 1 / (1 + mp.exp(-z))


def gate_deriv(z, steepness):
    """The derivative of x s(z(x)), where steepness is x z'(x)."""
    return sigmoid(z) * (1 + steepness * sigmoid(-z))


def gelu_tanh_deriv(t):
    """The derivative of gelu_tanh at -t, divided by e^-z(t)."""
    decay = mp.exp(-LINEAR * t - CUBIC * t**3)
    return (1 + decay - LINEAR * t - 3 * CUBIC * t**3) / (1 + decay) ** 2


def gelu_deriv(t):
    """The derivative of gelu at -t, divided by e^(-t^2/2)."""
    ratio = mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2
    return ratio - t / mp.sqrt(2 * mp.pi)


def normal_tail(t):
    """t Phi(-t), divided by e^(-t^2/2)."""
    return t * mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2


def mish_ratio(x):
    """mish(x) / x."""
    return mp.tanh(mp.log1p(mp.exp(x)))


def mish_deriv(x):
    """The derivative of mish."""
    ratio = mish_ratio(x)
    return ratio + x * (1 - ratio**2) * sigmoid(x)


def tanh_shrink_ratio(t):
    """(t - tanh(t)) / t^3."""
    return mpf(1) / 3 - 2 * t**2 / 15 if abs(t) < mpf(10) ** -15 else (t - mp.tanh(t)) / t**3


def tanh_square_ratio(t):
    """(tanh(t) / t)^2."""
    return 1 - 2 * t**2 / 3 if abs(t) < mpf(10) ** -15 else (mp.tanh(t) / t) ** 2


def tanh_over_x(t):
    """tanh(t) / t."""
    return 1 - t**2 / 3 if abs(t) < mpf(10) ** -15 else mp.tanh(t) / t


def log_cosh_ratio(t):
    """log(cosh(t)) / t^2."""
    return mpf(1) / 2 - t**2 / 12 if abs(t) < mpf(10) ** -15 else mp.log(mp.cosh(t)) / t**2


def lisht_deriv_ratio(t):
    """The derivative of t tanh(t), divided by t."""
    return tanh_over_x(t) + mp.sech(t) ** 2


def root(function, near):
    """The zero of a function."""
    return mp.findroot(function, mpf(near))


def tables() -> list[str]:
    """All definitions."""
    silu_root = root(lambda t: gate_deriv(-t, -t), "1.2785")
    gelu_tanh_root = root(gelu_tanh_deriv, "0.7525")
    gelu_root = root(gelu_deriv, "0.7518")
    mish_root = root(mish_deriv, "-1.1927")
    parts = [
        c_piecewise(
            "SILU_DERIV",
            lambda t: gate_deriv(-t, -t),
            mpf("10.5"),
            7,
            offset=mpf("4.329"),
            steps=8,
            root=silu_root,
            shifted=True,
        ),
        c_piecewise(
            "QUICK_GELU_DERIV",
            lambda t: gate_deriv(-QUICK * t, -QUICK * t),
            mpf("10.5") / QUICK,
            7,
            offset=mpf("4.329"),
            steps=8,
            root=silu_root / QUICK,
        ),
        c_piecewise(
            "GELU_TANH_DERIV",
            gelu_tanh_deriv,
            mpf("5.7"),
            6,
            offset=mpf("4.2"),
            steps=8,
            root=gelu_tanh_root,
        ),
        c_piecewise(
            "NORMAL_TAIL_VALUE",
            normal_tail,
            mpf("14.8"),
            6,
            offset=mpf("2.25"),
            steps=4,
            root=mpf(0),
        ),
        c_piecewise(
            "NORMAL_TAIL_DERIV",
            gelu_deriv,
            mpf("20.2"),
            6,
            offset=mpf("2.1"),
            steps=4,
            root=gelu_root,
        ),
        c_piecewise("MISH_RATIO", mish_ratio, mpf("9.2"), 7, left=mpf("5.8"), offset=2, steps=4),
        c_piecewise(
            "MISH_DERIV",
            mish_deriv,
            mpf("10.5"),
            8,
            left=mpf("6.1"),
            offset=mpf("2.12"),
            steps=4,
            root=mish_root,
        ),
        c_piecewise("TANH_SHRINK_RATIO", tanh_shrink_ratio, mpf("8.7"), 6, offset=4, steps=8),
        c_piecewise("TANH_SQUARE_RATIO", tanh_square_ratio, mpf("9.4"), 6, offset=4, steps=8),
        c_piecewise("TANH_OVER_X", tanh_over_x, mpf("9.4"), 6, offset=4, steps=8),
        c_piecewise("LOG_COSH_RATIO", log_cosh_ratio, mpf("9.4"), 6, offset=4, steps=8),
        c_piecewise("LISHT_DERIV_RATIO", lisht_deriv_ratio, mpf("11"), 7, offset=4, steps=8),
    ]
    return [line for part in parts for line in part]


if __name__ == "__main__":
    mp.prec = 120
    print(c_table("Piecewise polynomials.", "piecewise.py", [(32, 0, tables())]), end="")
