"""Compares one query with a library; the steps of `compare` are the method."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.comparing import Comparing
from app.core.findings import conclude
from app.core.idents import common_items, explained
from app.core.index import SearchQuery
from app.core.library import Comparable, Library, MemoryLibrary
from app.core.listening import heard_of
from app.core.masks import Masks
from app.core.matches import Match
from app.core.similarity import background, candidates
from app.core.usual import usual_material

CANDIDATES_PROVEN = 10


def find_matches(query: Comparable, known: Sequence[Comparable]) -> list[Match]:
    """Give what a fingerprinted file shares with others, surest first; no database is needed.

    >>> from app.core import find_matches, fingerprint_file
    >>> known = [fingerprint_file("archive.mp4")]
    >>> for match in find_matches(fingerprint_file("upload.mp4"), known):
    ...     print(match.relation, match.grade, match.segments)
    """
    return match(query, MemoryLibrary(known))


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What a query shares with each item of a library, surest first, and what of it is common."""

    matches: list[Match]
    common: Masks


def match(query: Comparable, library: Library) -> list[Match]:
    """Give what the query shares with each item of the library, surest first."""
    return compare(query, library).matches


def compare(query: Comparable, library: Library, common_before: Masks | None = None) -> Compared:
    """Compare the query with a library; what another one showed to be common is common here, too."""
    mine = query.fingerprint
    # 1. Search the whole library.
    hits = library.search(SearchQuery.of(mine))
    # 2. Score against the background.
    usual = background(hits.frames, mine.frames)
    comparing = Comparing(query, library, hits, usual)
    # 3. Find what is common: it carries no votes in the comparison with anything else.
    kept = common_items(comparing, library, hits, usual)
    heard = {number: comparing.heard(number) for number in heard_of(hits.sound)}
    common = Masks.of(mine, explained(kept)) | usual_material(mine, hits, heard, comparing.known)
    if common_before is not None:
        common |= common_before
    # 4. Align and prove, by sight and by sound; name what was done.
    left = common.without_query(hits)
    by_sight = [
        *candidates(left, usual)[:CANDIDATES_PROVEN],
        *candidates(hits, usual)[:CANDIDATES_PROVEN],
    ]
    numbers = dict.fromkeys([*by_sight, *heard_of(left.sound), *heard])
    for each in kept:
        numbers.pop(each.number, None)
    found = [comparing.finding(each, common, by_sight=each in by_sight) for each in numbers]
    # 5. Relate, grade and rate.
    return Compared(conclude([*kept, *found]), common)
