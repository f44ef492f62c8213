"""Sums up what was seen and heard of one known item: segments, coverages, evidence."""

from dataclasses import dataclass

from app.core.examination import Examined
from app.core.fingerprint import Fingerprint
from app.core.listening import Heard
from app.core.matches import Evidence, Modality, Segment, Span
from app.core.runs import Run
from app.core.transforms import Transform

EVIDENCE_MAX = 6


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A proven run: what speaks for it and what was done to it."""

    run: Run
    pairs: list[Examined]
    confidence: float
    transforms: tuple[Transform, ...]


def length(heard: Heard) -> int:
    """Give how long the query sounds alike."""
    return heard.query_ms[1] - heard.query_ms[0]


def segments_of(seen: list[Seen], heard: list[Heard]) -> tuple[Segment, ...]:
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


def coverages(
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


def evidence(seen: list[Seen]) -> tuple[Evidence, ...]:
    """Choose the pairs that show best what is shared."""
    pairs = [pair for each in seen for pair in each.pairs if pair.fit is not None]
    pairs.sort(key=lambda pair: -pair.agreement * min(pair.inliers, 200))
    chosen = sorted(pairs[:EVIDENCE_MAX], key=lambda pair: pair.query_ms)
    return tuple(
        Evidence(pair.query_ms, pair.known_ms, round(pair.similarity, 3), pair.inliers)
        for pair in chosen
    )
