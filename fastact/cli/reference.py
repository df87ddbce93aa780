"""What every activation is: the reference that the tests, ``study`` and ``verify`` compare with.

A row is written once, over a namespace `m` of functions: here NumPy and SciPy in float64, in the
tests mpmath. In float64 each form is well-conditioned, down to errors far below a thousandth of a
float32 ulp: no ``1 + erf`` or ``1 - tanh**2``, nothing overflows, and about its root a derivative
is a function of the distance to it, which :meth:`Float64.minus` gives with both words of the root.

Kinks are PyTorch's. A NaN in `x` is put back by :func:`evaluate`.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

__all__ = ["FORMS", "REFERENCES", "Reference", "evaluate", "round_to", "ulp_error"]

FORMS = (
    *("value", "grad", "value_and_grad", "backward", "grad_parameter"),
    *("backward_from_output", "grad_grad"),
)

Formula = Callable[..., Any]


class Reference(NamedTuple):
    """One activation: formulas of (m, x, *parameters), of a gate of (m, a, b, *parameters).

    `from_output` is the derivative as a formula of (m, y, *parameters), where y is the value;
    `grad_grad` is the second derivative.
    """

    value: Formula
    grad: Formula  # of a gate with respect to a
    grad_parameter: Formula | None = None  # of the last parameter, of a gate to b
    from_output: Formula | None = None
    grad_grad: Formula | None = None


class Float64:
    """The namespace of this module: NumPy and SciPy."""

    exp = staticmethod(np.exp)
    expm1 = staticmethod(np.expm1)
    log1p = staticmethod(np.log1p)
    tanh = staticmethod(np.tanh)
    erfc = staticmethod(special.erfc)
    expit = staticmethod(special.expit)
    abs = staticmethod(np.abs)
    where = staticmethod(np.where)
    minimum = staticmethod(np.minimum)
    maximum = staticmethod(np.maximum)

    @staticmethod
    def number(text: str) -> float:
        """Return a constant that has more digits than a float64."""
        return float(text)

    @staticmethod
    def minus(x: Any, text: str) -> Any:
        """Return x minus such a constant, as if it had been subtracted exactly."""
        high = float(text)
        return (x - high) - float(Fraction(text) - Fraction(high))

    @staticmethod
    def about(x: Any, root: str, taylor: tuple[float, ...], elsewhere: Any) -> Any:
        """Return a function whose root is given, by its Taylor coefficients from the first on."""
        d = Float64.minus(x, root)
        series = np.zeros_like(d)
        for coefficient in reversed(taylor):
            series = d * (coefficient + series)
        return np.where(np.abs(d) < 2.0**-6, series, elsewhere)

    @staticmethod
    def exp_rest(x: Any) -> Any:
        """Return e**x - 1 - x."""
        near = np.clip(x, -1.0, 1.0)
        series = np.ones_like(near)
        for n in range(20, 2, -1):
            series = 1 + near / n * series
        return np.where(np.abs(x) < 1, near * near / 2 * series, np.expm1(x) - x)

    @staticmethod
    def tanh_rest(x: Any) -> Any:
        """Return x - tanh(x)."""
        near = np.clip(x, -0.25, 0.25)
        square = near * near
        series = np.zeros_like(near)
        for coefficient in reversed(TANH_REST):
            series = coefficient + square * series
        return np.where(np.abs(x) < 0.25, near * square * series, x - np.tanh(x))


# Where a derivative, first or second, vanishes, and its Taylor coefficients there.
SILU_ROOT = "1.2784645427610737951093587390229801554394774886197"  # of silu'(-t)
QUICK_GELU_ROOT = "-0.75115425544128895129809561634722688333694329531125"
GELU_ROOT = "-0.75179152469356445745790494677952403966447115342345"
GELU_TAYLOR = (
    0.4314939923140469,
    0.388284982990552,
    -0.018199676398671087,
    -0.1140082332972217,
    -0.014771522148244337,
    0.019421679838189067,
    0.004539228379125415,
    -0.002239538068073497,
)
GELU_TANH_ROOT = "-0.75246142207101625848795444328891609060539217803763"
GELU_TANH_TAYLOR = (
    0.4304000910248585,
    0.38751844613578895,
    -0.01578285352184803,
    -0.11394448308095899,
    -0.01661932834305256,
    0.019682309459833118,
    0.005261059254921912,
    -0.0024227318458750974,
)
MISH_ROOT = "-1.1924312145154952121375883404207394056006864093225"
MISH_TAYLOR = (
    0.2669479140495345,
    0.20473126408010586,
    0.04190782104360987,
    -0.020271822716684245,
    -0.01582112656173338,
    -0.0033606849270232685,
    0.0010924055409445854,
    0.0009898181021289196,
)
SILU_CURVE_ROOT = "2.3993572805154676678327396972822838885229175768372"  # of silu''(+-t)
QUICK_GELU_CURVE_ROOT = "1.4097281319127307096549586940553959392026542754625"
GELU_TANH_CURVE_ROOT = "1.4185040087908283555480335455996426979241583187885"
GELU_TANH_CURVE_TAYLOR = (
    -0.4095488174124191,
    0.432081111593848,
    -0.008168951883944803,
    -0.16109481693213482,
    0.056750540975161724,
    0.020035361162701274,
    -0.01671150756085392,
    0.0007632001136916162,
)
MISH_CURVE_ROOT_LEFT = "-2.2563763963607931200057485439501639062640349352344"
MISH_CURVE_TAYLOR_LEFT = (
    0.1087544107316427,
    0.09898193805255845,
    0.03736189561023729,
    0.0033540526593358656,
    -0.003860493935188506,
    -0.002480068109334893,
    -0.0007927886724150866,
    -0.00010538381919454746,
)
MISH_CURVE_ROOT_RIGHT = "1.4905711794854284592944189081979098211278335012647"
MISH_CURVE_TAYLOR_RIGHT = (
    -0.23069451159746054,
    0.28127277803034306,
    -0.0797073551654253,
    -0.06665173991852782,
    0.05998888116276497,
    -0.008932244292082872,
    -0.011535248884490047,
    0.0070027488703032735,
)
TANH_REST = (  # (x - tanh x) / x^3 in x^2
    0.3333333333333333,
    -0.13333333333333333,
    0.05396825396825397,
    -0.021869488536155203,
    0.008863235529902197,
    -0.003592128036572481,
    0.0014558343870513183,
    -0.000590027440945586,
    0.00023912911424355248,
    -9.691537956929451e-05,
    3.927832388331683e-05,
)
HALF_ROOT = "0.70710678118654752440084436210484903928483593768847"  # sqrt(1/2)
DENSITY = "0.39894228040143267793994605993438186847585863116493"  # 1/sqrt(2 pi)
GELU_TANH_SCALE = "1.5957691216057307117597842397375274739034345246597"  # 2 sqrt(2/pi)
SELU_SCALE = "1.0507009873554804934193349852946"
SELU_ALPHA = "1.6732632423543772848170429916717"

# Beyond it e**-|x| is 0 in every dtype, and so is any product with it; unlike inf it can be a
# factor.
FAR = 1e5


def _slope(m: Any, z: Any) -> Any:
    """Return sigmoid'(z), the density of the logistic distribution."""
    decay = m.exp(-m.abs(z))
    return decay / ((1 + decay) * (1 + decay))


