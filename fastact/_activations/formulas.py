"""Formulas that several families share, over a namespace `m` as `Form` describes it."""

from __future__ import annotations

from typing import Any

# Where silu' vanishes, at -t, and silu'', at t and -t.
SILU_GRAD_ROOT = "1.2784645427610737951093587390229801554394774886197"
SILU_GRAD_GRAD_ROOT = "2.3993572805154676678327396972822838885229175768372"

# Beyond it e**-|x| is 0 in every dtype, and so is any product with it; unlike inf it can be a
# factor.
FAR = 100_000


def clip(m: Any, x: Any, low: Any, high: Any) -> Any:
    """Return x, or the bound that it is beyond; high where low is above it."""
    above = m.where(x > low, x, low)
    return m.where(above < high, above, high)


def between(m: Any, x: Any, low: Any, high: Any, inside: Any) -> Any:
    """Return what is given where low < x < high, and 0 elsewhere."""
    return m.where((low < x) & (x < high), inside, 0)


def negative_part(m: Any, x: Any) -> Any:
    """Return min(x, 0), -0.0 for -0.0."""
    return m.where(x > 0, 0, x)


def sigmoid_grad(m: Any, z: Any) -> Any:
    """Return s'(z), the density of the logistic distribution."""
    decay = m.exp(-m.abs(z))
    return decay / ((1 + decay) * (1 + decay))


def sigmoid_grad_grad(m: Any, z: Any) -> Any:
    """Return s''(z)."""
    decay = m.exp(-m.abs(z))
    right = decay * m.expm1(-m.abs(z)) / ((1 + decay) * (1 + decay) * (1 + decay))
    return m.where(z > 0, right, -right)


def gated(m: Any, x: Any, z: Any) -> Any:
    """Return x s(z), 0 where the gate is shut even if x is infinite."""
    return m.where(z < -FAR, 0 * m.maximum(m.minimum(x, 1), -1), x * m.expit(z))


def silu_grad(m: Any, z: Any, d: Any) -> Any:
    """Return silu'(z), where d = -z - SILU_GRAD_ROOT.

    For z < 0 it is w (1 + w + z) / (1 + w)^2, w = e^z, and at the root t of the bracket
    e^-t = t - 1.
    """
    z = m.maximum(m.minimum(z, FAR), -FAR)
    d = m.maximum(m.minimum(d, FAR), -FAR)
    w = m.exp(-m.abs(z))
    root_decay = m.number(SILU_GRAD_ROOT) - 1
    negative = w * (root_decay * m.expm1(-m.maximum(d, -2)) - d)
    return m.where(z < 0, negative, 1 + w + z * w) / ((1 + w) * (1 + w))


def silu_grad_grad(m: Any, z: Any, d: Any) -> Any:
    """Return silu''(z), where d = abs(z) - SILU_GRAD_GRAD_ROOT.

    It is w (2 (1 + w) - t (1 - w)) / (1 + w)^3, t = |z|, w = e^-t, and at the root t of the
    bracket w = (t - 2)/(t + 2).
    """
    d = m.minimum(d, FAR)
    w = m.exp(-m.abs(z))
    gap = m.number(SILU_GRAD_GRAD_ROOT) - 2
    bracket = gap * m.expm1(-d) + d * m.expm1(-m.minimum(m.abs(z), FAR))
    return w * bracket / ((1 + w) * (1 + w) * (1 + w))
