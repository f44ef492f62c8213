"""Lets a confirmed run go on where the known item's own frames still agree.

Before fast movement the moment between two pictures of a reel looks like neither of them, so reels
lose a copy there, above all one of few frames. The frames themselves tell where it ends.
"""

from dataclasses import dataclass

import numpy as np

from app.core.decoding.original import Original
from app.core.fingerprints.reel import Reel, Stretch
from app.core.reels.between import Line, Moments, laid
from app.core.reels.extent import CORE, LEAST, ends
from app.core.reels.films import Overlay, likeness_of
from app.core.reels.rereading import Reread, film_of, frames_of
from app.core.temporal.runs import Floats, Ints

FURTHER_MS, MOST_READ = 2_000, 10
"""How much is read at once, and how often."""
LOST = 3
"""So many pictures in a row that disagree end a run."""


@dataclass(frozen=True, slots=True, eq=False)
class Growing:
    """A query's reel and the known item's file, which lie on each other along a line of time."""

    query: Reel
    known: Original
    line: Line
    overlay: Overlay

    def grown(self, query_ms: tuple[int, int], again: Reread) -> tuple[int, int]:
        """Give the stretch in which the frames agree, at least the one that was read again."""
        core = self._likeness(*again.within(query_ms))
        if not len(core):
            return query_ms
        enough = max(LEAST, CORE * float(np.median(core)))
        times = self.query.times_ms
        first = int(np.searchsorted(times, query_ms[0], "left"))
        last = int(np.searchsorted(times, query_ms[1], "right")) - 1
        before = self._reach(first, -1, again.films[1], enough)
        after = self._reach(last, 1, again.films[1], enough)
        start, end = ends(times, before, after)
        return start if before < first else query_ms[0], end if after > last else query_ms[1]

    def _reach(self, place: int, way: int, known: Stretch, enough: float) -> int:
        """Give the last picture that agrees, going on from one, `way` 1 onwards or -1 backwards."""
        for _ in range(MOST_READ):
            further = self._further(place, way, known, enough)
            if further == place:
                break
            place = further
            known = self._read(place, way)
        return place

    def _further(self, place: int, way: int, known: Stretch, enough: float) -> int:
        """Go on as far as known pictures are there and agree."""
        times, at = self.query.times_ms, int(self.query.times_ms[place])
        near = np.flatnonzero(np.abs(times - at) <= FURTHER_MS)
        outwards = near[near > place] if way > 0 else near[near < place][::-1]
        lost = 0
        for each, alike in zip(outwards, self._alike(outwards, known), strict=True):
            lost = 0 if alike >= enough else lost + 1
            if not lost:
                place = int(each)
            if lost == LOST:
                break
        return place

    def _alike(self, places: Ints, known: Stretch) -> Floats:
        """Give how alike some pictures and their known moments are, -1 where there are none."""
        found = np.full(len(places), -1.0)
        if len(places) and len(known) > 1:
            order = np.argsort(places)
            mine = self.query.some(places[order])
            there = Moments.along(self.line, mine.times_ms, known.times_ms).there
            found[order[there]] = self._likeness(mine, known)
        return found

    def _likeness(self, query: Stretch, known: Stretch) -> Floats:
        """Give how alike the pictures are that have a known moment."""
        return likeness_of(*laid((query, known), self.line, self.overlay))

    def _read(self, place: int, way: int) -> Stretch:
        """Read the known frames that follow a picture."""
        at = float(self.query.times_ms[place])
        shown = sorted(self.line[0] * each + self.line[1] for each in (at, at + way * FURTHER_MS))
        return film_of(frames_of(self.known, *shown))
