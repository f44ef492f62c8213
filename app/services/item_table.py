"""The hashes of all items' frames in memory, 60 bytes each, following the database."""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import db
from app.core.exchange.near_hashes import Words, near, words
from app.db.item_hashes import ItemHashes
from app.db.media import Media

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Likeness:
    """An item with a frame near to an asked one: where in either, and how many bits differ."""

    item: Media
    asked: int
    at_ms: int
    bits: int


class ItemTable:
    """Answers for every commit before the question; safe to share between threads.

    Hashes of items that are gone stay until the process ends, and are not answered with.
    """

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._until = 0
        self._numbers: NDArray[np.int64] = np.empty(0, np.int64)
        self._times_ms: NDArray[np.int64] = np.empty(0, np.int64)
        self._pdq: Words = np.empty((0, 4), np.uint64)
        self._phash: Words = np.empty((0, 1), np.uint64)

    def near_pdq(self, asked: Words, most_bits: int) -> list[Likeness]:
        """The nearest frame of each item within `most_bits` of a PDQ hash, the nearest item first."""
        return self._nearest(asked, most_bits, of_pdq=True)

    def near_phash(self, asked: Words, most_bits: int) -> list[Likeness]:
        """The nearest frame of each item within `most_bits` of a pHash, the nearest item first."""
        return self._nearest(asked, most_bits, of_pdq=False)

    def _nearest(self, asked: Words, most_bits: int, *, of_pdq: bool) -> list[Likeness]:
        numbers, times_ms, hashes = self._caught_up(of_pdq=of_pdq)
        found = near(hashes, asked, most_bits)
        owners = numbers[found.known]
        with self._database.read() as session:
            items = db.item_hashes.living(session, np.unique(owners).tolist())
        nearest: dict[str, Likeness] = {}
        for place in np.argsort(found.bits, kind="stable").tolist():
            item = items.get(int(owners[place]))
            if item is not None and item.id not in nearest:
                at_ms = int(times_ms[found.known[place]])
                bits = int(found.bits[place])
                nearest[item.id] = Likeness(item, int(found.asked[place]), at_ms, bits)
        return list(nearest.values())

    def _caught_up(self, *, of_pdq: bool) -> tuple[NDArray[np.int64], NDArray[np.int64], Words]:
        with self._lock:
            new: list[ItemHashes] = []
            with self._database.read() as session:
                after = self._until
                while rows := db.item_hashes.after(session, after, AT_ONCE):
                    new += rows
                    after = rows[-1].number
            if new:
                self._take_in(new)
            self._until = after
            return self._numbers, self._times_ms, self._pdq if of_pdq else self._phash

    def _take_in(self, rows: list[ItemHashes]) -> None:
        counts = [len(row.phash) // 8 for row in rows]
        numbers = np.repeat([row.number for row in rows], counts).astype(np.int64)
        times_ms = np.frombuffer(b"".join(row.times_ms for row in rows), "<i8")
        pdq = np.frombuffer(b"".join(row.pdq for row in rows), np.uint8).reshape(-1, 32)
        phash = np.frombuffer(b"".join(row.phash for row in rows), np.uint8).reshape(-1, 8)
        self._numbers = np.concatenate([self._numbers, numbers])
        self._times_ms = np.concatenate([self._times_ms, times_ms])
        self._pdq = np.concatenate([self._pdq, words(pdq)])
        self._phash = np.concatenate([self._phash, words(phash)])
