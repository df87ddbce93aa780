"""JAX: jitted functions, on as many threads as its client can be given."""

import os
import sys
from types import SimpleNamespace
from typing import Any

import fastact
from fastact.cli.machine import usable_cpus
from fastact.cli.study.peers.base import ROOT_2, Call, Operation, Peer, Table, expressions

_FUNCTIONS = (
    *("celu", "elu", "hard_sigmoid", "hard_swish", "hard_tanh", "leaky_relu", "log_sigmoid"),
    *("mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_sign", "softplus"),
    *("sparse_plus", "squareplus"),
)


class Jax(Peer):
    """JAX: jitted functions of `jax.nn` and their vector-Jacobian products, on the CPU.

    JAX has no setting for threads: its client starts one for every CPU that it may use. So where
    another number is asked for, the client is started anew on so many CPUs.
    """

    name = "jax"
    views = False

    def __init__(self) -> None:
        """Import the library."""
        super().__init__()
        import jax.numpy as jnp
        from jax.extend import backend

        jax = self.library
        jax.config.update("jax_enable_x64", True)  # float32 stays what it is
        self._forget_client = getattr(backend, "clear_backends", None)
        self._started_with: int | None = None
        nn = jax.nn
        self._value: Table = {
            **expressions(SimpleNamespace(**vars(jax.lax) | vars(jnp) | vars(nn))),
            **{fastact.get(f"jax.nn.{name}").__name__: getattr(nn, name) for name in _FUNCTIONS},
            "identity": jnp.copy,
            "binary_step": lambda x: (x >= 0).astype(x.dtype),
            "tanh": jnp.tanh,
            "prelu": lambda x, a: jnp.where(x > 0, x, a * x),
            "gelu": lambda x: nn.gelu(x, approximate=False),
            "gelu_tanh": lambda x: nn.gelu(x, approximate=True),
            "hard_shrink": lambda x: jnp.where(jnp.abs(x) > 0.5, x, 0),
            "soft_shrink": lambda x: jnp.sign(x) * jnp.maximum(jnp.abs(x) - 0.5, 0),
            "threshold": lambda x: jnp.where(x > 1, x, 0),
            "shrink": lambda x: jnp.where(jnp.abs(x) > 0.5, x, 0),
            "smelu": nn.sparse_plus,
            "erf": jax.lax.erf,
            "ndtr": jax.scipy.special.ndtr,
            "laplace": lambda x: 0.5 * (1 + jax.lax.erf((x - 0.707107) / (0.282095 * ROOT_2))),
            "log_ndtr": jax.scipy.special.log_ndtr,
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
            self.library.devices("cpu")
        elif sys.platform == "linux" and self._forget_client is not None:
            usable = os.sched_getaffinity(0)
            os.sched_setaffinity(0, sorted(usable)[:threads])
            try:
                self._forget_client()
                self.library.devices("cpu")
            finally:
                os.sched_setaffinity(0, usable)
        self._started_with = threads

    def prepare(self, operation: Operation, threads: int) -> Call | None:
        """Return the jitted function on arrays that JAX holds, waited for."""
        jax = self.library
        value = self._value.get(operation.activation.name)
        if value is None:
            return None
        self._start(self.threads(threads))

        def backward(g: Any, *operands: Any) -> Any:
            return jax.vjp(value, *operands)[1](g)

        functions = {
            "value": jax.jit(value),
            "grad": jax.jit(lambda x, *rest: backward(jax.numpy.ones_like(x), x, *rest)[0]),
            "backward": jax.jit(backward),
        }
        function = functions[operation.form]
        cpu = jax.devices("cpu")[0]
        given = (*operation.operands, *operation.learnable.values())
        operands = [jax.device_put(operand, cpu) for operand in given]
        return lambda: jax.block_until_ready(function(*operands))
