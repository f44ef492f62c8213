"""Matches as the pages show them: in words, each known item in its colour."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core import wording
from app.core.media import MediaKind
from app.core.policy import Grade, Note, Relation
from app.db.matches import ALERTING
from app.desk.strips import COLOURS, Stretch, Strip, still, strip
from app.desk.words import catalogue, coded, filled, isolated
from app.schemas.dating import Evidenced
from app.schemas.enums import MatchFound, ReviewDecision, Shelf, VerificationStatus
from app.schemas.matches import Explained, MatchItem, Segment


@dataclass(frozen=True, slots=True)
class MatchRow:
    """One match in a list."""

    id: str
    colour: int
    other_id: str
    other_title: str
    collections: tuple[str, ...]
    is_upload: bool
    relation: str
    grade: Grade
    confidence: str
    covers: str
    edits: str
    stretches: tuple[tuple[str, str], ...]
    earliest: Evidenced | None
    status: VerificationStatus
    decision: ReviewDecision | None
    decided_by: str | None
    is_preliminary: bool
    is_retroactive: bool
    is_common: bool
    explains: bool
    invalidated_at: datetime | None

    @property
    def alerts(self) -> bool:
        """Whether it is more than a lead."""
        return self.grade in ALERTING


MOST_STRETCHES = 4
_COVERS = {(False, False): "covers", (False, True): "covers_upload", (True, False): "covers_this"}
"""The texts of both coverages, by whether the page is the known item's and the other an upload."""


def rows(matches: Sequence[MatchItem], *, of_known: bool = False) -> list[MatchRow]:
    """The matches of an item, each other item in a colour of its own as long as there are any."""
    return [_row(each, place % COLOURS, of_known=of_known) for place, each in enumerate(matches)]


def coverage(
    matches: Sequence[MatchItem], explained: Explained, kind: MediaKind, duration_ms: int | None
) -> Strip:
    """The strip of an upload: the segments of what holds, and what no known item explains."""
    stretches = [
        Stretch(
            segment.query,
            _title(match, segment),
            place % COLOURS,
            f"#match-{match.id}",
            is_sound=segment.modality == "audio",
        )
        for place, match in enumerate(matches)
        if holds(match)
        for segment in match.segments
    ]
    if kind is MediaKind.STILL:
        return still(stretches)
    return strip(duration_ms or 0, stretches, explained.spans)


def relation(found: Relation, *, to_upload: bool) -> str:
    """How an upload is related to a known item, or to another upload, in words."""
    own = catalogue()["codes"]["relation_to_upload"]
    return str(own.get(found) if to_upload and found in own else wording.relation(found))


def holds(match: MatchItem) -> bool:
    """Whether a match explains something: sure, with known material that is there, not rejected."""
    return match.grade in ALERTING and match.against is Shelf.KNOWN and match.stands


def edits(segments: Sequence[Segment]) -> str:
    """What was done to the known footage, each thing once."""
    said: dict[str, None] = {}
    for segment in segments:
        for change in wording.changes(segment.transforms, segment.speed).split(", "):
            said.setdefault(change)
    return ", ".join(each for each in said if each)


def sureness(confidence: float) -> str:
    """A confidence in whole per cent, rounded down: a lead of 0.498 is not yet at 50 %."""
    # What was stored as 0.29 is a trace less when it is multiplied.
    return wording.percent(max(1, math.floor(confidence * 100 + 1e-6)) / 100)


def moments(match: MatchItem, segment: Segment) -> tuple[str, str]:
    """A segment in words: which stretch of the query is which of the known item."""
    query, known = segment.query, segment.known
    return (
        wording.stretch(query.start_ms, query.end_ms, match.query.kind),
        wording.stretch(known.start_ms, known.end_ms, match.known.kind),
    )


def _row(match: MatchItem, colour: int, *, of_known: bool) -> MatchRow:
    other = match.query if of_known else match.known
    is_upload = not of_known and match.against is Shelf.UPLOAD
    stretches = [moments(match, each) for each in match.segments[:MOST_STRETCHES]]
    return MatchRow(
        id=match.id,
        colour=colour,
        other_id=match.query_media_id if of_known else match.known_media_id,
        other_title=other.title,
        collections=tuple(other.collections),
        is_upload=is_upload,
        relation=coded(match.relation, "version_to_this")
        if of_known
        else relation(match.relation, to_upload=is_upload),
        grade=match.grade,
        confidence=sureness(match.confidence),
        covers=filled(
            catalogue()["item"][_COVERS[of_known, is_upload]],
            query=wording.percent(match.coverage.query),
            known=wording.percent(match.coverage.known),
        ),
        edits=edits(match.segments),
        stretches=tuple(
            (known, query) if of_known else (query, known) for query, known in stretches
        ),
        earliest=other.earliest_evidence,
        status=other.verification_status,
        decision=match.review.decision,
        decided_by=match.review.by,
        is_preliminary=match.preliminary,
        is_retroactive=match.found is not MatchFound.UPLOAD,
        is_common=Note.COMMON_MATERIAL in match.notes,
        explains=holds(match),
        invalidated_at=match.invalidated_at,
    )


def _title(match: MatchItem, segment: Segment) -> str:
    query, known = moments(match, segment)
    return f"{query}: {isolated(match.known.title)}, {known}"
