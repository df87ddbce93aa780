"""The tables of math/normal_tail.h: python normal_tail.py > ../tables/normal_tail.h

In float32 piecewise polynomials serve instead, see math/piecewise.h. In float64 the integral P of
math/normal_rows.h is a polynomial in b = d^2 whose coefficients are polynomials in a = r d, and
beyond its table t Phi(-t)/phi(t) = 1 + u G(u) with u = 1/t^2.
"""

from fit import c_array, c_constant, c_table, remez, rounded
from gelu_tanh import high_and_low
from mpmath import mp, mpf

NEAR = mpf("8.875")  # the end of the table
SINGLE_NEAR = mpf("14.75")  # that of float32
FAR = mpf(55)
STEP = mpf(1) / 128  # most of |d|
FAR_DEGREE = 10


def root():
    """Where the derivative of gelu vanishes, at -t0."""
    return mp.findroot(lambda t: mp.ncdf(-t) - t * mp.npdf(t), mpf("0.7518"))


def ratio(t):
    """Phi(-t) e^(t^2/2), half of the scaled complementary error function."""
    return mp.erfc(t / mp.sqrt(2)) * mp.exp(t * t / 2) / 2


def moment(k: int, a):
    """The integral of s^k e^(-a s) from 0 to 1."""
    return sum((-a) ** i / (mp.factorial(i) * (i + k + 1)) for i in range(40))


def mean(z):
    """((1 - e^-z)/z - 1)/z."""
    return -sum((-z) ** i / mp.factorial(i + 2) for i in range(40))


def far(u):
    """(t Phi(-t)/phi(t) - 1)/u for t = 1/sqrt(u)."""
    t = 1 / mp.sqrt(u)
    return (ratio(t) * t * mp.sqrt(2 * mp.pi) - 1) / u


def polynomial(name: str, function, low, high, degree: int, precision: int = 64) -> list[str]:
    """The definitions of one polynomial."""
    found = remez(function, low, high, degree)
    return [
        c_array(name, [rounded(c, precision) for c in found], precision),
        f"#define {name}_DEGREE {degree}",
    ]


def normal_density(precision: int) -> list[str]:
    """1/sqrt(2 pi) in two words."""
    return high_and_low("NORMAL_DENSITY_0", 1 / mp.sqrt(2 * mp.pi), precision)


def single_polynomials() -> list[str]:
    """The definitions in float32."""
    end = SINGLE_NEAR * STEP * mpf("1.001")
    return [
        *polynomial("NORMAL_ROWS_0", mean, -end, end, 3, 32),
        *polynomial("NORMAL_ROWS_1", lambda a: -moment(2, a) / 2, -end, end, 1, 32),
    ]


def polynomials() -> list[str]:
    """The definitions in float64."""
    end = NEAR * STEP * mpf("1.001")
    # That of b^2 as a series, right at a = 0, where erf needs it most.
    series = [rounded((-1) ** i / (8 * mp.factorial(i) * (i + 5)), 64) for i in range(4)]
    return [
        *polynomial("NORMAL_ROWS_0", mean, -end, end, 6),
        *polynomial("NORMAL_ROWS_1", lambda a: -moment(2, a) / 2, -end, end, 5),
        c_array("NORMAL_ROWS_2", series, 64),
        f"#define NORMAL_ROWS_2_DEGREE {len(series) - 1}",
        c_constant("NORMAL_ROWS_3", rounded(-mpf(1) / (48 * 7), 64), 64),
        *polynomial("NORMAL_FAR", far, 1 / FAR**2, 1 / NEAR**2, FAR_DEGREE),
        *high_and_low("NORMAL_TAIL_ROOT", root(), 64),
    ]


if __name__ == "__main__":
    single, double = normal_density(32) + single_polynomials(), normal_density(64) + polynomials()
    parts = [(32, 0, single), (64, 0, double)]
    print(c_table("The normal tail.", "normal_tail.py", parts), end="")
