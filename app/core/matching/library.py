"""What the matcher asks of known material, and a library in memory for use without a service."""

from collections.abc import Collection, Sequence
from typing import Protocol

from app.core.decoding.original import Original
from app.core.fingerprints.fingerprint import Fingerprint
from app.core.fingerprints.pictures import Pictures
from app.core.index import SearchHits, SearchQuery
from app.core.index.exhaustive import ExhaustiveIndex
from app.core.index.known import KnownIndex
from app.core.matching.masks import NOWHERE, Stretches


class Comparable(Protocol):
    """What the matcher needs of a fingerprinted file."""

    @property
    def fingerprint(self) -> Fingerprint:
        """What is compared."""

    @property
    def pictures(self) -> Pictures:
        """What proves."""

    @property
    def original(self) -> Original | None:
        """The file itself, where it can be read."""


class Library(Protocol):
    """Known material, each item by its number; the matcher asks of items in several threads at once."""

    def search(self, query: SearchQuery) -> SearchHits:
        """Give all hits of the query."""

    def fingerprint(self, number: int) -> Fingerprint:
        """Give the fingerprint of an item."""

    def pictures(self, number: int) -> Pictures:
        """Give the kept pictures of an item."""

    def original(self, number: int) -> Original | None:
        """Give the file of an item, where it can be read."""

    def common(self, numbers: Sequence[int]) -> set[int]:
        """Say which of these items are common material: idents, title cards, countdowns."""

    def misleading(self, number: int) -> Stretches:
        """Give the stretches of an item that misled before."""


class MemoryLibrary:
    """A few known items, compared exhaustively; an item's number is its place."""

    def __init__(self, known: Sequence[Comparable], common: Collection[int] = ()) -> None:
        self._known = list(known)
        self._common = set(common)
        self._index = KnownIndex(ExhaustiveIndex())
        for number, item in enumerate(self._known):
            self._index.add(number, item.fingerprint)

    def search(self, query: SearchQuery) -> SearchHits:
        """Give all hits of the query."""
        return self._index.search(query)

    def fingerprint(self, number: int) -> Fingerprint:
        """Give the fingerprint of an item."""
        return self._known[number].fingerprint

    def pictures(self, number: int) -> Pictures:
        """Give the kept pictures of an item."""
        return self._known[number].pictures

    def original(self, number: int) -> Original | None:
        """Give the file of an item, where it can be read."""
        return self._known[number].original

    def common(self, numbers: Sequence[int]) -> set[int]:
        """Say which of these items are common material."""
        return self._common.intersection(numbers)

    def misleading(self, number: int) -> Stretches:
        """Give no stretches: nobody reviews here."""
        return NOWHERE
