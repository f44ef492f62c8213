"""The matcher's answer: small frozen values, times in integer milliseconds, ready for JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from app.core.geometry.placement import Placement
from app.core.policy import Grade, Note, Relation

if TYPE_CHECKING:  # whoever reckons with spans need not load what measures pictures
    import numpy as np
    from numpy.typing import NDArray

    from app.core.naming.transforms import Transform


class Modality(StrEnum):
    """By what a segment was found."""

    VISUAL = "visual"
    AUDIO = "audio"
    BOTH = "both"


CUT_FROM_MS = 1_500
"""By how much the known item must jump; the ends of stretches are only known to half a second."""
SEEN = (Modality.VISUAL, Modality.BOTH)
HEARD = (Modality.AUDIO, Modality.BOTH)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; a still has the span 0 to 0."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms


def union(spans: Iterable[Span]) -> list[Span]:
    """Join the spans that touch or overlap; gives them in order of time."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start_ms):
        if joined and span.start_ms <= joined[-1].end_ms:
            last = joined.pop()
            joined.append(Span(last.start_ms, max(last.end_ms, span.end_ms)))
        else:
            joined.append(span)
    return joined


def covered_ms(spans: Iterable[Span]) -> int:
    """Give how long the spans are together, what they share counted once."""
    return sum(span.length_ms for span in union(spans))


@dataclass(frozen=True, slots=True)
class Segment:
    """Which stretch of the query is which stretch of the known item, and what was done to it."""

    query: Span
    known: Span
    modality: Modality
    speed: float
    score: float
    transforms: "tuple[Transform, ...]"

    def to_json(self) -> dict[str, Any]:
        """Give plain values; a transform has only the fields that say something."""
        plain = asdict(self)
        plain["modality"] = self.modality.value
        plain["transforms"] = [
            {name: value for name, value in asdict(transform).items() if value is not None}
            for transform in self.transforms
        ]
        return plain


def is_cut(segments: Iterable[Segment]) -> bool:
    """Say whether stretches that follow each other in the query do not in the known item."""
    seen = [each for each in segments if each.modality in SEEN]
    if any(each.kind == "reversed" for segment in seen for each in segment.transforms):
        return False
    for one, next_one in pairwise(sorted(seen, key=lambda each: each.query.start_ms)):
        pause_ms = next_one.query.start_ms - one.query.end_ms
        left_out_ms = next_one.known.start_ms - one.known.end_ms
        if abs(pause_ms) < CUT_FROM_MS <= abs(left_out_ms - pause_ms):
            return True
    return False


@dataclass(frozen=True, slots=True)
class Evidence:
    """One aligned pair of pictures, and how many key points agree on it.

    `placement` takes shares of the query picture, mirrored first when `mirrored`, to shares of the
    known picture (see `app.core.geometry.placement`). `pictures` are the two that were compared, uint8 RGB
    of query and known, as they are: at these very moments, which need not be sampled frames.
    """

    query_ms: int
    known_ms: int
    similarity: float
    inliers: int
    placement: Placement | None = None
    mirrored: bool = False
    pictures: "tuple[NDArray[np.uint8], NDArray[np.uint8]] | None" = field(
        default=None, compare=False, repr=False
    )

    def to_json(self) -> dict[str, Any]:
        """Give plain values; pictures are none."""
        return {each.name: getattr(self, each.name) for each in fields(self) if each.compare}


@dataclass(frozen=True, slots=True)
class Match:
    """What the query shares with one known item. Coverages are shares of each side's length.

    The note `common_material` says why it is only a lead: what is shared occurs in many items, is
    in common material, or misled before. `grounds` are the numbers, by name, of which the
    confidence of what was seen is made (`confidence.features`).
    """

    number: int
    relation: Relation
    grade: Grade
    confidence: float
    coverage_query: float
    coverage_known: float
    segments: tuple[Segment, ...]
    evidence: tuple[Evidence, ...]
    notes: tuple[Note, ...] = ()
    grounds: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Give plain values in the shape that the service answers with."""
        return {
            "relation": self.relation.value,
            "grade": self.grade.value,
            "confidence": self.confidence,
            "coverage": {"query": self.coverage_query, "known": self.coverage_known},
            "segments": [each.to_json() for each in self.segments],
            "evidence": [each.to_json() for each in self.evidence],
            "notes": [each.value for each in self.notes],
        }
