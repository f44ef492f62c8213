"""The known stretch of a run read again from its file, as densely as it plays.

Before what moves fast, two films sampled at other moments differ a little all over, as two takes of
one scene may; beside the frame of the very moment only a copy stays alike.
"""

from dataclasses import dataclass

import numpy as np

from app.core.decoding.original import Original
from app.core.fingerprints.reel import Reel, Stretch, small, standing
from app.core.geometry.blocks import Pixels
from app.core.reels.between import Line

WINDOWS, WINDOW_MS = 3, 2_000
"""Of a long run its beginning, middle and end are read: they say most about its speed."""
STEP_S = 0.03
"""Every frame of most videos: before running water half a step of 80 ms hides a copy."""
ASIDE_MS = 500
"""How far outside the expected moments is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Reread:
    """Both sides as films in some windows of the query, and the known item's frames (RGB) by their times."""

    windows: list[tuple[float, float]]
    films: tuple[Stretch, Stretch]
    frames: dict[int, Pixels]

    def read_of(self, query_ms: tuple[int, int]) -> list[tuple[float, float]]:
        """Give the parts of a stretch of the query that were read."""
        first, last = query_ms
        parts = [(max(start, first), min(end, last)) for start, end in self.windows]
        return [(start, end) for start, end in parts if start <= end]

    def within(self, query_ms: tuple[int, int]) -> tuple[Stretch, Stretch]:
        """Give both films where the query's lies within a stretch."""
        query, known = self.films
        inside = (query.times_ms >= query_ms[0]) & (query.times_ms <= query_ms[1])
        return Stretch(query.times_ms[inside], query.pictures[inside]), known

    def nearest(self, known_ms: float) -> tuple[int, Pixels]:
        """Give the frame nearest to a time, and its time."""
        time_ms = min(self.frames, key=lambda each: abs(each - known_ms))
        return time_ms, self.frames[time_ms]


def reread(known: Original, line: Line, query_ms: tuple[int, int], query: Reel) -> Reread | None:
    """Read what a run shows of the known item again; None where the file cannot be read."""
    parts: list[Stretch] = []
    frames: dict[int, Pixels] = {}
    read = windows(query_ms)
    for start, end in read:
        parts.append(query.between(start, end))
        first, last = sorted(line[0] * at + line[1] for at in (start, end))
        frames |= frames_of(known, first - ASIDE_MS, last + ASIDE_MS)
    times, places = np.unique(np.concatenate([part.times_ms for part in parts]), return_index=True)
    if not len(times) or not frames:
        return None
    pictures = np.concatenate([part.pictures for part in parts])[places]
    frames = dict(sorted(frames.items()))
    return Reread(read, (Stretch(times, pictures), film_of(frames)), frames)


def frames_of(known: Original, start_ms: float, end_ms: float) -> dict[int, Pixels]:
    """Give the frames of a stretch by their times, with those that stand also at later ones."""
    read = known.between(start_ms, end_ms, STEP_S)
    times_ms, places = standing(np.array([time_ms for time_ms, _ in read], np.int64))
    return {
        time_ms: read[place][1]
        for time_ms, place in zip(times_ms.tolist(), places.tolist(), strict=True)
    }


def film_of(frames: dict[int, Pixels]) -> Stretch:
    """Give frames as pictures of a reel."""
    pictures = np.array([small(each) for each in frames.values()], np.uint8)
    return Stretch(np.array(list(frames), np.int64), pictures)


def windows(query_ms: tuple[int, int]) -> list[tuple[float, float]]:
    """Give the windows of a run: of a short one all of it."""
    start, end = query_ms
    if end - start <= WINDOWS * WINDOW_MS:
        return [(start, end)]
    return [(at, at + WINDOW_MS) for at in np.linspace(start, end - WINDOW_MS, WINDOWS)]