def _bend(m: Any, z: Any) -> Any:
    """Return sigmoid''(z)."""
    decay = m.exp(-m.abs(z))
    right = decay * m.expm1(-m.abs(z)) / ((1 + decay) * (1 + decay) * (1 + decay))
    return m.where(z > 0, right, -right)


def _silu_grad(m: Any, z: Any, d: Any) -> Any:
    """Return silu'(z), where d = -z - SILU_ROOT.

    For z < 0 it is w (1 + w + z) / (1 + w)^2, w = e^z, and at the root t of the bracket
    e^-t = t - 1.
    """
    z = m.maximum(m.minimum(z, FAR), -FAR)
    d = m.maximum(m.minimum(d, FAR), -FAR)
    w = m.exp(-m.abs(z))
    root_decay = m.number(SILU_ROOT) - 1
    negative = w * (root_decay * m.expm1(-m.maximum(d, -2)) - d)
    return m.where(z < 0, negative, 1 + w + z * w) / ((1 + w) * (1 + w))


def _silu_grad_grad(m: Any, z: Any, d: Any) -> Any:
    """Return silu''(z), where d = abs(z) - SILU_CURVE_ROOT.

    It is w (2 (1 + w) - t (1 - w)) / (1 + w)^3, t = |z|, w = e^-t, and at the root t of the
    bracket w = (t - 2)/(t + 2).
    """
    d = m.minimum(d, FAR)
    w = m.exp(-m.abs(z))
    gap = m.number(SILU_CURVE_ROOT) - 2
    bracket = gap * m.expm1(-d) + d * m.expm1(-m.minimum(m.abs(z), FAR))
    return w * bracket / ((1 + w) * (1 + w) * (1 + w))


