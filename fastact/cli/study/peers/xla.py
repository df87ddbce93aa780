"""JAX: jitted functions, on as many threads as its client can be given."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from fastact.cli.machine import usable_cpus
from fastact.cli.study.peers.base import QUICK, ROOT_2, Call, Operation, Peer, arguments

__all__ = ["Jax"]


class Jax(Peer):
    """JAX: jitted functions of `jax.nn` and their vector-Jacobian products, on the CPU.

    JAX has no setting for threads: its client starts one for every CPU that it may use. So where
    another number is asked for, the client is started anew on so many CPUs.
    """

    name = "jax"
    views = False

    def __init__(self) -> None:
        """Import the library."""
        import jax
        import jax.numpy as jnp
        from jax.extend import backend

        config: Any = jax.config
        config.update("jax_enable_x64", True)  # float32 stays what it is
        self._jax = jax
        self._forget_client = getattr(backend, "clear_backends", None)
        self._started_with: int | None = None
        nn = jax.nn
        self._value: Mapping[str, Callable[[Any], Any]] = {
            "identity": jnp.copy,
            "binary_step": lambda x: (x >= 0).astype(x.dtype),
            "sigmoid": nn.sigmoid,
            "tanh": jnp.tanh,
            "relu": nn.relu,
            "leaky_relu": nn.leaky_relu,
            "prelu": lambda x: jnp.where(x > 0, x, 0.25 * x),
            "relu6": nn.relu6,
            "hard_tanh": nn.hard_tanh,
            "elu": nn.elu,
            "selu": nn.selu,
            "celu": nn.celu,
            "gelu": lambda x: nn.gelu(x, approximate=False),
            "gelu_tanh": lambda x: nn.gelu(x, approximate=True),
            "quick_gelu": lambda x: x * nn.sigmoid(QUICK * x),
            "silu": nn.silu,
            "swish": lambda x: x * nn.sigmoid(1.0 * x),
            "mish": nn.mish,
            "softplus": nn.softplus,
            "log_sigmoid": nn.log_sigmoid,
            "softsign": nn.soft_sign,
            "hard_sigmoid": nn.hard_sigmoid,
            "hard_swish": nn.hard_swish,
            "hard_shrink": lambda x: jnp.where(jnp.abs(x) > 0.5, x, 0),
            "soft_shrink": lambda x: jnp.sign(x) * jnp.maximum(jnp.abs(x) - 0.5, 0),
            "tanh_shrink": lambda x: x - jnp.tanh(x),
            "threshold": lambda x: jnp.where(x > 1, x, 0),
            "squared_relu": lambda x: jnp.square(nn.relu(x)),
            "shrink": lambda x: jnp.where(jnp.abs(x) > 0.5, x, 0),
            "sparse_plus": nn.sparse_plus,
            "sparse_sigmoid": nn.sparse_sigmoid,
            "smelu": nn.sparse_plus,
            "star_relu": lambda x: 0.8944 * jnp.square(nn.relu(x)) - 0.4472,
            "hard_mish": lambda x: 0.5 * x * jnp.clip(x + 2, 0, 2),
            "squareplus": nn.squareplus,
            "isru": lambda x: x * jax.lax.rsqrt(1 + x * x),
            "isrlu": lambda x: jnp.where(x > 0, x, x * jax.lax.rsqrt(1 + x * x)),
            "softcap": lambda x: 30 * jnp.tanh(x / 30),
            "dyt": lambda x: jnp.tanh(0.5 * x),
            "lisht": lambda x: x * jnp.tanh(x),
            "log_cosh": lambda x: jnp.logaddexp(x, -x) - math.log(2),
            "tanh_exp": lambda x: x * jnp.tanh(jnp.exp(x)),
            "acon_c": lambda x: x * nn.sigmoid(1.0 * x),
            "aptx": lambda x: (1 + jnp.tanh(x)) * 0.5 * x,
            "xielu": lambda x: jnp.where(
                x > 0,
                0.8 * x * x + 0.5 * x,
                0.8 * (jnp.expm1(jnp.minimum(x, -1e-6)) - x) + 0.5 * x,
            ),
            "erf": jax.lax.erf,
            "ndtr": jax.scipy.special.ndtr,
            "laplace": lambda x: 0.5 * (1 + jax.lax.erf((x - 0.707107) / (0.282095 * ROOT_2))),
            "log_ndtr": jax.scipy.special.log_ndtr,
            "gaussian": lambda x: jnp.exp(-0.5 * x * x),
            "clipped_gelu": lambda x: jnp.clip(nn.gelu(x, approximate=False), -10, 10),
        }

    def threads(self, asked: int) -> int:
        """Return the size of JAX's pool: one thread for each CPU that can be left to it."""
        adjustable = sys.platform == "linux" and self._forget_client is not None
        return min(asked, usable_cpus()) if adjustable else usable_cpus()

    def _start(self, threads: int) -> None:
        """See to it that the client has so many threads."""
        if threads == self._started_with:
            return
        if threads == usable_cpus() and self._started_with is None:
            self._jax.devices("cpu")
        elif sys.platform == "linux" and self._forget_client is not None:
            usable = os.sched_getaffinity(0)
            os.sched_setaffinity(0, sorted(usable)[:threads])
            try:
                self._forget_client()
                self._jax.devices("cpu")
            finally:
                os.sched_setaffinity(0, usable)
        self._started_with = threads

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the jitted function on arrays that JAX holds, waited for."""
        jax = self._jax
        value = self._value.get(operation.activation.name)
        if value is None:
            return None
        self._start(self.threads(threads))

        def backward(g: Any, x: Any) -> Any:
            return jax.vjp(value, x)[1](g)[0]

        functions = {
            "value": jax.jit(value),
            "grad": jax.jit(lambda x: backward(jax.numpy.ones_like(x), x)),
            "backward": jax.jit(backward),
        }
        function = functions[operation.form]
        cpu = jax.devices("cpu")[0]
        operands = [jax.device_put(a, cpu) for a in arguments(operation)]
        return lambda: function(*operands).block_until_ready()
