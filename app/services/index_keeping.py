"""Keep one index of all known material in step with the database, whose rows are the truth."""

import threading
from itertools import batched

import structlog

from app import db
from app.core.errors import CoreError
from app.core.fingerprint import decode
from app.core.index import KnownIndex, SearchHits, SearchQuery
from app.db.known import KnownChange
from app.services.index_client import IndexStats

AT_ONCE = 50

log = structlog.get_logger(__name__)


class IndexKeeper:
    """What is known up to an entry of the log, in one index for each algorithm.

    Searches and changes take turns: the search itself uses every core.
    """

    def __init__(self, database: db.Database) -> None:
        self._database = database
        self._indexes: dict[str, KnownIndex] = {}
        self._held_in: dict[int, KnownIndex] = {}
        self._unusable: set[int] = set()
        self._as_of_seq = 0
        self._turn = threading.Lock()

    def search(self, query: SearchQuery) -> tuple[SearchHits, IndexStats]:
        """Hits among everything that was known when the search was asked for."""
        with self._turn:
            self._catch_up()
            index = self._indexes.get(query.algorithm) or KnownIndex()
            return index.search(query), self._stats(index.items)

    def catch_up(self) -> None:
        """Follow the log to its end."""
        with self._turn:
            self._catch_up()

    def stats(self) -> IndexStats:
        """What is held now."""
        return self._stats(len(self._held_in))

    def _stats(self, known_items: int) -> IndexStats:
        return IndexStats(
            as_of_seq=self._as_of_seq,
            known_items=known_items,
            not_comparable=len(self._held_in) - known_items,
            frames=sum(index.frames for index in list(self._indexes.values())),
            unusable=len(self._unusable),
        )

    def _catch_up(self) -> None:
        with self._database.read() as session:
            until = db.known.last_seq(session)
            changes = db.known.changes_between(session, self._as_of_seq, until)
        for number in changes:
            self._drop(number)
        added = [number for number, change in changes.items() if change is KnownChange.ADDED]
        for some in batched(added, AT_ONCE):
            with self._database.read() as session:
                rows = db.fingerprints.encoded(session, some)
            # A number without a row was deleted since; the log says so further on.
            for number, data in rows.items():
                self._add(number, data)
        self._as_of_seq = until
        if changes:
            log.info("index.caught_up", as_of_seq=until, known_items=len(self._held_in))

    def _drop(self, number: int) -> None:
        index = self._held_in.pop(number, None)
        if index is not None:
            index.remove(number)
        self._unusable.discard(number)

    def _add(self, number: int, data: bytes) -> None:
        try:
            fingerprint = decode(data)
            index = self._indexes.setdefault(fingerprint.algorithm, KnownIndex())
            index.add(number, fingerprint)
        except (CoreError, ValueError):
            # One bad row must not keep all others from being found; the count shows in /readyz.
            log.exception("index.unusable_fingerprint", number=number)
            self._unusable.add(number)
        else:
            self._held_in[number] = index
