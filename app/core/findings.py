"""From what was seen and heard of each known item to matches: segments, coverages, relation."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core import policy
from app.core.evidence import evidence
from app.core.examination import Examined
from app.core.fingerprint import Fingerprint
from app.core.listening import Heard
from app.core.matches import Match, Modality, Segment, Span, covered_ms
from app.core.media import MediaKind
from app.core.policy import Circumstances, Grade
from app.core.runs import Run
from app.core.transforms import UNEDITED, Transform

SOUND_SHIFT_MS = 1_500
"""Sight and sound whose shifts differ less belong together."""
OTHER_STRETCH = 0.5
"""Two sources lie in different stretches of a query if they share less than this of the shorter."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A proven run: what speaks for it and what was done to it."""

    run: Run
    pairs: list[Examined]
    confidence: float
    transforms: tuple[Transform, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What was seen and heard of one known item."""

    number: int
    query: Fingerprint
    known: Fingerprint
    seen: list[Seen]
    heard: list[Heard]

    @property
    def by_sight(self) -> float:
        """How surely footage is shared."""
        return max((each.confidence for each in self.seen), default=0.0)

    @property
    def by_sound(self) -> float:
        """How surely sound is shared."""
        return max(
            (policy.sound_confidence(each.length_ms, each.score) for each in self.heard),
            default=0.0,
        )

    @property
    def sound_only(self) -> bool:
        """Whether the sound alone is worth an alert."""
        alerting = policy.grade(self.by_sound) is not Grade.LEAD
        return policy.grade(self.by_sight) is Grade.LEAD and alerting

    @property
    def confidence(self) -> float:
        """How surely anything is shared."""
        return self.by_sound if self.sound_only or not self.seen else self.by_sight

    @property
    def kept(self) -> list[Seen]:
        """The stretches to report: a sure one does not make a doubtful one true."""
        if self.sound_only:
            return []
        if policy.grade(self.by_sight) is Grade.LEAD:
            return self.seen
        return [each for each in self.seen if policy.grade(each.confidence) is not Grade.LEAD]


def conclude(findings: Sequence[Finding]) -> list[Match]:
    """Give the matches, surest first; what several findings explain together is a compilation."""
    segments = {each.number: _segments(each) for each in findings if each.seen or each.heard}
    alerting = [
        segments[each.number]
        for each in findings
        if each.number in segments and policy.grade(each.confidence) is not Grade.LEAD
    ]
    found = [
        _match(each, segments[each.number], alerting)
        for each in findings
        if each.number in segments
    ]
    return sorted(found, key=lambda each: -each.confidence)


def _match(
    finding: Finding, segments: tuple[Segment, ...], alerting: list[tuple[Segment, ...]]
) -> Match:
    grade = policy.grade(finding.confidence)
    coverage_query = _coverage(finding.query, [segment.query for segment in segments])
    coverage_known = _coverage(finding.known, [segment.known for segment in segments])
    case = Circumstances(
        still=MediaKind.STILL in {finding.query.kind, finding.known.kind},
        sound_only=finding.sound_only,
        edited=any(t.kind not in UNEDITED for s in segments for t in s.transforms),
        coverage_query=coverage_query,
        coverage_known=coverage_known,
        sources=1 + sum(_elsewhere(segments, other) for other in alerting),
    )
    return Match(
        number=finding.number,
        relation=policy.relate(grade, case),
        grade=grade,
        confidence=round(finding.confidence, 4),
        coverage_query=coverage_query,
        coverage_known=coverage_known,
        segments=segments,
        evidence=evidence(each.pairs for each in finding.kept),
    )


def _segments(finding: Finding) -> tuple[Segment, ...]:
    """Join sight and sound: a seen stretch that sounds alike at the same shift is `both`."""
    kept = finding.kept
    segments = [
        Segment(
            Span(*each.run.query_ms),
            Span(*each.run.known_ms),
            Modality.BOTH
            if any(_same(each.run, sound) for sound in finding.heard)
            else Modality.VISUAL,
            round(each.run.speed, 3),
            round(each.run.score, 3),
            each.transforms,
        )
        for each in kept
    ] or [
        Segment(
            Span(*each.query_ms),
            Span(*each.known_ms),
            Modality.AUDIO,
            1.0,
            round(each.score, 3),
            (),
        )
        for each in finding.heard
    ]
    return tuple(sorted(segments, key=lambda segment: segment.query.start_ms))


def _same(run: Run, heard: Heard) -> bool:
    """Say whether a heard stretch overlaps a seen one at about the same shift."""
    shared = min(run.query_ms[1], heard.query_ms[1]) - max(run.query_ms[0], heard.query_ms[0])
    middle = sum(heard.query_ms) / 2
    shift = run.speed * middle + run.offset_ms - sum(heard.known_ms) / 2
    return shared > 0 and abs(shift) < SOUND_SHIFT_MS


def _coverage(side: Fingerprint, spans: list[Span]) -> float:
    """Give the share of a side that the spans cover; a still is covered in full."""
    if side.duration_ms <= 0:
        return 1.0 if spans else 0.0
    return round(min(1.0, covered_ms(spans) / side.duration_ms), 4)


def _elsewhere(mine: tuple[Segment, ...], other: tuple[Segment, ...]) -> bool:
    """Say whether another item explains another stretch of the query."""
    first, second = ([segment.query for segment in segments] for segments in (mine, other))
    shorter = min(covered_ms(first), covered_ms(second))
    shared = covered_ms(first) + covered_ms(second) - covered_ms([*first, *second])
    return shorter > 0 and shared < OTHER_STRETCH * shorter
