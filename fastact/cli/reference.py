"""What every form should give, in float64: the tests, ``study`` and ``verify`` compare with it.

The formulas are those of `fastact._activations`, here over NumPy and SciPy; `exact` has the same
over mpmath. In float64 each is right to far less than a thousandth of a float32 ulp: about its root
a derivative is a function of the distance to it, which :meth:`Float64.minus` gives with both words
of the root.
"""

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from fastact import _ufuncs
from fastact._activations import Formula, entry_of

# (x - tanh x) / x^3 in x^2, from the highest power down.
_TANH_REST = [-float(coefficient) for coefficient in mpmath.taylor(mpmath.tanh, 0, 23)[:2:-2]]


class Float64:
    """The namespace of this module: NumPy and SciPy."""

    exp, expm1, log1p, sqrt, tanh = np.exp, np.expm1, np.log1p, np.sqrt, np.tanh
    erf, erfc, expit, log_ndtr = special.erf, special.erfc, special.expit, special.log_ndtr
    abs, minimum, maximum, where = np.abs, np.minimum, np.maximum, staticmethod(np.where)

    number = float  # of a constant that has more digits than a float64

    # With more bits, where the machine can: sums of them vanish.
    sin = staticmethod(lambda x: np.sin(np.asarray(x, np.longdouble)))
    cos = staticmethod(lambda x: np.cos(np.asarray(x, np.longdouble)))

    @staticmethod
    def ndtr_ratio(x: Any) -> Any:
        """Return the derivative of log_ndtr, phi(x) / Phi(x)."""
        return np.sqrt(2 / np.pi) / special.erfcx(-x * np.sqrt(0.5))

    @staticmethod
    def minus(x: Any, text: str) -> Any:
        """Return x minus a constant of many digits, as if it had been subtracted exactly."""
        high = float(text)
        return (x - high) - float(Fraction(text) - Fraction(high))

    @staticmethod
    def about(x: Any, root: str, taylor: tuple[float, ...], elsewhere: Any) -> Any:
        """Return a function whose root is given, by its Taylor coefficients from the first on."""
        d = Float64.minus(x, root)
        return np.where(np.abs(d) < 2.0**-6, d * np.polyval(taylor[::-1], d), elsewhere)

    @staticmethod
    def exp_rest(x: Any) -> Any:
        """Return e**x - 1 - x."""
        near = np.clip(x, -1.0, 1.0)
        series = near * near / 2 * special.hyp1f1(1, 3, near)
        return np.where(np.abs(x) < 1, series, np.expm1(x) - x)

    @staticmethod
    def tanh_rest(x: Any) -> Any:
        """Return x - tanh(x)."""
        near = np.clip(x, -0.25, 0.25)
        series = near**3 * np.polyval(_TANH_REST, near * near)
        return np.where(np.abs(x) < 0.25, series, x - np.tanh(x))


def defaults(name: str) -> tuple[float, ...]:
    """Return the default parameters of an activation."""
    return tuple(_ufuncs.ACTIVATIONS[name]["parameters"].values())


def formula(name: str, form: str) -> Formula:
    """Return the formula of a form with one result; of ``backward`` without the factor g.

    The other results of ``backward`` are called ``backward_<parameter>``, or ``backward_b``.
    """
    entry = entry_of(name)
    found = entry.form(form) or entry.form(form.replace("backward", "grad", 1))
    if found is None:
        raise ValueError(f"{name} has no form {form}")
    wanted: Formula = found.formula
    return wanted


def arguments(
    name: str, form: str, operands: tuple[ArrayLike, ...]
) -> tuple[NDArray[np.float64] | None, list[NDArray[np.float64]], list[NDArray[np.float64]]]:
    """Return a form's operands in float64: g, if it takes that, the arrays, the parameters.

    Parameters left out are the defaults, rounded to the dtype of the last array.
    """
    takes_g = form.startswith("backward")
    first = _ufuncs.ACTIVATIONS[name]["arrays"] + takes_g
    given = [np.asarray(operand) for operand in operands]
    if len(given) == first:
        given += [np.asarray(p).astype(given[-1].dtype) for p in defaults(name)]
    with np.errstate(invalid="ignore"):  # signalling NaNs
        floats = [operand.astype(np.float64) for operand in given]
    return (floats[0] if takes_g else None), floats[takes_g:first], floats[first:]


