"""A small grey film of an item, five pictures a second: what moves when, without reading the file again.

Pictures are squashed to a square; a share of its side is the same share of the frame. Ten seconds
lie side by side in one JPEG tile, so that a stretch of a long video is read without the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from app.core.errors import BadEncoding

SIDE = 96
"""Pixels of a picture's side."""
ACROSS, DOWN = 10, 5
TILE = ACROSS * DOWN
QUALITY = 85
GAP_MS = 450
"""Pictures further apart are not next to each other: the film was cut there, or one of them stood."""
STANDS_MS = 200
"""How often a picture that stands is given."""

type Small = NDArray[np.uint8]


def small(pixels: NDArray[np.uint8]) -> Small:
    """Give an RGB frame as one picture of a reel: grey (SIDE, SIDE)."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Some pictures (n, SIDE, SIDE) of a film with their times in ms, in order."""

    times_ms: NDArray[np.int64]
    pictures: Small

    def __len__(self) -> int:
        return len(self.times_ms)


@dataclass(frozen=True, slots=True, eq=False)
class Reel:
    """Times in ms, in order, and the tiles that hold their pictures."""

    times_ms: NDArray[np.int64]
    tiles: Sequence[bytes]
    places: NDArray[np.int64] | None = None
    """Which picture belongs to each time, where not each has its own."""

    def __len__(self) -> int:
        return len(self.times_ms)

    def standing(self) -> "Reel":
        """Give the reel with each picture repeated until the next one: screens and GIFs stand for seconds."""
        times_ms, places = standing(self.times_ms)
        places = places if self.places is None else self.places[places]
        return replace(self, times_ms=times_ms, places=places)

    def between(self, start_ms: float, end_ms: float) -> Stretch:
        """Give a stretch, both ends included."""
        return self.some(self._inside(start_ms, end_ms))

    def cut(self, start_ms: float, end_ms: float) -> "Reel":
        """Give the reel without what is outside of a stretch, both ends included."""
        inside = self._inside(start_ms, end_ms)
        places = inside if self.places is None else self.places[inside]
        return replace(self, times_ms=self.times_ms[inside], places=places)

    def _inside(self, start_ms: float, end_ms: float) -> NDArray[np.int64]:
        first = int(np.searchsorted(self.times_ms, start_ms, "left"))
        end = int(np.searchsorted(self.times_ms, end_ms, "right"))
        return np.arange(first, max(first, end))

    def some(self, places: NDArray[np.int64]) -> Stretch:
        """Give the times and pictures at some places."""
        return Stretch(self.times_ms[places], self.at(places))

    def at(self, places: NDArray[np.int64]) -> Small:
        """Give the pictures at some places: (n, SIDE, SIDE)."""
        places = places if self.places is None else self.places[places]
        found = np.empty((len(places), SIDE, SIDE), np.uint8)
        for tile in np.unique(places // TILE):
            inside = places // TILE == tile
            found[inside] = _pictures(self.tiles[int(tile)])[places[inside] % TILE]
        return found


def standing(times_ms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give more times, where pictures stand, and the place of the picture that is seen at each."""
    more = np.where(np.diff(times_ms) > GAP_MS, (np.diff(times_ms) - 1) // STANDS_MS, 0)
    counts = np.append(1 + more, 1)[: len(times_ms)]
    places = np.repeat(np.arange(len(times_ms)), counts)
    since = np.arange(len(places)) - np.repeat(counts.cumsum() - counts, counts)
    return times_ms[places] + STANDS_MS * since, places


NO_REEL = Reel(np.empty(0, np.int64), ())


@lru_cache(maxsize=256)
def _pictures(tile: bytes) -> Small:
    """Read one tile: (TILE, SIDE, SIDE)."""
    pixels = cv2.imdecode(np.frombuffer(tile, np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None or pixels.shape != (DOWN * SIDE, ACROSS * SIDE):
        raise BadEncoding("a tile of the reel is damaged")
    parted = pixels.reshape(DOWN, SIDE, ACROSS, SIDE).transpose(0, 2, 1, 3)
    return np.ascontiguousarray(parted.reshape(TILE, SIDE, SIDE), np.uint8)


@dataclass(slots=True)
class ReelMaker:
    """Collects the pictures of a reel as they come."""

    times_ms: list[int] = field(default_factory=list)
    tiles: list[bytes] = field(default_factory=list)
    _open: list[Small] = field(default_factory=list)

    def add(self, timestamp_ms: int, picture: Small) -> None:
        """Add the next picture."""
        self.times_ms.append(timestamp_ms)
        self._open.append(picture)
        if len(self._open) == TILE:
            self._close()

    def done(self) -> Reel:
        """Give the reel of all pictures."""
        if self._open:
            self._close()
        return Reel(np.array(self.times_ms, np.int64), tuple(self.tiles))

    def _close(self) -> None:
        tile = np.zeros((TILE, SIDE, SIDE), np.uint8)
        tile[: len(self._open)] = self._open
        joined = tile.reshape(DOWN, ACROSS, SIDE, SIDE).transpose(0, 2, 1, 3)
        flat = np.ascontiguousarray(joined.reshape(DOWN * SIDE, ACROSS * SIDE))
        done, data = cv2.imencode(".jpg", flat, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        if not done:
            raise ValueError("the reel cannot be written as JPEG")
        self.tiles.append(data.tobytes())
        self._open.clear()
