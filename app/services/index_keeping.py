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
    """The index, and the number of the log entry up to which it holds what is known.

    Searches and changes take turns: the search itself uses every core.
    """

    def __init__(self, database: db.Database, index: KnownIndex) -> None:
        self._database = database
        self._index = index
        self._held: set[int] = set()
        self._unusable: set[int] = set()
        self._as_of_seq = 0
        self._turn = threading.Lock()

    def search(self, query: SearchQuery) -> tuple[SearchHits, IndexStats]:
        """Hits among everything that was known when the search was asked for."""
        with self._turn:
            self._catch_up()
            return self._index.search(query), self._stats()

    def catch_up(self) -> None:
        """Follow the log to its end."""
        with self._turn:
            self._catch_up()

    def stats(self) -> IndexStats:
        """What is held now."""
        return self._stats()

    def _stats(self) -> IndexStats:
        return IndexStats(
            as_of_seq=self._as_of_seq,
            known_items=len(self._held),
            frames=self._index.frames,
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
            log.info("index.caught_up", as_of_seq=until, known_items=len(self._held))

    def _drop(self, number: int) -> None:
        if number in self._held:
            self._index.remove(number)
            self._held.discard(number)
        self._unusable.discard(number)

    def _add(self, number: int, data: bytes) -> None:
        try:
            self._index.add(number, decode(data))
        except CoreError:
            # One bad row must not keep all others from being found; the count shows in /readyz.
            log.exception("index.unusable_fingerprint", number=number)
            self._unusable.add(number)
        else:
            self._held.add(number)
