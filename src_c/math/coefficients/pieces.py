"""A function on pieces of [0, last], one table entry a piece, in float32.

The piece of t is read off the leading bits of scale t + offset, so pieces grow with t: `steps`
to an octave, as many octaves as the table has room for. In each, f is a polynomial in s = t - c.

Two kinds: `c_pieces` prints what math/pieces.h takes, with low words where a float does not do;
`c_accurate_pieces` chooses each centre c among floats so that f(c) lies within 2^-40 of a float,
and needs none (Gal's accurate tables, 1986).
"""

from collections.abc import Callable

import numpy as np
from fit import c_array, c_constant, c_number, rounded, rounded_fit, stepwise_fit
from mpmath import mp, mpf


def _accurate_centre(function: Callable, low: float, high: float) -> tuple[mpf, mpf]:
    """A float near the middle of the piece at which the function is almost a float."""
    middle, width = (low + high) / 2, high - low
    spread = np.float32(middle) + np.arange(-3000, 3000) * np.spacing(np.float32(middle))
    best = min(
        (mpf(float(c)) for c in spread if abs(c - middle) < width / 8),
        key=lambda c: abs(function(c) / rounded(function(c), 32) - 1),
    )
    return best, rounded(function(best), 32)


def c_accurate_pieces(
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


ENTRIES = 16
MARGIN = 1 - mpf(2) ** -20  # keeps a rounded index inside


def c_pieces(
    name: str,
    function: Callable,
    last,
    degree: int,
    *,
    left=0,
    offset=1,
    steps: int = 16,
    root=None,
    shifted: bool = False,
) -> list[str]:
    """The definition of a Pieces for [0, last], or for [-left, last] with 4 steps to an octave.

    A root becomes the centre of its piece; other centres lie nearer to the end where the function
    is small, so that the curve is an equal part of it at both. offset, where the pieces start,
    lies in the first step of an octave, one whose pieces fill a half of the table. Those of
    negative arguments take up the first two octaves of four. In a shifted table the middle of a
    piece lies beside its centre, where the value has one word; else the value has two.
    """
    start = mpf(2) ** mp.floor(mp.log(offset, 2))
    turns = [start * 2**octave for octave in range(ENTRIES // steps + 1)]
    edges = [turn * (1 + mpf(step) / steps) for turn in turns[:-1] for step in range(steps)]
    edges = [mpf(offset), *edges[1:], turns[-1]]
    origin = edges[ENTRIES // 2] if left else mpf(offset)
    scale = rounded((edges[-1] - origin) / last * MARGIN, 32)
    scale_left = rounded((origin - offset) / left * MARGIN, 32) if left else mpf(0)

    def argument(edge, negative):
        return -(edge - offset) / scale_left if negative else (edge - origin) / scale

    rows = np.zeros((degree + 4, ENTRIES), dtype=object)
    for i in range(ENTRIES):
        negative = bool(left) and i < ENTRIES // 2
        low, high = sorted(argument(edge, negative) for edge in edges[i : i + 2])
        at_root = root is not None and low <= root < high
        lean = mp.sqrt(abs(function(low) / function(high)))
        centre = rounded(root if at_root else (low + lean * high) / (1 + lean), 32)
        exact, slope = function(centre), mp.diff(function, centre)
        value, linear = mpf(0) if at_root else rounded(exact, 32), rounded(slope, 32)
        second = rounded((exact - value) / (slope if shifted else 1), 32)
        middle = centre - second if shifted else centre
        if shifted:
            value = rounded(function(middle), 32)
        constant = value if shifted else exact

        def rest(s, middle=middle, constant=constant, linear=linear):
            return (function(middle + s) - constant) / s - linear

        def weight(s, middle=middle):
            return abs(s / function(middle + s))

        fit = stepwise_fit(rest, low - middle, high - middle, degree - 1, 32, weight)
        rows[:, i] = [centre, second, value, linear, *fit]
    shift = 23 - (steps.bit_length() - 1)
    turn = int(np.float32(start).view(np.uint32) >> shift) % ENTRIES
    assert turn % (ENTRIES // 2) == 0
    names = ["scale", "offset", "scale_left", "offset_left", "first", "last", "middle"]
    values = [scale, origin, scale_left, mpf(offset), rounded(-left, 32), rounded(last, 32)]
    values.append(edges[ENTRIES // 2])
    members = [f".{n} = {c_number(v, 32)}" for n, v in zip(names, values, strict=True)]
    return [
        f"static const Pieces {name} = {{",
        *(f"    {', '.join(members[i : i + 2])}," for i in (0, 2, 4)),
        f"    {members[6]},",
        f"    .shift = {shift}, .degree = {degree}, .upper_first = {'true' if turn else 'false'},",
        "    .row = {",
        *(
            "        {" + ", ".join(c_number(value, 32) for value in row) + "},"
            for row in np.roll(rows, turn, axis=1)
        ),
        "    },",
        "};",
    ]
