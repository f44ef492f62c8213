"""Compares the pictures that a file carries inside it with what it shows when it is played."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.core.fingerprints.pdq import BITS, pdq
from app.core.provenance.values import EmbeddedPicture, Picture

DIFFERS_ABOVE = 90
"""Bits of 256. The same picture, small and recompressed, stays below 40; others are near 128."""
_LEAST_QUALITY = 30
_BORDER = 24
"""A row or column that is nowhere brighter belongs to the black bars that cameras add."""


def compared(
    pictures: Sequence[Picture], frames_pdq: NDArray[np.uint8]
) -> tuple[EmbeddedPicture, ...]:
    """Each picture against the nearest of the frames, whose PDQ hashes are (frames, 32) bytes."""
    return tuple(_compared(each, frames_pdq) for each in pictures)


def _compared(picture: Picture, frames_pdq: NDArray[np.uint8]) -> EmbeddedPicture:
    pixels = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    # Cameras put a thumbnail of another shape between bars, or squeeze it; of a camera held upright
    # it lies on its side, as the picture does in the file.
    ways = [(each, turns) for each in (pixels, _without_bars(pixels)) for turns in range(4)]
    hashes = [pdq(np.rot90(each, turns)) for each, turns in ways]
    usable = [each for each, quality in hashes if quality >= _LEAST_QUALITY]
    distance = None
    if usable and len(frames_pdq):
        differing = np.bitwise_count(frames_pdq[:, None] ^ np.stack(usable)[None])
        distance = int(differing.sum(axis=2, dtype=np.int64).min())
    assert distance is None or distance <= BITS
    differs = distance is not None and distance > DIFFERS_ABOVE
    return EmbeddedPicture(picture.origin, picture.width, picture.height, distance, differs)


def _without_bars(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    bright = pixels.max(axis=2) > _BORDER
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    if not len(rows):
        return pixels
    return pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
