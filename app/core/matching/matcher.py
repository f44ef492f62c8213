"""Compares one query with a library; the steps of `compare` are the method."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from app.core import policy
from app.core.index import SearchHits, SearchQuery
from app.core.matches import Match
from app.core.matching.ahead import ahead
from app.core.matching.background import background
from app.core.matching.candidates import candidates
from app.core.matching.comparing import Comparing
from app.core.matching.idents import common_items, explained
from app.core.matching.library import Comparable, Library, MemoryLibrary
from app.core.matching.masks import Masks
from app.core.matching.usual import usual_material
from app.core.sound.listening import heard_of
from app.core.weighing.findings import Finding, conclude

PATIENCE = 10
"""Known items in a row, most promising first, that may prove nothing before the others are left alone."""
AT_ONCE = 2
"""While the file of one known item is decoded, by a process of its own, another one is looked at."""
FRAMES_MOST = 1_000
"""Of longer queries one comparison may need most of the memory that there is."""

type Rank = Callable[[SearchHits], list[int]]
"""Gives the numbers of the known items worth comparing, most promising first."""


def find_matches(query: Comparable, known: Sequence[Comparable]) -> list[Match]:
    """Give what a fingerprinted file shares with others, surest first; no database is needed.

    An AlgorithmMismatch says that they were fingerprinted with other models.

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
    """Compare the query with every item of a library that is worth a comparison.

    `common_before` is what an earlier comparison, with another library, showed to be common: it
    carries no votes here either.
    """
    mine = query.fingerprint
    # 1. Search the whole library.
    hits = library.search(SearchQuery.of(mine))
    # 2. Score against the background.
    background_scores = background(hits.frames, mine.frames, library.fingerprint)
    comparing = Comparing(query, library, hits, background_scores)
    # 3. Find what is common: it carries no votes in the comparison with anything else.
    kept = common_items(comparing, library, hits, background_scores)
    heard = {number: comparing.heard(number) for number in heard_of(hits.sound)}
    common = Masks.of(mine, explained(kept)) | usual_material(mine, hits, heard, comparing.known)
    if common_before is not None:
        common |= common_before
    # 4. Align and prove, by sight and by sound; name what was done. Items are ranked by what is not
    #    common first, then by all hits: so that those that share common material alone become leads.
    left = common.without_query(hits)
    found = {each.number: each for each in kept}
    _prove_all(lambda some: candidates(some, background_scores), left, comparing, common, found)
    _prove(candidates(hits, background_scores), comparing, common, found)
    _prove_all(_heard, left, comparing, common, found, by_sight=False)
    _prove(list(heard), comparing, common, found, by_sight=False)
    # 5. Relate, grade and rate.
    return Compared(conclude(list(found.values())), common)


def _prove_all(
    rank: Rank,
    left: SearchHits,
    comparing: Comparing,
    common: Masks,
    found: dict[int, Finding],
    *,
    by_sight: bool = True,
) -> None:
    """Compare with the likeliest known items, then with those likeliest to show what these do not.

    What is found is added to `found`. An upload may be made of any number of known items, so this
    goes on as long as a round of comparisons finds new ones that are worth an alert.
    """
    ranked = rank(left)
    while _prove(ranked, comparing, common, found, by_sight=by_sight):
        rest = Masks.of(comparing.query, explained(found.values())).without_query(left)
        ranked = [number for number in rank(rest) if number not in found]


def _prove(
    ranked: Sequence[int],
    comparing: Comparing,
    common: Masks,
    found: dict[int, Finding],
    *,
    by_sight: bool = True,
) -> bool:
    """Compare with the `ranked` items in order and add what is found to `found`.

    Ends early after `PATIENCE` items in a row that are not worth an alert. True if a new one is worth
    an alert: then another ranking, without what it explains, may find more.
    """

    def finding(asked: tuple[int, bool]) -> Finding:
        number, sees = asked
        return comparing.finding(number, common, by_sight=sees)

    asked = ((each, by_sight and comparing.affords(each)) for each in ranked if each not in found)
    at_once = AT_ONCE if comparing.query.frames <= FRAMES_MOST else 1
    failed, new = 0, False
    with closing(ahead(finding, asked, at_once)) as findings:
        for number in ranked:
            if failed == PATIENCE:
                break
            if number not in found:
                first = next(findings)
                found[number] = first if by_sight else _seen_too(first, comparing, common)
                new |= policy.alerts(found[number].confidence)
            failed = 0 if policy.alerts(found[number].confidence) else failed + 1
    return new


def _seen_too(heard: Finding, comparing: Comparing, common: Masks) -> Finding:
    """Look at what surely sounds the same: it may be a copy beyond those that were compared by sight."""
    if policy.alerts(heard.confidence) and comparing.affords(heard.number):
        return comparing.finding(heard.number, common, by_sight=True)
    return heard


def _heard(hits: SearchHits) -> list[int]:
    return heard_of(hits.sound)