def _gated(m: Any, x: Any, z: Any) -> Any:
    """Return x sigmoid(z), 0 where the gate is shut even if x is infinite."""
    return m.where(z < -FAR, 0 * m.maximum(m.minimum(x, 1), -1), x * m.expit(z))


def _swish(m: Any, x: Any, beta: Any) -> Any:
    return _gated(m, x, beta * x)


def _swish_grad(m: Any, x: Any, beta: Any) -> Any:
    return _silu_grad(m, beta * x, m.minus(-beta * x, SILU_ROOT))


def _gate_by(activation: Reference) -> Reference:
    """Return the gate that is b times an activation of a."""
    return Reference(
        lambda m, a, b: activation.value(m, a) * b,
        lambda m, a, b: activation.grad(m, a) * b,
        lambda m, a, b: activation.value(m, a),
    )


def _mish(m: Any, x: Any) -> Any:
    """Return x N/(N + 2) with N = w (w + 2), w = e^x, by e^-|x|."""
    e = m.exp(-m.abs(x))
    positive = (1 + 2 * e) / (1 + 2 * e * (1 + e))
    n = e * (e + 2)
    return m.maximum(x, -FAR) * m.where(x > 0, positive, n / (n + 2))


def _mish_grad(m: Any, x: Any) -> Any:
    """Return (N (N + 2) + 4 x w (w + 1)) / (N + 2)^2."""
    z = m.maximum(m.minimum(x, FAR), -FAR)
    e = m.exp(-m.abs(z))
    shared = 1 + 2 * e * (1 + e)
    positive = ((1 + 2 * e) * shared + 4 * z * e * e * (1 + e)) / (shared * shared)
    n = e * (e + 2)
    negative = (n * (n + 2) + 4 * z * e * (1 + e)) / ((n + 2) * (n + 2))
    return m.about(x, MISH_ROOT, MISH_TAYLOR, m.where(z > 0, positive, negative))


def _mish_grad_grad(m: Any, x: Any) -> Any:
    """Return 4 v (A - t B) / D^3 on the left, one v more on the right; v = e^-t, t = |x|."""
    t = m.minimum(m.abs(x), FAR)
    v = m.exp(-t)
    left = 2 + v * (2 + v)
    right = 1 + v * (2 + 2 * v)
    a = 2 * (1 + v) * m.where(x < 0, left, right)
    b = m.where(x < 0, 2 + v * (2 - v * (3 + 2 * v)), 2 + v * (3 - v * (2 + 2 * v)))
    bent = 4 * v * (a - t * b) * m.where(x < 0, 1 / (left * left * left), v / right / right / right)
    bent = m.about(x, MISH_CURVE_ROOT_LEFT, MISH_CURVE_TAYLOR_LEFT, bent)
    return m.about(x, MISH_CURVE_ROOT_RIGHT, MISH_CURVE_TAYLOR_RIGHT, bent)


def _gelu_grad(m: Any, x: Any) -> Any:
    """Return Phi(x) + x phi(x)."""
    z = m.maximum(m.minimum(x, FAR), -FAR)
    density = m.number(DENSITY) * m.exp(-z * z / 2)
    normal = m.erfc(-x * m.number(HALF_ROOT)) / 2
    return m.about(x, GELU_ROOT, GELU_TAYLOR, normal + z * density)


def _twice_u(m: Any, x: Any) -> Any:
    return m.number(GELU_TANH_SCALE) * x * (1 + m.number("0.044715") * x * x)