def results(name: str, form: str) -> list[str]:
    """Return the results of a form, as forms of one result."""
    if form == "value_and_grad":
        return ["value", "grad"]
    row = _ufuncs.ACTIVATIONS[name]
    if form != "backward" or (row["arrays"] == 1 and row["role"] != "learnable"):
        return [form]
    return ["backward", *(f"backward_{operand}" for operand in entry_of(name).grad_by)]


def evaluate(name: str, form: str, *operands: ArrayLike) -> Any:
    """Return what an activation's form should be, in float64, a tuple where it has several results.

    The operands are as the form takes them, ``x, *parameters``, ``g, x, *parameters`` or ``g, y,
    *parameters``; a gate has ``a, b`` in place of ``x``. Parameters left out are the defaults,
    rounded to the dtype of `x`.
    """
    g, arrays, parameters = arguments(name, form, operands)
    parts = results(name, form)
    shape = np.broadcast_shapes(*(operand.shape for operand in arrays + parameters))
    missing = np.isnan(arrays[0]) if len(arrays) == 1 else np.isnan(arrays[0]) | np.isnan(arrays[1])
    found = []
    with np.errstate(all="ignore"):
        for part in parts:
            result = np.asarray(formula(name, part)(Float64, *arrays, *parameters), np.float64)
            result = np.broadcast_to(result, shape)
            result = np.where(missing, np.nan, result) if missing.any() else result
            found.append(result if g is None else g * result)
    return found[0] if len(found) == 1 else tuple(found)


def number_format(dtype: np.dtype[Any]) -> tuple[int, int, float]:
    """Return a dtype's significant bits, exponent of the smallest subnormal and largest value."""
    if dtype.name == "bfloat16":
        return 8, -133, float.fromhex("0x1.fep127")
    info = np.finfo(dtype)
    return info.nmant + 1, int(info.minexp) - info.nmant, float(info.max)


def ulp_of(want: ArrayLike, dtype: Any) -> NDArray[np.float64]:
    """Return the spacing of a dtype in the binade of each value, that of subnormals at least."""
    bits, smallest, largest = number_format(np.dtype(dtype))
    magnitude = np.clip(np.abs(np.asarray(want, dtype=np.float64)), 5e-324, largest)
    exponent = np.frexp(np.where(np.isnan(magnitude), 1.0, magnitude))[1] - bits
    return np.asarray(np.ldexp(1.0, np.maximum(exponent, smallest)))


def round_to(want: ArrayLike, dtype: Any) -> NDArray[Any]:
    """Return float64 values rounded once to a dtype, without warnings.

    ml_dtypes goes by way of float32. Rounding to odd there keeps the second rounding right.
    """
    wide = np.asarray(want, dtype=np.float64)
    with np.errstate(all="ignore"):
        if np.dtype(dtype).name != "bfloat16":
            return wide.astype(dtype)
        narrow = wide.astype(np.float32)
        away = wide - narrow
        toward = np.where(away > 0, np.inf, -np.inf).astype(np.float32)
        odd = (narrow.view(np.uint32) % 2 == 1) | (away == 0)
        return np.where(odd, narrow, np.nextafter(narrow, toward)).astype(dtype)


def ulp_error(got: ArrayLike, want: ArrayLike) -> NDArray[np.float64]:
    """Return how far results are from the true float64 values, in ulps of the results' dtype.

    A NaN that is not matched by a NaN is wrong by inf, and so is an infinity unless the true value
    rounds to it.
    """
    got = np.asarray(got)
    want = np.asarray(want, dtype=np.float64)
    with np.errstate(all="ignore"):
        wide = got.astype(np.float64)
        error = np.abs(wide - want) / ulp_of(want, got.dtype)
        # Infinity stands for everything from half an ulp above the largest value.
        largest = number_format(got.dtype)[2]
        end = largest + ulp_of(largest, got.dtype) / 2
        rounds_up = (np.abs(want) >= end) & (np.sign(want) == np.sign(wide))
        error = np.where(np.isinf(wide), np.where(rounds_up | (wide == want), 0.0, np.inf), error)
    nan = np.isnan(wide)
    return np.where(nan | np.isnan(want), np.where(nan & np.isnan(want), 0.0, np.inf), error)
