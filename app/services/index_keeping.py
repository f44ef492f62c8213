"""Keep an index of all that is on one shelf in step with the database, whose rows are the truth."""

import threading
from collections.abc import Collection, Iterator
from itertools import batched
from pathlib import Path

import structlog

from app import db
from app.core.errors import CoreError
from app.core.fingerprints.fingerprint import decode
from app.core.index import KnownIndex, SearchHits, SearchQuery
from app.core.index.engines import TURBO, Engine
from app.core.index.journal import Stamp
from app.core.index.kept import KeptIndex
from app.db.known import PUT_ON
from app.schemas.enums import Shelf
from app.services.index_client import IndexStats
from app.services.index_files import make, open_all, stamp_of

NUMBERS_AT_ONCE = 500
FRAMES_AT_ONCE = 4096
"""Fingerprints read together: some 8 kB a frame."""

log = structlog.get_logger(__name__)


class IndexKeeper:
    """What is on a shelf as of an entry of the log, in one index for each algorithm.

    Searches and changes take turns: the search itself uses every core. With a folder, what is held
    is also kept in files there, which the next start reads instead of all rows.
    """

    def __init__(
        self,
        database: db.Database,
        engine: Engine = TURBO,
        folder: Path | None = None,
        shelf: Shelf = Shelf.KNOWN,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._engine = engine
        self._folder = folder
        self._indexes: dict[str, KeptIndex] = {}
        self._held_in: dict[int, KeptIndex] = {}
        self._unusable: set[int] = set()
        self._as_of_seq = 0
        self._turn = threading.Lock()

    def search(self, query: SearchQuery) -> tuple[SearchHits, IndexStats]:
        """Hits among everything that was on the shelf when the search was asked for."""
        with self._turn:
            self._catch_up()
            kept = self._indexes.get(query.algorithm)
            index = kept.index if kept else KnownIndex()
            return index.search(query), self._stats(index.items)

    def open(self) -> None:
        """Before anything is asked: read the files, drop what has left the shelf, add what they lack."""
        if self._folder is not None:
            self._indexes = open_all(self._folder, self._engine, self._database)
        for kept in self._indexes.values():
            self._held_in |= dict.fromkeys(kept.index.numbers, kept)
        log.info("index.files_read", shelf=self._shelf, items=len(self._held_in))
        with self._database.read() as session:
            stamp = stamp_of(db.known.newest(session))
            there = db.known.numbers_on(session, self._shelf, stamp.seq)
        for number in self._held_in.keys() - there:
            self._drop(number)
        for some in self._batches(sorted(there - self._held_in.keys())):
            self._add_all(some)
            self._write(stamp)
            self.save()
        self._write(stamp)
        self._as_of_seq = stamp.seq
        for kept in self._indexes.values():
            kept.index.settle()

    def catch_up(self) -> None:
        """Follow the log to its end."""
        with self._turn:
            self._catch_up()

    def save(self) -> None:
        """Write parts that have become full to files, while searches go on."""
        for kept in list(self._indexes.values()):
            with self._turn:
                sealing = kept.begin_sealing()
            if sealing is None:
                continue
            try:
                written = sealing.write()
                with self._turn:
                    kept.end_sealing(sealing, written)
                kept.tidy()
            except OSError:
                log.exception("index.file_not_written")
                kept.forget_files()

    def stats(self) -> IndexStats:
        """What is held now."""
        return self._stats(len(self._held_in))

    def _stats(self, items: int) -> IndexStats:
        return IndexStats(
            as_of_seq=self._as_of_seq,
            items=items,
            not_comparable=len(self._held_in) - items,
            frames=sum(kept.index.frames for kept in list(self._indexes.values())),
            unusable=len(self._unusable),
        )

    def _catch_up(self) -> None:
        with self._database.read() as session:
            stamp = stamp_of(db.known.newest(session))
            changes = db.known.changes_between(session, self._as_of_seq, stamp.seq)
        if not changes:
            return
        for number in changes:
            self._drop(number)
        added = [number for number, change in changes.items() if change is PUT_ON[self._shelf]]
        for some in self._batches(added):
            self._add_all(some)
            self._write(stamp)
        self._write(stamp)
        self._as_of_seq = stamp.seq
        log.info(
            "index.caught_up", shelf=self._shelf, as_of_seq=stamp.seq, items=len(self._held_in)
        )

    def _batches(self, numbers: Collection[int]) -> Iterator[list[int]]:
        """Divide fingerprints into groups of about equal size in memory."""
        for some in batched(numbers, NUMBERS_AT_ONCE):
            with self._database.read() as session:
                counts = db.fingerprints.frame_counts(session, some)
            group: list[int] = []
            frames = 0
            for number, count in counts.items():
                if group and frames + count > FRAMES_AT_ONCE:
                    yield group
                    group, frames = [], 0
                group.append(number)
                frames += count
            if group:
                yield group

    def _drop(self, number: int) -> None:
        kept = self._held_in.pop(number, None)
        if kept is not None:
            kept.remove(number)
        self._unusable.discard(number)

    def _add_all(self, numbers: Collection[int]) -> None:
        with self._database.read() as session:
            rows = db.fingerprints.encoded(session, numbers)
        # A number without a row was deleted since; the log says so further on.
        for number, data in rows.items():
            self._add(number, data)

    def _add(self, number: int, data: bytes) -> None:
        try:
            fingerprint = decode(data)
            kept = self._index_for(fingerprint.algorithm)
            kept.add(number, fingerprint)
        except (CoreError, ValueError):
            # One bad row must not keep all others from being found; the count shows in /readyz.
            log.exception("index.unusable_fingerprint", number=number)
            self._unusable.add(number)
        else:
            self._held_in[number] = kept

    def _index_for(self, algorithm: str) -> KeptIndex:
        if algorithm not in self._indexes:
            self._indexes[algorithm] = make(self._folder, self._engine, algorithm)
        return self._indexes[algorithm]

    def _write(self, stamp: Stamp) -> None:
        for kept in self._indexes.values():
            try:
                kept.write(stamp)
            except OSError:
                log.exception("index.file_not_written")
                kept.forget_files()