def _gelu_tanh_grad(m: Any, x: Any) -> Any:
    """Return s + x s (1 - s) (2u)'."""
    x_ = m.maximum(m.minimum(x, FAR), -FAR)
    z = _twice_u(m, x_)
    steep = m.number(GELU_TANH_SCALE) * (1 + m.number("0.134145") * x_ * x_)
    return m.about(x, GELU_TANH_ROOT, GELU_TANH_TAYLOR, m.expit(z) + x_ * steep * _slope(m, z))


def _gelu_grad_grad(m: Any, x: Any) -> Any:
    """Return phi(x) (2 - x^2)."""
    z = m.minimum(m.abs(x), FAR)
    return m.number(DENSITY) * m.exp(-z * z / 2) * (2 - z * z)


def _gelu_tanh_grad_grad(m: Any, x: Any) -> Any:
    """Return s'(z) (2 z' + x z'' - x z'^2 tanh(z/2)), z = 2u."""
    t = m.minimum(m.abs(x), FAR)
    z = _twice_u(m, t)
    steep = m.number(GELU_TANH_SCALE) * (1 + m.number("0.134145") * t * t)
    more = m.number(GELU_TANH_SCALE) * m.number("0.268290") * t * t
    bent = _slope(m, z) * (2 * steep + more - t * steep * steep * m.tanh(z / 2))
    return m.about(t, GELU_TANH_CURVE_ROOT, GELU_TANH_CURVE_TAYLOR, bent)


def _softsign_grad_grad(m: Any, x: Any) -> Any:
    divisor = 1 + m.abs(x)
    return m.where(x > 0, -2, m.where(x < 0, 2, 0)) / (divisor * divisor * divisor)


def _softplus_grad_beta(m: Any, x: Any, beta: Any) -> Any:
    """Return (z s(z) - softplus(z)) / beta^2, z = beta x: minus the entropy of s over beta^2."""
    z = m.minimum(m.abs(beta * x), FAR)
    e = m.exp(-z)
    return -(z * e / (1 + e) + m.log1p(e)) / (beta * beta)


def _celu_grad_alpha(m: Any, x: Any, alpha: Any) -> Any:
    """Return e^z - 1 - z e^z, z = x/alpha, for x < 0."""
    u = m.minimum(m.maximum(-x / alpha, -FAR), FAR)
    far = m.expm1(-u) + u * m.exp(-u)
    near = m.minimum(m.maximum(u, -1), 1)
    close = -m.exp(-near) * m.exp_rest(near)
    return m.where(x < 0, m.where(m.abs(u) < 1, close, far), 0)


def _between(m: Any, x: Any, low: Any, high: Any, yes: Any) -> Any:
    return m.where((low < x) & (x < high), yes, 0)


def _clip(m: Any, x: Any, low: Any, high: Any) -> Any:
    return m.minimum(m.maximum(x, low), high)


def _hard_swish(m: Any, x: Any) -> Any:
    inside = _clip(m, x, -3, 3)
    return m.where(x >= 3, x, inside * (inside + 3) / 6)


def _hard_swish_grad(m: Any, x: Any) -> Any:
    return m.where(x >= 3, 1, m.where(x > -3, (2 * x + 3) / 6, 0))


def _soft_shrink(m: Any, x: Any, lambd: Any) -> Any:
    return m.where(m.abs(x) > lambd, x - m.where(x > 0, lambd, -lambd), 0)


def _softplus(m: Any, x: Any, beta: Any) -> Any:
    z = beta * x
    return m.where(z > 0, x, 0) + m.log1p(m.exp(-m.abs(z))) / beta


def _softsign(m: Any, x: Any) -> Any:
    far = _clip(m, x, -1, 1)
    return m.where(m.abs(x) > 1e300, far, x / (1 + m.abs(x)))


def _tanh_grad(m: Any, x: Any) -> Any:
    return 4 * _slope(m, 2 * x)


_PARAMETRIC_RELU = Reference(
    lambda m, x, slope: m.where(x > 0, x, slope * x),
    lambda m, x, slope: m.where(x > 0, 1, slope),
    lambda m, x, slope: m.where(x > 0, 0, x),
)

