"""One query against one known item at a time: aligned and proven by sight and by sound."""

from dataclasses import replace

import numpy as np

from app.core import policy
from app.core.fingerprints.fingerprint import Fingerprint, require_comparable
from app.core.geometry.side import Side
from app.core.geometry.sights import Sights
from app.core.index import SearchHits
from app.core.matching.library import Comparable, Library
from app.core.matching.masks import NOWHERE, Masks
from app.core.sight.sighting import sight
from app.core.sound.lines import Heard, Line
from app.core.sound.listening import listen
from app.core.temporal.runs import Floats
from app.core.weighing.findings import Finding, Seen

MASKED = 1.0
"""A background score that no similarity exceeds: frames that have it never hit."""
RESTS = 0.5
"""Share of a run's frames that must be common material for the run to be left out as resting on it."""
FRAME_PAIRS_MAX = 400_000_000
"""Frame pairs compared for one query, but for a larger first item: two hours with two have 52 million.

A million take up to a quarter of a second where all frames look alike, so all of them two minutes.
"""


class Comparing:
    """Compares a query with items of a library, one by one; `background_scores` are its frames'."""

    def __init__(
        self, query: Comparable, library: Library, hits: SearchHits, background_scores: Floats
    ) -> None:
        self._query = query
        self._library, self._hits, self._background_scores = library, hits, background_scores
        self._pairs, self._looked = 0, False

    @property
    def query(self) -> Fingerprint:
        """What is compared."""
        return self._query.fingerprint

    def known(self, number: int) -> Fingerprint:
        """Give the fingerprint of an item that can be compared with the query."""
        known = self._library.fingerprint(number)
        require_comparable(self.query.algorithm, known.algorithm)
        return known

    def heard(self, number: int) -> list[Heard]:
        """Give what sounds alike, whether it is common or not."""
        return listen(self.query, self.known(number), self._hits.of([number]).sound)

    def affords(self, number: int) -> bool:
        """Say whether one more item is compared by sight, and count it; a first one always is."""
        pairs = self.query.frames * self.known(number).frames
        fits = self._pairs + pairs <= FRAME_PAIRS_MAX
        # The first is compared however large it is, and leaves room for smaller ones.
        affords, self._looked = fits or not self._looked, True
        self._pairs += pairs if fits else 0
        return affords

    def finding(self, number: int, common: Masks, *, by_sight: bool) -> Finding:
        """Give what is shared apart from common material; if that is little, what is common.

        Several threads may ask for findings at once.
        """
        known, hits = self.known(number), self._hits.of([number])
        there = Masks.of(known, self._library.misleading(number))
        sights = self._sights(number) if by_sight else None
        voiced = there.without_known(common.without_query(hits))
        found = self._shared(number, there.unvoiced(known), sights, voiced, common)
        if policy.alerts(found.confidence) or voiced.counts == hits.counts:
            return found
        nothing = Masks.of(self.query, NOWHERE)
        rests = self._shared(number, known, sights, hits, nothing)
        sure = policy.alerts(rests.confidence)
        return replace(rests, common=True) if sure else found

    def _shared(
        self,
        number: int,
        known: Fingerprint,
        sights: Sights | None,
        hits: SearchHits,
        common: Masks,
    ) -> Finding:
        query = common.unvoiced(self.query)
        seen: list[Seen] = []
        if sights and len(hits.frames) + len(hits.hashes):
            # What is prepared of pictures changes with each look: no two findings share it.
            mine = Side(query, Sights(self._query.pictures, self._query.original))
            theirs = Side(known, sights)
            background_scores = np.where(common.rows, MASKED, self._background_scores)
            found = sight(mine, theirs, hits.hashes, background_scores)
            seen = [each for each in found if not self._rests_on(common, each)]
        lines = [
            Line.through(each.run.speed, each.run.offset_ms)
            for each in seen
            if policy.alerts(each.confidence)
        ]
        return Finding(number, query, known, seen, listen(query, known, hits.sound, lines))

    def _rests_on(self, common: Masks, seen: Seen) -> bool:
        """Say whether a run was drawn out over what is common and shows little else."""
        times = self.query.timestamps_ms
        inside = (times >= seen.run.query_ms[0]) & (times <= seen.run.query_ms[1])
        return bool(inside.any() and common.rows[inside].mean() > RESTS)

    def _sights(self, number: int) -> Sights:
        return Sights(self._library.pictures(number), self._library.original(number))
