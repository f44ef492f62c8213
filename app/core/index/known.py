"""All known material, searchable: frames by descriptor, frames by hash, sound.

A cache in memory of what the database holds: whoever owns it adds and removes items as the
database says. One thread at a time.
"""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from app.core.errors import AlgorithmMismatch
from app.core.fingerprints.describe import unit
from app.core.fingerprints.fingerprint import DIMENSION, Fingerprint, require_comparable
from app.core.index.crowding import beyond_crowds
from app.core.index.frames import MOST_HITS, FrameIndex
from app.core.index.hashes import HashIndex
from app.core.index.hits import FrameHits, SearchHits
from app.core.index.items import ROW_BITS, KnownItems
from app.core.index.query import SearchQuery
from app.core.index.sound import SoundIndex
from app.core.index.turbo import TurboIndex

LEAST_SCORE = 0.25
"""Copies under heavy edits lie at 0.25 to 0.4; unrelated pairs reach this once in 45,000."""
MOST_VECTORS = 24_000
"""Views searched of one query: all of 100 minutes, or 66 with borders; of longer videos they take turns."""
ROWS_AT_ONCE = 128
"""Query frames searched together; of a longer query only each frame's best hit with an item is kept."""


class KnownIndex:
    """Fingerprints by number; what was added is found by the next search."""

    def __init__(self, frames: FrameIndex | None = None) -> None:
        self._frames = TurboIndex() if frames is None else frames
        self._hashes = HashIndex()
        self._sound = SoundIndex()
        self._ids: dict[int, NDArray[np.uint64]] = {}
        self._algorithm: str | None = None

    @property
    def items(self) -> int:
        """The number of fingerprints."""
        return len(self._ids)

    @property
    def numbers(self) -> Collection[int]:
        """The numbers of the fingerprints."""
        return self._ids.keys()

    @property
    def frames(self) -> int:
        """The number of frames with a descriptor."""
        return len(self._frames)

    def frames_of(self, number: int) -> int:
        """The number of frames of one fingerprint."""
        return len(self._ids[number])

    def __contains__(self, number: int) -> bool:
        return number in self._ids

    def add(self, number: int, fingerprint: Fingerprint) -> KnownItems:
        """Add a fingerprint, in place of one with this number; give what is held of it."""
        if self._ids:
            require_comparable(fingerprint.algorithm, self._algorithm or "")
        items = KnownItems.of(number, fingerprint)
        self.add_items(items, fingerprint.algorithm)
        return items

    def add_items(self, items: KnownItems, algorithm: str) -> None:
        """Add what `add` gave, in place of what has its numbers."""
        for number in items.numbers.tolist():
            self.remove(number)
        self._frames.add(items.frame_ids, unit(items.vectors.astype(np.float32)))
        self.restore(items.without_vectors(), algorithm)

    def restore(self, items: KnownItems, algorithm: str) -> None:
        """Add items whose frames the frame index holds already."""
        self._algorithm = algorithm
        self._hashes.add(items)
        self._sound.add(items)
        ids = np.split(items.frame_ids, np.cumsum(items.counts[:, 0])[:-1])
        self._ids.update(zip(items.numbers.tolist(), ids, strict=False))

    def remove(self, number: int) -> None:
        """Take a fingerprint away; one that is not there is no error."""
        ids = self._ids.pop(number, None)
        if ids is not None:
            self._frames.remove(ids)
            self._hashes.remove(number)
            self._sound.remove(number)

    def settle(self) -> None:
        """Do now what the next search would have to do first."""
        self._hashes.settle()
        self._sound.settle()

    def search(
        self, query: SearchQuery, most: int = MOST_HITS, threshold: float = LEAST_SCORE
    ) -> SearchHits:
        """Find all that looks or sounds like the query; AlgorithmMismatch on another algorithm."""
        if self._ids and self._algorithm != query.algorithm:
            raise AlgorithmMismatch(f"{query.algorithm} was asked of {self._algorithm}")
        return SearchHits(
            self._views(query, most, threshold),
            self._hashes.search(query),
            self._sound.search(query),
        )

    def _views(self, query: SearchQuery, most: int, threshold: float) -> FrameHits:
        """Search the views of the frames that carry a vote."""
        found = [FrameHits.empty()]
        if query.view_descriptors.size and self.frames:
            rows = np.flatnonzero(query.votes)
            turns = taking_turns(query.view_ids[rows])
            for start in range(0, len(rows), ROWS_AT_ONCE):
                part = slice(start, start + ROWS_AT_ONCE)
                near = self._near(query, rows[part], turns[part], (most, threshold))
                found.append(best_of_items(near, most) if len(rows) > ROWS_AT_ONCE else near)
        return FrameHits.join(found)

    def _near(
        self,
        query: SearchQuery,
        rows: NDArray[np.intp],
        turns: NDArray[np.bool_],
        bounds: tuple[int, float],
    ) -> FrameHits:
        """Search the chosen views of a few frames."""
        places, views = np.nonzero(turns)
        vectors = query.view_descriptors[rows[places], views].reshape(-1, DIMENSION)
        asked = unit(vectors.astype(np.float32))
        near = beyond_crowds(self._frames, asked, self._frames.search(asked, *bounds), bounds)
        return FrameHits.make(
            query_row=rows[places[near.rows]],
            view=views[near.rows],
            number=(near.ids >> np.uint64(ROW_BITS)).astype(np.int64),
            known_row=(near.ids & np.uint64((1 << ROW_BITS) - 1)).astype(np.int64),
            score=near.scores,
        )


def taking_turns(view_ids: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Say which described views (rows, views) to search: all, or of a long video the first and some others.

    Of those each is searched every few times that it was described, so that a shot is still looked at
    in every way.
    """
    every = max(1, -(-view_ids.size // MOST_VECTORS))
    order = np.argsort(view_ids, axis=None, kind="stable")
    ids = view_ids.ravel()[order]
    times = np.arange(len(ids)) - np.searchsorted(ids, ids)
    turns = np.empty(view_ids.shape, np.bool_)
    turns.ravel()[order] = (times + ids) % every == 0
    turns[:, :1] = True
    return turns


def best_of_items(hits: FrameHits, most: int) -> FrameHits:
    """Keep each frame's best hit with an item, and of those the `most` best a frame."""
    order = np.lexsort((-hits.score, hits.number, hits.query_row))
    rows, numbers = hits.query_row[order], hits.number[order]
    first = np.ones(len(order), bool)
    first[1:] = (rows[1:] != rows[:-1]) | (numbers[1:] != numbers[:-1])
    best = hits.where(order[first])
    ranked = best.where(np.lexsort((-best.score, best.query_row)))
    begin = np.searchsorted(ranked.query_row, ranked.query_row, "left")
    return ranked.where(np.arange(len(ranked)) - begin < most)