REFERENCES: dict[str, Reference] = {
    "identity": Reference(lambda m, x: x, lambda m, x: m.where(x == x, 1, x)),
    "binary_step": Reference(lambda m, x: m.where(x < 0, 0, 1), lambda m, x: m.where(x == x, 0, x)),
    "relu": Reference(
        lambda m, x: m.maximum(x, 0),
        lambda m, x: m.where(x > 0, 1, 0),
        from_output=lambda m, y: m.where(y > 0, 1, 0),
    ),
    "leaky_relu": _PARAMETRIC_RELU._replace(from_output=_PARAMETRIC_RELU.grad),
    "prelu": _PARAMETRIC_RELU,
    "relu6": Reference(lambda m, x: _clip(m, x, 0, 6), lambda m, x: _between(m, x, 0, 6, 1)),
    "hard_tanh": Reference(
        lambda m, x, low, high: _clip(m, x, low, high),
        lambda m, x, low, high: _between(m, x, low, high, 1),
    ),
    "hard_sigmoid": Reference(
        lambda m, x: (_clip(m, x, -3, 3) + 3) / 6,
        lambda m, x: _between(m, x, -3, 3, m.number("1") / 6),
    ),
    "hard_swish": Reference(_hard_swish, _hard_swish_grad),
    "hard_shrink": Reference(
        lambda m, x, lambd: m.where(m.abs(x) > lambd, x, 0),
        lambda m, x, lambd: m.where(m.abs(x) > lambd, 1, 0),
    ),
    "soft_shrink": Reference(_soft_shrink, lambda m, x, lambd: m.where(m.abs(x) > lambd, 1, 0)),
    "threshold": Reference(
        lambda m, x, theta, value: m.where(x > theta, x, value),
        lambda m, x, theta, value: m.where(x > theta, 1, 0),
    ),
    "squared_relu": Reference(
        lambda m, x: m.maximum(x, 0) * m.maximum(x, 0), lambda m, x: 2 * m.maximum(x, 0)
    ),
    "sigmoid": Reference(
        lambda m, x: m.expit(x), _slope, from_output=lambda m, y: y * (1 - y), grad_grad=_bend
    ),
    "tanh": Reference(
        lambda m, x: m.tanh(x),
        _tanh_grad,
        from_output=lambda m, y: (1 - y) * (1 + y),
        grad_grad=lambda m, x: 8 * _bend(m, 2 * x),
    ),
    "silu": Reference(
        lambda m, x: _gated(m, x, x),
        lambda m, x: _silu_grad(m, x, m.minus(-x, SILU_ROOT)),
        grad_grad=lambda m, x: _silu_grad_grad(m, x, m.minus(m.abs(x), SILU_CURVE_ROOT)),
    ),
    "swish": Reference(
        _swish,
        _swish_grad,
        lambda m, x, beta: m.where(m.abs(beta * x) > FAR, 0, x * _slope(m, beta * x) * x),
        grad_grad=lambda m, x, beta: (
            beta * _silu_grad_grad(m, beta * x, m.minus(m.abs(beta * x), SILU_CURVE_ROOT))
        ),
    ),
    "quick_gelu": Reference(
        lambda m, x: _gated(m, x, m.number("1.702") * x),
        lambda m, x: _silu_grad(
            m, m.number("1.702") * x, -m.number("1.702") * m.minus(x, QUICK_GELU_ROOT)
        ),
        grad_grad=lambda m, x: (
            m.number("1.702")
            * _silu_grad_grad(
                m,
                m.number("1.702") * x,
                m.number("1.702") * m.minus(m.abs(x), QUICK_GELU_CURVE_ROOT),
            )
        ),
    ),
    "gelu": Reference(
        lambda m, x: m.maximum(x, -FAR) * m.erfc(-x * m.number(HALF_ROOT)) / 2,
        _gelu_grad,
        grad_grad=_gelu_grad_grad,
    ),
    "gelu_tanh": Reference(
        lambda m, x: _gated(m, x, _twice_u(m, x)), _gelu_tanh_grad, grad_grad=_gelu_tanh_grad_grad
    ),
    "mish": Reference(_mish, _mish_grad, grad_grad=_mish_grad_grad),
    "elu": Reference(
        lambda m, x, alpha: m.where(x > 0, x, alpha * m.expm1(m.minimum(x, 0))),
        lambda m, x, alpha: m.where(x > 0, 1, alpha * m.exp(m.minimum(x, 0))),
        lambda m, x, alpha: m.expm1(m.minimum(x, 0)),
        from_output=lambda m, y, alpha: m.where(y > 0, 1, y + alpha),
        grad_grad=lambda m, x, alpha: m.where(x > 0, 0, alpha * m.exp(m.minimum(x, 0))),
    ),
    "selu": Reference(
        lambda m, x: (
            m.number(SELU_SCALE)
            * m.where(x > 0, x, m.number(SELU_ALPHA) * m.expm1(m.minimum(x, 0)))
        ),
        lambda m, x: (
            m.number(SELU_SCALE) * m.where(x > 0, 1, m.number(SELU_ALPHA) * m.exp(m.minimum(x, 0)))
        ),
        grad_grad=lambda m, x: m.where(
            x > 0, 0, m.number(SELU_SCALE) * m.number(SELU_ALPHA) * m.exp(m.minimum(x, 0))
        ),
    ),
    "celu": Reference(
        lambda m, x, alpha: m.where(x > 0, x, alpha * m.expm1(m.minimum(x, 0) / alpha)),
        lambda m, x, alpha: m.exp(m.minimum(x, 0) / alpha),
        _celu_grad_alpha,
        grad_grad=lambda m, x, alpha: m.where(x > 0, 0, m.exp(m.minimum(x, 0) / alpha) / alpha),
    ),
    "softplus": Reference(
        _softplus,
        lambda m, x, beta: m.expit(beta * x),
        _softplus_grad_beta,
        from_output=lambda m, y, beta: -m.expm1(-beta * y),
        grad_grad=lambda m, x, beta: beta * _slope(m, beta * x),
    ),
    "log_sigmoid": Reference(
        lambda m, x: m.minimum(x, 0) - m.log1p(m.exp(-m.abs(x))),
        lambda m, x: m.expit(-x),
        grad_grad=lambda m, x: -_slope(m, x),
    ),
    "softsign": Reference(
        _softsign,
        lambda m, x: 1 / ((1 + m.abs(x)) * (1 + m.abs(x))),
        grad_grad=_softsign_grad_grad,
    ),
    "tanh_shrink": Reference(
        lambda m, x: m.tanh_rest(x),
        lambda m, x: m.tanh(x) * m.tanh(x),
        grad_grad=lambda m, x: -8 * _bend(m, 2 * x),
    ),
    "glu": Reference(
        lambda m, a, b: a * m.expit(b),
        lambda m, a, b: m.where(a == a, m.expit(b), a),
        lambda m, a, b: a * _slope(m, b),
    ),
    "swiglu_clamped": Reference(
        lambda m, a, b, alpha, shift, limit: (
            _swish(m, m.minimum(a, limit), alpha) * (_clip(m, b, -limit, limit) + shift)
        ),
        lambda m, a, b, alpha, shift, limit: (
            m.where(a <= limit, _swish_grad(m, a, alpha), 0) * (_clip(m, b, -limit, limit) + shift)
        ),
        lambda m, a, b, alpha, shift, limit: m.where(
            m.abs(b) <= limit, _swish(m, m.minimum(a, limit), alpha), 0
        ),
    ),
}

