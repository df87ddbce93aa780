"""A function on pieces of [0, last], one table entry a piece, in float32.

The piece of t is read off the leading bits of scale t + offset, so pieces grow with t: `steps`
to an octave, as many octaves as the table has room for. In each, f(t) = f(c) + s P(s), s = t - c,
where the centre c is chosen among floats so that f(c) lies within 2^-40 of a float: then f(c)
needs no low part (Gal's accurate tables, 1986).
"""

from collections.abc import Callable

import numpy as np
from fit import c_array, c_constant, rounded, rounded_fit
from mpmath import mpf


def _accurate_centre(function: Callable, low: float, high: float) -> tuple[mpf, mpf]:
    """A float near the middle of the piece at which the function is almost a float."""
    middle, width = (low + high) / 2, high - low
    spread = np.float32(middle) + np.arange(-3000, 3000) * np.spacing(np.float32(middle))
    best = min(
        (mpf(float(c)) for c in spread if abs(c - middle) < width / 8),
        key=lambda c: abs(function(c) / rounded(function(c), 32) - 1),
    )
    return best, rounded(function(best), 32)


def c_pieces(
    prefix: str, function: Callable, at_zero, entries: int, offset, steps: int, last, degree: int
) -> list[str]:
    """The definitions of <prefix>_SCALE, _OFFSET, _BITS, _DEGREE, _CENTRE, _VALUE and _P."""
    octaves = entries // steps
    edges = [
        offset * (2.0**octave * (1 + step / steps) - 1)
        for octave in range(octaves)
        for step in range(steps)
    ] + [offset * (2.0**octaves - 1)]
    scale = rounded(edges[-1] / last, 32)
    shift = 23 - (steps.bit_length() - 1)
    first = int(np.float32(offset).view(np.uint32) >> shift) % entries
    rows = np.zeros((degree + 2, entries), dtype=object)
    for i in range(entries):
        low, high = edges[i] / scale, edges[i + 1] / scale
        if i == 0:
            centre, value = mpf(0), mpf(at_zero)
        else:
            centre, value = _accurate_centre(function, float(low), float(high))

        def slope(s, centre=centre, value=value):
            return (function(centre + s) - value) / s

        def weight(s, centre=centre):
            return abs(s / function(centre + s))

        fit = rounded_fit(slope, low - centre, high - centre, degree - 1, 32, weight)
        rows[:, (i + first) % entries] = [centre, value, *fit]
    names = [f"{prefix}_P{k}" for k in range(degree)]
    return [
        c_constant(f"{prefix}_SCALE", scale, 32),
        c_constant(f"{prefix}_OFFSET", offset, 32),
        f"#define {prefix}_BITS {shift}",
        f"#define {prefix}_DEGREE {degree}",
        *(
            c_array(n, row, 32)
            for n, row in zip([f"{prefix}_CENTRE", f"{prefix}_VALUE", *names], rows, strict=True)
        ),
        f"static const T *const {prefix}_P[] = {{{', '.join(names)}}};",
    ]
