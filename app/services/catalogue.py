"""A shelf as the matcher sees it: hits from the index, the rest from rows and files."""

from collections.abc import Collection as SomeOf
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app import db
from app.blobs.local import PICTURES, LocalBlobs
from app.core.decoding.original import Original
from app.core.fingerprints.fingerprint import Fingerprint, decode
from app.core.fingerprints.pictures import NO_PICTURES, Pictures, open_pictures
from app.core.index import SearchHits, SearchQuery
from app.core.matching.masks import Stretches
from app.core.media import DecodeLimits, MediaKind
from app.db.known import PUT_ON
from app.schemas.enums import Shelf
from app.services.index_client import Answer
from app.services.misleading import misled


@dataclass(frozen=True, slots=True)
class Files:
    """What is kept of items as files, for the matcher to look at."""

    blobs: LocalBlobs
    limits: DecodeLimits

    def pictures(self, media_id: str) -> Pictures:
        """The pictures kept of an item."""
        return open_pictures(self.blobs.derived_path(media_id, PICTURES))

    def original(self, item: db.media.Media) -> Original | None:
        """An item's own file, if it is a video: of others the pictures show everything."""
        path = self.blobs.path(item.sha256)
        return Original(path, self.limits) if item.kind is MediaKind.VIDEO else None


class Searchable(Protocol):
    """What is searched: the index of a shelf, or of a part of it."""

    @property
    def shelf(self) -> Shelf:
        """Which shelf that is."""

    def search(self, query: bytes) -> Answer:
        """Hits for an encoded query."""


class Catalogue:
    """A shelf for one match, without the item itself; remembers what it was searched in.

    What the item is `linked` with already is left out of the hits, though it counts as searched.
    """

    def __init__(
        self,
        database: db.Database,
        files: Files,
        index: Searchable,
        without: str,
        linked: SomeOf[str] = (),
    ) -> None:
        self._database, self._files, self._index = database, files, index
        self._without, self._linked = without, linked
        self._media_of: dict[int, str] = {}
        self._fingerprints: dict[int, Fingerprint] = {}
        self._pictures: dict[int, Pictures] = {}
        self.items = 0
        self.not_comparable = 0
        self.as_of_seq = 0

    def search(self, query: SearchQuery) -> SearchHits:
        """Hits with items that exist in the database, other than the item itself."""
        answer = self._index.search(query.to_bytes())
        hits = SearchHits.from_bytes(answer.hits)
        found = [hits.frames.number, hits.hashes.number, hits.sound.number]
        numbers = np.unique(np.concatenate(found)).tolist()
        with self._database.read() as session:
            owners = db.fingerprints.media_of(session, numbers)
            own = set(db.fingerprints.numbers_of(session, self._without))
            there = PUT_ON[self._index.shelf]
            itself = {n for n in own if db.known.last_change(session, n) is there}
            alike = db.fingerprints.of_algorithm(session, itself, query.algorithm)
        self.items = answer.items - len(alike)
        self.not_comparable = answer.not_comparable - len(itself - alike)
        self.as_of_seq = answer.as_of_seq
        left_out = {self._without, *self._linked}
        self._media_of |= {n: owner for n, owner in owners.items() if owner not in left_out}
        usable = list(self._media_of)
        return SearchHits(
            frames=hits.frames.where(np.isin(hits.frames.number, usable)),
            hashes=hits.hashes.where(np.isin(hits.hashes.number, usable)),
            sound=hits.sound.where(np.isin(hits.sound.number, usable)),
        )

    def media_id(self, number: int) -> str:
        """The item that a number found by `search` belongs to."""
        return self._media_of[number]

    def fingerprint(self, number: int) -> Fingerprint:
        """The whole fingerprint behind a number."""
        if number not in self._fingerprints:
            with self._database.read() as session:
                rows = db.fingerprints.encoded(session, [number])
            self._fingerprints[number] = decode(rows[number])
        return self._fingerprints[number]

    def pictures(self, number: int) -> Pictures:
        """The pictures kept of the item behind a number; of one that was purged there are none."""
        if number not in self._pictures:
            owner = self._media_of[number]
            with self._database.read() as session:
                purged = db.tombstones.find(session, owner) is not None
            self._pictures[number] = NO_PICTURES if purged else self._files.pictures(owner)
        return self._pictures[number]

    def original(self, number: int) -> Original | None:
        """The file of the item behind a number."""
        with self._database.read() as session:
            item = db.media.find(session, self._media_of[number])
        return self._files.original(item) if item else None

    def common(self, numbers: Sequence[int]) -> set[int]:
        """Those numbers whose items are in a collection of the kind `common`."""
        owners = {number: self._media_of[number] for number in numbers}
        with self._database.read() as session:
            common = db.collections.in_common(session, set(owners.values()))
        return {number for number, owner in owners.items() if owner in common}

    def misleading(self, number: int) -> Stretches:
        """The stretches of the item behind a number that misled before."""
        with self._database.read() as session:
            rejected = db.rejections.rejected_segments(session, self._media_of[number])
        return misled(rejected)
