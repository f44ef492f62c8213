"""What became known within a span of the log, searchable as all known material is."""

from itertools import batched

from app import db
from app.core.errors import CoreError
from app.core.fingerprints.fingerprint import decode
from app.core.index import KnownIndex, SearchQuery
from app.db.rechecks import LogSpan
from app.schemas.enums import Shelf
from app.services.index_client import Answer

READ_AT_ONCE = 100


class RecentlyKnown:
    """An index of its own; answers count all known material, since that is what was searched then."""

    shelf = Shelf.KNOWN

    def __init__(self, database: db.Database, algorithm: str, span: LogSpan) -> None:
        self.span, self.algorithm = span, algorithm
        self._index = KnownIndex()
        with database.read() as session:
            counts = db.rechecks.known_as_of(session, span.until)
            numbers = db.rechecks.added(session, span, algorithm)
        self._known_items = counts.get(algorithm, 0)
        self._not_comparable = sum(counts.values()) - self._known_items
        for some in batched(numbers, READ_AT_ONCE):
            with database.read() as session:
                rows = db.fingerprints.encoded(session, some)
            for number, data in rows.items():
                self._add(number, data)
        self._index.settle()

    def search(self, query: bytes) -> Answer:
        """Hits for an encoded query, as the index process gives them."""
        hits = self._index.search(SearchQuery.from_bytes(query))
        return Answer(hits.to_bytes(), self.span.until, self._known_items, self._not_comparable)

    def _add(self, number: int, data: bytes) -> None:
        try:
            self._index.add(number, decode(data))
        except (CoreError, ValueError):
            # The index process cannot use it either, and its log and /readyz say so.
            return


class Recent:
    """The last span that was asked for, kept for the many items that are searched in it."""

    def __init__(self) -> None:
        self._held: RecentlyKnown | None = None

    def within(self, database: db.Database, algorithm: str, span: LogSpan) -> RecentlyKnown:
        """What became known within a span."""
        held = self._held
        if held is None or (held.algorithm, held.span) != (algorithm, span):
            held = self._held = RecentlyKnown(database, algorithm, span)
        return held
