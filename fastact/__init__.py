"""Neural-network activations and their derivatives as NumPy ufuncs.

Every activation comes as a value, ``fa.gelu(x)``, and in forms named after it: ``_grad``,
``_value_and_grad``, ``_backward`` and, where it has a tunable parameter, ``_grad_<parameter>``;
some also as ``_backward_from_output`` and ``_grad_grad``.
Gates of two arrays, ``fa.swiglu(a, b)``, have ``_backward``, and `gated` for one packed array.
`affine` is a function of scale x + shift in one pass; `get` finds a function by the name that
another library gives it.
``softmax`` and its relatives work along an axis, ``fa.softmax(x, axis=0)``.
"""

from fastact import _affine, _gated, _gradients, _groups, _names, _random, _runtime, _ufuncs
from fastact._affine import affine, affine_backward
from fastact._gated import gated, gated_backward
from fastact._gradients import sum_to
from fastact._groups import (
    crelu,
    crelu_backward,
    hardmax,
    hardmax_backward,
    maxout,
    maxout_backward,
)
from fastact._names import get
from fastact._random import gumbel_softmax, rrelu, stochastic_gelu
from fastact._runtime import (
    available_isas,
    get_num_threads,
    isa,
    num_threads,
    set_num_threads,
    show_runtime,
    use_isa,
)

globals().update(_ufuncs.UFUNCS)
globals().update(_ufuncs.AXIS_UFUNCS)

__all__ = sorted(
    [
        *_affine.__all__,
        *_gated.__all__,
        *_gradients.__all__,
        *_groups.__all__,
        *_names.__all__,
        *_random.__all__,
        *_runtime.__all__,
        *_ufuncs.UFUNCS,
        *_ufuncs.AXIS_UFUNCS,
    ]
)


def __getattr__(name: str) -> str:
    """Return ``__version__``, read only now: what reads it takes longer to import than fastact."""
    if name == "__version__":
        return _runtime._version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
