"""Piecewise polynomials on [0, last] in float32, one piece per table entry.

The index of a piece is the leading bits of scale t + offset, so pieces grow with t: `steps` to an
octave, as many octaves as the table has room for. On each, f is a polynomial in s = t - c.

`c_accurate_table_poly` prints the tables of math/table_poly.h, `c_piecewise` those of
math/piecewise.h, with a low word for the linear coefficient. Each centre c is a float such that
f(c) lies within 2^-36 of a float and needs no low word: accurate tables, S. Gal, "Computing
elementary functions: a new approach for achieving high accuracy and good performance", 1986.
"""

from collections.abc import Callable, Sequence

import numpy as np
from fit import c_number, rounded, rounded_fit, stepwise_fit
from mpmath import mp, mpf


def _accurate_centre(function: Callable, middle: float, width: float) -> tuple[mpf, mpf]:
    """A float near the middle of a piece at which the function is almost a float.

    A flat function hardly changes from one float to the next; then a wider range is searched.
    """
    middle, far = np.float32(middle), float(width) / 8
    for reach in min(3000 * float(np.spacing(middle)), far), far:
        tried = np.unique(np.linspace(middle - reach, middle + reach, 6001).astype(np.float32))
        miss, centre = min(
            (abs(function(c) / rounded(function(c), 32) - 1), c) for c in map(mpf, tried.tolist())
        )
        if miss < mpf(2) ** -36:
            break
    return centre, rounded(function(centre), 32)


def _centre_at_zero(function: Callable, at_zero) -> tuple[mpf, mpf]:
    """A float near 0 at which the function is at_zero rounded to a float."""
    value, step = rounded(at_zero, 32), mpf(2) ** -40
    derivative = (function(step) - at_zero) / step
    return rounded((value - at_zero) / derivative, 32), value


def c_table_poly(name: str, scale, offset, shift: int, rows: Sequence) -> list[str]:
    """The definition of a TablePoly of these rows: centres, values, coefficients by power."""
    centre, value, *poly = [
        "{" + ", ".join(c_number(number, 32) for number in row) + "}" for row in rows
    ]
    return [
        f"static const TablePoly {name} = {{",
        f"    .scale = {c_number(scale, 32)}, .offset = {c_number(offset, 32)},",
        f"    .shift = {shift}, .degree = {len(poly)},",
        f"    .centre = {centre},",
        f"    .value = {value},",
        "    .poly = {",
        *(f"        {row}," for row in poly),
        "    },",
        "};",
    ]


def c_accurate_table_poly(
    name: str, function: Callable, at_zero, entries: int, offset, steps: int, last, degree: int
) -> list[str]:
    """The definition of a TablePoly for [0, last], or for [last, 0] where that is negative."""
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
        low, high = sorted((edges[i] / scale, edges[i + 1] / scale))
        if i == 0:
            centre, value = _centre_at_zero(function, mpf(at_zero))
        else:
            centre, value = _accurate_centre(function, (low + high) / 2, high - low)

        def quotient(s, centre=centre, value=value):
            return (function(centre + s) - value) / s

        def weight(s, centre=centre):
            return abs(s / function(centre + s))

        fit = rounded_fit(quotient, low - centre, high - centre, degree - 1, 32, weight)
        rows[:, (i + first) % entries] = [centre, value, *fit]
    return c_table_poly(name, scale, mpf(offset), shift, rows)


ENTRIES = 16
MARGIN = 1 - mpf(2) ** -20  # keeps a rounded index inside


def c_piecewise(
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
    """The definition of a Piecewise for [0, last], or for [-left, last] with 4 steps to an octave.

    A root becomes the centre of its piece; other centres lie nearer to the end where the function
    is small, so that the polynomial is an equal part of it at both ends. offset, where the pieces
    start, lies in the first step of an octave whose pieces fill half of the table. Pieces of
    negative arguments take up the first two octaves of four. A table with a root has one more row:
    the low word of the value, or, in a shifted table, the distance from the centre at which f is
    the value.
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
        centre = root if at_root else (low + lean * high) / (1 + lean)
        if at_root or shifted:
            centre = rounded(centre, 32)
        else:
            centre, _ = _accurate_centre(function, centre, high - low)
        exact, derivative = function(centre), mp.diff(function, centre)
        value, linear = mpf(0) if at_root else rounded(exact, 32), rounded(derivative, 32)
        last_row = rounded((exact - value) / (derivative if shifted else 1), 32)
        middle = centre - last_row if shifted else centre
        if shifted:
            value = rounded(function(middle), 32)
        constant = exact if at_root and not shifted else value

        def rest(s, middle=middle, constant=constant, linear=linear):
            return (function(middle + s) - constant) / s - linear

        def weight(s, middle=middle):
            return abs(s / function(middle + s))

        fit = stepwise_fit(rest, low - middle, high - middle, degree - 1, 32, weight)
        rows[:, i] = [centre, value, linear, *fit, last_row]
    shift = 23 - (steps.bit_length() - 1)
    turn = int(np.float32(start).view(np.uint32) >> shift) % ENTRIES
    assert turn % (ENTRIES // 2) == 0
    names = ["scale", "offset", "scale_left", "offset_left", "first", "last", "middle"]
    values = [scale, origin, scale_left, mpf(offset), rounded(-left, 32), rounded(last, 32)]
    values.append(edges[ENTRIES // 2])
    members = [f".{n} = {c_number(v, 32)}" for n, v in zip(names, values, strict=True)]
    return [
        f"static const Piecewise {name} = {{",
        *(f"    {', '.join(members[i : i + 2])}," for i in (0, 2, 4)),
        f"    {members[6]},",
        f"    .shift = {shift}, .degree = {degree}, .upper_first = {'true' if turn else 'false'},",
        f"    .rooted = {'true' if root else 'false'},",
        "    .row = {",
        *(
            "        {" + ", ".join(c_number(value, 32) for value in row) + "},"
            for row in np.roll(rows, turn, axis=1)[: None if root else -1]
        ),
        "    },",
        "};",
    ]
