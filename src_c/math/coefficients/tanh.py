"""The tables of math/tanh.h: python tanh.py > ../tables/tanh.h

R(x) = tanh(x) / x in V_TABLE pieces of [0, 9.1]. The piece of t is read off the leading
bits of TANH_SCALE t + TANH_OFFSET, so pieces grow with t. In each, R(t) = R0 + s P(s),
s = t - centre, where the centre is chosen among floats so that R(centre) lies within
2^-40 of a float: then R0 has no low part (Gal's accurate tables, 1986).
"""

import numpy as np
from mpmath import mp, mpf

from fit import c_array, c_constant, c_table, rounded, rounded_fit

LIMIT = 9.1
# entries: (offset, steps per octave, octaves, degree of s P(s))
SHAPES = {16: (1, 4, 4, 6), 8: (2, 4, 2, 8)}


def ratio(x):
    """tanh(x) / x."""
    return mpf(1) - x * x / 3 if abs(x) < mpf(10) ** -20 else mp.tanh(x) / x


def accurate_centre(low: float, high: float) -> tuple[mpf, mpf]:
    """A float near the middle of the piece at which the ratio is almost a float."""
    middle, width = (low + high) / 2, high - low
    spread = np.float32(middle) + np.arange(-40000, 40000) * np.spacing(np.float32(middle))
    candidates = spread[np.abs(spread - middle) < width / 8].astype(np.float64)
    values = np.tanh(candidates) / candidates
    misses = np.abs(values - values.astype(np.float32)) / values
    # float64 finds the few best, mpmath the best of them.
    best = min(
        (mpf(float(candidates[i])) for i in np.argsort(misses)[:50]),
        key=lambda c: abs(ratio(c) - rounded(ratio(c), 32)),
    )
    return best, rounded(ratio(best), 32)


def part(entries: int) -> tuple[int, int, list[str]]:
    """One branch of the header; the tables are rotated to where the leading bits point."""
    offset, steps, octaves, degree = SHAPES[entries]
    edges = [
        offset * (2.0**octave * (1 + step / steps) - 1)
        for octave in range(octaves)
        for step in range(steps)
    ] + [offset * (2.0**octaves - 1)]
    scale = rounded(edges[-1] / (LIMIT + 0.1), 32)
    first = int(np.float32(offset).view(np.uint32) >> 21) % entries
    rows = np.zeros((degree + 2, entries), dtype=object)
    for i in range(entries):
        low, high = edges[i] / scale, edges[i + 1] / scale
        centre, value = (mpf(0), mpf(1)) if i == 0 else accurate_centre(float(low), float(high))

        def slope(s, centre=centre, value=value):
            return (ratio(centre + s) - value) / s if s else mp.diff(ratio, centre)

        def weight(s, centre=centre):
            return abs(s) / ratio(centre + s)

        fit = rounded_fit(slope, low - centre, high - centre, degree - 1, 32, weight)
        rows[:, (i + first) % entries] = [centre, value, *fit]
    return 32, entries, [
        c_constant("TANH_SCALE", scale, 32),
        c_constant("TANH_OFFSET", offset, 32),
        f"#define TANH_DEGREE {degree}",
        *(
            c_array(name, row, 32)
            for name, row in zip(
                ["TANH_CENTRE", "TANH_RATIO", *(f"TANH_P{k}" for k in range(degree))], rows
            )
        ),
        "static const T *const TANH_P[] = {"
        + ", ".join(f"TANH_P{k}" for k in range(degree))
        + "};",
    ]


if __name__ == "__main__":
    mp.prec = 120
    print(c_table("Tables of tanh in float32, see math/tanh.h.", "tanh.py", [part(n) for n in SHAPES]), end="")
