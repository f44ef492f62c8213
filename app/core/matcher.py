"""Compares one query with known material; the steps of `match` are the method."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.core import policy
from app.core.alignment import Run, align
from app.core.examination import Examined, Sights, examine
from app.core.fingerprint import Fingerprint, require_comparable
from app.core.index import SearchHits, SearchQuery
from app.core.library import Comparable, Library, MemoryLibrary
from app.core.listening import Heard, listen
from app.core.matches import Evidence, Match, Modality, Segment, Span
from app.core.media import MediaKind
from app.core.policy import Circumstances, Grade
from app.core.similarity import background, candidates, likeness, timeline
from app.core.strength import strength
from app.core.transforms import Transform, name_transforms

RUNS_PROVEN = 6
RUN_WORTH = 0.25
"""Runs with less than this share of the best run's summed similarity are chance."""
CANDIDATES_PROVEN = 10
EVIDENCE_MAX = 6
REENCODED = {"reencode", "scale"}


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A proven run: what speaks for it and what was done to it."""

    run: Run
    pairs: list[Examined]
    confidence: float
    transforms: tuple[Transform, ...]


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
    by_sound = max(
        (policy.sound_confidence(_length(each), each.score) for each in heard), default=0
    )
    sound_only = policy.grade(sure) is Grade.LEAD and policy.grade(by_sound) is not Grade.LEAD
    if not kept and not heard:
        return None
    segments = _segments([] if sound_only else kept, heard)
    coverage = _coverages(query, known, segments)
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
        evidence=() if sound_only else _evidence(kept),
    )


def _length(heard: Heard) -> int:
    return heard.query_ms[1] - heard.query_ms[0]


def _segments(seen: list[Seen], heard: list[Heard]) -> tuple[Segment, ...]:
    """Join sight and sound: a seen stretch that sounds alike at the same shift is `both`."""
    segments = [
        Segment(
            Span(*each.run.query_ms),
            Span(*each.run.known_ms),
            Modality.BOTH if any(_same(each.run, sound) for sound in heard) else Modality.VISUAL,
            round(each.run.speed, 3),
            round(each.run.score, 3),
            each.transforms,
        )
        for each in seen
    ]
    segments += [
        Segment(
            Span(*each.query_ms),
            Span(*each.known_ms),
            Modality.AUDIO,
            1.0,
            round(each.score, 3),
            (),
        )
        for each in heard
        if not seen
    ]
    return tuple(sorted(segments, key=lambda segment: segment.query.start_ms))


def _same(run: Run, heard: Heard) -> bool:
    """Say whether a heard stretch overlaps a seen one at about the same shift."""
    shared = min(run.query_ms[1], heard.query_ms[1]) - max(run.query_ms[0], heard.query_ms[0])
    middle = sum(heard.query_ms) / 2
    shift = run.speed * middle + run.offset_ms - sum(heard.known_ms) / 2
    return shared > 0 and abs(shift) < 1_500


def _coverages(
    query: Fingerprint, known: Fingerprint, segments: tuple[Segment, ...]
) -> tuple[float, float]:
    """Give the share of each side that the segments cover; a still is covered in full."""
    return (
        _covered(query, [segment.query for segment in segments]),
        _covered(known, [segment.known for segment in segments]),
    )


def _covered(side: Fingerprint, spans: list[Span]) -> float:
    if side.duration_ms <= 0:
        return 1.0 if spans else 0.0
    total, reached = 0, 0
    for span in sorted(spans, key=lambda span: span.start_ms):
        start = max(span.start_ms, reached)
        reached = max(reached, span.end_ms)
        total += max(0, span.end_ms - start)
    return round(min(1.0, total / side.duration_ms), 4)


def _evidence(seen: list[Seen]) -> tuple[Evidence, ...]:
    """Choose the pairs that show best what is shared."""
    pairs = [pair for each in seen for pair in each.pairs if pair.fit is not None]
    pairs.sort(key=lambda pair: -pair.agreement * min(pair.inliers, 200))
    chosen = sorted(pairs[:EVIDENCE_MAX], key=lambda pair: pair.query_ms)
    return tuple(
        Evidence(pair.query_ms, pair.known_ms, round(pair.similarity, 3), pair.inliers)
        for pair in chosen
    )
