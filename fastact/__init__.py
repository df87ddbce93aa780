"""Neural-network activations and their derivatives as NumPy ufuncs.

Every activation comes as a value, ``fa.gelu(x)``, and in forms named after it: ``_grad``,
``_value_and_grad``, ``_backward`` and, where parameters are tunable, ``_grad_<parameter>``;
some also as ``_backward_from_output`` and ``_grad_grad``.
Gates of two arrays, ``fa.swiglu(a, b)``, have ``_backward``, and `gated` for one packed array.
`affine` is a function of scale x + shift in one pass; `get` finds a function by the name that
another library gives it.
``softmax`` and its relatives work along an axis, ``fa.softmax(x, axis=0)``.
"""

from fastact import _runtime, _ufuncs
from fastact._runtime import (
    available_isas,
    get_num_threads,
    isa,
    num_threads,
    set_num_threads,
    show_runtime,
    use_isa,
)

# The functions that are not ufuncs, and the files that they are imported from when asked for.
_FILES = {
    "affine": "_affine",
    "affine_backward": "_affine",
    "crelu": "_groups",
    "crelu_backward": "_groups",
    "gated": "_gated",
    "gated_backward": "_gated",
    "get": "_names",
    "gumbel_softmax": "_random",
    "hardmax": "_groups",
    "hardmax_backward": "_groups",
    "maxout": "_groups",
    "maxout_backward": "_groups",
    "rrelu": "_random",
    "stochastic_gelu": "_random",
    "sum_to": "_gradients",
}

__all__ = sorted([*_FILES, *_runtime.__all__, *_ufuncs.UFUNCS, *_ufuncs.AXIS_UFUNCS])


def __getattr__(name: str) -> object:
    """Return a function that has not been asked for before, or the version."""
    found: object
    if name in _FILES:
        from importlib import import_module

        found = getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
    elif name in _ufuncs.UFUNCS:
        found = _ufuncs.UFUNCS[name]
    elif name in _ufuncs.AXIS_UFUNCS:
        found = _ufuncs.AXIS_UFUNCS[name]
    elif name == "__version__":
        found = _runtime._version()
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
