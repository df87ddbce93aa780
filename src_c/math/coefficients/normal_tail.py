"""The tables of math/normal_tail.h: python normal_tail.py > ../tables/normal_tail.h

With R(t) = Phi(-t) e^(t^2/2) and v = t/(t + 3), the functions (t + 3) R(t)/(1 - v/2) and
(t/sqrt(2 pi) - R(t))/(t - t0) change by less than a factor of 2 from t = 0 to infinity, so the
constant term of a polynomial in v - 1/2 dominates. In float32 both have piecewise polynomials
instead, see math/piecewise.h.
"""

from fit import c_array, c_constant, c_table, remez, rounded
from gelu_tanh import high_and_low
from mpmath import mp, mpf

K = 3
# degree and last t in float64
DERIVATIVE = (25, 54.4)
VALUE = (28, 39.4)


def ratio(t):
    """Phi(-t) e^(t^2/2), half of the scaled complementary error function."""
    return mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2


def root():
    """Where the derivative of gelu vanishes, at -t0."""
    return mp.findroot(lambda t: mp.ncdf(-t) - t * mp.npdf(t), mpf("0.7518"))


def fit(function, degree, last, precision):
    """The coefficients in v - 1/2, and what rounding took from the first two."""
    half, end = mpf(1) / 2, mpf(last) / (mpf(last) + K)

    def centred(s):
        return function(K * (s + half) / (half - s))

    found = remez(centred, -half, end - half, degree, lambda s: 1 / centred(s))
    return words(found, precision)


def words(found, precision):
    """What rounding takes from the first two of these coefficients, and all of them rounded."""
    return [c - rounded(c, precision) for c in found[:2]], [rounded(c, precision) for c in found]


def polynomial(name, function, degree, last, precision) -> list[str]:
    """The definitions of one polynomial."""
    low, coefficients = fit(function, degree, last, precision)
    return [
        c_array(name, coefficients, precision),
        c_array(f"{name}_LOW", low, precision),
        f"#define {name}_DEGREE {degree}",
    ]


def normal_density(precision: int) -> list[str]:
    """1/sqrt(2 pi) in two words."""
    return high_and_low("NORMAL_DENSITY_0", 1 / mp.sqrt(2 * mp.pi), precision)


def polynomials(precision: int) -> list[str]:
    """The definitions of both polynomials and of the root."""
    zero = root()
    density = 1 / mp.sqrt(2 * mp.pi)

    def value(t):
        return (t + K) * ratio(t) / (1 - t / (t + K) / 2)

    def derivative(t):
        return (t * density - ratio(t)) / (t - zero)

    return [
        *polynomial("NORMAL_TAIL_VALUE", value, *VALUE, precision),
        c_constant("NORMAL_TAIL_SHIFT", K, precision),
        *polynomial("NORMAL_TAIL_DERIV", derivative, *DERIVATIVE, precision),
        *high_and_low("NORMAL_TAIL_ROOT", zero, precision),
    ]


if __name__ == "__main__":
    parts = [(32, 0, normal_density(32)), (64, 0, normal_density(64) + polynomials(64))]
    print(c_table("The normal tail.", "normal_tail.py", parts), end="")
