"""From what was seen and heard of each known item to matches: segments, coverages, relation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from app.core import policy
from app.core.fingerprints.fingerprint import Fingerprint
from app.core.geometry.examination import Examined
from app.core.matches import Match, Modality, Segment, Span, covered_ms, is_cut
from app.core.media import MediaKind
from app.core.naming.transforms import UNEDITED, Transform
from app.core.policy import Circumstances, Note
from app.core.sound.lines import Heard
from app.core.sound.soundtrack import only_heard, sureness, together
from app.core.temporal.runs import Run
from app.core.weighing.confidence import Strength, features
from app.core.weighing.dubbing import Part, by_sound, shows_others
from app.core.weighing.evidence import evidence

OTHER_STRETCH = 0.5
"""Two sources lie in different stretches of a query if they share less than this of the shorter."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A proven run: what speaks for it and what was done to it."""

    run: Run
    pairs: list[Examined]
    confidence: float
    transforms: tuple[Transform, ...]
    strength: Strength


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What was seen and heard of one known item.

    `common`: it rests on common material only, so it is a lead however sure it is.
    """

    number: int
    query: Fingerprint
    known: Fingerprint
    seen: list[Seen]
    heard: list[Heard]
    common: bool = False

    @property
    def by_sight(self) -> float:
        """How surely footage is shared."""
        return self._most(each.confidence for each in self.seen)

    @property
    def by_sound(self) -> float:
        """How surely sound is shared."""
        return self._most(sureness(each, self.query, self.known) for each in self.heard)

    def _most(self, confidences: Iterable[float]) -> float:
        return min(max(confidences, default=0.0), policy.LEAD_MOST if self.common else 1.0)

    @property
    def sound_only(self) -> bool:
        """Whether the sound alone is worth an alert."""
        return policy.alerts(self.by_sound) and not policy.alerts(self.by_sight)

    @property
    def confidence(self) -> float:
        """How surely anything is shared."""
        return self.by_sound if self.sound_only or not self.seen else self.by_sight

    @property
    def kept(self) -> list[Seen]:
        """The stretches to report: a sure one does not make a doubtful one true."""
        if self.sound_only:
            return []
        if not policy.alerts(self.by_sight):
            return self.seen
        return [each for each in self.seen if policy.alerts(each.confidence)]


def conclude(findings: Sequence[Finding]) -> list[Match]:
    """Give the matches, surest first; what several findings explain together is a compilation."""
    segments = {each.number: _segments(each) for each in findings if each.seen or each.heard}
    alerting = [
        segments[each.number]
        for each in findings
        if each.number in segments and policy.alerts(each.confidence)
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
        cut=is_cut(segments) or shows_others(segments, finding.query, finding.known),
        edited=any(t.kind not in UNEDITED for s in segments for t in s.transforms),
        coverage_query=coverage_query,
        coverage_known=coverage_known,
        sources=1 + sum(_elsewhere(segments, other) for other in alerting),
    )
    return Match(
        number=finding.number,
        relation=policy.relate(grade, case),
        grade=grade,
        confidence=policy.told(finding.confidence),
        coverage_query=coverage_query,
        coverage_known=coverage_known,
        segments=segments,
        evidence=evidence(each.pairs for each in finding.kept),
        notes=(Note.COMMON_MATERIAL,) if finding.common else (),
        grounds=_grounds(finding),
    )


def _grounds(finding: Finding) -> dict[str, float]:
    surest = max(finding.seen, key=lambda each: each.confidence, default=None)
    return features(surest.strength) if surest else {}


def _segments(finding: Finding) -> tuple[Segment, ...]:
    """Join sight and sound: a seen stretch that sounds alike at the same shift is `both`."""
    runs = [each.run for each in finding.kept]
    heard = [each for each in finding.heard if not runs or _alerts(each, finding)]
    segments = [segment for each in finding.kept for segment in _seen_segments(each, finding)]
    segments += [
        Segment(query, known, Modality.AUDIO, round(each.speed, 3), round(each.score, 3), ())
        for each in heard
        for query, known in only_heard(each, runs)
    ]
    return tuple(sorted(segments, key=lambda segment: segment.query.start_ms))


def _seen_segments(seen: Seen, finding: Finding) -> Iterator[Segment]:
    run = seen.run
    # What a held frame sounds like is the sound of no moment.
    heard = [] if run.stands else [each for each in finding.heard if _sure(each)]
    both = any(together(run, each) for each in heard)
    parts: list[Part] = [(run, Modality.BOTH if both else Modality.VISUAL, ())]
    if policy.alerts(finding.confidence) and not run.stands:
        parts = by_sound(run, heard, finding.query, finding.known)
    for part, modality, sound in parts:
        named = [each for each in seen.transforms if not (sound and each.kind in UNEDITED)]
        yield Segment(
            Span(*part.query_ms),
            Span(*part.known_ms),
            modality,
            round(abs(part.speed), 3),
            round(part.score, 3),
            (*named, *sound),
        )


def _sure(heard: Heard) -> bool:
    return policy.alerts(heard.confidence)


def _alerts(heard: Heard, finding: Finding) -> bool:
    """Say whether a heard stretch is sure enough to stand beside seen ones."""
    return policy.alerts(sureness(heard, finding.query, finding.known))


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
