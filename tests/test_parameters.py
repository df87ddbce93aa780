"""Parameters of either sign and any size, 0, infinite and NaN: values and flags against mpmath.

Every function with parameters in every form, to 1 ulp; overflow is told where a result overflows,
and nowhere else. What has no defined value is NaN, and stands in the docstrings.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import partial
from math import inf
from typing import Any

import numpy as np
import pytest
from cases import ACTIVATIONS, assert_same, derivatives, form, forms, outputs
from mpmath import mp, mpf

import fastact as fa
from fastact.cli import exact, reference

INF, NAN = mpf("inf"), mpf("nan")
BITS = 400
HUGE, TINY = mpf("1e100000"), mpf("1e-100000")  # beyond every product with a float64
Formula = Callable[..., Any]
Isas = Callable[[], Iterator[str]]


def product(a: Any, b: Any) -> Any:
    """NaN for 0 times infinity."""
    undefined = (a == 0 and mp.isinf(b)) or (b == 0 and mp.isinf(a))
    return NAN if undefined else a * b


def exp(z: Any) -> Any:
    if abs(z) < 1e7:
        return mp.exp(z)
    return (INF if mp.isinf(z) else HUGE) if z > 0 else (mpf(0) if mp.isinf(z) else TINY)


def expm1(z: Any) -> Any:
    return mp.expm1(z) if abs(z) < 1e7 else exp(z) - 1


def logistic(z: Any) -> Any:
    decay = exp(-abs(z))
    return (1 if z >= 0 else decay) / (1 + decay)


def logistic_grad(z: Any) -> Any:
    decay = exp(-abs(z))
    return decay / (1 + decay) ** 2


def quotient(x: Any, alpha: Any) -> Any:
    """min(x, 0)/alpha, of celu: alpha = 0 is its limit from above."""
    if x >= 0:
        return mpf(0)
    if alpha == 0:
        return -INF
    return NAN if mp.isinf(x) and mp.isinf(alpha) else x / alpha


def celu(x: Any, alpha: Any) -> Any:
    if x >= 0 or mp.isinf(alpha):
        return x
    return mpf(0) if alpha == 0 else alpha * expm1(quotient(x, alpha))


def celu_grad(x: Any, alpha: Any) -> Any:
    z = quotient(x, alpha)
    return z if mp.isnan(z) else exp(z)


def celu_grad_alpha(x: Any, alpha: Any) -> Any:
    z = quotient(x, alpha)
    if mp.isnan(z) or z == 0:
        return z
    if abs(z) > 1e7:
        return -z * exp(z) if z > 0 else mpf(-1)
    if mp.mag(z) < -BITS:
        return -z * z / 2
    with mp.workprec(BITS + max(0, -2 * int(mp.mag(z)))):
        return mp.expm1(z) - z * mp.exp(z)


def celu_grad_grad(x: Any, alpha: Any) -> Any:
    if x > 0:
        return mpf(0)
    if alpha == 0:
        return NAN if x == 0 else mpf(0)
    if mp.isinf(alpha):
        return NAN if mp.isinf(x) else mpf(0)
    return exp(x / alpha) / alpha


def softplus(x: Any, beta: Any) -> Any:
    if mp.isinf(beta):
        return max(x, mpf(0)) if beta > 0 else min(x, mpf(0))
    if beta == 0:
        return NAN
    z = beta * x
    return (x if z > 0 else mpf(0)) + mp.log1p(exp(-abs(z))) / beta


def softplus_grad(x: Any, beta: Any) -> Any:
    z = product(beta, x)
    return z if mp.isnan(z) else logistic(z)


def softplus_grad_beta(x: Any, beta: Any) -> Any:
    if mp.isinf(beta) or (beta != 0 and mp.isinf(x)):
        return mpf(0)
    if beta == 0:
        return NAN
    z = abs(beta * x)
    return -(z * exp(-z) / (1 + exp(-z)) + mp.log1p(exp(-z))) / beta / beta


def softplus_grad_grad(x: Any, beta: Any) -> Any:
    if mp.isinf(beta):
        return NAN if x == 0 else mpf(0)
    return mpf(0) if beta == 0 else beta * logistic_grad(beta * x)


def softplus_from_output(y: Any, beta: Any) -> Any:
    z = product(beta, y)
    return z if mp.isnan(z) else -expm1(-z)


def swish(x: Any, beta: Any) -> Any:
    if x == 0 or beta == 0:
        return x / 2
    z = beta * x
    return (x if z > 0 else mpf(0)) if mp.isinf(z) else x * logistic(z)


def swish_grad(x: Any, beta: Any) -> Any:
    if beta == 0:
        return mpf("0.5")
    z = product(beta, x)
    if mp.isnan(z):
        return NAN
    if abs(z) > 1e7:
        return mpf(1) if z > 0 else -exp(z)
    return logistic(z) + z * logistic_grad(z)


def swish_grad_beta(x: Any, beta: Any) -> Any:
    if x == 0 or beta == 0:
        return x * x / 4
    return mpf(0) if mp.isinf(beta * x) else x * x * logistic_grad(beta * x)


def swish_grad_grad(x: Any, beta: Any) -> Any:
    if mp.isinf(beta):
        return NAN if x == 0 else mpf(0)
    z = abs(beta * x) if beta != 0 else mpf(0)
    if z > 1e7:
        return mpf(0)
    w = exp(-z)
    return beta * w * (2 * (1 + w) - z * (1 - w)) / (1 + w) ** 3


def soft_shrink(x: Any, lambd: Any) -> Any:
    if x == 0 or abs(x) <= lambd:
        return mpf(0)
    return x - lambd if x > 0 else x + lambd


def elu_from_output(y: Any, alpha: Any) -> Any:
    return mpf(1) if y > 0 else y + alpha


RELU: dict[str, Formula] = {
    "value": lambda x, a: x if x > 0 else product(a, x),
    "grad": lambda x, a: mpf(1) if x > 0 else a,
}
FORMULAS: dict[str, dict[str, Formula]] = {
    "leaky_relu": RELU
    | {
        "grad_negative_slope": lambda x, a: mpf(0) if x > 0 else x,
        "backward_from_output": RELU["grad"],
    },
    "prelu": RELU | {"grad_a": lambda x, a: mpf(0) if x > 0 else x},
    "hard_shrink": {
        "value": lambda x, p: x if abs(x) > p else mpf(0),
        "grad": lambda x, p: mpf(abs(x) > p),
    },
    "soft_shrink": {"value": soft_shrink, "grad": lambda x, p: mpf(abs(x) > p)},
    "elu": {
        "value": lambda x, a: x if x >= 0 else product(a, expm1(x)),
        "grad": lambda x, a: mpf(1) if x > 0 else product(a, exp(x)),
        "grad_alpha": lambda x, a: mpf(0) if x > 0 else expm1(x),
        "grad_grad": lambda x, a: mpf(0) if x > 0 else product(a, exp(x)),
        "backward_from_output": elu_from_output,
    },
    "celu": {
        "value": celu,
        "grad": celu_grad,
        "grad_alpha": celu_grad_alpha,
        "grad_grad": celu_grad_grad,
    },
    "softplus": {
        "value": softplus,
        "grad": softplus_grad,
        "grad_beta": softplus_grad_beta,
        "grad_grad": softplus_grad_grad,
        "backward_from_output": softplus_from_output,
    },
    "swish": {
        "value": swish,
        "grad": swish_grad,
        "grad_beta": swish_grad_beta,
        "grad_grad": swish_grad_grad,
    },
}


def hard_tanh_grad(x: Any, low: Any, high: Any) -> Any:
    return mpf(low < x < high)


def clamped(a: Any, b: Any, alpha: Any, shift: Any, limit: Any) -> tuple[Any, Any, Any]:
    """u s(alpha u), v + shift and the derivative of the former by a, of swiglu_clamped."""
    if limit < 0:
        return NAN, NAN, NAN
    factor = max(-limit, min(b, limit)) + shift
    return swish(min(a, limit), alpha), factor, swish_grad(a, alpha)


def swiglu_clamped(*operands: Any) -> Any:
    gate, factor, _ = clamped(*operands)
    return product(gate, factor)


def swiglu_clamped_grad_a(a: Any, *others: Any) -> Any:
    _, factor, slope = clamped(a, *others)
    return mpf(0) if a > others[-1] >= 0 else product(slope, factor)


def swiglu_clamped_grad_b(a: Any, b: Any, *parameters: Any) -> Any:
    return mpf(0) if abs(b) > parameters[-1] >= 0 else clamped(a, b, *parameters)[0]


FORMULAS |= {
    "hard_tanh": {"value": lambda x, low, high: min(max(x, low), high), "grad": hard_tanh_grad},
    "swiglu_clamped": {
        "value": swiglu_clamped,
        "grad": swiglu_clamped_grad_a,
        "grad_b": swiglu_clamped_grad_b,
    },
}


# ---- where a parameter stretches the argument ----
#
# A parameter of 0 or an infinite one stands for the limit, at an infinite x, too. Where that has
# a step or a kink its derivatives are NaN.


def at_a_kink(x: Any) -> Any:
    """The derivative of what is level but for a step or a kink at 0."""
    return NAN if x == 0 else mpf(0)


def tanh(z: Any) -> Any:
    return mp.tanh(z) if abs(z) < 1e7 else mpf(1 if z > 0 else -1)


def tanh_grad(z: Any) -> Any:
    return 4 * logistic_grad(2 * z)


def dyt(x: Any, alpha: Any) -> Any:
    if x == 0 or alpha == 0:
        return mpf(0)
    return tanh(alpha * x)


def dyt_grad(x: Any, alpha: Any) -> Any:
    if mp.isinf(alpha):
        return at_a_kink(x)
    return mpf(0) if alpha == 0 else alpha * tanh_grad(alpha * x)


def dyt_grad_alpha(x: Any, alpha: Any) -> Any:
    if x == 0 or alpha == 0:
        return x
    return mpf(0) if mp.isinf(alpha * x) else x * tanh_grad(alpha * x)


def dyt_grad_grad(x: Any, alpha: Any) -> Any:
    if mp.isinf(alpha):
        return at_a_kink(x)
    return mpf(0) if alpha == 0 else -2 * alpha**2 * tanh(alpha * x) * tanh_grad(alpha * x)


def softcap(x: Any, cap: Any) -> Any:
    if cap == 0 or mp.isinf(cap):
        return mpf(0) if cap == 0 else x
    return cap * tanh(x / cap)


def softcap_grad(x: Any, cap: Any) -> Any:
    if cap == 0 or mp.isinf(cap):
        return at_a_kink(x) if cap == 0 else mpf(1)
    return tanh_grad(x / cap)


def softcap_grad_grad(x: Any, cap: Any) -> Any:
    if cap == 0 or mp.isinf(cap):
        return at_a_kink(x) if cap == 0 else mpf(0)
    return -2 * tanh(x / cap) * tanh_grad(x / cap) / cap


def bell(u: Any) -> Any:
    return exp(-u * u / 2)


def gaussian(x: Any, sigma: Any) -> Any:
    if sigma == 0 or mp.isinf(sigma):
        return mpf(mp.isinf(sigma) or x == 0)
    return bell(x / sigma)


def gaussian_grad(x: Any, sigma: Any) -> Any:
    if sigma == 0 or mp.isinf(sigma):
        return at_a_kink(x) if sigma == 0 else mpf(0)
    return mpf(0) if mp.isinf(x) else -x / sigma / sigma * bell(x / sigma)


def gaussian_grad_grad(x: Any, sigma: Any) -> Any:
    if sigma == 0 or mp.isinf(sigma):
        return at_a_kink(x) if sigma == 0 else mpf(0)
    u = x / sigma
    return mpf(0) if mp.isinf(x) else (u - 1) * (u + 1) / sigma / sigma * bell(u)


def deviation(x: Any, mu: Any, sigma: Any) -> Any:
    """(x - mu)/sigma, of laplace: sigma = 0 is its limit from above."""
    if mp.isinf(sigma):
        return NAN if mp.isinf(mu) else mpf(0)
    if x == mu:
        return NAN if mp.isinf(mu) else mpf(0)
    return (x - mu) * (INF if sigma == 0 else 1 / sigma)


def laplace(x: Any, mu: Any, sigma: Any) -> Any:
    u = deviation(x, mu, sigma)
    if abs(u) > 1e4:
        return mpf(1) if u > 0 else TINY if mp.isfinite(u) else mpf(0)
    return mp.ncdf(u)


def laplace_grad(x: Any, mu: Any, sigma: Any) -> Any:
    u = deviation(x, mu, sigma)
    if not mp.isfinite(u) or mp.isinf(sigma):
        return mpf(0) if u == u else NAN
    return NAN if sigma == 0 else bell(u) / mp.sqrt(2 * mp.pi) / sigma


def laplace_grad_grad(x: Any, mu: Any, sigma: Any) -> Any:
    u = deviation(x, mu, sigma)
    if not mp.isfinite(u) or mp.isinf(sigma):
        return mpf(0) if u == u else NAN
    return NAN if sigma == 0 else -u * bell(u) / mp.sqrt(2 * mp.pi) / sigma / sigma


# ---- square roots ----


def isru(power: int, x: Any, alpha: Any) -> Any:
    """x/sqrt(w) with w = 1 + alpha x^2, or a derivative, of w^(-power/2)"""
    if alpha == -INF or (alpha < 0 and 1 + alpha * x * x <= 0):
        return NAN
    if alpha == INF:
        return mpf(0) if power == 1 else at_a_kink(x)
    if alpha == 0:
        return {1: x, 3: mpf(1), 5: mpf(0)}[power]
    if mp.isinf(x):
        return mpf(0) if power > 1 else (1 if x > 0 else -1) / mp.sqrt(alpha)
    factor = {1: x, 3: 1, 5: -3 * alpha * x}[power]
    return factor / mp.sqrt(1 + alpha * x * x) ** power


def isrlu(power: int, x: Any, alpha: Any) -> Any:
    return {1: x, 3: mpf(1), 5: mpf(0)}[power] if x >= 0 else isru(power, x, alpha)


def squareplus(x: Any, b: Any) -> Any:
    if b == 0 or mp.isinf(b):
        return max(x, mpf(0)) if b == 0 else INF if b > 0 else NAN
    if mp.isinf(x):
        return x if x > 0 else mpf(0)
    if x * x + b < 0:
        return NAN
    right = (abs(x) + mp.sqrt(x * x + b)) / 2
    return right if x >= 0 else b / 4 / right


def squareplus_grad(x: Any, b: Any) -> Any:
    if mp.isinf(b):
        return mpf("0.5") if b > 0 else NAN
    if b == 0 or mp.isinf(x):
        return NAN if x == 0 else mpf(x > 0)
    return NAN if x * x + b <= 0 else squareplus(x, b) / mp.sqrt(x * x + b)


def squareplus_grad_grad(x: Any, b: Any) -> Any:
    if mp.isinf(b):
        return mpf(0) if b > 0 else NAN
    if b == 0 or mp.isinf(x):
        return at_a_kink(x)
    return NAN if x * x + b <= 0 else b / 2 / mp.sqrt(x * x + b) ** 3


# ---- parabolas ----


def smelu(x: Any, beta: Any) -> Any:
    if beta < 0:
        return NAN
    if mp.isinf(beta):
        return INF
    if abs(x) >= beta:
        return max(x, mpf(0))
    return (x + beta) ** 2 / (4 * beta)


def smelu_grad(x: Any, beta: Any) -> Any:
    if beta < 0:
        return NAN
    if mp.isinf(beta):
        return mpf("0.5")
    if abs(x) >= beta:
        return NAN if x == beta == 0 else mpf(x > 0)
    return (x + beta) / (2 * beta)


def star_relu(x: Any, scale: Any, bias: Any) -> Any:
    return product(scale, max(x, mpf(0)) ** 2) + bias


def exp_rest(x: Any) -> Any:
    """e^x - 1 - x for x <= 0"""
    return x * x / 2 * mp.hyp1f1(1, 3, x) if x > -1 else expm1(x) - x


def xielu(x: Any, alpha_p: Any, alpha_n: Any, beta: Any, eps: Any) -> Any:
    if x > 0:
        return product(x, product(alpha_p, x) + beta)
    if x > -2 or mp.isinf(alpha_n) or mp.isinf(beta):
        rest = expm1(eps) - x if eps < x else exp_rest(x)
        return product(alpha_n, rest) + product(beta, x)
    level = alpha_n * expm1(min(x, eps))
    return level if beta == alpha_n else level + (beta - alpha_n) * x


def xielu_grad(x: Any, alpha_p: Any, alpha_n: Any, beta: Any, eps: Any) -> Any:
    if x > 0:
        return 2 * product(alpha_p, x) + beta
    return product(alpha_n, expm1(x) if x <= eps else mpf(-1)) + beta


# ---- blends of two slopes ----


def silu_grad(z: Any) -> Any:
    return mpf(z > 0) if mp.isinf(z) else logistic(z) + z * logistic_grad(z)


def silu_grad_grad(z: Any) -> Any:
    w = exp(-abs(z))
    return mpf(0) if mp.isinf(z) else w * (2 * (1 + w) - abs(z) * (1 - w)) / (1 + w) ** 3


def along(slope: Any, x: Any) -> Any:
    """slope x, 0 where a slope becomes 0 even if x is infinite."""
    return mpf(0) if slope == 0 else product(slope, x)


def stretched(steepness: Any, x: Any) -> Any:
    """The argument of a gate, NaN at the kink that an infinite steepness makes."""
    return mpf(0) if steepness == 0 else product(steepness, x)


def of_acon_c(formula: Formula) -> Formula:
    """NaN where beta (p1 - p2) or (p1 - p2) x is not defined."""

    def defined(x: Any, p1: Any, p2: Any, beta: Any) -> Any:
        rise = p1 - p2
        steepness = product(beta, rise)
        if mp.isnan(steepness) or (x == 0 and mp.isinf(rise)):
            return NAN
        return formula(x, p1, p2, beta, stretched(steepness, x))

    return defined


def blend(p1: Any, p2: Any, mean: Any, half_rise: Any, z: Any, h: Formula, middle: Formula) -> Any:
    """p1 h(z) + p2 h(-z), by what h rises at z/2 in the middle, where that is half of middle."""
    if mp.isinf(z):
        return p1 if z > 0 else p2
    if abs(z) < 1:
        return mean + half_rise * middle(z / 2)
    return p1 * h(z) + p2 * h(-z)


def silu_bend(t: Any) -> Any:
    return tanh(t) + t * tanh_grad(t)


def acon_c(x: Any, p1: Any, p2: Any, _: Any, z: Any) -> Any:
    if x == 0:
        return mpf(0)
    return along(blend(p1, p2, (p1 + p2) / 2, (p1 - p2) / 2, z, logistic, tanh), x)


def acon_c_grad(x: Any, p1: Any, p2: Any, _: Any, z: Any) -> Any:
    if mp.isnan(z):
        return NAN
    return blend(p1, p2, (p1 + p2) / 2, (p1 - p2) / 2, z, silu_grad, silu_bend)


def acon_c_grad_slope(x: Any, z: Any) -> Any:
    return mpf(0) if x == 0 else z if mp.isnan(z) else along(silu_grad(z), x)


def acon_c_grad_beta(x: Any, p1: Any, p2: Any, _: Any, z: Any) -> Any:
    if x == 0 or p1 == p2 or mp.isinf(z):
        return mpf(0)
    return ((p1 - p2) * x) ** 2 * logistic_grad(z)


def acon_c_grad_grad(x: Any, p1: Any, p2: Any, beta: Any, z: Any) -> Any:
    if not mp.isfinite(z) or z == 0 == beta * (p1 - p2):
        return NAN if mp.isnan(z) else mpf(0)
    return beta * (p1 - p2) ** 2 * silu_grad_grad(z)


def aptx(x: Any, alpha: Any, beta: Any, gamma: Any) -> Any:
    z = stretched(2 * beta, x) if x != 0 else mpf(0)
    slopes = alpha + 1, alpha - 1, alpha, 1
    return along(product(gamma, alpha if mp.isinf(alpha) else blend(*slopes, z, logistic, tanh)), x)


def aptx_grad(x: Any, alpha: Any, beta: Any, gamma: Any) -> Any:
    z = stretched(2 * beta, x)
    if mp.isnan(z):
        return NAN
    slopes = alpha + 1, alpha - 1, alpha, 1
    bent = alpha if mp.isinf(alpha) else blend(*slopes, z, silu_grad, silu_bend)
    return product(gamma, bent)


def aptx_grad_grad(x: Any, alpha: Any, beta: Any, gamma: Any) -> Any:
    z = stretched(2 * beta, x)
    if mp.isnan(z):
        return NAN
    return product(gamma, mpf(0) if mp.isinf(z) else 4 * beta * silu_grad_grad(z))


# ---- snakes ----


def snake_beta(x: Any, alpha: Any, beta: Any) -> Any:
    if beta == 0:
        return NAN
    if x == 0 or mp.isinf(x) or mp.isinf(beta):
        return x
    return NAN if mp.isinf(alpha) else x + mp.sin(alpha * x) ** 2 / beta


def of_snake_beta(formula: Formula) -> Formula:
    """A derivative, which is NaN at infinity, for an infinite alpha and for beta = 0."""

    def defined(x: Any, alpha: Any, beta: Any) -> Any:
        undefined = beta == 0 or mp.isinf(alpha) or mp.isinf(x)
        return NAN if undefined else formula(x, alpha, beta)

    return defined


def of_snake(formula: Formula, limit: Formula) -> Formula:
    """The same of snake, with its limit at alpha = 0"""

    def defined(x: Any, alpha: Any) -> Any:
        if mp.isinf(alpha) or mp.isinf(x):
            return NAN
        return limit(x) if alpha == 0 else formula(x, alpha, alpha)

    return defined


def snake_grad(x: Any, alpha: Any, beta: Any) -> Any:
    return 1 + alpha / beta * mp.sin(2 * alpha * x)


def snake_grad_alpha(x: Any, alpha: Any, _: Any) -> Any:
    return (x * mp.sin(2 * alpha * x) - mp.sin(alpha * x) ** 2 / alpha) / alpha


def snake_grad_grad(x: Any, alpha: Any, beta: Any) -> Any:
    return 2 * alpha * (alpha / beta) * mp.cos(2 * alpha * x)


FORMULAS |= {
    "dyt": {
        "value": dyt,
        "grad": dyt_grad,
        "grad_alpha": dyt_grad_alpha,
        "grad_grad": dyt_grad_grad,
    },
    "softcap": {"value": softcap, "grad": softcap_grad, "grad_grad": softcap_grad_grad},
    "gaussian": {"value": gaussian, "grad": gaussian_grad, "grad_grad": gaussian_grad_grad},
    "laplace": {"value": laplace, "grad": laplace_grad, "grad_grad": laplace_grad_grad},
    "isru": {"value": partial(isru, 1), "grad": partial(isru, 3), "grad_grad": partial(isru, 5)},
    "isrlu": {
        "value": partial(isrlu, 1),
        "grad": partial(isrlu, 3),
        "grad_grad": partial(isrlu, 5),
    },
    "squareplus": {
        "value": squareplus,
        "grad": squareplus_grad,
        "grad_grad": squareplus_grad_grad,
    },
    "smelu": {"value": smelu, "grad": smelu_grad},
    "star_relu": {
        "value": star_relu,
        "grad": lambda x, scale, bias: 2 * product(scale, max(x, mpf(0))),
        "grad_scale": lambda x, scale, bias: max(x, mpf(0)) ** 2,
        "grad_bias": lambda x, scale, bias: mpf(1),
    },
    "xielu": {"value": xielu, "grad": xielu_grad},
    "acon_c": {
        "value": of_acon_c(acon_c),
        "grad": of_acon_c(acon_c_grad),
        "grad_p1": of_acon_c(lambda x, p1, p2, beta, z: acon_c_grad_slope(x, z)),
        "grad_p2": of_acon_c(lambda x, p1, p2, beta, z: acon_c_grad_slope(x, -z)),
        "grad_beta": of_acon_c(acon_c_grad_beta),
        "grad_grad": of_acon_c(acon_c_grad_grad),
    },
    "aptx": {"value": aptx, "grad": aptx_grad, "grad_grad": aptx_grad_grad},
    "snake": {
        "value": lambda x, alpha: snake_beta(x, alpha, alpha) if alpha != 0 else x,
        "grad": of_snake(snake_grad, lambda x: mpf(1)),
        "grad_alpha": of_snake(snake_grad_alpha, lambda x: x * x),
        "grad_grad": of_snake(snake_grad_grad, lambda x: mpf(0)),
    },
    "snake_beta": {
        "value": snake_beta,
        "grad": of_snake_beta(snake_grad),
        "grad_alpha": of_snake_beta(lambda x, a, b: x * mp.sin(2 * a * x) / b),
        "grad_beta": of_snake_beta(lambda x, a, b: -((mp.sin(a * x) / b) ** 2)),
        "grad_grad": of_snake_beta(snake_grad_grad),
    },
}

WITH_PARAMETERS = [name for name, row in ACTIVATIONS.items() if row["parameters"]]
EVERY = [(name, f) for name in WITH_PARAMETERS for f in forms(name) if f != "value_and_grad"]


def formula_of(name: str, f: str) -> Formula:
    """A formula above, of numbers of any size; where there is none, the one of the docstrings."""
    if name in FORMULAS:
        return FORMULAS[name][f]
    return partial(reference.formula(name, f), exact.namespace())


def results_of(name: str, f: str) -> list[str]:
    """The forms that the results are, times g if it is taken."""
    if f != "backward":
        return [f]
    return derivatives(name)


def sizes(dtype: type) -> np.ndarray:
    """Of both signs: 0, subnormal, tiny, usual, huge, infinite."""
    info = np.finfo(dtype)
    far = 1e30 if dtype == np.float32 else 1e250
    least, largest = float(info.smallest_subnormal), float(info.max)
    positive = [
        *(0, least, 1000 * least, 1.5 * float(info.tiny), 1 / far, 1.3 * 2.0**-61, 2.0**-60),
        *(2.0**-40, 1e-10, 1.1 * 2.0**-11, 0.01, 0.3, 0.7, 1, 1.3, 3, 50, 1100, 1.3e10),
        *(1.7 * 2.0**61, far, largest / 7, largest, np.inf),
    ]
    return np.concatenate([positive, np.negative(positive)]).astype(dtype)


def parameters(name: str, dtype: type, all_sizes: bool) -> Iterator[tuple[float, ...]]:
    """One parameter of every size beside the defaults of the others, and all of any size."""
    defaults = tuple(dtype(p) for p in ACTIVATIONS[name]["parameters"].values())
    rng = np.random.default_rng(5)
    for k in range(len(defaults)):
        for size in sizes(dtype) if all_sizes else sizes(dtype)[k :: 1 + len(defaults)]:
            yield tuple(map(float, (*defaults[:k], size, *defaults[k + 1 :])))
    if len(defaults) > 1:
        for _ in range(96 if all_sizes else 8):
            yield tuple(map(float, rng.choice(sizes(dtype), len(defaults))))


def unstretched(name: str, z: np.ndarray, *numbers: Any) -> np.ndarray:
    """The x at which the function is where it is at z for parameters of 1."""
    first, *others = numbers
    match name:
        case "celu" | "softcap" | "gaussian" | "smelu":
            return z * first
        case "softplus" | "swish" | "swiglu_clamped" | "dyt" | "snake" | "snake_beta":
            return z / first
        case "isru" | "isrlu":
            return z / np.sqrt(abs(first))
        case "squareplus":
            return z * np.sqrt(abs(first))
        case "laplace":
            return z * others[0] + first
        case "aptx":
            return z / others[0]
        case "acon_c":
            return z / others[1] / (first - others[0])
    return z


def arguments(name: str, dtype: type, numbers: tuple[float, ...], count: int) -> np.ndarray:
    """Where the function bends for these parameters, and everywhere."""
    info = np.finfo(dtype)
    rng = np.random.default_rng(count)
    share = count // 6
    z = np.concatenate(
        [
            rng.normal(0, 1, share),
            rng.normal(0, 30, share),
            rng.uniform(-1, 1, share) * (230 if dtype == np.float32 else 1600),
            np.exp2(rng.uniform(-40, 10, share)) * rng.choice([-1, 1], share),
        ]
    )
    anywhere = rng.uniform(info.minexp - info.nmant, info.maxexp, 2 * share)
    special = [0, info.max, info.tiny, info.smallest_subnormal, 1, np.inf, *numbers]
    with np.errstate(all="ignore"):
        z = unstretched(name, z, *np.array(numbers, dtype))
        scattered = np.exp2(anywhere) * rng.choice([-1, 1], anywhere.size)
        x = np.concatenate([z, scattered, special, np.negative(special)]).astype(dtype)
    return x[~np.isnan(x)]


def cotangents(dtype: type, count: int) -> np.ndarray:
    """1, and numbers of any size."""
    info = np.finfo(dtype)
    rng = np.random.default_rng(count)
    exponents = rng.uniform(info.minexp, info.maxexp, count)
    g = np.exp2(np.where(rng.random(count) < 0.5, exponents, 0)) * rng.choice([-1, 1], count)
    return np.where(rng.random(count) < 0.3, 1, g).astype(dtype)


def operands(
    name: str, f: str, dtype: type, numbers: tuple[float, ...], count: int
) -> list[np.ndarray]:
    x = arguments(name, dtype, numbers, count)
    found = [cotangents(dtype, x.size)] * f.startswith("backward") + [x]
    if ACTIVATIONS[name]["arrays"] == 2:
        found.append(np.random.default_rng(1).permutation(x))
    return found


def wanted(
    name: str, result: str, arrays: list[np.ndarray], numbers: tuple[float, ...]
) -> list[Any]:
    """The true values of a result; the first array is g if there is one too many."""
    formula, rest = formula_of(name, result), list(map(mpf, numbers))
    columns = [map(mpf, array.astype(np.float64).tolist()) for array in arrays]
    if len(arrays) == ACTIVATIONS[name]["arrays"]:
        return [mpf(formula(*row, *rest)) for row in zip(*columns, strict=True)]
    return [product(g, mpf(formula(*row, *rest))) for g, *row in zip(*columns, strict=True)]


def sweep(name: str, f: str, dtype: type, count: int, isas: Isas) -> None:
    ufunc = form(name, f)
    for numbers in parameters(name, dtype, all_sizes=count > 100):
        arrays = operands(name, f, dtype, numbers, count)
        truths, nearest, too_large = [], [], False
        with mp.workprec(BITS):
            for result in results_of(name, f):
                values = wanted(name, result, arrays, numbers)
                truths.append(exact.Exact(values))
                nearest.append(truths[-1].rounded_to(dtype))
                finite = np.array([mp.isfinite(value) for value in values])
                too_large |= bool((np.isinf(nearest[-1]) & finite).any())
        for _ in isas():
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                with np.errstate(all="warn"):
                    got = outputs(ufunc(*arrays, *numbers))
            for y, truth, right in zip(got, truths, nearest, strict=True):
                same = (y == right) | (np.isnan(y) & np.isnan(right))
                error = np.where(
                    np.isfinite(right), truth.ulp_error(y, dtype), np.where(same, 0, inf)
                )
                k = int(np.argmax(error))
                assert error[k] <= 1, (numbers, [o[k] for o in arrays], y[k], right[k], error[k])
            assert ["overflow" in str(w.message) for w in told] == [True] * too_large, numbers
            with np.errstate(all="ignore"):
                filled = [np.full_like(arrays[0], p) for p in numbers]
                assert_same(outputs(ufunc(*arrays, *filled)), got)


@pytest.mark.parametrize(("name", "f"), EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_size_and_sign(name: str, f: str, dtype: type, isas: Isas) -> None:
    sweep(name, f, dtype, 36, isas)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "f"), EVERY)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_size_and_sign_at_many_places(name: str, f: str, dtype: type, isas: Isas) -> None:
    sweep(name, f, dtype, 400, isas)


def test_the_sweep_leaves_no_form_out() -> None:
    for name, formulas in FORMULAS.items():
        gate = derivatives(name) * (ACTIVATIONS[name]["arrays"] == 2)
        assert set(formulas) == {*forms(name), *gate} - {"value_and_grad", "backward"}


@pytest.mark.parametrize("name", [n for n in WITH_PARAMETERS if "grad" in forms(n)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.float16])
def test_forms_of_two_results_agree(name: str, dtype: type, isa: str) -> None:
    """Also where usual and extreme parameters take turns, and in place."""
    rng = np.random.default_rng(2)
    with np.errstate(all="ignore"):
        p = rng.choice(sizes(np.float32), (len(ACTIVATIONS[name]["parameters"]), 300)).astype(dtype)
        p[:, rng.random(300) < 0.5] = 1.5
        x = rng.normal(0, 4, 300).astype(dtype)
        value, grad = form(name, "value_and_grad")(x, *p)
        assert_same((value, grad), (form(name, "value")(x, *p), form(name, "grad")(x, *p)))
        alone = [form(name, "value")(*operands) for operands in zip(x, *p, strict=True)]
        assert_same(np.array(alone), value)
        back = outputs(form(name, "backward")(np.ones_like(x), x, *p))
        assert_same(back[0], grad)
        for y, f in zip(back[1:], derivatives(name)[1:], strict=True):
            assert_same(y, form(name, f)(x, *p))
        inside = x.copy()
        assert form(name, "value")(inside, *p, out=inside) is inside
        assert_same(inside, value)


def test_gates_beside_extreme_parameters(isa: str) -> None:
    """One element at a time gives what whole arrays give, in place, too."""
    rng = np.random.default_rng(3)
    with np.errstate(all="ignore"):
        p = rng.choice(sizes(np.float32), (3, 300))
        p[:, rng.random(300) < 0.5] = 1.5
        g, a, b = rng.normal(0, 4, (3, 300)).astype(np.float32)
        value, (ga, gb) = fa.swiglu_clamped(a, b, *p), fa.swiglu_clamped_backward(g, a, b, *p)
        alone = [fa.swiglu_clamped(*operands) for operands in zip(a, b, *p, strict=True)]
        assert_same(np.array(alone), value)
        fa.swiglu_clamped_backward(g, a, b, *p, out=(b, g))
        assert_same((b, g), (ga, gb))


@pytest.mark.parametrize("name", [n for n in FORMULAS if len(ACTIVATIONS[n]["parameters"]) == 1])
def test_nan_parameters(name: str) -> None:
    """NaN where the parameter counts."""
    x = np.array([-2.0, -0.5])
    for f in {"value", "grad", "grad_grad", "backward_from_output"} & set(FORMULAS[name]):
        if name not in ("hard_shrink", "soft_shrink"):
            g = [np.ones_like(x)] * f.startswith("backward")
            assert np.isnan(form(name, f)(*g, x, np.nan)).all(), f


# What underflows or overflows on the way to a result, or cancels twice: g, x and parameters.
ON_THE_WAY = [
    ("acon_c", "backward", np.float64, (-1.5e280, -3.6e22, 1 + 2.0**-40, 1, -5e-8)),
    ("acon_c", "backward", np.float64, (1.2e280, 1e22, 2.0**-58 + 2.0**-100, 2.0**-58, 1e12)),
    ("acon_c", "backward", np.float64, (1e200, -700, 1, 1e-6, 1)),
    ("dyt", "backward", np.float64, (-3e247, 5e20, 2.0**-60)),
    ("elu", "backward", np.float32, (1e30, -100, 1e-6)),
    ("elu", "backward", np.float64, (2.4e302, -1490, 1e17)),
    ("gaussian", "backward", np.float64, (5e232, 49 * 2.0**-60, 2.0**-60)),
    ("laplace", "backward", np.float64, (-1e289, 48 * 2.0**-40, 0, 2.0**-40)),
    ("snake", "backward", np.float64, (-7e-232, 2e305, -4e-6)),
    ("snake_beta", "backward", np.float64, (2e102, 1e-192, 1e10, 0.5)),
    ("snake_beta", "backward", np.float64, (2000, -6e-124, 2.0**-59, -(2.0**48))),
    ("snake_beta", "backward", np.float32, (1e29, 0, 5e15, -3e-13)),
    ("softplus", "backward", np.float32, (1e20, 100, 1e-6)),
    ("squareplus", "grad", np.float32, (3.5e20, 8e10)),
    ("squareplus", "grad_grad", np.float32, (-2e16, 1e18)),
    ("isru", "grad_grad", np.float32, (0.22, 2.9e16)),
    ("star_relu", "value", np.float64, (1348.5, 5e-324, 0)),
    ("swish", "backward", np.float32, (1e-5, 250000, -3e-4)),
    ("swish", "grad_grad", np.float32, (1e-15, -1e17)),
    ("xielu", "value", np.float32, (-3.9e-24, 1100, -1.3e10, 1e-10, 1e-38)),
]


@pytest.mark.parametrize(("name", "f", "dtype", "numbers"), ON_THE_WAY)
def test_on_the_way(name: str, f: str, dtype: type, numbers: tuple[float, ...], isas: Isas) -> None:
    given = [dtype(number) for number in numbers]
    count = 1 + f.startswith("backward")
    arrays, rest = [np.array([each]) for each in given[:count]], tuple(map(float, given[count:]))
    with mp.workprec(BITS):
        truths = [exact.Exact(wanted(name, r, arrays, rest)) for r in results_of(name, f)]
    for _ in isas():
        with np.errstate(all="raise", under="ignore"):
            results = outputs(form(name, f)(*arrays, *rest))
        for y, truth in zip(results, truths, strict=True):
            assert truth.ulp_error(y, dtype).max() <= 1


# Of each function parameters that make a root, and between what x it lies.
ROOTS = [
    ("acon_c", "value", (0.75, -0.375, 1.25), (-0.6, -0.4)),
    ("acon_c", "grad", (0.75, -0.375, 1.25), (-0.3, -0.2)),
    ("acon_c", "grad", (-0.125, 3, 0.5), (-0.8, -0.5)),
    ("acon_c", "grad", (1, 2.0**-30, 1), (-1.5, -1)),
    ("aptx", "value", (0.25, 1.5, 0.5), (-0.3, -0.1)),
    ("aptx", "grad", (1.125, 1.5, 0.75), (-0.7, -0.4)),
    ("snake_beta", "value", (3, 0.75), (-0.9, -0.6)),
    ("snake_beta", "value", (-3, -0.75), (0.05, 0.1)),
    ("snake_beta", "grad", (1.5, -1.25), (0.65, 0.8)),
    ("snake_beta", "grad", (1000, 0.5), (0.167, 0.169)),
    ("xielu", "value", (0.75, 1.25, 0.25, -1e-6), (-0.6, -0.4)),
    ("xielu", "grad", (0.75, 1.25, 0.25, -1e-6), (-0.3, -0.1)),
]


@pytest.mark.parametrize(("name", "f", "numbers", "ends"), ROOTS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_beside_a_root(
    name: str,
    f: str,
    numbers: tuple[float, ...],
    ends: tuple[float, float],
    dtype: type,
    isas: Isas,
) -> None:
    """Within an ulp; the same in place, beside others, and of arrays.

    In float64 not at the numbers next to the root, where double-double leaves too few bits.
    """
    p = [dtype(number) for number in numbers]
    rng = np.random.default_rng(7)
    with mp.workprec(BITS):
        fixed = [mpf(float(number)) for number in p]

        def true(x: Any) -> Any:
            return formula_of(name, f)(x, *fixed)

        root = mp.findroot(true, ends, solver="anderson", tol=1e-200, verify=False)
        distances = np.exp2(-rng.uniform(0, 24 if dtype == np.float32 else 49, 200))
        x = dtype(root) * (1 + distances * rng.choice([-1, 1], 200)).astype(dtype)
        if dtype == np.float32:
            x[0] = root
        x = np.concatenate([x, rng.normal(0, 3, 1100).astype(dtype)])
        rng.shuffle(x)
        values = [true(mpf(float(each))) for each in x]
    truth = exact.Exact(values)
    g = np.exp2(rng.uniform(-20, 20, x.size)).astype(dtype)
    for _ in isas():
        y = form(name, f)(x, *p)
        assert truth.ulp_error(y, dtype).max() <= 1
        alone = [form(name, f)(each, *p) for each in x[:100]]
        assert_same(np.array(alone), y[:100])
        columns = [np.full_like(x, number) for number in p]
        assert_same(form(name, f)(x, *columns), y)
        columns[0][::3] = 1
        assert_same(np.delete(form(name, f)(x, *columns), np.s_[::3]), np.delete(y, np.s_[::3]))
        inside = x.copy()
        form(name, f)(inside, *p, out=inside)
        assert_same(inside, y)
        if f == "grad":
            assert_same(form(name, "value_and_grad")(x, *p)[1], y)
            back = outputs(form(name, "backward")(g, x, *p))[0]
            with mp.workprec(BITS):
                products = [mpf(float(a)) * b for a, b in zip(g, values, strict=True)]
            assert exact.Exact(products).ulp_error(back, dtype).max() <= 1


def test_values_of_the_reports() -> None:
    single = np.float32
    with np.errstate(over="ignore"):
        assert fa.celu_grad(single([-88.4]), -1)[0] == pytest.approx(2.464e38, rel=1e-3)
        assert fa.celu_grad(single([-3.4e38]), -1)[0] == np.inf
        tiny = -8.673617379884035e-19
        assert fa.celu(-8.933825901280557e-17, tiny) == pytest.approx(-4.683e26, rel=1e-3)
        assert fa.celu(single([-26.58]), single(-0.3))[0] == pytest.approx(-9.028e37, rel=1e-3)
        assert fa.celu_grad_alpha(single([-84]), -1)[0] == pytest.approx(-83 * np.exp(84.0))
        assert fa.celu_grad_alpha(single([-86]), -1)[0] == -np.inf
    assert fa.celu_grad_alpha(single([-1]), single(8.67e-19))[0] == -1
    with pytest.warns(RuntimeWarning, match="overflow"):
        fa.celu_grad(single([-100]), -1)
    assert fa.soft_shrink(2.0, -1) == 3
    assert fa.soft_shrink(0.0, -1) == 0
    assert fa.softplus(-1.0, np.inf) == 0
    assert fa.hard_tanh(0.5, 2, 1) == np.clip(0.5, 2, 1) == 1


# ---- an infinite or NaN g ----


@pytest.mark.parametrize("g", [np.inf, -np.inf, np.nan])
def test_gradients_that_have_gone_wrong_are_not_hidden(g: float) -> None:
    """The product of IEEE arithmetic, also with a derivative of 0."""
    for name in ("relu", "relu6", "hard_tanh", "hard_shrink", "binary_step"):
        for dtype in (np.float16, np.float32, np.float64):
            x = np.array([0.25 if name == "hard_shrink" else -5, 0], dtype)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                assert np.isnan(form(name, "backward")(np.full(2, g, dtype), x)[0]), name
    assert np.isnan(fa.relu_backward_from_output(g, 0.0))
    assert "infinite or NaN g" in fa.relu_backward.__doc__


def test_from_output_says_for_which_parameters() -> None:
    for ufunc in (fa.leaky_relu_backward_from_output, fa.elu_backward_from_output):
        first_lines = ufunc.__doc__.split("Parameters")[0]
        assert ">= 0" in first_lines
        assert "PyTorch raises" in first_lines
