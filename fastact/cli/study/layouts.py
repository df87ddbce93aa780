"""Arrays in the layouts that a study can be asked for, each a view of a larger block."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def _grid(count: int) -> tuple[int, int]:
    """Return rows and columns of about as many elements, exactly as many where they divide."""
    rows = math.gcd(count, 1 << (math.isqrt(count).bit_length() - 1))
    return rows, count // rows


def _columns(fill: Callable[[int], Array], count: int) -> Array:
    rows, columns = _grid(count)
    wide = fill(rows * (columns + 24)).reshape(rows, columns + 24)
    return wide[:, 12 : 12 + columns]


def _rows(fill: Callable[[int], Array], count: int) -> Array:
    length = math.gcd(count, 32)
    return fill(2 * count).reshape(-1, 2 * length)[:, :length]


# Name -> a view of what `fill` makes, of so many elements: every second one, an array read across,
# a slice of the columns, and short rows with gaps between.
LAYOUTS: Mapping[str, Callable[[Callable[[int], Array], int], Array]] = {
    "contiguous": lambda fill, count: fill(count),
    "strided": lambda fill, count: fill(2 * count)[::2],
    "transposed": lambda fill, count: fill(count).reshape(_grid(count)).T,
    "columns": _columns,
    "rows": _rows,
}


class Data:
    """Normally distributed arrays, kept while the next setting has the same."""

    def __init__(self, seed: int) -> None:
        """Start from a seed of random numbers."""
        self._seed = seed
        self._key: tuple[str, int, str] | None = None
        self._arrays: tuple[Array, ...] = ()

    def get(self, dtype: str, count: int, layout: str) -> tuple[Array, Array, Array]:
        """Return x of standard deviation 2, g of 1, and an array to copy to, without gaps."""
        if self._key != (dtype, count, layout):
            self._arrays = ()  # let go of the old ones first
            rng = np.random.default_rng(self._seed)

            def normal(size: int) -> Array:
                # A long array repeats a block: drawing it all would outlast the measurement.
                block = rng.standard_normal(min(size, 1 << 20)).astype(dtype)
                return np.resize(block, size)

            x, g = (LAYOUTS[layout](normal, count) for _ in range(2))
            x *= 2
            self._arrays = (x, g, np.zeros_like(x))
            self._key = (dtype, count, layout)
        x, g, target = self._arrays
        return x, g, target
