"""The matcher's answer: small frozen values, times in integer milliseconds, ready for JSON."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.core.policy import Grade, Note, Relation
from app.core.transforms import Transform


class Modality(StrEnum):
    """By what a segment was found."""

    VISUAL = "visual"
    AUDIO = "audio"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time; a still has the span 0 to 0."""

    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.end_ms - self.start_ms


def covered_ms(spans: Iterable[Span]) -> int:
    """Give how long the spans are together, what they share counted once."""
    total, reached = 0, 0
    for span in sorted(spans, key=lambda span: span.start_ms):
        total += max(0, span.end_ms - max(span.start_ms, reached))
        reached = max(reached, span.end_ms)
    return total


@dataclass(frozen=True, slots=True)
class Segment:
    """Which stretch of the query is which stretch of the known item, and what was done to it."""

    query: Span
    known: Span
    modality: Modality
    speed: float
    score: float
    transforms: tuple[Transform, ...]

    def to_json(self) -> dict[str, Any]:
        """Give plain values; a transform has only the fields that say something."""
        plain = asdict(self)
        plain["modality"] = self.modality.value
        plain["transforms"] = [
            {name: value for name, value in asdict(transform).items() if value is not None}
            for transform in self.transforms
        ]
        return plain


@dataclass(frozen=True, slots=True)
class Evidence:
    """One aligned pair of pictures, and how many key points agree on it."""

    query_ms: int
    known_ms: int
    similarity: float
    inliers: int

    def to_json(self) -> dict[str, Any]:
        """Give plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Match:
    """What the query shares with one known item. Coverages are shares of each side's length.

    The note `common_material` says why it is only a lead: what is shared occurs in many items, is
    in common material, or misled before.
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