for _name, _activation in {
    "swiglu": "silu",
    "geglu": "gelu",
    "geglu_tanh": "gelu_tanh",
    "reglu": "relu",
    "bilinear": "identity",
}.items():
    REFERENCES[_name] = _gate_by(REFERENCES[_activation])


def defaults(name: str) -> tuple[float, ...]:
    """Return the default parameters of an activation."""
    from fastact import _ufuncs

    return tuple(_ufuncs.ACTIVATIONS[name]["parameters"].values())


def evaluate(name: str, form: str, *operands: ArrayLike) -> Any:
    """Return what an activation's form should be, in float64.

    Parameters
    ----------
    name : str
        A key of `REFERENCES`.
    form : str
        One of `FORMS`.
    *operands : array_like
        As the form takes them: ``x, *parameters``, for ``backward`` ``g, x, *parameters``, and
        for ``backward_from_output`` ``g, y, *parameters``; a gate has ``a, b`` in place of ``x``.
        Parameters left out are the defaults, rounded to the dtype of `x`.

    Returns
    -------
    numpy.ndarray or tuple of numpy.ndarray
        Two arrays for ``value_and_grad``, and for ``backward`` of a learnable parameter or a gate.
    """
    from fastact import _ufuncs

    row, facts = REFERENCES[name], _ufuncs.ACTIVATIONS[name]
    arrays = [np.asarray(operand) for operand in operands]
    first = facts["arrays"] + form.startswith("backward")
    if len(arrays) == first:
        arrays += [np.asarray(p).astype(arrays[first - 1].dtype) for p in defaults(name)]
    with np.errstate(invalid="ignore"):  # signalling NaNs
        floats = [a.astype(np.float64) for a in arrays]
    g, xs, parameters = floats[0], floats[first - facts["arrays"] : first], floats[first:]

    def of(formula: Formula | None) -> NDArray[np.float64]:
        if formula is None:
            raise ValueError(f"{name} has no form {form}")
        result = np.asarray(formula(Float64, *xs, *parameters), dtype=np.float64)
        shape = np.broadcast_shapes(result.shape, *(x.shape for x in xs + parameters))
        result = np.broadcast_to(result, shape)
        missing = np.isnan(xs[0]) if len(xs) == 1 else np.isnan(xs[0]) | np.isnan(xs[1])
        return np.where(missing, np.nan, result) if missing.any() else result

    with np.errstate(all="ignore"):
        if form == "value":
            return of(row.value)
        if form == "grad":
            return of(row.grad)
        if form == "value_and_grad":
            return of(row.value), of(row.grad)
        if form == "grad_parameter":
            return of(row.grad_parameter)
        if form == "grad_grad":
            return of(row.grad_grad)
        if form == "backward_from_output":
            return g * of(row.from_output)
        if form != "backward":
            raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
        gradient = g * of(row.grad)
        if facts["role"] == "learnable" or facts["arrays"] == 2:
            return gradient, g * of(row.grad_parameter)
        return gradient


