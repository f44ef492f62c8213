"""Compares one query with known material; the steps of `match` are the method."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.alignment import align
from app.core.examination import Sights, examine
from app.core.findings import Seen, coverages, evidence, length, segments_of
from app.core.fingerprint import Fingerprint, require_comparable
from app.core.index import SearchHits, SearchQuery
from app.core.library import Comparable, Library, MemoryLibrary
from app.core.listening import Heard, listen
from app.core.matches import Match
from app.core.media import MediaKind
from app.core.policy import Circumstances, Grade
from app.core.similarity import background, candidates, likeness, timeline
from app.core.strength import strength
from app.core.transforms import name_transforms

RUNS_PROVEN = 6
RUN_WORTH = 0.25
"""Runs with less than this share of the best run's summed similarity are chance."""
CANDIDATES_PROVEN = 10
REENCODED = {"reencode", "scale"}


def find_matches(query: Comparable, known: Sequence[Comparable]) -> list[Match]:
    """Give what a fingerprinted file shares with others, surest first; no database is needed.

    >>> from app.core import DecodeLimits, default_describers, find_matches, fingerprint_file
    >>> models, limits = default_describers(), DecodeLimits()
    >>> files = [fingerprint_file(Path(p), models, limits) for p in ("upload.mp4", "archive.mp4")]
    >>> for match in find_matches(files[0], files[1:]):
    ...     print(match.relation, match.grade, match.segments)
    """
    return match(query, MemoryLibrary(known))


def match(query: Comparable, library: Library) -> list[Match]:
    """Give what the query shares with each item of the library, surest first."""
    # 1. Search the whole library.
    hits = library.search(SearchQuery.of(query.fingerprint))
    # 2. Score against the background.
    usual = background(hits.frames, query.fingerprint.frames)
    numbers = candidates(hits, usual)
    heard_of = np.unique(hits.sound.number).tolist()
    sights = Sights(query.pictures)
    found = []
    for number in dict.fromkeys([*numbers[:CANDIDATES_PROVEN], *heard_of]):
        known = library.fingerprint(number)
        require_comparable(query.fingerprint.algorithm, known.algorithm)
        # 3. Align and 4. prove, by sight and by sound.
        seen: list[Seen] = []
        if number in numbers:
            sides = (sights, Sights(library.pictures(number)))
            seen = _see(query.fingerprint, known, hits, (usual, number), sides)
        heard = listen(query.fingerprint, known, hits.sound.where(hits.sound.number == number))
        found.append((number, known, seen, heard))
    # 5. Name, relate and grade.
    matches = [_judge(query.fingerprint, *each) for each in found]
    kept = [each for each in matches if each is not None]
    return sorted(kept, key=lambda each: -each.confidence)


def _see(
    query: Fingerprint,
    known: Fingerprint,
    hits: SearchHits,
    about: tuple[NDArray[np.float64], int],
    sides: tuple[Sights, Sights],
) -> list[Seen]:
    """Align two items by their frames and prove the runs."""
    usual, number = about
    alike = likeness(query, known, hits.hashes.where(hits.hashes.number == number), usual)
    runs = align(alike.scores, timeline(query), timeline(known), policy.HIT_FLOOR)
    seen = []
    for run in runs[:RUNS_PROVEN]:
        if run.weight < RUN_WORTH * runs[0].weight:
            continue
        mirrored = bool(alike.mirrored[run.query_rows, run.known_rows].mean() > 0.5)
        pairs = examine(run, query.timestamps_ms, sides, mirrored=mirrored)
        sure = policy.confidence(strength(run, alike.scores, (query, known), pairs))
        if sure >= policy.REPORTED_FROM:
            seen.append(Seen(run, pairs, sure, name_transforms(pairs, sides, run.speed)))
    return seen


def _judge(
    query: Fingerprint, number: int, known: Fingerprint, seen: list[Seen], heard: list[Heard]
) -> Match | None:
    """Turn what was seen and heard of one known item into a match; None where there is nothing."""
    sure = max((each.confidence for each in seen), default=0.0)
    # A surely shared stretch does not make a doubtful one true: doubtful ones are left out then.
    kept = [
        each
        for each in seen
        if policy.grade(sure) is Grade.LEAD or policy.grade(each.confidence) is not Grade.LEAD
    ]
    by_sound = max((policy.sound_confidence(length(each), each.score) for each in heard), default=0)
    sound_only = policy.grade(sure) is Grade.LEAD and policy.grade(by_sound) is not Grade.LEAD
    if not kept and not heard:
        return None
    segments = segments_of([] if sound_only else kept, heard)
    coverage = coverages(query, known, segments)
    confidence = max(sure, by_sound if sound_only or not kept else 0.0)
    found = policy.grade(confidence)
    case = Circumstances(
        still=MediaKind.STILL in {query.kind, known.kind},
        sound_only=sound_only,
        edited=any(t.kind not in REENCODED for s in segments for t in s.transforms),
        coverage_query=coverage[0],
        coverage_known=coverage[1],
        sources=1,
    )
    return Match(
        number=number,
        relation=policy.relate(found, case),
        grade=found,
        confidence=round(confidence, 4),
        coverage_query=coverage[0],
        coverage_known=coverage[1],
        segments=segments,
        evidence=() if sound_only else evidence(kept),
    )
