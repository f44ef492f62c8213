"""Pictures prepared for proof: SIFT's key points with the root norm (Arandjelović and Zisserman, 2012)."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.decoding.original import Original
from app.core.fingerprints.pictures import Pictures, read_jpeg
from app.core.fingerprints.reel import Reel
from app.core.geometry.blocks import Pixels

FEATURES = 1_000
REMEMBERED = 500
"""Kept pictures whose key points are remembered, at most 130 kB each: queries often meet the same ones."""
PREPARED = 64
"""Pictures of one item that stay prepared, at about a megabyte each: a compilation has thousands."""
ASIDE_MS = 500
OTHER_MOMENTS = 4
_CELLS = (4, 4, 8)
_HALF_PIXEL = 0.5
"""OpenCV's SIFT counts from the first pixel's middle, and a quarter too far: it doubles pictures."""

type Points = NDArray[np.float32]

NO_POINTS = np.empty((0, 2), np.float32)
_NO_DESCRIPTORS = np.empty((0, 128), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A picture prepared for proof: pixels, grey pixels, key points and their descriptors.

    `source` is the picture as it was, where it was straightened.
    """

    pixels: Pixels
    grey: Pixels
    points: Points
    descriptors: NDArray[np.float32]
    source: Pixels | None = None


def greyed(pixels: Pixels) -> Pixels:
    """Give a picture's brightness."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def see(pixels: Pixels) -> Sight:
    """Find the key points of a picture."""
    grey = greyed(pixels)
    return _sight(pixels, grey, *_found(grey))


def see_kept(jpeg: bytes) -> Sight:
    """Find the key points of a kept picture, or remember them."""
    pixels = read_jpeg(jpeg)
    return _sight(pixels, greyed(pixels), *_found_in(jpeg))


@lru_cache(REMEMBERED)
def _found_in(jpeg: bytes) -> tuple[Points, NDArray[np.uint8]]:
    return _found(greyed(read_jpeg(jpeg)))


def _found(grey: Pixels) -> tuple[Points, NDArray[np.uint8]]:
    """Give key points and their descriptors, whole numbers as OpenCV makes them."""
    finder = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=0.02)
    points, found = finder.detectAndCompute(grey, None)
    if found is None:
        return NO_POINTS, _NO_DESCRIPTORS
    return np.array([point.pt for point in points], np.float32), found.astype(np.uint8)


def _sight(pixels: Pixels, grey: Pixels, points: Points, found: NDArray[np.uint8]) -> Sight:
    whole = found.astype(np.float32)
    rooted = np.sqrt(whole / (whole.sum(axis=1, keepdims=True) + 1e-6))
    return Sight(pixels, grey, points, rooted)


def bare(pixels: Pixels) -> Sight:
    """Prepare a picture without its key points, for comparing at a known place only."""
    return _sight(pixels, greyed(pixels), NO_POINTS, _NO_DESCRIPTORS)


def full(sight: Sight) -> Sight:
    """Give the sight with its key points."""
    return sight if len(sight.points) else see(sight.pixels)


def flipped(pixels: Pixels) -> Pixels:
    """Mirror a picture."""
    return np.ascontiguousarray(pixels[:, ::-1])


def mirror(sight: Sight) -> Sight:
    """Give the mirrored picture with the key points that would be found in it.

    SIFT describes a point by 4 x 4 cells of 8 directions, laid along the point's own direction: in the
    mirror the rows of cells change sides, and directions turn the other way.
    """
    pixels = flipped(sight.pixels)
    points = sight.points.copy()
    points[:, 0] = pixels.shape[1] - _HALF_PIXEL - points[:, 0]
    cells = sight.descriptors.reshape(-1, *_CELLS)[:, ::-1]
    turned = cells[..., -np.arange(_CELLS[-1]) % _CELLS[-1]]
    return Sight(pixels, greyed(pixels), points, turned.reshape(sight.descriptors.shape))


class Sights:
    """The prepared pictures of one item, those asked for last, and its file for a closer look."""

    def __init__(self, pictures: Pictures, original: Original | None) -> None:
        self._pictures = pictures
        self._seen: dict[tuple[int, bool], Sight] = {}
        self.original = original

    @property
    def kept(self) -> bool:
        """Whether there are pictures: of an item that had to be removed only a fingerprint may be left."""
        return len(self._pictures) > 0

    @property
    def reel(self) -> Reel:
        """The item's small film."""
        return self._pictures.reel

    @cached_property
    def standing(self) -> Reel:
        """The item's small film with each picture repeated until the next one."""
        return self.reel.standing()

    def time_ms(self, place: int) -> int:
        """Give the time of a picture."""
        return self._pictures.timestamps_ms[place]

    def nearest(self, time_ms: float, count: int) -> list[int]:
        """Give the places of the pictures nearest to a time."""
        away = np.abs(np.asarray(self._pictures.timestamps_ms) - time_ms)
        return [int(place) for place in np.argsort(away, kind="stable")[:count]]

    def around(self, time_ms: int) -> list[Pixels]:
        """Give grey pictures of other moments near a time, at least half a second from it."""
        away = np.abs(np.asarray(self._pictures.timestamps_ms) - time_ms)
        near = np.argsort(away, kind="stable")
        return [self._grey(int(place)) for place in near[away[near] >= ASIDE_MS][:OTHER_MOMENTS]]

    def grey(self, time_ms: int) -> Pixels:
        """Give the kept picture nearest to a time, without its colours."""
        (place,) = self.nearest(time_ms, 1)
        return self._grey(place)

    def at(self, place: int, *, mirrored: bool = False) -> Sight:
        """Give a prepared picture."""
        key = (place, mirrored)
        sight = self._seen.pop(key, None)
        if sight is None:
            sight = mirror(self.at(place)) if mirrored else see_kept(self._pictures.jpegs[place])
        self._seen[key] = sight
        if len(self._seen) > PREPARED:
            # A dictionary's first key is the one that was put in, so asked for, longest ago.
            del self._seen[next(iter(self._seen))]
        return sight

    def _grey(self, place: int) -> Pixels:
        return greyed(read_jpeg(self._pictures.jpegs[place]))
