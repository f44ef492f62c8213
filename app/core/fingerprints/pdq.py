"""PDQ, Meta's perceptual hash of a picture: 256 bits and how much there was to hash.

After "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm" (Meta, 2019) and
its reference code. In NumPy and OpenCV, because the usual package has no Linux wheels and would
need a compiler on every machine; the two agree but for rounding.
"""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

BITS = 256
MIN_SIDE = 5
_SIDE = 64
_BOX_PASSES = 2
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)

_frequency = np.arange(1, 17)[:, None]
_place = np.arange(_SIDE)[None, :]
_DCT = np.sqrt(2 / _SIDE) * np.cos(np.pi / (2 * _SIDE) * _frequency * (2 * _place + 1))


def pdq(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int]:
    """Give an RGB picture's hash as 32 bytes, and its quality, 0 to 100; below 50 tells little."""
    return pdq_of(luma(pixels))


def luma(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give the brightness of an RGB picture, which is all that is hashed of it."""
    return pixels.astype(np.float32) @ _LUMA


def pdq_of(brightness: NDArray[np.float32]) -> tuple[NDArray[np.uint8], int]:
    """Give hash and quality, as `pdq` does, of a picture's `luma`."""
    if min(brightness.shape) < MIN_SIDE:
        return np.zeros(BITS // 8, np.uint8), 0
    small = _shrink(brightness)
    waves = (_DCT @ small @ _DCT.T).ravel()
    middle = np.partition(waves, BITS // 2 - 1)[BITS // 2 - 1]
    return np.packbits((waves > middle)[::-1]), _quality(small)


def _shrink(brightness: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = brightness.shape
    if (height, width) != (_SIDE, _SIDE):
        inside = _inside(height, width)
        for _ in range(_BOX_PASSES):
            brightness = _box_sums(brightness) / inside
    rows = (2 * np.arange(_SIDE) + 1) * height // (2 * _SIDE)
    columns = (2 * np.arange(_SIDE) + 1) * width // (2 * _SIDE)
    return brightness[np.ix_(rows, columns)]


@lru_cache(maxsize=4)
def _inside(height: int, width: int) -> NDArray[np.float32]:
    """Give how many pixels each box holds; all frames of a video have one size."""
    return _box_sums(np.ones((height, width), np.float32))


def _window(length: int) -> int:
    return (length + 2 * _SIDE - 1) // (2 * _SIDE)


def _box_sums(brightness: NDArray[np.float32]) -> NDArray[np.float32]:
    window = (_window(brightness.shape[1]), _window(brightness.shape[0]))
    # Of an even window the reference code looks one further to the right than to the left.
    anchor = tuple(size - size // 2 - 1 for size in window)
    summed = cv2.boxFilter(
        brightness,
        cv2.CV_32F,
        window,
        anchor=anchor,
        normalize=False,
        borderType=cv2.BORDER_CONSTANT,
    )
    return np.asarray(summed, np.float32)


def _quality(small: NDArray[np.float32]) -> int:
    steps = [np.diff(small, axis=axis) * 100 / 255 for axis in (0, 1)]
    gradients = sum(int(np.abs(np.trunc(step)).sum()) for step in steps)
    return min(100, gradients // 90)
