"""Images of uint8, normalised per channel and activated.

Decoders leave them with the channels last. They become float32 arrays with the channels first, a
transpose that no copy is made for.
"""

from time import perf_counter

import numpy as np

import fastact as fa

IMAGES, SIZE = 64, 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, np.newaxis, np.newaxis]
DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)[:, np.newaxis, np.newaxis]

# (x / 255 - mean) / deviation = scale x + shift
SCALE = 1 / (255 * DEVIATION)
SHIFT = -MEAN / DEVIATION


def plainly(images: np.ndarray) -> np.ndarray:
    """Return it in NumPy, step by step as one types it."""
    x = images.transpose(0, 3, 1, 2) / np.float32(255)
    x = (x - MEAN) / DEVIATION
    return x * np.clip(x / 6 + np.float32(0.5), 0, 1)


def channels_first(images: np.ndarray) -> np.ndarray:
    """Return an array for the result, contiguous in the order that a network wants."""
    n, height, width, channels = images.shape
    return np.empty((n, channels, height, width), np.float32)


def in_three_passes(images: np.ndarray) -> np.ndarray:
    """Return it by three passes over one array, the last of which is fastact's."""
    x = np.multiply(images.transpose(0, 3, 1, 2), SCALE, out=channels_first(images))
    x += SHIFT
    return fa.hard_swish(x, out=x)


def in_one_pass(images: np.ndarray) -> np.ndarray:
    """Return it by one pass: bytes are read, float32 numbers written, and nothing in between."""
    x, out = images.transpose(0, 3, 1, 2), channels_first(images)
    return fa.affine(fa.hard_swish, x, SCALE, SHIFT, out=out)


def figures() -> dict[str, float]:
    """Return how far the two are apart, and the milliseconds of each."""
    images = np.random.default_rng(0).integers(0, 256, (IMAGES, SIZE, SIZE, 3), np.uint8)

    def milliseconds(call) -> float:
        start = perf_counter()
        call(images)
        return 1e3 * (perf_counter() - start)

    want, got = plainly(images), in_one_pass(images)
    return {
        "largest difference": np.abs(want - got).max(),
        "NumPy as one types it, ms": min(milliseconds(plainly) for _ in range(3)),
        "in place, hard_swish by fastact, ms": min(milliseconds(in_three_passes) for _ in range(3)),
        "fa.affine, ms": min(milliseconds(in_one_pass) for _ in range(3)),
    }


if __name__ == "__main__":
    for name, value in figures().items():
        print(f"{name:36} {value:.3g}")