def _format(dtype: np.dtype[Any]) -> tuple[int, int, float]:
    """Return the significant bits, the exponent of the smallest subnormal and the largest value."""
    if dtype.name == "bfloat16":
        return 8, -133, float.fromhex("0x1.fep127")
    info = np.finfo(dtype)
    return info.nmant + 1, int(info.minexp) - info.nmant, float(info.max)


def ulp_of(want: ArrayLike, dtype: Any) -> NDArray[np.float64]:
    """Return the spacing of a dtype in the binade of each value, that of subnormals at least."""
    bits, smallest, largest = _format(np.dtype(dtype))
    magnitude = np.clip(np.abs(np.asarray(want, dtype=np.float64)), 5e-324, largest)
    exponent = np.frexp(np.where(np.isnan(magnitude), 1.0, magnitude))[1] - bits
    return np.asarray(np.ldexp(1.0, np.maximum(exponent, smallest)))


def round_to(want: ArrayLike, dtype: Any) -> NDArray[Any]:
    """Return float64 values rounded to a dtype, without warnings."""
    with np.errstate(all="ignore"):
        return np.asarray(want, dtype=np.float64).astype(dtype)


def ulp_error(got: ArrayLike, want: ArrayLike) -> NDArray[np.float64]:
    """Return how far results are from the true values, in ulps.

    Parameters
    ----------
    got : array_like
        Results in a floating dtype.
    want : array_like
        The true values in float64.

    Returns
    -------
    numpy.ndarray
        ``abs(got - want)`` over the spacing of got's dtype in the binade of `want`. A NaN that
        is not matched by a NaN is wrong by inf, and so is an infinity unless `want` rounds to it.
    """
    got = np.asarray(got)
    want = np.asarray(want, dtype=np.float64)
    with np.errstate(all="ignore"):
        wide = got.astype(np.float64)
        error = np.abs(wide - want) / ulp_of(want, got.dtype)
        # Infinity stands for everything from half an ulp above the largest value.
        largest = _format(got.dtype)[2]
        end = largest + ulp_of(largest, got.dtype) / 2
        rounds_up = (np.abs(want) >= end) & (np.sign(want) == np.sign(wide))
        error = np.where(np.isinf(wide), np.where(rounds_up | (wide == want), 0.0, np.inf), error)
    nan = np.isnan(wide)
    return np.where(nan | np.isnan(want), np.where(nan & np.isnan(want), 0.0, np.inf), error)
