"""Minimax polynomials whose coefficients are machine numbers.

What every coefficient script shares: Remez' exchange in mpmath, rounding to float32 or
float64, and the C text of a table. Needs mpmath and numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from mpmath import lu_solve, matrix, mp, mpf

mp.prec = 200

FLOAT = {32: np.float32, 64: np.float64}
BITS = {32: np.uint32, 64: np.uint64}


def rounded(value, precision: int) -> mpf:
    """The machine number nearest to value, as an exact mpf."""
    return mpf(float(FLOAT[precision](mp.nstr(value, 40))))


def bits(value, precision: int) -> int:
    """The bit pattern of a machine number."""
    return int(FLOAT[precision](float(value)).view(BITS[precision]))


def remez(
    function: Callable,
    low,
    high,
    degree: int,
    weight: Callable = lambda x: mpf(1),
    points: int = 400,
    rounds: int = 12,
) -> list[mpf]:
    """Coefficients of the polynomial that minimises the maximum of error times weight."""
    middle, half = (mpf(low) + high) / 2, (mpf(high) - low) / 2
    grid = [middle - half * mp.cos(mp.pi * (i + mpf(1) / 2) / points) for i in range(points)]
    values = [function(x) for x in grid]
    weights = [weight(x) for x in grid]
    count = degree + 2
    chosen = [round((points - 1) * (1 - np.cos(np.pi * i / (count - 1))) / 2) for i in range(count)]
    for _ in range(rounds):
        system, right = matrix(count, count), matrix(count, 1)
        for row, at in enumerate(chosen):
            x = (grid[at] - middle) / half
            for column in range(degree + 1):
                system[row, column] = x**column
            system[row, degree + 1] = (-1) ** row / max(weights[at], mpf(10) ** -30)
            right[row] = values[at]
        solution = lu_solve(system, right)
        scaled = [solution[i] for i in range(degree + 1)]
        errors = [
            (value - mp.polyval(scaled[::-1], (x - middle) / half)) * w
            for x, value, w in zip(grid, values, weights, strict=True)
        ]
        peaks = _alternating_peaks(errors, count)
        if peaks is None or peaks == chosen:
            break
        chosen = peaks
    return _recentred(scaled, middle, half)


def rational_remez(
    function: Callable,
    low,
    high,
    above: int,
    below: int,
    points: int = 400,
    rounds: int = 12,
) -> tuple[list[mpf], list[mpf]]:
    """Numerator and denominator, its last coefficient 1, of least maximum relative error."""
    middle, half = (mpf(low) + high) / 2, (mpf(high) - low) / 2
    grid = [middle - half * mp.cos(mp.pi * (i + mpf(1) / 2) / points) for i in range(points)]
    values = [function(x) for x in grid]
    count = above + below + 2
    chosen = [round((points - 1) * (1 - np.cos(np.pi * i / (count - 1))) / 2) for i in range(count)]
    denominator = [mpf(1)] * (below + 1)
    for _ in range(rounds):
        # P - f Q = +-E f Q: linear in E by the last Q on the right.
        for _ in range(8):
            system, right = matrix(count, count), matrix(count, 1)
            for row, at in enumerate(chosen):
                x, value = grid[at], values[at]
                for column in range(above + 1):
                    system[row, column] = x**column / value
                for column in range(below):
                    system[row, above + 1 + column] = -(x**column)
                last = mp.polyval(denominator[::-1], x)
                system[row, count - 1] = -((-1) ** row) * last
                right[row] = x**below
            solution = lu_solve(system, right)
            numerator = [solution[i] for i in range(above + 1)]
            denominator = [*(solution[above + 1 + i] for i in range(below)), mpf(1)]
        errors = [
            mp.polyval(numerator[::-1], x) / mp.polyval(denominator[::-1], x) / value - 1
            for x, value in zip(grid, values, strict=True)
        ]
        peaks = _alternating_peaks(errors, count)
        if peaks is None or peaks == chosen:
            break
        chosen = peaks
    return numerator, denominator


def _alternating_peaks(errors: Sequence, count: int) -> list[int] | None:
    """Where the error is largest between its changes of sign; None if there are too few."""
    peaks: list[int] = []
    for i, error in enumerate(errors):
        if peaks and (error > 0) == (errors[peaks[-1]] > 0):
            if abs(error) > abs(errors[peaks[-1]]):
                peaks[-1] = i
        else:
            peaks.append(i)
    while len(peaks) > count:
        least = min(range(len(peaks)), key=lambda i: abs(errors[peaks[i]]))
        if least in (0, len(peaks) - 1):
            del peaks[least]
        else:  # its neighbours have the same sign: the smaller goes with it
            before, after = peaks[least - 1], peaks[least + 1]
            smaller = least - 1 if abs(errors[before]) < abs(errors[after]) else least + 1
            for i in sorted((least, smaller), reverse=True):
                del peaks[i]
    return peaks if len(peaks) == count else None


def _recentred(scaled: Sequence, middle, half) -> list[mpf]:
    """Coefficients in x of a polynomial given in (x - middle) / half."""
    result = [mpf(0)] * len(scaled)
    for power, coefficient in enumerate(scaled):
        for k in range(power + 1):
            result[k] += (
                coefficient * mp.binomial(power, k) * (-middle) ** (power - k) / half**power
            )
    return result


def rounded_fit(function, low, high, degree, precision, weight=lambda x: mpf(1)) -> list[mpf]:
    """As remez, with coefficients rounded to machine numbers."""
    return [rounded(c, precision) for c in remez(function, low, high, degree, weight)]


def least_squares(
    function: Callable, low, high, degree: int, weight: Callable, points: int = 40
) -> list[mpf]:
    """Coefficients of the polynomial that minimises the squares of error times weight.

    On Chebyshev nodes this is nearly minimax, and unlike Remez' exchange it cannot fail.
    """
    middle, half = (mpf(low) + high) / 2, (mpf(high) - low) / 2
    system, right = matrix(degree + 1, degree + 1), matrix(degree + 1, 1)
    for i in range(points):
        at = -mp.cos(mp.pi * (i + mpf(1) / 2) / points)
        x = middle + half * at
        factor = weight(x) ** 2
        value = function(x)
        powers = [(x / half) ** k for k in range(degree + 1)]
        for row in range(degree + 1):
            right[row] += factor * value * powers[row]
            for column in range(degree + 1):
                system[row, column] += factor * powers[row] * powers[column]
    solution = lu_solve(system, right)
    return [solution[k] / half**k for k in range(degree + 1)]


def stepwise_fit(function, low, high, degree, precision, weight) -> list[mpf]:
    """Machine numbers; after each is rounded, the coefficients above it are fitted again.

    They compensate for its rounding, which gains two or three bits.
    """
    done: list[mpf] = []
    for power in range(degree + 1):

        def left(x, power=power):
            return (function(x) - mp.polyval(done[::-1], x)) / x**power if done else function(x)

        def scaled(x, power=power):
            return weight(x) * abs(x) ** power

        fit = least_squares(left, low, high, degree - power, scaled)
        done.append(rounded(fit[0], precision))
    return done


def c_number(value, precision: int) -> str:
    """A machine number as a hex float literal without trailing zeros."""
    mantissa, exponent = float(FLOAT[precision](float(value))).hex().split("p")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}p{exponent}{'f' if precision == 32 else ''}"


def c_array(name: str, values: Sequence, precision: int) -> str:
    """An aligned table of hex floats, with decimals as comments."""
    per_line = 3 if precision == 32 else 2
    lines = []
    for start in range(0, len(values), per_line):
        part = values[start : start + per_line]
        text = ", ".join(c_number(v, precision) for v in part)
        lines.append(f"    {text}, /* {', '.join(f'{float(v):.6g}' for v in part)} */")
    return f"static const T {name}[{len(values)}] ALIGNED = {{\n" + "\n".join(lines) + "\n};"


def c_bits(name: str, values: Sequence[int], precision: int) -> str:
    """An aligned table given by bit patterns."""
    digits = precision // 4
    macro = f"UINT{precision}_C"
    per_line = 3 if precision == 32 else 2
    lines = []
    for start in range(0, len(values), per_line):
        part = values[start : start + per_line]
        lines.append("    " + ", ".join(f"{macro}(0x{v:0{digits}x})" for v in part) + ",")
    return f"static const TBITS {name}[{len(values)}] ALIGNED = {{\n" + "\n".join(lines) + "\n};"


def c_constant(name: str, value, precision: int) -> str:
    """One named constant."""
    return f"#define {name} {c_number(value, precision)} /* {float(value):.9g} */"


def c_table(title: str, script: str, parts: Sequence[tuple[int, int, Sequence[str]]]) -> str:
    """A whole header: (precision, table entries or 0, definitions), one #if branch each."""
    text = [f"/* {title}", " *", f" * Printed by math/coefficients/{script}. */"]
    for i, (precision, entries, definitions) in enumerate(parts):
        keyword = "#if" if i == 0 else "#elif"
        table = f" && V_TABLE == {entries}" if entries else ""
        text.append(f"{keyword} PRECISION == {precision}{table}")
        text.extend(definitions)
    text.append("#endif")
    return "\n".join(text) + "\n"
