"""Compares one query with known material; the steps of `match` are the method."""

from collections.abc import Sequence

from app.core.examination import Sights
from app.core.findings import Finding, Seen, conclude
from app.core.fingerprint import require_comparable
from app.core.index import SearchQuery
from app.core.library import Comparable, Library, MemoryLibrary
from app.core.listening import heard_of, listen
from app.core.matches import Match
from app.core.sighting import Side, sight
from app.core.similarity import background, candidates

CANDIDATES_PROVEN = 10
FRAME_PAIRS_MAX = 80_000_000
"""Frame pairs compared for one query: a two-hour clip against a two-hour clip has 52 million."""


def find_matches(query: Comparable, known: Sequence[Comparable]) -> list[Match]:
    """Give what a fingerprinted file shares with others, surest first; no database is needed.

    >>> from app.core import find_matches, fingerprint_file
    >>> known = [fingerprint_file("archive.mp4")]
    >>> for match in find_matches(fingerprint_file("upload.mp4"), known):
    ...     print(match.relation, match.grade, match.segments)
    """
    return match(query, MemoryLibrary(known))


def match(query: Comparable, library: Library) -> list[Match]:
    """Give what the query shares with each item of the library, surest first."""
    mine = Side(query.fingerprint, Sights(query.pictures, query.original))
    # 1. Search the whole library.
    hits = library.search(SearchQuery.of(query.fingerprint))
    # 2. Score against the background.
    usual = background(hits.frames, query.fingerprint.frames)
    by_sight = candidates(hits, usual)[:CANDIDATES_PROVEN]
    findings: list[Finding] = []
    compared = 0
    for number in dict.fromkeys([*by_sight, *heard_of(hits.sound)]):
        known = library.fingerprint(number)
        require_comparable(query.fingerprint.algorithm, known.algorithm)
        # 3. Align and prove, by sight and by sound; name what was done.
        seen: list[Seen] = []
        compared += query.fingerprint.frames * known.frames
        if number in by_sight and (not findings or compared <= FRAME_PAIRS_MAX):
            theirs = Side(known, Sights(library.pictures(number), library.original(number)))
            seen = sight(mine, theirs, hits.hashes.where(hits.hashes.number == number), usual)
        heard = listen(query.fingerprint, known, hits.sound.where(hits.sound.number == number))
        findings.append(Finding(number, query.fingerprint, known, seen, heard))
    # 4. Relate, grade and rate.
    return conclude(findings)
